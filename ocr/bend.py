"""How paper bends away from the plane of its corners: a displacement over the sheet, fitted to what was found on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
_ROUND_MM = 6.0  # over which a crease is rounded off; less than the way from box to box
_SMOOTHING_MM = 2.0  # how little a mark's own error is followed: of the ways between marks, which are 7 mm and more


@dataclass(frozen=True, eq=False)
class Bend:
    """Multiquadrics (Hardy 1971, J. Geophys. Res. 76(8)) around marks (n, 2) on an affine ground: weights (n + 3, 2).

    They follow a crease, as powers of x and y cannot, and run on straight beyond the last mark.
    """

    marks_mm: Points
    weights: Points

    def moved(self, points_mm: Points) -> Points:
        """Where the points (n, 2) of the flat sheet stand in the plane of the homography, mm."""
        return np.asarray(points_mm + _terms(points_mm, self.marks_mm) @ self.weights, np.float64)


def _terms(points_mm: Points, marks_mm: Points) -> Points:
    away = np.square(points_mm[:, None] - marks_mm).sum(axis=2)
    return np.column_stack([-np.sqrt(away + _ROUND_MM**2), np.ones(len(points_mm)), points_mm / 100])


def fit_bend(points_mm: Points, off_mm: Points, trust: NDArray[np.float64]) -> Bend:
    """The bend through displacements (n, 2), smoothed the more the less a mark is trusted (above 0, usually 1)."""
    count = len(points_mm)
    terms = _terms(points_mm, points_mm)
    system = np.zeros((count + 3, count + 3))
    system[:count] = terms
    system[:count, :count] += np.diag(_SMOOTHING_MM / trust)
    system[count:, :count] = terms[:, count:].T
    wanted = np.vstack([off_mm, np.zeros((3, 2))])
    return Bend(points_mm, np.asarray(np.linalg.lstsq(system, wanted, rcond=None)[0], np.float64))
