"""What people record about sheets: handing over, and coming back. All of an act or nothing.

Every sheet that it cannot be said of is told in one InputWrong; the same act again changes nothing and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from sqlalchemy import Connection

from collector.ledger.holding import Done, Held, Note, done, refuse, take_hold
from collector.ledger.journal import log_act
from collector.ledger.naming import Named
from collector.store import Store
from collector.store.clock import day_of
from collector.store.places import settle_unissued
from collector.store.steps import CAME_IN, LedgerSheet, Movement, record_movement, write_steps
from forms.campaign import Campaign
from forms.days import show_day
from forms.errors import Problem
from forms.words import text

ReturnedAs = Literal["returned", "unused", "refused", "spoiled", "lost"]
# What a sheet must be for people to say that it came back as something; the database's own list is schema.MOVES.
RETURNS: dict[ReturnedAs, tuple[str, ...]] = {
    "returned": ("handed_out", "returned", "answered_phone", "imported", "refused", "spoiled", "lost"),
    "unused": ("handed_out", "lost"),
    "refused": ("handed_out", "lost"),
    "spoiled": ("handed_out", "lost", "returned"),
    "lost": ("handed_out",),
}


def hand_over(store: Store, campaign: Campaign, named: Named, to: str, note: Note) -> Done:
    """Record that sheets went to an agency or a collector (its code); "": each cell's collector, else its agency.

    Of whole cells those are taken that lie in the house, without reserve sheets that were not released. Sheets that
    came back before anybody wrote down their going are put on record too; answers that were held count from now on.
    """
    with store.write() as conn:
        return hand_over_on(conn, campaign, named, to, note, _check_party(campaign, to))


def hand_over_on(
    conn: Connection, campaign: Campaign, named: Named, to: str, note: Note, problems: Iterable[Problem] = ()
) -> Done:
    """hand_over inside a transaction of the caller's, who answers for `to`."""
    held = take_hold(conn, campaign, named, note, problems)
    chosen = [one for one in held.sheets if not named.is_whole or _lies_ready(one)]
    party_of = {one.id: to or one.collector or one.agency for one in chosen}
    fresh = [one for one in chosen if not _is_same(held.find_handover(one), note, party_of[one.id])]
    refuse(problem for one in fresh for problem in check_handover(held, one))
    for party in sorted(set(party_of.values())):
        of_party = [one for one in fresh if party_of[one.id] == party]
        if of_party:
            key = record_movement(conn, "handover", note.day, note.who, day_of(), party=party, **note.words())
            write_steps(conn, [(one, _handed_over(one, key)) for one in of_party], note.day, by=key)
            log_act(conn, "handover", of_party, note, party=party)
    settle_unissued(conn, [one.id for one in fresh])
    shares = sorted(Counter(party_of[one.id] for one in fresh).items())
    return replace(done(fresh, len(chosen) - len(fresh)), shares=tuple(shares) if len(shares) > 1 else ())


def _check_party(campaign: Campaign, code: str) -> list[Problem]:
    """A name typed in the place of a code would tie a person to the sheets of an act."""
    known = {agency.code for agency in campaign.agencies} | {one.code for one in campaign.collectors}
    return [] if not code or code in known else [Problem(code, text("sheets.party_unknown"), text("sheets.party_fix"))]


def _lies_ready(sheet: LedgerSheet) -> bool:
    return sheet.state in ("printed", "unused") and (not sheet.is_reserve or sheet.replaces is not None)


def _is_same(act: Movement | None, note: Note, party: str) -> bool:
    return act is not None and (act.party, act.day, act.letter) == (party, note.day, note.letter)


