"""Lines through words: along one, nearly all that should be white between the letters is inked."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.printed import PX_PER_MM

Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

STRUCK_MM = 1.0  # of a line through words: what shows of it between the letters
_INKED_SHARE, _WHOLE_SHARE = 0.85, 0.95


def has_line(
    inked: Mask,
    free: Mask,
    own: Mask,
    words: Mask,
    length_mm: float,
    words_share: float,
    slopes: Iterable[float],
) -> bool:
    """Whether a line of that length, wholly within `own`, runs through `words`; the masks (rows, columns) at PX_PER_MM.

    `free`: where nothing is printed; `words_share`: of its length, what must lie in words at least; `slopes`: down, of
    the way to the right, to try.
    """
    inked = inked & own
    length, least = round(length_mm * PX_PER_MM), STRUCK_MM * PX_PER_MM
    if inked.sum() < least:
        return False
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    near = np.s_[max(0, rows[0] - length) : rows[-1] + length, max(0, columns[0] - length) : columns[-1] + length]
    ink = inked[near].astype(np.float32)
    three = np.dstack([each[near] for each in (free & own, own, words & own)]).astype(np.float32)
    for slope in slopes:
        dark = _sum_along(ink, slope, length)
        if float(dark.max()) < least:  # most slopes: nothing else has to be levelled
            continue
        white, whole, hidden = cv2.split(_sum_along(three, slope, length))
        struck = (dark >= least) & (dark >= _INKED_SHARE * white) & (hidden >= words_share * length)
        if (struck & (whole >= _WHOLE_SHARE * length)).any():
            return True
    return False


def _sum_along(masks: Floats, slope: float, length: int) -> Floats:
    """How much each of some masks holds along a line of that slope and length around every place, levelled."""
    height, width = masks.shape[:2]
    lean = np.array([[1, 0, 0], [-slope, 1, round(max(0.0, slope) * width)]])
    levelled = cv2.warpAffine(masks, lean, (width, height + round(abs(slope) * width)), flags=cv2.INTER_NEAREST)
    return np.asarray(cv2.blur(levelled, (length, 1), borderType=cv2.BORDER_CONSTANT) * length, np.float32)
