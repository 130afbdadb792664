"""The parts of a sheet that never split over two pages: section titles, table rows, lists of options, free text.

Every block is drawn as if it began at the top of a page (y = 0) and is moved down by the flow in forms/compose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from forms.drawing import DOT_MM, Drawn, Outline, PlacedProse, Prose, Rule, move, plain
from forms.fonts import REGULAR, text_width_mm
from forms.geometry import BODY_LEFT_MM, BODY_RIGHT_MM, BOX_MM, DIGIT_H_MM, DIGIT_W_MM, MARGIN_MM, PAGE_W_MM, Rect
from forms.layout import Area, Box, DigitBox, TextRegion
from forms.line_breaks import break_label, evened_mm, settled_mm, torn_pairs
from forms.look import BODY_W_MM, LABEL_PT, NORMAL, Look
from forms.questionnaire import Level, Question, Questionnaire
from forms.skip_words import skip_words
from forms.words import text

SPECIFY_MM = 60.0  # less room beside a label is none to write in
SPECIFY_LINE_MM = 8.0
OPTION_LABEL_MM = BOX_MM + 3.0  # from the left edge of a box to its label
OPTION_TOP_MM = 1.4
CLEAR_MM = 2.8  # the reader looks 2.25 mm around a box for a circle
HEAD_GAP_MM = 0.9  # between labels of neighbouring columns
COLUMNS_GAP_MM = 2.6  # between a question and its columns of boxes


Placed = TypeVar("Placed", Box, DigitBox, TextRegion, Area)


@dataclass(frozen=True)
class Block:
    """What is drawn and read in one piece; `height` in mm. `part`: of a table, whose head is every row's below it."""

    height: float
    drawn: tuple[Drawn, ...] = ()
    boxes: tuple[Box, ...] = ()
    digits: tuple[DigitBox, ...] = ()
    texts: tuple[TextRegion, ...] = ()
    areas: tuple[Area, ...] = ()
    part: Literal["", "head", "row"] = ""

    def moved(self, down_mm: float, right_mm: float = 0.0) -> Block:
        """The same block further down the page, and to the right."""

        def placed(part: Placed) -> Placed:
            return replace(part, x=round(part.x + right_mm, 3), y=round(part.y + down_mm, 3))

        return Block(
            self.height,
            tuple(move(drawn, down_mm, right_mm) for drawn in self.drawn),
            tuple(map(placed, self.boxes)),
            tuple(map(placed, self.digits)),
            tuple(map(placed, self.texts)),
            tuple(map(placed, self.areas)),
            self.part,
        )


def prose_block(prose: Prose, before: float = 0.0, after: float = 0.0) -> Block:
    """A paragraph over the whole body, with space before and after, mm."""
    height = before + prose.height_mm(BODY_W_MM) + after
    return Block(height, (PlacedProse(prose, BODY_LEFT_MM, before, BODY_W_MM),))


def section_block(title: str, look: Look = NORMAL) -> Block:
    """The title of a section whose first question stands in no table."""
    return prose_block(Prose(plain(title), look.title_pt, bold=True), look.title_gap, 0.3)


def fits_table(levels: tuple[Level, ...], look: Look = NORMAL) -> bool:
    """Whether the levels can stand above narrow columns: few, without words to write, no word wider than its column."""
    if look.large or not 2 <= len(levels) <= 7 or any(level.specify for level in levels):
        return False
    return _label_pt(levels, look) is not None


def _label_pt(levels: tuple[Level, ...], look: Look) -> float | None:
    """The size at which every label fits its column and fewest compounds are torn apart; None where none does."""
    width = column_mm(levels, look) - HEAD_GAP_MM
    torn = {}
    for size in (look.label_pt, 8.0, LABEL_PT):
        broken = [break_label(level.label, width, size) for level in levels]
        if size <= look.label_pt and None not in broken:
            torn[size] = sum(torn_pairs(lines) for lines in broken if lines)
    return min(torn, key=lambda size: (torn[size], -size), default=None)


def column_mm(levels: tuple[Level, ...], look: Look = NORMAL) -> float:
    """The width of one column of boxes."""
    return min(look.column_mm, look.columns_mm / len(levels))


def column_centres(levels: tuple[Level, ...], look: Look = NORMAL) -> list[float]:
    """The x of the centre of each column, the last one at the right edge of the body."""
    width = column_mm(levels, look)
    return [BODY_RIGHT_MM - width * (len(levels) - index - 0.5) for index in range(len(levels))]


