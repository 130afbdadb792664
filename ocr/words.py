"""Words written beside an option, told from what else darkens the line that they would stand on: shades, rims, creases.

Looked for only where something darkens it and the option is not chosen. Words are strokes of a pen as dark as the
page's own; without the picture of the print all that is dark is words.
"""

from __future__ import annotations

import cv2
import numpy as np

from forms.geometry import Rect
from forms.layout import PageLayout, TextRegion
from ocr.elsewhere import PEN_SHARE
from ocr.overlay import aligned, find_grain, lay_over
from ocr.passing import STROKE_MM
from ocr.pictures import Gray
from ocr.place import Registration
from ocr.printed import PX_PER_MM

_LEVEL = 0.08  # of the paper's light: what first said that something is there sees ink half as dark again
_LEAST_INK_MM2 = 0.8  # one short word in faint pencil has more
_BRIDGE_PX = 9  # what a dotted line, and a pen that breaks, leave between two parts of a letter


def has_words(pixels: Gray, place: Registration, page: PageLayout, region: TextRegion, pen: float) -> bool:
    """Whether strokes of a pen stand in a text region that something darkens.

    `pen`: how dark the page's pen draws, 0..1 of printed black, 0 where it is not known.
    """
    if not page.printed:
        return True
    laid = aligned(lay_over(pixels, place, page, Rect(region.x, region.y, region.w, region.h)))
    free = laid.free
    inked = (laid.dark > np.maximum(find_grain(laid, free, _LEVEL), PEN_SHARE * pen * laid.black)) & free
    within = np.zeros_like(inked)
    within[laid.covered(Rect(region.x, region.y, region.w, region.h))] = True
    ink = (inked & within).astype(np.uint8)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((_BRIDGE_PX, _BRIDGE_PX), np.uint8))
    sizes = cv2.connectedComponentsWithStats(joined, connectivity=8)[2][1:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1]
    long = len(sizes) > 0 and int(sizes.max()) >= STROKE_MM * PX_PER_MM
    return long and int(ink.sum()) >= _LEAST_INK_MM2 * PX_PER_MM**2
