"""The check of a staged folder, as a process of its own runs it.

Knows no database: what it need not import, every check need not wait for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from forms.campaign import Campaign, Settings
from forms.checkup import check_folder
from forms.compose import compose, plan_id
from forms.errors import InputWrong, Problem
from forms.promises import make_head
from forms.versions import plan_versions
from forms.words import text


@dataclass(frozen=True)
class Printed:
    """What is on paper already: by group the ids of its layouts, by agency its name, and the typeface's family."""

    layouts: Mapping[str, frozenset[str]]
    names: Mapping[str, str]
    family: str | None = None

    def __bool__(self) -> bool:
        return bool(self.layouts)


@dataclass(frozen=True)
class CheckTask:
    """A staged folder, what was printed of the campaign, and the id and database that it has."""

    folder: Path
    printed: Printed
    id: str
    database: str


def check_staged(task: CheckTask) -> Campaign | tuple[Problem, ...]:
    """The campaign that a staged folder holds, or every problem with it."""
    found = check_fresh(task.folder)
    if isinstance(found, tuple):
        return found
    return (*_check_own(found.settings, task), *_check_paper(found, task.printed)) or found


def check_fresh(folder: Path) -> Campaign | tuple[Problem, ...]:
    """The campaign that a new folder holds, or every problem with it."""
    try:
        return check_folder(folder)
    except InputWrong as wrong:
        return wrong.problems


def _check_own(settings: Settings, task: CheckTask) -> Iterator[Problem]:
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
        lost, now = set(printed.layouts.get(group.code, ())), _layouts_of(campaign, group.code, printed)
        while lost and (one := next(now, None)) is not None:  # each costs a composition: no more than is needed
            lost.discard(one)
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
