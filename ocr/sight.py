"""What is seen of a page's boxes: each judged, and judged again without what a machine or the paper drew across them.

Every step past the first is taken only where boxes are hard to tell, so that a tidy page costs one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from forms.geometry import PAGE_H_MM, PAGE_W_MM
from forms.layout import Box, DigitBox, Layout, PageLayout
from ocr.answers import PageLoss
from ocr.behind import without_print_behind
from ocr.boxes import BoxPatches, read_boxes
from ocr.creases import without_creases
from ocr.ink import BoxInk, measure_ink
from ocr.marks import BoxMark, is_ringed, judge_boxes
from ocr.model import is_stroke, pen_darkness
from ocr.pale import PALE_SHARE
from ocr.pictures import Gray, is_dithered, is_two_level, without_dither
from ocr.ranks import find_median
from ocr.register import Registration
from ocr.slips import without_slips
from ocr.streaks import without_streaks
from ocr.waves import without_waves

GRAINY = 0.055  # of printed black, noise of a photo in poor light: 40 ordinary ones came to 0.047 at most
# How wide outlines are, mm of printed black, median of a page: 0.23 to 0.45 on pages of 23 rows at any resolution
# and focus, less where toner is patchy or a photo poor. A copy's marks begin to vanish at 0.17, a faint pen's at 0.22
PALE_LINE_MM, PALE_LINE_WEAK_PEN_MM, _WEAK_PEN = 0.21, 0.23, 0.25
# Paper that a machine made white: scans by a sensor's own levels have noise of 0.004 and more
_NO_NOISE, _WHITE, _DRAWN_PX = 0.001, 254.5, 1.5  # and a sheet whose corners are the picture's was drawn, not scanned
_DROWNS = 5.0  # times the noise of paper: a pen paler than that leaves strokes that nothing tells from it
_STRONG_MARKS = 2
_STREAKY, _STREAKED_BOXES = ("line_through", "beside"), 3  # where so many boxes look so, a streak may be the cause
_UNEVEN, _UNCLEAR_BOXES = 0.018, 4  # of printed black, the spread of paper; nine in ten pages with moire have more


@dataclass(frozen=True)
class BoxSight:
    """The boxes of one page, then its digit boxes, in the layout's order.

    `pixels`: the picture that they were judged on; `loss`: why weak ink may have left nothing; `groups`, `ink`,
    `marks`: their pictures, what was measured in them, what each is; `shining`: how dark, of the paper's light, what
    comes through from behind is at most, 0 where nothing is known to.
    """

    pixels: Gray
    two_level: bool
    loss: PageLoss | None
    groups: list[BoxPatches]
    ink: BoxInk
    marks: list[BoxMark]
    shining: float = 0.0


def see_boxes(pixels: Gray, place: Registration, layout: Layout, page: PageLayout, photo: bool) -> BoxSight:
    """All boxes of a page in place. `photo`: the light was evened out, and poor light leaves grain."""
    parts: list[Box | DigitBox] = [*page.boxes, *page.digits]
    if is_dithered(pixels):
        pixels = without_dither(pixels, place.px_per_mm)
    seen, shining = _judge(pixels, place, parts, photo), 0.0
    if not photo:
        clean, shining = _without_traces(seen, place, layout, page)
        seen = seen if clean is None else _judge(clean, place, parts, photo)
    if _is_wavy(seen):
        clean = without_waves(seen.pixels, place.px_per_mm)
        seen = seen if clean is None else _judge(clean, place, parts, photo)
    if sum(mark.reason in _STREAKY for mark in seen.marks) >= _STREAKED_BOXES:
        clean = _without_lines(seen.pixels, place)
        seen = seen if clean is None else _judge(clean, place, parts, photo)
    return replace(seen, shining=shining)


def _judge(pixels: Gray, place: Registration, parts: Sequence[Box | DigitBox], photo: bool) -> BoxSight:
    two_level = is_two_level(pixels)
    groups = read_boxes(pixels, place, parts) if parts else []
    grainy = photo and max((group.noise for group in groups), default=0.0) > GRAINY
    ink = measure_ink(groups, len(parts))
    grey = bool(parts) and not two_level
    faint = grainy or (grey and (is_print_pale(ink) or _is_pen_lost(pixels, place, groups, ink)))
    loss: PageLoss | None = "black_and_white" if two_level else "faint" if faint else None
    marks = judge_boxes(groups, ink, two_level, faint) if parts else []
    return BoxSight(pixels, two_level, loss, groups, ink, marks)


def is_print_pale(ink: BoxInk) -> bool:
    """Whether print is so much thinner than on a scan that a stroke may have left nothing: a copy made far too light.

    What of a thin line of black is lost in the copy's white is lost of a pen, and more of a weak one: a page on which
    no pen is seen, or a weak one, needs print that is nearly as wide as ever.
    """
    pen = pen_darkness(ink)
    bound = PALE_LINE_MM if pen is not None and pen >= _WEAK_PEN else PALE_LINE_WEAK_PEN_MM
    return float(find_median(ink.line_mm)) < bound


def _is_pen_lost(pixels: Gray, place: Registration, groups: Sequence[BoxPatches], ink: BoxInk) -> bool:
    """Whether a weak pen may have left nothing: no strong one is seen, and paper was made white or is as uneven."""
    pen, noise = pen_darkness(ink), max(group.noise for group in groups)
    if pen is not None and pen < _DROWNS * noise:
        return True
    white = noise < _NO_NOISE and all(float(find_median(group.paper)) >= _WHITE for group in groups)
    return white and not shows_strong_pen(ink) and not _is_drawn(pixels, place)


def shows_strong_pen(ink: BoxInk) -> bool:
    """Whether the page's pen is strong; where too few strokes tell of one, whether two marks are, rings among them."""
    pen, rings = pen_darkness(ink), is_ringed(ink) & (ink.around >= _WEAK_PEN)
    if pen is not None and pen >= _WEAK_PEN:
        return True
    strong = rings | (is_stroke(ink) & (ink.darkness >= _WEAK_PEN)) if pen is None else rings
    return int(strong.sum()) >= _STRONG_MARKS


