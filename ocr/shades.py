"""Blanks held against the page's other empty boxes: what a copier nearly ate leaves a shade that no bound of ink sees.

A copy's hard contrast lets a weak stroke fade to a hundredth of black, a tenth of what counts as ink. Paper is as often
lighter as darker than its middle, whatever its grain and light; a stroke is darker only. So a box whose dark side is
heavier than the page's other bare boxes let expect is no promise. It makes doubts, and never a mark.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.boxes import BoxPatches, Floats
from ocr.ranks import find_median

SHADE_SPREADS = 5.0  # beyond the median of the page's bare boxes, in their standard deviation
LEAST_SPREAD = 0.0006  # of printed black: a scanner that blows paper to white leaves hardly any
FADED_BOXES = 2  # with so many shades in its blanks the page's pen is one that the copy eats
USUAL_SHADES = 2  # with so many in answered questions a shade is no sign of a mark, unless it is darker than they are
LEAST_BOXES = 12  # bare ones that a page must have for their spread to be known
_WEIGHED_MM2 = 0.6  # of the darkest and of the lightest: a stroke of 0.4 mm by 1.5
_INWARD_MM = 0.75  # from the outline's centre line, whose grey reaches in
_SMOOTH_PX = 5


def find_shaded(
    groups: list[BoxPatches], bare: NDArray[np.bool_], blank: NDArray[np.bool_], answered: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(n,) the boxes of `blank` questions (n,) that are darker somewhere than the page's `bare` boxes (n,) let expect;
    all of them where several are. Bare boxes of `answered` questions (n,) show what else darkens this page.
    """
    spreads = np.zeros(len(bare))  # from the median of the page's bare boxes
    for patches in groups:
        held = np.flatnonzero(bare[patches.index])
        if len(held) >= LEAST_BOXES:
            dark = _dark_side(patches, held)
            middle = float(find_median(dark))
            spread = max(LEAST_SPREAD, 1.4826 * float(find_median(np.abs(dark - middle))))
            spreads[patches.index[held]] = (dark - middle) / spread
    usual = spreads[answered & (spreads > SHADE_SPREADS)]
    bound = usual.max() if len(usual) >= USUAL_SHADES else SHADE_SPREADS
    shaded = np.asarray(blank & (spreads > bound))
    return blank if shaded.sum() >= FADED_BOXES else shaded


def _dark_side(patches: BoxPatches, held: NDArray[np.intp]) -> Floats:
    """How much further the darkest parts of each interior lie from its median than the lightest; its grain smoothed."""
    right, down = (
        max(2, half - round(_INWARD_MM * scale)) for half, scale in zip(patches.half_px, patches.px_per_mm, strict=True)
    )
    y, x = patches.ink.shape[1] // 2, patches.ink.shape[2] // 2
    rim = _SMOOTH_PX // 2
    inner = patches.ink[held, y - down - rim : y + down + rim + 1, x - right - rim : x + right + rim + 1]
    sheet = np.ascontiguousarray(inner).reshape(-1, inner.shape[2])
    smooth = cv2.blur(sheet, (_SMOOTH_PX, _SMOOTH_PX)).reshape(inner.shape)
    ordered: Floats = np.sort(smooth[:, rim:-rim, rim:-rim].reshape(len(held), -1), axis=1)
    count = max(1, min(ordered.shape[1] // 2, round(_WEIGHED_MM2 * patches.px_per_mm[0] * patches.px_per_mm[1])))
    light, dark = ordered[:, :count].mean(axis=1), ordered[:, -count:].mean(axis=1)
    return np.asarray(dark + light - 2 * find_median(ordered), np.float32)
