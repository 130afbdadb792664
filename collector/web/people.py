"""The list of people to be asked: handed in, looked at by agency and group, then taken in under a key.

Nobody is named here and no address is shown, whoever looks: counts alone, and places in the file that was handed in.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from collector.beside import people as list_of_people
from collector.beside.upload import LARGEST_TABLE_BYTES, LIST_LASTS_S, drop_stale, find_upload
from collector.beside.work import Work, find_work, start_work
from collector.prepare.shelf import make_blank_list
from collector.store.recipients import list_frame
from collector.web import statuses
from collector.web.access import get_person, say_done, staff_only
from collector.web.handed_in import find_tried, keep_sent, let_table_in, put_away
from collector.web.site import agency_name, site
from forms.errors import InputWrong, Problem
from forms.words import text

people = Blueprint("people", __name__, url_prefix="/quan-ly/danh-sach-nguoi")
people.before_request(staff_only)
let_table_in(people)

_MOST_SHOWN = 300  # problems and notes on one screen; it says how many there are
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Line:
    """One agency and group: people that are to answer, kept now, in the file, and new in it."""

    agency: str
    group: str
    target: int
    kept: int
    people: int
    added: int


@people.get("/")
def show() -> ResponseReturnValue:
    """How many people each agency and group has, and what a list that was handed in would change."""
    return _show(())


@people.get("/mau.xlsx")
def blank() -> ResponseReturnValue:
    """An empty list to fill in."""
    content = make_blank_list(site().store.folder)
    return send_file(io.BytesIO(content), _XLSX, as_attachment=True, download_name="recipients.xlsx", max_age=0)


@people.post("/")
def send() -> ResponseReturnValue:
    """Keep a list for a short while and have it looked at; nobody of it is taken in yet."""
    try:
        upload = keep_sent("people", Problem("", text("recipients.none_sent"), text("recipients.none_sent_fix")))
    except InputWrong as wrong:
        return _show(wrong.problems), statuses.UNPROCESSABLE
    if upload is not None:
        _start("check", upload.name, request.form.get("once") == "1")
    return redirect(url_for(".show"), statuses.SEE_OTHER)


@people.post("/nhap")
def take() -> ResponseReturnValue:
    """Take in the list that was looked at."""
    tried = find_tried("people")
    if tried is not None:
        _start("take", tried.asked["name"], tried.asked["once"])
    return redirect(url_for(".show"), statuses.SEE_OTHER)


@people.post("/bo")
def drop() -> ResponseReturnValue:
    """Put the list away, with what was found in it."""
    if put_away("people"):
        say_done("recipients.dropped")
    return redirect(url_for(".show"), statuses.SEE_OTHER)


def _start(step: list_of_people.Step, name: str, once: bool) -> None:
    start_work(site().store, "people", get_person().name, list_of_people.ask(step, name, once))


def _show(problems: tuple[Problem, ...] | list[Problem]) -> str:
    folder = site().store.folder
    drop_stale(folder, "people", LIST_LASTS_S)
    work = find_work(folder, "people")
    waits = work is not None and work.stage == "done" and find_upload(folder, "people") is not None
    told = list(problems) or (list(work.problems) if work is not None else [])
    notes = [str(Problem.read(one)) for one in work.result["notes"]] if work is not None and waits else []
    return render_template(
        "console/people.html",
        work=work,
        waits=waits,
        problems=told[:_MOST_SHOWN],
        count_problems=len(told),
        is_refused=bool(problems),
        lines=_list_lines(work if waits else None),
        notes=notes[:_MOST_SHOWN],
        agency_name=lambda code: agency_name(site().campaign, code),
        groups={one.code: one.name for one in site().campaign.settings.groups},
        most=LARGEST_TABLE_BYTES // 1024**2,
        minutes=LIST_LASTS_S // 60,
    )


def _list_lines(work: Work | None) -> list[Line]:
    """The cells where somebody is kept, or would be."""
    with site().store.read() as conn:
        kept = {cell: len(found) for cell, found in list_frame(conn).items()}
    counts = {name: {(a, g): n for a, g, n in work.result[name]} if work else {} for name in ("people", "added")}
    quotas = {(one.agency, one.group): one.target for one in site().campaign.quotas}
    shown = [cell for cell in quotas if cell in kept or cell in counts["people"]]
    shown += [cell for cell in kept if cell not in quotas]
    return [
        Line(*cell, quotas.get(cell, 0), kept.get(cell, 0), counts["people"].get(cell, 0), counts["added"].get(cell, 0))
        for cell in shown
    ]
