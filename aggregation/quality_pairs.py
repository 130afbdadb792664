"""Signs that lie between sheets: too many near-copies in an agency, all of one mind.

Near-copies: two sheets are near-copies if they are as much alike as hardly any two sheets of different agencies are
(the threshold is found so in each group). Pairs above it in a cell are counted against Poisson's distribution, with
the rate of pairs of different agencies as content as its sheets. Homogeneity: the spread of the sheets' means against
other cells of the group as content as it is, in units of how far those are apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aggregation.distributions import chi2_below, chi2_median, normal_quantile, poisson_from
from aggregation.quality_labels import ALARM, FEWEST, Sign
from aggregation.quality_sheets import GroupSheets
from aggregation.sheet_indices import COMPARABLE, Levels, count_equal, likeness, longest_runs
from aggregation.tables import Bools, Floats, Ints

# Pairs of different agencies that count as near-copies, at most.
RARE = 1e-4
# Sheets of a group that the threshold is found on, and trials that measure how often honest chance is flagged.
REFERENCE = 1500
TRIALS = 400
# How far from a sheet another may lie that takes its place in a trial, as a share of all in the order of their means.
_WINDOW = 0.05
# Classes of how content sheets are, and pairs by which each leans on the rate of all.
_CLASSES, _LEANING = 5, 5.0
# Fewer pairs of different agencies than this do not show what is rare.
_PAIRS = 20_000
_AT_ONCE = 250_000  # pairs of a cell compared at once
# Campaigns that the spread of cells is tried on, and cells in all of them, so many at least.
_CAMPAIGNS, _CELLS = 100, 40_000
_LEAST = 1e-9


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
    if float((shares >= threshold).mean()) > ALARM:
        return None  # so few questions that anybody's sheets are alike
    order, ends = np.argsort(agency, kind="stable"), np.cumsum(n)
    own = [order[ends[cell] - n[cell] : ends[cell]] for cell in cells]
    found = np.array([_count_pairs(levels[sheets_of], threshold) for sheets_of in own], float)
    near = np.nan_to_num(alike) >= threshold
    np.fill_diagonal(near, False)
    content = np.nan_to_num(sheets.mean_percent[chosen], nan=-1.0)
    pairs = ContentPairs(content[sample], different & ~np.isnan(alike), near)
    expected = np.array([pairs.expect(content[sheets_of]) for sheets_of in own])
    chance = _trial_rates(near, content[sample], [content[sheets_of] for sheets_of in own], pairs, rng)
    return Sign("near_copies", cells, n[cells], found, expected, poisson_from(found, expected), chance)


class ContentPairs:
    """How often two sheets of different agencies are near-copies, by how content each is: content ones more often.

    known[sheet, sheet]: the pairs of different agencies that are compared; content[sheet] of the same sample.
    """

    def __init__(self, content: Floats, known: Bools, near: Bools) -> None:
        self._bounds = np.unique(np.quantile(content, np.linspace(0, 1, _CLASSES + 1)[1:-1]))
        of = np.eye(len(self._bounds) + 1)[self._classes(content)]
        pairs, hits = (of.T @ each.astype(np.float64) @ of for each in (known, known & near))
        rate = float((known & near).sum() / known.sum())
        # Rare as they are, classes with few pairs lean on the rate of all
        self._rates = (hits + hits.T + _LEANING) / (pairs + pairs.T + _LEANING / rate)

    def _classes(self, content: Floats) -> Ints:
        return np.asarray(np.searchsorted(self._bounds, content, side="right"), dtype=np.int64)

    def expect(self, content: Floats) -> float:
        """Near-copies among the pairs of so content sheets, if they were of different agencies."""
        n = np.bincount(self._classes(content), minlength=len(self._rates))
        return float(n @ self._rates @ n - n @ np.diag(self._rates)) / 2


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


def _trial_rates(
    near: Bools, content: Floats, cells: Sequence[Floats], pairs: ContentPairs, rng: np.random.Generator
) -> Floats:
    """How often cells of such sizes, made of sheets of all agencies about as content as a cell's, are flagged.

    near[sheet, sheet] of the sample, content[sheet] of it and of every cell: people of one mind are more alike.
    """
    order = np.lexsort((rng.random(len(content)), content))
    sizes = np.array([min(len(cell), len(near)) for cell in cells])
    every = np.unique(sizes)
    tried = every[np.unique(np.linspace(0, len(every) - 1, 8).astype(int))]
    window, rates = max(1, round(_WINDOW * len(near))), []
    for size in tried:
        enough = np.flatnonzero(sizes >= size)
        drawn = np.array([rng.choice(cells[cell], size, replace=False) for cell in rng.choice(enough, TRIALS)])
        low, high = (np.searchsorted(content[order], drawn, side=side) for side in ("left", "right"))
        place = low + rng.random(drawn.shape) * (high - low) + rng.uniform(-window, window, drawn.shape)
        made = order[np.abs(np.minimum(place, 2 * len(near) - 2 - place)).astype(np.int64) % len(near)]
        found = np.array([near[np.ix_(draw, draw)].sum() / 2 for draw in made])
        expected = np.array([pairs.expect(content[draw]) for draw in made])
        rates.append(float((poisson_from(found, expected) <= ALARM).mean()))
    return np.asarray(np.interp(sizes, tried, rates), dtype=np.float64)


def find_homogeneity(sheets: GroupSheets, rng: np.random.Generator) -> Sign | None:
    """Cells whose sheets' means spread less than those of cells as content; found, expected: standard deviations.

    How often honest cells lie so far below the others is found by making campaigns of as many cells of the same sizes
    again and again, out of the deviations of all sheets from their cells, as far apart in their spread as these are.
    """
    known = ~np.isnan(sheets.mean_percent)
    mean, agency = sheets.mean_percent[known], sheets.agency[known]
    n = np.bincount(agency)
    cells = np.flatnonzero(n >= FEWEST)
    if len(cells) < 2 * FEWEST:
        return None
    middle = np.bincount(agency, weights=mean) / np.maximum(n, 1)
    squares: Floats = np.bincount(agency, weights=(mean - middle[agency]) ** 2)[cells].astype(np.float64)
    spreads = Spreads(n[cells], middle[cells])
    below, apart, expected = spreads.compare(squares)
    place = np.full(len(n), -1, dtype=np.int64)
    place[cells] = np.arange(len(cells))
    own = place[agency]
    scale = np.sqrt(n / np.maximum(n - 1, 1))[agency] / expected[own]
    made = spreads.compare(spreads.make(((mean - middle[agency]) * scale)[own >= 0], expected, apart, rng))[0]
    every = np.sort(made, axis=None)
    p, flagged = ((1 + np.searchsorted(every, each, side="right")) / (1 + every.size) for each in (below, made))
    size = np.unique(n[cells], return_inverse=True)[1]
    chance = (np.bincount(size, weights=(flagged <= ALARM).mean(axis=0)) / np.bincount(size))[size]
    return Sign("homogeneous", cells, n[cells], np.sqrt(squares / (n[cells] - 1)), expected, p, chance)


class Spreads:
    """Sums of squares of cells of sizes n and means `middle`, held against each other; the cell is the last axis."""

    def __init__(self, n: Ints, middle: Floats) -> None:
        self._n, self._freedom = n, n - 1.0
        # People who are all content can hardly differ: what is expected follows the mean, as a parabola of logarithms.
        terms = np.vander((middle - middle.mean()) / max(float(middle.std()), _LEAST), 3)
        self._fit = terms @ np.linalg.pinv(terms)

    def compare(self, squares: Floats) -> tuple[Floats, Floats, Floats]:
        """How far below the others each lies, how far apart they are (1: by chance alone, if normal), and expected SD.

        Normal means would have chi-square's sums of squares; agencies differ more, which the scale takes up.
        """
        logs = np.log(np.maximum(squares / chi2_median(self._freedom), _LEAST))
        middle, apart = _find_middle(logs)
        bounds = 3 * np.maximum(apart, _LEAST)  # one cell far off must not bend the curve
        variance = np.exp(np.clip(logs, middle - bounds, middle + bounds) @ self._fit.T)
        z = normal_quantile(np.clip(chi2_below(squares / variance, self._freedom), 1e-300, 1 - 1e-16))
        middle, apart = _find_middle(z)
        return (z - middle) / np.maximum(apart, _LEAST), apart, np.sqrt(variance)

    def make(self, deviations: Floats, expected: Floats, apart: Floats, rng: np.random.Generator) -> Floats:
        """[campaign, cell]: sums of squares of such cells, made of deviations (1: as expected), so far apart."""
        starts = np.cumsum(self._n) - self._n
        made = np.empty((max(_CAMPAIGNS, -(-_CELLS // len(starts))), len(starts)))
        for row in made:
            drawn = deviations[rng.integers(len(deviations), size=int(self._n.sum()))]
            row[:] = np.add.reduceat(drawn**2, starts) - np.add.reduceat(drawn, starts) ** 2 / self._n
        made *= expected**2
        by_chance = float(np.median(self.compare(made)[1]))
        beyond = np.sqrt(max(float(apart[0]) ** 2 - by_chance**2, 0.0))
        spread = beyond * np.sqrt(2 / float(np.median(self._freedom)))  # of the logarithm of a cell's variance
        return np.asarray(made * np.exp(spread * rng.normal(size=made.shape)), dtype=np.float64)


def _find_middle(values: Floats) -> tuple[Floats, Floats]:
    """The median over the last axis, and the deviation around it as a normal distribution's standard deviation."""
    middle = np.median(values, axis=-1, keepdims=True)
    return middle, 1.4826 * np.median(np.abs(values - middle), axis=-1, keepdims=True)
