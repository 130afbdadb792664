"""The pretend respondent: decides how a question is marked, has the pen draw it, and keeps the truth.

Knows layouts and pens; must not know scanners or files. What is recorded is what a person would say the sheet means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np

from forms.layout import Box, DigitBox, Layout, PageLayout
from ocr.pictures import Gray
from ocr.pretend.crossing_out import CROSSINGS_OUT, CrossingOut, cross_out
from ocr.pretend.deeds import DEEDS, UNTOLD, Deed, Desk, do_deed, draw_brace
from ocr.pretend.elsewhere import WAYS, Way, mark_elsewhere
from ocr.pretend.pen import Mark, PenStyle, draw_mark, pick_pen, smear
from ocr.pretend.settings import MarkingSettings
from ocr.pretend.shapes import MarkKind
from ocr.pretend.writing import draw_digit, draw_scrawl

AnswerKey = tuple[str, str | None]
FILLING: tuple[MarkKind, ...] = ("fill", "hatch", "scribble")
How = Literal[
    "ordinary",
    "faint",
    "outside",
    "tail",
    "stray",
    "corrected",
    "two_marks",
    "erased",
    "blank",
    "written",
    "beside",
    "elsewhere",
    "other_correction",
    Deed,
    "braced",
    "crossed_out",
]


@dataclass(frozen=True)
class FilledAnswer:
    """What one question and row holds. `truth`: the options chosen, in printed order; None where nobody can tell.

    `how`: two_marks goes with None; blank with (); `value` holds the digits that were written in a number.
    """

    question: str
    row: str | None
    truth: tuple[str, ...] | None
    how: How
    value: str | None = None


@dataclass(frozen=True)
class Respondent:
    """One person: a pen, a habit, how large, how slanted and how far from the middle the marks are."""

    pen: PenStyle
    habit: MarkKind
    size: float
    slant_deg: float
    spread: float


def meet_respondent(rng: np.random.Generator, settings: MarkingSettings) -> Respondent:
    """A respondent out of the published settings; one fills all pages of a sheet."""
    return Respondent(
        pick_pen(settings.pens, rng),
        _pick_kind(settings, rng),
        float(np.clip(rng.normal(1.0, 0.14), 0.65, 1.4)),
        float(rng.normal(0, 6)),
        float(rng.uniform(0.03, 0.12)),
    )


def fill_page(
    pixels: Gray,
    layout: Layout,
    page: PageLayout,
    answers: Mapping[AnswerKey, Sequence[str]],
    rng: np.random.Generator,
    settings: MarkingSettings,
    px_per_mm: float,
    respondent: Respondent | None = None,
) -> list[FilledAnswer]:
    """Fill one printed page in place, and what it then says, in the page's order.

    `answers` holds what the person wants to say, (question, row) -> options, () for nothing; what is not in it is drawn
    at random. Now and then a person leaves out what they wanted to say: the answer recorded is what the page says.
    """
    hand = _Hand(pixels, rng, settings, px_per_mm, respondent or meet_respondent(rng, settings))
    empty = rng.random() < settings.empty_page
    filled: list[FilledAnswer] = []
    braced = hand.brace(page) if settings.braced and rng.random() < settings.braced else set()
    for key, boxes in _questions(page).items():
        if key in braced:
            filled.append(FilledAnswer(*key, None, "braced"))
            continue
        wanted = answers.get(key)
        chosen = _draw_answer(layout.questions[key[0]], boxes, settings, rng) if wanted is None else tuple(wanted)
        filled.append(hand.mark(key, layout.questions[key[0]] == "one", boxes, () if empty else chosen, page))
    for question in dict.fromkeys(digit.question for digit in page.digits):
        filled.append(hand.write_number(page, question, empty))
    chosen_options = {(one.question, option) for one in filled for option in one.truth or ()}
    for region in page.texts:
        named = region.option is None or (region.question, region.option) in chosen_options
        written = named and not empty and rng.random() < settings.text_written
        if written:
            area = (region.x * px_per_mm, region.y * px_per_mm, region.w * px_per_mm, region.h * px_per_mm)
            draw_scrawl(pixels, area, rng, hand.person.pen, px_per_mm)
        if region.option is None:
            filled.append(FilledAnswer(region.question, None, (), "written" if written else "blank"))
    return hand.take_all_back(page, filled) if settings.crossed_out else filled


def _questions(page: PageLayout) -> dict[AnswerKey, list[Box]]:
    grouped: dict[AnswerKey, list[Box]] = {}
    for box in page.boxes:
        grouped.setdefault((box.question, box.row), []).append(box)
    return grouped


def _draw_answer(
    kind: str, boxes: Sequence[Box], settings: MarkingSettings, rng: np.random.Generator
) -> tuple[str, ...]:
    if settings.straight:
        return (boxes[0].option,)
    if kind == "many":
        return tuple(box.option for box in boxes if rng.random() < settings.many_chosen)
    return (boxes[int(rng.integers(len(boxes)))].option,)


def _pick_kind(settings: MarkingSettings, rng: np.random.Generator) -> MarkKind:
    kinds = list(settings.habits)
    shares = np.array(list(settings.habits.values()))
    return kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]


@dataclass(frozen=True)
class _Hand:
    """A person at work on one page."""

    pixels: Gray
    rng: np.random.Generator
    settings: MarkingSettings
    px_per_mm: float
    person: Respondent

    def mark(
        self, key: AnswerKey, one: bool, boxes: Sequence[Box], chosen: tuple[str, ...], page: PageLayout
    ) -> FilledAnswer:
        """Mark one question and row, by whichever way its turn brings."""
        if self.rng.random() < self.settings.blank:
            chosen = ()
        if not chosen:
            return FilledAnswer(*key, (), "stray" if self._stray(boxes) else "blank")
        if self.settings.elsewhere and self.rng.random() < self.settings.elsewhere:
            ways = self.settings.elsewhere_ways or WAYS
            way = cast(Way, ways[int(self.rng.integers(len(ways)))])
            if mark_elsewhere(self.pixels, page, boxes, way, self.rng, self.person.pen, self.px_per_mm):
                return FilledAnswer(*key, None, "elsewhere")  # which option it means, only a person can say
        if self.settings.done and self.rng.random() < self.settings.done:
            done = self._do_deed(key, boxes, chosen, page)
            if done is not None:
                return done
        right = [box for box in boxes if box.option in chosen]
        wrong = [box for box in boxes if box.option not in chosen]
        how = self._pick_how(one and bool(wrong))
        if how == "erased":
            self._rub_out(wrong[int(self.rng.integers(len(wrong)))])
            right = right if self.rng.random() < 0.5 else []
        if how == "other_correction":
            return self._take_back(key, right[0], wrong[int(self.rng.integers(len(wrong)))])
        if how in ("corrected", "two_marks"):
            return self._two(key, right[0], wrong[int(self.rng.integers(len(wrong)))], how)
        for box in right:
            self._draw(box, how)
        if how == "ordinary" and self._stray(boxes):
            how = "stray"
        if how == "beside":  # only a person can say whether it is meant
            return FilledAnswer(*key, None, how)
        return FilledAnswer(*key, tuple(box.option for box in right), how)

    def _do_deed(
        self, key: AnswerKey, boxes: Sequence[Box], chosen: tuple[str, ...], page: PageLayout
    ) -> FilledAnswer | None:
        """One option marked and something done to the question; None where it has no place for that."""
        deeds = self.settings.deeds or DEEDS
        deed = cast(Deed, deeds[int(self.rng.integers(len(deeds)))])
        marked = next(box for box in boxes if box.option in chosen)
        desk = Desk(self.pixels, page, self.rng, self.person.pen, self.px_per_mm)
        if not do_deed(desk, deed, boxes, marked):
            return None
        if deed not in ("highlit", "painted_and_marked"):
            self._draw(marked, "ordinary")
        return FilledAnswer(*key, None if deed in UNTOLD else (marked.option,), deed)

    def brace(self, page: PageLayout) -> set[AnswerKey]:
        """One mark for some rows of a table that follow one another, which stay bare; nothing where there is none."""
        rows = [(key, boxes) for key, boxes in _questions(page).items() if len({round(box.y) for box in boxes}) == 1]
        alike = [(key, boxes) for key, boxes in rows if [box.x for box in boxes] == [box.x for box in rows[-1][1]]]
        if len(alike) < 2:
            return set()
        count = int(self.rng.integers(2, min(5, len(alike)) + 1))
        first = int(self.rng.integers(len(alike) - count + 1))
        some = alike[first : first + count]
        draw_brace(Desk(self.pixels, page, self.rng, self.person.pen, self.px_per_mm), [boxes for _, boxes in some])
        return {key for key, _ in some}

    def take_all_back(self, page: PageLayout, filled: list[FilledAnswer]) -> list[FilledAnswer]:
        """Now and then cross the page or a part of it out: only a person can say then what of it holds."""
        if self.rng.random() >= self.settings.crossed_out:
            return filled
        kinds = self.settings.crossings_out or CROSSINGS_OUT
        kind = cast(CrossingOut, kinds[int(self.rng.integers(len(kinds)))])
        part = cross_out(Desk(self.pixels, page, self.rng, self.person.pen, self.px_per_mm), kind)
        chosen = {(box.question, box.row) for box in page.boxes if part.y <= box.centre[1] <= part.y + part.h}
        return [
            replace(one, truth=None, how="crossed_out") if one.truth and (one.question, one.row) in chosen else one
            for one in filled
        ]

    def write_number(self, page: PageLayout, question: str, empty: bool) -> FilledAnswer:
        """Write a number into its digit boxes, from the right, now and then with leading boxes empty."""
        boxes = sorted((digit for digit in page.digits if digit.question == question), key=lambda digit: digit.index)
        if empty or self.rng.random() >= self.settings.number_written:
            return FilledAnswer(question, None, (), "blank")
        value = str(self.rng.integers(10 ** int(self.rng.integers(1, len(boxes) + 1))))
        for box, digit in zip(boxes[-len(value) :], value, strict=True):
            draw_digit(self.pixels, self._px(box), digit, self.rng, self.person.pen, self.px_per_mm)
        return FilledAnswer(question, None, (), "written", value)

    def _pick_how(self, one: bool) -> How:
        rates = self.settings
        if one:
            if self.rng.random() < rates.two_marks:
                return "two_marks"
            if self.rng.random() < rates.corrected:
                return "corrected"
            if rates.erased and self.rng.random() < rates.erased:
                return "erased"
            if rates.other_correction and self.rng.random() < rates.other_correction:
                return "other_correction"
        if rates.beside and self.rng.random() < rates.beside:
            return "beside"
        if self.rng.random() < rates.partly_outside:
            return "outside"
        if self.rng.random() < rates.long_tail:
            return "tail"
        faint = self.person.pen.faint or self.rng.random() < rates.faint_mark
        return "faint" if faint else "ordinary"

    def _two(self, key: AnswerKey, right: Box, wrong: Box, how: How) -> FilledAnswer:
        """Two boxes marked: one taken back, by the printed rule or struck out; with two_marks both left standing."""
        person = self.person
        self._draw(wrong, "ordinary")
        if how == "corrected":
            by_rule = self.rng.random() < self.settings.corrected_by_rule
            taken_back = Mark("blacken" if by_rule else "strike", person.size * 0.95 if by_rule else 1.0)
            self._ink(wrong, taken_back, person.pen)
        # Someone who fills boxes would leave two filled ones: only a cross tells the right one then
        crosses = how == "corrected" and (person.habit in FILLING or self.rng.random() < 0.7)
        self._draw(right, "ordinary", "cross" if crosses else person.habit)
        return FilledAnswer(*key, (right.option,) if how == "corrected" else None, how)

    def _take_back(self, key: AnswerKey, right: Box, wrong: Box) -> FilledAnswer:
        """A mark taken back as exams teach it: circled, or a line through box and label; at times chosen again."""
        person, rng = self.person, self.rng
        way = rng.choice(["circled", "lined", "again"])
        crossed: MarkKind = "cross" if person.habit in FILLING or person.habit == "circle" else person.habit
        self._draw(wrong, "ordinary", crossed)
        taken_back = Mark("through", 1.0) if way == "lined" else Mark("circle", float(rng.uniform(0.95, 1.15)))
        self._ink(wrong, taken_back, person.pen)
        if way == "again":  # and the second is circled too, the first one blackened: it holds
            self._draw(right, "ordinary", crossed)
            self._ink(right, Mark("circle", 1.0), person.pen)
            self._ink(wrong, Mark("blacken", 0.9), person.pen)
            return FilledAnswer(*key, (wrong.option,), "other_correction")
        if rng.random() < 0.5:
            return FilledAnswer(*key, (), "other_correction")
        self._draw(right, "ordinary", crossed)
        return FilledAnswer(*key, (right.option,), "other_correction")

    def _rub_out(self, box: Box) -> None:
        """What a rubber leaves of a mark: weak, patchy and smeared."""
        left = self.rng.uniform(*self.settings.erased_left)
        weak = replace(self.person.pen, darkness=self.person.pen.darkness * left, roughness=0.6)
        self._ink(box, Mark(self.person.habit, self.person.size), weak)
        smear(self.pixels, self._px(box), self.px_per_mm)

    def _draw(self, box: Box, how: How, kind: MarkKind | None = None) -> None:
        person, rng = self.person, self.rng
        if kind is None:
            kind = _pick_kind(self.settings, rng) if rng.random() < self.settings.other_habit else person.habit
        pen = person.pen
        if how == "faint" and not pen.faint:
            pen = replace(pen, darkness=pen.darkness * rng.uniform(0.3, 0.6), skips=0.3, roughness=0.45)
        spread = person.spread
        dx, dy = rng.normal(0, spread), rng.normal(0, spread)
        size = person.size * float(np.clip(rng.normal(1, 0.1), 0.75, 1.3))
        if how == "outside":
            angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.25, 0.5)
            dx, dy = dx + far * np.cos(angle), dy + far * np.sin(angle)
        if how == "beside":
            dx, dy = rng.choice([-1, 1]) * rng.uniform(1.0, 1.4), rng.normal(0, 0.15)
            kind, size = "cross" if kind == "circle" else kind, 0.7 * size
        if how == "tail":
            kind, size = "tick", rng.uniform(1.7, 2.4)
            dx, dy = dx + 0.15 * size, dy - 0.2 * size
        slant = person.slant_deg + rng.normal(0, 5)
        self._ink(box, Mark(kind, float(size), float(dx), float(dy), float(slant)), pen)

    def _stray(self, boxes: Sequence[Box]) -> bool:
        """Now and then a dot or a short line that means nothing, beside a box and seldom inside one."""
        if self.rng.random() >= self.settings.stray:
            return False
        box = boxes[int(self.rng.integers(len(boxes)))]
        if self.rng.random() < 0.15:
            mark = Mark("dot", 1.0, float(self.rng.uniform(-0.35, 0.35)), float(self.rng.uniform(-0.35, 0.35)))
        else:
            side = self.rng.choice([-1, 1])
            kind: MarkKind = "dot" if self.rng.random() < 0.5 else "dash"
            mark = Mark(kind, 1.0, float(side * self.rng.uniform(0.75, 1.4)), float(self.rng.uniform(-0.8, 0.8)))
        self._ink(box, mark, self.person.pen)
        return True

    def _ink(self, box: Box, mark: Mark, pen: PenStyle) -> None:
        draw_mark(self.pixels, self._px(box), mark, self.rng, pen, self.px_per_mm)

    def _px(self, box: Box | DigitBox) -> tuple[float, float, float, float]:
        scale = self.px_per_mm
        return box.x * scale, box.y * scale, box.w * scale, box.h * scale
