"""Pictures for people: upright, of the right row, from any scan."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.errors import NotFound
from forms.geometry import BOX_MM
from ocr.evidence import MAX_CROP_PX_PER_MM, crop_body, crop_marks, crop_page, crop_question, load_image
from ocr.files import PageImage
from tests.ocr.pressed import SCALE


def picture(content: bytes):
    assert content.startswith(b"\x89PNG")
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)


def dark_at(crop, x_mm: float, y_mm: float, scale: float) -> float:
    """The mean darkness of a box's inside; x, y is its centre in the crop."""
    x, y, half = round(x_mm * scale), round(y_mm * scale), round(BOX_MM / 3 * scale)
    return float(255 - crop[y - half : y + half, x - half : x + half].mean())


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_the_row_of_a_question_is_cut_out_upright(desk, quarters) -> None:
    pixels = desk.blank()
    for option in ("4", "1"):
        desk.draw(pixels, desk.box("q7", option), "fill")
    image = PageImage("a", 1, np.ascontiguousarray(np.rot90(desk.scan(pixels, 2.0), quarters)))
    reading = desk.read(image.pixels)
    crop = picture(crop_question(image, reading.transform, desk.page, "q7", None))
    scale = crop.shape[1] / 164
    assert scale == pytest.approx(min(MAX_CROP_PX_PER_MM, 200 / 25.4), rel=0.02)
    bottom = crop.shape[0] / scale
    darkness = {
        box.option: dark_at(crop, box.x + BOX_MM / 2 - 28, bottom - 2 - BOX_MM / 2, scale)
        for box in desk.page.boxes
        if box.question == "q7"
    }
    assert {option for option, dark in darkness.items() if dark > 120} == {"4", "1"}


def test_a_crop_leaves_the_rows_above_and_below_out(desk) -> None:
    pixels = desk.blank()
    for question in ("q6", "q8"):
        for option in "543210":
            desk.draw(pixels, desk.box(question, option), "fill")
    image = PageImage("a", 1, desk.scan(pixels))
    crop = picture(crop_question(image, desk.read(image.pixels).transform, desk.page, "q7", None))
    assert (crop < 100).mean() < 0.05


def test_boxes_alone_hold_their_marks_and_nothing_written_between_them(desk) -> None:
    pixels = desk.blank()
    desk.draw(pixels, desk.box("q7", "4"), "fill")
    place = desk.read(desk.scan(pixels)).transform
    bare = picture(crop_marks(PageImage("a", 1, desk.scan(pixels)), place, desk.page, "q7"))
    scrawled = desk.scan(pixels)
    for box in (box for box in desk.page.boxes if box.question == "q7"):
        x, y = (round(place[axis][0] * (box.x - 2.4) + place[axis][1] * box.y + place[axis][2]) for axis in (0, 1))
        scrawled[y - 10 : y + 30, x - 4 : x + 4] = 0
    assert (scrawled < 60).sum() > 1000
    assert (picture(crop_marks(PageImage("a", 1, scrawled), place, desk.page, "q7")) == bare).all()
    boxes = np.array_split(bare, 6, axis=1)
    assert [bool(one[8:-8, 8:-8].mean() < 120) for one in boxes] == [False, True, False, False, False, False]
    with pytest.raises(NotFound):
        crop_marks(PageImage("a", 1, scrawled), place, desk.page, "q99")


def test_numbers_and_texts_can_be_cut_out_too(desk) -> None:
    image = PageImage("a", 1, desk.scan(desk.blank()))
    transform = desk.read(image.pixels).transform
    for question, height_mm in (("n1", 8), ("t1", 24)):
        crop = picture(crop_question(image, transform, desk.page, question, None))
        assert crop.shape[0] / (crop.shape[1] / 164) >= height_mm + 2


def test_a_page_shown_whole_has_its_marks_and_nothing_that_was_written_in_words(desk) -> None:
    scanned, words = desk.blank(), desk.page.texts[0]
    for part in (words, desk.box("q2", "3")):
        left, top, right, bottom = (
            round(SCALE * at) for at in (part.x + 1, part.y + 1, part.x + part.w - 1, part.y + part.h - 1)
        )
        scanned[top:bottom, left:right] = 0
    image = PageImage("a", 1, desk.scan(scanned))
    content = crop_body(image, desk.read(image.pixels).transform, desk.page)
    body = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert body.shape == (225 * 4, 210 * 4)
    shown = [
        body[int(4 * (part.y + part.h / 2 - 36)), int(4 * (part.x + part.w / 2))]
        for part in (words, desk.box("q2", "3"))
    ]
    assert shown[0] > 250
    assert shown[1] < 60


def test_a_question_of_another_page_is_not_found(desk) -> None:
    image = PageImage("a", 1, desk.scan(desk.blank()))
    with pytest.raises(NotFound):
        crop_question(image, desk.read(image.pixels).transform, desk.page, "q99", None)


def test_a_preview_is_upright_where_the_place_is_known(desk) -> None:
    scanned = desk.scan(desk.blank(), 1.0)
    upright = picture(crop_page(PageImage("a", 1, scanned), desk.read(scanned).transform, height_px=600))
    turned = np.ascontiguousarray(np.rot90(scanned, 2))
    again = picture(crop_page(PageImage("a", 1, turned), desk.read(turned).transform, height_px=600))
    assert upright.shape[0] == again.shape[0] == 600
    assert np.abs(upright.astype(int) - again).mean() < 3
    as_scanned = picture(crop_page(PageImage("a", 1, turned), None, height_px=600))
    assert as_scanned.shape[0] == 600
    assert (
        np.abs(as_scanned[: again.shape[0], : again.shape[1]].astype(int) - again[:, : as_scanned.shape[1]]).mean() > 3
    )


def test_one_image_of_a_file_is_loaded_by_its_number(desk, tmp_path) -> None:
    path = tmp_path / "scan.png"
    path.write_bytes(cv2.imencode(".png", desk.blank(100))[1].tobytes())
    assert (load_image(path, 1).pixels == desk.blank(100)).all()
    with pytest.raises(NotFound):
        load_image(path, 2)
    with pytest.raises(NotFound):
        load_image(b"", 1)
