"""What happens to a printed sheet before it is scanned: printers that scale, photocopiers, punches and staples.

Pages are uint8 grey, 255 = paper, and as large as the paper. Where the print moves on the paper, the matrix that comes
with the page tells how (page pixels to page pixels, continuous coordinates). Knows no question, truth or scanner.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import MM_PER_INCH
from ocr.pictures import Gray

Matrix3 = NDArray[np.float64]
Margins = tuple[float, float, float, float]
"""Left, top, right and bottom edge of the paper that a printer leaves white, mm."""

OFFICE_MARGINS_MM: Margins = (4.2, 4.2, 4.2, 4.2)
INKJET_MARGINS_MM: Margins = (6.4, 3.0, 6.4, 12.7)
HOLE_MM, HOLE_EDGE_MM, HOLES_APART_MM = 6.0, 12.0, 80.0  # ISO 838
_LID = 250


def print_scaled(page: Gray, scale: float, dpi: int, margins_mm: Margins = OFFICE_MARGINS_MM) -> tuple[Gray, Matrix3]:
    """Printed at a scale about the middle of the paper; what falls on the white margins is lost."""
    height, width = page.shape
    matrix = _about((width / 2, height / 2), (width / 2, height / 2), scale)
    return _with_margins(_moved(page, matrix), margins_mm, dpi), matrix


def print_to_fit(page: Gray, dpi: int, margins_mm: Margins = INKJET_MARGINS_MM) -> tuple[Gray, Matrix3]:
    """ "Fit to page": the sheet as large as the printable area lets it be, in the middle of that area."""
    height, width = page.shape
    left, top, right, bottom = (margin * dpi / MM_PER_INCH for margin in margins_mm)
    scale = min((width - left - right) / width, (height - top - bottom) / height)
    middle = (left + width - right) / 2, (top + height - bottom) / 2
    matrix = _about((width / 2, height / 2), middle, scale)
    return _with_margins(_moved(page, matrix), margins_mm, dpi), matrix


def photocopy(page: Gray, scale: float, rng: np.random.Generator, dpi: int) -> tuple[Gray, Matrix3]:
    """A copy: a little off and askew, contrast raised, grey areas broken up, specks of toner."""
    height, width = page.shape
    turn = np.radians(rng.normal(0, 0.6))
    offset = rng.normal(0, 1.0 * dpi / MM_PER_INCH, 2)
    matrix = _about((width / 2, height / 2), (width / 2 + offset[0], height / 2 + offset[1]), scale, turn)
    copy = cv2.GaussianBlur(_moved(page, matrix), (0, 0), 0.9 * dpi / 200)
    grain = np.random.default_rng(int(rng.integers(1 << 62)))
    levels = copy.astype(np.float32) + 14 * grain.standard_normal(copy.shape, dtype=np.float32)
    steep = 1 / (1 + np.exp(-(levels - 150) / 16))
    copied = np.rint(15 + 240 * steep).astype(np.uint8)
    for _ in range(60):
        centre = (rng.uniform(0, (width, height)) * 16).astype(int).tolist()
        cv2.circle(copied, centre, round(rng.uniform(0.04, 0.12) * dpi / MM_PER_INCH * 16), 20.0, -1, cv2.LINE_AA, 4)
    return _with_margins(copied, OFFICE_MARGINS_MM, dpi), matrix


def copy_too_light(page: Gray, rng: np.random.Generator, dpi: int) -> Gray:
    """A copy by a machine set far too light: paler than some grey all is white, or all greys are lifted."""
    soft = cv2.GaussianBlur(page, (0, 0), 0.9 * dpi / 200).astype(np.float32) / 255
    lifted = soft / rng.uniform(0.45, 0.85) if rng.random() < 0.7 else soft ** rng.uniform(0.2, 0.6)
    return np.asarray(np.rint(255 * lifted.clip(0, 1)), np.uint8)


def punch(page: Gray, rng: np.random.Generator, dpi: int) -> Gray:
    """Two holes at the left edge, about halfway down, through which the scanner's lid shows."""
    px_per_mm = dpi / MM_PER_INCH
    punched = page.copy()
    middle = page.shape[0] / 2 + rng.normal(0, 1.0) * px_per_mm
    edge = (HOLE_EDGE_MM + float(np.clip(rng.normal(0, 0.7), -1.5, 1.5))) * px_per_mm
    for side in (-1, 1):
        centre = (np.array([edge, middle + side * HOLES_APART_MM / 2 * px_per_mm]) * 16).astype(int).tolist()
        radius = round(HOLE_MM / 2 * px_per_mm * 16)
        cv2.circle(punched, centre, radius, _LID, -1, cv2.LINE_AA, 4)
        cv2.circle(punched, centre, radius, 150.0, max(1, round(0.2 * px_per_mm)), cv2.LINE_AA, 4)
    return punched


