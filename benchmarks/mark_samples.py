"""Pages of boxes with a label each, for training the reader: our own pen on our own sheets, spoilt in every known way.

Page NUMBER is drawn from the seed (SEED, NUMBER) alone. Wider than the published settings on purpose: an outsider's pen
and scanner will be neither of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from benchmarks.mark_habits import TAKES_BACK, WIDER, Shape
from benchmarks.mark_hurts import HURTS, seep
from benchmarks.mark_mishaps import shine_through, solid, stain, threshold_locally
from benchmarks.reading.sheets import Printed
from forms.geometry import BOX_MM, MM_PER_INCH
from forms.layout import Box, PageLayout
from ocr.blank import draw_blank
from ocr.pictures import Gray, decode_jpeg
from ocr.pretend.hostile import BEFALLS, befall
from ocr.pretend.paper import photocopy
from ocr.pretend.pen import Mark, PenStyle, draw_mark, draw_strokes, smear
from ocr.pretend.scanner import encode_jpeg, scan
from ocr.pretend.settings import MarkingSettings, ScannerSettings
from ocr.pretend.shapes import smooth, turn, wobble
from ocr.pretend.sheets import show_through
from ocr.pretend.stack import render_pages

SEED = 4
EMPTY, MARKED, TRACE, ODD, LEFT_OUT = range(5)
RESOLUTIONS = (100, 120, 150, 200, 200, 200, 240, 300)
SITUATIONS = {
    "one": 0.57,
    "none": 0.14,
    "two": 0.04,
    "corrected": 0.03,
    "struck": 0.03,
    "circled": 0.04,
    "lined": 0.04,
    "again": 0.02,
    "erased": 0.04,
    "beside": 0.05,
}
HOSTILE = ("stamp", "signature", "drawing", "streaks", "column_line", "fold", "coffee", "stains", "stains")
WIDE = range(500, 1_000), range(9_000, 10_000), range(30_000, 40_000)
"""Pages of wider habits (benchmarks/mark_habits.py), of which many marks are taken back, in every way."""
HURT = range(800, 1_000), range(9_500, 10_000), range(36_000, 40_000)
"""Of those, pages whose paper was hurt as well (benchmarks/mark_hurts.py)."""
HARSH = range(700, 800), range(9_750, 10_000), range(34_000, 36_000)
"""Of the wide ones, pages that came through copiers and machines of black and white more often, and twice."""
WIDE_SITUATIONS = {
    **{"one": 0.54, "none": 0.08, "two": 0.03, "corrected": 0.03, "struck": 0.02, "circled": 0.03, "lined": 0.04},
    **{"again": 0.02, "erased": 0.02, "beside": 0.02, "taken_back": 0.17},
}
WEAK, WEAK_ON_COPIES = 0.03, 0.08  # of the marks; copies get more, for there they are hardest to see


class Drawn(NamedTuple):
    """One scanned page: its grey picture, its boxes, and the label of each box in order."""

    pixels: Gray
    page: PageLayout
    labels: np.ndarray


@dataclass(frozen=True)
class Hand:
    """Who marks: pen, habit, size, unsteadiness."""

    pixels: Gray
    scale: float
    rng: np.random.Generator
    pen: PenStyle
    habit: str
    size: float
    spread: float
    weak: float = WEAK
    wide: bool = False

    def draw(self, box: Box, mark: Mark, pen: PenStyle | None = None) -> None:
        x, y, w, h = (self.scale * side for side in (box.x, box.y, box.w, box.h))
        draw_mark(self.pixels, (x, y, w, h), mark, self.rng, pen or self.pen, self.scale)

    def stroke(
        self,
        box: Box,
        shape: Shape,
        off: tuple[float, float] = (0.0, 0.0),
        size: float = 1.0,
        slant: float = 0.0,
        pen: PenStyle | None = None,
    ) -> None:
        """A shape of benchmarks/mark_habits.py in or around a box, by an unsteady hand."""
        x, y, w, h = (self.scale * side for side in (box.x, box.y, box.w, box.h))
        middle = np.array([x + w * (0.5 + off[0]), y + h * (0.5 + off[1])])
        shaky = (turn(wobble(points, 0.03, self.rng), slant) for points in shape(self.rng))
        strokes = [middle + points * size * np.array([w, h]) for points in shaky]
        draw_strokes(self.pixels, strokes, self.rng, pen or self.pen, self.scale)

    def mark(self, box: Box, habit: str | None = None, pen: PenStyle | None = None) -> None:
        """A mark as this hand makes it, now and then far from the middle, with a long tail, or weak."""
        rng, kinds = self.rng, WIDE_KINDS if self.wide else KINDS
        habit = habit or (pick(rng, kinds) if rng.random() < 0.06 else self.habit)
        dx, dy = rng.normal(0, self.spread, 2)
        size, how = self.size * float(np.clip(rng.normal(1, 0.12), 0.7, 1.35)), rng.random()
        if how < 0.07:
            angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.5)
            dx, dy = dx + far * np.cos(angle), dy + far * np.sin(angle)
        elif how < 0.11 and habit == "tick":
            size = rng.uniform(1.4, 2.4)
            dx, dy = dx + 0.15 * size, dy - 0.2 * size
        elif how < 0.11 + self.weak:
            weak = self.pen.darkness * rng.uniform(0.3, 0.7)
            pen = replace(self.pen, darkness=weak, skips=0.3, roughness=max(0.45, self.pen.roughness))
        slant = float(rng.normal(0, 10))
        if habit in WIDER:
            self.stroke(box, WIDER[habit], (dx, dy), size, slant, pen)
        elif habit == "free":  # a short squiggle as nobody foresaw it
            x, y, w, h = (self.scale * side for side in (box.x, box.y, box.w, box.h))
            knots = smooth(rng.uniform(-0.5, 0.5, (int(rng.integers(4, 8)), 2)))
            knots *= 0.75 * size / np.ptp(knots, axis=0).max()
            strokes = [np.array([x + w * (0.5 + dx), y + h * (0.5 + dy)]) + knots * [w, h]]
            draw_strokes(self.pixels, strokes, rng, pen or self.pen, self.scale)
        elif habit == "solid":
            x, y, w, h = (self.scale * side for side in (box.x, box.y, box.w, box.h))
            made = pen or self.pen
            strokes = [
                np.array([x + w * (0.5 + dx), y + h * (0.5 + dy)]) + knots * size * [w, h]
                for knots in solid(rng, 0.7 * made.width_mm / (box.w * size))
            ]
            draw_strokes(self.pixels, strokes, rng, made, self.scale)
        elif habit == "plus":
            self.draw(box, Mark("cross", size, dx, dy, slant + 45), pen)
        elif habit == "ring":  # inside the box
            self.draw(box, Mark("circle", size * rng.uniform(0.35, 0.55), dx, dy, slant), pen)
        else:
            self.draw(box, Mark(habit, size, dx, dy, slant), pen)  # type: ignore[arg-type]


KINDS = {
    **{"cross": 0.40, "tick": 0.30, "fill": 0.06, "hatch": 0.04, "scribble": 0.04, "stroke": 0.04, "circle": 0.05},
    **{"plus": 0.02, "ring": 0.02, "free": 0.03, "solid": 0.03},
}

WIDE_KINDS = {
    **{kind: share / 3 for kind, share in KINDS.items()},
    **{"sloppy_cross": 0.2, "pressed_cross": 0.14, "looped_cross": 0.05, "curved_tick": 0.17, "hook": 0.05},
    **{"loop": 0.04, "spilt_hatch": 0.04, "star": 0.02},
}


def pick(rng: np.random.Generator, shares: dict[str, float]) -> str:
    return str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))


def pick_pen(rng: np.random.Generator) -> PenStyle:
    """Half of the pens are published ones; the others are anything between a hair of pencil and a broad felt tip."""
    if rng.random() < 0.5:
        pens = MarkingSettings().pens
        made = pens[pick(rng, {name: pen.share + 0.03 for name, pen in pens.items()})]
        darkness, width, rough, skips = made.darkness, made.width_mm, made.roughness, made.skips
    else:
        darkness, width = (0.12, 0.97), (0.2, 1.3)
        rough, skips = float(rng.uniform(0, 0.6)), float(max(0, rng.uniform(-0.3, 0.4)))
    return PenStyle("any", float(rng.uniform(*width)), float(rng.uniform(*darkness)), rough, skips)


def make_page(number: int, printed: tuple[Printed, ...]) -> Drawn:
    """Page NUMBER, the same for ever."""
    rng = np.random.default_rng((SEED, number))
    dpi = int(rng.choice(RESOLUTIONS))
    clean, page = pick_paper(rng, dpi, printed)
    wide, harsh = (any(number in numbers for numbers in kind) for kind in (WIDE, HARSH))
    copies = rng.random() < (0.5 if harsh else 0.14)
    pixels, labels = fill(clean, page, rng, dpi, WEAK_ON_COPIES if copies else WEAK, wide)
    if rng.random() < 0.3:
        pixels = shine(pixels, clean, page, printed, rng, dpi)
    if rng.random() < 0.2:
        pixels, labels = suffer(pixels, page, labels, rng, dpi)
    if any(number in numbers for numbers in HURT):
        pixels = hurt(pixels, page, printed, rng, dpi)
    if harsh and rng.random() < 0.3:
        pixels = copied(pixels, rng, dpi)
    return Drawn(digitise(pixels, rng, dpi, copies, 0.5 if harsh else 0.15), page, labels)


def shine(
    pixels: Gray, clean: Gray, page: PageLayout, printed: tuple[Printed, ...], rng: np.random.Generator, dpi: int
) -> Gray:
    """The page's other side shows: mostly print of another page over the boxes, at times this one's own like."""
    how = rng.random()
    if how < 0.6:
        form = printed[int(rng.integers(len(printed)))]
        number = int(rng.integers(len(form.layout.pages)))
        behind = fill(render(form.pdf, number + 1, dpi), form.layout.pages[number], rng, dpi)[0]
    elif how < 0.85:
        behind = fill(clean, page, rng, dpi)[0]
    else:
        behind = np.ascontiguousarray(pixels[::-1])
    if rng.random() < 0.5 and behind.shape == pixels.shape:
        return show_through([pixels, behind], float(rng.uniform(0.03, 0.28)), dpi / MM_PER_INCH)[0]
    return shine_through(pixels, behind, rng, dpi)


def hurt(pixels: Gray, page: PageLayout, printed: tuple[Printed, ...], rng: np.random.Generator, dpi: int) -> Gray:
    """One to three things that hurt the paper near its boxes; one page in five is a copy of a copy besides."""
    if rng.random() < 0.3:
        form = printed[int(rng.integers(len(printed)))]
        number = int(rng.integers(len(form.layout.pages)))
        behind = render(form.pdf, number + 1, dpi)
        pixels = seep(pixels, fill(behind, form.layout.pages[number], rng, dpi)[0], behind, rng, dpi)
    for _ in range(int(rng.integers(1, 3))):
        box = page.boxes[int(rng.integers(len(page.boxes)))]
        near_mm = np.array([box.x + box.w / 2, box.y + box.h / 2])
        happens = HURTS[pick(rng, {name: share for name, (_, share) in HURTS.items()})][0]
        pixels = happens(pixels, near_mm, rng, dpi)
    return copied(pixels, rng, dpi) if rng.random() < 0.2 else pixels


def pick_paper(rng: np.random.Generator, dpi: int, printed: tuple[Printed, ...]) -> tuple[Gray, PageLayout]:
    """A printed page of the example campaign, or a bare table whose boxes stand close or far apart."""
    if rng.random() < 0.55:
        form = printed[int(rng.integers(len(printed)))]
        number = int(rng.integers(len(form.layout.pages)))
        return render(form.pdf, number + 1, dpi).copy(), form.layout.pages[number]
    across, down = (6.8, 9.4) if rng.random() < 0.4 else (float(rng.uniform(8, 14)), float(rng.uniform(8.5, 11)))
    columns = min(6, int(90 / across))
    boxes = tuple(
        Box(f"q{row}", None, str(column), 100 + across * column, 40 + down * row, BOX_MM, BOX_MM)
        for row in range(18)
        for column in range(columns)
    )
    page = PageLayout(1, boxes)
    clean = draw_blank(page, dpi, dark=float(rng.uniform(0.75, 1)))
    for row in range(18):  # the lines of a table
        y = round((40 + down * row + (down + BOX_MM) / 2) * dpi / MM_PER_INCH)
        clean[y : y + max(1, dpi // 100), round(30 * dpi / MM_PER_INCH) : round(188 * dpi / MM_PER_INCH)] = 60
    return clean, page


@cache
def render(pdf: Path, page: int, dpi: int) -> Gray:
    return next(iter(render_pages(pdf, page, 1, dpi)))


def fill(
    clean: Gray, page: PageLayout, rng: np.random.Generator, dpi: int, weak: float = WEAK, wide: bool = False
) -> tuple[Gray, np.ndarray]:
    """A filled copy of a page and what each box then is; `weak`: the share of weak marks by whatever pen."""
    habit = pick(rng, WIDE_KINDS if wide else KINDS)
    hand = Hand(
        clean.copy(),
        dpi / MM_PER_INCH,
        rng,
        pick_pen(rng),
        habit,
        float(np.clip(rng.normal(1.0, 0.2), 0.55, 1.7)),
        float(rng.uniform(0.02, 0.14)),
        weak,
        wide,
    )
    labels = np.zeros(len(page.boxes), np.int8)
    rows: dict[tuple[str, str | None], list[int]] = {}
    for place, box in enumerate(page.boxes):
        rows.setdefault((box.question, box.row), []).append(place)
    if rng.random() > 0.02:
        for places in rows.values():
            answer(hand, page, places, labels)
    return hand.pixels, labels


def answer(hand: Hand, page: PageLayout, places: list[int], labels: np.ndarray) -> None:
    """One question, answered in one of the situations."""
    rng, boxes = hand.rng, page.boxes
    how = pick(rng, WIDE_SITUATIONS if hand.wide else SITUATIONS)
    right, wrong = (int(place) for place in rng.permutation([*places, *places])[:2])
    if right == wrong:
        wrong = places[(places.index(right) + 1) % len(places)]
    crossed = hand.habit if hand.habit in ("cross", "tick", "plus", "stroke") else "cross"
    if how in ("one", "two", "corrected", "struck"):
        hand.mark(boxes[right], crossed if how == "corrected" else None)
        labels[right] = MARKED
    if how in ("two", "corrected") and wrong != right:
        hand.mark(boxes[wrong])
        labels[wrong] = MARKED
    if how in ("circled", "lined", "again", "struck", "taken_back") and wrong != right:
        hand.mark(boxes[wrong], hand.habit if how == "taken_back" else crossed)
        labels[wrong] = ODD
        if how in ("circled", "lined", "taken_back") and rng.random() < 0.5:
            hand.mark(boxes[right])
            labels[right] = MARKED
    if wrong == right:
        pass
    elif how == "corrected":
        hand.draw(boxes[wrong], Mark("blacken", float(rng.uniform(0.8, 1.1))))
    elif how == "struck":
        hand.draw(boxes[wrong], Mark("strike", float(rng.uniform(0.8, 1.2))))
    elif how == "taken_back":
        hand.stroke(boxes[wrong], TAKES_BACK[str(rng.choice(list(TAKES_BACK)))])
    elif how == "lined":
        hand.draw(boxes[wrong], Mark("through", 1.0, slant_deg=float(rng.normal(0, 15))))
    elif how == "circled":
        hand.draw(boxes[wrong], Mark("circle", float(rng.uniform(0.9, 1.2))))
    elif how == "again":
        hand.mark(boxes[right], crossed)
        for place in (right, wrong):
            hand.draw(boxes[place], Mark("circle", float(rng.uniform(0.95, 1.15))))
        hand.draw(boxes[wrong], Mark("blacken", 0.9))
        labels[right] = ODD
    elif how == "erased":
        rub_out(hand, boxes[wrong])
        labels[wrong] = TRACE
        if rng.random() < 0.5:
            hand.mark(boxes[right])
            labels[right] = MARKED
    elif how == "beside":
        put_beside(hand, page, right, labels)
    if rng.random() < 0.06:
        stray(hand, page, places[int(rng.integers(len(places)))], labels)


def rub_out(hand: Hand, box: Box) -> None:
    weak = replace(hand.pen, darkness=hand.pen.darkness * float(hand.rng.uniform(0.03, 0.25)), roughness=0.5)
    hand.mark(box, pen=weak)
    x, y, w, h = (hand.scale * side for side in (box.x, box.y, box.w, box.h))
    if hand.rng.random() < 0.7:
        smear(hand.pixels, (x, y, w, h), hand.scale)


def put_beside(hand: Hand, page: PageLayout, place: int, labels: np.ndarray) -> None:
    """A mark that stands wholly beside its box: whose it is, only a person can say."""
    rng, box = hand.rng, page.boxes[place]
    upright = rng.random() < 0.2
    off = float(rng.choice([-1, 1]) * rng.uniform(1.0, 1.4)), float(rng.normal(0, 0.15))
    dx, dy = off[::-1] if upright else off
    kind = hand.habit if hand.habit in ("cross", "tick", "stroke", "fill") else "cross"
    hand.draw(box, Mark(kind, 0.7 * hand.size, dx, dy))  # type: ignore[arg-type]
    x, y = box.x + box.w * (0.5 + dx), box.y + box.h * (0.5 + dy)
    far = np.array([max(abs(each.x + 2.1 - x), abs(each.y + 2.1 - y)) for each in page.boxes])
    near = np.flatnonzero(far < 7.0)
    labels[near[labels[near] == EMPTY]] = LEFT_OUT
    if labels[far.argmin()] == LEFT_OUT and far.min() < 5.5:
        labels[far.argmin()] = ODD


def stray(hand: Hand, page: PageLayout, place: int, labels: np.ndarray) -> None:
    """A dot or a short line that means nothing."""
    rng = hand.rng
    kind, inside = ("dot" if rng.random() < 0.6 else "dash"), rng.random() < 0.4
    dx, dy = rng.uniform(-0.4, 0.4, 2) if inside else (rng.choice([-1, 1]) * rng.uniform(0.75, 1.4), rng.normal(0, 0.4))
    hand.draw(page.boxes[place], Mark(kind, float(rng.uniform(0.6, 1.1)), float(dx), float(dy)))  # type: ignore[arg-type]
    if inside and labels[place] == EMPTY:
        labels[place] = TRACE


def suffer(
    pixels: Gray, page: PageLayout, labels: np.ndarray, rng: np.random.Generator, dpi: int
) -> tuple[Gray, np.ndarray]:
    """Something happens to the page: boxes that it draws into are nobody's to tell, a streak leaves but a trace."""
    kind = str(rng.choice(HOSTILE))
    if kind == "stains":
        for _ in range(int(rng.integers(1, 4))):
            box = page.boxes[int(rng.integers(len(page.boxes)))]
            pixels = stain(pixels, np.array([box.x + box.w / 2, box.y + box.h / 2]), rng, dpi)
        return pixels, labels
    assert kind in BEFALLS
    after, labels, scale = befall(pixels, page, kind, rng, dpi), labels.copy(), dpi / MM_PER_INCH
    if kind in ("fold", "coffee"):
        return after, labels
    changed = cv2.absdiff(after, pixels) > 25
    for place, box in enumerate(page.boxes):
        ends = [(start + rim) * scale for start in (box.x, box.y) for rim in (0.5, BOX_MM - 0.5)]
        left, right, top, bottom = (round(end) for end in ends)
        inside = float(changed[top:bottom, left:right].mean())
        if inside > 0.01 and labels[place] in (EMPTY, TRACE):
            labels[place] = TRACE if kind == "streaks" or inside < 0.03 else ODD
        elif inside > 0.06 and kind != "streaks":
            labels[place] = ODD
        elif labels[place] == EMPTY and kind != "streaks":
            rim = round(2 * scale)
            around = changed[max(0, top - rim) : bottom + rim, max(0, left - rim) : right + rim]
            labels[place] = LEFT_OUT if around.mean() > 0.01 else EMPTY
    return after, labels


