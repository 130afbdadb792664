"""What people did to the answers of sheets, from the logs: doubts, second looks, conflicts, acts with the paper.

Times are those of the staff's own acts; when anybody answered stands in none of them.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from collector.store.clock import VIET_NAM
from collector.store.schema import agency as agencies
from collector.store.schema import conflict as conflicts
from collector.store.schema import doubt as doubts
from collector.store.schema import drawn_answer as drawn
from collector.store.schema import look_undone, movement, page, question, sheet_step, typed_entry
from collector.store.schema import response as responses
from collector.store.schema import second_look as looks
from collector.store.schema import settlement as settlements
from collector.store.steps import in_parts

EditKind = Literal["settled", "reopened", "agreed", "differed", "look_undone", "conflict", "paper", "typed"]
# Handing out and coming back change no answer; what these acts do may.
_TOLD = ("correction", "release", "reprint", "void")


@dataclass(frozen=True)
class Edit:
    """One act. question, row: "" where it concerns the whole sheet; before, after: option codes, or what was done.

    `at`: the day or the minute in Viet Nam, as ISO writes it. "agreed", "differed": a blind second look.
    """

    sheet: int
    kind: EditKind
    question: str
    row: str
    before: str
    after: str
    who: str
    at: str
    why: str


def list_edits(conn: Connection, keys: Collection[int]) -> list[Edit]:
    """Every act on the accepted responses of these sheets and on their paper, sheet by sheet, oldest first."""
    found: list[Edit] = []
    for part in in_parts(keys):
        found += [*_settlements(conn, part), *_looks(conn, part), *_conflicts(conn, part), *_acts(conn, part)]
        found += _typed(conn, part)
    return sorted(found, key=lambda one: (one.sheet, one.at, one.question, one.row, one.kind, one.after))


def _settlements(conn: Connection, part: Collection[int]) -> Iterator[Edit]:
    query = (
        select(
            responses.c.sheet,
            question.c.code,
            agencies.c.code.label("row"),
            settlements.c.before,
            settlements.c.after,
            settlements.c.who,
            settlements.c.at,
            settlements.c.why,
        )
        .join_from(settlements, doubts, doubts.c.id == settlements.c.doubt)
        .join(responses, responses.c.id == doubts.c.response)
        .join(question, question.c.id == doubts.c.question)
        .outerjoin(agencies, agencies.c.id == doubts.c.rated)
        .where(responses.c.sheet.in_(part), responses.c.state == "accepted")
        .order_by(settlements.c.id)
    )
    for row in conn.execute(query):
        kind: EditKind = "reopened" if row.after is None else "settled"
        said = _codes(row.before), _codes(row.after)
        yield Edit(row.sheet, kind, row.code, row.row or "", *said, row.who, _moment(row.at), row.why)


def _looks(conn: Connection, part: Collection[int]) -> Iterator[Edit]:
    query = (
        select(
            page.c.sheet,
            question.c.code,
            agencies.c.code.label("row"),
            looks.c.read,
            looks.c.seen,
            looks.c.agrees,
            looks.c.who,
            looks.c.at,
            look_undone.c.at.label("undone_at"),
        )
        .join_from(looks, drawn, drawn.c.id == looks.c.drawn_answer)
        .join(page, page.c.id == drawn.c.page)
        .join(question, question.c.id == drawn.c.question)
        .outerjoin(agencies, agencies.c.id == drawn.c.rated)
        .outerjoin(look_undone, look_undone.c.second_look == looks.c.id)
        .where(page.c.sheet.in_(part))
        .order_by(looks.c.id)
    )
    for row in conn.execute(query):
        kind: EditKind = "agreed" if row.agrees else "differed"
        place = row.code, row.row or ""
        yield Edit(row.sheet, kind, *place, _codes(row.read), _codes(row.seen), row.who, _moment(row.at), "")
        if row.undone_at is not None:
            yield Edit(row.sheet, "look_undone", *place, _codes(row.seen), "", row.who, _moment(row.undone_at), "")


def _conflicts(conn: Connection, part: Collection[int]) -> Iterator[Edit]:
    first, second = responses.alias("first"), responses.alias("second")
    query = (
        select(
            conflicts.c.sheet,
            conflicts.c.decision,
            conflicts.c.who,
            conflicts.c.why,
            conflicts.c.decided_at,
            first.c.channel.label("first"),
            second.c.channel.label("second"),
        )
        .join_from(conflicts, first, first.c.id == conflicts.c.first)
        .join(second, second.c.id == conflicts.c.second)
        .where(conflicts.c.sheet.in_(part), conflicts.c.state == "decided", conflicts.c.decision != "moved")
    )
    for row in conn.execute(query):
        kept = {"first": row.first, "second": row.second}.get(row.decision, row.decision)
        sides = f"{row.first}/{row.second}"
        yield Edit(row.sheet, "conflict", "", "", sides, kept, row.who, _moment(row.decided_at), row.why)


def _acts(conn: Connection, part: Collection[int]) -> Iterator[Edit]:
    query = (
        select(
            sheet_step.c.sheet,
            sheet_step.c.before,
            sheet_step.c.after,
            movement.c.kind,
            movement.c.who,
            movement.c.day,
            movement.c.note,
        )
        .join_from(sheet_step, movement, movement.c.id == sheet_step.c.movement)
        .where(sheet_step.c.sheet.in_(part), movement.c.kind.in_(_TOLD))
        .order_by(sheet_step.c.sheet, sheet_step.c.step)
    )
    for row in conn.execute(query):
        yield Edit(row.sheet, "paper", "", "", row.before, row.kind, row.who, row.day.isoformat(), row.note)


def _typed(conn: Connection, part: Collection[int]) -> Iterator[Edit]:
    entries = select(typed_entry.c.sheet, typed_entry.c.who, typed_entry.c.day).where(typed_entry.c.sheet.in_(part))
    for row in conn.execute(entries):
        yield Edit(row.sheet, "typed", "", "", "", "", row.who, row.day.isoformat(), "")


def _codes(kept: str | None) -> str:
    """What the logs keep as a JSON list, as codes with a space between; "?" where nothing was decided or seen."""
    said = None if kept is None else json.loads(kept)
    return "?" if said is None else said if isinstance(said, str) else " ".join(said) or "-"


def _moment(at: datetime.datetime) -> str:
    """A time of the store in Viet Nam, to the minute."""
    return at.replace(tzinfo=datetime.UTC).astimezone(VIET_NAM).strftime("%Y-%m-%d %H:%M")
