"""The sheet's place in an image: found wherever it is sure, refused wherever it is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.geometry import MARKER_BITS, MM_PER_INCH, Rect, marker_rects
from ocr.markers import find_markers, find_mid_mark, find_spoilt_markers
from ocr.register import Registration, find_registration, reduced, sample

DPI = 200


def grid_mm():
    return np.array([[x, y] for x in np.linspace(20, 190, 6) for y in np.linspace(20, 277, 8)])


def worst_mm(place: Registration, turn, dpi: float) -> float:
    """How far the registration is off anywhere on the sheet, against the turn that was really made."""
    points = grid_mm()
    expected = (points * dpi / MM_PER_INCH - 0.5) @ turn[:, :2].T + turn[:, 2]
    return float(np.linalg.norm(place.to_px(points) - expected, axis=1).max() * MM_PER_INCH / dpi)


@pytest.mark.parametrize("dpi", [100, 200, 300])
@pytest.mark.parametrize("degrees", [-5.0, -0.7, 3.0])
def test_the_place_is_found_to_a_tenth_of_a_millimetre(desk, dpi, degrees) -> None:
    pixels = desk.blank(dpi)
    turn = cv2.getRotationMatrix2D((pixels.shape[1] / 2, pixels.shape[0] / 2), degrees, 1.0)
    place = find_registration(desk.scan(pixels, degrees))
    assert isinstance(place, Registration)
    assert worst_mm(place, turn, dpi) < 0.1
    assert place.px_per_mm == pytest.approx(dpi / MM_PER_INCH, rel=0.002)


def test_greys_scattered_into_dots_are_smoothed_before_markers_are_looked_for(desk) -> None:
    """Thousands of dots, each of which the detector would weigh as a marker: it took 20 seconds a page."""
    grey = (desk.scan(desk.blank(DPI), 0.7) * 0.8).astype(np.uint8)
    dots = np.tile(np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) * 16 + 8, (600, 450))
    pixels = np.where(grey < dots[: grey.shape[0], : grey.shape[1]], 0, 255).astype(np.uint8)
    turn = cv2.getRotationMatrix2D((grey.shape[1] / 2, grey.shape[0] / 2), 0.7, 1.0)
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    assert worst_mm(place, turn, DPI) < 0.5  # outlines are looked for within 0.7


def test_markers_full_of_white_spots_are_found_at_the_second_look(desk) -> None:
    pixels, scale, rng = desk.blank(DPI), DPI / MM_PER_INCH, np.random.default_rng(1)
    for rect in marker_rects()[:3]:
        for x, y in rng.uniform((rect.x, rect.y), (rect.x + rect.w, rect.y + rect.h), (40, 2)) * scale:
            cv2.circle(pixels, (round(x), round(y)), 3, 255, -1)
    assert find_registration(pixels) == "too_few_markers"
    assert sorted(find_spoilt_markers(pixels)) == [0, 1, 2, 3]
    assert isinstance(find_registration(pixels, spoilt=True), Registration)


def test_two_sheets_in_one_picture_are_not_guessed_apart_at_the_second_look_either(desk) -> None:
    both = np.hstack([desk.blank(100), desk.blank(100)])
    assert find_spoilt_markers(both) == {}


def test_eight_degrees_on_a_larger_glass_are_no_hindrance(desk) -> None:
    roomy = cv2.copyMakeBorder(desk.blank(), 250, 250, 250, 250, cv2.BORDER_CONSTANT, value=255)
    place = find_registration(desk.scan(roomy, 8.0))
    assert isinstance(place, Registration)
    assert place.residual_mm < 0.1


@pytest.mark.parametrize("lost", range(4))
def test_three_markers_carry_to_the_lost_corner(desk, lost) -> None:
    pixels = desk.blank()
    rect, scale = marker_rects()[lost], DPI / MM_PER_INCH
    left, top = round((rect.x - 2) * scale), round((rect.y - 2) * scale)
    pixels[top : top + round(12 * scale), left : left + round(12 * scale)] = 255
    turn = cv2.getRotationMatrix2D((pixels.shape[1] / 2, pixels.shape[0] / 2), 1.0, 1.0)
    place = find_registration(desk.scan(pixels, 1.0))
    assert isinstance(place, Registration)
    assert place.markers == 3
    assert worst_mm(place, turn, DPI) < 0.3


def test_three_markers_need_witnesses_and_with_few_the_outlines_as_well(desk) -> None:
    pixels = desk.blank()
    pixels[: round(30 * DPI / MM_PER_INCH), : round(26 * DPI / MM_PER_INCH)] = 255
    sure = find_registration(pixels)
    assert isinstance(sure, Registration)
    assert not sure.rough
    middle = slice(round(140 * DPI / MM_PER_INCH), round(157 * DPI / MM_PER_INCH))
    pixels[middle, : round(26 * DPI / MM_PER_INCH)] = 255
    less = find_registration(pixels)
    assert isinstance(less, Registration)
    assert less.rough
    pixels[middle] = pixels[: round(33 * DPI / MM_PER_INCH)] = pixels[round(263 * DPI / MM_PER_INCH) :, 400:1200] = 255
    pixels[round(263 * DPI / MM_PER_INCH) :, : round(48 * DPI / MM_PER_INCH)] = 255
    assert find_registration(pixels) == "too_few_markers"


def test_a_mirrored_page_is_refused(desk) -> None:
    assert find_registration(np.ascontiguousarray(np.fliplr(desk.blank()))) in ("no_markers", "distorted")


def test_nothing_is_found_on_empty_paper() -> None:
    assert find_registration(np.full((2339, 1654), 255, np.uint8)) == "no_markers"


def test_the_markers_of_two_sheets_are_not_joined(desk) -> None:
    assert set(find_markers(desk.blank())) == set(range(len(MARKER_BITS)))
    assert find_registration(np.hstack([desk.blank(), desk.blank()])) == "distorted"
    small = cv2.resize(np.vstack([desk.blank(), desk.blank()]), None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    assert find_registration(small) == "distorted"


def test_a_shrunk_image_keeps_its_place(desk) -> None:
    pixels = desk.blank(300)
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    small, there = reduced(pixels, place, 4.0)
    assert small.shape == tuple(size // 3 for size in pixels.shape)
    assert there.px_per_mm == pytest.approx(place.px_per_mm / 3, rel=1e-6)
    box = desk.page.boxes[0]
    around = Rect(box.x - 1, box.y - 1, box.w + 2, box.h + 2)
    assert np.abs(sample(small, there, around, 4.0).astype(int) - sample(pixels, place, around, 4.0)).mean() < 20


def test_a_sample_is_upright_and_true_to_scale(desk) -> None:
    pixels = np.ascontiguousarray(np.rot90(desk.scan(desk.blank(), 2.0), 1))
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    rect = marker_rects()[0]
    patch = sample(pixels, place, rect, 12.0)
    cells = patch.reshape(6, 16, 6, 16)[:, 4:12, :, 4:12].mean(axis=(1, 3)) < 128
    assert (cells == np.array([[bit == "1" for bit in row] for row in MARKER_BITS[0]])).all()


def test_a_mid_edge_mark_tells_how_far_off_it_stands() -> None:
    patch = np.full((60, 60), 240, np.uint8)
    patch[21:45, 15:39] = 20
    offset = find_mid_mark(patch, 6.0)
    assert offset is not None
    assert offset == pytest.approx((-0.5, 0.5), abs=0.1)
    assert find_mid_mark(np.full((60, 60), 240, np.uint8), 6.0) is None
    patch[5:55, 5:55] = 20
    assert find_mid_mark(patch, 6.0) is None


def copied(pixels, times: int):
    """Copies of copies on a machine that lets print run: every light part between dark ones grows narrower."""
    for _ in range(times):
        soft = cv2.GaussianBlur(pixels, (0, 0), 1.2).astype(np.float64)
        pixels = ((soft - 90) * 1.6).clip(0, 255).astype(np.uint8)
    return pixels


def test_markers_and_codes_of_a_copy_of_copies_whose_print_has_run_are_found(desk) -> None:
    pixels = desk.blank()
    for row in range(1, 13):
        desk.draw(pixels, desk.box(f"q{row}", "3"))
    run = copied(desk.scan(pixels, degrees=0.6, noise=2.0), 2)
    assert not find_markers(run)
    reading = desk.read(run)
    assert (reading.status, reading.serial) == ("read", desk.serial)
    assert {answer.chosen for answer in reading.answers if answer.question[1:].isdigit()} <= {("3",), ()}


def test_a_copy_too_far_gone_for_its_code_is_still_known_for_ours(desk) -> None:
    reading = desk.read(copied(desk.scan(desk.blank(), degrees=0.6, noise=2.0), 3))
    assert (reading.status, reading.reason, reading.serial) == ("unreadable", "no_code", None)
