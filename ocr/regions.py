"""Whether anything is written in a text region, whose ruled lines are no writing, nor are streaks. Reads no letter."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import Rect
from forms.layout import TextRegion
from ocr.pictures import Gray
from ocr.ranks import find_percentile
from ocr.register import Registration, sample

WRITTEN_MM2 = 2.0  # a speck of dust comes to 1.0 at 100 dpi, one short word in faint pencil to 5
_PX_PER_MM = 4.0
_INK = 0.07  # of the paper's brightness, averaged over 0.75 mm
_LINE_SHARE = 0.7  # a row of pixels with ink over this share of the width is a ruled line; dense writing covers half
_STREAK_SHARE = 0.9  # no handwriting runs down through all lines
_BLOCK_MM = 20.0


def has_writing(pixels: Gray, place: Registration, region: TextRegion, darkest_paper: float = 0.0) -> bool:
    """Whether ink stands in the region, ruled lines apart, darker (0..1, averaged) than what is known to be none."""
    rect = Rect(region.x + 0.5, region.y + 0.5, region.w - 1.0, region.h - 1.25)
    patch = sample(pixels, place, rect, _PX_PER_MM).astype(np.float32)
    blocks = np.array_split(patch, max(1, round(rect.w / _BLOCK_MM)), axis=1)
    darkness = np.concatenate([1 - block / max(1.0, find_percentile(block, 70)) for block in blocks], axis=1)
    inked = np.asarray(cv2.blur(darkness, (3, 3)) > max(_INK, darkest_paper))
    rows, columns = _near(inked.mean(axis=1) > _LINE_SHARE), _near(_streak_share(inked) > _STREAK_SHARE)
    return bool(inked[~rows][:, ~columns].sum() / _PX_PER_MM**2 >= WRITTEN_MM2)


def _near(lines: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The lines and the three pixels next to them: averaging and a coarse scan spread them that far."""
    return np.asarray(np.convolve(lines, np.ones(7), mode="same") > 0)


def _streak_share(inked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For each column, how much of the height it and its neighbours cover: a slightly slanting streak is one too."""
    wide = cv2.dilate(inked.astype(np.uint8), np.ones((1, 9), np.uint8))
    return np.asarray(wide.mean(axis=0), np.float64)
