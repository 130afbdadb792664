"""Answers that were typed elsewhere, handed in as a table: tried, looked at, then taken in part by part.

All of it is what `phieu import` does. Nobody takes in what is about the agency where they work.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from collector.beside import answers
from collector.beside.upload import LARGEST_TABLE_BYTES, drop_stale, find_upload
from collector.beside.work import find_work, start_work
from collector.store.open_imports import count_staged, find_open_import
from collector.web import statuses
from collector.web.access import get_person, say_done, staff_only
from collector.web.handed_in import find_tried, keep_sent, let_table_in, put_away
from collector.web.site import site
from forms.errors import InputWrong, Problem
from forms.words import text

imports = Blueprint("imports", __name__, url_prefix="/quan-ly/nhan-bang")
imports.before_request(staff_only)
let_table_in(imports)

_LASTS_S = 24 * 3600  # a table that nobody takes in
_MOST_PROBLEMS = 300  # on one screen; it says how many there are
_COUNTS = ("accepted", "same", "conflict", "over_quota", "held", "void", "empty", "placed", "doubtful")


@imports.get("/")
def show() -> ResponseReturnValue:
    """What was handed in, what is wrong with it or would become of it, and how far it is."""
    return _show(())


@imports.post("/")
def send() -> ResponseReturnValue:
    """Keep a table and have it tried; nothing of it is taken in yet."""
    try:
        upload = keep_sent("answers", Problem("", text("import.none_sent"), text("import.none_sent_fix")))
    except InputWrong as wrong:
        return _show(wrong.problems), statuses.UNPROCESSABLE
    if upload is not None:
        _start("check", upload.name, request.form.get("new_serials") == "1")
    return redirect(url_for(".show"), statuses.SEE_OTHER)


@imports.post("/nhan")
def take() -> ResponseReturnValue:
    """Take in the table that was tried."""
    tried = find_tried("answers")
    if tried is not None:
        _start("take", tried.asked["name"], tried.asked["new_serials"])
    return redirect(url_for(".show"), statuses.SEE_OTHER)


@imports.post("/nhan-not")
def finish() -> ResponseReturnValue:
    """Go on with an import that was cut off."""
    with site().store.read() as conn:
        open_ = find_open_import(conn)
    if open_ is not None:
        _start("finish", open_.name)
    return redirect(url_for(".show"), statuses.SEE_OTHER)


@imports.post("/bo")
def drop() -> ResponseReturnValue:
    """Put the table away, with what was found in it."""
    if put_away("answers"):
        say_done("import.dropped")
    return redirect(url_for(".show"), statuses.SEE_OTHER)


def _start(step: answers.Step, name: str = "", new_serials: bool = False) -> None:
    asked = answers.ask(step, name, new_serials)
    start_work(site().store, "answers", get_person().name, asked)


def _show(problems: tuple[Problem, ...] | list[Problem]) -> str:
    folder = site().store.folder
    drop_stale(folder, "answers", _LASTS_S)
    work = find_work(folder, "answers")
    with site().store.read() as conn:
        open_ = find_open_import(conn)
        left = count_staged(conn) if open_ is not None else 0
    told = list(problems) or (list(work.problems) if work is not None else [])
    return render_template(
        "console/imports.html",
        work=work,
        problems=told[:_MOST_PROBLEMS],
        count_problems=len(told),
        is_refused=bool(problems),
        is_cut=work is not None and not work.is_over and not work.is_alive,
        counts=[(name, work.result[name]) for name in _COUNTS if work.result.get(name)] if work is not None else [],
        waits=find_upload(folder, "answers") is not None,
        open=open_,
        done=0 if open_ is None else open_.counts.get("sheets", 0) - left,
        most=LARGEST_TABLE_BYTES // 1024**2,
    )
