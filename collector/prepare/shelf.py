"""What a campaign folder holds, as people see it who get a survey ready: each table and questionnaire with its state.

Knows no web. The list of people to be asked is left out: personal data go into the store by a way of their own.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from collector.folder_swap import FORMER, PREPARE
from collector.prepare.templates import find_xlsform
from collector.settings import DATA
from forms.errors import NotFound, Problem
from forms.folder import read_parts
from forms.parts import Parts
from forms.table_forms import RECIPIENTS, TABLE_FORMS, TableForm
from forms.table_templates import dump_table, table_lists
from forms.tables import find_table, read_table

SETTINGS = "campaign.yaml"
SHOWN_TABLES = tuple(form for form in TABLE_FORMS if form != RECIPIENTS)
Kind = Literal["settings", "table", "questionnaire"]


@dataclass(frozen=True)
class Item:
    """One file: `name` of the table, code of the questionnaire; `file` "" where the folder has none of it.

    `count` of rows or questions; `title` a questionnaire's own; `groups` who is asked it, by name.
    """

    kind: Kind
    name: str
    file: str
    count: int
    changed: datetime.datetime | None
    title: str = ""
    groups: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Shelf:
    """Every file of a campaign, and what is wrong with the whole."""

    items: tuple[Item, ...]
    problems: tuple[Problem, ...]


def load_shelf(folder: Path) -> Shelf:
    """All of a folder's files with their state. What is wrong is told, never raised, but for a folder that is gone."""
    parts, problems = read_parts(folder)
    items = (_settings_item(folder), *_table_items(folder, parts), *_questionnaire_items(folder, parts))
    return Shelf(tuple(items), (*problems, *parts.aside))


def _settings_item(folder: Path) -> Item:
    file = SETTINGS if (folder / SETTINGS).is_file() else ""
    return Item("settings", SETTINGS, file, 0, _changed(folder, file))


def _table_items(folder: Path, parts: Parts) -> Iterator[Item]:
    for form in SHOWN_TABLES:
        path = find_table(folder, form.name)
        file = path.name if path else ""
        yield Item("table", form.name, file, len(parts.rows.get(form.name, ())), _changed(folder, file))


def _questionnaire_items(folder: Path, parts: Parts) -> Iterator[Item]:
    groups = parts.settings.groups if parts.settings else ()
    for code, source in parts.questionnaire_files.items():
        asked = parts.questionnaires.get(code)
        count = sum(1 for _ in asked.questions()) if asked else 0
        named = tuple(group.name for group in groups if group.questionnaire == code)
        title = asked.title if asked else ""
        yield Item("questionnaire", code, source.name, count, _changed(folder, source.name), title, named)


def _changed(folder: Path, file: str) -> datetime.datetime | None:
    if not file:
        return None
    return datetime.datetime.fromtimestamp((folder / file).stat().st_mtime, datetime.UTC)


def get_file(folder: Path, kind: str, name: str) -> tuple[str, bytes]:
    """Name and content of a file as it lies in the folder; NotFound. No path is made of what was asked for."""
    item = next((one for one in load_shelf(folder).items if (one.kind, one.name) == (kind, name) and one.file), None)
    if item is None:
        raise NotFound(name)
    return Path(item.file).name, (folder / item.file).read_bytes()


@dataclass(frozen=True)
class Former:
    """Files that others took the place of, by path below the folder; `at` is UTC, `place` names where they lie."""

    place: str
    at: datetime.datetime
    files: tuple[str, ...]


def list_former(folder: Path) -> list[Former]:
    """What was replaced, the latest first."""
    kept = folder / DATA / PREPARE / FORMER
    found = []
    for place in sorted(kept.glob("*"), reverse=True):
        with suppress(ValueError):  # a name that the program did not give
            at = datetime.datetime.strptime(place.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=datetime.UTC)
            files = (path for path in sorted(place.rglob("*")) if path.is_file() and not path.name.startswith("."))
            found.append(Former(place.name, at, tuple(path.relative_to(place).as_posix() for path in files)))
    return [one for one in found if one.files]


def get_former(folder: Path, place: str, name: str) -> Path:
    """Where a replaced file lies; NotFound for whatever list_former does not name."""
    if not any(one.place == place and name in one.files for one in list_former(folder)):
        raise NotFound(name)
    return folder / DATA / PREPARE / FORMER / place / name


def get_workbook(folder: Path, kind: str, name: str) -> tuple[str, bytes]:
    """Name and content of an Excel file to change and bring back; an empty template where a table is missing.

    NotFound where there is no such table or questionnaire, or a workbook cannot hold it.
    """
    if kind == "table":
        form = next((one for one in SHOWN_TABLES if one.name == name), None)
        if form is None:
            raise NotFound(name)
        return f"{name}.xlsx", _table_workbook(folder, form)
    parts, _ = read_parts(folder)
    source = parts.questionnaire_files.get(name) if kind == "questionnaire" else None
    if source is not None and source.name.lower().endswith(".xlsx"):
        return f"{name}.xlsx", (folder / source.name).read_bytes()
    content = find_xlsform(parts, name) if source is not None else None
    if content is None:
        raise NotFound(name)
    return f"{name}.xlsx", content


def make_blank_list(folder: Path) -> bytes:
    """An empty workbook for the list of people, with the codes that the folder has now."""
    return dump_table(RECIPIENTS, [], table_lists(read_parts(folder)[0]))


def _table_workbook(folder: Path, form: TableForm) -> bytes:
    path = find_table(folder, form.name)
    if path is not None and path.suffix.lower() == ".xlsx":
        return path.read_bytes()
    rows = read_table(path, form.name, form.required, form.more)[0] if path else []
    parts, _ = read_parts(folder)
    return dump_table(form, [row.values for row in rows], table_lists(parts))
