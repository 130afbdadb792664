"""How the people of sheets are reached: imported, sealed, and shown only in the list of whoever calls them.

A stub's telephone was left there by the respondent; a file code names a person of the list. Nobody of an unlinked group
has a contact by the number of a sheet. The list for a caller holds no answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from collector.people.contact_keys import ContactKeys
from collector.people.recipients import choose_file, fingerprint, keys_to_import, remove_file
from collector.people.sealed import find_keys, unseal_person
from collector.recheck.drawing import Drawn, list_drawn
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.events import record_event
from collector.store.recheck_calls import last_calls
from collector.store.recheck_contacts import SealedContact, find_cells, list_contacts, put_contacts
from collector.store.rechecks import RecheckPlace
from collector.store.recipients import find_marks, hold_recipients, list_people
from forms.campaign import Campaign
from forms.errors import InputWrong, NotFound, Problem
from forms.recheck import show_call
from forms.recheck_tables import ContactRow, read_contacts
from forms.words import text


@dataclass(frozen=True)
class Caller:
    """One line of a caller's list: which call, which sheet ("" for a person of a hand-out list), and whom to reach."""

    call: str
    group: str
    sheet: str
    is_reserve: bool
    name: str = field(repr=False)
    phone: str = field(repr=False)
    procedure: str = field(default="", repr=False)


def import_contacts(store: Store, campaign: Campaign, path: Path, who: str) -> int:
    """Take the contacts of a file in, sealed, and remove the file; gives how many. InputWrong with every problem."""
    path = choose_file(store.folder, path)
    before = fingerprint(path)
    rows, problems = read_contacts(path)
    with store.write() as conn:
        sync_campaign(conn, campaign)
        hold_recipients(conn)
        keys = keys_to_import(conn, campaign.settings.id)
        contacts = _seal_rows(conn, keys, rows, problems)
        if problems:
            raise InputWrong(problems)
        put_contacts(conn, contacts)
        record_event(conn, who, "recheck.contacts", "", f"sheets={len(contacts)}")
    remove_file(path, before)
    return len(contacts)


def _seal_rows(
    conn: Connection, keys: ContactKeys, rows: list[ContactRow], problems: list[Problem]
) -> list[SealedContact]:
    sheets, marks, people = find_cells(conn), find_marks(conn), {row.id: row for row in list_people(conn)}
    sealed = []
    for row in rows:
        if row.sheet not in sheets:
            problems += [_problem(row.where, "sheet_unknown")] if row.sheet else []
            continue
        key, agency, group, linked = sheets[row.sheet]
        if not linked:
            problems.append(_problem(row.where, "sheet_unlinked"))
            continue
        values = {"name": row.name, "phone": row.phone, "procedure": ""}
        if row.file_code:
            found = marks.get(("file_code", keys.mark("mark", "file_code", row.file_code.upper())), [])
            known = [one.id for one in found if (one.agency, one.group) == (agency, group)]
            if not known:
                problems.append(_problem(row.where, "file_code_unknown"))
                continue
            person = unseal_person(keys, people[known[0]])
            values = {"name": person.name, "phone": row.phone or person.phone, "procedure": person.procedure}
        source = "linked" if row.file_code else "stub"
        seal = keys.seal(values, agency, group, key)
        sealed.append(SealedContact(key, agency, group, source, keys.seal_name, seal))  # type: ignore[arg-type]
    return sealed


def list_callers(store: Store, campaign: Campaign, agencies: Collection[str], who: str) -> list[Caller]:
    """Whom to call now, in order: open places without a result. Whoever asks is noted in the log.

    NotFound where the people have been erased.
    """
    drawn = [one for one in list_drawn(store) if not agencies or one.draw.agency in agencies]
    with store.write() as conn:
        keys, done = find_keys(conn, campaign.settings.id), last_calls(conn)
        contacts = {one.sheet: one for one in list_contacts(conn)}
        people = {row.id: row for row in list_people(conn)}
        callers = []
        for one in drawn:
            waiting = [place for place in _open(one) if (one.draw.id, place.place) not in done]
            for place in waiting:
                values = _reach(keys, place, contacts, people)
                if values is None:
                    raise NotFound(text("recheck.erased", call=show_call(one.draw.agency, place.place)))
                callers.append(_caller(one, place, values))
            record_event(conn, who, "recheck.calls", one.draw.agency, f"people={len(waiting)}")
    return callers


def find_caller(store: Store, campaign: Campaign, drawn: Drawn, place: RecheckPlace, who: str) -> Caller:
    """Whom to reach at one open place; every look is noted in the log. NotFound where the people have been erased."""
    call, cell = show_call(drawn.draw.agency, place.place), (drawn.draw.agency, place.group)
    with store.write() as conn:
        keys = find_keys(conn, campaign.settings.id)
        contacts = {one.sheet: one for one in list_contacts(conn, place.sheet)} if place.sheet is not None else {}
        people = {row.id: row for row in list_people(conn, [cell])} if place.recipient is not None else {}
        values = _reach(keys, place, contacts, people)
        if values is None:
            raise NotFound(text("recheck.erased", call=call))
        record_event(conn, who, "recheck.contact", call)
    return _caller(drawn, place, values)


def _open(drawn: Drawn) -> tuple[RecheckPlace, ...]:
    return drawn.draw.places[: drawn.open]


def _caller(drawn: Drawn, place: RecheckPlace, values: Mapping[str, str]) -> Caller:
    is_reserve = place.place > drawn.draw.size
    call = show_call(drawn.draw.agency, place.place)
    return Caller(call, place.group, place.number, is_reserve, values["name"], values["phone"], values["procedure"])


def _reach(
    keys: ContactKeys | None,
    place: RecheckPlace,
    contacts: Mapping[int, SealedContact],
    people: Mapping[int, object],
) -> dict[str, str] | None:
    if keys is None:
        return None
    if place.sheet is not None:
        sealed = contacts.get(place.sheet)
        return keys.unseal(sealed.sealed, sealed.agency, sealed.group, place.sheet) if sealed else None
    found = people.get(place.recipient or 0)
    if found is None:
        return None
    person = unseal_person(keys, found)  # type: ignore[arg-type]  # rows of the list
    return {"name": person.name, "phone": person.phone, "procedure": person.procedure}


def _problem(where: str, key: str, **fields: object) -> Problem:
    return Problem(where, text(f"recheck.{key}", **fields), text(f"recheck.{key}_fix", **fields))
