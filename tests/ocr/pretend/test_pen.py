"""The pretend pen against what is known of real ink."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.pretend.pen import PX_PER_MM, Mark, PenStyle, draw_mark, pick_pen
from ocr.pretend.settings import MarkingSettings
from ocr.pretend.shapes import SHAPES, MarkKind
from ocr.pretend.writing import draw_digit, draw_scrawl

BOX_PX = 4.2 * PX_PER_MM
PEN = PenStyle("gel", 0.5, 0.9, 0.0)


def interior_dark(kind: MarkKind, count: int) -> np.ndarray:
    """The share of the box's inside, without its outline, that is dark in a soft scan; pens that are not faint."""
    rng = np.random.default_rng(6)
    pens = {name: pen for name, pen in MarkingSettings().pens.items() if not pen.faint}
    shares = []
    for _ in range(count):
        page = np.full((120, 120), 255, np.uint8)
        mark = Mark(kind, float(rng.normal(1, 0.1)), *(float(value) for value in rng.normal(0, 0.07, 2)))
        draw_mark(page, (43.0, 43.0, BOX_PX, BOX_PX), mark, rng, pick_pen(pens, rng))
        soft = cv2.GaussianBlur(page, (0, 0), 0.6)
        shares.append(float((soft[47:72, 47:72] < 160).mean()))
    return np.array(shares)


def test_crosses_are_as_dark_as_real_ones() -> None:
    # Real crosses in smaller boxes: .15/.50/.72 (5/50/95 %); the same lines cover less of a box of 4.2 mm
    low, middle, high = np.percentile(interior_dark("cross", 300), [5, 50, 95])
    assert 0.05 < low < 0.25
    assert 0.22 < middle < 0.55
    assert 0.45 < high < 0.80


def test_fills_are_darker_than_hatches_and_these_than_ticks() -> None:
    fills, hatches, ticks = (np.median(interior_dark(kind, 150)) for kind in ("fill", "hatch", "tick"))
    assert fills > 0.6 > hatches > 0.3 > ticks > 0.08


def test_a_ring_leaves_the_inside_of_its_box_alone() -> None:
    assert np.median(interior_dark("circle", 100)) < 0.02


@given(
    kind=st.sampled_from(sorted(SHAPES)),
    x=st.floats(-40, 240),
    y=st.floats(-40, 180),
    seed=st.integers(0, 2**32),
)
def test_a_mark_stays_on_the_page_and_near_its_box(kind: MarkKind, x: float, y: float, seed: int) -> None:
    page = np.full((160, 200), 255, np.uint8)
    draw_mark(page, (x, y, BOX_PX, BOX_PX), Mark(kind), np.random.default_rng(seed), PEN)
    assert page.shape == (160, 200)
    rows, columns = np.nonzero(page < 255)
    far = 2 * BOX_PX
    assert ((columns > x - far) & (columns < x + BOX_PX + far)).all()
    assert ((rows > y - far) & (rows < y + BOX_PX + far)).all()


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_every_mark_inks_and_never_lightens(kind: MarkKind) -> None:
    page = np.full((160, 160), 200, np.uint8)
    draw_mark(page, (60.0, 60.0, BOX_PX, BOX_PX), Mark(kind), np.random.default_rng(1), PEN)
    assert page.max() == 200
    assert page.min() < 90


@pytest.mark.parametrize("dpi", [100, 200, 300])
def test_a_line_is_as_wide_as_its_pen(dpi: int) -> None:
    px_per_mm = dpi / 25.4
    page = np.full((int(30 * px_per_mm), int(30 * px_per_mm)), 255, np.uint8)
    box = (13 * px_per_mm, 13 * px_per_mm, 4.2 * px_per_mm, 4.2 * px_per_mm)
    steady = PenStyle("gel", 0.5, 1.0, 0.0, 0.0, 0.0)
    draw_mark(page, box, Mark("circle", 2.0), np.random.default_rng(3), steady, px_per_mm)
    ink_mm2 = (1 - page / 255.0).sum() / px_per_mm**2
    # A ring of 0.78..1.0 by 0.7..0.9 boxes, twice as large, 0.95..1.15 times round, by a pen of 0.5 mm
    assert 0.5 * 2 * np.pi * 8.4 * 0.70 * 0.85 < ink_mm2 < 0.5 * 2 * np.pi * 8.4 * 1.00 * 1.25


def test_faint_pens_are_fainter_than_the_others() -> None:
    pens = MarkingSettings().pens
    faint = max(pen.darkness[1] * (1 - pen.roughness / 2) for pen in pens.values() if pen.faint)
    assert faint < min(pen.darkness[0] for pen in pens.values() if not pen.faint and pen.roughness < 0.4)


@given(seed=st.integers(0, 2**32), wide=st.floats(20, 1200), high=st.floats(10, 250))
def test_free_text_is_written_where_it_belongs(seed: int, wide: float, high: float) -> None:
    page = np.full((400, 1300), 255, np.uint8)
    draw_scrawl(page, (50.0, 80.0, wide, high), np.random.default_rng(seed), PEN)
    rows, columns = np.nonzero(page < 255)
    assert len(rows) > 0
    assert columns.min() > 20
    assert columns.max() < 50 + wide + 60
    assert rows.min() > 40
    assert rows.max() < 80 + high + 40


@pytest.mark.parametrize("digit", "0123456789")
def test_a_digit_stands_in_its_box(digit: str) -> None:
    page = np.full((120, 100), 255, np.uint8)
    draw_digit(page, (25.0, 25.0, 47.0, 63.0), digit, np.random.default_rng(int(digit)), PEN)
    rows, columns = np.nonzero(page < 128)
    assert 20 <= columns.min() < columns.max() <= 78
    assert 25 <= rows.min() < rows.max() <= 90
