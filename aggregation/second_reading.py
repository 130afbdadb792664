"""How far two readers of the same answers agree: exactly, and beyond what chance alone gives. Knows no database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class SameReading:
    """`n` answers read twice; `exact`: the share read alike, 0..1; `kappa`: Cohen's (1960), None where it says nothing.

    Nothing is said of no answers, and of answers where chance alone makes both readers agree.
    """

    n: int
    exact: float
    kappa: float | None


def compare_readings(pairs: Iterable[tuple[Hashable, Hashable, Hashable]]) -> SameReading:
    """The agreement of (scale, first reading, second reading).

    What chance gives is worked out within each scale and weighted by its answers: pooled over questions, readers who
    know only which question they look at would seem to agree on what it says.
    """
    by_scale: dict[Hashable, list[tuple[Hashable, Hashable]]] = defaultdict(list)
    for scale, first, second in pairs:
        by_scale[scale].append((first, second))
    n = sum(map(len, by_scale.values()))
    if not n:
        return SameReading(0, 0.0, None)
    alike = sum(first == second for of_scale in by_scale.values() for first, second in of_scale)
    by_chance = sum(map(_expect, by_scale.values()))
    return SameReading(n, alike / n, (alike - by_chance) / (n - by_chance) if n - by_chance > 1e-9 else None)


def _expect(pairs: list[tuple[Hashable, Hashable]]) -> float:
    """How many of them two readers with these habits would read alike who never look."""
    first, second = Counter(one for one, _ in pairs), Counter(one for _, one in pairs)
    return sum(first[reading] * second[reading] for reading in first) / len(pairs)
