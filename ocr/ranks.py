"""Percentiles and medians, to the last bit what NumPy gives, in an eighth of its time on as few values as a page has.

No value may be NaN: NumPy looks for such, which is a part of what it takes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def find_percentile(values: NDArray[Any], percent: float) -> float:
    """np.percentile of all of them; IndexError where there are none."""
    last = values.size - 1
    place = last * (percent / 100)
    below, share = int(place), place - int(place)
    ordered = np.partition(values, (below, min(below + 1, last)), axis=None)
    low, high = ordered[below], ordered[min(below + 1, last)]
    return float(low + (high - low) * share if share < 0.5 else high - (high - low) * (1 - share))


def find_median(values: NDArray[np.floating[Any]]) -> NDArray[Any]:
    """np.median along the last axis, of the same kind of numbers; it must not be empty."""
    half, odd = divmod(values.shape[-1], 2)
    if odd:
        return np.asarray(np.partition(values, half, axis=-1)[..., half])
    ordered = np.partition(values, (half - 1, half), axis=-1)
    return np.asarray((ordered[..., half - 1] + ordered[..., half]) / 2)
