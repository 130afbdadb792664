"""What stands on a sheet before its first question: official head, title, rated agency, how to mark, what is promised.

The head follows Decree 30/2020, annex I: issuing bodies on the left, the country's name and motto on the right.
"""

from __future__ import annotations

import re

from forms.blocks import Block, join_blocks, prose_block
from forms.campaign import Head
from forms.drawing import Align, Drawn, Mark, Outline, PlacedProse, Prose, Rule, plain
from forms.fonts import BOLD, text_width_mm
from forms.geometry import BODY_LEFT_MM, BOX_MM, Rect
from forms.line_breaks import bound_end, evened_mm
from forms.look import BODY_W_MM, NORMAL, Look
from forms.words import text

HEAD_PT, MOTTO_PT = 12.0, 13.0
TITLE_PT, SUBTITLE_PT = 14.0, 12.0
AGENCY_PT, NOTE_PT = 15.0, 9.4
MARKING_MM = 99.0  # room for the longer of the two instructions in one line
_PAD_MM = 2.0
_SHOWN_GAP_MM = 1.4
_SHOWN_MM = 3 * BOX_MM + 2 * _SHOWN_GAP_MM + 2.2  # three boxes as an example, and the space behind them
_QUOTED = re.compile("\u201c[^\u201d]{1,24}\u201d")  # an option's name stays on one line
_NAMED = re.compile(r"(?P<title>.+?)\s*(?P<group>\([^()]+\))")


def head_block(head: Head) -> Block:
    """The issuing bodies on the left, country and motto on the right, a rule below each."""
    left = [Prose(plain(head.superior), HEAD_PT, align="centre")] if head.superior else []
    left += [Prose(plain(head.body), HEAD_PT, bold=True, align="centre")]
    country, motto = text("sheet.country", head.tongue), text("sheet.motto", head.tongue)
    right = [Prose(plain(country), HEAD_PT, bold=True, align="centre")]
    right += [Prose(plain(motto), MOTTO_PT, bold=True, align="centre")]
    drawn: list[Drawn] = []
    heights = []
    body_mm = min(60.0, text_width_mm(head.body, BOLD, HEAD_PT)) * 0.45
    motto_mm = text_width_mm(motto, BOLD, MOTTO_PT)
    for column, x, width, line_mm in ((left, BODY_LEFT_MM - 1, 63.0, body_mm), (right, 94.0, 96.0, motto_mm)):
        y = 0.0
        for prose in column:
            drawn.append(PlacedProse(prose, x, y, width))
            y += prose.height_mm(width)
        drawn.append(Rule(x + (width - line_mm) / 2, y + 0.9, x + (width + line_mm) / 2, y + 0.9, 0.2))
        heights.append(y + 2)
    return Block(max(heights) + 1.8, tuple(drawn))


def title_block(title: str, look: Look = NORMAL) -> Block:
    """The title in capitals; whom the sheet is for, in brackets at its end, goes below it."""
    match = _NAMED.fullmatch(title)
    main, group = (match["title"], match["group"]) if match else (title, "")
    proses = [Prose(plain(main).upper(), size, bold=True, align="centre") for size in _title_sizes(look)]
    prose = min(proses, key=lambda one: round(one.height_mm(BODY_W_MM) / one.size_pt, 2))  # the largest of few lines
    width = evened_mm(prose, BODY_W_MM)
    height = 0.4 + prose.height_mm(width)
    block = Block(height, (PlacedProse(prose, BODY_LEFT_MM + (BODY_W_MM - width) / 2, 0.4, width),))
    if not group:
        return Block(height + 1.2, block.drawn)
    below = prose_block(Prose(plain(group), max(SUBTITLE_PT, look.text_pt), bold=True, align="centre"), 0.2, 1.0)
    return join_blocks(height + below.height, (block, below.moved(height)))


def _title_sizes(look: Look) -> tuple[float, ...]:
    return (TITLE_PT + 4,) if look.large else (TITLE_PT, TITLE_PT - 0.5, TITLE_PT - 1)


def agency_block(words: str, look: Look = NORMAL) -> Block:
    """The field that names an agency, below these words; the name itself is printed a sheet, see forms/pdf."""
    label = Prose(plain(words), 16.0 if look.large else 11.0, align="centre")
    return Block(agency_name_mm(look) + 7.4 + look.large * 2.0, (PlacedProse(label, BODY_LEFT_MM, 0.5, BODY_W_MM),))


