"""The parts of a sheet that never split over two pages: head, section titles, table rows, lists of options, free text.

Every block is drawn as if it began at the top of a page (y = 0) and is moved down by the flow in forms/compose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from forms.campaign import Head
from forms.drawing import BULLET_MM, DOT_MM, Drawn, Mark, Outline, PlacedProse, Prose, Rule, move, plain
from forms.fonts import REGULAR, text_width_mm
from forms.geometry import BODY_LEFT_MM, BODY_RIGHT_MM, BOX_MM, DIGIT_H_MM, DIGIT_W_MM, Rect
from forms.layout import Box, DigitBox, TextRegion
from forms.questionnaire import Level, Question, Questionnaire
from forms.words import text

BODY_W_MM = BODY_RIGHT_MM - BODY_LEFT_MM
TEXT_PT, LABEL_PT = 10.0, 7.5
TITLE_PT, TITLE_GAP_MM = 11.0, 2.2
ROW_PAD_MM = 1.2
ROW_MIN_MM = 9.4
COLUMN_MM, COLUMNS_MM = 15.0, 66.0
LINE_MM = 8.0  # between the lines of a free text
SPECIFY_MM = 60.0  # less room beside a label is none to write in
OPTION_LABEL_MM = BOX_MM + 2.5  # from the left edge of a box to its label


@dataclass(frozen=True)
class Block:
    """What is drawn and read in one piece; `height` in mm."""

    height: float
    drawn: tuple[Drawn, ...] = ()
    boxes: tuple[Box, ...] = ()
    digits: tuple[DigitBox, ...] = ()
    texts: tuple[TextRegion, ...] = ()

    def moved(self, down_mm: float) -> Block:
        """The same block further down the page."""
        return Block(
            self.height,
            tuple(move(drawn, down_mm) for drawn in self.drawn),
            tuple(replace(box, y=round(box.y + down_mm, 3)) for box in self.boxes),
            tuple(replace(box, y=round(box.y + down_mm, 3)) for box in self.digits),
            tuple(replace(region, y=round(region.y + down_mm, 3)) for region in self.texts),
        )


def prose_block(prose: Prose, before: float = 0.0, after: float = 0.0) -> Block:
    """A paragraph over the whole body, with space before and after, mm."""
    height = before + prose.height_mm(BODY_W_MM) + after
    return Block(height, (PlacedProse(prose, BODY_LEFT_MM, before, BODY_W_MM),))


def head_block(head: Head) -> Block:
    """The official head: the issuing bodies on the left, country and motto on the right."""
    left = [Prose(plain(head.superior), 10.5, align="centre")] if head.superior else []
    left += [Prose(plain(head.body), 10.5, bold=True, align="centre")]
    right = [Prose(plain(text("sheet.country", head.lang)), 10.5, bold=True, align="centre")]
    right += [Prose(plain(text("sheet.motto", head.lang)), 10.5, bold=True, align="centre")]
    drawn: list[Drawn] = []
    heights = []
    for column, x, width, line_mm in ((left, 30.0, 62.0, 22.0), (right, 92.0, 98.0, 46.0)):
        y = 0.0
        for prose in column:
            drawn.append(PlacedProse(prose, x, y, width))
            y += prose.height_mm(width)
        drawn.append(Rule(x + (width - line_mm) / 2, y + 1.2, x + (width + line_mm) / 2, y + 1.2, 0.2))
        heights.append(y + 2)
    return Block(max(heights) + 2, tuple(drawn))


def agency_block(lang: str) -> Block:
    """The field that names the rated agency; the name itself is printed a sheet, see forms/pdf."""
    label = Prose(plain(text("sheet.rated_agency", lang)), TEXT_PT, align="centre")
    return Block(AGENCY_NAME_MM + 7.8, (PlacedProse(label, BODY_LEFT_MM, 0.5, BODY_W_MM),))


AGENCY_NAME_MM = 5.5  # from the top of the agency block to the top of the name


def marking_block(lang: str, by_phone: bool) -> Block:
    """How to mark and how to correct, drawn."""
    first, second = text("sheet.how_to_mark", lang), text("sheet.how_to_correct", lang)
    top, height = 2.0, 9.0
    box_y = top + (height - BOX_MM) / 2
    x = BODY_LEFT_MM + 2.5
    drawn: list[Drawn] = []
    shown: tuple[tuple[str, tuple[Mark, ...]], ...] = ((first, ("cross",)), (second, ("fill", "cross")))
    for sentence, marks in shown:
        prose = Prose(plain(sentence), 9.5)
        width = text_width_mm(sentence, REGULAR, 9.5) + 1
        drawn.append(PlacedProse(prose, x, top + (height - prose.height_mm(width)) / 2, width))
        x += width + 1.5
        for mark in marks:
            drawn.append(Outline(Rect(x, box_y, BOX_MM, BOX_MM), mark=mark))
            x += BOX_MM + 2.0
        x += 4.0
    if by_phone:
        prose = Prose(plain(text("sheet.how_by_phone", lang)), 9.5)
        drawn.append(PlacedProse(prose, BODY_LEFT_MM + 2.5, top + height - 0.5, BODY_W_MM - 5))
        height += prose.height_mm(BODY_W_MM - 5) + 1.0
    drawn.append(Outline(Rect(BODY_LEFT_MM, top, BODY_W_MM, height)))
    return Block(top + height + 1.5, tuple(drawn))


def fits_table(levels: tuple[Level, ...]) -> bool:
    """Whether the levels can stand above narrow columns: no word wider than its column."""
    if not 2 <= len(levels) <= 7 or any(level.specify for level in levels):
        return False
    column = column_mm(levels)
    words = (word for level in levels for word in level.label.split())
    return all(text_width_mm(word, REGULAR, LABEL_PT) <= column - 0.6 for word in words)


def column_mm(levels: tuple[Level, ...]) -> float:
    """The width of one column of boxes."""
    return min(COLUMN_MM, COLUMNS_MM / len(levels))


def column_centres(levels: tuple[Level, ...]) -> list[float]:
    """The x of the centre of each column, the last one at the right edge of the body."""
    width = column_mm(levels)
    return [BODY_RIGHT_MM - width * (len(levels) - index - 0.5) for index in range(len(levels))]


def table_head_block(levels: tuple[Level, ...], title: str = "") -> Block:
    """The labels above the columns, and the section's title beside them; repeated where a table goes on."""
    width = column_mm(levels)
    heading = Prose(plain(title), TITLE_PT, bold=True)
    labels = [Prose(plain(level.label), LABEL_PT, align="centre") for level in levels]
    title_width = BODY_W_MM - width * len(levels) - 3
    height = max(*(label.height_mm(width) for label in labels), heading.height_mm(title_width) if title else 0)
    bottom = TITLE_GAP_MM + height
    drawn: list[Drawn] = [
        PlacedProse(label, centre - width / 2, bottom - label.height_mm(width), width)
        for label, centre in zip(labels, column_centres(levels), strict=True)
    ]
    if title:
        drawn.append(PlacedProse(heading, BODY_LEFT_MM, bottom - heading.height_mm(title_width), title_width))
    drawn.append(Rule(BODY_LEFT_MM, bottom + 1.2, BODY_RIGHT_MM, bottom + 1.2, 0.25))
    return Block(bottom + 1.2, tuple(drawn))


