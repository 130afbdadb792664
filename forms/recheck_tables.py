"""The tables of the recheck: contacts of sheets (personal data), and what calls came to. Every problem with its row.

Knows files and words; knows no store: which sheet or call is meant is for others to find.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from forms.contacts import find_name, find_phone
from forms.days import find_day
from forms.errors import Problem
from forms.grids import fold
from forms.recheck import OUTCOMES, TALKED, Outcome
from forms.table_forms import TableForm
from forms.tables import Row, read_table
from forms.words import catalogue, text

CONTACTS = TableForm("recheck_contacts", ("sheet",), ("phone", "name", "file_code"))
FACTS = ("took_part", "filled_self", "right_procedure")
RESULTS = TableForm("recheck_results", ("call",), ("outcome", "attempts", "caller", "day", *FACTS, "note"))
_LONGEST_TEXT = 200
_MOST_ATTEMPTS = 99


@dataclass(frozen=True)
class ContactRow:
    """How the person of a sheet is reached: a telephone left on a stub, or a file code that the list knows."""

    where: str = field(compare=False)
    sheet: str
    phone: str = field(repr=False)
    name: str = field(default="", repr=False)
    file_code: str = field(default="", repr=False)


@dataclass(frozen=True)
class CallRow:
    """What one call came to, as it is written; `answers`: question code -> option code as given."""

    where: str = field(compare=False)
    call: str
    outcome: Outcome
    attempts: int
    caller: str
    day: datetime.date
    took_part: bool | None = None
    filled_self: bool | None = None
    right_procedure: bool | None = None
    note: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


def read_contacts(path: Path) -> tuple[list[ContactRow], list[Problem]]:
    """The contacts of a file and every problem; no problem repeats what is written."""
    rows, problems = read_table(path, CONTACTS.name, CONTACTS.required, CONTACTS.more, private=True)
    if not rows:
        return [], problems or [_problem(f"{path.name}:1", "contacts_none")]
    contacts = [_read_contact(row, problems) for row in rows]
    seen: dict[str, str] = {}
    for contact in contacts:
        if contact.sheet and contact.sheet in seen:
            problems.append(_problem(contact.where, "sheet_twice", other=seen[contact.sheet]))
        seen.setdefault(contact.sheet, contact.where)
    return contacts, problems


def _read_contact(row: Row, problems: list[Problem]) -> ContactRow:
    found = {"phone": find_phone(row.get("phone")), "name": find_name(row.get("name"))}
    for column, value in found.items():
        if row.get(column) and value is None:
            what, fix = text(f"recipients.{column}_wrong"), text(f"recipients.{column}_wrong_fix")
            problems.append(Problem(row.where(column), what, fix))
    file_code = row.get("file_code")
    if not row.get("sheet"):
        problems.append(_problem(row.where("sheet"), "sheet_missing"))
    if not row.get("phone") and not file_code:
        problems.append(_problem(row.where("phone"), "contact_missing"))
    return ContactRow(row.where(), row.get("sheet").upper(), found["phone"] or "", found["name"] or "", file_code)


def read_results(path: Path, questions: Sequence[str]) -> tuple[list[CallRow], list[Problem]]:
    """What calls came to, of rows that have an outcome; `questions`: the codes that may head a column."""
    rows, problems = read_table(path, RESULTS.name, RESULTS.required, (*RESULTS.more, *questions))
    if rows and "outcome" not in rows[0].columns:
        what = text("problem.heading_missing", heading="outcome")
        return [], [*problems, Problem(f"{path.name}:1", what, text("problem.heading_fix"))]
    calls = [call for row in rows if row.get("outcome") for call in [read_result(row, questions, problems)] if call]
    if not calls and not problems:
        problems.append(_problem(f"{path.name}:1", "results_none"))
    seen: dict[str, str] = {}
    for call in calls:
        if call.call in seen:
            problems.append(_problem(call.where, "call_twice", other=seen[call.call]))
        seen.setdefault(call.call, call.where)
    return calls, problems


def read_result(row: Row, questions: Sequence[str], problems: list[Problem]) -> CallRow | None:
    """One row; None where it is wrong, with every problem added."""
    before = len(problems)
    outcome = _choose(row, "outcome", {outcome: f"recheck.outcome_{outcome}" for outcome in OUTCOMES}, problems)
    attempts = row.get("attempts") or "1"
    if not attempts.isdecimal() or not 1 <= int(attempts) <= _MOST_ATTEMPTS:
        problems.append(_problem(row.where("attempts"), "attempts_wrong"))
    day = find_day(row.get("day"))
    if day is None:
        problems.append(_problem(row.where("day"), "day_wrong"))
    for column in ("call", "caller"):
        if not row.get(column):
            problems.append(_problem(row.where(column), f"{column}_missing"))
    if len(row.get("note")) > _LONGEST_TEXT:
        problems.append(_problem(row.where("note"), "note_long"))
    facts = [_read_fact(row, column, problems) for column in FACTS]
    answers = {code: row.get(code) for code in questions if row.get(code)}
    problems += _check_facts(row, outcome, facts, answers)
    if len(problems) > before or outcome is None or day is None:
        return None
    named = next(known for known in OUTCOMES if known == outcome)
    told = dict(zip(FACTS, facts, strict=True))
    name, caller, note = row.get("call").upper(), row.get("caller"), row.get("note")
    return CallRow(row.where(), name, named, int(attempts), caller, day, **told, note=note, answers=answers)


def _read_fact(row: Row, column: str, problems: list[Problem]) -> bool | None:
    if not row.get(column):
        return None
    chosen = _choose(row, column, {"yes": "recheck.fact_yes", "no": "recheck.fact_no"}, problems)
    return None if chosen is None else chosen == "yes"


def _choose(row: Row, column: str, words: Mapping[str, str], problems: list[Problem]) -> str | None:
    """The code that a cell names, by itself or by its words in any language."""
    written = fold(row.get(column))
    for code, key in words.items():
        if written in {fold(code), *(fold(word) for entry in catalogue()[key].values() for word in entry.split(" | "))}:
            return code
    known = ", ".join(text(key).split(" | ")[0] for key in words.values())
    problems.append(_problem(row.where(column), "word_wrong", given=row.get(column), known=known))
    return None


def _check_facts(
    row: Row, outcome: str | None, facts: Sequence[bool | None], answers: Mapping[str, str]
) -> Iterator[Problem]:
    """What the outcome says must be what the person said."""
    took_part, filled_self, _ = facts
    if outcome == "confirmed" and not (took_part and filled_self):
        yield _problem(row.where("outcome"), "confirmed_without")
    if outcome in ("denies", "forged") and took_part is not False and filled_self is not False:
        yield _problem(row.where("outcome"), "denied_without")
    if outcome == "forged" and not row.get("note"):
        yield _problem(row.where("note"), "forged_without")
    if outcome is not None and outcome not in TALKED and (any(fact is not None for fact in facts) or answers):
        yield _problem(row.where("outcome"), "nobody_talked")
    elif outcome in ("denies", "forged") and answers:
        yield _problem(row.where("outcome"), "denied_opinions")


def _problem(where: str, key: str, **fields: object) -> Problem:
    return Problem(where, text(f"recheck.{key}", **fields), text(f"recheck.{key}_fix", **fields))
