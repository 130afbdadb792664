"""How paper bends away from the plane of its corners: a smooth displacement over the sheet, fitted to marks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forms.geometry import PAGE_H_MM, PAGE_W_MM

Points = NDArray[np.float64]
_STIFFNESS = 0.02  # a term of higher degree must be worth this much of one mark that it moves by its whole size


@dataclass(frozen=True, eq=False)
class Bend:
    """`weights` (terms, 2): mm to the right and down, over the powers of x and y up to a degree, each from -1 to 1."""

    degree: int
    weights: Points

    def moved(self, points_mm: Points) -> Points:
        """Where the points (n, 2) of the flat sheet stand in the plane of the homography, mm."""
        return np.asarray(points_mm + _powers(points_mm, self.degree) @ self.weights, np.float64)


def _powers(points_mm: Points, degree: int) -> Points:
    x, y = (points_mm / (np.array([PAGE_W_MM, PAGE_H_MM]) / 2) - 1).T
    return np.column_stack([x**i * y ** (total - i) for total in range(degree + 1) for i in range(total + 1)])


def fit_bend(points_mm: Points, off_mm: Points, trust: NDArray[np.float64], degree: int = 4) -> Bend:
    """The smoothest bend through displacements (n, 2), each with its weight of trust."""
    powers = _powers(points_mm, degree)
    totals = np.array([total for total in range(degree + 1) for _ in range(total + 1)], np.float64)
    root = np.sqrt(trust)[:, None]
    columns = np.vstack([powers * root, np.diag(np.sqrt(_STIFFNESS) * totals)])
    wanted = np.vstack([off_mm * root, np.zeros((len(totals), 2))])
    return Bend(degree, np.asarray(np.linalg.lstsq(columns, wanted, rcond=None)[0], np.float64))
