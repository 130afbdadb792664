"""All ink that hangs together with what is in a box: one lone line is a mark, a dot is none however it lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forms.campaign import Head
from forms.questionnaire import Questionnaire
from ocr.boxes import read_boxes
from ocr.pretend.pen import PenStyle
from ocr.register import Registration, find_registration
from ocr.whole import STROKE_MM, WholeMark, see_whole
from tests.ocr.pressed import PEN, SECTIONS, Press, draw, line

BROAD = PenStyle("felt_tip", 1.3, 0.9)


def marked(press):
    """Two questions answered by crosses, and the middle of a box of the third, mm."""
    pixels = press.pixels.copy()
    for question in ("q2", "q3"):
        box = press.boxes(question)[1]
        draw(pixels, box.x + 2.1, box.y + 2.1, "cross")
    box = press.boxes("q1")[2]
    return pixels, box.x + 2.1, box.y + 2.1


def ends(degrees: float, off_mm: float, length_mm: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Of a line through the middle of a box, its own middle `off_mm` further along, from the box's middle."""
    right, down = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    first, last = off_mm - length_mm / 2, off_mm + length_mm / 2
    return (first * right, first * down), (last * right, last * down)


@pytest.mark.parametrize(
    ("pen", "course"),
    [
        (PEN, ends(90, 0, 2.4)),
        (PEN, ends(90, 0, 6)),
        (PEN, ends(90, 1.5, 4.5)),
        (PEN, ends(15, -0.7, 6)),
        (PEN, ends(-45, -0.7, 2.4)),
        (BROAD, ends(90, 1.5, 4.5)),
        (BROAD, ends(70, -1.5, 2.4)),
    ],
)
def test_one_lone_line_in_a_box_or_out_of_it_is_its_mark(press, desk, pen, course) -> None:
    pixels, x, y = marked(press)
    line(pixels, *((x + right, y + down) for right, down in course), pen=pen)
    answer = press.read(desk.scan(pixels))["q1", None]
    assert (answer.state, answer.chosen) == ("clear", ("3",))


@pytest.mark.parametrize("degrees", [0, 20, -20, 90])
def test_a_line_over_a_mark_is_a_persons(press, desk, degrees) -> None:
    pixels, x, y = marked(press)
    draw(pixels, x, y, "cross")
    line(pixels, *((x + right, y + down) for right, down in ends(degrees, 0, 8)), pen=BROAD)
    assert press.read(desk.scan(pixels))["q1", None].state == "doubtful"


def test_a_line_that_runs_on_through_the_row_is_a_persons(press, desk) -> None:
    pixels, x, y = marked(press)
    line(pixels, (x - 1.0, y), (x + 12.0, y + 0.4))
    assert press.read(desk.scan(pixels))["q1", None].state == "doubtful"


@pytest.mark.parametrize("place", [(0.0, 0.0), (0.6, -0.5), (1.8, 0.3), (1.6, 1.7)])
def test_a_broad_pens_dot_is_no_mark_wherever_it_lies(press, desk, place) -> None:
    pixels, x, y = marked(press)
    x, y = x + place[0], y + place[1]
    line(pixels, (x - 0.2, y), (x + 0.2, y + 0.1), pen=BROAD)
    assert press.read(desk.scan(pixels))["q1", None].state == "doubtful"


@pytest.mark.parametrize(("radius_mm", "off_mm"), [(2.2, 0.4), (2.5, 0.1), (2.6, 0.2), (2.6, 0.4), (3.0, 0.4)])
def test_a_circle_around_the_box_is_a_mark_though_its_tips_reach_in(press, desk, radius_mm, off_mm) -> None:
    pixels, x, y = marked(press)
    turns = np.linspace(0.2, 2 * np.pi + 0.3, 40)
    line(pixels, *zip(x + off_mm + radius_mm * np.cos(turns), y + 1.1 * radius_mm * np.sin(turns), strict=True))
    answer = press.read(desk.scan(pixels))["q1", None]
    assert (answer.state, answer.chosen) == ("clear", ("3",))


