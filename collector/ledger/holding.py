"""What every act on sheets begins and ends with: the named sheets in hand, and all that speaks against it at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy import Connection

from collector.ledger.naming import Named, check_named, find_sheets
from collector.store.accounts import find_held
from collector.store.clock import day_of
from collector.store.invitations import find_invited
from collector.store.steps import LedgerSheet, Movement, get_movements, hold_sheets
from collector.store.traces import Trace, find_rating, find_traces
from forms.campaign import Campaign
from forms.days import show_day
from forms.errors import InputWrong, Problem
from forms.words import text


class Words(TypedDict):
    """What stands in words beside an act."""

    letter: str
    note: str


@dataclass(frozen=True)
class Note:
    """What is written down with an act: who records it, the day it happened, the letter or record, a remark.

    `act`: what somebody else signed for it, where it had to wait.
    """

    who: str
    day: datetime.date
    letter: str = ""
    note: str = ""
    act: int | None = None

    def words(self) -> Words:
        """The words of it, as record_movement wants them."""
        return {"letter": self.letter, "note": self.note}


@dataclass(frozen=True)
class Done:
    """What an act came to: the numbers it moved, and how many sheets were on record so before.

    `shares`: who took them, by code, and how many, where sheets of one act went to several. `waits`: the number under
    which the act waits for a second signature; nothing has changed until it is there.
    """

    numbers: tuple[str, ...]
    known: int = 0
    shares: tuple[tuple[str, int], ...] = ()
    waits: int = 0

    def show_shares(self) -> str:
        """The takers in words: SXD 15, HHDN 5."""
        return ", ".join(f"{code} {count}" for code, count in self.shares)

    @property
    def changed(self) -> int:
        """How many sheets it moved."""
        return len(self.numbers)


@dataclass(frozen=True)
class Held:
    """Sheets in hand, with the acts that they point at and what came in of them; `invited`: those that are links."""

    sheets: list[LedgerSheet]
    acts: dict[int, Movement]
    traces: dict[int, Trace]
    invited: frozenset[int] = frozenset()

    def find_handover(self, sheet: LedgerSheet) -> Movement | None:
        """The hand-over under which a sheet is out."""
        return self.acts[sheet.handover] if sheet.handover is not None else None

    def find_receipt(self, sheet: LedgerSheet) -> Movement | None:
        """The record of a sheet's coming back."""
        return self.acts[sheet.received] if sheet.received is not None else None


def take_hold(
    conn: Connection, campaign: Campaign, named: Named, note: Note, problems: Iterable[Problem] = (), own: str = ""
) -> Held:
    """The named sheets, held; InputWrong with `problems` and all that is wrong with the names and the day.

    `own`: an agency whose sheets this person must leave to others.
    """
    found = [*problems, *check_named(campaign, named)]
    if note.day > day_of():
        found.append(Problem(show_day(note.day), text("sheets.day_to_come"), text("sheets.day_fix")))
    refuse(found)
    sheets = hold_sheets(conn, find_sheets(conn, named))
    refuse(check_held(conn, sheets, note.who))
    return look_up(conn, sheets, own)


def check_held(conn: Connection, sheets: Iterable[LedgerSheet], who: str) -> Iterator[Problem]:
    """The sheets that are of another agency than the one which somebody is held to."""
    held = find_held(conn, who)
    for one in sheets:
        if held and one.agency != held:
            yield Problem(one.number, text("sheets.outside", agency=held), text("sheets.outside_fix"))


def look_up(conn: Connection, sheets: list[LedgerSheet], own: str = "") -> Held:
    """All that is known of sheets in hand; InputWrong for those of one's own agency, or that rate it in a row."""
    if own:
        of_own = {one.id for one in sheets if one.agency == own} | find_rating(conn, own, [one.id for one in sheets])
        what, fix = text("sheets.own_agency"), text("sheets.own_agency_fix")
        refuse(Problem(one.number, what, fix) for one in sheets if one.id in of_own)
    acts = get_movements(conn, {key for one in sheets for key in (one.handover, one.received)})
    keys = [one.id for one in sheets]
    return Held(sheets, acts, find_traces(conn, keys), find_invited(conn, keys))


def refuse(problems: Iterable[Problem]) -> None:
    """InputWrong with every problem, if there is one."""
    found = list(problems)
    if found:
        raise InputWrong(found)


def check_reason(named: Named, note: Note) -> Iterator[Problem]:
    """What is wrong with an act that cannot be done lightly: it needs a reason, and sheets named one by one."""
    if not note.note.strip():
        yield Problem(text("sheets.reason"), text("sheets.no_reason"), text("sheets.no_reason_fix"))
    if named.is_whole:
        yield Problem(text("sheets.names"), text("sheets.no_names"), text("sheets.no_names_fix"))


def done(moved: Sequence[LedgerSheet], known: int) -> Done:
    """The account of an act."""
    return Done(tuple(one.number for one in moved), known)