def table_row_block(asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str) -> Block:
    """One question of a table: its text on the left, its boxes in the columns, a thin line below."""
    levels = asked.levels(question)
    width = BODY_W_MM - column_mm(levels) * len(levels) - 3
    prose = _question_prose(asked, question, numbers, lang)
    height = max(ROW_MIN_MM, prose.height_mm(width) + 2 * ROW_PAD_MM)
    top = (height - prose.height_mm(width)) / 2
    boxes = tuple(
        _box(question, level, centre - BOX_MM / 2, (height - BOX_MM) / 2)
        for level, centre in zip(levels, column_centres(levels), strict=True)
    )
    drawn: tuple[Drawn, ...] = (
        PlacedProse(prose, BODY_LEFT_MM, top, width),
        *(Outline(Rect(box.x, box.y, box.w, box.h)) for box in boxes),
        Rule(BODY_LEFT_MM, height, BODY_RIGHT_MM, height),
    )
    return Block(height, drawn, boxes)


def list_block(asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str) -> Block:
    """A question with its options below it, each after its box, in two columns where they fit."""
    prose = _question_prose(asked, question, numbers, lang)
    y = 1.5 + prose.height_mm(BODY_W_MM) + 1.5
    parts = [Block(y, (PlacedProse(prose, BODY_LEFT_MM, 1.5, BODY_W_MM),))]
    levels = asked.levels(question)
    half = (BODY_W_MM - BULLET_MM) / 2
    narrow = all(
        text_width_mm(level.label, REGULAR, TEXT_PT) <= half - OPTION_LABEL_MM - 2
        for level in levels
        if not level.specify
    )
    for row in _option_rows(levels, 2 if narrow else 1):
        block = (
            _specify_row(question, row[0])
            if row[0].specify
            else _option_row(question, row, half if narrow else 2 * half)
        )
        parts.append(block.moved(y))
        y += block.height
    return join_blocks(y + 1.0, parts)


