"""How far apart agencies really are, and how much of what a ranking shows is chance.

Rankability (van Houwelingen, Brand, Louis; Lingsma): the share of the spread of scores that is no noise,
tau^2 / (tau^2 + median se^2), tau^2 after DerSimonian and Laird. Below a half a rank order says little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from aggregation.distributions import student_above
from aggregation.points import AgencyPoints
from aggregation.ranks import find_grade
from aggregation.tables import Floats
from forms.rules import Band, Rounding


@dataclass(frozen=True)
class Separation:
    """Of the agencies whose error is known: Cochran's q with its degrees of freedom, variance between agencies.

    `mean`: weighted by 1 / se^2. `shrunk`: every agency drawn towards the mean by what is noise in it. `z`: its
    distance from the mean in standard errors. NaN where an error is unknown or zero.
    """

    q: float
    freedom: int
    between: float
    median_within: float
    rankability: float
    mean: float
    shrunk: Floats
    z: Floats


def measure_separation(points: Floats, se: Floats) -> Separation | None:
    """The separation of agencies; None where fewer than two have a known error above 0."""
    known = (se > 0) & ~np.isnan(points)
    if known.sum() < 2:
        return None
    within = se[known] ** 2
    weight, value = 1 / within, points[known]
    mean = float((weight * value).sum() / weight.sum())
    q, freedom = float((weight * (value - mean) ** 2).sum()), int(known.sum()) - 1
    between = max(0.0, (q - freedom) / float(weight.sum() - (weight**2).sum() / weight.sum()))
    shrunk, z = np.full(len(points), np.nan), np.full(len(points), np.nan)
    shrunk[known] = mean + between / (between + within) * (value - mean)
    z[known] = (value - mean) / se[known]
    median = float(np.median(within))
    return Separation(q, freedom, between, median, between / (between + median), mean, shrunk, z)


def grade_chances(
    each: AgencyPoints, se: float, freedom: float, maximum: Fraction, bands: Sequence[Band], rounding: Rounding
) -> list[float]:
    """The probability of each band, highest first, and last of none; NaN where points or error are unknown.

    By Student's t around the unrounded points, as their interval is. A band begins where rounding lifts points to it:
    half a unit of the last published decimal below the first published value that reaches its bound (83.2 for 83.16 and
    one decimal). Rounded criteria add up to such values too. Without any error the published grade is certain.
    """
    order = sorted(bands, key=lambda band: band.lower, reverse=True)
    if each.exact is None or each.published is None or np.isnan(se):
        return [float("nan")] * (len(order) + 1)
    if se == 0:
        grade = find_grade(each.published, maximum, bands)
        return [float(band.name == grade) for band in order] + [float(grade is None)]
    units = 10**rounding.places
    first = [ceil(Fraction(band.lower) * maximum / 100 * units) for band in order]
    bounds = np.array([float((value - Fraction(1, 2)) / units) for value in first])
    reached = student_above((bounds - float(each.exact)) / se, freedom)
    # Nobody has less than nothing: a band from 0 is certain to be reached.
    reached = np.where([band.lower == 0 for band in order], 1.0, reached)
    return [float(chance) for chance in np.diff(reached, prepend=0.0, append=1.0)]
