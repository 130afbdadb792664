"""A code out of focus or shaken: how it was blurred is learnt from what every symbol has alike, then undone.

Every module is told by the greys in and around it, weighed as they tell the known modules best.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from forms.code import MODULES

STEPS, REACH = 2, 3  # greys a module along each side; how many of them around it count
_TRUST = 0.3  # what a weight has to explain: there are 65, and not 300 known modules


def tell_modules(greys: NDArray[np.float64], known: NDArray[np.bool_], values: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which modules are dark, (MODULES, MODULES); `greys`: STEPS a module and REACH around the symbol, any range.

    `known`, `values`: which modules every code has alike, and whether these are dark.
    """
    light, dark = np.percentile(greys, (95, 5))
    shades = (light - greys) / max(float(light - dark), 1.0)
    window = 2 * REACH + STEPS
    around = sliding_window_view(shades, (window, window))[::STEPS, ::STEPS].reshape(MODULES * MODULES, -1)
    seen = np.column_stack([around, np.ones(len(around))])
    learnt = seen[known.ravel()]
    ridge = learnt.T @ learnt + _TRUST * np.eye(seen.shape[1])
    weights = np.linalg.solve(ridge, learnt.T @ values[known].astype(np.float64))
    return np.asarray((seen @ weights > 0.5).reshape(MODULES, MODULES))