@pytest.fixture(scope="module")
def six(tmp_path_factory) -> Press:
    """Rows of six boxes, 12 mm from one to the next."""
    levels = [{"code": str(place), "label": str(place)} for place in range(6)]
    asked = {"code": "sau", "title": "Phiếu", "scales": {"tot": levels}, "sections": SECTIONS[:1]}
    head = Head(superior="", body="SỞ NỘI VỤ", lang="vi", by_phone=False)
    return Press(tmp_path_factory.mktemp("six"), head, Questionnaire.model_validate(asked))


@pytest.mark.parametrize(
    ("more", "left_mm", "passed"),
    [((), 5.4, True), (((-3.6, -1.5), (-3.1, 1.5)), 5.4, False), ((), 14.0, False)],
    ids=["it alone", "a stroke there", "around both"],
)
def test_a_wide_circle_passes_another_box_where_nothing_else_stands_around_it(six, desk, more, left_mm, passed) -> None:
    pixels, (other, box) = six.pixels.copy(), six.boxes("q1")[2:4]
    turns, wide_mm = np.linspace(0.2, 2 * np.pi + 0.3, 60), (left_mm + 4.2 + 1.5) / 2
    x, y = box.x + 2.1 + (1.5 - left_mm) / 2, box.y + 2.1
    line(pixels, *zip(x + wide_mm * np.cos(turns), y + 3.4 * np.sin(turns), strict=True))
    if more:
        line(pixels, *((other.x + 2.1 + right, other.y + 2.1 + down) for right, down in more))
    scan = desk.scan(pixels, 0.2)
    place = find_registration(scan)
    assert isinstance(place, Registration)
    groups = read_boxes(scan, place, six.page.boxes)
    whole = see_whole(scan, place, six.page, groups, six.page.boxes.index(box), 0.6)
    assert whole is None or whole.is_ring(0.6)
    assert (whole is not None and whole.passes(groups, six.page.boxes.index(other))) == passed


def test_without_the_picture_of_the_print_nothing_is_seen_whole(press, desk) -> None:
    pixels, x, y = marked(press)
    line(pixels, *((x + right, y + down) for right, down in ends(90, 0, 6)))
    assert press.read(desk.scan(pixels), press.bare)["q1", None].state == "doubtful"


def test_a_line_is_of_the_pages_own_pen_and_no_wider_than_one() -> None:
    seen = WholeMark(6.0, 1.0, 0.8, 0.6, 1.5, around=0.2, darkness=0.4)
    assert seen.is_stroke
    assert seen.is_line(None)
    assert seen.is_line(0.6)
    assert not seen.is_line(0.7)
    assert not replace(seen, thick_mm=1.7).is_line(None)
    assert not replace(seen, width_mm=3.0).is_line(None)
    assert not replace(seen, over_mm=4.0).is_stroke
    assert not replace(seen, length_mm=STROKE_MM - 0.1).is_stroke


def test_a_ring_runs_all_around_its_box_in_the_pages_own_pen() -> None:
    seen = WholeMark(8.0, 7.5, 7.0, 0.6, 1.7, around=0.9, darkness=0.4)
    assert seen.is_ring(0.6)
    assert not seen.is_line(0.6)
    assert not seen.is_ring(0.7)
    assert not seen.is_ring(None)
    assert not replace(seen, around=0.7).is_ring(0.6)
    assert not replace(seen, thick_mm=1.7).is_ring(0.6)
    assert replace(seen, over_mm=5.5).is_ring(0.6)
    assert not replace(seen, over_mm=6.5).is_ring(0.6)


def test_a_line_beside_a_bare_box_is_no_ring_around_it(press, desk) -> None:
    pixels, x, y = marked(press)
    line(pixels, (x - 3.2, y - 3.0), (x - 3.2, y + 3.0))
    assert press.read(desk.scan(pixels))["q1", None].state == "doubtful"
