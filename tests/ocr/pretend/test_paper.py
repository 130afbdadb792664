"""The geometry of a sheet fits on paper: whatever happens on the way, it registers and is read right."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.reading.sheets import Printed, print_sheets
from benchmarks.reading_paper import Row, measure, place_of
from forms.geometry import code_rects, marker_rects
from ocr.pretend.paper import HOLE_MM, INKJET_MARGINS_MM, MISHAPS, print_to_fit, punch
from ocr.pretend.stack import render_pages

pytestmark = pytest.mark.slow  # whole pages are drawn
DPI = 200
PX_PER_MM = DPI / 25.4


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return print_sheets(tmp_path_factory.mktemp("paper"), 2)[0]


@pytest.fixture
def page(printed: Printed) -> np.ndarray:
    return render_pages(printed.pdf, 1, 1, DPI)[0]


@pytest.mark.parametrize("mishap", MISHAPS)
def test_a_sheet_survives(printed: Printed, mishap: str) -> None:
    row: Row = measure(printed, mishap, 2)
    assert (row.pages, row.registered, row.proved) == (4, 4, 4)
    assert max(row.off_mm) < 0.2
    assert row.residual_mm < 0.3
    assert row.answers == 40
    most = 3 if mishap == "photocopy" else 2  # a shade on a copy may be a mark that it ate: its blanks are doubtful
    assert (row.silently_wrong, row.doubtful <= most) == (0, True)


@pytest.mark.parametrize("mishap", [name for name in MISHAPS if name != "folded_15_mm"])
def test_no_mishap_but_a_deep_fold_costs_a_marker(printed: Printed, mishap: str) -> None:
    assert measure(printed, mishap, 1).by_four == 2


@pytest.mark.parametrize("mishap", MISHAPS)
def test_a_mishap_is_a_mishap(page: np.ndarray, mishap: str) -> None:
    before = page.copy()
    spoiled, _ = MISHAPS[mishap](page, np.random.default_rng(1), DPI)
    assert np.array_equal(page, before)
    assert (np.abs(spoiled.astype(int) - page) > 100).mean() > 5e-5


def test_the_matrix_says_where_the_print_went(page: np.ndarray) -> None:
    corners = np.array([[*rect.centre, 1.0] for rect in (*marker_rects(), *code_rects())])
    clean = place_of(page)
    for mishap in ("printed_94", "printed_106", "fit_to_page", "photocopy"):
        spoiled, moved = MISHAPS[mishap](page, np.random.default_rng(3), DPI)
        told, seen = corners @ (moved @ clean).T, corners @ place_of(spoiled).T
        off = told[:, :2] / told[:, 2:] - seen[:, :2] / seen[:, 2:]
        assert np.abs(off).max() < 0.6, mishap


def test_fit_to_page_keeps_within_the_printable_area(page: np.ndarray) -> None:
    black = np.zeros_like(page)
    printed, moved = print_to_fit(black, DPI)
    rows, columns = np.nonzero(printed < 128)
    left, top, right, bottom = (round(margin * PX_PER_MM) for margin in INKJET_MARGINS_MM)
    assert rows.min() >= top
    assert rows.max() < page.shape[0] - bottom
    assert columns.min() >= left
    assert columns.max() < page.shape[1] - right
    assert 0.9 < moved[0, 0] < 0.96


def test_a_hole_is_as_large_as_a_punch_makes_it() -> None:
    grey = np.full((2339, 1654), 100, np.uint8)
    punched = punch(grey, np.random.default_rng(2), DPI)
    white, touched = ((punched > 200).sum() / PX_PER_MM**2, (punched != 100).sum() / PX_PER_MM**2)
    assert 0.8 * touched < (white + touched) / 2 < 1.3 * white  # a rim, not another disc
    assert (white + touched) / 2 == pytest.approx(2 * np.pi * (HOLE_MM / 2) ** 2, rel=0.1)
