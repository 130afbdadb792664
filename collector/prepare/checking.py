"""The check of a campaign folder with files in place of others, in a process of its own, before anything is written.

The same check as `phieu check`; once sheets are printed, also that the same sheets would be printed again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, select

from collector.folder_swap import Swap, prepare_folder
from collector.spread import Crashed, spread_apart
from collector.store import Store
from collector.store.layouts import find_printed_family
from collector.store.schema import agency, cell, layout, respondent_group, sheet
from forms.campaign import Campaign, Settings
from forms.checkup import check_folder
from forms.compose import compose, plan_id
from forms.errors import InputWrong, Problem, WorkFailed
from forms.promises import make_head
from forms.table_forms import RECIPIENTS
from forms.versions import plan_versions
from forms.words import text

_ENDINGS = (".yaml", ".yml", ".csv", ".xlsx")


@dataclass(frozen=True)
class Printed:
    """What is on paper already: by group the ids of its layouts, by agency its name, and the typeface's family."""

    layouts: Mapping[str, frozenset[str]]
    names: Mapping[str, str]
    family: str | None = None

    def __bool__(self) -> bool:
        return bool(self.layouts)


@dataclass(frozen=True)
class _Task:
    folder: Path
    printed: Printed
    id: str
    database: str


def find_printed(conn: Connection) -> Printed:
    """What was printed so far; empty before the first print run."""
    codes = layout.c.code, respondent_group.c.code.label("group"), agency.c.code.label("agency"), agency.c.name
    query = select(*codes).distinct().join_from(sheet, layout, layout.c.id == sheet.c.layout)
    query = query.join(cell, cell.c.id == sheet.c.cell).join(agency, agency.c.id == cell.c.agency)
    rows = conn.execute(query.join(respondent_group, respondent_group.c.id == cell.c.respondent_group)).all()
    groups: dict[str, set[str]] = {}
    for row in rows:
        groups.setdefault(row.group, set()).add(row.code)
    layouts = {group: frozenset(codes) for group, codes in groups.items()}
    return Printed(layouts, {row.agency: row.name for row in rows}, find_printed_family(conn) if rows else None)


def check_swap(store: Store, settings: Settings, swap: Swap) -> Campaign:
    """The campaign that the folder would hold; InputWrong with every problem, by FILE and cell. Changes nothing."""
    with store.read() as conn:
        printed = find_printed(conn)
    staged = Path(tempfile.mkdtemp(prefix="check-", dir=prepare_folder(store.folder)))
    try:
        _stage(store.folder, staged, swap)
        task = _Task(staged, printed, settings.id, settings.database)
        (found,) = spread_apart(_check, [task], 1)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    if isinstance(found, Crashed):
        raise WorkFailed(text("cli.process_died"))
    if isinstance(found, tuple):
        raise InputWrong(found)
    fonts = store.folder / "fonts"
    return replace(found, fonts=(fonts,) if fonts.is_dir() else ())


def _stage(folder: Path, staged: Path, swap: Swap) -> None:
    for path in (*folder.glob("*"), *folder.glob("questionnaires/*")):
        name = path.relative_to(folder).as_posix()
        is_ours = path.is_file() and path.suffix.lower() in _ENDINGS and path.stem.lower() != RECIPIENTS.name
        if is_ours and name not in swap.put and name not in swap.remove:
            (staged / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(path, staged / name)
    if (folder / "fonts").is_dir():
        (staged / "fonts").symlink_to((folder / "fonts").resolve())
    for name, content in swap.put.items():
        (staged / name).parent.mkdir(exist_ok=True)
        (staged / name).write_bytes(content)


def _check(task: _Task) -> Campaign | tuple[Problem, ...]:
    try:
        campaign = check_folder(task.folder)
    except InputWrong as wrong:
        return wrong.problems
    problems = (*_check_own(campaign.settings, task), *_check_paper(campaign, task.printed))
    return problems or campaign


def _check_own(settings: Settings, task: _Task) -> Iterator[Problem]:
    """A running console cannot become that of another survey or another database."""
    for name, now, before in (("id", settings.id, task.id), ("database", settings.database, task.database)):
        if now != before:
            what = text("prepare.fixed", field=name, before=before if name == "id" else "…")
            yield Problem("campaign.yaml", what, text("prepare.fixed_fix"))


def _check_paper(campaign: Campaign, printed: Printed) -> Iterator[Problem]:
    names = {one.code: one.name for one in campaign.agencies}
    for code, name in printed.names.items():
        if names.get(code, name) != name:
            what = text("prepare.name_printed", code=code, name=name)
            yield Problem(text("templates.agencies"), what, text("prepare.name_printed_fix"))
    # A layout makes room for the longest name: only what else is new would be another sheet
    kept = tuple(replace(one, name=printed.names.get(one.code, one.name)) for one in campaign.agencies)
    campaign = replace(campaign, agencies=kept)
    for group in campaign.settings.groups:
        lost = printed.layouts.get(group.code, frozenset()) - {*_layouts_of(campaign, group.code, printed)}
        if lost:
            what = text("prepare.sheet_printed", group=group.name)
            yield Problem(group.questionnaire, what, text("prepare.printed_fix"))


def _layouts_of(campaign: Campaign, group: str, printed: Printed) -> Iterator[str]:
    """The ids of all layouts that a group's sheets would have if they were printed now."""
    asked, named = campaign.get_questionnaire(group), campaign.get_group(group)
    sizes = (False, True) if asked.rates == "agency" else (False,)
    for large in sizes:
        head = make_head(campaign, asked, named, family=printed.family, large=large)
        for each in plan_versions(campaign, asked, head).heads:
            yield plan_id(compose(each, asked, campaign.fonts), each, asked)
