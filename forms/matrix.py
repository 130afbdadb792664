"""The table of a matrix sheet: agencies in rows, several questions side by side, the head repeated on every page.

Questions that do not fit beside one another follow in a further band, which names all agencies again. Levels stand
above their columns by label, or by a short symbol that the head explains. Knows no page and no draw of agencies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Protocol

from forms import blocks
from forms.blocks import Block
from forms.campaign import Head
from forms.drawing import Drawn, Outline, PlacedProse, Prose, Rule, plain
from forms.fonts import BOLD, REGULAR, text_width_mm
from forms.geometry import BODY_LEFT_MM, BODY_RIGHT_MM, BOX_MM, MARGIN_MM, PAGE_W_MM, Rect
from forms.layout import Area, Box
from forms.line_breaks import break_label, evened_mm, settled_mm
from forms.look import BODY_W_MM, LABEL_PT, NORMAL, Look
from forms.questionnaire import Level, Question, Questionnaire
from forms.words import text

NUMBER_MM, NAME_MM = 6.5, 45.5  # the row's number, and the whole column of numbers and names at its narrowest
PITCH_MM, WIDEST_PITCH_MM = 6.8, 10.2  # from box to box: 2.6 mm between two outlines and more
QUESTION_MM, WIDEST_QUESTION_MM = 24.0, 34.0  # room that a question's words want, however few its levels
GAP_MM = 3.4  # between two questions, a rule in the middle: 3 mm from either box, beyond what the reader looks at
ROW_PAD_MM = 0.7
NAME_PT, TITLE_PT, QUESTION_PT, SYMBOL_PT, LEGEND_PT = 9.0, 10.0, 9.0, 9.0, 8.0
HEAD_PAD_MM = 1.2
BAND_GAP_MM = 4.0
TOGETHER = 3  # rows that stay with the head of their band, and at its end with each other
GROUP = 5  # rows between two stronger rules
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
COLUMNS = int((BODY_W_MM - NAME_MM - GAP_MM) / PITCH_MM)  # of one question, at most


class Flow(Protocol):
    """Where blocks go: those added together stay on one page, `repeat` begins every new one."""

    repeat: tuple[Block, ...]

    def add(self, *together: Block) -> None: ...  # noqa: D102


@dataclass(frozen=True)
class Columns:
    """One question's part of the table, `x` its left edge; `heads` stand above the levels, `is_short`: as symbols."""

    section: str
    question: Question
    number: int
    levels: tuple[Level, ...]
    x: float
    width: float
    heads: tuple[str, ...]
    is_short: bool

    @property
    def pitch(self) -> float:
        """From one level's box to the next, mm."""
        return _pitch(self.width, self.levels)

    @cached_property
    def centres(self) -> list[float]:
        """The x of the middle of each level's box."""
        first = self.x + self.width / 2 - self.pitch * (len(self.levels) - 1) / 2
        return [first + place * self.pitch for place in range(len(self.levels))]


Band = tuple[Columns, ...]


def add_matrix(flow: Flow, head: Head, asked: Questionnaire, numbers: Mapping[str, int], look: Look = NORMAL) -> None:
    """The notes, every band with the rows of the sheet's agencies, then what is asked once."""
    for note in _notes(head):
        flow.add(blocks.prose_block(Prose(f"<i>{plain(note)}</i>", look.text_pt), 0.5, 0.5))
    for band in make_bands(asked, numbers):
        top = _head_block(band, head.lang)
        size = _name_pt(band, [name for _, name in head.rated], look)
        rows = [_row_block(band, number, *rated, size, look.row_min) for number, rated in enumerate(head.rated, 1)]
        last = max(TOGETHER, len(rows) - TOGETHER)
        flow.repeat = ()
        flow.add(blocks.prose_block(Prose(""), BAND_GAP_MM), top, *rows[:TOGETHER])
        flow.repeat = (top,)
        for row in rows[TOGETHER:last]:
            flow.add(row)
        if rows[last:]:
            flow.add(*rows[last:])
    flow.repeat = ()
    _add_texts(flow, asked, dict(numbers), head.lang)


def _notes(head: Head) -> Iterator[str]:
    if len(head.rated) < head.rated_of:
        yield text("matrix.subset", head.lang, rated=len(head.rated), all=head.rated_of)
    if head.leaves_out_own:
        yield text("matrix.own_left_out", head.lang)


def _add_texts(flow: Flow, asked: Questionnaire, numbers: dict[str, int], lang: str) -> None:
    for section in asked.sections:
        questions = [question for question in section.questions if question.kind == "text"]
        title = Prose(plain(section.title), NORMAL.title_pt, bold=True)
        waiting: tuple[Block, ...] = (blocks.prose_block(title, NORMAL.title_gap, 0.3),)
        if len(questions) < len(section.questions):
            waiting = ()  # the title stands in the table
        for question in questions:
            flow.add(*waiting, blocks.text_block(asked, question, numbers, lang))
            waiting = ()


