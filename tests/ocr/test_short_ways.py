"""What is computed the short way for speed is what the long way gives, to the last bit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.geometry import Rect
from forms.layout import Area, PageLayout
from ocr import markers
from ocr.boxes import _outline_scores, read_boxes
from ocr.holes import HOLE_MM, _holds_square
from ocr.ink import measure_ink
from ocr.markers import find_markers
from ocr.model import _product
from ocr.pictures import Gray, find_levels, is_two_level
from ocr.printed import PX_PER_MM, pack_print
from ocr.ranks import find_median, find_percentile
from ocr.register import Registration, find_registration, reduced, sample
from ocr.slips import _LEAST_RUNS, _LEFT_SHARE, REACH_PX, _find_slip
from ocr.streaks import _shift_row
from ocr.strokes import _FAR_PX, _Look, _pick, _share_far


@given(st.integers(1, 300), st.integers(1, 4), st.integers(0, 1000), st.floats(0, 100))
def test_levels_are_numpys_percentiles(count, rows, seed, percent) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (rows, count)).astype(np.uint8)
    wanted = (percent, 40, 70)
    assert np.array_equal(find_levels(pixels, wanted), np.percentile(pixels, wanted, axis=1))


@given(st.integers(1, 300), st.integers(0, 1000), st.floats(0, 100), st.sampled_from([np.uint8, np.float32, float]))
def test_a_percentile_is_numpys(count, seed, percent, kind) -> None:
    values = (np.random.default_rng(seed).random((count, 2)) * 40).astype(kind)
    assert find_percentile(values, percent) == np.percentile(values, percent)


@given(st.integers(1, 300), st.integers(0, 1000), st.sampled_from([np.float32, float]))
def test_a_median_is_numpys(count, seed, kind) -> None:
    values = np.random.default_rng(seed).random((3, count)).astype(kind)
    median = find_median(values)
    assert np.array_equal(median, np.median(values, axis=1))
    assert median.dtype == values.dtype


@given(st.integers(0, 10_000), st.floats(10, 20))
def test_what_is_as_deep_as_a_hole_holds_its_square(seed, radius_px) -> None:
    rng, dark = np.random.default_rng(seed), np.zeros((84, 84), np.uint8)
    cv2.ellipse(dark, (tuple(rng.uniform(0, 84, 2)), (2 * radius_px, 2 * radius_px), 0), 1, -1)
    dark[rng.integers(0, 84, 3), rng.integers(0, 84, 3)] = 0
    deep = cv2.distanceTransform(dark, cv2.DIST_L2, 5).max() >= HOLE_MM / 2 * 6
    assert _holds_square(dark > 0) or not deep


def test_spots_are_as_near_to_print_as_spread_print_says() -> None:
    rng = np.random.default_rng(3)
    inked = rng.random((200, 150)) < 0.002
    whole = Area("q", None, 0, 0, 25, 200 / PX_PER_MM)
    page = PageLayout(1, (), width=25, height=whole.h, printed=pack_print(inked, [whole]))
    spots = rng.uniform(-2, 36, (300, 2))
    spread = cv2.dilate(inked.astype(np.uint8), np.ones((2 * _FAR_PX + 1, 2 * _FAR_PX + 1), np.uint8))
    far = (_pick(spread, spots * PX_PER_MM) == 0).mean()
    look = _Look(np.zeros((0, 0), np.uint8), Registration(np.eye(3), 0.0, 4), page, np.zeros(2), 0.1)
    assert 0 < far < 1
    assert _share_far(look, spots) == far


@pytest.fixture(scope="module", params=[300, pytest.param(600, marks=pytest.mark.slow)])
def askew(request, desk) -> Gray:
    """A blank sheet on the scanner's glass, at each resolution in turn."""
    return desk.scan(desk.blank(dpi=request.param), degrees=1.5)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_part_of_the_sheet_shrinks_as_the_whole_does(askew, quarters) -> None:
    pixels = np.ascontiguousarray(np.rot90(askew, quarters))
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


