"""Accepted answers as tables for SPSS and Stata: one file a respondent group, one row a sheet.

Of a matrix, one row a sheet and rated agency. Texts are left out, as from answers.csv.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from aggregation.stat_files import Kind, Variable, make_names, write_stat_file
from collector.files import unfinished_file
from collector.store import Store
from collector.store.answers import ExportRow, export_rows
from forms.campaign import Campaign, Group
from forms.errors import WorkFailed
from forms.questionnaire import Level, Question, Questionnaire
from forms.words import text

_OWN = ("serial", "agency", "channel", "rated")


@dataclass(frozen=True)
class _Line:
    """What a sheet says of one agency: options or a number by question, and the state of each."""

    first: ExportRow
    rated: str
    chosen: dict[str, list[str]]
    states: dict[str, str]


def write_stat_files(store: Store, campaign: Campaign, out: Path, kind: Kind) -> tuple[list[Path], int]:
    """answers-GROUP.sav or .dta of every group with accepted answers; the files, and the rows of all."""
    lines: dict[str, list[_Line]] = {}
    with store.read() as conn:
        for _, rows in groupby(export_rows(conn), key=lambda row: row.serial):
            for line in _split(list(rows), campaign):
                lines.setdefault(line.first.group, []).append(line)
    written = []
    for group in campaign.settings.groups:
        if group.code in lines:
            path = out / f"answers-{group.code}.{kind}"
            variables = list(_variables(campaign, group, lines[group.code]))
            with unfinished_file(path) as unfinished:
                write_stat_file(unfinished, variables, f"{campaign.settings.name}: {group.name}", kind)
            written.append(path)
    return written, sum(map(len, lines.values()))


def _split(rows: list[ExportRow], campaign: Campaign) -> Iterator[_Line]:
    """The lines of one sheet; what a matrix sheet asks once, in general, stands in all of its lines."""
    known = {question.code for question in campaign.get_questionnaire(rows[0].group).questions()}
    unknown = next((row for row in rows if row.question not in known), None)
    if unknown is not None:
        raise WorkFailed(text("export.other_questions", serial=unknown.serial, question=unknown.question))
    for rated in dict.fromkeys(row.row for row in rows if row.row) or {"": None}:
        line = _Line(rows[0], rated, {}, {})
        for row in rows:
            if row.row in ("", rated):
                line.states[row.question] = row.state
                line.chosen.setdefault(row.question, []).extend([row.option] if row.option else [])
        yield line


def _variables(campaign: Campaign, group: Group, lines: list[_Line]) -> Iterator[Variable]:
    asked = campaign.get_questionnaire(group.code)
    columns = [*_OWN, *(code for question in asked.questions() for code in _codes(asked, question))]
    names = make_names(columns)
    own = {
        "serial": [line.first.serial for line in lines],
        "agency": [line.first.agency for line in lines],
        "channel": [line.first.channel for line in lines],
        "rated": [line.rated for line in lines],
    }
    for name, values in own.items():
        if name != "rated" or asked.block is not None:
            yield Variable(names[name], text(f"export.var_{name}"), values, is_text=True)
    for question in asked.questions():
        for code, level in zip(_codes(asked, question), asked.levels(question) or (None,), strict=False):
            yield _variable(names[code], asked, question, level, lines)


def _codes(asked: Questionnaire, question: Question) -> list[str]:
    if question.kind == "text":
        return []
    if question.kind == "many":
        return [f"{question.code}_{level.code}" for level in asked.levels(question)]
    return [question.code]


def _variable(
    name: str, asked: Questionnaire, question: Question, level: Level | None, lines: Iterable[_Line]
) -> Variable:
    if question.kind == "many" and level is not None:
        label, labels = (
            f"{question.code}. {level.label} – {question.text}",
            {0: text("export.no"), 1: text("export.yes")},
        )
        values = [_value(line, question, {level.code: 1}, other=0) for line in lines]
        return Variable(name, label, values, labels)
    numbers = number_levels(asked.levels(question))
    label = f"{question.code}. {question.text}"
    labels = {numbers[each.code]: each.label for each in asked.levels(question)}
    return Variable(name, label, [_value(line, question, numbers) for line in lines], labels)


def number_levels(levels: Iterable[Level]) -> dict[str, int]:
    """A number for every level: its code where all are whole numbers, else its place from 1."""
    codes = [level.code for level in levels]
    if all(code.isascii() and code.isdigit() for code in codes) and len({int(code) for code in codes}) == len(codes):
        return {code: int(code) for code in codes}
    return {code: place for place, code in enumerate(codes, 1)}


def _value(line: _Line, question: Question, numbers: dict[str, int], other: int | None = None) -> Any:
    """The number, or why there is none; None where the sheet never asked."""
    state, chosen = line.states.get(question.code), line.chosen.get(question.code, [])
    if state is None:
        return None
    if state in ("doubtful", "skipped"):
        return state
    if not chosen:
        return "blank"
    if question.kind == "number":
        return int(chosen[0])
    found = [numbers[code] for code in chosen if code in numbers]
    return found[0] if found else other
