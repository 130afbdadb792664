"""How narrowly all published sums together bound a hidden mean: a linear programme, exact where propagation is not.

Unknown are the hidden means, 0 to 100 each; known are their weighted sums by agency and criterion (of an agency whose
total stands alone that total) and by column. A mean is open if the greatest and the least value that it can take lie
as far apart as needed_width wants. Every solution of a programme is one set of means that fits all that is published,
so it shows of all cells at once how far they can go: few programmes settle most, the rest get two of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from aggregation.suppression_bounds import WHOLE, needed_width
from aggregation.tables import Bools, Floats, Ints

# More unknown means than this in a block are not looked at together: each programme takes seconds then.
MOST = 3_000
_SEED = 20_250
_TRIES = 24
_SMALL = 1e-6


@dataclass(frozen=True)
class Sums:
    """What is published of a block: the weighted sum over an agency's cells of every line, over a column's cells.

    weight: of a cell in its criterion's points; worth: in its total, which alone is shown where `alone`[agency];
    size[agency, column]: in its column's mean, 0 where that is not shown; `criterion`[column].
    """

    criterion: Ints
    weight: Floats
    worth: Floats
    size: Floats
    alone: Bools


def find_narrow(unknown: Bools, asked: Bools, mean: Floats, n: Ints, sums: Sums) -> Bools:
    """Which of the asked among the unknown means have less room than needed; none where there are more than MOST."""
    agency, column = np.nonzero(unknown)
    narrow = np.zeros(unknown.shape, dtype=np.bool_)
    if not 0 < len(agency) <= MOST:
        return narrow
    truth = mean[agency, column]
    needed = np.where(asked[agency, column], needed_width(n[agency, column]) - _SMALL, 0.0)
    table = _equations(agency, column, sums)
    low, high = truth.copy(), truth.copy()
    rng = np.random.default_rng(_SEED)
    for _ in range(_TRIES):
        left = high - low < needed
        if not left.any():
            return narrow
        wish = np.where(left, rng.choice([-1.0, 1.0], len(truth)), 0.0)
        for side in (wish, -wish):
            _reach(side, table, truth, low, high)
    for cell in np.flatnonzero(high - low < needed):
        wish = np.zeros(len(truth))
        for wish[cell] in (1.0, -1.0):
            if high[cell] - low[cell] < needed[cell]:
                _reach(wish, table, truth, low, high)
    narrow[agency, column] = high - low < needed
    return narrow


def _equations(agency: Ints, column: Ints, sums: Sums) -> sparse.csr_matrix:
    """[sum, cell]: the factors of the published sums, those of a sum scaled to 1 at most."""
    alone = sums.alone[agency]
    factor = np.where(alone, sums.worth[agency, column], sums.weight[agency, column])
    line = agency * (2 + int(sums.criterion.max(initial=0))) + np.where(alone, 0, 1 + sums.criterion[column])
    line = np.unique(line, return_inverse=True)[1]
    place, size = np.arange(len(agency)), sums.size[agency, column]
    rows = sparse.csr_matrix((factor, (line, place)))
    columns = sparse.csr_matrix((size, (column, place)), shape=(sums.size.shape[1], len(agency)))
    both = sparse.vstack([rows, columns]).tocsr()
    greatest = both.max(axis=1).toarray().ravel()
    return sparse.csr_matrix(sparse.diags(1 / greatest[greatest > 0]) @ both[greatest > 0])


def _reach(wish: Floats, table: sparse.csr_matrix, truth: Floats, low: Floats, high: Floats) -> None:
    """Go as far as the sums allow in the direction of `wish`, and widen what is known to be possible by that."""
    from scipy.optimize import linprog  # takes a while to load, and few commands publish anything

    found = linprog(-wish, A_eq=table, b_eq=table @ truth, bounds=(0, WHOLE), method="highs-ds")
    if found.x is not None:
        np.minimum(low, found.x, out=low)
        np.maximum(high, found.x, out=high)