def test_outlines_summed_up_are_outlines_averaged() -> None:
    half, reach = (17, 15), 6
    shape = 5, 2 * (half[1] + 11) + 1, 2 * (half[0] + 11) + 1
    raw = np.random.default_rng(3).integers(0, 256, shape).astype(np.uint8)
    middle = np.array(shape[1:]) // 2
    wanted = np.zeros((5, 2 * reach + 1, 2 * reach + 1))
    for down, right in np.ndindex(wanted.shape[1:]):
        y, x = middle + np.array([down - reach, right - reach])
        for sign in (-1, 1):
            for off, weight in ((4, 1), (0, -1)):
                row, column = y + sign * (half[1] + off), x + sign * (half[0] + off)
                across = raw[:, row - 1 : row + 2, x - half[0] + 2 : x + half[0] - 1]
                along = raw[:, y - half[1] + 2 : y + half[1] - 1, column - 1 : column + 2]
                wanted[:, down, right] += weight * (across.mean(axis=(1, 2)) + along.mean(axis=(1, 2))) / 4
    assert np.allclose(_outline_scores(raw, half, reach), wanted, atol=1e-3)


def test_a_product_in_pieces_is_the_product() -> None:
    rng = np.random.default_rng(5)
    for boxes in (1, 3, 64, 65, 200):
        seen, weights = rng.normal(size=(boxes, 821)), rng.normal(size=(821, 64))
        pieces = _product(seen.astype(np.float32), weights.astype(np.float32))
        assert np.allclose(pieces, seen @ weights, atol=1e-3)


FARTHER = [pytest.param(degrees, marks=pytest.mark.slow) for degrees in (3.0, 6.0)]


@pytest.mark.parametrize("degrees", [0.0, 1.0, *FARTHER])
def test_markers_are_the_same_in_small_windows_and_in_large_ones(desk, monkeypatch, degrees) -> None:
    for dpi, quarters in ((100, 0), (200, 1), (300, 2)):
        pixels = np.ascontiguousarray(np.rot90(desk.scan(desk.blank(dpi=dpi), degrees=degrees), quarters))
        small = find_markers(pixels)
        monkeypatch.setattr(markers, "_close_in_corners", lambda *_: iter(()))
        large = find_markers(pixels)
        monkeypatch.undo()
        assert len(large) == 4
        assert all(np.array_equal(small[marker], large[marker]) for marker in large)


@pytest.mark.parametrize("slope", [0.0, 0.02, -0.3, 1.5, -1.5])
def test_a_row_is_shifted_as_its_pixels_would_be_looked_up(slope) -> None:
    row = np.arange(200, dtype=np.uint8)
    shift = int(np.clip(round(slope * 150), -199, 199))
    into = np.empty_like(row)
    _shift_row(row, shift, into)
    assert np.array_equal(into, row[(np.arange(200) + shift).clip(0, 199)])


def look_for_slip_everywhere(row, above, below):
    alone = (row != above) & (row != below)
    if (np.diff(alone.astype(int), prepend=0) > 0).sum() < _LEAST_RUNS:
        return None
    best, found = _LEFT_SHARE * alone.sum(), None
    for by in (*range(-REACH_PX, 0), *range(1, REACH_PX + 1)):
        moved = np.roll(row, -by)
        unlike = (moved != above) & (moved != below)
        left = np.cumsum(alone) - alone + np.cumsum(unlike[::-1])[::-1]
        if left.min() < best:
            best, found = left.min(), (int(left.argmin()), by)
    return found


@given(st.integers(0, 10_000), st.integers(120, 150), st.integers(-20, 20), st.floats(0, 0.1))
def test_a_slip_is_found_where_every_place_is_tried(seed, width, by, noise) -> None:
    rng = np.random.default_rng(seed)
    above = np.repeat(rng.random(width) < 0.4, 3)[:width]
    start = int(rng.integers(0, width))
    row = np.concatenate([above[:start], np.roll(above[start:], by)]) ^ (rng.random(width) < noise)
    below = above ^ (rng.random(width) < noise / 2)
    assert _find_slip(row, above, below) == look_for_slip_everywhere(row, above, below)
