"""Getting the survey ready on the screen: every table and questionnaire with its state, down as Excel and up again."""

from __future__ import annotations

import io

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from collector.prepare.arrivals import LARGEST_FILE_BYTES, Arrival
from collector.prepare.replacing import replace_files
from collector.prepare.shelf import get_file, get_former, get_workbook, list_former, load_shelf
from collector.store.quota import quota_rows
from collector.web import statuses
from collector.web.access import find_person, get_person, say_done, staff_only
from collector.web.numbers import show_moment
from collector.web.site import site
from forms.errors import InputWrong, Problem

prepare = Blueprint("prepare", __name__, url_prefix="/quan-ly/chuan-bi")
prepare.before_request(staff_only)

LARGEST_POST_BYTES = 8 * 1024 * 1024
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@prepare.url_value_preprocessor
def _let_files_in(endpoint: str | None, _values: object) -> None:
    # Before anything looks into the request; whoever may not replace files sends no more than to any other page
    person = find_person() if endpoint == f"{prepare.name}.{take.__name__}" else None
    if person is not None and person.may(endpoint or ""):
        request.max_content_length = LARGEST_POST_BYTES


@prepare.get("/")
def show() -> ResponseReturnValue:
    """Every file of the survey with its state."""
    return _show(())


@prepare.post("/")
def take() -> ResponseReturnValue:
    """Replace files, all that were chosen or none."""
    chosen = [(slot, file) for slot, file in request.files.items(multi=True) if file.filename]
    arrivals = [Arrival(slot, file.filename or "", file.read()) for slot, file in chosen]
    try:
        campaign = replace_files(site().store, site().campaign.settings, arrivals, get_person().name)
    except InputWrong as wrong:
        return _show(wrong.problems), statuses.UNPROCESSABLE
    site().served.take(campaign)
    say_done("prepare.replaced", files=", ".join(file.filename or "" for _, file in chosen))
    return redirect(url_for(".show"), statuses.SEE_OTHER)


@prepare.get("/tep/<kind>/<name>.xlsx")
def workbook(kind: str, name: str) -> ResponseReturnValue:
    """A table or questionnaire as an Excel file."""
    shown, content = get_workbook(site().store.folder, kind, name)
    return send_file(io.BytesIO(content), _EXCEL, as_attachment=True, download_name=shown, max_age=0)


@prepare.get("/tep/<kind>/<name>/goc")
def original(kind: str, name: str) -> ResponseReturnValue:
    """A file as it lies in the folder."""
    shown, content = get_file(site().store.folder, kind, name)
    return send_file(io.BytesIO(content), "application/octet-stream", as_attachment=True, download_name=shown)


@prepare.get("/cu/<place>/<path:name>")
def former(place: str, name: str) -> ResponseReturnValue:
    """A file that another took the place of."""
    path = get_former(site().store.folder, place, name)
    shown = f"{place[:15]}-{path.name}"
    return send_file(path.resolve(), "application/octet-stream", as_attachment=True, download_name=shown, max_age=0)


def _show(problems: tuple[Problem, ...]) -> str:
    with site().store.read() as conn:
        printed = sum(row.printed for row in quota_rows(conn))
    campaign = site().campaign
    return render_template(
        "console/prepare.html",
        shelf=load_shelf(site().store.folder),
        problems=problems,
        printed=printed,
        sheets=sum(quota.target + quota.reserve for quota in campaign.quotas),
        most=LARGEST_FILE_BYTES // 1024**2,
        moment=show_moment,
        formers=list_former(site().store.folder),
    )
