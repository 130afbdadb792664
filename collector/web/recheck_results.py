"""What the recheck found, for managers and those who look on; and what a manager decides after it.

The rule proposes, a person decides with a reason, any decision can be undone; nobody decides about their own workplace.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from collector.recheck.deciding import Proposal, apply_proposals, find_waits, list_made, list_proposals, undo
from collector.recheck.drawing import list_drawn
from collector.store.recheck_decisions import CountedSheet, Decision, list_counted
from collector.store.signing import find_own_sheets
from collector.web import statuses
from collector.web.access import console_language, find_typed, get_person, say_done
from collector.web.numbers import show_per_cent
from collector.web.rechecks import day_at, rechecks, say_outcome
from collector.web.site import KEY, agency_name, site, utc_now
from forms.errors import InputWrong, Problem
from forms.recheck import OUTCOMES
from forms.words import text

_MOST_LINES = 300  # on one screen
_FILES = {"recheck.html": "text/html", "recheck.csv": "text/csv"}


@dataclass(frozen=True)
class Subject:
    """A proposal or a decision as the screen shows it; `is_own`: about the person's own workplace, others decide.

    `waits`: it was asked for, and waits for a second signature.
    """

    known: Proposal | Decision
    words: str
    is_own: bool
    waits: bool


@rechecks.get("/ket-qua")
def report() -> ResponseReturnValue:
    """What the calls came to, by agency and by who handed out, in counts; of others than one's own workplace."""
    from collector.recheck.comparing import find_lines

    lines = find_lines(site().store, site().campaign)
    is_own = is_among_drawn()  # the sum of all would tell what the lines left out say
    shown = [one for one in lines[1:] if not get_person().works_at(one.agency, one.party)]
    settings, campaign = site().campaign.settings, site().campaign
    names = {one.code: one.name for one in campaign.agencies} | {one.code: one.name for one in campaign.collectors}
    return render_template(
        "console/recheck_report.html",
        lines=shown[:_MOST_LINES],
        count_all=len(shown),
        is_own=is_own,
        whole=lines[0] if lines else None,
        outcomes=OUTCOMES,
        outcome=say_outcome,
        name_of=lambda code: names.get(code, code),
        share=lambda value: show_per_cent(100 * value, console_language()),
        attempts=settings.recheck.attempts,
        files=list(_FILES) if lines and not is_own else [],
    )


@rechecks.get("/ket-qua/<name>")
def file(name: str) -> ResponseReturnValue:
    """A file of the report, as the command line writes it; it names sheets, so nobody of a rated agency gets it."""
    from collector.recheck.comparing import make_report

    if name not in _FILES:
        abort(statuses.NOT_FOUND)
    if is_among_drawn():
        abort(statuses.FORBIDDEN)
    _, files = make_report(site().store, site().campaign, utc_now())
    return send_file(io.BytesIO(files[name]), _FILES[name], as_attachment=True, download_name=name)


@rechecks.get("/xu-ly")
def decisions() -> ResponseReturnValue:
    """What the campaign's rule proposes, and what was decided."""
    return _show()


@rechecks.post("/xu-ly")
def apply() -> ResponseReturnValue:
    """Strike the sheets of the proposals that were ticked, for a reason."""
    names = request.form.getlist("name")
    if not names:
        return _show([Problem("", text("recheck.decide_none", console_language()))]), statuses.UNPROCESSABLE
    rules = site().campaign.settings.recheck.void
    own = {one.known.name for one in _list_proposals() if one.is_own and isinstance(one.known, Proposal)}
    if own & set(names):
        abort(statuses.FORBIDDEN)
    try:
        made = apply_proposals(site().store, rules, names, get_person().name, request.form.get("why", "").strip())
    except InputWrong as wrong:
        return _show(wrong.problems), statuses.UNPROCESSABLE
    for one in made:
        flash(text("recheck.decide_made", console_language(), id=one.id, sheets=len(one.sheets)))
    waits = find_waits(site().store)
    for name in dict.fromkeys(name for name in names if name in waits):
        say_done("sign.waiting", number=waits[name])
    return redirect(url_for(".decisions"), statuses.SEE_OTHER)


@rechecks.post(f"/xu-ly/<{KEY}:number>/rut-lai")
def take_back(number: int) -> ResponseReturnValue:
    """Undo a decision, for a reason: its sheets count again."""
    found = next((one for one in _list_decisions() if isinstance(one.known, Decision) and one.known.id == number), None)
    if found is None:
        abort(statuses.NOT_FOUND)
    if found.is_own:
        abort(statuses.FORBIDDEN)
    try:
        undone = undo(site().store, number, get_person().name, request.form.get("why", "").strip())
    except InputWrong as wrong:
        return _show(wrong.problems), statuses.UNPROCESSABLE
    if (waits := find_waits(site().store).get(str(number))) is not None:
        say_done("sign.waiting", number=waits)
    else:
        say_done("recheck.decide_undone", id=number, sheets=len(undone.sheets))
    return redirect(url_for(".decisions"), statuses.SEE_OTHER)


def _show(problems: Sequence[Problem] = ()) -> str:
    typed = find_typed()
    return render_template(
        "console/recheck_decisions.html",
        proposals=_list_proposals(),
        made=_list_decisions(),
        problems=problems,
        day_at=day_at,
        typed=typed,
        chosen=typed.getlist("name"),
    )


def _list_proposals() -> list[Subject]:
    found = list_proposals(site().store, site().campaign.settings.recheck.void)
    sheets, waiting = _find_sheets() if found else {}, find_waits(site().store)
    return [_subject(one, sheets, one.name in waiting) for one in found]


def _list_decisions() -> list[Subject]:
    found = list_made(site().store)
    sheets, waiting = _find_sheets() if found else {}, find_waits(site().store)
    return [_subject(one, sheets, str(one.id) in waiting) for one in found]


def _subject(known: Proposal | Decision, sheets: dict[int, CountedSheet], waits: bool) -> Subject:
    struck = [sheets[key] for key in known.sheets if key in sheets]
    is_own = get_person().works_at(*known.subject.split("/"), *_parties(struck)) or _rates_workplace(known.sheets)
    named = "/".join(agency_name(site().campaign, code) for code in known.subject.split("/"))
    subject = known.subject if known.scope == "sheet" else named
    return Subject(known, text(f"recheck.scope_{known.scope}", console_language(), subject=subject), is_own, waits)


def _rates_workplace(keys: Collection[int]) -> bool:
    """Whether one of these sheets is about the person's own workplace, or rates it in a row."""
    with site().store.read() as conn:
        return bool(find_own_sheets(conn, get_person().workplace, keys))


def _parties(sheets: Collection[CountedSheet]) -> set[str]:
    return {code for one in sheets for code in (one.agency, one.party)}


def _find_sheets() -> dict[int, CountedSheet]:
    with site().store.read() as conn:
        return {one.key: one for one in list_counted(conn)}


def is_among_drawn() -> bool:
    """Whether the person works at an agency that was drawn, or at a party that handed out sheets there."""
    drawn = list_drawn(site().store) if get_person().workplace else []
    return any(get_person().works_at(one.draw.agency, *(place.party for place in one.draw.places)) for one in drawn)