def agency_name_mm(look: Look) -> float:
    """From the top of the agency block to the top of the name."""
    return 8.0 if look.large else 5.4


def agency_pt(look: Look) -> float:
    """The size of the name, unless it is too long."""
    return 19.0 if look.large else AGENCY_PT


def intro_block(intro: str, look: Look = NORMAL) -> Block:
    """The questionnaire's own words to whoever answers."""
    align: Align = "left" if look.large else "justify"
    intro = _QUOTED.sub(lambda quoted: quoted[0].replace(" ", "\u00a0"), intro)
    intro = bound_end(intro, look.text_pt, BODY_W_MM)
    return prose_block(Prose(plain(intro), look.text_pt, align=align), 0.0, 1.8)


def guide_block(head: Head, look: Look = NORMAL) -> Block:
    """In a frame: how to mark and how to correct, drawn; that a phone will do; and below what is promised."""
    size, inner = (16.0 if look.large else NOTE_PT), BODY_W_MM - 2 * _PAD_MM
    phone = Prose(plain(text("sheet.how_by_phone", head.tongue)), size) if head.by_phone else None
    beside = phone is not None and not look.large
    marking = _marking(head.tongue, size, MARKING_MM if beside else inner)
    parts, y = [marking.moved(_PAD_MM, _PAD_MM)], _PAD_MM + marking.height
    if phone is not None and beside:
        x = _PAD_MM + MARKING_MM + 2 * _PAD_MM
        y = _PAD_MM + max(marking.height, phone.height_mm(BODY_W_MM - _PAD_MM - x))
        top = (y + _PAD_MM - phone.height_mm(BODY_W_MM - _PAD_MM - x)) / 2
        middle = x - _PAD_MM
        parts.append(
            Block(0, (PlacedProse(phone, x, top, BODY_W_MM - _PAD_MM - x), Rule(middle, _PAD_MM, middle, y, 0.15)))
        )
    elif phone is not None:
        parts.append(Block(0, (PlacedProse(phone, _PAD_MM, y + _PAD_MM, inner),)))
        y += _PAD_MM + phone.height_mm(inner)
    if head.promises:
        promises = _promises(head, size)
        parts.append(Block(0, (Rule(_PAD_MM, y + 1.8, BODY_W_MM - _PAD_MM, y + 1.8, 0.15),)))
        parts.append(Block(0, (PlacedProse(promises, _PAD_MM, y + 2.8, inner),)))
        y += 2.8 + promises.height_mm(inner)
    height = y + _PAD_MM
    frame = Block(0, (Outline(Rect(0.0, 0.0, BODY_W_MM, height)),))
    return join_blocks(height + 0.4, [frame, *parts]).moved(0.0, BODY_LEFT_MM)


def _marking(lang: str, size: float, width: float) -> Block:
    """Examples of boxes with what they mean, one a line, from x = 0."""
    examples: list[tuple[str, tuple[Mark, Mark, Mark]]] = [
        (text("sheet.how_to_mark", lang), ("", "cross", "")),
        (text("sheet.how_to_correct", lang), ("fill", "", "cross")),
    ]
    drawn: list[Drawn] = []
    y = 0.0
    for sentence, marks in examples:
        prose = Prose(plain(sentence), size)
        words_mm = prose.height_mm(width - _SHOWN_MM)
        height = max(words_mm, BOX_MM)
        for place, mark in enumerate(marks):
            rect = Rect(place * (BOX_MM + _SHOWN_GAP_MM), y + (height - BOX_MM) / 2, BOX_MM, BOX_MM)
            drawn.append(Outline(rect, mark=mark))
        drawn.append(PlacedProse(prose, _SHOWN_MM, y + (height - words_mm) / 2, width - _SHOWN_MM))
        y += height + 1.8
    return Block(y - 1.8, tuple(drawn))


def _promises(head: Head, size: float) -> Prose:
    """What is promised, in one paragraph."""
    title = f"<b>{plain(text('promise.title', head.tongue))}</b>"
    sentences = [plain(text(f"promise.{name}", head.tongue)) for name in head.promises]
    return Prose(" ".join([title, *sentences]), size)
