"""Ink of every colour stays as dark as it is; what only yellows the paper is no ink."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr.files import PageImage, load_images
from ocr.pictures import Gray
from tests.ocr.test_pdf_layers import FULL, image_object, make_pdf

# Red, green and blue of faint pens on paper of (255, 255, 255)
INKS = {"blue": (150, 165, 215), "red": (235, 150, 155), "green": (150, 205, 170), "violet": (185, 150, 220)}
HIGHLIGHTER = (255, 246, 90)


def picture(desk, ink: tuple[int, int, int], question: str = "q1") -> Image.Image:
    """A page with one cross of an ink, as a colour scanner sees it."""
    blank = desk.blank()
    marked = blank.copy()
    desk.draw(marked, desk.box(question, "4"), level=0)
    taken = (1 - marked / np.maximum(blank, 1))[:, :, None]
    return Image.fromarray(np.rint(blank[:, :, None] * (1 - taken * (1 - np.array(ink) / 255))).astype(np.uint8))


def files(made: Image.Image) -> dict[str, bytes]:
    kept: dict[str, bytes] = {}
    for kind, options in (("JPEG", {"quality": 85}), ("PNG", {}), ("TIFF", {"compression": "tiff_lzw"})):
        content = io.BytesIO()
        made.save(content, kind, **options)
        kept[kind] = content.getvalue()
    about = b"/ColorSpace /DeviceRGB /BitsPerComponent 8"
    plain = image_object(np.asarray(made), *made.size, about)
    kept["PDF"] = make_pdf([plain], FULL + b" /I0 Do")
    kept["drawn PDF"] = make_pdf([plain], FULL + b" /I0 Do 0 0 m 0 0.001 l S")
    return kept


def answer(desk, content: bytes):
    (item,) = load_images(content, "scan")
    assert isinstance(item, PageImage)
    return desk.answers(desk.read(item.pixels))["q1"]


@pytest.mark.parametrize("ink", INKS)
def test_faint_ink_of_every_colour_chooses_in_every_kind_of_file(desk, ink) -> None:
    for kind, content in files(picture(desk, INKS[ink])).items():
        found = answer(desk, content)
        assert (found.state, found.chosen) == ("clear", ("4",)), kind


def test_a_highlighter_over_a_box_and_a_yellow_stain_are_never_taken_for_an_answer(desk) -> None:
    pixels = np.repeat(desk.blank()[:, :, None], 3, axis=2)
    box = desk.box("q1", "4")
    x, y, side = (round(mm * 200 / 25.4) for mm in (box.x, box.y, box.w))
    over = pixels[y - 4 : y + side + 4, x - 4 : x + side + 4]
    over[:] = over * (np.array(HIGHLIGHTER) / 255)
    cv2.circle(pixels, (x + 200, y + 300), 180, (250, 240, 150), -1)
    for kind, content in files(Image.fromarray(pixels)).items():
        assert answer(desk, content).state in ("blank", "doubtful"), kind  # by its luma the box would hold a mark


@pytest.mark.slow
def test_a_grey_page_is_the_same_in_grey_and_in_colour(desk) -> None:
    page: Gray = desk.scan(desk.blank())
    for kind, content in files(Image.fromarray(page).convert("RGB")).items():
        (item,) = load_images(content, "scan")
        assert isinstance(item, PageImage)
        if item.pixels.shape == page.shape:
            assert np.abs(item.pixels.astype(int) - page).mean() < 2.5, kind