def digitise(pixels: Gray, rng: np.random.Generator, dpi: int, copies: bool, black_and_white: float) -> Gray:
    """Copied or not, scanned, its greys bent, through a JPEG or, `black_and_white` of the pages, in two levels."""
    if copies:
        pixels = copied(pixels, rng, dpi)
    one_bit, local = rng.random() < black_and_white, rng.random() < 0.35
    low = float(rng.uniform(195, 245))
    settings = ScannerSettings(
        dpi=dpi,
        skew_sd_deg=float(rng.choice([0.3, 0.8, 2.0])),
        scale_sd=0.01,
        stretch_sd=0.004,
        rotations={0: 1.0},
        uneven_feed_share=0.15,
        blur_px=(0.3, 1.4) if rng.random() < 0.3 else (0.35, 0.85),
        paper=(low, min(252.0, low + 10)),
        black=(5.0, 85.0) if rng.random() < 0.3 else (5.0, 50.0),
        light=0.08 if rng.random() < 0.2 else 0.03,
        noise=(0.5, 9.0) if rng.random() < 0.3 else (0.5, 5.0),
        dust=float(rng.choice([0, 5, 40])),
        one_bit=one_bit and not local,
        one_bit_threshold=(105.0, 185.0),
    )
    if rng.random() < 0.12:
        pixels = tilted(pixels, rng)
    image = scan(pixels, rng, settings)
    if one_bit:
        return threshold_locally(image, rng, dpi) if local else image
    image = bent(image, rng)
    quality = int(rng.integers(30, 96) if rng.random() < 0.3 else rng.integers(60, 91))
    return decode_jpeg(encode_jpeg(image, quality, dpi))[0]


