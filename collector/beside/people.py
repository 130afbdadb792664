"""A list of people to be asked: looked at first, then taken in, by the functions of `phieu recipients import`.

Nothing here names anybody. Of a list that was looked at, counts and places in the file are kept, and the list itself,
under a name of our own, until it is taken in or put away.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from collector.beside.upload import Upload, drop_upload, find_upload
from collector.beside.work import Report, Work
from collector.opening import open_campaign
from collector.people.erasure import erase_day
from collector.people.recipients import import_recipients, plan_import
from collector.store import Store
from collector.store.recipients import Cell
from forms.campaign import Campaign
from forms.days import show_day
from forms.errors import InputWrong, Problem
from forms.words import text

Step = Literal["check", "take"]


def ask(step: Step, name: str, once: bool) -> dict[str, Any]:
    """What the work is asked."""
    return {"step": step, "name": name, "once": once}


def do(folder: Path, work: Work, report: Report) -> dict[str, Any]:
    """Gives what changed, or would change."""
    campaign, store = open_campaign(folder)
    path = find_upload(folder, "people")
    if path is None:  # put away meanwhile
        raise InputWrong([Problem(work.asked["name"], text("import.gone"), text("import.gone_fix"))])
    upload = Upload(path, work.asked["name"])
    try:
        step = _look if work.asked["step"] == "check" else _take
        return step(store, campaign, upload, work, report)
    except InputWrong as wrong:  # it is mended and handed in again
        drop_upload(folder, "people")
        raise InputWrong(upload.rename(wrong.problems)) from wrong
    finally:
        store.close()


def _look(store: Store, campaign: Campaign, upload: Upload, work: Work, _report: Report) -> dict[str, Any]:
    plan = plan_import(store, campaign, upload.path, work.asked["once"])
    notes = [one.keep() for one in upload.rename(plan.notes)]
    counts = {"people": _flat(plan.people), "added": _flat(plan.added)}
    return {**counts, "notes": notes, "left_out": plan.left_out}


def _take(store: Store, campaign: Campaign, upload: Upload, work: Work, report: Report) -> dict[str, Any]:
    done = import_recipients(store, campaign, upload.path, work.who, report, work.asked["once"])
    day = erase_day(store, campaign.settings)
    return {"added": done.added, "people": done.people, "day": show_day(day) if day else ""}


def _flat(counts: Mapping[Cell, int]) -> list[tuple[str, str, int]]:
    return [(*cell, count) for cell, count in counts.items()]