def table_head_block(levels: tuple[Level, ...], title: str = "", look: Look = NORMAL) -> Block:
    """The labels above the columns, and the section's title beside them; repeated where a table goes on."""
    width = column_mm(levels, look)
    label_w = width - HEAD_GAP_MM
    heading = Prose(plain(title), look.title_pt, bold=True)
    size = _label_pt(levels, look) or LABEL_PT
    labels = [Prose(_label_markup(level.label, label_w, size), size, align="centre") for level in levels]
    title_width = BODY_W_MM - width * len(levels) - COLUMNS_GAP_MM
    title_width = evened_mm(heading, title_width) if title else title_width
    height = max(*(label.height_mm(label_w) for label in labels), heading.height_mm(title_width) if title else 0)
    bottom = look.title_gap + height
    drawn: list[Drawn] = [
        PlacedProse(label, centre - label_w / 2, bottom - label.height_mm(label_w), label_w)
        for label, centre in zip(labels, column_centres(levels, look), strict=True)
    ]
    if title:
        drawn.append(PlacedProse(heading, BODY_LEFT_MM, bottom - heading.height_mm(title_width), title_width))
    drawn.append(Rule(BODY_LEFT_MM, bottom + 1.0, BODY_RIGHT_MM, bottom + 1.0, 0.35))
    return Block(bottom + 1.0, tuple(drawn), areas=(_whole_area("", bottom + 1.0),), part="head")


def _label_markup(label: str, width_mm: float, size_pt: float) -> str:
    return "<br/>".join(map(plain, break_label(label, width_mm, size_pt) or [label]))


def table_row_block(
    asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str, look: Look = NORMAL
) -> Block:
    """One question of a table: its text on the left, its boxes in the columns, a thin line below."""
    levels = asked.levels(question)
    width = BODY_W_MM - column_mm(levels, look) * len(levels) - COLUMNS_GAP_MM
    prose = _question_prose(asked, question, numbers, lang, look)
    width = settled_mm(prose, width)
    height = max(look.row_min, prose.height_mm(width) + 2 * look.row_pad)
    top = (height - prose.height_mm(width)) / 2
    boxes = tuple(
        _box(question, level, centre - BOX_MM / 2, (height - BOX_MM) / 2)
        for level, centre in zip(levels, column_centres(levels, look), strict=True)
    )
    drawn: tuple[Drawn, ...] = (
        PlacedProse(prose, BODY_LEFT_MM, top, width),
        *(Outline(Rect(box.x, box.y, box.w, box.h)) for box in boxes),
        Rule(BODY_LEFT_MM, height, BODY_RIGHT_MM, height),
    )
    return Block(height, drawn, boxes, areas=(_whole_area(question.code, height),), part="row")


def _whole_area(question: str, height: float) -> Area:
    """What belongs to a question that has the whole width of the page to itself."""
    return Area(question, None, MARGIN_MM, 0.0, PAGE_W_MM - 2 * MARGIN_MM, round(height, 3))


def list_block(
    asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str, look: Look = NORMAL
) -> Block:
    """A question with its options below it, each after its box, in two columns where they fit."""
    prose = _question_prose(asked, question, numbers, lang, look)
    top = look.row_pad + 0.4
    y = top + prose.height_mm(BODY_W_MM) + max(1.2, look.row_pad)
    parts = [Block(y, (PlacedProse(prose, BODY_LEFT_MM, top, settled_mm(prose, BODY_W_MM)),))]
    levels = asked.levels(question)
    half = (BODY_W_MM - look.bullet_mm) / 2
    narrow = all(
        text_width_mm(level.label, REGULAR, look.text_pt) <= half - OPTION_LABEL_MM - CLEAR_MM
        for level in levels
        if not level.specify
    )
    width = half if narrow else 2 * half
    for row in _option_rows(levels, 2 if narrow else 1):
        block = _specify_row(question, row[0], look) if row[0].specify else _option_row(question, row, width, look)
        parts.append(block.moved(y))
        y += block.height
    height = y + look.row_pad
    return replace(join_blocks(height, parts), areas=(_whole_area(question.code, height),))


def join_blocks(height: float, parts: Iterable[Block]) -> Block:
    """Blocks that already stand where they belong as one block of that height, mm."""
    parts = list(parts)
    return Block(
        height,
        tuple(drawn for part in parts for drawn in part.drawn),
        tuple(box for part in parts for box in part.boxes),
        tuple(digit for part in parts for digit in part.digits),
        tuple(region for part in parts for region in part.texts),
        tuple(area for part in parts for area in part.areas),
    )


def _option_rows(levels: Iterable[Level], columns: int) -> Iterator[list[Level]]:
    """Options in printed order, so many a row; one that asks for words has a row of its own."""
    row: list[Level] = []
    for level in levels:
        if row and (level.specify or len(row) == columns):
            yield row
            row = []
        row.append(level)
        if level.specify:
            yield row
            row = []
    if row:
        yield row


