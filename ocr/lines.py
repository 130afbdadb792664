"""Lines through words: along one, nearly all that should be white between the letters is inked."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.printed import PX_PER_MM

Mask = NDArray[np.bool_]

STRUCK_MM = 1.0  # of a line through words: what shows of it between the letters
_INKED_SHARE, _WHOLE_SHARE = 0.85, 0.95


def has_line(
    inked: Mask, free: Mask, printed: Mask, length_mm: float, words_share: float, slopes: Iterable[float]
) -> bool:
    """Whether a line of that length runs through words.

    `words_share`: of its length, what print hides of it at least; `slopes`: down, of the way to the right, to try.
    """
    length, least = round(length_mm * PX_PER_MM), STRUCK_MM * PX_PER_MM
    if inked.sum() < least:
        return False
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    near = np.s_[max(0, rows[0] - length) : rows[-1] + length, max(0, columns[0] - length) : columns[-1] + length]
    three = np.dstack([inked[near], free[near], printed[near]]).astype(np.float32)
    height, width = three.shape[:2]
    for slope in slopes:
        lean = np.array([[1, 0, 0], [-slope, 1, round(max(0.0, slope) * width)]])
        levelled = cv2.warpAffine(three, lean, (width, height + round(abs(slope) * width)), flags=cv2.INTER_NEAREST)
        dark, white, words = cv2.split(cv2.blur(levelled, (length, 1), borderType=cv2.BORDER_CONSTANT) * length)
        struck = (dark >= least) & (dark >= _INKED_SHARE * white) & (words >= words_share * length)
        if (struck & (white + words >= _WHOLE_SHARE * length)).any():
            return True
    return False
