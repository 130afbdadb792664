"""Doubts: answers that a person has to look at, and the queue in which they wait."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    insert,
    select,
    update,
)

from collector.store.codes import Codes
from collector.store.counting import is_coming_in
from collector.store.looks import Look, draw_digits, load_seen, standing_look
from collector.store.scans import matrix, stack_of_page
from collector.store.schema import agency as agencies
from collector.store.schema import (
    cell,
    imported_answer,
    meta,
    option,
    page,
    page_choice,
    page_value,
    pending_act,
    question,
    respondent_group,
    scan_file,
)
from collector.store.schema import doubt as doubts
from collector.store.schema import layout as layouts
from collector.store.schema import response as responses
from collector.store.schema import sheet as sheets
from collector.store.shown import SHOWN_NAMES, call_sheet, place_in_cell
from forms.errors import NotFound
from forms.response import Answer
from forms.words import text
from ocr.reading import Matrix

_rated = agencies.alias("rated")
_ORDER = (
    agencies.c.position,
    respondent_group.c.position,
    place_in_cell(responses.c.id),
    question.c.position,
    doubts.c.rated,
    doubts.c.id,
)
# Doubts of responses that cannot count at present would waste a person's time.
IN_QUEUE = and_(
    doubts.c.state == "open", responses.c.state.in_(("accepted", "held", "contested")), ~is_coming_in(responses)
)
# One that was decided and waits for a second signature is open still, and nobody is to decide it again.
_UNASKED = ~exists().where(pending_act.c.doubt == doubts.c.id, pending_act.c.state == "waiting")


@dataclass(frozen=True)
class Doubt:
    """A doubtful answer with all that is needed to show the row's picture; `guess` holds option codes or a number.

    The original is Store.scan_path(sha256), `image` in it counts from 1; `transform` takes sheet mm to its pixels. An
    answer that a table left undecided has no page and no picture; `source` is FILE:ROW of the table then.
    `chosen` is what a person decided. "moot": the skip rules lead past the question since another doubt was settled,
    or a second look was taken back. `number` is "" in an unlinked group, `name` what the sheet is called there too.
    `look`: the second look that does not agree with the guess, where there is one.
    """

    id: int
    serial: str
    number: str
    agency: str
    group: str
    layout: str
    question: str
    row: str | None
    reason: str | None
    guess: tuple[str, ...]
    state: Literal["open", "settled", "moot"]
    page: int | None
    source: str | None
    sha256: str | None
    image: int | None
    sheet_page: int | None
    rotation: int
    transform: Matrix | None
    chosen: tuple[str, ...] | None = None
    stack: str | None = None
    look: Look | None = None

    @property
    def name(self) -> str:
        """What the sheet is called beside its answers."""
        return call_sheet(self.number, self.agency, self.group)


def list_doubts(
    conn: Connection,
    agency: str | None = None,
    limit: int | None = None,
    group: str | None = None,
    not_agency: str | None = None,
    day: datetime.date | None = None,
) -> list[Doubt]:
    """Open doubts of responses that count or are contested, sheet by sheet, in the questionnaire's order.

    `agency` and `group` are the sheet's; `not_agency` leaves out sheets of that agency and rows that rate it; `day` is
    the one on which the page's file came in.
    """
    query = (
        _select_doubts().where(IN_QUEUE, _UNASKED, *_within(agency, group, not_agency)).order_by(*_ORDER).limit(limit)
    )
    if day is not None:
        query = query.where(scan_file.c.first_day == day)
    return [_doubt(row) for row in conn.execute(query)]


def count_doubts(
    conn: Connection, agency: str | None = None, group: str | None = None, not_agency: str | None = None
) -> int:
    """How many doubts list_doubts would give without a limit."""
    query = _select_doubts(func.count()).where(IN_QUEUE, _UNASKED, *_within(agency, group, not_agency))
    count: int = conn.execute(query).scalar_one()
    return count


def next_doubt(
    conn: Connection,
    agency: str | None = None,
    after: int | None = None,
    group: str | None = None,
    not_agency: str | None = None,
) -> Doubt | None:
    """The first open doubt, or the first behind doubt `after` (skipped for now), round to the beginning again.

    The filters are those of list_doubts.
    """
    # Only the key is sorted: with the guesses among the columns, the database would collect them all before it sorts.
    first = _select_doubts(doubts.c.id).where(IN_QUEUE, _UNASKED, *_within(agency, group, not_agency))
    first = first.order_by(*_ORDER).limit(1)
    key = None
    if after is not None:
        place = conn.execute(_select_doubts(*_ORDER).where(doubts.c.id == after)).one_or_none()
        if place is not None:
            key = conn.scalar(first.where(_behind(tuple(place))))
    key = key or conn.scalar(first)
    return get_doubt(conn, key) if key is not None else None


def get_doubt(conn: Connection, doubt_id: int) -> Doubt:
    """A doubt, open or settled; NotFound."""
    row = conn.execute(_select_doubts().where(doubts.c.id == doubt_id)).one_or_none()
    if row is None:
        raise NotFound(text("store.no_doubt", doubt=doubt_id))
    return _doubt(row)


def is_raised_for(conn: Connection, doubt_id: int, reasons: Collection[str]) -> bool:
    """Whether a doubt, or another one of its page, was raised for one of these reasons."""
    query = select(doubts.c.id).where(_is_of_page_of(doubt_id), doubts.c.reason.in_(reasons)).limit(1)
    return conn.scalar(query) is not None


def list_of_page(conn: Connection, doubt_id: int) -> list[int]:
    """The ids of the doubts of the page of a doubt, of one scan of it, that list_doubts would give, in its order."""
    query = _select_doubts(doubts.c.id).where(_is_of_page_of(doubt_id), IN_QUEUE, _UNASKED)
    return list(conn.scalars(query.order_by(*_ORDER)))


def _is_of_page_of(doubt_id: int) -> ColumnElement[bool]:
    # Two values and no EXISTS: that would be asked of every doubt there is. Doubts without a page are of no page
    own = doubts.alias()
    of_own = [select(column).where(own.c.id == doubt_id).scalar_subquery() for column in (own.c.response, own.c.page)]
    return and_(doubts.c.response == of_own[0], doubts.c.page == of_own[1])


class Doubted(NamedTuple):
    """A doubtful answer as it stands now, why, and what to hold it against: a page, or FILE:ROW of a table."""

    answer: Answer
    page: int | None
    reason: str | None
    source: str | None = None


def sync_doubts(conn: Connection, codes: Codes, response: int, doubted: Iterable[Doubted]) -> None:
    """Have one doubt for every answer that was read, or came, as doubtful."""
    query = select(doubts.c.id, doubts.c.question, doubts.c.rated, doubts.c.state).where(doubts.c.response == response)
    known = {(row.question, row.rated): row for row in conn.execute(query)}
    fresh = []
    for answer, on_page, reason, source in doubted:
        keys = codes.keys((answer.question, answer.row))
        if keys in known:
            if known[keys].state != _state(answer):
                conn.execute(update(doubts).where(doubts.c.id == known[keys].id).values(state=_state(answer)))
        else:
            place = {"response": response, "question": keys[0], "rated": keys[1]}
            held = {"page": on_page, "source": source, "reason": reason}
            fresh.append({**place, **held, "state": _state(answer), "chosen": None})
    if fresh:
        conn.execute(insert(doubts), _draw(conn, codes, response, fresh))


def _draw(conn: Connection, codes: Codes, response: int, fresh: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """New doubts, each with the digits by which a second reader gets it."""
    campaign = conn.execute(select(meta.c.value).where(meta.c.key == "campaign")).scalar_one()
    of_sheet = select(sheets.c.serial).join_from(sheets, responses, responses.c.sheet == sheets.c.id)
    serial = conn.execute(of_sheet.where(responses.c.id == response)).scalar_one()
    return [
        one | {"draw": draw_digits(campaign, serial, *codes.place_of[one["question"], one["rated"]], "2")}
        for one in fresh
    ]


def _state(answer: Answer) -> str:
    return {"doubtful": "open", "settled": "settled"}.get(answer.state, "moot")


def _within(agency: str | None, group: str | None, not_agency: str | None) -> list[ColumnElement[bool]]:
    wanted = []
    if agency is not None:
        wanted.append(agencies.c.code == agency)
    if group is not None:
        wanted.append(respondent_group.c.code == group)
    if not_agency is not None:
        wanted += [agencies.c.code != not_agency, func.coalesce(_rated.c.code, "") != not_agency]
    return wanted


def _behind(place: tuple[Any, ...]) -> ColumnElement[bool]:
    """Whether a row stands behind a place in the queue's order."""
    behind: ColumnElement[bool] = _ORDER[-1] > place[-1]
    for column, value in zip(reversed(_ORDER[:-1]), reversed(place[:-1]), strict=True):
        behind = (column > value) | ((column == value) & behind)
    return behind


