"""What is computed the short way for speed is what the long way gives, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.geometry import Rect
from ocr.boxes import read_boxes
from ocr.ink import measure_ink
from ocr.pictures import find_levels, is_two_level
from ocr.register import Registration, find_registration, reduced, sample


@given(st.integers(1, 300), st.integers(1, 4), st.integers(0, 1000), st.floats(0, 100))
def test_levels_are_numpys_percentiles(count, rows, seed, percent) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (rows, count)).astype(np.uint8)
    wanted = (percent, 40, 70)
    assert np.array_equal(find_levels(pixels, wanted), np.percentile(pixels, wanted, axis=1))


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("dpi", [300, 600])
def test_a_part_of_the_sheet_shrinks_as_the_whole_does(desk, dpi, quarters) -> None:
    pixels = np.ascontiguousarray(np.rot90(desk.scan(desk.blank(dpi=dpi), degrees=1.5), quarters))
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    wanted = Rect(112, 54, 70, 100)
    whole, part = reduced(pixels, place, 4.0), reduced(pixels, place, 4.0, wanted)
    assert np.array_equal(sample(*whole, wanted, 4.0), sample(*part, wanted, 4.0))
    assert np.array_equal(whole[1].matrix, part[1].matrix)
    assert (part[0] != whole[0]).any(), "nothing was left out"


def test_black_and_white_is_told_from_grey_wherever_the_grey_stands() -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        pixels = np.where(rng.random((700, 500)) < 0.1, 0, 255).astype(np.uint8)
        top, grey = int(rng.integers(0, 600)), int(rng.integers(0, 256))
        pixels[top : top + int(rng.integers(0, 4)) ** 3, : int(rng.integers(500))] = grey
        few = pixels[::7, ::5]
        between = (few > int(few.min()) + 16) & (few < int(few.max()) - 16)
        assert is_two_level(pixels) == (between.mean() < 1e-4)


def test_an_empty_box_is_measured_the_same_among_marked_ones_and_alone(desk) -> None:
    pixels = desk.blank()
    for question in ("q2", "q5"):
        desk.draw(pixels, desk.box(question, "4"))
    pixels = desk.scan(pixels)
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    ink = measure_ink(read_boxes(pixels, place, desk.page.boxes), len(desk.page.boxes))
    marked = [number for number, area in enumerate(ink.area_mm2) if area > 1]
    assert [desk.page.boxes[number].question for number in marked] == ["q2", "q5"]
    assert ink.mean.all(), "the mean is measured of empty boxes too"
    assert not ink.extent_mm[[n for n in range(len(desk.page.boxes)) if n not in marked]].any()
