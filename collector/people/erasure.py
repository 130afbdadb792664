"""The end of the list of people: the day it is due, its destruction, and the change of the key it lies under."""

from __future__ import annotations

import datetime
import glob
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from collector.people.contact_keys import ContactKeys, change_seal, remove_contact_keys
from collector.people.sealed import find_keys, row_values, unseal_person
from collector.settings import DATA
from collector.store import Store
from collector.store.clock import day_of
from collector.store.events import record_event
from collector.store.recheck_contacts import SealedContact, list_contacts, reseal_contacts
from collector.store.recipients import (
    Cell,
    SealedPerson,
    count_people,
    erase_people,
    find_key_names,
    first_import,
    forget_gone_key,
    hold_recipients,
    list_gone_keys,
    list_people,
    note_gone_key,
    reseal_people,
    set_key_names,
    sweep_recipients,
)
from collector.tried_copy import drop_left_copies
from forms.campaign import Settings
from forms.days import show_day
from forms.errors import InputWrong, Problem
from forms.words import text

PARCEL = "parcel"  # the console's file of several cells among the personal data
_KEEP = datetime.timedelta(days=365)  # where the campaign sets no date


def erase_day(store: Store, settings: Settings) -> datetime.date | None:
    """The last day on which the people are kept; None where nobody is. A year where the campaign sets no date."""
    with store.read() as conn:
        begun = first_import(conn)
    if begun is None:
        return None
    return settings.recipients.erase_after or day_of(begun.replace(tzinfo=datetime.UTC) + _KEEP)


def find_due(store: Store, settings: Settings, now: datetime.datetime | None = None) -> str | None:
    """A line that says that the people are to be erased, once the day has passed."""
    day = erase_day(store, settings)
    if day is None or day_of(now) <= day:
        return None
    return text("recipients.due", day=show_day(day), folder=store.folder)


def erase_recipients(
    store: Store,
    settings: Settings,
    who: str,
    cells: Collection[Cell] | None = None,
    early: str = "",
    now: datetime.datetime | None = None,
) -> int:
    """Destroy the people of some cells, or all and the keys with them; gives how many they were.

    InputWrong where the day has not passed and no reason is given.
    """
    day = erase_day(store, settings)
    if day is not None and day_of(now) <= day and not early:
        what = text("recipients.early", day=show_day(day))
        raise InputWrong([Problem("erase", what, text("recipients.early_fix"))])
    destroy_old_keys(store, settings)
    with store.write() as conn:
        hold_recipients(conn)
        names = find_key_names(conn)
        people = erase_people(conn, cells)
        which = " ".join(f"{agency}/{group}" for agency, group in sorted(cells or ()))
        if people:
            record_event(conn, who, "recipients.erase", which, f"people={people}; {early}".rstrip("; "))
        if names and not count_people(conn):
            remove_contact_keys(settings.id, *names)  # inside, so that no import comes between
    sweep_recipients(store)
    _remove_files(store, cells)
    drop_left_copies(store)
    return people


def personal_folder(store: Store) -> Path:
    """Where files that name people are put, AGENCY-GROUP.KIND.ENDING; erasing the people removes them."""
    return store.folder / DATA / "personal-data"


def _remove_files(store: Store, cells: Collection[Cell] | None) -> None:
    folder = personal_folder(store)
    names = ["*"] if cells is None else [f"{PARCEL}.*", *(f"{glob.escape('-'.join(cell))}.*" for cell in cells)]
    for path in (path for name in names for path in folder.glob(name)):
        path.unlink()


def change_key(store: Store, settings: Settings, who: str) -> int:
    """Seal every row under a new key and destroy the old one; gives how many rows. Marks and ids stay."""
    destroy_old_keys(store, settings)
    with store.write() as conn:
        hold_recipients(conn)
        old = find_keys(conn, settings.id)
        if old is None:
            return 0
        new = change_seal(old)
        people = [_reseal(old, new, row) for row in list_people(conn)]
        reseal_people(conn, people)
        contacts = [_reseal_contact(old, new, row) for row in list_contacts(conn)]
        reseal_contacts(conn, contacts)
        set_key_names(conn, new.seal_name, new.mark_name)
        note_gone_key(conn, old.seal_name)
        record_event(conn, who, "recipients.key", new.seal_name, f"people={len(people) + len(contacts)}")
    destroy_old_keys(store, settings)
    sweep_recipients(store)
    return len(people) + len(contacts)


def destroy_old_keys(store: Store, settings: Settings) -> None:
    """Destroy the keys that nothing is sealed with any more, those too that a run which was cut off left behind."""
    with store.write() as conn:
        hold_recipients(conn)
        for name in list_gone_keys(conn):
            remove_contact_keys(settings.id, name)
            forget_gone_key(conn, name)


def _reseal(old: ContactKeys, new: ContactKeys, row: SealedPerson) -> SealedPerson:
    values = row_values(unseal_person(old, row))
    return replace(row, key=new.seal_name, sealed=new.seal(values, row.agency, row.group, row.id))


def _reseal_contact(old: ContactKeys, new: ContactKeys, row: SealedContact) -> SealedContact:
    values = old.unseal(row.sealed, row.agency, row.group, row.sheet)
    return replace(row, key=new.seal_name, sealed=new.seal(values, row.agency, row.group, row.sheet))
