"""The list of drawn people that a clerk holds in hand: who is invited, room to sign, whom to ask instead.

Personal data: every page says so, and when it is to be destroyed. Knows no store and no sheet: in no line does a
sheet's number stand beside a name, and where people and answers must stay apart no day does either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.platypus import Flowable

from forms.drawing import plain
from forms.fonts import REGULAR, text_width_mm
from forms.pack.paper import (
    TABLE_PT,
    Cell,
    gap,
    official_head,
    paper_title,
    ruled_table,
    say,
    signatures,
    write_paper,
)
from forms.words import text

_LINKED = {"order": 10.0, "name": 40.0, "contact": 38.0, "matter": 34.0, "day": 20.0, "signature": 23.0}
_UNLINKED = {"order": 10.0, "name": 45.0, "contact": 43.0, "matter": 38.0, "signature": 29.0}
_ROW_PAD_MM = 3.0  # above and below a name, room for a signature
_CELL_PAD_MM = 3.0


@dataclass(frozen=True)
class DrawnPerson:
    """One line of the list; `order` counts from 1 among the drawn, and again from 1 among the reserves."""

    order: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)
    procedure: str = field(repr=False)
    file_code: str = field(repr=False)
    is_reserve: bool = False


@dataclass(frozen=True)
class ListHead:
    """What stands above the list; days as people write them, `frame` is how many people the draw was made from.

    `seed`: "" where all of them were taken, so that there was nothing to choose.
    """

    superior: str
    body: str
    campaign: str
    agency: str
    group: str
    linked: bool
    seed: str
    day: str
    round: int
    frame: int
    erase_day: str


def write_drawn_list(path: Path, head: ListHead, people: Sequence[DrawnPerson], lang: str = "vi") -> int:
    """Write the list and give its pages; headings and notice stand on each. The same list gives the same bytes."""
    title, cell = text("recipients.list_title", lang), f"{head.agency} · {head.group}"
    drawn = sum(not person.is_reserve for person in people)
    counts = {"drawn": drawn, "reserves": len(people) - drawn, "frame": head.frame}
    key = "recipients.list_how" if head.seed else "recipients.list_whole"
    how = text(key, lang, seed=head.seed, day=head.day, round=head.round, **counts)
    rule = text("recipients.list_linked" if head.linked else "recipients.list_unlinked", lang)
    story = [
        *official_head(head.superior, head.body, lang),
        *paper_title(title.upper(), cell, head.campaign),
        *[say(plain(line), 11, "justify") for line in (how, rule)],
        gap(1),
        _table(head, people, lang),
    ]
    return write_paper(path, title, f"{title} · {cell}", lang, story)


def _table(head: ListHead, people: Sequence[DrawnPerson], lang: str) -> Flowable:
    """People under the notice and the headings; the signatures are the last row, so never on a page without a name."""
    widths = _LINKED if head.linked else _UNLINKED
    empty: list[Cell] = [""] * (len(widths) - 1)
    notice = say(plain(text("recipients.list_private", lang, day=head.erase_day)), 9, face="bold", after_mm=0)
    titles: list[Cell] = [text(f"recipients.list_{column}", lang) for column in widths]
    rows: list[list[Cell]] = []
    style: list[tuple[Any, ...]] = [("SPAN", (0, 0), (-1, 0)), ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke)]
    for index, person in enumerate(people):
        if person.is_reserve and (index == 0 or not people[index - 1].is_reserve):
            at = len(rows) + 2
            style += [("SPAN", (0, at), (-1, at)), ("NOSPLIT", (0, at), (0, at + 1))]
            style.append(("BACKGROUND", (0, at), (-1, at), colors.whitesmoke))
            rows.append([say(plain(text("recipients.list_reserves", lang)), 10, face="bold", after_mm=0), *empty])
        rows.append(_row(person, widths))
    at = len(rows) + 2
    style += [("SPAN", (0, at), (-1, at)), ("NOSPLIT", (0, at - 1), (0, at))]
    style += [(line, (0, at), (-1, at), 1.2, colors.white) for line in ("LINEBELOW", "LINEBEFORE", "LINEAFTER")]
    style.append(("LINEABOVE", (0, at), (-1, at), 0.5, colors.black))
    rows.append([_signatures(lang), *empty])
    return ruled_table([[notice, *empty], titles], rows, list(widths.values()), (0,), extra=style)


def _row(person: DrawnPerson, widths: dict[str, float]) -> list[Cell]:
    contact = _lines(person.phone, *_email_lines(person.email, widths["contact"]))
    matter = _lines(person.file_code, person.procedure)
    name: Cell = [gap(_ROW_PAD_MM), *_lines(person.name), gap(_ROW_PAD_MM)]
    return [str(person.order), name, contact, matter, *[""] * (len(widths) - 4)]


def _lines(*values: str) -> list[Flowable]:
    return [say(plain(value), TABLE_PT, after_mm=0) for value in values if value]


def _email_lines(email: str, width_mm: float) -> tuple[str, ...]:
    """An address that is too wide for its column is parted before its @."""
    if text_width_mm(email, REGULAR, TABLE_PT) <= width_mm - _CELL_PAD_MM:
        return (email,)
    name, at, place = email.partition("@")
    return name, at + place


def _signatures(lang: str) -> list[Flowable]:
    day = say(plain(text("recipients.list_signed", lang)), 11, "right", "italic", 1)
    maker, clerk = (text(f"recipients.list_{who}", lang).upper() for who in ("maker", "clerk"))
    return [gap(3), day, signatures(maker, clerk, lang)]