def _select_doubts(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*(columns or _doubt_columns()))
        .select_from(doubts)
        .join(responses)
        .join(sheets, sheets.c.id == responses.c.sheet)
        .join(cell)
        .join(agencies)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .join(layouts, layouts.c.id == sheets.c.layout)
        .join(question, question.c.id == doubts.c.question)
        .outerjoin(page, page.c.id == doubts.c.page)
        .outerjoin(scan_file, scan_file.c.id == page.c.scan_file)
        .outerjoin(_rated, _rated.c.id == doubts.c.rated)
    )


def _doubt_columns() -> tuple[ColumnElement[Any], ...]:
    return (
        doubts.c.id,
        sheets.c.serial,
        *SHOWN_NAMES,
        question.c.code.label("question"),
        _rated.c.code.label("row"),
        doubts.c.reason,
        _guess().label("guess"),
        doubts.c.state,
        doubts.c.page,
        doubts.c.source,
        scan_file.c.sha256,
        page.c.image,
        page.c.sheet_page,
        page.c.rotation,
        page.c.transform,
        doubts.c.chosen,
        stack_of_page().label("stack"),
        *standing_look(doubts.c.page, doubts.c.question, doubts.c.rated),
    )


def _guess() -> ColumnElement[Any]:
    """What was read, or what the table said: "POSITION:CODE,..." of options, else "0:" and the number."""
    options: ScalarSelect[Any] = (
        select(func.aggregate_strings(cast(option.c.position, String) + ":" + option.c.code, ","))
        .join_from(page_choice, option)
        .where(
            page_choice.c.page == doubts.c.page,
            page_choice.c.question == doubts.c.question,
            page_choice.c.rated == doubts.c.rated,
        )
        .scalar_subquery()
    )
    value: ScalarSelect[Any] = (
        select("0:" + page_value.c.value)
        .where(page_value.c.page == doubts.c.page, page_value.c.question == doubts.c.question)
        .scalar_subquery()
    )
    here = (
        imported_answer.c.response == doubts.c.response,
        imported_answer.c.question == doubts.c.question,
        imported_answer.c.rated == doubts.c.rated,
    )
    said: ScalarSelect[Any] = (
        select(func.aggregate_strings(cast(option.c.position, String) + ":" + option.c.code, ","))
        .join_from(imported_answer, option, option.c.id == imported_answer.c.option)
        .where(*here)
        .scalar_subquery()
    )
    written: ScalarSelect[Any] = select("0:" + imported_answer.c.value).where(*here).limit(1).scalar_subquery()
    return func.coalesce(options, value, said, written)


def _doubt(row: Row[Any]) -> Doubt:
    guess = [part.partition(":") for part in row.guess.split(",")] if row.guess else []
    ordered = tuple(code for _, _, code in sorted(guess, key=lambda part: int(part[0])))
    chosen = None if row.chosen is None else tuple(json.loads(row.chosen))
    changed = {"guess": ordered, "transform": matrix(row.transform), "rotation": row.rotation or 0, "chosen": chosen}
    known = {name: value for name, value in row._mapping.items() if name not in ("look_seen", "look_who")}
    look = None if row.look_who is None else Look(load_seen(row.look_seen), row.look_who)
    return Doubt(**{**known, **changed, "look": look})


def is_decided(conn: Connection, on_page: int, asked: int, rated: int) -> bool:
    """Whether a person decided about an answer of a page, given by the keys of its question and rated agency."""
    place = (doubts.c.page == on_page, doubts.c.question == asked, doubts.c.rated == rated)
    return conn.scalar(select(doubts.c.id).where(*place, doubts.c.chosen.is_not(None))) is not None
