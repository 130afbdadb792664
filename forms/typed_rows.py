"""A long table of answers, as `phieu export` writes answers.csv: one row an option, gathered to sheets by serial."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from forms.campaign import Campaign
from forms.errors import Problem
from forms.response import Answer, State
from forms.tables import Row, read_table
from forms.words import text

_NEEDED = ("serial", "agency", "group", "question", "option")
_STATES = get_args(State)
_VALUES = ("number", "text")


@dataclass
class TypedRows:
    """The rows of one serial as a sheet; fields as those of forms.typed_sheets.TypedSheet."""

    where: str
    agency: str
    group: str
    serial: str
    id: str = ""
    answers: tuple[Answer, ...] = ()
    places: dict[tuple[str, str | None], str] = field(default_factory=dict)


def load_typed_rows(path: Path, campaign: Campaign) -> tuple[list[TypedRows], list[Problem]]:
    """The sheets of a long table in the order of their first rows, and every problem of the table.

    A text is not among the exports: its row says only that something is written, and so does the answer here. What the
    skip rules led past is given back as it was answered; they are asked again when it is taken in.
    """
    rows, problems = read_table(path, "answers", _NEEDED, ("channel", "row", "state"))
    kinds = {
        (group.code, question.code): question.kind
        for group in campaign.settings.groups
        for question in campaign.get_questionnaire(group.code).questions()
    }
    sheets: dict[str, TypedRows] = {}
    given: dict[str, dict[tuple[str, str | None], Answer]] = {}
    for row in rows:
        problem = _check_row(row, sheets.get(row.get("serial")))
        if problem is not None:
            problems.append(problem)
            continue
        serial = row.get("serial")
        sheet = sheets.setdefault(serial, TypedRows(row.where(), row.get("agency"), row.get("group"), serial))
        place = row.get("question"), row.get("row") or None
        sheet.places.setdefault(place, row.where("option"))
        answers = given.setdefault(serial, {})
        answer = _add(answers.get(place), row, kinds.get((row.get("group"), row.get("question")), "one"))
        if answer is None:
            what = text("import.answer_twice", question=row.get("question"))
            problems.append(Problem(row.where("option"), what, text("import.answer_twice_fix")))
        else:
            answers[place] = answer
    for serial, sheet in sheets.items():
        sheet.answers = tuple(given[serial].values())
    return list(sheets.values()), problems


def _check_row(row: Row, sheet: TypedRows | None) -> Problem | None:
    if not row.get("serial"):
        return Problem(row.where("serial"), text("import.no_serial"), text("import.no_serial_fix"))
    if row.get("state") not in ("", *_STATES):
        what = text("import.state_unknown", state=row.get("state"))
        return Problem(row.where("state"), what, text("import.state_unknown_fix", known=", ".join(_STATES)))
    if sheet is not None and (sheet.agency, sheet.group) != (row.get("agency"), row.get("group")):
        what = text("import.other_cell", serial=sheet.serial, first=sheet.where)
        return Problem(row.where("agency"), what, text("import.other_cell_fix"))
    return None


def _add(before: Answer | None, row: Row, kind: str) -> Answer | None:
    """The answer with what this row adds to it; None where it says the same place twice."""
    option = row.get("option")
    if before is None:
        state: State = "clear" if row.get("state") in ("", "skipped") else row.get("state")  # type: ignore[assignment]
        question, rated = row.get("question"), row.get("row") or None
        if kind in _VALUES:
            return Answer(question, rated, (), state, option or None)
        return Answer(question, rated, (option,) if option else (), state)
    if kind in _VALUES or not option or not before.chosen or option in before.chosen:
        return None
    return Answer(before.question, before.row, (*before.chosen, option), before.state)