def make_bands(asked: Questionnaire, numbers: Mapping[str, int]) -> tuple[Band, ...]:
    """The questions cut into as few bands as their columns need, the bands as even as can be."""
    wanted = [
        (section.title, question, numbers[question.code], asked.levels(question))
        for section in asked.sections
        for question in section.questions
        if question.kind == "one"
    ]
    if not wanted:
        return ()
    fewest = len(_cut(wanted, len(wanted)))
    most = next(most for most in range(1, len(wanted) + 1) if len(_cut(wanted, most)) == fewest)
    return tuple(_place(band) for band in _cut(wanted, most))


_Wanted = tuple[str, Question, int, tuple[Level, ...]]


def _cut(wanted: Iterable[_Wanted], most: int) -> list[list[_Wanted]]:
    """Bands of at most so many questions, filled in order."""
    bands: list[list[_Wanted]] = []
    left_mm = 0.0
    for one in wanted:
        width = _least_mm(one[3]) + GAP_MM
        if not bands or len(bands[-1]) == most or width > left_mm + 1e-6:
            bands.append([])
            left_mm = BODY_W_MM - NAME_MM
        bands[-1].append(one)
        left_mm -= width
    return bands


def _least_mm(levels: tuple[Level, ...]) -> float:
    return max(len(levels) * PITCH_MM, QUESTION_MM)


def _pitch(width: float, levels: tuple[Level, ...]) -> float:
    return min(WIDEST_PITCH_MM, width / len(levels))


def _place(band: list[_Wanted]) -> Band:
    """Questions up to the right edge; room that is left widens them first, then the names."""
    least = [_least_mm(levels) for *_, levels in band]
    left_mm = BODY_W_MM - NAME_MM - GAP_MM * len(band) - sum(least)
    widths = [
        max(mm, min(mm + left_mm * mm / sum(least), max(WIDEST_QUESTION_MM, len(levels) * WIDEST_PITCH_MM)))
        for mm, (*_, levels) in zip(least, band, strict=True)
    ]
    x = BODY_RIGHT_MM - sum(widths) - GAP_MM * (len(band) - 1)
    placed = []
    for width, (section, question, number, levels) in zip(widths, band, strict=True):
        heads = tuple(level.label for level in levels)
        is_short = not all(_lines(label, _pitch(width, levels)) for label in heads)
        if is_short:
            heads = _symbols(levels, _pitch(width, levels))
        placed.append(Columns(section, question, number, levels, x, width, heads, is_short))
        x += width + GAP_MM
    return tuple(placed)


def _lines(label: str, pitch: float) -> list[str] | None:
    return break_label(label, pitch - 0.8, LABEL_PT)


def _symbols(levels: tuple[Level, ...], pitch: float) -> tuple[str, ...]:
    """The levels' codes, or letters where a code is wider than its column."""
    codes = tuple(level.code for level in levels)
    if all(text_width_mm(code, BOLD, SYMBOL_PT) <= pitch - 1.0 for code in codes):
        return codes
    return tuple(_LETTERS[place] for place in range(len(levels)))


def _head_block(band: Band, lang: str) -> Block:
    """Section titles over question texts over level heads; at the left what the symbols mean."""
    titles = [(list(run), title) for title, run in groupby(band, lambda columns: columns.section)]
    shown = [
        (Prose(plain(title), TITLE_PT, bold=True, align="centre"), run[0].x, run[-1].x + run[-1].width - run[0].x)
        for run, title in titles
    ]
    title_mm = max(prose.height_mm(width) for prose, _, width in shown)
    asked = [
        Prose(f"<b>{columns.number}.</b> {plain(columns.question.text)}", QUESTION_PT, align="centre")
        for columns in band
    ]
    question_mm = max(prose.height_mm(columns.width) for prose, columns in zip(asked, band, strict=True))
    head_mm = max(prose.height_mm(columns.pitch) for columns in band for prose in _head_proses(columns))
    legend = _legend(band, lang)
    name_mm = band[0].x - GAP_MM - BODY_LEFT_MM
    text_mm = title_mm + question_mm + head_mm + 4 * HEAD_PAD_MM
    bottom = max(text_mm, legend.height_mm(name_mm) + 2 * HEAD_PAD_MM)
    question_y = HEAD_PAD_MM + title_mm + HEAD_PAD_MM
    drawn: list[Drawn] = [Rule(BODY_LEFT_MM, 0, BODY_RIGHT_MM, 0, 0.3)]
    drawn.append(PlacedProse(legend, BODY_LEFT_MM, bottom - HEAD_PAD_MM - legend.height_mm(name_mm), name_mm))
    for prose, x, width in shown:
        drawn.append(PlacedProse(prose, x, HEAD_PAD_MM / 2 + title_mm - prose.height_mm(width), width))
        end = min(BODY_RIGHT_MM, x + width + GAP_MM / 2)
        drawn.append(Rule(x - GAP_MM / 2, question_y - HEAD_PAD_MM / 2, end, question_y - HEAD_PAD_MM / 2))
    for prose, columns in zip(asked, band, strict=True):
        room = bottom - head_mm - HEAD_PAD_MM - question_y
        y = question_y + (room - prose.height_mm(columns.width)) / 2
        width = evened_mm(prose, columns.width)
        drawn.append(PlacedProse(prose, columns.x + (columns.width - width) / 2, y, width))
        drawn += _level_heads(columns, bottom - HEAD_PAD_MM / 2)
    drawn += _separators(band, bottom, question_y - HEAD_PAD_MM / 2)
    drawn.append(Rule(BODY_LEFT_MM, bottom, BODY_RIGHT_MM, bottom, 0.3))
    return Block(bottom, tuple(drawn))


