"""What second looks came to: with every look that stands, how the answer was read, seen, and decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, select

from collector.store.looks import Seen, load_seen
from collector.store.schema import agency as agencies
from collector.store.schema import (
    cell,
    doubt,
    look_undone,
    option,
    page,
    page_answer,
    question,
    respondent_group,
    settlement,
)
from collector.store.schema import drawn_answer as drawn
from collector.store.schema import layout as layouts
from collector.store.schema import second_look as looks
from collector.store.schema import sheet as sheets
from collector.store.shown import SHOWN_NAMES, call_sheet

_rated = agencies.alias("rated")


@dataclass(frozen=True)
class LookOutcome:
    """A look that stands, with all that became of its answer.

    `sheet` is a key, `boxes` how many boxes the answer has, `confidence` what the reader claimed (0..1). `doubt` and
    `chosen`: the doubt that a look without agreement led to, and what was decided, None before; `decided_by` who did.
    """

    sheet: int
    number: str
    agency: str
    group: str
    layout: str
    question: str
    row: str | None
    boxes: int
    confidence: float
    read: tuple[str, ...]
    seen: Seen
    agrees: bool
    who: str
    doubt: int | None
    chosen: tuple[str, ...] | None
    decided_by: str | None

    @property
    def name(self) -> str:
        """What the sheet is called beside its answers."""
        return call_sheet(self.number, self.agency, self.group)

    @property
    def is_open(self) -> bool:
        """Whether reader and second look differ and nobody has decided."""
        return not self.agrees and self.chosen is None

    @property
    def is_wrong(self) -> bool:
        """Whether somebody decided otherwise than the reader read."""
        return not self.agrees and self.chosen is not None and self.chosen != self.read


def list_outcomes(conn: Connection) -> Iterator[LookOutcome]:
    """Every look that stands, in the order of the draw."""
    boxes = select(func.count()).select_from(option).where(option.c.question == drawn.c.question).scalar_subquery()
    decided_by = (
        select(settlement.c.who)
        .where(settlement.c.doubt == doubt.c.id)
        .order_by(settlement.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            page.c.sheet,
            *SHOWN_NAMES,
            question.c.code.label("question"),
            _rated.c.code.label("row"),
            boxes.label("boxes"),
            page_answer.c.confidence,
            *(looks.c[name] for name in ("read", "seen", "agrees", "who")),
            doubt.c.id.label("doubt"),
            doubt.c.chosen,
            decided_by.label("decided_by"),
        )
        .join_from(looks, drawn, drawn.c.id == looks.c.drawn_answer)
        .join(page, page.c.id == drawn.c.page)
        .join(sheets, sheets.c.id == page.c.sheet)
        .join(question, question.c.id == drawn.c.question)
        .join(page_answer, _at(page_answer))
        .join(cell, cell.c.id == sheets.c.cell)
        .join(agencies, agencies.c.id == cell.c.agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .join(layouts, layouts.c.id == sheets.c.layout)
        .outerjoin(_rated, _rated.c.id == drawn.c.rated)
        .outerjoin(doubt, _at(doubt))
        .where(~exists().where(look_undone.c.second_look == looks.c.id))
        .order_by(drawn.c.draw, drawn.c.id)
    )
    for row in conn.execute(query):
        chosen = None if row.chosen is None else tuple(json.loads(row.chosen))
        decided = {"chosen": chosen, "decided_by": row.decided_by if chosen is not None else None}
        yield LookOutcome(
            **{**row._mapping, "read": tuple(json.loads(row.read)), "seen": load_seen(row.seen), **decided}
        )


def count_undone(conn: Connection) -> int:
    """How many looks were taken back."""
    return conn.execute(select(func.count()).select_from(look_undone)).scalar_one()


def _at(table: Table) -> ColumnElement[bool]:
    return and_(table.c.page == drawn.c.page, table.c.question == drawn.c.question, table.c.rated == drawn.c.rated)
