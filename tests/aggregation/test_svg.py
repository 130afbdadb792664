"""Strips of inline SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.svg import Axis, axis_strip, interval_strip, make_axis, stacked_strip

AXIS = Axis((10.0, 15.0, 20.0))


def parse(strip: str) -> ElementTree.Element:
    return ElementTree.fromstring(strip)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_an_axis_holds_its_values_with_a_few_round_ticks(values: list[float]) -> None:
    axis = make_axis(values, 100)
    assert axis.ticks[0] <= min(values) + 1e-6
    assert axis.ticks[-1] >= max(values) - 1e-6
    assert 2 <= len(axis.ticks) <= 9
    assert axis.ticks[0] >= 0


def test_an_axis_of_one_value_still_has_a_width() -> None:
    assert make_axis([20.0], 20).ticks[0] < make_axis([20.0], 20).ticks[-1]
    assert make_axis([], 20).ticks[0] < make_axis([], 20).ticks[-1]


def test_a_point_stands_where_its_value_is_and_never_outside() -> None:
    assert AXIS.x(12.5) == "25.00%"
    assert AXIS.x(9) == "0.00%"
    assert AXIS.x(99) == "100.00%"


def test_a_strip_says_what_it_shows() -> None:
    strip = parse(interval_strip(AXIS, 15, (12, 18), 'Sở "A" & <B>'))
    assert strip.attrib["role"] == "img"
    title = strip.find("title")
    assert title is not None
    assert title.text == 'Sở "A" & <B>'
    assert next(each.attrib["x1"] for each in strip.iter("line") if each.attrib["class"] == "reach") == "20.00%"


def test_without_an_interval_the_point_is_open() -> None:
    strip = parse(interval_strip(AXIS, 15, None, "A"))
    circles = [each.attrib["class"] for each in strip.iter("circle")]
    assert circles == ["dot open"]
    assert not [each for each in strip.iter("line") if each.attrib["class"] == "reach"]


def test_bars_fill_the_width_and_small_ones_go_without_a_number() -> None:
    strip = parse(stacked_strip([0.5, 0.0, 0.45, 0.05], ["50", "0", "45", "5"], "A"))
    widths = [float(each.attrib["width"].rstrip("%")) for each in strip.iter("rect")]
    assert sum(widths) == pytest.approx(100)
    assert [each.attrib["class"] for each in strip.iter("rect")] == ["level-0", "level-2", "level-3"]
    assert [each.text for each in strip.iter("text")] == ["50", "45"]


def test_the_ends_of_an_axis_keep_their_numbers_inside() -> None:
    anchors = [each.attrib["text-anchor"] for each in parse(axis_strip(AXIS, ["10", "15", "20"], "A")).iter("text")]
    assert anchors == ["start", "middle", "end"]
