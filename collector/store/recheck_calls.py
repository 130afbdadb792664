"""What calls came to, their corrections, the questions asked again, and the widening that a forgery brings."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from collector.store.clock import store_time
from collector.store.counting import is_accepted
from collector.store.schema import (
    answer,
    layout,
    option,
    question,
    recheck_call,
    recheck_opinion,
    recheck_widening,
    respondent_group,
    response,
    sheet,
)
from collector.store.schema import cell as cells
from collector.store.schema import recheck_place as places
from forms.recheck import Outcome


@dataclass(frozen=True)
class Call:
    """What a place came to; `opinions`: question -> option. Equal calls say the same, whoever wrote them down."""

    draw: int
    place: int
    outcome: Outcome
    attempts: int
    caller: str
    day: datetime.date
    took_part: bool | None
    filled_self: bool | None
    right_procedure: bool | None
    note: str
    opinions: Mapping[str, str] = field(default_factory=dict)
    version: int = field(default=1, compare=False)
    who: str = field(default="", compare=False)
    at: datetime.datetime | None = field(default=None, compare=False)
    why: str | None = field(default=None, compare=False)


_FIELDS = (
    *("place", "outcome", "attempts", "caller", "day", "took_part", "filled_self", "right_procedure", "note"),
    *("version", "who", "why"),
)


def add_call(conn: Connection, call: Call, sheet_key: int | None, now: datetime.datetime | None = None) -> None:
    """Keep what a call came to; IntegrityError where its place is not open, or facts do not fit the outcome."""
    line = {name: getattr(call, name) for name in _FIELDS}
    conn.execute(insert(recheck_call).values(recheck_draw=call.draw, at=store_time(now), **line))
    for code, chosen in call.opinions.items():
        found = conn.execute(
            select(question.c.id, option.c.id.label("option"))
            .join_from(answer, question)
            .join(response, response.c.id == answer.c.response)
            .join(option, option.c.question == question.c.id)
            .where(response.c.sheet == sheet_key, question.c.code == code, option.c.code == chosen)
        ).first()
        assert found is not None  # the desk asks list_printed first
        place = {"recheck_draw": call.draw, "place": call.place, "version": call.version, "sheet": sheet_key}
        conn.execute(insert(recheck_opinion).values(**place, question=found.id, option=found.option))


def list_printed(conn: Connection) -> dict[int, frozenset[tuple[str, str]]]:
    """What the sheets that were drawn offer: sheet -> (question, option) as printed on it."""
    offered: dict[int, set[tuple[str, str]]] = {}
    levels = select(question.c.questionnaire, question.c.code, option.c.code.label("level")).join_from(question, option)
    for row in conn.execute(levels):
        offered.setdefault(row.questionnaire, set()).add((row.code, row.level))
    whole = {key: frozenset(found) for key, found in offered.items()}
    drawn = select(sheet.c.id, layout.c.questionnaire).join_from(places, sheet).join(layout)
    return {row.id: whole.get(row.questionnaire, frozenset()) for row in conn.execute(drawn)}


def list_calls(conn: Connection) -> list[Call]:
    """Every version of every call, by draw, place and version."""
    opinions: dict[tuple[int, int, int], dict[str, str]] = {}
    query = select(recheck_opinion, question.c.code, option.c.code.label("chosen")).join_from(recheck_opinion, question)
    for row in conn.execute(query.join(option, option.c.id == recheck_opinion.c.option)):
        opinions.setdefault((row.recheck_draw, row.place, row.version), {})[row.code] = row.chosen
    order = (recheck_call.c.recheck_draw, recheck_call.c.place, recheck_call.c.version)
    return [
        Call(
            draw=row.recheck_draw,
            **{name: getattr(row, name) for name in _FIELDS},
            opinions=opinions.get((row.recheck_draw, row.place, row.version), {}),
            at=row.at,
        )
        for row in conn.execute(select(recheck_call).order_by(*order))
    ]


def last_calls(conn: Connection) -> dict[tuple[int, int], Call]:
    """What holds at every place that was called: draw, place -> its last version."""
    return {(call.draw, call.place): call for call in list_calls(conn)}


def widen(conn: Connection, draw: int, who: str, now: datetime.datetime | None = None) -> None:
    """Open every place of a draw; IntegrityError unless a forgery is confirmed there."""
    conn.execute(insert(recheck_widening).values(recheck_draw=draw, who=who, at=store_time(now)))


@dataclass(frozen=True)
class Original:
    """What a rechecked sheet says to a question of one choice."""

    draw: int
    place: int
    group: str
    question: str
    option: str


def list_originals(conn: Connection) -> list[Original]:
    """The clear answers of the sheets that were drawn, to questions of one choice about one agency."""
    query = (
        select(places.c.recheck_draw, places.c.place, question.c.code, option.c.code.label("option"))
        .add_columns(respondent_group.c.code.label("group"))
        .join_from(places, response, response.c.sheet == places.c.sheet)
        .join(sheet, sheet.c.id == places.c.sheet)
        .join(cells, cells.c.id == sheet.c.cell)
        .join(respondent_group, respondent_group.c.id == cells.c.respondent_group)
        .join(answer, answer.c.response == response.c.id)
        .join(question, question.c.id == answer.c.question)
        .join(option, option.c.id == answer.c.option)
        .where(is_accepted(), question.c.kind == "one", answer.c.rated == 0)
        .where(answer.c.state.in_(("clear", "settled")))
        .order_by(places.c.recheck_draw, places.c.place, question.c.position)
    )
    return [Original(row.recheck_draw, row.place, row.group, row.code, row.option) for row in conn.execute(query)]
