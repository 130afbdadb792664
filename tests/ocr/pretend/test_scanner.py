"""The pretend scanner: where the page lies, how it looks, what goes wrong with it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from forms.geometry import MM_PER_INCH, marker_rects
from ocr.pictures import Gray, decode_jpeg
from ocr.pretend.scanner import encode_jpeg, place, scan
from ocr.pretend.settings import PretendSettings, ScannerSettings
from ocr.pretend.spoil import EXTRA_PAGES, spoil

PX_PER_MM = 200 / MM_PER_INCH
PLAIN = ScannerSettings(uneven_feed_share=0.0, dust=0.0, streak_share=0.0, dark_lid_share=0.0)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_spot_lands_where_the_placement_says(rotation: int) -> None:
    page = np.full((2339, 1654), 255, np.uint8)
    page[300:340, 200:240] = 0
    settings = replace(PLAIN, rotations={rotation: 1.0}, skew_sd_deg=2.0)
    rng = np.random.default_rng(rotation)
    placement = place(page.shape, rng, settings)
    image = scan(page, rng, settings, placement)
    assert image.shape == ((1654, 2339) if rotation in (90, 270) else (2339, 1654))
    assert placement.rotation == rotation
    rows, columns = np.nonzero(image < 120)
    expected = placement.matrix @ [220, 320, 1]
    assert abs(columns.mean() + 0.5 - expected[0]) < 0.3
    assert abs(rows.mean() + 0.5 - expected[1]) < 0.3


def test_a_quarter_turn_is_clockwise() -> None:
    page = np.full((2339, 1654), 255, np.uint8)
    page[100:200, 700:900] = 0
    image = scan(page, np.random.default_rng(1), replace(PLAIN, rotations={90: 1.0}))
    columns = np.nonzero(image < 120)[1]
    assert columns.min() > 2000, "the sheet's top is on the right"


def test_skew_is_cut_and_spread_as_set() -> None:
    settings = replace(PLAIN, rotations={0: 1.0}, skew_sd_deg=3.0, skew_cut_deg=5.0)
    rng = np.random.default_rng(2)
    matrices = [place((2339, 1654), rng, settings).matrix for _ in range(400)]
    skews = np.degrees([np.arctan2(matrix[1, 0], matrix[0, 0]) for matrix in matrices])
    scales = np.array([np.hypot(matrix[0, 0], matrix[1, 0]) for matrix in matrices])
    assert np.abs(skews).max() <= 5.0 + 1e-9
    assert 2.2 < skews.std() < 3.3
    assert np.abs(scales - 1).max() <= 0.02 + 1e-9


def test_a_scan_looks_like_paper_and_leaves_the_page_alone(blanks: list[Gray]) -> None:
    before = blanks[0].copy()
    for seed in range(5):
        image = scan(blanks[0], np.random.default_rng(seed), ScannerSettings(rotations={0: 1.0}))
        assert image.dtype == np.uint8
        assert 180 < np.median(image) < 255
        assert np.percentile(image, 0.2) < 90
    assert np.array_equal(blanks[0], before)


def test_one_bit_knows_only_black_and_white(blanks: list[Gray]) -> None:
    image = scan(blanks[0], np.random.default_rng(1), ScannerSettings(one_bit=True))
    assert set(np.unique(image)) == {0, 255}


@pytest.mark.parametrize("quality", [60, 90])
def test_a_jpeg_says_its_resolution_and_is_of_a_sane_size(blanks: list[Gray], quality: int) -> None:
    image = scan(blanks[0], np.random.default_rng(1), ScannerSettings())
    content = encode_jpeg(image, quality, 200)
    pixels, dpi = decode_jpeg(content)
    assert dpi == 200
    assert pixels.shape == image.shape
    assert float(np.abs(pixels.astype(int) - image).mean()) < 6
    assert 60_000 < len(content) < 2_000_000


def test_every_published_bad_page_can_happen(blanks: list[Gray]) -> None:
    before = blanks[0].copy()
    for kind in PretendSettings().bad_pages:
        page = spoil(blanks[0], kind, np.random.default_rng(3), 200)
        assert page.shape == blanks[0].shape
        assert not np.array_equal(page, blanks[0])
    assert np.array_equal(blanks[0], before)
    assert set(EXTRA_PAGES) < set(PretendSettings().bad_pages)
    with pytest.raises(KeyError):
        spoil(blanks[0], "burnt", np.random.default_rng(3), 200)


@pytest.mark.parametrize("seed", range(8))
def test_a_folded_corner_hides_one_marker_and_no_box(blanks: list[Gray], seed: int) -> None:
    page = spoil(blanks[0], "folded_corner", np.random.default_rng(seed), 200)
    hidden = []
    for rect in marker_rects():
        left, top, side = (round(at * PX_PER_MM) for at in (rect.x, rect.y, rect.w))
        hidden.append(page[top : top + side, left : left + side].mean() > 200)
    assert sum(hidden) == 1
    body = slice(round(50 * PX_PER_MM), round(230 * PX_PER_MM)), slice(round(110 * PX_PER_MM), round(176 * PX_PER_MM))
    assert np.array_equal(page[body], blanks[0][body])


def test_a_blank_page_is_blank_and_a_foreign_one_is_not_ours(blanks: list[Gray]) -> None:
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    assert spoil(blanks[0], "blank", np.random.default_rng(1), 200).min() == 255
    foreign = spoil(blanks[0], "foreign", np.random.default_rng(1), 200)
    assert foreign.min() < 80
    assert detector.detectMarkers(blanks[0])[1] is not None
    assert detector.detectMarkers(foreign)[1] is None
