"""Rows of a fax that a fault on the line moved aside, put back. Knows no sheet and no mark.

Group 3 faxes send each row by the lengths of its runs (ITU-T T.4): where one is lost, the rest of that row stands
aside by as much, and the next row begins anew. So a row of which one part fits its neighbours far better when it is
moved back is put back; all other rows stay to the bit, and none is made up.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
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
    most = _LEFT_SHARE * np.count_nonzero(alone)
    moved = sliding_window_view(np.concatenate([row[-REACH_PX:], row, row[:REACH_PX]]), len(row))
    unlike = _unlike(moved, above, below)
    unlike[REACH_PX] = True  # not moved at all
    promising = np.flatnonzero(_at_best(alone, unlike) < most)  # in a noisy picture hardly ever any
    if not len(promising):
        return None
    before: NDArray[np.int64] = np.cumsum(alone) - alone
    left = before + np.cumsum(unlike[promising, ::-1], axis=1)[:, ::-1]  # by the column from which on it is moved
    place, start = (int(at) for at in np.unravel_index(int(left.argmin()), left.shape))
    return (start, int(promising[place]) - REACH_PX) if left[place, start] < most else None


def _at_best(alone: Bits, unlike: Bits) -> NDArray[np.int64]:
    """For each row of `unlike`: no more than what is left unlike where the row is `alone` up to some column and this
    row from there on. Eight columns are counted at once, and those around the change not at all.
    """
    first, then = (np.bitwise_count(np.packbits(each, axis=-1)).astype(np.int64) for each in (alone, unlike))
    before = np.cumsum(first) - first
    after = np.cumsum(then[:, ::-1], axis=1)[:, ::-1] - then
    return np.asarray((before + after).min(axis=1))


def _unlike(row: Bits, above: Bits, below: Bits) -> Bits:
    """Where a row is unlike both its neighbours."""
    return np.asarray((row != above) & (row != below))
