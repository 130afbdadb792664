"""The print of a sheet's other side where thin paper lets it through, taken out of the picture. Knows no mark.

The layout keeps what is printed on each page. Where the page behind, mirrored, lies on what is pale in this picture,
ink that is no darker there than what shines through is that print; all other ink stays.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.layout import Area, Layout, PageLayout
from ocr.likeness import KnownPicture, find_likeness, know_picture
from ocr.overlay import PAPER_MM, Floats, Overlay, lay_over
from ocr.pictures import Gray
from ocr.place import Registration, reduced
from ocr.printed import PX_PER_MM, unpack_print

REACH_MM = 2.5  # how far two sides of a sheet are printed off each other
ALIKE = 0.2  # how well the two must fit, as a correlation: 0.2 to 0.5 where the other side shines through, else 0.14
_APART_MM, _APART = 1.0, 1.25  # and how much better than anywhere so far away: 1.35 to 1.55, else 1.04
# What a coarse look must show before the fine one is taken, eight times as dear: on 147 pages (five conditions of the
# bench, development seeds) on which the fine one sees print from behind it showed 0.135 and 1.17 at least.
_COARSE_PX_PER_MM, _COARSE_ALIKE, _COARSE_APART = 3.0, 0.09, 1.06
_PALEST, _DARKEST = 0.015, 0.4  # of the paper's light: what shines through, and what is never from behind
_SOFT_MM = 0.25
_LOCAL_MM = 12.0  # ink soaks through here more, there less
_COARSELY = 12  # px of the print to one: what is alike over 12 mm needs no finer ones
_NEAR_PX = 3
_MOST = 1.6  # of the print's mean there: letters are softer where they are thin
_SKIRT_MM = 0.25


def without_print_behind(
    pixels: Gray, place: Registration, layout: Layout, page: PageLayout, darkest: float
) -> Gray | None:
    """A copy without the print that shines through; None where none does or nothing is known of it.

    `darkest`: of the paper's light; what is darker stays, wherever it is.
    """
    behind = next((other for other in layout.pages if other.page == ((page.page - 1) ^ 1) + 1), None)
    if place.bend is not None or behind is None or not behind.printed or not page.printed:
        return None
    if not _may_shine(pixels, place, page, behind):
        return None
    laid = lay_over(pixels, place, page, Area("", None, 0, 0, page.width, page.height), 0.0)
    soft, known = _ghost(behind.printed, page.width, page.height)
    free = _is_free(laid)
    pale = np.minimum(laid.dark, np.float32(_DARKEST)) * free
    shift = _find_shift(pale, known)
    if shift is None:
        return None
    soft = _moved(soft, shift)
    near = cv2.dilate(soft, np.ones((_NEAR_PX, _NEAR_PX), np.uint8))
    most = np.minimum(_MOST * _find_strength(pale, soft, free) * near + _PALEST, darkest)
    return _whitened(pixels, place, laid, np.asarray(most, np.float32))


def _may_shine(pixels: Gray, place: Registration, page: PageLayout, behind: PageLayout) -> bool:
    """Whether a coarse look finds the mirrored print in what is pale; most pages with doubts end here."""
    size = page.width, page.height
    ghost, own = _coarse_ghost(behind.printed, *size), _coarse_print(page.printed, *size)[1]
    small, there = reduced(pixels, place, _COARSE_PX_PER_MM)
    to_sheet = np.diag([1 / _COARSE_PX_PER_MM, 1 / _COARSE_PX_PER_MM, 1.0])
    to_sheet[:2, 2] = 0.5 / _COARSE_PX_PER_MM
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpPerspective(small, there.matrix @ to_sheet, own.shape[::-1], flags=flags, borderValue=255)
    side = round(PAPER_MM * _COARSE_PX_PER_MM) | 1
    paper = cv2.morphologyEx(patch, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    dark = cv2.divide(cv2.subtract(paper, patch), paper, scale=255)
    covered = cv2.dilate(cv2.max((dark > round(255 * _DARKEST)).astype(np.uint8), own), np.ones((3, 3), np.uint8))
    pale = np.asarray(dark * (1 - covered), np.float32)
    best, other, _ = _find_peak(find_likeness(ghost, pale), _APART_MM * _COARSE_PX_PER_MM)
    return best >= _COARSE_ALIKE and best >= _COARSE_APART * other


@lru_cache(maxsize=2)  # 18 MB each; the two sides of a sheet follow each other
def _ghost(packed: str, width_mm: float, height_mm: float) -> tuple[Floats, KnownPicture]:
    """A page's print as it is seen from behind, soft, at PX_PER_MM."""
    mirrored = cv2.flip(unpack_print(packed, width_mm, height_mm), 1)
    soft = np.asarray(cv2.GaussianBlur(mirrored.astype(np.float32), (0, 0), _SOFT_MM * PX_PER_MM), np.float32)
    return soft, know_picture(soft, round(REACH_MM * PX_PER_MM))


