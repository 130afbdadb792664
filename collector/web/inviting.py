"""Drawing from the list, links for the drawn, and files for those whom no letter reaches: `phieu invite` on a page.

Nobody is named here: counts alone. The files name people; whoever takes them is on record, and whoever may read the
answers of single sheets gets none that joins people and sheets of an unlinked group.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from collector.beside.inviting import SIZES, Step, ask
from collector.beside.parcel import PAPERS, PARCEL_LASTS_S, drop_parcel, drop_stale_parcel, find_parcel
from collector.beside.work import Work, clear_work, find_work, start_work
from collector.people.drawing import CellSize, list_sizes, show_drawn_day
from collector.people.drawn_files import frame_csv, write_draws
from collector.store.draws import Draw, last_draws
from collector.store.events import record_event
from collector.store.letters import CellCount, count_cells
from collector.store.recipients import list_frame
from collector.web import statuses
from collector.web.access import get_person, say_done, staff_only
from collector.web.site import agency_name, site
from forms.errors import Problem
from forms.words import text

inviting = Blueprint("inviting", __name__, url_prefix="/quan-ly/rut-va-moi")
inviting.before_request(staff_only)

_LONGEST = 300
_MERGES = ("merge", "merge_csv")


@dataclass(frozen=True)
class Line:
    """One agency and group where somebody is on the list, was drawn, or is invited; `is_linked`: may be rechecked."""

    size: CellSize
    draw: Draw | None
    count: CellCount | None
    is_linked: bool


@inviting.get("/")
def show() -> ResponseReturnValue:
    """How far each agency and group is, and the steps."""
    return _show(())


@inviting.post("/rut")
def draw() -> ResponseReturnValue:
    """Draw by a seed, or everybody."""
    more = {name: _typed(name) for name in ("seed", "amount", "reserve", "again")}
    rule = request.form.get("rule", "")
    return _start("draw", **more, rule=rule if rule in SIZES else SIZES[0])


@inviting.post("/moi")
def invite() -> ResponseReturnValue:
    """Give the drawn their sheets and put their letters into the queue; none leaves by this."""
    return _start("invite", reserves=_typed("reserves"), few=request.form.get("few") == "1")


@inviting.post("/lap")
def write() -> ResponseReturnValue:
    """Have slips, a mail merge or the drawn list written."""
    paper = request.form.get("paper", "")
    if paper not in PAPERS:
        return _show([Problem("", text("inviting.no_paper"), text("inviting.no_paper_fix"))]), statuses.UNPROCESSABLE
    return _start("files", paper=paper, everybody=request.form.get("everybody") == "1", apart=_reads_answers())


@inviting.get("/tep")
def file() -> ResponseReturnValue:
    """The files that were written, as one."""
    drop_stale_parcel(site().store)
    work, path = find_work(site().store.folder, "inviting"), find_parcel(site().store)
    if path is None or work is None or not _is_parcel(work):
        abort(statuses.NOT_FOUND)
    if not _may_take(work):
        abort(statuses.FORBIDDEN)
    name = str(work.result["name"])
    with site().store.write() as conn:
        record_event(conn, get_person().name, "invite.take", name, f"people={work.result['people']}")
    return send_file(path, as_attachment=True, download_name=name, max_age=0)


@inviting.post("/bo")
def drop() -> ResponseReturnValue:
    """Put the files away."""
    work = find_work(site().store.folder, "inviting")
    if work is not None and _is_parcel(work):
        drop_parcel(site().store)
        clear_work(site().store.folder, "inviting")
        say_done("inviting.dropped")
    return redirect(url_for(".show"), statuses.SEE_OTHER)


@inviting.get("/khung.csv")
def frame() -> ResponseReturnValue:
    """Who could be drawn, by id alone: what is published before the draw."""
    return _send("frame.csv", _frame())


@inviting.get("/ket-qua.csv")
def draws() -> ResponseReturnValue:
    """Every draw, by id alone: what an auditor holds their own against."""
    with TemporaryDirectory(prefix="phieu-") as folder:
        path = Path(folder) / "draws.csv"
        write_draws(site().store, path)
        return _send(path.name, path.read_bytes())


def _send(name: str, content: bytes) -> ResponseReturnValue:
    return content, {"Content-Type": "text/csv", "Content-Disposition": f"attachment; filename={name}"}


def _frame() -> bytes:
    with site().store.read() as conn:
        return frame_csv(list_frame(conn))


def _typed(name: str) -> str:
    return " ".join(request.form.get(name, "").split())[:_LONGEST]


def _start(step: Step, **more: str | bool) -> ResponseReturnValue:
    campaign = site().campaign
    known = {"agency": [one.code for one in campaign.agencies], "group": [one.code for one in campaign.settings.groups]}
    agency, group = (code if (code := _typed(name)) in codes else "" for name, codes in known.items())
    if start_work(site().store, "inviting", get_person().name, ask(step, agency, group, **more)):
        if step != "files":
            drop_parcel(site().store)  # nobody can take it any more
    else:
        say_done("inviting.busy")
    return redirect(url_for(".show"), statuses.SEE_OTHER)


def _reads_answers() -> bool:
    """Whether whoever asks may see the answers of single sheets, here or taken away."""
    return get_person().may("exports.file") or get_person().may("pictures.page")


def _is_parcel(work: Work) -> bool:
    return work.stage == "done" and work.asked["step"] == "files"


def _may_take(work: Work) -> bool:
    """A file that joins people and sheets of an unlinked group is for who may not read answers."""
    return work.asked["paper"] not in _MERGES or work.asked["apart"] or not _reads_answers()


def _show(problems: Sequence[Problem]) -> str:
    drop_stale_parcel(site().store)
    work = find_work(site().store.folder, "inviting")
    if work is not None and work.asked["step"] == "check":  # the page of the mail server's
        work = None
    frame = _frame()
    lines = _list_lines()
    has_failed = work is not None and work.stage == "failed"
    return render_template(
        "console/inviting.html",
        work=work,
        step=work.asked["step"] if work is not None else "",
        problems=problems or (work.problems if work is not None else ()),
        typed=work.asked if work is not None and has_failed else {},
        lines=lines,
        digest=hashlib.sha256(frame).hexdigest(),
        is_parcel=work is not None and _is_parcel(work) and find_parcel(site().store) is not None,
        may_take=work is not None and _is_parcel(work) and _may_take(work),
        reads_answers=_reads_answers(),
        agency_name=lambda code: agency_name(site().campaign, code),
        agencies={one.size.agency: agency_name(site().campaign, one.size.agency) for one in lines},
        groups={one.code: one.name for one in site().campaign.settings.groups},
        drawn_day=show_drawn_day,
        papers=PAPERS,
        minutes=PARCEL_LASTS_S // 60,
        longest=_LONGEST,
    )


def _list_lines() -> list[Line]:
    sizes = list_sizes(site().store, site().campaign.quotas)
    with site().store.read() as conn:
        draws, counts = last_draws(conn), {(one.agency, one.group): one for one in count_cells(conn)}
    linked = {one.code: one.privacy == "linked" for one in site().campaign.settings.groups}
    lines = []
    for one in sizes:
        named = (one.agency, one.group)
        if one.people or named in draws or named in counts:
            lines.append(Line(one, draws.get(named), counts.get(named), linked[one.group]))
    return lines
