"""Second looks: answers drawn as their page came in, and what a person saw who was not shown how they were read.

An answer is drawn by the SHA-256 of CAMPAIGN|SERIAL|QUESTION|ROW (ROW is empty but on matrix sheets): its first 16
hexadecimal digits, as a number, lie below share * 2^64. Whoever knows the four can repeat it, a rescan draws the same
answers again, and how an answer was read has no part in it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Connection, Exists, Select, and_, exists, func, insert, or_, select

from collector.store.codes import Codes
from collector.store.scans import matrix, stack_of_page
from collector.store.schema import agency as agencies
from collector.store.schema import answer, cell, conflict, look_undone, page, question, respondent_group, scan_file
from collector.store.schema import drawn_answer as drawn
from collector.store.schema import layout as layouts
from collector.store.schema import response as responses
from collector.store.schema import second_look as looks
from collector.store.schema import sheet as sheets
from collector.store.settlements import Signature
from collector.store.shown import SHOWN_NAMES, call_sheet
from forms.errors import NotFound
from forms.words import text
from ocr.reading import AnswerReading, Matrix

SECOND_LOOK = "second_look"  # why such an answer is doubtful
Seen = tuple[str, ...] | Literal["several"] | None
"""What a person saw: option codes, () for blank; several marks where one is asked for; None: they cannot tell."""

_DIGITS = 16
_rated = agencies.alias("rated")


@dataclass(frozen=True)
class Draw:
    """The rule by which answers are drawn: the campaign's id and a share (0..1)."""

    campaign: str
    share: Decimal

    @property
    def end(self) -> str:
        """Digits below these are drawn; "g", behind all of them, where everything is."""
        end = math.ceil(self.share * 16**_DIGITS)
        return f"{end:0{_DIGITS}x}" if end < 16**_DIGITS else "g"


@dataclass(frozen=True)
class Look:
    """A look that stands: what was seen, and by whom."""

    seen: Seen
    who: str


@dataclass(frozen=True)
class DrawnAnswer:
    """An answer to be looked at, with all that its row's picture needs, and without what was read (as in Doubt)."""

    id: int
    serial: str
    number: str
    agency: str
    group: str
    layout: str
    question: str
    row: str | None
    page: int
    sha256: str
    image: int
    sheet_page: int
    transform: Matrix | None
    stack: str | None

    @property
    def name(self) -> str:
        """What the sheet is called beside its answers."""
        return call_sheet(self.number, self.agency, self.group)


def draw_digits(campaign: str, serial: str, asked: str, row: str | None, *more: str) -> str:
    """The digits of the hash that draws an answer."""
    line = "|".join((campaign, serial, asked, row or "", *more))
    return hashlib.sha256(line.encode()).hexdigest()[:_DIGITS]


def draw_answers(
    conn: Connection, codes: Codes, on_page: int, serial: str, read: Iterable[AnswerReading], rule: Draw
) -> None:
    """Draw among the answers of a page that were read from boxes and surely."""
    rows = []
    for one in read:
        digits = draw_digits(rule.campaign, serial, one.question, one.row)
        if digits >= rule.end or one.state == "doubtful" or codes.by_code[one.question].kind not in ("one", "many"):
            continue
        asked, rated = codes.keys((one.question, one.row))
        said = json.dumps(codes.in_order(one.question, one.chosen))
        rows.append({"page": on_page, "question": asked, "rated": rated, "read": said, "draw": digits})
    if rows:
        conn.execute(insert(drawn), rows)


def next_drawn(conn: Connection, after: int | None = None, not_agency: str | None = None) -> DrawnAnswer | None:
    """The first drawn answer that nobody has looked at, or the first behind `after`, round to the beginning again.

    They stand in the order of their hashes, so that those looked at so far are a random choice too. `not_agency` leaves
    out sheets of that agency and rows that rate it.
    """
    waiting = _select_drawn().where(*_waits(not_agency)).order_by(drawn.c.draw, drawn.c.id).limit(1)
    row = None
    if after is not None:
        place = select(drawn.c.draw).where(drawn.c.id == after).scalar_subquery()
        behind = or_(drawn.c.draw > place, and_(drawn.c.draw == place, drawn.c.id > after))
        row = conn.execute(waiting.where(behind)).one_or_none()
    row = row or conn.execute(waiting).one_or_none()
    return _drawn(row) if row is not None else None


def count_drawn(conn: Connection, not_agency: str | None = None) -> int:
    """How many drawn answers wait for a look."""
    found: int = conn.execute(_select_drawn(func.count()).where(*_waits(not_agency))).scalar_one()
    return found


def get_drawn(conn: Connection, drawn_id: int) -> DrawnAnswer:
    """A drawn answer, looked at or not; NotFound."""
    row = conn.execute(_select_drawn().where(drawn.c.id == drawn_id)).one_or_none()
    if row is None:
        raise NotFound(text("look.unknown", drawn=drawn_id))
    return _drawn(row)


def is_waiting(conn: Connection, drawn_id: int) -> bool:
    """Whether nobody has looked at a drawn answer, or whoever did took it back."""
    return conn.scalar(select(drawn.c.id).where(drawn.c.id == drawn_id, ~_is_looked_at())) is not None


