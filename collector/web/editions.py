"""Editions of the index on screen: made in their order, held against each other, frozen, and their files taken away.

Making and freezing run in a process beside the server, which the page watches: they read every answer.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from aggregation.index_changes import Change
from aggregation.index_marks import figures_made_up
from aggregation.index_page import show_changes
from collector.beside.making import FREEZE, ask, frozen_folder
from collector.beside.work import Work, find_work, start_work
from collector.editions.freezing import ACTION, check_freezable, finish_frozen
from collector.editions.index import compute_index
from collector.editions.making import changes_between, changes_since, check_edition, edition_folder, edition_name
from collector.editions.petitions import apply_decisions, show_points
from collector.store.editions import EDITIONS, Edition, MadeEdition, Totals, find_edition, list_editions, list_petitions
from collector.store.events import Filter, find_events
from collector.store.quota import quota_rows
from collector.web import statuses
from collector.web.access import console_language, get_person, staff_only
from collector.web.numbers import show_moment
from collector.web.score_views import view_frozen
from collector.web.site import agency_name, site
from forms.errors import InputWrong, Problem
from forms.index_points import load_index
from forms.words import text

editions = Blueprint("editions", __name__, url_prefix="/quan-ly/ban-chi-so")
editions.before_request(staff_only)

NOW = "bay-gio"  # in place of an edition: what would come out at this moment
FILES = ("index.pdf", "index.html", "index.xlsx", "index.csv", "fields.csv", "changes.csv")
_CODES = ", ".join(f'"{code}"' for code in EDITIONS)
_MOST_FROZEN = 50
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class EditionView:
    """One of the three editions; `made` None: not yet; `is_next`: may be made now; `files`: what can be taken away."""

    code: str
    made: MadeEdition | None
    is_next: bool
    files: tuple[str, ...]


@editions.get("/")
def show() -> ResponseReturnValue:
    """The editions, what stands in the way of the next, and what was frozen."""
    return _show(())


@editions.post(f"/<any({_CODES}):code>")
def make(code: str) -> ResponseReturnValue:
    """Begin an edition that is made for good, with its files."""
    store = site().store
    try:
        with store.read() as conn:
            check_edition(conn, code, list_petitions(conn))
    except InputWrong as wrong:
        return _show(wrong.problems), statuses.UNPROCESSABLE
    start_work(store, "making", get_person().name, ask(code))
    return redirect(url_for(".show"), statuses.SEE_OTHER)


@editions.get(f"/<any({_CODES}):code>")
def edition(code: str) -> ResponseReturnValue:
    """One edition: totals, ranks and grades by block."""
    with site().store.read() as conn:
        found, made = find_edition(conn, code), {one.code: one for one in list_editions(conn)}
    if found is None:
        abort(statuses.NOT_FOUND)
    blocks = {one.code: one.name for one in site().campaign.settings.blocks}
    return render_template(
        "console/edition.html",
        made=made[code],
        blocks=[
            (blocks.get(block, block), sorted((one for one in found.totals if one.block == block), key=_place))
            for block in dict.fromkeys(one.block for one in found.totals)
        ],
        files=_list_files(made[code]),
        others=[one for one in made if one != code],
        is_later=lambda one: EDITIONS.index(one) < EDITIONS.index(code),
        agency=lambda one: agency_name(site().campaign, one),
        points=show_points,
        moment=_moment,
        made_up=found.has_made_up,
        unranked=any(one.rank is None for one in found.totals),
    )


@editions.get(f"/<any({_CODES}):code>/<name>")
def file(code: str, name: str) -> ResponseReturnValue:
    """A file of an edition that was made here."""
    with site().store.read() as conn:
        made = next((one for one in list_editions(conn) if one.code == code), None)
    if made is None or name not in _list_files(made):
        abort(statuses.NOT_FOUND)
    return send_file(_shelf(made) / name, as_attachment=True, download_name=f"{code}-{name}")


@editions.get("/so-sanh")
def compare() -> ResponseReturnValue:
    """What differs between two editions, or between the last one and what would come out now."""
    with site().store.read() as conn:
        made = [one.code for one in list_editions(conn)]
    before, after = request.args.get("from", ""), request.args.get("to", NOW)
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] | None = None
    made_up = False
    try:
        if before in made and after in made:
            changes = changes_between(site().store, before, after)
        elif after == NOW and made:
            before = made[-1]
            changes, made_up = _changes_now()
    except InputWrong as wrong:
        problems = wrong.problems
    return render_template(
        "console/edition_changes.html",
        made=made,
        before=before,
        after=after,
        now=NOW,
        changes=None if changes is None else show_changes(changes, site().campaign, console_language()),
        problems=problems,
        made_up=made_up or any(one.has_made_up for one in _find_all(before, after)),
    )


@editions.post("/dong-bang")
def freeze() -> ResponseReturnValue:
    """Begin to freeze rules, inputs and results into a file that is called after its hash."""
    store, provisional = site().store, request.form.get("provisional") == "yes"
    try:
        with store.read() as conn:
            check_freezable(conn, site().campaign, provisional)
    except InputWrong as wrong:
        return _show(wrong.problems), statuses.UNPROCESSABLE
    start_work(store, "making", get_person().name, ask(FREEZE, provisional))
    return redirect(url_for(".show"), statuses.SEE_OTHER)


@editions.get("/dong-bang/<digest>.zip")
def frozen(digest: str) -> ResponseReturnValue:
    """A frozen edition as a file; it holds every answer, so nobody of a rated agency gets it."""
    if is_inside():
        abort(statuses.FORBIDDEN)
    path = _frozen() / f"{digest}.zip"
    if not _DIGEST.fullmatch(digest) or not path.is_file():
        abort(statuses.NOT_FOUND)
    return send_file(path, "application/zip", as_attachment=True, download_name=f"dong-bang-{digest[:12]}.zip")


def is_inside() -> bool:
    """Whether the person works at an agency that is rated."""
    return get_person().works_at(*(one.code for one in site().campaign.agencies))


def _find_all(*codes: str) -> list[Edition]:
    """Those of the editions that there are."""
    with site().store.read() as conn:
        return [kept for code in codes if code in EDITIONS and (kept := find_edition(conn, code)) is not None]


def _changes_now() -> tuple[tuple[Change, ...] | None, bool]:
    """What would change, and whether a figure of it all would be made up."""
    campaign, points = load_index(site().store.folder)
    with site().store.at_one_moment() as still:
        with still.read() as conn:
            known = list_petitions(conn)
        index, _ = compute_index(still, campaign, apply_decisions(campaign, points, known))
        return changes_since(still, index, None, known), bool(figures_made_up(index))


def _show(problems: tuple[Problem, ...]) -> str:
    finish_frozen(site().store, _frozen() / "edition.zip")
    with site().store.read() as conn:
        made = {one.code: one for one in list_editions(conn)}
        undecided = [one.number for one in list_petitions(conn) if not one.decision]
        quotas = quota_rows(conn)
        lines = find_events(conn, Filter(action=ACTION), limit=_MOST_FROZEN)
    last = max((EDITIONS.index(code) for code in made), default=-1)
    return render_template(
        "console/editions.html",
        views=[
            EditionView(
                code, made.get(code), place > last and (place == 0 or not undecided), _list_files(made.get(code))
            )
            for place, code in enumerate(EDITIONS)
        ],
        undecided=undecided,
        doubts=sum(row.doubtful for row in quotas),
        conflicts=sum(row.conflicts for row in quotas),
        frozen=[(one, (_frozen() / f"{one.digest}.zip").is_file()) for one in map(view_frozen, lines)],
        is_inside=is_inside(),
        can_compare=len(made) > 1,
        has_edition=bool(made),
        now=NOW,
        problems=problems,
        moment=_moment,
        work=(work := find_work(site().store.folder, "making")),
        said=_say(work),
    )


def _say(work: Work | None) -> str:
    """What is being made and by whom, or what became of the last one; "" before the first."""
    lang = console_language()
    if work is None:
        return ""
    code = work.asked["code"]
    edition = "" if code == FREEZE else edition_name(code, lang)
    what = text("petitions.what_edition", lang, name=edition) if edition else text("freeze.what", lang)
    fields = {"what": what, "who": work.who, "at": _moment(datetime.datetime.fromisoformat(work.at))}
    if work.is_running:
        return text("freeze.making", lang, **fields, done=work.done, total=work.total or "?")
    if not work.is_over:
        return text("freeze.making_cut", lang, **fields)
    if work.stage == "failed":
        return text("freeze.making_failed", lang, **fields)
    if edition:
        return text("petitions.made_edition", lang, name=edition)
    said = text("freeze.done_here", lang, digest=work.result["digest"])
    return f"{said} {text('freeze.without_index', lang)}" if work.result["lacks_index"] else said


def _place(one: Totals) -> tuple[bool, int, str]:
    return one.rank is None, one.rank or 0, one.agency


def _list_files(made: MadeEdition | None) -> tuple[str, ...]:
    return () if made is None else tuple(name for name in FILES if (_shelf(made) / name).is_file())


def _shelf(made: MadeEdition) -> Path:
    return edition_folder(site().store.folder, made.code, made.digest)


def _frozen() -> Path:
    return frozen_folder(site().store.folder)


def _moment(at: datetime.datetime) -> str:
    return show_moment(at.replace(tzinfo=datetime.UTC))
