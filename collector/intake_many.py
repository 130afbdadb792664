"""Many responses at once through the one door: what accept_response_on makes of them, in a tenth of the time.

Sheets that nothing came in for yet, which are nearly all of an imported table, are kept by statements over many
sheets; all others go through the door one by one. What needs no lock is worked out before one is taken.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert

from collector.intake import Outcome, accept_response_on, hold_in_order, show_receipt
from collector.store import Store
from collector.store.clock import day_of, store_time
from collector.store.imported import doubt_imported, find_undecided, keep_imported
from collector.store.imports import find_untouched
from collector.store.response_answers import AnswerRow, answer_rows
from collector.store.responses import (
    STANDING,
    HeldSheet,
    Kept,
    find_kept,
    find_sheets,
    make_response,
    response_row,
    take_places,
)
from collector.store.schema import answer, answer_value
from collector.store.schema import response as responses
from collector.store.steps import note_arrivals
from collector.store.typed import typed_answers
from forms.campaign import Campaign
from forms.response import Answer, Response


@dataclass(frozen=True)
class Ready:
    """A response that answers something, with the rows that it becomes if nothing came in for its sheet before.

    `undecided`: what its table said, where that left anything to a person.
    """

    sheet: HeldSheet
    response: Response
    kept: Kept
    answers: Sequence[AnswerRow]
    values: Sequence[AnswerRow]
    undecided: Sequence[Answer]


@dataclass(frozen=True)
class Taken:
    """What became of a response; `key` is that of what was kept and stands undisputed, else None."""

    outcome: Outcome
    key: int | None


def prepare_responses(conn: Connection, store: Store, responses: Sequence[Response]) -> list[Ready]:
    """Responses without as-above marks, held against their sheets, which are there and only looked at."""
    sheets = find_sheets(conn, [one.serial for one in responses])
    return [_prepare(conn, store, sheets[one.serial], one) for one in responses]


def _prepare(conn: Connection, store: Store, sheet: HeldSheet, response: Response) -> Ready:
    codes = store.get_codes(conn, sheet.layout)
    answers = typed_answers(codes, response)
    kept = make_response(response.channel, answers, "accepted")
    return Ready(sheet, response, kept, *answer_rows(codes, kept.id, answers), find_undecided(codes, response))


def accept_many_on(
    conn: Connection, store: Store, campaign: Campaign, ready: Sequence[Ready], now: datetime.datetime
) -> list[Taken]:
    """Take responses in inside a transaction of the caller's, places going to them in their order; `now` is aware."""
    hold_in_order(conn, (), {one.sheet.serial for one in ready})
    untouched = find_untouched(conn, [one.sheet.id for one in ready])
    plain = [one for one in ready if one.sheet.id in untouched]
    taken = _keep(conn, store, plain, now) if plain else {}
    for one in ready:
        if one.sheet.id not in untouched:
            outcome = accept_response_on(conn, store, campaign, one.response, now)
            is_kept = outcome.status in STANDING
            taken[one.sheet.id] = Taken(outcome, find_kept(conn, outcome.receipt) if is_kept else None)
    return [taken[one.sheet.id] for one in ready]


def _keep(conn: Connection, store: Store, plain: Sequence[Ready], now: datetime.datetime) -> dict[int, Taken]:
    keys = [one.sheet.id for one in plain]
    states = take_places(conn, keys)
    kept = [replace(one.kept, state=states[one.sheet.id]) for one in plain]
    times = day_of(now), store_time(now)
    conn.execute(
        insert(responses),
        [response_row(one.sheet, as_, times[0], at=times[1]) for one, as_ in zip(plain, kept, strict=True)],
    )
    undecided = [(store.get_codes(conn, one.sheet.layout), one) for one in plain if one.undecided]
    for codes, one in undecided:
        keep_imported(conn, codes, one.kept.id, one.undecided)
    for table, rows in ((answer, [one.answers for one in plain]), (answer_value, [one.values for one in plain])):
        if any(rows):
            conn.execute(insert(table), [row for part in rows for row in part])
    for codes, one in undecided:
        doubt_imported(conn, codes, one.kept.id, one.undecided, one.response.sources)
    note_arrivals(conn, keys, plain[0].response.channel, times[0])
    return {
        one.sheet.id: Taken(Outcome(states[one.sheet.id], show_receipt(as_.receipt)), as_.id)  # type: ignore[arg-type]
        for one, as_ in zip(plain, kept, strict=True)
    }
