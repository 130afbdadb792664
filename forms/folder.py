"""A campaign folder: reads every file and reports every problem at once, or gives the campaign."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from forms.appraisal import check_appraisal
from forms.boxes import check_boxes
from forms.campaign import Agency, Campaign, Collector, Criterion, Quota, Settings
from forms.consistency import check_parts
from forms.coverage import check_coverage, note_runner, note_unused
from forms.errors import InputWrong, Problem
from forms.headings import find_source
from forms.models import load_model
from forms.parts import Parts
from forms.published import check_published
from forms.questionnaire import Questionnaire
from forms.source import Source
from forms.table_forms import (
    AGENCIES,
    APPRAISED,
    BOXES,
    COLLECTORS,
    CRITERIA,
    EXTERNAL,
    PREVIOUS,
    PUBLISHED,
    QUOTAS,
    TableForm,
)
from forms.tables import Row, RowReader, find_table, find_tables, read_table
from forms.tongue import check_words, read_words
from forms.words import text
from forms.xlsform import read_xlsform
from forms.yaml_file import YamlFile, read_yaml

Noun = TypeVar("Noun")
_QUESTIONNAIRE_LIKE = (".xls", ".xlsm", ".ods")


def load_campaign(folder: Path) -> Campaign:
    """The campaign in a folder; InputWrong with every problem found, in the order of the files."""
    parts, problems = read_parts(folder)
    if problems or parts.settings is None:
        raise InputWrong(problems)
    return parts.campaign(parts.settings)


def read_parts(folder: Path) -> tuple[Parts, list[Problem]]:
    """All that can be made of a folder's files, and every problem with them but those that stand aside.

    InputWrong where there is no folder.
    """
    if not folder.is_dir():
        raise InputWrong([Problem(str(folder), text("problem.folder_missing"), text("problem.folder_missing_fix"))])
    problems: list[Problem] = []
    parts = Parts(_load_yaml(folder / "campaign.yaml"))
    parts.settings = load_model(Settings, parts.settings_file)
    problems += parts.settings_file.problems
    parts.agencies = _load_table(folder, AGENCIES, _agency, problems, parts)
    parts.collectors = _load_table(folder, COLLECTORS, _collector, problems, parts)
    parts.quotas = _load_table(folder, QUOTAS, _quota, problems, parts)
    parts.criteria = _load_table(folder, CRITERIA, _criterion, problems, parts)
    for form in (APPRAISED, EXTERNAL, PREVIOUS, PUBLISHED):
        _load_rows(folder, form, problems, parts)
    _load_rows(folder, BOXES, parts.aside, parts)
    _load_questionnaires(folder, problems, parts)
    parts.fonts = (folder / "fonts",) if (folder / "fonts").is_dir() else ()
    if parts.settings is not None:
        parts.words_file = read_words(folder, parts.settings)
    if parts.settings is not None and parts.words_file is not None:
        problems += parts.words_file.problems
        has_matrix = any(asked.block is not None for asked in parts.questionnaires.values())
        problems += check_words(parts.settings, parts.words_file, has_matrix)
    problems += check_parts(parts)
    problems += check_appraisal(parts)
    problems += check_published(parts)
    parts.aside += check_boxes(parts)
    problems += check_coverage(parts)
    parts.notices += [*note_unused(parts), *note_runner(parts)]
    return parts, problems


def _load_yaml(path: Path) -> YamlFile:
    if not path.is_file() and (other := path.with_suffix(".yml")).is_file():
        renamed = Problem(other.name, text("problem.yml"), text("problem.yml_fix", name=path.name))
        return YamlFile(other.name, problems=[renamed])
    if not path.is_file():
        missing = Problem(path.name, text("problem.file_missing"), text("problem.file_missing_fix"))
        return YamlFile(path.name, problems=[missing])
    return read_yaml(path.read_bytes(), path.name)


def _load_table(
    folder: Path, form: TableForm, make: Callable[[RowReader], Noun], problems: list[Problem], parts: Parts
) -> tuple[Noun, ...]:
    return tuple(make(RowReader(row, problems)) for row in _load_rows(folder, form, problems, parts))


def _load_rows(folder: Path, form: TableForm, problems: list[Problem], parts: Parts) -> list[Row]:
    path = find_table(folder, form.name)
    for other in find_tables(folder, form.name)[1:]:
        problems.append(Problem(other.name, text("problem.table_twice"), text("problem.table_twice_fix")))
    if path is None:
        if not form.may_be_absent:
            fix = text("problem.file_missing_fix")
            problems.append(Problem(f"{form.name}.csv", text("problem.file_missing"), fix))
        return []
    rows, found = read_table(path, form.name, form.required, form.more)
    problems += found
    if (found and not rows) or (rows and not set(form.required) <= rows[0].columns.keys()):
        return []
    parts.rows[form.name] = rows
    return rows


def _agency(row: RowReader) -> Agency:
    parent = row.reference("parent", optional=True)
    more = row.email("email"), row.row.get("predecessors")
    return Agency(row.code("code"), row.required("name"), row.reference("block"), parent, *more)


def _collector(row: RowReader) -> Collector:
    return Collector(row.code("code"), row.required("name"), row.email("email"))


def _quota(row: RowReader) -> Quota:
    population = row.count("population") if row.row.get("population") else None
    return Quota(
        row.reference("agency"),
        row.reference("group"),
        row.count("target"),
        row.count("reserve", default=0),
        row.reference("collector", optional=True),
        population,
        row.count("large_print", default=0),
        row.row.where(),
    )


def _criterion(row: RowReader) -> Criterion:
    given = row.row.get("source") or "survey"
    source = find_source(given)
    if source is None:
        row.wrong("source", "source_wrong", given=given)
        source = "survey"
    return Criterion(
        row.code("code", dots=True),
        row.required("name"),
        row.points("max_points"),
        row.reference("parent", optional=True),
        row.reference("block", optional=True),
        source,
    )


def _load_questionnaires(folder: Path, problems: list[Problem], parts: Parts) -> None:
    for path in sorted((folder / "questionnaires").glob("*")):
        file = _read_questionnaire(path)
        if file is None:
            continue
        questionnaire = load_model(Questionnaire, file)
        problems += file.problems
        code = str(file.data.get("code", path.stem)) if isinstance(file.data, dict) else path.stem
        if code in parts.questionnaire_files:
            what, fix = text("problem.code_twice", code=code), text("problem.code_twice_fix")
            problems.append(Problem(file.where(("code",)), what, fix))
            continue
        if questionnaire is not None:
            parts.questionnaires[code] = questionnaire
        parts.questionnaire_files[code] = file
        parts.notices += getattr(file, "notices", ())


def _read_questionnaire(path: Path) -> Source | None:
    """The source of a file in questionnaires; None for files that are none (hidden, an editor's lock, a folder)."""
    name, ending = f"questionnaires/{path.name}", path.suffix.lower()
    if path.name.startswith((".", "~")) or not path.is_file():
        return None
    if ending in (".yaml", ".yml"):
        return read_yaml(path.read_bytes(), name)
    if ending == ".xlsx":
        return read_xlsform(path.read_bytes(), name)
    foreign = YamlFile(name)
    if ending in _QUESTIONNAIRE_LIKE:
        fix = text("problem.questionnaire_kind_fix")
        foreign.problems.append(Problem(name, text("problem.questionnaire_kind"), fix))
    return foreign if foreign.problems else None
