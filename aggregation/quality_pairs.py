"""Signs that lie between sheets: too many near-copies in an agency, neighbours in the stack alike, all of one mind.

Near-copies: two sheets are near-copies if they are as much alike as hardly any two sheets of different agencies are
(the threshold is found so in each group). Pairs above it in a cell are counted against Poisson's distribution. Scan
order: how alike neighbours are, against all orders of the same sheets; mean and variance over all orders are exact,
the tail is the normal one. Both ignore how content an agency's people are. Homogeneity: the spread of the sheets'
means against other cells of the group, chi-square around their median; it does not ignore that.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aggregation.distributions import chi2_below, chi2_median, normal_above, normal_below, normal_quantile, poisson_from
from aggregation.quality_labels import ALARM, FEWEST, Sign
from aggregation.quality_sheets import GroupSheets
from aggregation.sheet_indices import COMPARABLE, Levels, count_equal, likeness, longest_runs
from aggregation.tables import Bools, Floats, Ints

# Pairs of different agencies that count as near-copies, at most.
RARE = 1e-4
# Sheets of a group that the threshold is found on, and trials that measure how often honest chance is flagged.
REFERENCE = 1500
TRIALS = 400
# Fewer pairs of different agencies than this do not show what is rare.
_PAIRS = 20_000
_LONGEST_STACK = 1000
_AT_ONCE = 250_000  # pairs of a cell compared at once


def find_copies(sheets: GroupSheets, rng: np.random.Generator) -> Sign | None:
    """More near-copies inside an agency than pairs of different agencies let expect; None where that is unknown.

    Sheets of one answer throughout are left out: they are alike whoever filled them.
    """
    asked = sheets.levels.shape[1]
    chosen = (longest_runs(sheets.levels) < asked - 1) & ((sheets.levels > 0).sum(axis=1) >= 0.8 * asked)
    levels, agency = sheets.levels[chosen], sheets.agency[chosen]
    n = np.bincount(agency)
    cells = np.flatnonzero(n >= FEWEST)
    if not len(cells):
        return None
    sample = np.sort(rng.permutation(len(levels))[:REFERENCE])
    alike = likeness(levels[sample], levels[sample])
    different = agency[sample][:, None] < agency[sample][None, :]
    shares = alike[different & ~np.isnan(alike)]
    if len(shares) < _PAIRS:
        return None
    threshold = _rare_share(shares)
    rate = float((shares >= threshold).mean())
    if rate > ALARM:
        return None  # so few questions that anybody's sheets are alike
    ends = np.cumsum(n)
    by_agency = levels[np.argsort(agency, kind="stable")]
    found = np.array([_count_pairs(by_agency[ends[cell] - n[cell] : ends[cell]], threshold) for cell in cells], float)
    expected = n[cells] * (n[cells] - 1) / 2 * rate
    near = np.nan_to_num(alike) >= threshold
    np.fill_diagonal(near, False)
    chance = _trial_rates(near, n[cells], rate, rng)
    return Sign("near_copies", cells, n[cells], found, expected, poisson_from(found, expected), chance)


def _rare_share(shares: Floats) -> float:
    """The smallest likeness that at most RARE of the pairs reach; the greatest where more than that are equal to it."""
    values, counts = np.unique(shares, return_counts=True)
    reached = np.cumsum(counts[::-1])[::-1] / len(shares)
    rare = np.flatnonzero(reached <= RARE)
    return float(values[rare[0]] if len(rare) else values[-1])


def _count_pairs(levels: Levels, threshold: float) -> int:
    """Pairs of a cell at least so much alike, as `likeness` has it; worked out only where that can be reached."""
    said = levels > 0
    least = COMPARABLE * levels.shape[1]
    found, rows = 0, max(1, _AT_ONCE // len(levels))
    for start in range(0, len(levels), rows):
        equal = count_equal(levels[start : start + rows], levels[start:])
        # Both answer `least` questions at least, so that fewer equal ones are too few; half of one more for rounding.
        one, other = np.nonzero(equal >= threshold * least - 0.5)
        one, other = one[one < other], other[one < other]
        both = (said[start + one] & said[start + other]).sum(axis=1).astype(np.float64)
        known = (both > 0) & (both >= least)
        found += int((equal[one, other][known].astype(np.float64) / both[known] >= threshold).sum())
    return found


def _trial_rates(near: Bools, sizes: Ints, rate: float, rng: np.random.Generator) -> Floats:
    """How often cells of such sizes, made of sheets drawn at random from all agencies, are flagged."""
    every = np.unique(np.minimum(sizes, len(near)))
    tried = every[np.unique(np.linspace(0, len(every) - 1, 8).astype(int))]
    rates = []
    for size in tried:
        draws = [rng.choice(len(near), size, replace=False) for _ in range(TRIALS)]
        found = np.array([near[np.ix_(draw, draw)].sum() / 2 for draw in draws])
        rates.append(float((poisson_from(found, size * (size - 1) / 2 * rate) <= ALARM).mean()))
    return np.asarray(np.interp(sizes, tried, rates), dtype=np.float64)


def find_order(sheets: GroupSheets, rng: np.random.Generator) -> Sign | None:
    """Neighbours in the stack more alike than in other orders of the same stacks; found, expected: mean likeness."""
    file, image = (sheets.journey[name].to_numpy(dtype=np.float64) for name in ("file", "image"))
    order = np.lexsort((image, file, sheets.agency))
    order = order[file[order] >= 0]
    if not len(order):
        return None
    agency, file, levels = sheets.agency[order], file[order], sheets.levels[order]
    begins = np.flatnonzero(np.diff(agency, prepend=-1) != 0)
    rows: list[tuple[float, ...]] = []
    trials: list[bool] = []
    for start, end in zip(begins, [*begins[1:], len(agency)], strict=True):
        if end - start < FEWEST:
            continue
        stacks = list(_stacks(levels[start:end], file[start:end]))
        moments = [_order_moments(stack) for stack in stacks]
        total, mean, variance = (sum(each[place] for each in moments) for place in range(3))
        if variance <= 0:
            continue
        pairs = sum(len(stack) - 1 for stack in stacks)
        p = float(normal_above((total - mean) / np.sqrt(variance)))
        rows.append((float(agency[start]), float(end - start), total / pairs, mean / pairs, p))
        if len(trials) < TRIALS:
            shuffled = sum(_neighbours(stack, rng.permutation(len(stack))) for stack in stacks)
            trials.append(bool(normal_above((shuffled - mean) / np.sqrt(variance)) <= ALARM))
    if not rows:
        return None
    cell, n, found, expected, p_values = np.array(rows, dtype=np.float64).T
    # Few cells: a handful of trials would say no more than the nominal rate.
    rate = np.full(len(cell), float(np.mean(trials)) if len(trials) >= 100 else ALARM)
    return Sign("scan_order", cell.astype(np.int64), n.astype(np.int64), found, expected, p_values, rate)


def _stacks(levels: Levels, file: Floats) -> Iterator[Floats]:
    """The likeness within each stack of three sheets or more, in the order of `file`.

    Pairs that are not compared take the stack's mean.
    """
    begins = np.flatnonzero(np.diff(file, prepend=-1.0) != 0)
    for first, end in zip(begins, [*begins[1:], len(file)], strict=True):
        for start in range(first, end, _LONGEST_STACK):
            stack = levels[start : min(start + _LONGEST_STACK, end)]
            if len(stack) >= 3:
                alike = likeness(stack, stack)
                np.fill_diagonal(alike, np.nan)
                known = ~np.isnan(alike)
                alike = np.where(known, alike, alike[known].mean() if known.any() else 0.0)
                np.fill_diagonal(alike, 0.0)
                yield alike


def _neighbours(alike: Floats, order: Ints) -> float:
    return float(alike[order[:-1], order[1:]].sum())


def _order_moments(alike: Floats) -> tuple[float, float, float]:
    """The sum over neighbours as they lie, and its mean and variance over all orders.

    Two neighbours' pairs are the same, share a sheet, or share none; the mean of their product over all orders follows
    from the sums of the matrix, of its rows squared, and of its squares.
    """
    n = len(alike)
    whole, squares, rows = alike.sum(), (alike**2).sum(), (alike.sum(axis=1) ** 2).sum()
    mean = whole / (n * (n - 1))
    product = (n - 1) * squares / (n * (n - 1)) + 2 * (n - 2) * (rows - squares) / (n * (n - 1) * (n - 2))
    if n > 3:
        product += (n - 2) * (n - 3) * (whole**2 - 4 * rows + 2 * squares) / (n * (n - 1) * (n - 2) * (n - 3))
    return _neighbours(alike, np.arange(n)), (n - 1) * mean, max(product - ((n - 1) * mean) ** 2, 0.0)


def find_homogeneity(sheets: GroupSheets) -> Sign | None:
    """Cells whose sheets' means spread less than those of other cells; found, expected: standard deviations."""
    known = ~np.isnan(sheets.mean_percent)
    mean, agency = sheets.mean_percent[known], sheets.agency[known]
    n = np.bincount(agency)
    cells = np.flatnonzero(n >= FEWEST)
    if len(cells) < 2 * FEWEST:
        return None
    middle = np.bincount(agency, weights=mean) / np.maximum(n, 1)
    squares = np.bincount(agency, weights=(mean - middle[agency]) ** 2)[cells]
    freedom = n[cells] - 1.0
    # Normal means would have chi-square's sums of squares; agencies differ more, which the deviation's scale takes up.
    variance = max(float(np.median(squares / chi2_median(freedom))), 1e-9)
    z = normal_quantile(np.clip(chi2_below(squares / variance, freedom), 1e-300, 1 - 1e-16))
    scale = max(1.4826 * float(np.median(np.abs(z - np.median(z)))), 1.0)
    p = normal_below((z - np.median(z)) / scale)
    found, expected = np.sqrt(squares / freedom), np.full(len(cells), np.sqrt(variance))
    return Sign("homogeneous", cells, n[cells], found, expected, p, np.full(len(cells), ALARM))
