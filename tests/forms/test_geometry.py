from __future__ import annotations

from itertools import combinations

import cv2

from forms.geometry import (
    BODY_BOTTOM_MM,
    BODY_LEFT_MM,
    BODY_RIGHT_MM,
    BODY_TOP_MM,
    CODE_QUIET_MM,
    MARKER_BITS,
    Rect,
    code_rects,
    marker_rects,
    mid_mark_rects,
)


def grown(rect: Rect, by: float) -> Rect:
    return Rect(rect.x - by, rect.y - by, rect.w + 2 * by, rect.h + 2 * by)


def overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.x + other.w and other.x < one.x + one.w and one.y < other.y + other.h and other.y < one.y + one.h
    )


def test_the_markers_are_those_of_the_public_dictionary() -> None:
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    for number, rows in enumerate(MARKER_BITS):
        image = cv2.aruco.generateImageMarker(dictionary, number, 6)
        assert tuple("".join("1" if pixel == 0 else "0" for pixel in row) for row in image) == rows


def test_markers_stand_15_to_23_mm_from_the_edges_and_codes_12_to_32() -> None:
    first, _, third, _ = marker_rects()
    assert (first.x, first.y, first.w, first.h) == (15, 15, 8, 8)
    assert (third.x + third.w, third.y + third.h) == (195, 282)
    upper, lower = code_rects()
    assert (upper.y, upper.y + upper.h) == (12, 32)
    assert (lower.y, lower.y + lower.h) == (265, 285)


def test_what_a_machine_reads_keeps_its_distance_from_everything_else() -> None:
    body = Rect(BODY_LEFT_MM, BODY_TOP_MM, BODY_RIGHT_MM - BODY_LEFT_MM, BODY_BOTTOM_MM - BODY_TOP_MM)
    module = 8 / 6
    parts = [
        *(grown(rect, module) for rect in marker_rects()),
        *(grown(rect, 1) for rect in mid_mark_rects()),
        *(grown(rect, CODE_QUIET_MM) for rect in code_rects()),
        body,
    ]
    assert not any(overlap(one, other) for one, other in combinations(parts, 2))


def test_the_upper_left_is_free_for_a_stamp() -> None:
    stamp = Rect(25, 5, 60, 30)
    assert not any(overlap(stamp, rect) for rect in (*code_rects(), *marker_rects()))
