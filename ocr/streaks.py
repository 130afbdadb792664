"""Dirt on a scanner's or photocopier's glass draws straight lines down the whole picture: they are found and taken out.

Looked for only on pages where lines run through boxes, so that other pages pay nothing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import PAGE_H_MM, PAGE_W_MM
from ocr.pictures import Gray
from ocr.place import Registration

ROWS = 150  # at which the picture is looked at
DARKER = 12  # greys than both its sides: JPEG ripples and paper grain stay below
LEAST_SHARE = 0.8  # of the rows; a column of boxes 4.2 mm high and 6.8 apart holds lines in half of them
BESIDE_MM = 0.8  # where the paper beside a streak is looked at
WIDEST_MM = 1.0
_EDGE_MM = 6.0


def without_streaks(pixels: Gray, place: Registration) -> Gray | None:
    """A copy without lines that run down or across nearly the whole picture; None where there is none.

    Such a line is straight in the picture, or along the sheet where it was on the glass of a photocopier before.
    """
    middle = np.array([PAGE_W_MM, PAGE_H_MM]) / 2
    down, across = place.affine_at(middle[None])[0][:, [1, 0]].T
    if abs(down[0]) > abs(down[1]):
        down, across = across, down
    reach = np.diag(middle - _EDGE_MM)
    edges = place.to_px(np.concatenate([middle - reach, middle + reach]))
    within = np.sort(edges, axis=0)[[0, -1]].T  # the edges of paper and lid are lines too
    clean = pixels.copy()
    found = 0
    for view, axis, (first, last) in ((clean, down, within[0]), (clean.T, across[::-1], within[1])):
        for slope in (0.0, float(axis[0] / axis[1])):
            found += _clean_columns(view, slope, place.px_per_mm, (first, last))
    return clean if found else None


def _clean_columns(view: Gray, slope: float, px_per_mm: float, within: tuple[float, float]) -> int:
    """Take lines down the view out of it, in place; `slope`: px to the right for each px down. How many there were."""
    height, width = view.shape
    rows = np.arange(0, height, max(1, height // ROWS))
    seen = np.empty((len(rows), width), np.uint8)
    shifts = np.rint(slope * (rows - height / 2)).astype(int).clip(1 - width, width - 1)
    for number, (row, right) in enumerate(zip(rows.tolist(), shifts.tolist(), strict=True)):
        _shift_row(view[row], right, seen[number])
    beside = max(2, round(BESIDE_MM * px_per_mm))
    paper = np.minimum(seen[:, : -2 * beside], seen[:, 2 * beside :])
    darker = cv2.subtract(paper, seen[:, beside:-beside])  # 0 where it is lighter
    share = np.asarray(darker > DARKER).mean(axis=0)
    streaks = [
        (first + beside, last + beside)
        for first, last in _runs(share >= LEAST_SHARE)
        if last - first <= WIDEST_MM * px_per_mm and within[0] < first + beside and last + beside < within[1]
    ]
    for first, last in streaks:
        _bridge(view, slope, first - 2, last + 2)
    return len(streaks)


def _shift_row(row: Gray, right: int, into: Gray) -> None:
    """A row as it is seen so many px to the right, its ends drawn out."""
    width = len(row)
    if right >= 0:
        into[: width - right], into[width - right :] = row[right:], row[-1]
    else:
        into[-right:], into[:-right] = row[:right], row[0]


def _runs(held: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last place of every run."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(np.int8)))
    return [(int(first), int(end) - 1) for first, end in edges.reshape(-1, 2)]


def _bridge(view: Gray, slope: float, left: int, right: int) -> None:
    rows = np.arange(len(view))
    shift = np.rint(slope * (rows - len(view) / 2)).astype(int)[:, None]
    bridge(view, np.arange(left, right + 1)[None] + shift)


def bridge(view: Gray, columns: NDArray[np.int_]) -> None:
    """Between the first and the last of `columns` (rows, n) every row becomes what leads from the one to the other."""
    rows = np.arange(len(view))[:, None]
    columns = columns.clip(0, view.shape[1] - 1)
    part = np.linspace(0, 1, columns.shape[1])[None]
    ends = view[rows, columns[:, [0, -1]]].astype(np.float64)
    view[rows, columns] = np.rint(ends[:, :1] * (1 - part) + ends[:, 1:] * part).astype(np.uint8)
