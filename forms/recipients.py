"""The list of people to be asked, `recipients` of a campaign folder. Personal data: no problem repeats what is written.

Knows the file and what makes two rows one person; knows no store, no key and no draw.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from forms.campaign import Campaign
from forms.contacts import find_email, find_name, find_phone
from forms.days import find_day
from forms.errors import Problem
from forms.table_forms import RECIPIENTS
from forms.tables import Row, find_table, read_table
from forms.words import text

LONGEST_TEXT = 200
MarkKind = Literal["file_code", "phone", "email", "name"]


@dataclass(frozen=True)
class Recipient:
    """A person of one cell. Shows its cell and its row, never the person: it may end up in a log."""

    where: str = field(compare=False)
    agency: str
    group: str
    name: str = field(repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    procedure: str = field(default="", repr=False)
    file_code: str = field(default="", repr=False)
    result_date: datetime.date | None = field(default=None, repr=False)

    def marks(self) -> dict[MarkKind, str]:
        """What tells this person from others of the cell, the strongest first; the name only where there is no more."""
        found: dict[MarkKind, str] = {"file_code": self.file_code.upper(), "phone": self.phone, "email": self.email}
        return {kind: value for kind, value in found.items() if value} or {"name": self.name.casefold()}


@dataclass(frozen=True)
class Twin:
    """A row that has a mark in common with an earlier one, and whether both stand in the same cell."""

    where: str
    earlier: str
    kind: MarkKind
    same_cell: bool

    def note(self) -> Problem:
        """What a person is told of it."""
        return Problem(self.where, text(f"recipients.twin_{self.kind}", other=self.earlier))


@dataclass(frozen=True)
class RecipientList:
    """What a file gave: the people, every problem, and people who stand in two cells (no problem: they may).

    `left_out`: rows of people whom another row of the cell already names.
    """

    people: list[Recipient] = field(repr=False)
    problems: list[Problem]
    in_two_cells: list[Twin]
    left_out: int = 0


def find_recipients_file(folder: Path) -> Path | None:
    """The list in a campaign folder that was not imported yet."""
    return find_table(folder, RECIPIENTS.name)


def read_recipients(path: Path, campaign: Campaign | None, once: bool = False) -> RecipientList:
    """The people of a file; without a campaign (its files are wrong) only what the rows tell by themselves.

    `once`: who has several rows in a cell is no problem and stays with one of them.
    """
    rows, problems = read_table(path, RECIPIENTS.name, RECIPIENTS.required, RECIPIENTS.more, private=True)
    if not rows or not set(RECIPIENTS.required) <= rows[0].columns.keys():
        return RecipientList([], problems or [_problem(f"{path.name}:1", "nobody")], [])
    people = [_read_person(row, problems) for row in rows]
    if campaign is not None:
        problems += _check_cells(rows, people, campaign)
    kept = keep_once(people) if once else people
    twins = list(find_twins(kept))
    problems += [_twin_problem(twin) for twin in twins if twin.same_cell]
    return RecipientList(kept, problems, [twin for twin in twins if not twin.same_cell], len(people) - len(kept))


def check_recipients(folder: Path, campaign: Campaign | None) -> list[Problem]:
    """Every problem of the list in a campaign folder; none where there is no list."""
    path = find_recipients_file(folder)
    if path is None:
        return []
    problems = read_recipients(path, campaign).problems
    other = path.with_suffix(".xlsx")
    if other != path and other.is_file():
        problems.append(Problem(other.name, text("problem.table_twice"), text("problem.table_twice_fix")))
    return problems


def keep_once(people: Sequence[Recipient]) -> list[Recipient]:
    """One row for each person of a cell, of rows that are joined by a file code, a telephone or an e-mail address.

    Which row does not depend on their order: the first by file code, telephone, e-mail, name.
    """
    chiefs = list(range(len(people)))

    def chief(index: int) -> int:
        while chiefs[index] != index:
            chiefs[index] = index = chiefs[chiefs[index]]
        return index

    bearers: dict[tuple[str, ...], int] = {}
    for index, person in enumerate(people):
        for kind, value in person.marks().items():
            if kind != "name":
                other = bearers.setdefault((person.agency, person.group, kind, value), index)
                chiefs[chief(index)] = chief(other)
    best: dict[int, int] = {}
    for index in sorted(range(len(people)), key=lambda index: _rank(people[index])):
        best.setdefault(chief(index), index)
    return [people[index] for index in sorted(best.values())]


def _rank(person: Recipient) -> tuple[str, ...]:
    day = str(person.result_date or "")
    return person.file_code, person.phone, person.email, person.name, person.procedure, day


def find_twins(people: Sequence[Recipient]) -> Iterator[Twin]:
    """Rows that share a telephone, an e-mail address or a file code with an earlier row, each told once a kind."""
    in_cell: dict[tuple[str, ...], str] = {}
    anywhere: dict[tuple[str, str], str] = {}
    for person in people:
        for kind, value in person.marks().items():
            here, elsewhere = (person.agency, person.group, kind, value), (kind, value)
            if here in in_cell:
                yield Twin(person.where, in_cell[here], kind, True)
            elif elsewhere in anywhere and kind != "name":
                yield Twin(person.where, anywhere[elsewhere], kind, False)
            in_cell.setdefault(here, person.where)
            anywhere.setdefault(elsewhere, person.where)


def _twin_problem(twin: Twin) -> Problem:
    what = text(f"recipients.twin_{twin.kind}", other=twin.earlier)
    return Problem(twin.where, what, text("recipients.twin_name_fix" if twin.kind == "name" else "recipients.twin_fix"))


def _problem(where: str, key: str) -> Problem:
    return Problem(where, text(f"recipients.{key}"), text(f"recipients.{key}_fix"))


def _read_person(row: Row, problems: list[Problem]) -> Recipient:
    for column in RECIPIENTS.required:
        if not row.get(column):
            fields = {"column": column}
            what, fix = text("problem.value_missing", **fields), text("problem.value_missing_fix", **fields)
            problems.append(Problem(row.where(column), what, fix))
    found = {
        column: find(row.get(column)) if row.get(column) else None
        for column, find in (("name", find_name), ("email", find_email), ("phone", find_phone))
    }
    day = find_day(row.get("result_date"))
    for column, value in {**found, "result_date": day}.items():
        if row.get(column) and value is None:
            problems.append(_problem(row.where(column), f"{column}_wrong"))
    for column in ("procedure", "file_code"):
        if len(row.get(column)) > LONGEST_TEXT:
            problems.append(_problem(row.where(column), "text_long"))
    return Recipient(
        row.where(),
        row.get("agency"),
        row.get("group"),
        found["name"] or "",
        found["email"] or "",
        found["phone"] or "",
        row.get("procedure"),
        row.get("file_code"),
        day,
    )


def _check_cells(rows: Sequence[Row], people: Sequence[Recipient], campaign: Campaign) -> Iterator[Problem]:
    """A cell must be one of the quotas; in a linked group somebody must be able to find the person again."""
    agencies = {agency.code for agency in campaign.agencies}
    linked = {group.code: group.privacy == "linked" for group in campaign.settings.groups}
    cells = {(quota.agency, quota.group) for quota in campaign.quotas}
    for row, person in zip(rows, people, strict=True):
        if person.agency and person.agency not in agencies:
            yield _problem(row.where("agency"), "agency_unknown")
        elif person.group and person.group not in linked:
            yield _problem(row.where("group"), "group_unknown")
        elif person.agency and person.group and (person.agency, person.group) not in cells:
            yield _problem(row.where("agency"), "no_cell")
        if linked.get(person.group) and not any(map(row.get, ("phone", "email", "file_code"))):
            yield _problem(row.where("phone"), "no_contact")
