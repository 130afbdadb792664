"""A line from a mark to another box of its question may move the answer there: a person's, with the mark as a guess."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.ocr.pressed import SCALE, draw, line


def crossed(press, question: str, place: int, kind: str = "cross", size: float = 1.0, seed: int = 1):
    """A printed page, one box of a question marked, and the middles of all its boxes, mm."""
    pixels = press.pixels.copy()
    middles = [(box.x + 2.1, box.y + 2.1) for box in press.boxes(question)]
    draw(pixels, *middles[place], kind, size, seed)
    return pixels, middles


def arrow(pixels, *points: tuple[float, float]) -> None:
    """A line along the points, with a head."""
    line(pixels, *points)
    tip, before = np.array(points[-1]), np.array(points[-2])
    back = (before - tip) / np.hypot(*(before - tip)) * 1.8
    for turned in ((0.87, -0.5), (0.87, 0.5)):
        wing = tip + np.array([back @ (turned[0], -turned[1]), back @ (turned[1], turned[0])])
        line(pixels, tuple(wing), tuple(tip))


@pytest.mark.parametrize(("far", "bow_mm"), [(1, 0.0), (1, 5.0), (2, 5.0), (3, 5.0)])
@pytest.mark.parametrize("before_mm", [0.4, -1.2])
def test_an_arrow_from_the_mark_to_another_box_is_a_persons(press, desk, far, before_mm, bow_mm) -> None:
    """Arched over the boxes between, up to the other's outline or into it."""
    pixels, middles = crossed(press, "q2", 0)
    (x, y), (to, _) = middles[0], middles[far]
    arrow(pixels, (x + 1.5, y - 0.5), ((x + to) / 2, y - bow_mm), (to - 2.1 - before_mm, y))
    answer = press.read(desk.scan(pixels, 0.5))["q2", None]
    assert answer.state == "doubtful"
    assert "5" in answer.chosen


@pytest.mark.parametrize("kind", ["cross", "tick", "circle"])
@pytest.mark.parametrize(("first", "last"), [(0, 3), (3, 0)])
def test_a_nearly_straight_arrow_through_all_boxes_is_no_crease_for_it_ends_at_them(
    press, desk, kind, first, last
) -> None:
    pixels, middles = crossed(press, "q2", first, kind)
    for question in ("q1", "q3"):
        box = press.boxes(question)[1]
        draw(pixels, box.x + 2.1, box.y + 2.1, "cross")
    (x, y), (to, _) = middles[first], middles[last]
    way = 1 if to > x else -1
    arrow(pixels, (x + way * 2.6, y), ((x + to) / 2, y + 0.8), (to - way * 2.6, y))
    answer = press.read(desk.scan(pixels, 0.5))["q2", None]
    assert (answer.state, answer.reason) == ("doubtful", "leads_on")


def moved_on(press):
    """An arrow over from the first box that ends a millimetre before the second."""
    pixels, middles = crossed(press, "q1", 0)
    (x, y), (to, _) = middles[:2]
    arrow(pixels, (x + 1.5, y - 0.5), ((x + to) / 2, y - 4), (to - 3.1, y - 0.3))
    return pixels


def test_what_was_a_promise_without_the_arrow_says_why_it_is_none(press, desk) -> None:
    answer = press.read(desk.scan(moved_on(press), 0.5))["q1", None]
    assert (answer.state, answer.reason, answer.chosen) == ("doubtful", "leads_on", ("5",))


def test_a_layout_without_its_print_keeps_nothing_back(press, desk) -> None:
    answer = press.read(desk.scan(moved_on(press), 0.5), press.bare)["q1", None]
    assert (answer.state, answer.chosen) == ("clear", ("5",))


@pytest.mark.parametrize("size", [1.0, 1.5, 2.0])
def test_a_ticks_tail_leads_nowhere(press, desk, size) -> None:
    for seed in range(4):
        pixels, _ = crossed(press, "q2", 1, "tick", size, seed)
        assert press.read(desk.scan(pixels))["q2", None].reason != "leads_on"


def test_a_crease_through_a_whole_row_leads_nowhere(press, desk) -> None:
    pixels, middles = crossed(press, "q2", 1)
    down = round(middles[0][1] * SCALE)
    pixels[down : down + 3] = np.minimum(pixels[down : down + 3], 140)
    assert press.read(desk.scan(pixels))["q2", None].reason != "leads_on"


def test_the_pale_rim_of_a_puddle_leads_nowhere(press, desk) -> None:
    rim = np.full_like(press.pixels, 255)
    middles = [(box.x + 2.1, box.y + 2.1) for box in press.boxes("q2")]
    (x, y), (to, _) = middles[:2]
    line(rim, (x - 6, y - 9), (x, y + 1.5), ((x + to) / 2, y + 4), (to - 1.0, y + 1.5), (to + 8, y - 9))
    pixels, _ = crossed(press, "q2", 0)
    pale = np.minimum(pixels, 255 - (255 - rim) // 3)
    assert press.read(desk.scan(pale))["q2", None].reason != "leads_on"
    dark = np.minimum(pixels, rim)
    assert press.read(desk.scan(dark))["q2", None].state == "doubtful"


def test_a_line_far_paler_than_the_mark_leads_nowhere(press, desk) -> None:
    """As the rim of a puddle is that runs from box to box."""
    marked, _ = crossed(press, "q1", 0)
    drawn = moved_on(press).astype(float)
    pale = (marked - (marked - drawn) * 0.45).astype(np.uint8)
    assert press.read(desk.scan(pale, 0.5))["q1", None].state == "clear"


def test_a_line_far_softer_than_the_mark_leads_nowhere(press, desk) -> None:
    """As the rim of a puddle is, however dark."""
    marked, _ = crossed(press, "q1", 0)
    rim = cv2.GaussianBlur(np.where(marked - moved_on(press) > 0, moved_on(press), 255).astype(np.uint8), (0, 0), 4)
    dark = (255 - (255.0 - rim) * 150 / (255 - rim.min())).astype(np.uint8)
    answer = press.read(desk.scan(np.minimum(marked, dark), 0.5))["q1", None]
    assert (answer.state, answer.chosen) == ("clear", ("5",))
