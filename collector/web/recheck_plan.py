"""Getting the recheck ready on screen: the seed committed, people to call, what so many calls detect, the draw.

All of it is what the command line does (collector.recheck); a seed that is made here is shown once and kept nowhere.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from flask import abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from collector.recheck.contacts import import_contacts
from collector.recheck.drawing import commit, draw_rechecks, list_drawn
from collector.recheck.files import write_draws, write_frame
from collector.reports.scores import name_flagged
from collector.store.rechecks import list_seeds, list_units
from collector.web import statuses
from collector.web.access import console_language, find_person, get_person, say_done
from collector.web.numbers import show_count
from collector.web.recheck_results import is_among_drawn
from collector.web.rechecks import day_at, rechecks
from collector.web.site import agency_name, asked_number, site, utc_now
from forms.errors import InputWrong, Problem
from forms.recheck import make_seed
from forms.words import text

Form = Literal["", "commit", "contacts", "draw"]
_LARGEST_TABLE_BYTES = 8 * 1024 * 1024
_MOST_CALLS = 500
_MOST_NAMED = 20
_ENDINGS = (".csv", ".xlsx")
_VERBS = ("commit", "draw")  # where the command line found something wrong: a screen's own forms
_AUDITED = {"frame.csv": write_frame, "draws.csv": write_draws}


@rechecks.url_value_preprocessor
def _let_tables_in(endpoint: str | None, _values: object) -> None:
    # Before anything looks into the request; whoever may not take them in sends no more than to any other page
    takes = {f"{rechecks.name}.{view.__name__}" for view in (take_contacts, draw)}
    person = find_person() if endpoint in takes else None
    if person is not None and person.may(endpoint or ""):
        request.max_content_length = _LARGEST_TABLE_BYTES


@rechecks.get("/chuan-bi")
def plan() -> ResponseReturnValue:
    """What is ready and what is not, and what so many calls detect."""
    return _show_plan()


@rechecks.post("/chuan-bi/cam-ket")
def commit_seed() -> ResponseReturnValue:
    """Commit to a seed that somebody outside keeps, or to one that is made and shown now, this once."""
    commitment, why = request.form.get("commitment", "").strip().lower(), request.form.get("why", "").strip()
    seed = "" if commitment else make_seed()
    try:
        made = commit(site().store, seed, commitment, get_person().name, why)
    except InputWrong as wrong:
        return _show_plan("commit", wrong.problems), statuses.UNPROCESSABLE
    if seed:
        return render_template("console/recheck_seed.html", seed=seed, made=made)
    say_done("recheck.commit_done", commitment=made.commitment, answers=made.answers)
    return redirect(url_for(".plan"), statuses.SEE_OTHER)


@rechecks.post("/chuan-bi/lien-lac")
def take_contacts() -> ResponseReturnValue:
    """Seal the telephones of a table; its copy here is removed whether it could be taken in or not."""
    try:
        with tempfile.TemporaryDirectory(prefix="phieu-") as folder:  # for its owner alone
            path = _save_sent("contacts", Path(folder))
            sheets = import_contacts(site().store, site().campaign, path, get_person().name)
    except InputWrong as wrong:
        return _show_plan("contacts", wrong.problems), statuses.UNPROCESSABLE
    say_done("recheck.plan_contacts_done", sheets=show_count(sheets, console_language()))
    return redirect(url_for(".plan"), statuses.SEE_OTHER)


@rechecks.post("/chuan-bi/rut")
def draw() -> ResponseReturnValue:
    """Draw by the seed that was committed, at every agency that has anybody to call and was not drawn before."""
    store, campaign, who = site().store, site().campaign, get_person().name
    flag, why = request.form.get("flag", ""), " ".join(request.form.get("flag_why", "").split())
    try:
        if flag and not why:
            raise InputWrong([Problem("", text("recheck.plan_flag_no_why"), text("recheck.plan_flag_no_why_fix"))])
        flagged = name_flagged(store, campaign) | ({flag: why} if flag else {})
        with tempfile.TemporaryDirectory(prefix="phieu-") as folder:
            sent = request.files.get("replaced")
            replaced = _save_sent("replaced", Path(folder)) if sent is not None and sent.filename else None
            seed = request.form.get("seed", "")
            drawn = draw_rechecks(store, campaign, seed, who, (), flagged, utc_now(), replaced=replaced)
    except InputWrong as wrong:
        return _show_plan("draw", wrong.problems), statuses.UNPROCESSABLE
    new, opened = sum(one.is_new for one in drawn), sum(one.open for one in drawn)
    say_done("recheck.draw_done", agencies=len(drawn), new=new, open=opened)
    return redirect(url_for(".plan"), statuses.SEE_OTHER)


def _save_sent(name: str, folder: Path) -> Path:
    """Keep a table that was sent with a form in a folder; InputWrong where it is none."""
    sent = request.files.get(name)
    ending = Path(sent.filename or "").suffix.lower() if sent is not None else ""
    if sent is None or ending not in _ENDINGS:
        raise InputWrong([Problem("", text("recheck.plan_no_file"), text("recheck.plan_no_file_fix"))])
    path = folder / f"{name}{ending}"
    sent.save(path)
    return path


@rechecks.get("/chuan-bi/<name>")
def audit(name: str) -> ResponseReturnValue:
    """What an auditor draws from and what was drawn; it names sheets, so nobody of a rated agency gets it."""
    if name not in _AUDITED:
        abort(statuses.NOT_FOUND)
    if is_among_drawn():
        abort(statuses.FORBIDDEN)
    with tempfile.TemporaryDirectory(prefix="phieu-") as folder:
        _AUDITED[name](site().store, Path(folder) / name)
        content = (Path(folder) / name).read_bytes()
    return send_file(io.BytesIO(content), "text/csv", as_attachment=True, download_name=name)


def _show_plan(at: Form = "", problems: Sequence[Problem] = ()) -> str:
    from aggregation.recheck import make_detections

    rules, campaign = site().campaign.settings.recheck, site().campaign
    asked = min(asked_number("calls") or 0, _MOST_CALLS)
    calls = tuple(dict.fromkeys((rules.calls, rules.flagged_calls, *([asked] if asked else []))))
    with site().store.read() as conn:
        seeds, units = list_seeds(conn), list_units(conn)
    return render_template(
        "console/recheck_plan.html",
        at=at,
        problems=[replace(one, where="") if one.where in _VERBS else one for one in problems],
        typed=request.form,
        seeds=seeds,
        rules=rules,
        calls=calls,
        detections=make_detections(calls),
        whole=_show_whole,
        people=sum(map(len, units.values())),
        reached=sum(1 for found in units.values() if found),
        without=_name_some([one.name for one in campaign.agencies if not units.get(one.code)]),
        agencies=campaign.agencies,
        drawn=list_drawn(site().store),
        may_audit=not is_among_drawn(),
        agency_name=lambda code: agency_name(campaign, code),
        day_at=day_at,
    )


def _name_some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    lang = console_language()
    named = ", ".join(names[:_MOST_NAMED])
    return f"{named}, {text('recheck.plan_and_more', lang, count=show_count(more, lang))}" if more > 0 else named


def _show_whole(share: float) -> str:
    """A share in whole per cent; only what is certain is shown as 100."""
    shown = round(100 * float(share))
    return f"{99 if shown == 100 and share < 1 else shown}\N{NO-BREAK SPACE}%"
