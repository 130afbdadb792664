"""What happens to paper before and on the scanner's glass: read all the same, each with real pixels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.geometry import MM_PER_INCH, PAGE_H_MM, PAGE_W_MM, marker_rects, mid_mark_rects
from ocr.pretend.pen import PenStyle, draw_strokes

DPI = 200
PX = DPI / MM_PER_INCH


@pytest.fixture
def marked(desk):
    pixels = desk.blank()
    desk.draw(pixels, desk.box("q1", "4"), "cross")
    desk.draw(pixels, desk.box("q9", "0"), "tick")
    return pixels


def check_marked(desk, reading, doubts: int = 0):
    """All as marked; up to some answers may be a person's."""
    answers = desk.answers(reading)
    assert reading.serial == desk.serial
    expected = {"q1": ("4",), "q9": ("0",)}
    clear = {name: answer.chosen for name, answer in answers.items() if answer.state != "doubtful"}
    assert len(answers) - len(clear) <= doubts
    assert all(chosen == expected.get(name, ()) for name, chosen in clear.items())


def middle_px(rect) -> tuple[int, int]:
    return round(rect.centre[0] * PX), round(rect.centre[1] * PX)


def moved(pixels, down, right=np.zeros_like):
    """The page with the pixels of each row (mm) taken from so many mm further down and to the right."""
    rows, columns = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]].astype(np.float32)
    right_px, down_px = (np.asarray(each(rows / PX) * PX, np.float32) for each in (right, down))
    return cv2.remap(pixels, columns + right_px, rows + down_px, cv2.INTER_LINEAR, borderValue=255)


@pytest.mark.parametrize("marker", [0, 2])
def test_a_fold_through_a_marker(desk, marked, marker) -> None:
    y = marker_rects()[marker].centre[1]
    sign = 1 if marker in (0, 1) else -1
    folded = moved(marked, lambda y_mm: 0.8 * sign * (sign * (y_mm - y) < 0))
    cv2.line(folded, (0, round(y * PX)), (folded.shape[1], round(y * PX) + 8), 150, 3)
    check_marked(desk, desk.read(desk.scan(folded, 0.7)))


@pytest.mark.parametrize("at_mm", [97.5, 150.0])
def test_a_fold_across_the_page(desk, marked, at_mm) -> None:
    folded = moved(marked, lambda y_mm: 0.5 * (y_mm > at_mm), lambda y_mm: 0.3 * (y_mm > at_mm))
    cv2.line(folded, (0, round(at_mm * PX)), (folded.shape[1], round(at_mm * PX)), 165, 2)
    check_marked(desk, desk.read(desk.scan(folded, 0.5)), doubts=2)


def test_a_feeder_that_slips_and_catches_up(desk, marked) -> None:
    fed = moved(marked, lambda y_mm: np.interp(y_mm, [0, 60, 75, 140, 155, 297], [0, 0, 1.2, 1.0, 0.2, 0]))
    check_marked(desk, desk.read(desk.scan(fed, 0.5)), doubts=2)


@pytest.mark.parametrize("marker", [0, 2])
def test_a_punch_hole_through_a_marker(desk, marked, marker) -> None:
    x, y = middle_px(marker_rects()[marker])
    cv2.circle(marked, (x + 8, y - 6), round(3 * PX), 40, -1)
    check_marked(desk, desk.read(desk.scan(marked, 1.0)))


@pytest.mark.parametrize("marker", [0, 2])
def test_a_pen_stroke_through_a_marker(desk, marked, marker) -> None:
    middle = np.array(marker_rects()[marker].centre)
    stroke = (middle + np.array([[-9.0, -5.0], [-2.0, 1.0], [3.0, -1.0], [10.0, 6.0]])) * PX
    draw_strokes(marked, [stroke], np.random.default_rng(1), PenStyle("gel", 0.8, 0.9), PX)
    check_marked(desk, desk.read(desk.scan(marked, 1.0)))


@pytest.mark.parametrize("edge", ["right", "bottom"])
def test_a_photocopy_that_loses_an_edge_of_two_markers(desk, marked, edge) -> None:
    strip = round(18 * PX)
    marked[np.s_[:, -strip:] if edge == "right" else np.s_[-strip:]] = 255
    check_marked(desk, desk.read(desk.scan(marked, 0.6)), doubts=1)


@pytest.mark.parametrize("dpi", [100, pytest.param(600, marks=pytest.mark.slow)])
@pytest.mark.parametrize("degrees", [-7.0, 10.0])
def test_coarse_and_fine_scans_askew(desk, dpi, degrees) -> None:
    pixels = desk.blank(dpi)
    desk.draw(pixels, desk.box("q1", "4"), "cross", dpi=dpi)
    desk.draw(pixels, desk.box("q9", "0"), "tick", dpi=dpi)
    check_marked(desk, desk.read(desk.scan(pixels, degrees)))


@pytest.mark.parametrize("degrees", [-10.0, 8.0])
def test_askew_by_up_to_ten_degrees(desk, marked, degrees) -> None:
    check_marked(desk, desk.read(desk.scan(marked, degrees)))


@pytest.mark.parametrize("top_mm", [0.0, 18.0])
def test_a4_on_a_letter_scan_is_cut_off(desk, marked, top_mm) -> None:
    """Letter is 215.9 x 279.4 mm: 17.6 mm of the sheet's length are missing, its markers' row at worst."""
    glass = cv2.copyMakeBorder(marked, 0, 0, 20, 26, cv2.BORDER_CONSTANT, value=250)
    first = round(top_mm * PX)
    cut = glass[first : first + round(279.4 * PX)]
    assert cut.shape[0] < marked.shape[0]
    check_marked(desk, desk.read(desk.scan(np.ascontiguousarray(cut), 0.4)))


@pytest.mark.parametrize("turn", [0, 1])
def test_a4_on_an_a3_glass_fills_half_the_picture(desk, marked, turn) -> None:
    glass = np.full((round(2 * PAGE_W_MM * PX) + 8, round(PAGE_H_MM * PX) + 8), 245, np.uint8)
    page = np.rot90(desk.scan(marked, 0.0), 1) if turn else cv2.resize(desk.scan(marked), None, fx=0.9, fy=0.9)
    glass[30 : 30 + page.shape[0], : page.shape[1]] = page[: glass.shape[0] - 30, : glass.shape[1]]
    check_marked(desk, desk.read(glass))


def test_two_markers_and_a_mid_edge_mark_lost_leave_the_codes(desk, marked) -> None:
    for rect in (marker_rects()[1], marker_rects()[2], mid_mark_rects()[1]):
        x, y = middle_px(rect)
        marked[y - 40 : y + 41, x - 40 : x + 41] = 255
    check_marked(desk, desk.read(desk.scan(marked, 1.0)))