def copied(pixels: Gray, rng: np.random.Generator, dpi: int) -> Gray:
    """By our photocopier, or by one with another contrast."""
    if rng.random() < 0.4:
        return photocopy(pixels, float(rng.uniform(0.97, 1.03)), rng, dpi)[0]
    soft = cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.5, 1.2)) * dpi / 200).astype(np.float32)
    soft += float(rng.uniform(2, 18)) * rng.standard_normal(soft.shape, dtype=np.float32)
    steep = 1 / (1 + np.exp(-(soft - float(rng.uniform(115, 200))) / float(rng.uniform(10, 40))))
    return np.rint(12 + 243 * steep).astype(np.uint8)


def bent(image: Gray, rng: np.random.Generator) -> Gray:
    """The grey curve of some scanner: a gamma, a white point that swallows the paper."""
    if rng.random() > 0.25:
        return image
    grey = (np.arange(256) / 255) ** float(rng.uniform(0.7, 1.5))
    white = float(rng.uniform(0.8, 1.0))
    return cv2.LUT(image, np.rint(255 * np.minimum(1, grey / white)).astype(np.uint8)).astype(np.uint8)


def tilted(pixels: Gray, rng: np.random.Generator) -> Gray:
    """Seen a little from the side, and out of focus."""
    height, width = pixels.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners * 0.97 + 0.015 * np.array([width, height]) + rng.uniform(-0.012, 0.012, (4, 2)) * width
    warp = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    seen = cv2.warpPerspective(pixels, warp, (width, height), flags=cv2.INTER_LINEAR, borderValue=255)
    return cv2.GaussianBlur(seen, (0, 0), float(rng.uniform(0.3, 1.0))).astype(np.uint8)