def record_look(conn: Connection, drawn_id: int, seen: Seen, by: Signature) -> bool:
    """Keep what a person saw; whether it was read so. IntegrityError where a look stands already."""
    read = conn.execute(select(drawn.c.read).where(drawn.c.id == drawn_id)).scalar_one()
    before = select(func.count()).select_from(looks).where(looks.c.drawn_answer == drawn_id)
    said = None if seen is None else json.dumps(seen)
    values = {"drawn_answer": drawn_id, "round": 1 + conn.execute(before).scalar_one(), "read": read, "seen": said}
    signed = {"who": by.who, "session": by.session, "at": by.at}
    conn.execute(insert(looks).values(agrees=said == read, **values, **signed))
    return bool(said == read)


def find_last_look(conn: Connection, who: str, session: str | None) -> tuple[int, int] | None:
    """The last look of this person in this session that stands: its id, and the drawn answer's."""
    row = conn.execute(
        select(looks.c.id, looks.c.drawn_answer)
        .where(looks.c.who == who, looks.c.session.is_not_distinct_from(session), ~_is_undone())
        .order_by(looks.c.id.desc())
        .limit(1)
    ).one_or_none()
    return tuple(row) if row is not None else None


def undo_look(conn: Connection, look: int, by: Signature) -> None:
    """Note that a look was taken back. IntegrityError where what it led to was decided."""
    conn.execute(insert(look_undone).values(second_look=look, at=by.at))


def find_response(conn: Connection, drawn_id: int) -> int | None:
    """The response that a drawn answer's page speaks for at present."""
    query = select(responses.c.id).join_from(drawn, page, page.c.id == drawn.c.page).join(responses, _of_copy())
    return conn.scalar(query.where(drawn.c.id == drawn_id, page.c.duplicate_of.is_(None)))


def find_disputed(conn: Connection, wanted: Collection[int]) -> dict[tuple[int, int, int], bool]:
    """The answers on pages, as (page, question, rated) keys, that a look did not agree with, and whether it stands."""
    query = select(drawn.c.page, drawn.c.question, drawn.c.rated, _is_undone().label("is_undone"))
    query = query.join_from(drawn, looks, looks.c.drawn_answer == drawn.c.id)
    rows = conn.execute(query.where(drawn.c.page.in_(wanted), ~looks.c.agrees).order_by(looks.c.round))
    return {(row.page, row.question, row.rated): not row.is_undone for row in rows}


def standing_look(*place: ColumnElement[int]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Columns look_seen and look_who of the look that stands and does not agree, at (page, question, rated)."""
    columns = [
        select(looks.c[name])
        .join_from(drawn, looks, looks.c.drawn_answer == drawn.c.id)
        .where(drawn.c.page == place[0], drawn.c.question == place[1], drawn.c.rated == place[2])
        .where(~looks.c.agrees, ~_is_undone())
        .scalar_subquery()
        .label(f"look_{name}")
        for name in ("seen", "who")
    ]
    return columns[0], columns[1]


def load_seen(kept: str | None) -> Seen:
    """What a person saw, out of the store."""
    if kept is None:
        return None
    seen = json.loads(kept)
    return cast(Seen, seen if isinstance(seen, str) else tuple(seen))


def _is_undone() -> Exists:
    return exists(select(look_undone.c.id).where(look_undone.c.second_look == looks.c.id)).correlate_except(look_undone)


def _is_looked_at() -> Exists:
    standing = select(looks.c.id).where(looks.c.drawn_answer == drawn.c.id, ~_is_undone())
    return exists(standing).correlate_except(looks)


def _of_copy() -> ColumnElement[bool]:
    return and_(responses.c.sheet == page.c.sheet, responses.c.copy == page.c.copy)


def _waits(not_agency: str | None) -> list[ColumnElement[bool]]:
    """Not looked at, and a part of what counts, of what is contested, or of a sheet that was found empty."""
    fought = exists().where(or_(conflict.c.first == responses.c.id, conflict.c.second == responses.c.id))
    is_empty = and_(responses.c.state == "set_aside", ~fought)
    skipped = (
        exists(answer.c.response)
        .where(
            answer.c.response == responses.c.id,
            answer.c.question == drawn.c.question,
            answer.c.rated == drawn.c.rated,
            answer.c.state == "skipped",
        )
        .correlate_except(answer)
    )
    speaks = select(responses.c.id).where(
        _of_copy(), or_(responses.c.state.in_(("accepted", "held", "contested")), is_empty), ~skipped
    )
    waits = [~_is_looked_at(), page.c.duplicate_of.is_(None), exists(speaks).correlate(page, drawn)]
    if not_agency is not None:
        waits += [agencies.c.code != not_agency, func.coalesce(_rated.c.code, "") != not_agency]
    return waits


def _select_drawn(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*(columns or _drawn_columns()))
        .select_from(drawn)
        .join(page, page.c.id == drawn.c.page)
        .join(scan_file, scan_file.c.id == page.c.scan_file)
        .join(sheets, sheets.c.id == page.c.sheet)
        .join(cell, cell.c.id == sheets.c.cell)
        .join(agencies, agencies.c.id == cell.c.agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .join(layouts, layouts.c.id == sheets.c.layout)
        .join(question, question.c.id == drawn.c.question)
        .outerjoin(_rated, _rated.c.id == drawn.c.rated)
    )


def _drawn_columns() -> tuple[ColumnElement[Any], ...]:
    return (
        drawn.c.id,
        sheets.c.serial,
        *SHOWN_NAMES,
        question.c.code.label("question"),
        _rated.c.code.label("row"),
        drawn.c.page,
        scan_file.c.sha256,
        page.c.image,
        page.c.sheet_page,
        page.c.transform,
        stack_of_page().label("stack"),
    )


def _drawn(row: Any) -> DrawnAnswer:
    return DrawnAnswer(**{**row._mapping, "transform": matrix(row.transform)})
