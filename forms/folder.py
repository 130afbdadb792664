"""A campaign folder: reads every file and reports every problem at once, or gives the campaign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from forms.campaign import Agency, Campaign, Collector, Criterion, Quota, Settings
from forms.consistency import check_parts
from forms.errors import InputWrong, Problem
from forms.parts import Parts
from forms.questionnaire import Questionnaire
from forms.tables import RowReader, find_table, read_table
from forms.tongue import check_words, read_words
from forms.words import text
from forms.yaml_file import YamlFile, load_model, read_yaml

Noun = TypeVar("Noun")


def load_campaign(folder: Path) -> Campaign:
    """The campaign in a folder; InputWrong with every problem found, in the order of the files."""
    parts, problems = read_parts(folder)
    if problems or parts.settings is None:
        raise InputWrong(problems)
    return parts.campaign(parts.settings)


def read_parts(folder: Path) -> tuple[Parts, list[Problem]]:
    """All that can be made of a folder's files, and every problem with them; InputWrong where there is no folder."""
    if not folder.is_dir():
        raise InputWrong([Problem(str(folder), text("problem.folder_missing"), text("problem.folder_missing_fix"))])
    problems: list[Problem] = []
    parts = Parts(_load_yaml(folder / "campaign.yaml"))
    parts.settings = load_model(Settings, parts.settings_file)
    problems += parts.settings_file.problems
    parts.agencies = _load_table(folder, _AGENCIES, _agency, problems, parts)
    parts.collectors = _load_table(folder, _COLLECTORS, _collector, problems, parts)
    parts.quotas = _load_table(folder, _QUOTAS, _quota, problems, parts)
    parts.criteria = _load_table(folder, _CRITERIA, _criterion, problems, parts)
    _load_questionnaires(folder, problems, parts)
    parts.fonts = (folder / "fonts",) if (folder / "fonts").is_dir() else ()
    if parts.settings is not None:
        parts.words_file = read_words(folder, parts.settings)
    if parts.settings is not None and parts.words_file is not None:
        problems += parts.words_file.problems
        problems += check_words(parts.settings, parts.words_file)
    problems += check_parts(parts)
    return parts, problems


@dataclass(frozen=True)
class TableForm:
    """The name of a table and its columns."""

    name: str
    required: tuple[str, ...]
    more: tuple[str, ...]
    may_be_absent: bool = False


_AGENCIES = TableForm("agencies", ("code", "name", "block"), ("parent", "email", "predecessors"))
_COLLECTORS = TableForm("collectors", ("code", "name"), ("email",), may_be_absent=True)
_QUOTAS = TableForm("quotas", ("agency", "group", "target"), ("reserve", "collector", "population", "large_print"))
_CRITERIA = TableForm("criteria", ("code", "name", "max_points"), ("parent", "block", "source"))


def _load_yaml(path: Path) -> YamlFile:
    if not path.is_file():
        missing = Problem(path.name, text("problem.file_missing"), text("problem.file_missing_fix"))
        return YamlFile(path.name, problems=[missing])
    return read_yaml(path.read_bytes(), path.name)


def _load_table(
    folder: Path, form: TableForm, make: Callable[[RowReader], Noun], problems: list[Problem], parts: Parts
) -> tuple[Noun, ...]:
    path = find_table(folder, form.name)
    if path is not None and (other := path.with_suffix(".xlsx")) != path and other.is_file():
        problems.append(Problem(other.name, text("problem.table_twice"), text("problem.table_twice_fix")))
    if path is None:
        if not form.may_be_absent:
            fix = text("problem.file_missing_fix")
            problems.append(Problem(f"{form.name}.csv", text("problem.file_missing"), fix))
        return ()
    rows, found = read_table(path, form.name, form.required, form.more)
    problems += found
    if (found and not rows) or (rows and not set(form.required) <= rows[0].columns.keys()):
        return ()
    parts.rows[form.name] = rows
    return tuple(make(RowReader(row, problems)) for row in rows)


def _agency(row: RowReader) -> Agency:
    parent = row.code("parent", optional=True)
    more = row.row.get("email"), row.row.get("predecessors")
    return Agency(row.code("code"), row.required("name"), row.code("block"), parent, *more)


def _collector(row: RowReader) -> Collector:
    return Collector(row.code("code"), row.required("name"), row.row.get("email"))


def _quota(row: RowReader) -> Quota:
    population = row.count("population") if row.row.get("population") else None
    return Quota(
        row.code("agency"),
        row.code("group"),
        row.count("target"),
        row.count("reserve", default=0),
        row.code("collector", optional=True),
        population,
        row.count("large_print", default=0),
    )


def _criterion(row: RowReader) -> Criterion:
    source = row.row.get("source") or "survey"
    if source not in ("survey", "appraised", "external"):
        row.wrong("source", "source_wrong", given=source)
    return Criterion(
        row.code("code", dots=True),
        row.required("name"),
        row.points("max_points"),
        row.code("parent", optional=True, dots=True),
        row.code("block", optional=True),
        source,
    )


def _load_questionnaires(folder: Path, problems: list[Problem], parts: Parts) -> None:
    for path in sorted((folder / "questionnaires").glob("*")):
        if path.suffix in (".yml", ".xlsx"):
            what = text("problem.questionnaire_kind")
            problems.append(Problem(f"questionnaires/{path.name}", what, text("problem.questionnaire_kind_fix")))
        if path.suffix != ".yaml":
            continue
        file = read_yaml(path.read_bytes(), f"questionnaires/{path.name}")
        questionnaire = load_model(Questionnaire, file)
        problems += file.problems
        code = str(file.data.get("code", path.stem)) if isinstance(file.data, dict) else path.stem
        if code in parts.questionnaire_files:
            what, fix = text("problem.code_twice", code=code), text("problem.code_twice_fix")
            problems.append(Problem(file.where(("code",)), what, fix))
        elif questionnaire is not None:
            parts.questionnaires[code] = questionnaire
        parts.questionnaire_files[code] = file
