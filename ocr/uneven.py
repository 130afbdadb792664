"""Blanks whose printed outlines are as uneven as other boxes', told from ink of a pen along an outline.

Patchy toner, and a machine of black and white that rounds a line to one row of dots or to two, leave more ink on one
side of a box than on most. Boxes of answered questions, in which and beside which nothing stands, show how much that
is on this page. It settles blanks only, and no mark.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.ink import BoxInk
from ocr.marks import BESIDE_MM2, shows_nothing

LEAST_BOXES = 12  # bare ones of answered questions that a page must have for its outlines to be known
_NTH, _TIMES = 3, 1.2  # of the most uneven: none of them alone says what a page's outlines are like
_BARE_BESIDE_MM2 = 0.05  # beside a box that shows what outlines are like there is nothing


def find_uneven(ink: BoxInk, blank: NDArray[np.bool_], answered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n,) of the bare boxes of questions left `blank` (n,) those with ink along their outline alone, where the page's
    other outlines are as uneven.

    `answered` (n,): boxes of questions that a mark settles.
    """
    uneven = np.zeros(len(blank), np.bool_)
    besides = shows_nothing(ink, two_level=True) & (ink.sectors == 0)  # but for what is on the outline
    others = ink.edge_mm2[answered & besides & (ink.beside_mm2 <= _BARE_BESIDE_MM2)]
    if len(others) >= LEAST_BOXES:
        bound = _TIMES * np.sort(others)[-_NTH]
        uneven = blank & besides & (ink.beside_mm2 + ink.edge_mm2 >= BESIDE_MM2) & (ink.edge_mm2 <= bound)
    return np.asarray(uneven)
