"""Until when sheets are due: the campaign's day, and later ones that a letter gave an agency or a collector."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select

from collector.store.schema import agency, cell, extension, meta, respondent_group

PartyKind = Literal["agency", "collector"]


@dataclass(frozen=True)
class Extension:
    """A later day, and the letter that gave it; of several for one party the last recorded holds."""

    id: int
    party_kind: PartyKind
    party: str
    until: datetime.date
    letter: str
    who: str
    recorded_day: datetime.date


def record_extension(
    conn: Connection,
    party_kind: PartyKind,
    party: str,
    until: datetime.date,
    letter: str,
    who: str,
    today: datetime.date,
) -> bool:
    """Append an extension; False where it is what holds already."""
    known = [one for one in list_extensions(conn) if (one.party_kind, one.party) == (party_kind, party)]
    if known and (known[-1].until, known[-1].letter) == (until, letter):
        return False
    values = {"party_kind": party_kind, "party": party, "until": until, "letter": letter}
    conn.execute(insert(extension).values(who=who, recorded_day=today, **values))
    return True


def list_extensions(conn: Connection) -> list[Extension]:
    """Every extension, oldest first."""
    return [Extension(**row._mapping) for row in conn.execute(select(extension).order_by(extension.c.id))]


def find_due_day(conn: Connection) -> datetime.date | None:
    """The campaign's day; None where it sets none."""
    written = conn.scalar(select(meta.c.value).where(meta.c.key == "due_day"))
    return datetime.date.fromisoformat(written) if written else None


def find_due_days(conn: Connection) -> dict[int, datetime.date]:
    """The day by cell: the latest of the campaign's, its agency's and its collector's; empty without the first."""
    return {row.id: day for row, day in _list_due(conn)}


def find_cell_due_days(conn: Connection) -> dict[tuple[str, str], datetime.date]:
    """The same by the codes of agency and group."""
    return {(row.code, row.group): day for row, day in _list_due(conn)}


def _list_due(conn: Connection) -> Iterator[tuple[Row[*tuple[Any, ...]], datetime.date]]:
    first = find_due_day(conn)
    if first is None:
        return
    later = {(one.party_kind, one.party): one.until for one in list_extensions(conn)}
    query = select(cell.c.id, cell.c.collector, agency.c.code, respondent_group.c.code.label("group"))
    for row in conn.execute(query.join_from(cell, agency).join(respondent_group)):
        yield row, max(first, later.get(("agency", row.code), first), later.get(("collector", row.collector), first))
