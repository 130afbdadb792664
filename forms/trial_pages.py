"""How the two pages of the trial sheet are drawn: samples beside boxes, rulers, grey steps. Knows no campaign."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from forms.compose import PagePlan
from forms.drawing import Drawn, Mark, Outline, Patch, PlacedProse, Prose, Rule, plain
from forms.fonts import REGULAR, text_width_mm
from forms.geometry import BODY_LEFT_MM, BODY_RIGHT_MM, BODY_TOP_MM, BOX_MM, DIGIT_H_MM, DIGIT_W_MM, Rect
from forms.layout import Box, DigitBox, PageLayout, TextRegion
from forms.words import text

OPTIONS = "ABCDE"
RULER_MM = 100
GREYS = tuple(step / 10 for step in range(1, 10))
_BODY_W_MM = BODY_RIGHT_MM - BODY_LEFT_MM
_SAMPLE_X_MM, _SAMPLE_STEP_MM, _SAMPLE_MM = 97.0, 5.6, 3.2
_BOX_X_MM, _BOX_STEP_MM = 135.0, 12.2  # a label between two boxes is 3 mm from both, out of the reader's sight
_ROW_MM = 11.0
_CORNERS = (("1", 32.0, 39.0), ("2", 181.8, 39.0), ("3", 32.0, 255.0), ("4", 181.8, 255.0))
_WEDGE = Rect(62.0, 206.0, 117.0, 14.0)
_ACROSS_MM, _DOWN_MM = (62.0, 180.0), (42.0, 151.0)  # where the rulers begin


class Asked(Protocol):
    """One line of the sheet, as forms/trial says it."""

    @property
    def question(self) -> str: ...  # noqa: D102
    @property
    def action(self) -> str: ...  # noqa: D102
    @property
    def options(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def wrong(self) -> str: ...  # noqa: D102
    def asked(self, lang: str | None = None) -> str: ...  # noqa: D102


@dataclass
class _Page:
    """A page as it grows downwards from `y`, mm."""

    lang: str
    y: float = BODY_TOP_MM
    drawn: list[Drawn] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    digits: list[DigitBox] = field(default_factory=list)
    texts: list[TextRegion] = field(default_factory=list)

    def say(self, prose: Prose, x: float = BODY_LEFT_MM, width: float = _BODY_W_MM, after: float = 0.0) -> None:
        """A paragraph below what is there."""
        self.drawn.append(PlacedProse(prose, x, self.y, width))
        self.y += prose.height_mm(width) + after

    def put(self, prose: Prose, x: float, y: float, width: float) -> None:
        """A paragraph somewhere."""
        self.drawn.append(PlacedProse(prose, x, y, width))

    def box(self, question: str, option: str, x: float, y: float) -> None:
        """A box to be marked."""
        self.boxes.append(Box(question, None, option, round(x, 3), round(y, 3), BOX_MM, BOX_MM))
        self.drawn.append(Outline(Rect(round(x, 3), round(y, 3), BOX_MM, BOX_MM)))

    def section(self, key: str, columns: bool = False) -> None:
        """A title over a line; with `columns` also what stands above samples and boxes."""
        self.y += 4.0
        self.put(
            Prose(plain(text(key, self.lang)), 11.0, bold=True), BODY_LEFT_MM, self.y, 70.0 if columns else _BODY_W_MM
        )
        if columns:
            width = _SAMPLE_STEP_MM * len(OPTIONS)
            self.put(Prose(plain(text("trial.sample", self.lang)), 9.0, align="centre"), _SAMPLE_X_MM, self.y, width)
            self.put(
                Prose(plain(text("trial.here", self.lang)), 9.0, bold=True, align="centre"),
                _BOX_X_MM,
                self.y,
                BODY_RIGHT_MM - _BOX_X_MM,
            )
        self.y += 6.2
        self.drawn.append(Rule(BODY_LEFT_MM, self.y, BODY_RIGHT_MM, self.y, 0.25))

    def plan(self, number: int) -> PagePlan:
        """The page as forms/pdf prints it."""
        layout = PageLayout(number, tuple(self.boxes), tuple(self.digits), tuple(self.texts))
        return PagePlan(tuple(self.drawn), layout)


def front_page(tasks: Sequence[Asked], lang: str) -> tuple[PagePlan, float]:
    """The front, and where its subtitle goes, mm: what to do, marks of every kind, digits."""
    page = _Page(lang)
    page.y += 3.0
    page.say(Prose(plain(text("trial.title", lang)), 20.0, bold=True, align="centre"), after=1.0)
    subtitle_y_mm = page.y
    page.y += 9.0
    page.say(Prose(plain(text("trial.intro", lang)), 10.0, align="justify"), after=3.0)
    _steps(page)
    page.section("trial.section_marks", columns=True)
    for task in tasks:
        if task.action not in ("digits", "no_digits"):
            _mark_row(page, task)
    page.section("trial.section_numbers")
    for task in tasks:
        if task.action in ("digits", "no_digits"):
            _digit_row(page, task)
    _notes(page)
    return page.plan(1), subtitle_y_mm


def back_page(tasks: Sequence[Asked], lang: str) -> PagePlan:
    """The back: boxes in the four corners, more marks, words, rulers and grey steps."""
    page = _Page(lang)
    page.y += 2.0
    page.say(Prose(plain(text("trial.back", lang)), 14.0, bold=True, align="centre"), after=2.0)
    corners, *rest = tasks
    page.section("trial.section_corners")
    page.y += 1.6
    page.put(_numbered(corners, lang), BODY_LEFT_MM, page.y, _BODY_W_MM)
    page.y += 5.0
    _corner_boxes(page, corners)
    page.section("trial.section_more", columns=True)
    for task in rest:
        if task.action in ("cross", "empty"):
            _mark_row(page, task)
    page.section("trial.section_text")
    for task in rest:
        if task.action in ("words", "no_words"):
            _word_row(page, task)
    page.section("trial.section_rulers")
    _rulers(page)
    _wedge(page)
    return page.plan(2)


def wedge_patches() -> Iterable[tuple[float, Rect]]:
    """The grey steps of the back: how dark (0..1), and where."""
    width = _WEDGE.w / len(GREYS)
    for place, grey in enumerate(GREYS):
        yield grey, Rect(_WEDGE.x + place * width, _WEDGE.y, width, _WEDGE.h)


def _steps(page: _Page) -> None:
    top = page.y
    page.y += 2.6
    for number, step in enumerate(("print", "rule", "mark", "scan", "check"), 1):
        markup = text(f"trial.step_{step}", page.lang)
        page.say(Prose(markup, 10.0, bullet=f"{number}."), BODY_LEFT_MM + 4, _BODY_W_MM - 8, after=1.0)
    page.y += 2.0
    page.drawn.append(Outline(Rect(BODY_LEFT_MM, top, _BODY_W_MM, page.y - top)))


def _numbered(task: Asked, lang: str) -> Prose:
    return Prose(plain(task.asked(lang)), 10.0, bullet=f"{task.question}.")


def _mark_row(page: _Page, task: Asked) -> None:
    """An instruction, the same boxes as they shall look, and the boxes to mark."""
    prose = _numbered(task, page.lang)
    width = _SAMPLE_X_MM - BODY_LEFT_MM - 3
    page.put(prose, BODY_LEFT_MM, page.y + (_ROW_MM - prose.height_mm(width)) / 2, width)
    for place, option in enumerate(OPTIONS):
        sample = Rect(
            _SAMPLE_X_MM + place * _SAMPLE_STEP_MM + (_SAMPLE_STEP_MM - _SAMPLE_MM) / 2,
            page.y + (_ROW_MM - _SAMPLE_MM) / 2,
            _SAMPLE_MM,
            _SAMPLE_MM,
        )
        page.drawn.append(Outline(sample, 0.1, _sample_mark(task, option)))
        x, y = _BOX_X_MM + place * _BOX_STEP_MM, page.y + (_ROW_MM - BOX_MM) / 2
        page.put(Prose(option, 8.5, align="centre"), x - 6.0, y + 0.3, 4.0)
        page.box(task.question, option, x, y)
    page.y += _ROW_MM
    page.drawn.append(Rule(BODY_LEFT_MM, page.y, BODY_RIGHT_MM, page.y))


def _sample_mark(task: Asked, option: str) -> Mark:
    marks: dict[str, Mark] = {
        "cross": "cross",
        "tick": "tick",
        "fill": "fill",
        "circle": "circle",
        "corrected": "cross",
    }
    if option == task.wrong:
        return "fill"
    return marks.get(task.action, "") if option in task.options else ""


def _digit_row(page: _Page, task: Asked) -> None:
    height = DIGIT_H_MM + 3.4
    prose = _numbered(task, page.lang)
    page.put(prose, BODY_LEFT_MM, page.y + (height - prose.height_mm(90)) / 2, 90)
    for place in range(4):
        x, y = BODY_RIGHT_MM - (4 - place) * DIGIT_W_MM, page.y + 1.7
        page.digits.append(DigitBox(task.question, place, round(x, 3), round(y, 3), DIGIT_W_MM, DIGIT_H_MM))
        page.drawn.append(Outline(Rect(round(x, 3), round(y, 3), DIGIT_W_MM, DIGIT_H_MM)))
    page.y += height
    page.drawn.append(Rule(BODY_LEFT_MM, page.y, BODY_RIGHT_MM, page.y))


def _notes(page: _Page) -> None:
    """Dotted places for what was tried out; no machine reads them."""
    page.section("trial.section_notes")
    page.y += 2.0
    half = (_BODY_W_MM - 6) / 2
    for place, name in enumerate(("printer", "scanner", "pen", "date")):
        x, y = BODY_LEFT_MM + place % 2 * (half + 6), page.y + place // 2 * 9.0
        label = plain(text(f"trial.note_{name}", page.lang))
        page.put(Prose(label, 10.0), x, y, half)
        page.drawn.append(Rule(x + text_width_mm(label, REGULAR, 10.0) + 2, y + 4.6, x + half, y + 4.6))


def _corner_boxes(page: _Page, task: Asked) -> None:
    for option, x, y in _CORNERS:
        page.box(task.question, option, x, y)
        label = x + BOX_MM + 3.0 if x < BODY_LEFT_MM + _BODY_W_MM / 2 else x - 5.0
        page.put(Prose(option, 9.0, bold=True), label, y + 0.2, 4.0)


def _word_row(page: _Page, task: Asked) -> None:
    page.put(_numbered(task, page.lang), BODY_LEFT_MM, page.y + 4.2, 62.0)
    x = BODY_LEFT_MM + 64
    region = TextRegion(task.question, x, round(page.y + 1.0, 3), BODY_RIGHT_MM - x, 9.0)
    page.texts.append(region)
    page.drawn.append(Rule(x, region.y + region.h, BODY_RIGHT_MM, region.y + region.h))
    page.y += 10.4


def _rulers(page: _Page) -> None:
    """One ruler across, one down, in mm; long lines every 5 and 10."""
    (x0, y0), (x1, y1) = _ACROSS_MM, _DOWN_MM
    page.drawn.append(Rule(x0, y0, x0 + RULER_MM, y0, 0.2))
    page.drawn.append(Rule(x1, y1, x1, y1 + RULER_MM, 0.2))
    for mm in range(RULER_MM + 1):
        length = 5.0 if mm % 10 == 0 else 3.5 if mm % 5 == 0 else 2.0
        line_mm = 0.2 if mm % 5 == 0 else 0.1
        page.drawn.append(Rule(x0 + mm, y0 - length, x0 + mm, y0, line_mm))
        page.drawn.append(Rule(x1 - length, y1 + mm, x1, y1 + mm, line_mm))
        if mm % 10 == 0:
            label = Prose(str(mm), 7.0, align="centre")
            page.put(label, x0 + mm - 5, y0 + 0.6, 10.0)
            page.put(label, x1 + 0.2, y1 + mm - 1.6, 6.0)
    words = Prose(plain(text("trial.ruler_words", page.lang)), 9.0)
    page.put(Prose(plain(text("trial.ruler", page.lang)), 9.0, bold=True), x0 + RULER_MM + 4, y0 - 4.5, 20.0)
    page.put(words, x0, y0 - 15.0, BODY_RIGHT_MM - x0)


def _wedge(page: _Page) -> None:
    for grey, rect in wedge_patches():
        page.drawn.append(Patch(rect, grey))
        page.put(Prose(f"{round(100 * grey)} %", 7.0, align="centre"), rect.x, rect.y + rect.h + 0.6, rect.w)
    words = Prose(plain(text("trial.wedge", page.lang)), 9.0)
    page.put(words, _WEDGE.x, _WEDGE.y + _WEDGE.h + 5.0, BODY_RIGHT_MM - _WEDGE.x)
