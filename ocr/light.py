"""A photographed page as if the light had been even: shadows, even sharp ones, divided out, and grain smoothed.

Paper is what remains when everything dark and narrow is closed over; a shadow is wider than a filled box.
"""

from __future__ import annotations

import cv2
import numpy as np

from ocr.pictures import Gray, shrink_by

_CLOSED_MM = 9.0  # a filled box with its spill takes 6
_PX_PER_MM = 6.0
_DARKEST = 0.25  # of the page's light: what is darker than any shadow is no paper
_SMOOTH_MM = 0.08
_PAPER = 235.0


def even_out(pixels: Gray, px_per_mm: float) -> Gray:
    """The same page with its paper at one grey everywhere."""
    smooth = cv2.GaussianBlur(pixels, (0, 0), max(0.3, _SMOOTH_MM * px_per_mm))
    times = max(1, round(px_per_mm / _PX_PER_MM))
    small = shrink_by(smooth.astype(np.uint8, copy=False), times)
    side = round(_CLOSED_MM * px_per_mm / times) | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    paper = np.maximum(paper, _DARKEST * float(np.percentile(paper[::4, ::4], 90))).astype(np.uint8)
    full = cv2.resize(paper, pixels.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(smooth, full, scale=_PAPER), np.uint8)