def staple(page: Gray, rng: np.random.Generator, dpi: int, fold_mm: float | None = None) -> Gray:
    """A staple in the upper left corner, pulled: its holes, its shadow, and the corner folded over up to 15 mm."""
    px_per_mm = dpi / MM_PER_INCH
    stapled = page.copy()
    legs = rng.uniform(6, 15, 2) if fold_mm is None else np.array([fold_mm, fold_mm])
    across, down = np.array([legs[0], 0.0]), np.array([0.0, legs[1]])
    along = (down - across) / np.linalg.norm(down - across)
    foot = across + along * np.dot(-across, along)
    flap = np.rint(np.array([across, 2 * foot, down]) * px_per_mm).astype(np.int32)
    corner = np.rint(np.array([[0, 0], across, down]) * px_per_mm).astype(np.int32)
    cv2.fillPoly(stapled, [corner], float(_LID))
    cv2.fillPoly(stapled, [flap], 244.0)
    cv2.polylines(stapled, [flap], True, 150.0, max(1, round(0.3 * px_per_mm)), cv2.LINE_AA)
    middle = foot + rng.normal(0, 0.7, 2) + [1.5, 1.5]
    ends = [middle - along * 6, middle + along * 6]
    start, end = (np.rint(point * px_per_mm * 16).astype(int).tolist() for point in ends)
    shadow = [start[0] + round(5 * px_per_mm), start[1] + round(5 * px_per_mm)]
    cv2.line(stapled, shadow, [end[0] + 8, end[1] + 8], 190.0, max(1, round(1.2 * px_per_mm)), cv2.LINE_AA, 4)
    cv2.line(stapled, start, end, 70.0, max(1, round(0.5 * px_per_mm)), cv2.LINE_AA, 4)
    return stapled


def _about(old: tuple[float, float], new: tuple[float, float], scale: float, turn: float = 0.0) -> Matrix3:
    """Scaled and turned about `old`, which comes to `new`."""
    linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = np.eye(3)
    matrix[:2, :2], matrix[:2, 2] = linear, np.array(new) - linear @ np.array(old)
    return matrix


def _moved(page: Gray, matrix: Matrix3) -> Gray:
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])  # OpenCV's pixel centres are whole numbers, ours are not
    affine = (np.linalg.inv(half) @ matrix @ half)[:2]
    size = (page.shape[1], page.shape[0])
    return cv2.warpAffine(page, affine, size, flags=cv2.INTER_LINEAR, borderValue=255).astype(np.uint8, copy=False)


def _with_margins(page: Gray, margins_mm: Margins, dpi: int) -> Gray:
    left, top, right, bottom = (round(margin * dpi / MM_PER_INCH) for margin in margins_mm)
    printed = np.full_like(page, 255)
    inner = slice(top, page.shape[0] - bottom), slice(left, page.shape[1] - right)
    printed[inner] = page[inner]
    return printed


def _photocopied(page: Gray, rng: np.random.Generator, dpi: int) -> tuple[Gray, Matrix3]:
    return photocopy(page, float(rng.uniform(0.98, 1.02)), rng, dpi)


MISHAPS: dict[str, Callable[[Gray, np.random.Generator, int], tuple[Gray, Matrix3]]] = {
    "printed_94": lambda page, _, dpi: print_scaled(page, 0.94, dpi),
    "printed_97": lambda page, _, dpi: print_scaled(page, 0.97, dpi),
    "printed_103": lambda page, _, dpi: print_scaled(page, 1.03, dpi),
    "printed_106": lambda page, _, dpi: print_scaled(page, 1.06, dpi),
    "fit_to_page": lambda page, _, dpi: print_to_fit(page, dpi),
    "photocopy": _photocopied,
    "punched": lambda page, rng, dpi: (punch(page, rng, dpi), np.eye(3)),
    "stapled": lambda page, rng, dpi: (staple(page, rng, dpi), np.eye(3)),
    "folded_15_mm": lambda page, rng, dpi: (staple(page, rng, dpi, 15.0), np.eye(3)),
}
"""What can happen to a sheet on its way, by name: (page, generator, dpi) -> page and matrix."""