def _option_row(question: Question, levels: Iterable[Level], width: float, look: Look) -> Block:
    """Options beside each other in columns of that width, each label after its box."""
    parts, row_mm = [], look.option_mm
    for place, level in enumerate(levels):
        x = BODY_LEFT_MM + look.bullet_mm + place * width
        label, label_w = Prose(plain(level.label), look.text_pt), width - OPTION_LABEL_MM - CLEAR_MM
        row_mm = max(row_mm, label.height_mm(label_w) + CLEAR_MM)
        parts.append(_option(question, level, label, x, OPTION_TOP_MM, label_w, look))
    return join_blocks(row_mm, parts)


def _option(question: Question, level: Level, label: Prose, x: float, y: float, width: float, look: Look) -> Block:
    top = y + (BOX_MM - look.line_height_mm) / 2
    drawn = (Outline(Rect(x, y, BOX_MM, BOX_MM)), PlacedProse(label, x + OPTION_LABEL_MM, top, width))
    return Block(0, drawn, (_box(question, level, x, y),))


def _specify_row(question: Question, level: Level, look: Look) -> Block:
    """An option and a dotted line for the words it asks for: beside the label, or below it where the label is long."""
    x, y = BODY_LEFT_MM + look.bullet_mm, SPECIFY_LINE_MM - BOX_MM + 0.2
    label = Prose(plain(level.label), look.text_pt)
    left = x + OPTION_LABEL_MM
    start, line_y = left + text_width_mm(level.label, REGULAR, look.text_pt) + 2.5, y + BOX_MM
    if BODY_RIGHT_MM - start < SPECIFY_MM:
        start, line_y = left, y + label.height_mm(BODY_RIGHT_MM - left) + SPECIFY_LINE_MM
    option = _option(question, level, label, x, y, BODY_RIGHT_MM - left, look)
    place = (round(start, 3), round(line_y - SPECIFY_LINE_MM, 3), round(BODY_RIGHT_MM - start, 3), SPECIFY_LINE_MM)
    line = Rule(start, line_y, BODY_RIGHT_MM, line_y, DOT_MM, dotted=True)
    region = TextRegion(question.code, *place, option=level.code)
    return Block(line_y + look.option_mm - BOX_MM - OPTION_TOP_MM, (*option.drawn, line), option.boxes, texts=(region,))


def number_block(
    asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str, look: Look = NORMAL
) -> Block:
    """A question answered by a number in digit boxes."""
    prose = _question_prose(asked, question, numbers, lang, look)
    width = BODY_W_MM - question.digits * DIGIT_W_MM - 4
    height = max(prose.height_mm(width), DIGIT_H_MM) + 4
    left = BODY_RIGHT_MM - question.digits * DIGIT_W_MM
    digits = tuple(
        DigitBox(question.code, index, round(left + index * DIGIT_W_MM, 3), 2.0, DIGIT_W_MM, DIGIT_H_MM)
        for index in range(question.digits)
    )
    outlines = (Outline(Rect(digit.x, digit.y, digit.w, digit.h)) for digit in digits)
    return Block(height, (PlacedProse(prose, BODY_LEFT_MM, 2.0, width), *outlines), digits=digits)


def text_block(
    asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str, look: Look = NORMAL
) -> Block:
    """A question answered in free words on dotted lines."""
    prose = _question_prose(asked, question, numbers, lang, look)
    top = look.row_pad + prose.height_mm(BODY_W_MM) + 1.0
    height = question.lines * look.line_mm
    rules = (
        Rule(BODY_LEFT_MM, top + line * look.line_mm, BODY_RIGHT_MM, top + line * look.line_mm, DOT_MM, dotted=True)
        for line in range(1, question.lines + 1)
    )
    region = TextRegion(question.code, BODY_LEFT_MM, round(top, 3), BODY_W_MM, height)
    return Block(
        top + height + 1.0,
        (PlacedProse(prose, BODY_LEFT_MM, look.row_pad, settled_mm(prose, BODY_W_MM)), *rules),
        texts=(region,),
    )


def _box(question: Question, level: Level, x: float, y: float) -> Box:
    return Box(question.code, None, level.code, round(x, 3), round(y, 3), BOX_MM, BOX_MM)


def _question_prose(asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str, look: Look) -> Prose:
    """The number and text of a question, how many may be chosen, and on a line of its own where to go on."""
    markup = plain(question.text)
    if question.kind == "many":
        markup += f" <i>{plain(text('sheet.many', lang))}</i>"
    if question.skip is not None:
        markup += f"<br/><b>→ {plain(skip_words(asked, question, numbers, lang))}</b>"
    return Prose(markup, look.text_pt, bullet=f"{numbers[question.code]}.", bullet_mm=look.bullet_mm)