def _is_drawn(pixels: Gray, place: Registration) -> bool:
    """Whether the sheet fills the picture to the pixel, as that of a page does which never was on paper."""
    found = place.to_px(np.array([[0.0, 0.0], [PAGE_W_MM, PAGE_H_MM]]))
    return bool(np.abs(found - [[0, 0], pixels.shape[::-1]]).max() <= _DRAWN_PX)


def _without_traces(seen: BoxSight, place: Registration, layout: Layout, page: PageLayout) -> tuple[Gray | None, float]:
    """The picture without what a fax line or the sheet's other side left in it, None where that is nothing; and how
    dark what shines through is at most (BoxSight.shining).
    """
    unclear = _count_unclear(seen.marks)
    if seen.loss == "black_and_white":
        return without_slips(seen.pixels) if unclear else None, 0.0
    if seen.loss is not None or unclear < _UNCLEAR_BOXES:
        return None, 0.0
    palest = PALE_SHARE * (pen_darkness(seen.ink) or 0.0)
    clean = without_print_behind(seen.pixels, place, layout, page, palest) if palest else None
    return clean, palest if clean is not None else 0.0


def _is_wavy(seen: BoxSight) -> bool:
    """Whether paper is so uneven, and boxes so hard to tell, that waves over the picture are worth looking for."""
    uneven = max((group.noise for group in seen.groups), default=0.0) >= _UNEVEN
    return uneven and _count_unclear(seen.marks) >= _UNCLEAR_BOXES


def _count_unclear(marks: Sequence[BoxMark]) -> int:
    """How many boxes are neither surely marked nor surely bare."""
    return sum(not (mark.bare and mark.reason is None) and not mark.settles for mark in marks)


def _without_lines(pixels: Gray, place: Registration) -> Gray | None:
    """The picture without streaks of a dirty glass and without creases; None where it shows none."""
    clean = without_streaks(pixels, place)
    smooth = without_creases(pixels if clean is None else clean, place)
    return clean if smooth is None else smooth