def join_blocks(height: float, parts: Iterable[Block]) -> Block:
    """Blocks that already stand where they belong as one block of that height, mm."""
    parts = list(parts)
    return Block(
        height,
        tuple(drawn for part in parts for drawn in part.drawn),
        tuple(box for part in parts for box in part.boxes),
        tuple(digit for part in parts for digit in part.digits),
        tuple(region for part in parts for region in part.texts),
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


def _option_row(question: Question, levels: Iterable[Level], width: float) -> Block:
    """Options beside each other in columns of that width, each label after its box."""
    parts, row_mm = [], 7.5
    for place, level in enumerate(levels):
        x = BODY_LEFT_MM + BULLET_MM + place * width
        label = Prose(plain(level.label), TEXT_PT)
        row_mm = max(row_mm, label.height_mm(width - OPTION_LABEL_MM) + 2.6)
        parts.append(_option(question, level, label, x, 1.0, width - OPTION_LABEL_MM))
    return join_blocks(row_mm, parts)


def _option(question: Question, level: Level, label: Prose, x: float, y: float, width: float) -> Block:
    top = y + (BOX_MM - TEXT_PT * 0.4445) / 2
    drawn = (Outline(Rect(x, y, BOX_MM, BOX_MM)), PlacedProse(label, x + OPTION_LABEL_MM, top, width))
    return Block(0, drawn, (_box(question, level, x, y),))


def _specify_row(question: Question, level: Level) -> Block:
    """An option and a dotted line for the words it asks for: beside the label, or below it where the label is long."""
    x, y = BODY_LEFT_MM + BULLET_MM, 4.0
    label = Prose(plain(level.label), TEXT_PT)
    left = x + OPTION_LABEL_MM
    beside = left + text_width_mm(level.label, REGULAR, TEXT_PT) + 2.5
    start, line_y = (
        (beside, y + BOX_MM)
        if BODY_RIGHT_MM - beside >= SPECIFY_MM
        else (left, y + label.height_mm(BODY_RIGHT_MM - left) + LINE_MM)
    )
    option = _option(question, level, label, x, y, BODY_RIGHT_MM - left)
    region = TextRegion(
        question.code, round(start, 3), round(line_y - LINE_MM, 3), round(BODY_RIGHT_MM - start, 3), LINE_MM, level.code
    )
    line = Rule(start, line_y, BODY_RIGHT_MM, line_y, DOT_MM, dotted=True)
    return Block(line_y + 2.6, (*option.drawn, line), option.boxes, texts=(region,))


def number_block(asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str) -> Block:
    """A question answered by a number in digit boxes."""
    prose = _question_prose(asked, question, numbers, lang)
    width = BODY_W_MM - question.digits * DIGIT_W_MM - 4
    height = max(prose.height_mm(width), DIGIT_H_MM) + 4
    left = BODY_RIGHT_MM - question.digits * DIGIT_W_MM
    digits = tuple(
        DigitBox(question.code, index, round(left + index * DIGIT_W_MM, 3), 2.0, DIGIT_W_MM, DIGIT_H_MM)
        for index in range(question.digits)
    )
    outlines = (Outline(Rect(digit.x, digit.y, digit.w, digit.h)) for digit in digits)
    return Block(height, (PlacedProse(prose, BODY_LEFT_MM, 2.0, width), *outlines), digits=digits)


def text_block(asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str) -> Block:
    """A question answered in free words on dotted lines."""
    prose = _question_prose(asked, question, numbers, lang)
    top = 1.5 + prose.height_mm(BODY_W_MM) + 1.0
    height = question.lines * LINE_MM
    rules = (
        Rule(BODY_LEFT_MM, top + line * LINE_MM, BODY_RIGHT_MM, top + line * LINE_MM, DOT_MM, dotted=True)
        for line in range(1, question.lines + 1)
    )
    region = TextRegion(question.code, BODY_LEFT_MM, round(top, 3), BODY_W_MM, height)
    return Block(top + height + 2, (PlacedProse(prose, BODY_LEFT_MM, 1.5, BODY_W_MM), *rules), texts=(region,))


def _box(question: Question, level: Level, x: float, y: float) -> Box:
    return Box(question.code, None, level.code, round(x, 3), round(y, 3), BOX_MM, BOX_MM)


def _question_prose(asked: Questionnaire, question: Question, numbers: dict[str, int], lang: str) -> Prose:
    markup = plain(question.text)
    if question.kind == "many":
        markup += f" <i>{plain(text('sheet.many', lang))}</i>"
    if question.skip is not None:
        deciding = asked.get_question(question.skip.question)
        labels = {level.code: level.label for level in asked.levels(deciding)}
        options = ", ".join(f"“{labels[code]}”" for code in question.skip.options)
        markup += f" <i>{plain(text('sheet.skip', lang, options=options, to=numbers[question.skip.to]))}</i>"
    return Prose(markup, TEXT_PT, bullet=f"{numbers[question.code]}.")