def _head_proses(columns: Columns) -> Iterator[Prose]:
    size = SYMBOL_PT if columns.is_short else LABEL_PT
    for head in columns.heads:
        lines = [head] if columns.is_short else _lines(head, columns.pitch) or [head]
        yield Prose("<br/>".join(map(plain, lines)), size, bold=columns.is_short, align="centre")


def _level_heads(columns: Columns, bottom: float) -> Iterator[Drawn]:
    for centre, prose in zip(columns.centres, _head_proses(columns), strict=True):
        y = bottom - prose.height_mm(columns.pitch)
        yield PlacedProse(prose, centre - columns.pitch / 2, y, columns.pitch)


def _legend(band: Band, lang: str) -> Prose:
    """What the symbols mean, one line a level where all questions share them, and the title of the names."""
    short = [columns for columns in band if columns.is_short]
    lines = []
    scales = [(list(run), levels) for levels, run in groupby(short, lambda columns: columns.levels)]
    for run, levels in scales:
        meanings = [
            f"<b>{plain(symbol)}</b> = {plain(level.label)}" for symbol, level in zip(run[0].heads, levels, strict=True)
        ]
        if len(scales) == 1 and len(short) == len(band):
            lines += meanings
        else:
            questions = ", ".join(str(columns.number) for columns in run)
            lines.append(f"{plain(text('matrix.legend', lang, questions=questions))} {'; '.join(meanings)}")
    title = f"<b>{plain(text('matrix.agencies', lang))}</b>"
    return Prose("<br/>".join([*lines, title]), LEGEND_PT)


def _separators(band: Band, height: float, joined_mm: float = 0.0) -> Iterator[Rule]:
    """The rules between questions; under a section's common title they begin that far down."""
    section = ""
    for columns in band:
        x = columns.x - GAP_MM / 2
        yield Rule(x, joined_mm if columns.section == section else 0.0, x, height)
        section = columns.section


def _names_mm(band: Band) -> float:
    return band[0].x - GAP_MM - BODY_LEFT_MM - NUMBER_MM


def _name_pt(band: Band, names: list[str], look: Look) -> float:
    """The size of names: as the look has it where that breaks none of them, else less, but NAME_PT at least."""
    largest = min(look.text_pt - 1, NAME_PT + 1)
    sizes = (size for size in (NAME_PT + 1, NAME_PT + 0.5) if size <= largest)
    longest = max(names, key=lambda name: text_width_mm(name, REGULAR, NAME_PT))
    return next((size for size in sizes if text_width_mm(longest, REGULAR, size) <= _names_mm(band)), NAME_PT)


def _row_block(band: Band, number: int, code: str, name: str, size: float, least_mm: float) -> Block:
    """One agency: its number and name, the boxes of every question of the band, a line below."""
    ordinal, prose = Prose(f"{number}.", size), Prose(plain(name), size)
    name_mm = settled_mm(prose, _names_mm(band))
    name_h = prose.height_mm(name_mm)
    height = max(least_mm, name_h + 2 * ROW_PAD_MM)
    y = round((height - BOX_MM) / 2, 3)
    boxes = tuple(
        Box(columns.question.code, code, level.code, round(x - BOX_MM / 2, 3), y, BOX_MM, BOX_MM)
        for columns in band
        for x, level in zip(columns.centres, columns.levels, strict=True)
    )
    drawn: tuple[Drawn, ...] = (
        PlacedProse(ordinal, BODY_LEFT_MM, (height - name_h) / 2, NUMBER_MM),
        PlacedProse(prose, BODY_LEFT_MM + NUMBER_MM, (height - name_h) / 2, name_mm),
        *(Outline(Rect(box.x, box.y, box.w, box.h)) for box in boxes),
        *_separators(band, height),
        Rule(BODY_LEFT_MM, height, BODY_RIGHT_MM, height, 0.1 if number % GROUP else 0.35),
    )
    return Block(height, drawn, boxes, areas=tuple(_areas(band, code, height)))


def _areas(band: Band, code: str, height: float) -> Iterator[Area]:
    """The agency's name is every question's, the columns are each question's own, up to the rules between them."""
    edges = [columns.x - GAP_MM / 2 for columns in band]
    ends = [*edges[1:], PAGE_W_MM - MARGIN_MM]
    for columns, left, right in zip(band, edges, ends, strict=True):
        asked = columns.question.code
        yield Area(asked, code, MARGIN_MM, 0.0, round(edges[0] - MARGIN_MM, 3), round(height, 3))
        yield Area(asked, code, round(left, 3), 0.0, round(right - left, 3), round(height, 3))
