"""What people and machines do to a filled sheet besides marking it: stamps, signatures, drawings, streaks, folds.

Pages are uint8 grey, 255 = paper. What the page says stays what it said: whoever reads it otherwise reads it wrongly.
Must not know answers or scanners.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import MM_PER_INCH, PAGE_H_MM, PAGE_W_MM, marker_rects
from forms.layout import Box, PageLayout
from ocr.pictures import Gray
from ocr.pretend.paper import MISHAPS, copy_too_light
from ocr.pretend.pen import PenStyle, draw_strokes
from ocr.pretend.shapes import Points, smooth

Befalls = Callable[[Gray, PageLayout, np.random.Generator, float], Gray]
_STAMP_MM = 15.0, 18.0  # radius of a round seal
_CRAYON = PenStyle("crayon", 1.6, 0.6, 0.5)


def befall(page: Gray, layout: PageLayout, kind: str, rng: np.random.Generator, dpi: int) -> Gray:
    """A copy of a filled page to which something happened; `kind` is one of BEFALLS, else KeyError."""
    return BEFALLS[kind](page.copy(), layout, rng, dpi / MM_PER_INCH)


def _pick(layout: PageLayout, rng: np.random.Generator) -> Box | None:
    return layout.boxes[int(rng.integers(len(layout.boxes)))] if layout.boxes else None


def _stamp(page: Gray, layout: PageLayout, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """A round seal over boxes: two rings, and letters between and inside them; red ink is a middling grey."""
    box = _pick(layout, rng)
    if box is None:
        return page
    centre = box.centre + rng.uniform(-12, 12, 2)
    pen = PenStyle("seal", 0.6, float(rng.uniform(0.3, 0.65)), 0.5)
    radius = rng.uniform(*_STAMP_MM)
    angle = np.linspace(0, 2 * np.pi, 90)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    strokes = [centre + radius * ring, centre + 0.72 * radius * ring]
    for turn in np.arange(0, 2 * np.pi, 0.28):
        place = centre + 0.86 * radius * np.array([np.cos(turn), np.sin(turn)])
        strokes += [place + rng.normal(0, 0.9, (3, 2)) for _ in range(2)]
    strokes += [centre + np.array([-8 + 2.2 * letter, 0]) + rng.normal(0, 1.1, (4, 2)) for letter in range(8)]
    draw_strokes(page, [stroke * px_per_mm for stroke in strokes], rng, pen, px_per_mm)
    return page


def _signature(page: Gray, layout: PageLayout, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """A large signature that runs over boxes."""
    box = _pick(layout, rng)
    if box is None:
        return page
    along = np.linspace(0, 1, 14)
    width, height = rng.uniform(30, 60), rng.uniform(8, 16)
    knots = np.stack([width * (along - 0.5), height * rng.uniform(-0.5, 0.5, 14)], axis=1)
    pen = PenStyle("ballpoint_blue", 0.5, float(rng.uniform(0.6, 0.85)))
    draw_strokes(page, [smooth(box.centre + knots) * px_per_mm], rng, pen, px_per_mm)
    return page


def _drawing(page: Gray, _: PageLayout, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """A child's drawing over the page: a sun, a house, a long scribble."""
    strokes: list[Points] = []
    sun, angle = rng.uniform((40, 60), (170, 240)), np.linspace(0, 2 * np.pi, 60)
    strokes.append(sun + rng.uniform(10, 18) * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    for ray in np.arange(0, 6.2, 0.6):
        strokes.append(sun + np.outer([20, 32], [np.cos(ray), np.sin(ray)]))
    house, side = rng.uniform((30, 90), (120, 220)), rng.uniform(25, 45)
    strokes.append(house + side * np.array([(0, 0), (0, 1), (1, 1), (1, 0), (0, 0), (0.5, -0.6), (1, 0)]))
    strokes.append(smooth(rng.uniform((20, 45), (190, 250), (25, 2))))
    draw_strokes(page, [_dense(stroke) * px_per_mm for stroke in strokes], rng, _CRAYON, px_per_mm)
    return page


def _dense(stroke: Points) -> Points:
    """More points along a stroke, so that the pen's pressure can change."""
    at = np.linspace(0, len(stroke) - 1, max(12, 6 * len(stroke)))
    return np.stack([np.interp(at, np.arange(len(stroke)), stroke[:, axis]) for axis in (0, 1)], axis=1)


def _streaks(page: Gray, layout: PageLayout, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """Dirt on the glass: a dark line down a column of boxes, and one that runs just beside another column."""
    for beside in (False, True):
        box = _pick(layout, rng)
        if box is None:
            return page
        reach = box.w / 2 + rng.uniform(0.4, 2.0) if beside else rng.uniform(0, 0.4 * box.w)
        x = (box.centre[0] + rng.choice([-1, 1]) * reach) * px_per_mm
        width = rng.uniform(0.1, 0.5) * px_per_mm
        left = int(x - width / 2)
        band = page[:, left : left + max(1, round(width))]
        band[:] = np.clip(band.astype(np.int16) - int(rng.integers(40, 200)), 0, 255)
    return page


def _column_line(page: Gray, layout: PageLayout, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """One long stroke of a pen down over a column of boxes, which may mean all of them, or none."""
    box = _pick(layout, rng)
    if box is None:
        return page
    column = [other for other in layout.boxes if abs(other.x - box.x) < 1 and other.y >= box.y][:6]
    over = np.array([0.0, 3.0])
    ends = np.array([column[0].centre - over, column[-1].centre + over]) + rng.normal(0, 0.4, (2, 2))
    pen = PenStyle("ballpoint_blue", 0.5, float(rng.uniform(0.6, 0.85)))
    draw_strokes(page, [_dense(ends) * px_per_mm], rng, pen, px_per_mm)
    return page


def _fold(page: Gray, _: PageLayout, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """A crease from edge to edge through a marker, one side of it a little out of place."""
    rect = marker_rects()[int(rng.integers(4))]
    angle = rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.15)
    along = np.array([np.cos(angle), np.sin(angle)])
    through = np.array(rect.centre) + rng.uniform(-3, 3, 2)
    height, width = page.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(px_per_mm)
    beyond = (x - through[0]) * along[1] - (y - through[1]) * along[0] > 0
    off = np.rint(rng.uniform(-0.35, 0.35, 2) * px_per_mm).astype(int)
    moved = np.roll(page, (int(off[1]), int(off[0])), (0, 1))
    page = np.where(beyond, moved, page).astype(np.uint8, copy=False)
    ends = np.array([through - 400 * along, through + 400 * along]) * px_per_mm
    start, end = ([round(value * 16) for value in point] for point in ends.tolist())
    cv2.line(
        page, start, end, float(rng.uniform(90, 190)), max(1, round(rng.uniform(0.2, 0.6) * px_per_mm)), cv2.LINE_AA, 4
    )
    return page


def _coffee(page: Gray, layout: PageLayout, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """A cup's ring and a stain inside it, over boxes."""
    box = _pick(layout, rng)
    centre = np.array(box.centre) if box else np.array([PAGE_W_MM / 2, PAGE_H_MM / 2])
    layer = np.zeros(page.shape, np.float32)
    spot = [round(value * px_per_mm * 16) for value in (centre + rng.uniform(-25, 25, 2)).tolist()]
    radius = rng.uniform(30, 40) * px_per_mm
    cv2.circle(layer, spot, round(radius * 16), rng.uniform(0.03, 0.1), -1, cv2.LINE_AA, 4)
    cv2.circle(layer, spot, round(radius * 16), rng.uniform(0.1, 0.35), round(2.5 * px_per_mm), cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(layer, (0, 0), 0.6 * px_per_mm).astype(np.float32)
    return np.asarray(np.rint(page * (1 - soft)), np.uint8)


def _wrinkle(page: Gray, layout: PageLayout, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """Some short wrinkles through boxes: a soft dark line, bent, with a side that the light falls on."""
    for _ in range(8 if layout.boxes else 0):
        box = _pick(layout, rng)
        middle = box.centre + rng.normal(0, 0.9, 2) if box else np.zeros(2)
        half, width, angle = rng.uniform(2, 14), rng.uniform(0.5, 2.0), rng.uniform(0, np.pi)
        along = np.array([np.cos(angle), np.sin(angle)])
        across = np.array([-along[1], along[0]])
        at = np.linspace(-half, half, 40)[:, None] + rng.uniform(-0.5, 0.5) * half
        line = middle + at * along + rng.normal(0, 0.15) * np.sin(at / rng.uniform(1, 4)) * across
        shade = _soft_line(page, line, width, px_per_mm) * np.float32(rng.uniform(0.08, 0.5))
        lit = _soft_line(page, line + across * 0.7 * width, width, px_per_mm) * np.float32(rng.uniform(0, 20))
        page = np.asarray(np.rint(page * (1 - shade) + lit).clip(0, 255), np.uint8)
    return page


def _soft_line(page: Gray, line: Points, width_mm: float, px_per_mm: float) -> NDArray[np.float32]:
    """How far a line covers each pixel, 0..1, its edges half as soft as it is wide."""
    drawn = np.zeros(page.shape, np.float32)
    points = np.rint(line * px_per_mm * 16).astype(np.int32)[:, None]
    cv2.polylines(drawn, [points], False, 1.0, max(1, round(0.5 * width_mm * px_per_mm)), cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(drawn, (0, 0), 0.25 * width_mm * px_per_mm), np.float32)


def _light_copy(page: Gray, _: PageLayout, rng: np.random.Generator, px_per_mm: float) -> Gray:
    """A copy by a machine set far too light: pens may leave nothing on it, which is then no blank."""
    return copy_too_light(page, rng, round(px_per_mm * MM_PER_INCH))


def _on_paper(kind: str) -> Befalls:
    def happens(page: Gray, _: PageLayout, rng: np.random.Generator, px_per_mm: float) -> Gray:
        return MISHAPS[kind](page, rng, round(px_per_mm * MM_PER_INCH))[0]

    return happens


_ON_PAPER: Sequence[str] = ("photocopy", "fit_to_page", "punched", "stapled", "printed_94", "printed_106")
BEFALLS: dict[str, Befalls] = {
    "stamp": _stamp,
    "signature": _signature,
    "drawing": _drawing,
    "streaks": _streaks,
    "column_line": _column_line,
    "fold": _fold,
    "coffee": _coffee,
    "wrinkle": _wrinkle,
    "light_copy": _light_copy,
    **{kind: _on_paper(kind) for kind in _ON_PAPER},
}
"""What can happen to a filled page, by name: (page, layout, generator, pixels a mm) -> page."""
