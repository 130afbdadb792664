"""Rows of a fax that a fault on the line moved aside, put back. Knows no sheet and no mark.

Group 3 faxes send each row by the lengths of its runs (ITU-T T.4): where one is lost, the rest of that row stands
aside by as much, and the next row begins anew. So a row of which one part fits its neighbours far better when it is
moved back is put back; all other rows stay to the bit, and none is made up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.pictures import Gray

Bits = NDArray[np.bool_]

REACH_PX = 16  # a lost run of white between two letters is no longer
_LEAST_PX = 12  # pixels alone that a row must hold before it is looked at: a dot of dust has fewer
_LEAST_RUNS = 8  # apart from one another: all upright lines of the row are out of place, not one rule or letter
_LEFT_SHARE = 0.4  # of those, what may be left once a row is put back


def without_slips(pixels: Gray) -> Gray | None:
    """A copy of a picture in black and white whose slipped rows are back in place; None where it has none."""
    black = pixels < (int(pixels.min()) + int(pixels.max())) // 2
    alone = (black[1:-1] != black[:-2]) & (black[1:-1] != black[2:])
    mended: Gray | None = None
    for row in (np.flatnonzero(alone.sum(axis=1) >= _LEAST_PX) + 1).tolist():
        found = _find_slip(black[row], black[row - 1], black[row + 1])
        if found is not None:
            mended = pixels.copy() if mended is None else mended
            start, by = found
            mended[row, start:] = np.roll(mended[row, start:], -by)
    return mended


def _find_slip(row: Bits, above: Bits, below: Bits) -> tuple[int, int] | None:
    """From which column on a row stands aside and how far to the right; None where moving it back helps little."""
    alone = _unlike(row, above, below)
    if np.count_nonzero(np.diff(alone.astype(np.int8), prepend=0) > 0) < _LEAST_RUNS:
        return None
    before = np.concatenate([[0], np.cumsum(alone)])
    best, found = _LEFT_SHARE * before[-1], None
    for by in range(-REACH_PX, REACH_PX + 1):
        if by:
            after = np.cumsum(_unlike(np.roll(row, -by), above, below)[::-1])[::-1]
            left = before[:-1] + after  # by the column from which on it is moved
            start = int(left.argmin())
            if left[start] < best:
                best, found = left[start], (start, by)
    return found


def _unlike(row: Bits, above: Bits, below: Bits) -> Bits:
    """Where a row is unlike both its neighbours."""
    return np.asarray((row != above) & (row != below))