@lru_cache(maxsize=4)  # 2 MB each
def _coarse_ghost(packed: str, width_mm: float, height_mm: float) -> KnownPicture:
    """The same at _COARSE_PX_PER_MM."""
    mirrored = np.asarray(_coarse_print(packed, width_mm, height_mm)[0][:, ::-1], np.float32)
    return know_picture(mirrored, round(REACH_MM * _COARSE_PX_PER_MM))


@lru_cache(maxsize=8)  # 1 MB each
def _coarse_print(packed: str, width_mm: float, height_mm: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A page's print at _COARSE_PX_PER_MM: soft, 0..255, and 1 where any of it is."""
    fine = unpack_print(packed, width_mm, height_mm).astype(np.float32)
    size = round(width_mm * _COARSE_PX_PER_MM), round(height_mm * _COARSE_PX_PER_MM)
    soft, held = (
        cv2.resize(each, size, interpolation=cv2.INTER_AREA)
        for each in (cv2.GaussianBlur(fine, (0, 0), _SOFT_MM * PX_PER_MM), fine)
    )
    return np.rint(255 * soft).astype(np.uint8), (held > 0).astype(np.uint8)


def _find_peak(score: Floats, apart_px: float) -> tuple[float, float, tuple[int, int]]:
    """The best score, the best one further than that from it, 0 at least, and where (row, column) the best is."""
    row, column = (int(at) for at in np.unravel_index(int(score.argmax()), score.shape))
    y, x = np.mgrid[: score.shape[0], : score.shape[1]]
    away = np.hypot(y - row, x - column) > apart_px
    return float(score[row, column]), float(score[away].max(initial=0)), (row, column)


def _is_free(laid: Overlay) -> NDArray[np.bool_]:
    """Where nothing of this side is printed, nor written far darker than what shines through."""
    around = np.ones((5, 5), np.uint8)
    dark = cv2.dilate((laid.dark > _DARKEST).astype(np.uint8), around)
    return np.asarray(laid.free & (dark == 0))


def _find_shift(pale: Floats, known: KnownPicture) -> tuple[int, int] | None:
    """How far down and right the mirrored print stands from where it should, px; None where it is not seen."""
    best, other, (row, column) = _find_peak(find_likeness(known, pale), _APART_MM * PX_PER_MM)
    if best < ALIKE or best < _APART * other:
        return None
    return row - known.reach_px, column - known.reach_px


def _moved(picture: Floats, shift: tuple[int, int]) -> Floats:
    matrix = np.array([[1, 0, shift[1]], [0, 1, shift[0]]], np.float32)
    return np.asarray(cv2.warpAffine(picture, matrix, picture.shape[::-1], flags=cv2.INTER_NEAREST), np.float32)


def _find_strength(pale: Floats, soft: Floats, free: NDArray[np.bool_]) -> Floats:
    """How dark the print behind is seen in each place, 0..1: by least squares over what is near."""
    sigma = _LOCAL_MM * PX_PER_MM / _COARSELY
    held = soft * free
    size = [round(side / _COARSELY) for side in soft.shape[::-1]]
    shared, own = (
        cv2.GaussianBlur(cv2.resize(each, size, interpolation=cv2.INTER_AREA), (0, 0), sigma)
        for each in (held * pale, held * held)
    )
    return np.asarray(cv2.resize(shared / np.maximum(own, 1e-3), soft.shape[::-1]), np.float32)


def _whitened(pixels: Gray, place: Registration, laid: Overlay, most: Floats) -> Gray:
    """The picture, paper where nothing is darker than print from behind may be, `most` (rows, columns)."""
    skirt = 2 * round(_SKIRT_MM * PX_PER_MM) + 1
    dark = laid.dark > most
    own = cv2.dilate(laid.printed, np.ones((3, 3), np.uint8))  # thin rules are as pale as what shines through
    strokes = cv2.morphologyEx(
        (dark & (cv2.dilate(own, np.ones((3, 3), np.uint8)) == 0)).astype(np.uint8),
        cv2.MORPH_OPEN,
        np.ones((2, 2), np.uint8),
    )
    edges = cv2.dilate(strokes, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (skirt, skirt)))
    kept = dark | (own > 0) | (edges > 0)
    taken = (most > 2 * _PALEST) & ~kept
    paper = laid.patch / np.maximum(1 - laid.dark, 1e-3)
    level = paper * (1 - np.median(laid.dark[::4, ::4]))
    to_sheet = np.diag([1 / PX_PER_MM, 1 / PX_PER_MM, 1.0])
    matrix = np.asarray(place.matrix @ to_sheet)
    size = pixels.shape[::-1]
    there = cv2.warpPerspective(255 * taken.astype(np.uint8), matrix, size, flags=cv2.INTER_NEAREST)
    light = cv2.warpPerspective(level.clip(0, 255).astype(np.uint8), matrix, size, flags=cv2.INTER_LINEAR)
    return np.asarray(cv2.max(pixels, cv2.bitwise_and(light, there)), np.uint8)
