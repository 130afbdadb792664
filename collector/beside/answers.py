"""A table of answers typed elsewhere: tried first, then taken in, by the functions of `phieu import`."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from collector.beside.upload import Upload, drop_upload, find_upload
from collector.beside.work import Report, Work
from collector.imports.answers import import_answers
from collector.imports.parts import ImportSummary, finish_import
from collector.opening import open_campaign
from collector.store import Store
from collector.store.open_imports import find_open_import
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.words import text

Step = Literal["check", "take", "finish"]


def ask(step: Step, name: str = "", new_serials: bool = False) -> dict[str, Any]:
    """What the work is asked."""
    return {"step": step, "name": name, "new_serials": new_serials}


def do(folder: Path, work: Work, report: Report) -> dict[str, Any]:
    """Gives what became, or would become, of the sheets."""
    campaign, store = open_campaign(folder)
    try:
        if work.asked["step"] == "finish":
            return asdict(_finish(store, campaign, report))
        path = find_upload(folder, "answers")
        if path is None:  # put away meanwhile
            raise InputWrong([Problem(work.asked["name"], text("import.gone"), text("import.gone_fix"))])
        upload = Upload(path, work.asked["name"])
        try:
            done = _import(store, campaign, upload, work, report)
        except InputWrong as wrong:  # it is mended and handed in again
            drop_upload(folder, "answers")
            raise InputWrong(upload.rename(wrong.problems)) from wrong
        if work.asked["step"] == "take":
            drop_upload(folder, "answers")
        return asdict(done)
    finally:
        store.close()


def _import(store: Store, campaign: Campaign, upload: Upload, work: Work, report: Report) -> ImportSummary:
    return import_answers(
        *(store, campaign, upload.path, work.who, datetime.datetime.now(datetime.UTC)),
        dry_run=work.asked["step"] == "check",
        new_serials=work.asked["new_serials"],
        called=upload.name,
        report=report,
        staging=report,
    )


def _finish(store: Store, campaign: Campaign, report: Report) -> ImportSummary:
    with store.read() as conn:
        kept = find_open_import(conn)
    return ImportSummary() if kept is None else finish_import(store, campaign, kept.id, report)
