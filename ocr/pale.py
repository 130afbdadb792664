"""Ink far paler than the page's own pen, taken out of its boxes: print and pen of the sheet's other side, rubbed marks.

What thin paper lets through from behind stands around marks of this side and makes them look struck, circled or
doubled. A pen that took a mark back would have drawn as dark as the page's other strokes. So a question that is not to
be told is looked at once more without what is pale. That settles a mark of the page's own pen; a blank only where the
picture as it is holds nothing that could be a mark (ocr.answers.is_blank).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ocr.answers import MarkedRow, answer_row, is_blank
from ocr.boxes import BoxPatches, Floats
from ocr.ink import BoxInk, measure_ink
from ocr.marks import PEN_SHARE, BoxMark, judge_boxes
from ocr.model import pen_darkness
from ocr.reading import AnswerReading

PALE_SHARE = 0.4  # of the pen's darkness; marks of the page's own pen have half of it and more
PALE_BOXES = 4  # that hold pale ink, or stand in it: fewer are faint marks or dirt
_SKIRT_MM = 0.25  # around what is dark: the soft edge of a stroke is its own


def judge_past_pale(groups: list[BoxPatches], ink: BoxInk, shone: bool) -> list[BoxMark] | None:
    """What each box is without what is pale; None where the pen of all this `ink` is not known or little of it is pale.

    `shone`: the other side is known to shine through, however few boxes show it.
    What looks like a mark and is paler than the page's own pen draws settles nothing.
    """
    pen = pen_darkness(ink)
    seen = np.maximum(ink.darkness, ink.around)
    if pen is None or (not shone and np.count_nonzero((seen > 0) & (seen <= PALE_SHARE * pen)) < PALE_BOXES):
        return None
    dark = without_pale(groups, pen)
    left = measure_ink(dark, len(ink.area_mm2))
    weak = np.maximum(left.darkness, left.around) < PEN_SHARE * pen
    marks = judge_boxes(dark, left, two_level=False)
    return [replace(mark, doubt=mark.doubt or (mark.likely and pale)) for mark, pale in zip(marks, weak, strict=True)]


def settle_past_pale(answer: AnswerReading, seen: MarkedRow, dark: MarkedRow, kind: str) -> AnswerReading:
    """A doubtful answer, settled where its boxes `dark`, without what is pale, say it clearly; else as it was.

    A mark must not have looked like a trace as it was `seen`. A blank rests on the boxes as they were; those without
    any ink lost no mark of a pen that is known.
    """
    if answer.state != "doubtful":
        return answer
    second = answer_row(dark, kind)
    if second.state == "clear":
        chosen = (mark for option, mark in zip(seen.options, seen.marks, strict=True) if option in second.chosen)
        return answer if any(mark.looks_left for mark in chosen) else second
    if is_blank(seen.marks):
        pairs = zip(seen.marks, dark.marks, strict=True)
        marks = tuple(replace(mark, chances=bare.chances) if mark.bare else mark for mark, bare in pairs)
        second = answer_row(replace(seen, marks=marks), kind)
        if second.state == "blank":
            return second
    return answer


def without_pale(groups: Sequence[BoxPatches], pen: float) -> list[BoxPatches]:
    """The same boxes, where nothing is left but what is dark for the page's pen, its edges, and paper."""
    return [
        replace(
            patches,
            ink=_darkened(patches.ink, PALE_SHARE * pen, patches.px_per_mm),
            around=_darkened(patches.around, PALE_SHARE * pen, patches.around_px_per_mm),
        )
        for patches in groups
    ]


def _darkened(ink: Floats, bound: float, px_per_mm: tuple[float, float]) -> Floats:
    """All patches in one call, which mixes only their outermost rows."""
    sheet = ink.reshape(-1, ink.shape[2])
    size = [2 * max(1, round(_SKIRT_MM * scale)) + 1 for scale in px_per_mm]
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size[0], size[1]))
    near = cv2.dilate((sheet > bound).astype(np.uint8), around) > 0
    return np.asarray(np.where(near, sheet, np.minimum(sheet, 0)).reshape(ink.shape), np.float32)
