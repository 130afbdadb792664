"""Marks drawn on a page and scanned: each ends in the state that its ink deserves."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.geometry import MM_PER_INCH
from ocr.boxes import MIN_OUTLINE, read_boxes
from ocr.ink import measure_ink
from ocr.marks import (
    BESIDE_MM2,
    EMPTY_AREA_MM2,
    LOST_BLACK_AND_WHITE,
    LOST_STRONG_PEN,
    LOST_WEAK_PEN,
    BoxMark,
    find_loss,
    judge_boxes,
)
from ocr.register import Registration, find_registration

DPI = 200


def judge(desk, pixels):
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    return judge_at(desk, pixels, place)


def judge_at(desk, pixels, place):
    groups = read_boxes(pixels, place, desk.page.boxes)
    ink = measure_ink(groups, len(desk.page.boxes))
    return ink, judge_boxes(groups, ink, False)


def is_empty(mark: BoxMark) -> bool:
    """By the model and by what was measured, as a blank answer needs it."""
    return mark.bare and mark.reason is None and mark.chances[1] + mark.chances[3] < 0.001


def marked_places(marks: list[BoxMark]) -> list[int]:
    return [number for number, mark in enumerate(marks) if mark.likely]


def level_of(darkness: float) -> int:
    """The grey to draw with so that the scan shows this share of printed black."""
    return round(255 * (1 - darkness))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_no_box_of_a_blank_page_is_ever_marked(desk, dpi, seed) -> None:
    ink, marks = judge(desk, desk.scan(desk.blank(dpi), seed - 1.0, seed=seed, noise=5.0))
    assert all(map(is_empty, marks))
    assert ink.area_mm2.max() <= EMPTY_AREA_MM2


@pytest.mark.parametrize("kind", ["cross", "tick", "fill", "upright"])
@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_an_ordinary_mark_is_sure(desk, kind, dpi) -> None:
    pixels = desk.blank(dpi)
    desk.draw(pixels, desk.page.boxes[8], kind, dpi=dpi)
    _, marks = judge(desk, desk.scan(pixels, 1.0))
    assert [number for number, mark in enumerate(marks) if not is_empty(mark)] == [8]
    assert (marks[8].likely, marks[8].filled) == (True, kind == "fill")


def test_a_whole_column_filled_is_a_whole_column_marked(desk) -> None:
    pixels = desk.blank()
    column = [number for number, box in enumerate(desk.page.boxes) if box.option == "3"]
    for number in column:
        desk.draw(pixels, desk.page.boxes[number], "fill")
    _, marks = judge(desk, desk.scan(pixels))
    assert marked_places(marks) == column


@pytest.mark.parametrize("darkness", [0.10, 0.12, 0.15, 0.2, 0.3, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("kind", ["cross", "tick"])
def test_a_faint_mark_is_never_taken_for_nothing(desk, darkness, kind) -> None:
    pixels = desk.blank()
    desk.draw(pixels, desk.page.boxes[8], kind, level=level_of(darkness))
    _, marks = judge(desk, desk.scan(pixels, noise=2.0))
    assert not is_empty(marks[8])
    assert marks[8].likely or darkness < 0.3


def test_paper_that_is_grey_or_shaded_changes_nothing(desk) -> None:
    pixels = desk.blank()
    desk.draw(pixels, desk.page.boxes[8], "cross", level=120)
    scanned = desk.scan(pixels).astype(np.float32)
    shade = np.linspace(0.55, 1.0, scanned.shape[1])[None, :]
    ink, marks = judge(desk, scanned.astype(np.uint8))
    darker, again = judge(desk, (scanned * shade).astype(np.uint8))
    assert [mark.likely for mark in again] == [mark.likely for mark in marks]
    assert [is_empty(mark) for mark in again] == [is_empty(mark) for mark in marks]
    assert darker.darkness[8] == pytest.approx(ink.darkness[8], abs=0.06)


def test_a_box_whose_outline_is_covered_is_not_taken_for_empty(desk) -> None:
    pixels, box, scale = desk.blank(), desk.page.boxes[8], DPI / MM_PER_INCH
    top, left = round((box.y - 1) * scale), round((box.x - 1) * scale)
    pixels[top : top + round(6.2 * scale), left : left + round(6.2 * scale)] = 255
    ink, marks = judge(desk, desk.scan(pixels))
    assert ink.outline[8] < MIN_OUTLINE
    assert (marks[8].doubt, marks[8].reason) == (True, "box_not_found")


def test_a_box_beyond_the_image_is_not_taken_for_empty(desk) -> None:
    scanned = desk.scan(desk.blank())
    place = find_registration(scanned)
    assert isinstance(place, Registration)
    cut = np.ascontiguousarray(scanned[: round(100 * DPI / MM_PER_INCH)])
    _, marks = judge_at(desk, cut, place)
    states = {box.question: mark for box, mark in zip(desk.page.boxes, marks, strict=True)}
    assert is_empty(states["q1"])
    assert (states["q10"].doubt, states["q10"].reason) == (True, "box_not_found")


def test_dirt_on_the_glass_is_no_mark(desk) -> None:
    scanned = desk.scan(desk.blank())
    box, scale = desk.page.boxes[2], DPI / MM_PER_INCH
    column = round((box.x + 2.2) * scale)
    scanned[:, column : column + 2] //= 2
    _, marks = judge(desk, scanned)
    touched = [mark for each, mark in zip(desk.page.boxes, marks, strict=True) if each.option == box.option]
    assert {mark.reason for mark in touched} == {"line_through"}
    assert not any(mark.likely for mark in touched)
    assert sum(not is_empty(mark) for mark in marks) == len(touched)


def test_a_pale_rim_that_goes_on_around_its_box_is_no_mark_of_the_pages_pen(desk) -> None:
    pixels, boxes, scale = desk.blank(), desk.page.boxes, DPI / MM_PER_INCH
    for number in (20, 26, 32, 38):
        desk.draw(pixels, boxes[number], "cross")
    desk.draw(pixels, boxes[50], "cross", level=level_of(0.2))
    corner = round((boxes[8].x - 4) * scale), round((boxes[8].y + 4) * scale)
    cv2.circle(pixels, corner, round(6.5 * scale), level_of(0.2), round(1.2 * scale), cv2.LINE_AA)
    _, marks = judge(desk, desk.scan(pixels))
    assert (marks[8].pale, marks[8].settles) == (True, False)
    assert not any(marks[number].pale for number in (20, 26, 32, 38, 50))


@pytest.mark.parametrize("width_mm", [0.7, 1.0, 1.3, 1.5])
def test_a_dot_of_a_broad_pen_settles_nothing_and_a_short_stroke_of_it_does(desk, width_mm) -> None:
    pixels, boxes, scale = desk.blank(), desk.page.boxes, DPI / MM_PER_INCH
    x, y = (round(16 * scale * (side + 1.7)) for side in (boxes[8].x, boxes[8].y))
    cv2.circle(pixels, (x, y), round(8 * scale * width_mm), 60, -1, cv2.LINE_AA, 4)
    for number in (20, 26, 32, 38):
        desk.draw(pixels, boxes[number], "tick", 60, width_mm=width_mm)
    _, marks = judge(desk, desk.scan(pixels))
    assert (marks[8].reason, marks[8].settles) == ("speck", False)
    assert all(marks[number].settles for number in (20, 26, 32, 38))


def test_a_circle_around_a_box_is_seen(desk) -> None:
    pixels, box, scale = desk.blank(), desk.page.boxes[8], DPI / MM_PER_INCH
    centre = round((box.x + 2.1) * scale), round((box.y + 2.1) * scale)
    cv2.circle(pixels, centre, round(3.3 * scale), 40, 3, cv2.LINE_AA)
    _, marks = judge(desk, desk.scan(pixels))
    assert marks[8].reason == "circled"
    assert sum(not is_empty(mark) for mark in marks) == 1


def test_a_box_is_found_by_its_outline_not_by_the_darkest_spot(desk) -> None:
    pixels = desk.blank()
    for number, level in ((8, 0), (20, 60), (32, 0)):
        desk.draw(pixels, desk.page.boxes[number], "fill", level=level, width_mm=0.9)
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    shifted = Registration(place.matrix @ np.array([[1, 0, 0.5], [0, 1, -0.5], [0, 0, 1]]), 0.0, 4)
    ink, marks = judge_at(desk, pixels, shifted)
    assert marked_places(marks) == [8, 20, 32]
    assert ink.area_mm2[[number for number in range(78) if number not in (8, 20, 32)]].max() <= EMPTY_AREA_MM2


def test_a_stroke_along_the_outline_is_not_taken_for_nothing(desk) -> None:
    pixels, box, scale = desk.blank(), desk.page.boxes[8], DPI / MM_PER_INCH
    left, right, y = round(box.x * scale), round((box.x + box.w) * scale), round((box.y - 0.2) * scale)
    cv2.line(pixels, (left, y), (right, y), 40, 4)
    ink, marks = judge(desk, desk.scan(pixels))
    assert ink.beside_mm2[8] + ink.edge_mm2[8] > BESIDE_MM2
    assert [number for number, mark in enumerate(marks) if not is_empty(mark)] == [8]


@pytest.mark.parametrize(
    ("strokes", "dots", "lost"),
    [(6, 0, LOST_STRONG_PEN), (3, 0, LOST_BLACK_AND_WHITE), (6, 3, LOST_BLACK_AND_WHITE), (2, 0, LOST_WEAK_PEN)],
)
def test_in_black_and_white_the_pages_own_strokes_and_dots_say_how_likely_a_mark_was_lost(
    desk, strokes, dots, lost
) -> None:
    pixels, scale = desk.blank(), DPI / MM_PER_INCH
    for number in range(strokes):
        desk.draw(pixels, desk.page.boxes[6 * number], "cross")
    for number in range(dots):
        box = desk.page.boxes[6 * number + 3]
        cv2.circle(pixels, (round((box.x + 2.1) * scale), round((box.y + 2.1) * scale)), 2, 0, -1)
    scanned = np.where(desk.scan(pixels) < 150, 0, 255).astype(np.uint8)
    place = find_registration(scanned)
    assert isinstance(place, Registration)
    groups = read_boxes(scanned, place, desk.page.boxes)
    ink = measure_ink(groups, len(desk.page.boxes))
    assert find_loss(ink, two_level=True) == lost
    empty = judge_boxes(groups, ink, two_level=True)[-1]
    assert empty.chances[:2] == (1.0, lost)
