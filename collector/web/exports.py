"""Files to take away: answers for Excel, SPSS, Stata, and the results. Made beside the server; each taking is logged.

Answers are of single sheets, so nobody of a rated agency gets them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from collector.beside.export import ANSWERS, RESULTS, MadeFile, get_shelf, list_made
from collector.beside.work import find_work, start_work
from collector.store.events import record_event
from collector.web import statuses
from collector.web.access import get_person, say_done, staff_only
from collector.web.editions import is_inside
from collector.web.numbers import show_moment
from collector.web.site import site

exports = Blueprint("exports", __name__, url_prefix="/quan-ly/tai-du-lieu")
exports.before_request(staff_only)

_ANSWERS = ", ".join(f'"{one}"' for one in ANSWERS)
_RESULTS = ", ".join(f'"{one}"' for one in RESULTS)


@dataclass(frozen=True)
class Offer:
    """What can be made, and what lies there of it."""

    code: str
    files: list[MadeFile]


@exports.get("/")
def show() -> ResponseReturnValue:
    """What can be taken away, what is being made, and what lies there."""
    folder = site().store.folder
    return render_template(
        "console/exports.html",
        work=find_work(folder, "export"),
        answers=[Offer(code, list_made(folder, names)) for code, names in ANSWERS.items()],
        results=[Offer(code, list_made(folder, names)) for code, names in RESULTS.items()],
        is_inside=is_inside(),
        moment=show_moment,
    )


@exports.post(f"/tra-loi/<any({_ANSWERS}):answers>")
def make(answers: str) -> ResponseReturnValue:
    """Have answers written as files."""
    if is_inside():
        abort(statuses.FORBIDDEN)
    return _make(answers)


@exports.post(f"/ket-qua/<any({_RESULTS}):results>")
def make_results(results: str) -> ResponseReturnValue:
    """Have results written as files."""
    return _make(results)


@exports.get(f"/tra-loi/<any({_ANSWERS}):answers>/<name>")
def file(answers: str, name: str) -> ResponseReturnValue:
    """A file of answers."""
    if is_inside():
        abort(statuses.FORBIDDEN)
    return _send(name, ANSWERS[answers])


@exports.get(f"/ket-qua/<any({_RESULTS}):results>/<name>")
def results_file(results: str, name: str) -> ResponseReturnValue:
    """A file of results."""
    return _send(name, RESULTS[results])


def _make(wanted: str) -> ResponseReturnValue:
    if not start_work(site().store, "export", get_person().name, {"format": wanted}):
        say_done("export.busy")
    return redirect(url_for(".show"), statuses.SEE_OTHER)


def _send(name: str, names: Mapping[str, str]) -> ResponseReturnValue:
    folder = site().store.folder
    if name not in [one.name for one in list_made(folder, names)]:
        abort(statuses.NOT_FOUND)
    with site().store.write() as conn:
        record_event(conn, get_person().name, "export.take", name)
    return send_file(get_shelf(folder) / name, as_attachment=True, download_name=name, max_age=0)
