"""How narrowly a hidden mean is bounded by what is shown beside it, for a mean lies between 0 and 100.

Where an agency's points of a criterion are full, so is every group, whatever is hidden. Each equation bounds its cells
by the extremes of all others in it, and what is bounded bounds others in turn (interval propagation). Bounds that only
several equations have together are found by suppression_program.
"""

from __future__ import annotations

import numpy as np

from aggregation.tables import Bools, Floats, Ints

WHOLE = 100.0  # per cent
LEAST = 5.0  # per cent points that have to stay possible
STEP = 25.0  # what one answer changes, in a scale of five levels
_ROUNDS = 6
_SMALL = 1e-9


def needed_width(n: Ints) -> Floats:
    """How many per cent points a hidden mean of n answers must leave open: what one answer changes, and LEAST."""
    return np.maximum(LEAST, STEP / np.maximum(n, 1)) - _SMALL


class Bounds:
    """What is known of unknown means: 0 to 100 at first, then what sums of them leave."""

    def __init__(self, unknown: Bools, mean: Floats, n: Ints) -> None:
        self._unknown, self._mean, self._needed = unknown, np.nan_to_num(mean), needed_width(n)
        self.low = np.zeros(unknown.shape)
        self.high = np.full(unknown.shape, WHOLE)

    def narrow(self, weight: Floats, lines: Floats) -> None:
        """Use that the weighted sum is known along rows for every column of `lines` (0 or 1, cell columns x lines)."""
        weight = np.where(self._unknown, weight, 0.0)
        whole, most, least = (((weight * each) @ lines) @ lines.T for each in (self._mean, self.high, self.low))
        with np.errstate(divide="ignore", invalid="ignore"):
            low = (whole - (most - weight * self.high)) / weight
            high = (whole - (least - weight * self.low)) / weight
        self.low = np.where(weight > 0, np.maximum(self.low, low), self.low)
        self.high = np.where(weight > 0, np.minimum(self.high, high), self.high)

    def narrow_columns(self, size: Floats) -> None:
        """The same down every column."""
        turned = Bounds(self._unknown.T, self._mean.T, self._unknown.T.astype(np.int64))
        turned.low, turned.high = self.low.T, self.high.T
        turned.narrow(size.T, np.ones((len(size), 1)))
        self.low, self.high = turned.low.T, turned.high.T

    def pinned(self) -> Bools:
        """The unknown means that are left too little room."""
        return np.asarray(self._unknown & (self.high - self.low < self._needed), dtype=np.bool_)


def find_pinned(
    unknown: Bools, mean: Floats, n: Ints, weight: Floats, lines: Floats, size: Floats
) -> tuple[Bools, Bools, Bools]:
    """Cells that are pinned by their row alone, by their column alone, and by all that is known.

    weight: of a cell in its row's equation, 0 where that is not shown; size: the same in its column's. lines[column,
    criterion]: 1 where the column is of the criterion.
    """
    rows, columns, whole = (Bounds(unknown, mean, n) for _ in range(3))
    rows.narrow(weight, lines)
    columns.narrow_columns(size)
    for _ in range(_ROUNDS):
        whole.narrow(weight, lines)
        whole.narrow_columns(size)
    return rows.pinned(), columns.pinned(), whole.pinned()
