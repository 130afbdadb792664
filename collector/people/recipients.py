"""The list of people to be asked: imported under a key, and kept apart from answers.

An import is all or nothing, and ends only once the file is gone. Nothing here says a name aloud: rows are told by their
place in the file, and the log holds counts.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from collector.people.contact_keys import ContactKeys, make_contact_keys
from collector.people.sealed import find_keys, person_id, row_digest, row_marks, seal_person, unseal_person
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.events import record_event
from collector.store.recipients import (
    Cell,
    SealedPerson,
    add_people,
    find_marks,
    hold_recipients,
    list_people,
    set_key_names,
)
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem, WorkFailed
from forms.recipients import Recipient, find_recipients_file, read_recipients
from forms.words import text


@dataclass(frozen=True)
class ImportSummary:
    """How many people a file held, how many of them are new, and what is to be told of people who stand in two cells.

    `left_out`: further rows of people who are in their cell already.
    """

    people: int
    added: int
    notes: list[Problem]
    left_out: int = 0


def import_recipients(
    store: Store,
    campaign: Campaign,
    path: Path | None,
    who: str,
    report: Callable[[int, int], None] = lambda *_: None,
    once: bool = False,
) -> ImportSummary:
    """Take the people of a file (else the folder's list) in, read them back, and remove the file.

    `once`: a further row of somebody who is in the cell already, here or in the store, is left out instead of refused.

    InputWrong with every problem and nothing kept. WorkFailed where the file cannot be removed: the people are kept,
    and importing again adds nobody.
    """
    path = choose_file(store.folder, path)
    before = fingerprint(path)
    found = read_recipients(path, campaign, once)
    if found.problems:
        raise InputWrong(found.problems)
    with store.write() as conn:
        sync_campaign(conn, campaign)
        hold_recipients(conn)
        keys = keys_to_import(conn, campaign.settings.id)
        held = _hold_against_store(conn, keys, found.people, once)
        if held.problems:
            raise InputWrong(held.problems)
        if held.fresh:
            number = add_people(conn, _seal(keys, held.fresh, report), who)
            record_event(conn, who, "recipients.import", str(number), f"people={len(held.fresh)}")
    _read_back(store, campaign.settings.id, held.people)
    remove_file(path, before)
    notes = [twin.note() for twin in found.in_two_cells] + held.notes
    left_out = found.left_out + len(found.people) - len(held.people)
    return ImportSummary(len(held.people), len(held.fresh), notes, left_out)


@dataclass(frozen=True)
class ImportPlan:
    """What an import would change: people of the file and how many of them are new, by agency and group."""

    people: Mapping[Cell, int]
    added: Mapping[Cell, int]
    notes: list[Problem]
    left_out: int


def plan_import(store: Store, campaign: Campaign, path: Path, once: bool = False) -> ImportPlan:
    """What import_recipients would do with a file; nothing is kept, and the file stays. InputWrong as that."""
    found = read_recipients(path, campaign, once)
    if found.problems:
        raise InputWrong(found.problems)
    with store.read() as conn:
        keys = find_keys(conn, campaign.settings.id)
        people = list(found.people)
        held = _Held(people, people) if keys is None else _hold_against_store(conn, keys, people, once)
    if held.problems:
        raise InputWrong(held.problems)
    counts, fresh = (Counter((one.agency, one.group) for one in some) for some in (held.people, held.fresh))
    notes = [twin.note() for twin in found.in_two_cells] + held.notes
    return ImportPlan(counts, fresh, notes, found.left_out + len(found.people) - len(held.people))


def _seal(keys: ContactKeys, people: Sequence[Recipient], report: Callable[[int, int], None]) -> list[SealedPerson]:
    sealed = []
    for done, person in enumerate(people, 1):
        sealed.append(seal_person(keys, person))
        report(done, len(people))
    return sealed


def choose_file(folder: Path, path: Path | None) -> Path:
    """The file to import, by default the folder's list; InputWrong where taking its name away would not end it."""
    if path is None:
        path = find_recipients_file(folder)
        if path is None:
            missing = Problem("recipients.csv", text("problem.file_missing"), text("recipients.file_missing_fix"))
            raise InputWrong([missing])
        other = path.with_suffix(".xlsx")
        if other != path and other.is_file():
            twice = Problem(other.name, text("problem.table_twice"), text("problem.table_twice_fix"))
            raise InputWrong([twice])
    problem = ""
    if not path.is_file():
        problem = "file_absent"
    elif path.suffix not in (".csv", ".xlsx"):
        problem = "file_kind"
    elif path.is_symlink() or path.stat().st_nlink > 1:
        problem = "file_two_names"
    if problem:
        raise InputWrong([Problem(str(path), text(f"recipients.{problem}"), text(f"recipients.{problem}_fix"))])
    return path


def fingerprint(path: Path) -> str:
    """What a file held, in one figure."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def keys_to_import(conn: Connection, campaign_id: str) -> ContactKeys:
    """The keys in use, new ones where nobody is kept."""
    keys = find_keys(conn, campaign_id)
    if keys is None:
        keys = make_contact_keys(campaign_id)
        set_key_names(conn, keys.seal_name, keys.mark_name)
    return keys


@dataclass
class _Held:
    """A list held against the store: who stays, who of them is new, what is wrong, who stands in another cell too."""

    people: list[Recipient] = field(default_factory=list)
    fresh: list[Recipient] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def _hold_against_store(conn: Connection, keys: ContactKeys, people: Iterable[Recipient], once: bool) -> _Held:
    """Who is in the cell already, in other words, is a problem; with `once` left out where more than a name tells."""
    known, held = find_marks(conn), _Held()
    for person in people:
        digest, cell = row_digest(keys, person), (person.agency, person.group)
        bearers = {kind: known.get((kind, mark), []) for kind, mark in row_marks(keys, person).items()}
        inside = {kind: [one for one in found if (one.agency, one.group) == cell] for kind, found in bearers.items()}
        others = [kind for kind, found in inside.items() if any(one.digest != digest for one in found)]
        if others:
            if not once or "name" in others:
                held.problems += [_stored_twin(person, kind) for kind in others]
            continue
        held.people.append(person)
        if not any(inside.values()):
            held.fresh.append(person)
            elsewhere = [kind for kind, found in bearers.items() if found and kind != "name"]
            held.notes += [_note_stored(person, kind) for kind in elsewhere]
    return held


def _note_stored(person: Recipient, kind: str) -> Problem:
    return Problem(person.where, text(f"recipients.twin_{kind}", other=text("recipients.stored")))


def _stored_twin(person: Recipient, kind: str) -> Problem:
    what = text(f"recipients.twin_{kind}", other=text("recipients.stored"))
    return Problem(person.where, what, text("recipients.stored_fix", agency=person.agency, group=person.group))


def _read_back(store: Store, campaign_id: str, people: Iterable[Recipient]) -> None:
    """Open every row of the file again, with the keys as they lie on the disk: only then may the file go."""
    with store.read() as conn:
        keys = find_keys(conn, campaign_id)
        wanted = {} if keys is None else {person_id(keys, person): person for person in people}
        cells = {(person.agency, person.group) for person in wanted.values()}
        kept = {row.id: row for row in list_people(conn, cells) if row.id in wanted}
    if keys is None or any(
        number not in kept or unseal_person(keys, kept[number]) != person for number, person in wanted.items()
    ):
        raise WorkFailed(text("recipients.not_kept"))


def remove_file(path: Path, before: str) -> None:
    """Take the file's name away and see that it is gone from the disk's table of names; its blocks are not ours."""
    if fingerprint(path) != before:
        raise WorkFailed(text("recipients.file_changed", path=path))
    try:
        path.unlink()
        if os.name == "posix":
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise WorkFailed(text("recipients.file_stays", path=path, reason=reason)) from error
