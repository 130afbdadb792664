"""What a page image as a whole is read as: ours, ours but not to be read, not ours."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.code import qr_matrix
from forms.geometry import MM_PER_INCH, Rect, code_rects, marker_rects, mid_mark_rects
from forms.layout import LayoutBook
from forms.serial import make_serial
from ocr.files import PageImage
from ocr.read import read_file, read_page

DPI = 200


def cover(pixels, rect: Rect, level: int = 255, margin_mm: float = 1.0, dpi: float = DPI):
    scale = dpi / MM_PER_INCH
    left, top = round((rect.x - margin_mm) * scale), round((rect.y - margin_mm) * scale)
    right, bottom = round((rect.x + rect.w + margin_mm) * scale), round((rect.y + rect.h + margin_mm) * scale)
    pixels[max(0, top) : bottom, max(0, left) : right] = level


def paint_code(pixels, rect: Rect, payload: str, dpi: float = DPI):
    cover(pixels, rect)
    modules = np.where(np.array(qr_matrix(payload)), 0, 255).astype(np.uint8)
    scale = dpi / MM_PER_INCH
    side = round(rect.w * scale)
    left, top = round(rect.x * scale), round(rect.y * scale)
    pixels[top : top + side, left : left + side] = cv2.resize(modules, (side, side), interpolation=cv2.INTER_NEAREST)


@pytest.fixture
def marked(desk):
    pixels = desk.blank()
    desk.draw(pixels, desk.box("q1", "4"), "cross")
    desk.draw(pixels, desk.box("q2", "0"), "tick")
    return pixels


def check_marked(desk, reading):
    answers = desk.answers(reading)
    assert (answers["q1"].state, answers["q1"].chosen) == ("clear", ("4",))
    assert (answers["q2"].state, answers["q2"].chosen) == ("clear", ("0",))
    assert {answer.state for code, answer in answers.items() if code not in ("q1", "q2")} == {"blank"}
    assert (reading.serial, reading.sheet_page, reading.layout) == (desk.serial, 1, "LDESK")


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("degrees", [-5.0, 0.0, 5.0])
def test_a_page_is_read_any_way_up_and_askew(desk, marked, quarters, degrees) -> None:
    turned = np.ascontiguousarray(np.rot90(desk.scan(marked, degrees), -quarters))
    reading = desk.read(turned)
    check_marked(desk, reading)
    assert reading.rotation == 90 * quarters


@pytest.mark.parametrize("scale", [0.94, 0.97, 1.03, 1.06])
def test_a_page_printed_too_small_or_too_large_is_read(desk, marked, scale) -> None:
    check_marked(desk, desk.read(desk.scan(marked, 1.0, scale)))


@pytest.mark.parametrize("dpi", [100, 150, 300, pytest.param(600, marks=pytest.mark.slow)])
def test_a_page_is_read_at_any_resolution(desk, dpi) -> None:
    pixels = desk.blank(dpi)
    desk.draw(pixels, desk.box("q1", "4"), "cross", dpi=dpi)
    desk.draw(pixels, desk.box("q2", "0"), "tick", dpi=dpi)
    check_marked(desk, desk.read(desk.scan(pixels, 1.5)))


def test_a_page_on_a_larger_glass_is_read(desk, marked) -> None:
    larger = cv2.copyMakeBorder(desk.scan(marked), 700, 900, 500, 1100, cv2.BORDER_CONSTANT, value=250)
    check_marked(desk, desk.read(larger))


def test_the_same_pixels_give_the_same_reading(desk, marked) -> None:
    pixels = desk.scan(marked, 2.0)
    first, second = desk.read(pixels), desk.read(pixels)
    assert first.to_json() | {"ms": 0} == second.to_json() | {"ms": 0}
    assert first.transform == second.transform


def test_the_transform_takes_sheet_millimetres_to_pixels(desk, marked) -> None:
    pixels = desk.scan(marked, 3.0)
    matrix = np.array(desk.read(pixels).transform)
    height, width = pixels.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 3.0, 1.0)
    for x, y in ((20, 20), (105, 148.5), (190, 270)):
        point = matrix @ (x, y, 1)
        expected = turn @ (x * DPI / MM_PER_INCH - 0.5, y * DPI / MM_PER_INCH - 0.5, 1)
        assert np.linalg.norm(point[:2] / point[2] - expected) < 0.5


def test_a_page_with_one_marker_torn_off_is_read(desk, marked) -> None:
    for rect in marker_rects():
        torn = marked.copy()
        cover(torn, rect, margin_mm=3)
        check_marked(desk, desk.read(desk.scan(torn, 1.0)))


@pytest.mark.parametrize("lost", [(0, 1), (0, 2), (1, 2), (2, 3)])
def test_a_page_with_two_markers_is_read_by_its_codes_and_mid_edge_marks(desk, marked, lost) -> None:
    for marker in lost:
        cover(marked, marker_rects()[marker])
    check_marked(desk, desk.read(desk.scan(marked, 1.5)))


def test_a_page_with_two_markers_alone_is_a_persons_and_keeps_its_proved_serial(desk, marked) -> None:
    for rect in (*marker_rects()[2:], *mid_mark_rects(), code_rects()[1]):
        cover(marked, rect)
    reading = desk.read(desk.scan(marked))
    assert (reading.status, reading.reason, reading.serial) == ("unreadable", "too_few_markers", desk.serial)
    assert reading.answers == ()


def test_a_page_without_markers_is_a_persons_and_keeps_its_proved_serial(desk, marked) -> None:
    for rect in marker_rects():
        cover(marked, rect)
    reading = desk.read(desk.scan(marked))
    assert (reading.status, reading.reason, reading.serial) == ("unreadable", "no_markers", desk.serial)


def test_a_folded_corner_does_not_pull_the_page_askew(desk, marked) -> None:
    scale = DPI / MM_PER_INCH
    rect = marker_rects()[2]
    side, left, top = round(10 * scale), round((rect.x - 1) * scale), round((rect.y - 1) * scale)
    corner = marked[top : top + side, left : left + side].copy()
    cover(marked, rect, margin_mm=2)
    up = round(6 * scale)
    marked[top - up : top - up + side, left - up : left - up + side] = corner
    check_marked(desk, desk.read(desk.scan(marked)))


@pytest.mark.parametrize("bump_mm", [2.5, 5.0])
def test_a_page_stretched_in_the_middle_is_read_by_its_outlines(desk, marked, bump_mm) -> None:
    check_marked(desk, desk.read(stretch(marked, bump_mm)))


def test_a_page_stretched_by_two_rows_is_refused(desk, marked) -> None:
    reading = desk.read(stretch(marked, 20.0))
    assert (reading.status, reading.reason) == ("unreadable", "distorted")


def stretch(pixels, bump_mm: float):
    rows = np.arange(len(pixels), dtype=np.float32)
    bump = bump_mm * DPI / MM_PER_INCH * np.sin(rows / len(pixels) * np.pi)
    down = np.repeat((rows + bump)[:, None], pixels.shape[1], axis=1).astype(np.float32)
    right = np.repeat(np.arange(pixels.shape[1], dtype=np.float32)[None], len(pixels), axis=0)
    return cv2.remap(pixels, right, down, cv2.INTER_LINEAR, borderValue=255)


def test_a_page_fed_unevenly_by_half_a_millimetre_is_read(desk, marked) -> None:
    rows = np.arange(len(marked), dtype=np.float32)
    bump = 0.6 * DPI / MM_PER_INCH * np.sin(rows / len(marked) * np.pi)
    shape = marked.shape
    columns = np.broadcast_to(np.arange(shape[1], dtype=np.float32), shape).copy()
    fed = cv2.remap(
        marked, columns, np.broadcast_to((rows + bump)[:, None], shape).astype(np.float32).copy(), cv2.INTER_LINEAR
    )
    check_marked(desk, desk.read(desk.scan(fed)))


def test_a_page_at_60_dpi_is_too_coarse(desk) -> None:
    reading = desk.read(desk.blank(60))
    assert reading.status == "unreadable"


@pytest.mark.parametrize("spoilt", [0, 1])
def test_the_other_code_serves_where_one_is_destroyed(desk, marked, spoilt) -> None:
    cover(marked, code_rects()[spoilt], level=40)
    check_marked(desk, desk.read(desk.scan(marked)))


def test_a_page_without_a_readable_code_is_a_persons(desk, marked) -> None:
    for rect in code_rects():
        cover(marked, rect, level=40)
    reading = desk.read(desk.scan(marked))
    assert (reading.status, reading.reason, reading.serial) == ("unreadable", "no_code", None)


def test_a_code_whose_check_fails_gives_no_serial(desk, marked) -> None:
    wrong = desk.serial[:-1] + ("0" if desk.serial[-1] != "0" else "1")
    for rect in code_rects():
        paint_code(marked, rect, f"HTTPS://KHAOSAT.EXAMPLE.VN/P/{wrong}-1")
    reading = desk.read(desk.scan(marked))
    assert (reading.status, reading.reason, reading.serial) == ("unreadable", "wrong_serial", None)


def test_somebody_elses_code_on_a_page_like_ours_is_foreign(desk, marked) -> None:
    for rect in code_rects():
        paint_code(marked, rect, "HTTPS://OTHER.EXAMPLE/TICKET/12345")
    reading = desk.read(desk.scan(marked))
    assert (reading.status, reading.reason, reading.serial) == ("foreign", "not_ours", None)


def test_somebody_elses_code_on_a_plain_page_is_foreign(desk) -> None:
    pixels = np.full((2339, 1654), 250, np.uint8)
    paint_code(pixels, Rect(80, 100, 30, 30), "HTTPS://OTHER.EXAMPLE/TICKET/12345")
    assert (desk.read(pixels).status, desk.read(pixels).reason) == ("foreign", "not_ours")


def test_a_sticker_over_one_code_does_not_make_our_sheet_foreign(desk, marked) -> None:
    paint_code(marked, code_rects()[0], "HTTPS://OTHER.EXAMPLE/TICKET/12345")
    check_marked(desk, desk.read(desk.scan(marked)))
    cover(marked, code_rects()[1], level=40)
    reading = desk.read(desk.scan(marked))
    assert (reading.status, reading.reason) == ("unreadable", "no_code")


def test_a_sheet_of_another_campaign_is_foreign(desk) -> None:
    reading = desk.read(desk.scan(desk.blank(address="HTTPS://OTHER.EXAMPLE.VN")))
    assert (reading.status, reading.reason, reading.serial) == ("foreign", "other_address", None)


def test_a_sheet_of_an_unknown_layout_is_foreign(desk) -> None:
    reading = desk.read(desk.scan(desk.blank(serial=make_serial(500, 9))))
    assert (reading.status, reading.reason, reading.serial) == ("foreign", "unknown_layout", None)


def test_a_page_that_the_layout_does_not_have_is_a_persons(desk, marked) -> None:
    for rect in code_rects():
        paint_code(marked, rect, f"HTTPS://KHAOSAT.EXAMPLE.VN/P/{desk.serial}-7")
    reading = desk.read(desk.scan(marked))
    assert (reading.status, reading.reason) == ("unreadable", "no_such_page")


def test_an_empty_back_is_foreign_and_says_so(desk) -> None:
    back = desk.scan(np.full((2339, 1654), 255, np.uint8))
    assert (desk.read(back).status, desk.read(back).reason) == ("foreign", "blank_page")


def test_a_photograph_is_foreign(desk, photograph) -> None:
    assert (desk.read(photograph).status, desk.read(photograph).reason) == ("foreign", "nothing_of_ours")


def test_a_sheet_without_an_address_is_read_by_a_book_without_one(desk) -> None:
    pixels = desk.blank(address="")
    book = LayoutBook("desk", ("",), desk.book.layouts)
    reading = read_page(PageImage("a", 1, desk.scan(pixels)), book)
    assert (reading.status, reading.serial) == ("read", desk.serial)
    assert desk.read(desk.scan(pixels)).reason == "other_address"


def test_two_sheets_in_one_picture_are_not_guessed_apart(desk, marked) -> None:
    other = desk.blank(serial=make_serial(77, 1))
    for picture in (np.hstack([marked, other]), np.vstack([marked, other]), np.rot90(np.hstack([marked, other]))):
        reading = desk.read(np.ascontiguousarray(picture))
        assert (reading.status, reading.reason) == ("unreadable", "several_pages")
        assert (reading.serial, reading.answers) == (None, ())


def test_a_file_gives_a_reading_for_every_image_and_for_what_is_no_image(desk, marked, tmp_path) -> None:
    good, bad = tmp_path / "good.dat", tmp_path / "bad.pdf"
    good.write_bytes(cv2.imencode(".png", marked)[1].tobytes())
    bad.write_bytes(b"not a picture")
    readings = [reading for path in (good, bad) for reading in read_file(path, desk.book)]
    assert [(reading.file, reading.status, reading.reason) for reading in readings] == [
        (str(good), "read", None),
        (str(bad), "unreadable", "not_an_image"),
    ]
    assert readings[0].ms > 0


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(1, 900),
    width=st.integers(1, 900),
    kind=st.sampled_from(["noise", "bits", "blocks", "flat"]),
)
def test_no_pixels_make_reading_fail(desk, seed, height, width, kind) -> None:
    rng = np.random.default_rng(seed)
    pixels = {
        "noise": lambda: rng.integers(0, 256, (height, width)),
        "bits": lambda: rng.integers(0, 2, (height, width)) * 255,
        "blocks": lambda: np.kron(rng.integers(0, 2, (height // 8 + 1, width // 8 + 1)) * 255, np.ones((8, 8))),
        "flat": lambda: np.full((height, width), seed % 256),
    }[kind]()
    assert desk.read(pixels.astype(np.uint8)).status in ("foreign", "unreadable")


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_damage_to_our_page_makes_reading_fail(desk, seed) -> None:
    rng = np.random.default_rng(seed)
    pixels = desk.blank(100)
    for _ in range(int(rng.integers(1, 12))):
        top, left = rng.integers(0, pixels.shape[0] - 20), rng.integers(0, pixels.shape[1] - 20)
        bottom, right = top + rng.integers(10, 400), left + rng.integers(10, 400)
        pixels[top:bottom, left:right] = rng.integers(0, 256)
    reading = desk.read(pixels)
    assert reading.status in ("read", "unreadable", "foreign")
    assert bool(reading.answers) == (reading.status == "read")