def check_handover(held: Held, sheet: LedgerSheet) -> Iterator[Problem]:
    """Why a sheet cannot be handed over."""
    out = held.find_handover(sheet)
    if sheet.state == "void":
        yield Problem(sheet.number, text("sheets.is_void"), text("sheets.is_void_fix"))
    elif out is not None:
        fields = {"party": out.party, "day": show_day(out.day), "letter": out.letter or text("sheets.no_letter")}
        yield Problem(sheet.number, text("sheets.is_out", **fields), text("sheets.is_out_fix"))
    elif sheet.is_reserve and sheet.replaces is None:
        yield Problem(sheet.number, text("sheets.is_reserve"), text("sheets.is_reserve_fix"))


def _handed_over(sheet: LedgerSheet, key: int) -> LedgerSheet:
    if sheet.state in CAME_IN:
        return replace(sheet, handover=key)
    return replace(sheet, handover=key, state="handed_out", received=None, received_day=None)


def take_back(store: Store, campaign: Campaign, named: Named, state: ReturnedAs, note: Note, bringer: str = "") -> Done:
    """Record what became of sheets that are out; `note.day` is the day on which they came in, not that of scanning.

    Of whole cells those are taken that are out and unheard of. `bringer`: the agency or collector (its code) that
    brought them, "": that had them.
    """
    with store.write() as conn:
        held = take_hold(conn, campaign, named, note, _check_party(campaign, bringer))
        chosen = [one for one in held.sheets if not named.is_whole or one.state == "handed_out"]
        known = {one.id for one in chosen if one.state == state and _is_received(held.find_receipt(one), note)}
        fresh = [one for one in chosen if one.id not in known]
        refuse(problem for one in fresh for problem in check_return(held, one, state, note))
        if fresh:
            key = record_movement(conn, "return", note.day, note.who, day_of(), party=bringer, **note.words())
            write_steps(conn, [(one, _come_back(one, state, note, key)) for one in fresh], note.day, by=key)
            log_act(conn, "return", fresh, note, party=bringer, state=state)
            settle_unissued(conn, [one.id for one in fresh])
    return done(fresh, len(known))


def _is_received(act: Movement | None, note: Note) -> bool:
    return act is not None and (act.day, act.letter) == (note.day, note.letter)


def check_return(held: Held, sheet: LedgerSheet, state: ReturnedAs, note: Note) -> Iterator[Problem]:
    """Why a sheet cannot be recorded as come back so."""
    out, back = held.find_handover(sheet), held.find_receipt(sheet)
    wanted, now = text(f"sheets.state_{state}"), text(f"sheets.state_{sheet.state}")
    if sheet.state == "void":
        yield Problem(sheet.number, text("sheets.is_void"), text("sheets.is_void_fix"))
    elif sheet.state in ("printed", "unused"):
        yield Problem(sheet.number, text("sheets.is_in", state=now), text("sheets.is_in_fix"))
    elif state == "unused" and sheet.id in held.invited:
        yield Problem(sheet.number, text("sheets.is_invited"), text("sheets.is_invited_fix"))
    elif state != "returned" and sheet.id in held.traces:
        yield Problem(sheet.number, text("sheets.has_answer", wanted=wanted), text("sheets.has_answer_fix"))
    elif sheet.state == state and back is not None:
        fields = {"state": now, "day": show_day(back.day), "letter": back.letter or text("sheets.no_letter")}
        yield Problem(sheet.number, text("sheets.is_back", **fields), text("sheets.is_back_fix"))
    elif sheet.state not in RETURNS[state]:
        yield Problem(sheet.number, text("sheets.no_way", state=now, wanted=wanted), text("sheets.is_back_fix"))
    elif out is not None and note.day < out.day:
        yield Problem(sheet.number, text("sheets.back_before_out", day=show_day(out.day)), text("sheets.day_fix"))


def _come_back(sheet: LedgerSheet, state: ReturnedAs, note: Note, key: int) -> LedgerSheet:
    first_day = min(note.day, sheet.received_day or note.day) if state == "returned" else None
    handover = None if state == "unused" else sheet.handover
    return replace(sheet, state=state, handover=handover, received=key, received_day=first_day)
