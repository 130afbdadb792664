"""The recheck at the telephone: whom to call now, one call at a time, and what it came to.

Nothing here tells what a sheet said. Whom to reach is unsealed for a rechecker on the page of a call that waits, and
every such look is in the log. Nobody calls about their own workplace.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from collector.recheck.calling import OpenCall, find_open, list_asked, list_open, note_attempt
from collector.recheck.contacts import Caller, find_caller
from collector.recheck.drawing import Drawn
from collector.recheck.recording import record_call
from collector.store.clock import day_of
from collector.web import statuses
from collector.web.access import console_language, get_person, staff_only, take_draft
from collector.web.site import agency_name, asked_code, site, utc_now
from forms.days import show_day
from forms.errors import InputWrong, NotFound, Problem
from forms.recheck import TALKED
from forms.recheck_tables import FACTS
from forms.words import text

rechecks = Blueprint("rechecks", __name__, url_prefix="/quan-ly/phuc-tra")
rechecks.before_request(staff_only)

_MOST_CALLS = 100  # on one screen
_MOST_AGENCIES = 300
_NOBODY = ("wrong_number", "unreachable", "refused")


@dataclass(frozen=True)
class Progress:
    """How far the calls of one agency are."""

    drawn: Drawn
    name: str
    waiting: int
    done: int

    @property
    def left(self) -> int:
        """Reserves whose turn has not come."""
        return self.drawn.draw.frame - self.drawn.open


@rechecks.get("/")
def show() -> ResponseReturnValue:
    """Every agency's progress, and the calls that are open: those that wait first."""
    everything = list_open(site().store)
    calls = [one for one in everything if not is_own(one)]
    agency = asked_code("agency", site().campaign.agencies)
    shown = [one for one in calls if agency in ("", one.drawn.draw.agency)]
    waiting, progress = [one for one in shown if one.made is None], _list_progress(calls)
    return render_template(
        "console/rechecks.html",
        progress=_shorten(progress),
        count_agencies=len(progress),
        calls=[*waiting, *(one for one in shown if one.made is not None)][:_MOST_CALLS],
        count_all=len(shown),
        waiting=waiting,
        following=next((one for one in waiting if not is_taken(one)), None),
        is_taken=is_taken,
        own=len(everything) - len(calls),
        agency=agency,
        agency_name=lambda code: agency_name(site().campaign, code),
        outcome=say_outcome,
        day_at=day_at,
    )


@rechecks.get("/goi/<name>")
def call(name: str) -> ResponseReturnValue:
    """One call: whom to reach, what to say and ask, what it came to."""
    return _show_call(_find(name))


@rechecks.post("/goi/<name>")
def record(name: str) -> ResponseReturnValue:
    """Keep what the call came to, by the rules of the command line; then the next one."""
    found = _find(name)
    now = utc_now()
    before = {one.name for one in list_open(site().store, found.drawn.draw.agency)}
    try:
        done = record_call(
            *(site().store, site().campaign, name, _read_values(found), get_person().name),
            request.form.get("correct", "").strip(),
            now,
        )
    except InputWrong as wrong:
        return _show_call(found, wrong.problems), statuses.UNPROCESSABLE
    lang = console_language()
    said = say_outcome(request.form.get("outcome", ""), lang)
    flash(text("recheck.said_recorded", lang, call=name, outcome=said))
    if done.widened:
        flash(text("recheck.said_widened", lang, agency=agency_name(site().campaign, found.drawn.draw.agency)))
    else:
        after = [one.name for one in list_open(site().store, found.drawn.draw.agency) if one.name not in before]
        for opened in after:
            flash(text("recheck.said_reserve", lang, call=opened))
    return redirect(url_for(".show", agency=found.drawn.draw.agency), statuses.SEE_OTHER)


@rechecks.post("/goi/<name>/chua-gap")
def attempt(name: str) -> ResponseReturnValue:
    """Note that nobody was reached this time."""
    found = _find(name)
    try:
        attempts = note_attempt(site().store, name, get_person().name, utc_now())
    except InputWrong as wrong:
        return _show_call(_find(name), wrong.problems), statuses.UNPROCESSABLE
    flash(text("recheck.said_attempt", console_language(), call=name, attempts=attempts))
    return redirect(url_for(".show", agency=found.drawn.draw.agency), statuses.SEE_OTHER)


def is_own(one: OpenCall) -> bool:
    """Whether a call is about the person's own workplace, as rated agency or as who handed the sheet out."""
    return get_person().works_at(one.drawn.draw.agency, one.place.party)


def is_taken(one: OpenCall) -> bool:
    """Whether a colleague is at this call at the moment."""
    return one.is_with(get_person().name, utc_now())


def say_outcome(outcome: str, lang: str | None = None) -> str:
    """An outcome in words."""
    return text(f"recheck.outcome_{outcome}", lang).split(" | ")[0]


def day_at(moment: datetime.datetime) -> str:
    """The day in Viet Nam of a moment as the store keeps it."""
    return show_day(day_of(moment.replace(tzinfo=datetime.UTC)))


def _find(name: str) -> OpenCall:
    """The open call of a name; not found for others, forbidden where it is about the person's own workplace."""
    found = find_open(site().store, name)
    if is_own(found):
        abort(statuses.FORBIDDEN)
    return found


def _read_values(found: OpenCall) -> dict[str, str]:
    """The form as a row of a table of results; who calls and on which day is who is logged in, today."""
    given = {name: value.strip() for name, value in request.form.items()}
    asked = [question.code for question, _ in list_asked(site().store, site().campaign, found.place)]
    columns = ("outcome", "attempts", "note", *FACTS, *asked)
    today = show_day(day_of(utc_now()))
    told = {column: given.get(column, "") for column in columns}
    return told | {"call": found.name, "caller": get_person().name, "day": today}


def _kept_values(found: OpenCall) -> dict[str, str]:
    """What a call came to, as the form has it, to be corrected; what the sheet said is not among it."""
    if found.made is None:
        return {}
    told = {name: getattr(found.made, name) for name in FACTS}
    facts = {name: "yes" if fact else "no" for name, fact in told.items() if fact is not None}
    return {"attempts": str(found.made.attempts), "note": found.made.note, **facts, **found.made.opinions}


def _show_call(found: OpenCall, problems: Sequence[Problem] = ()) -> str:
    caller: Caller | None = None
    fault = ""
    if found.made is None:
        try:
            caller = find_caller(site().store, site().campaign, found.drawn, found.place, get_person().name)
        except NotFound as gone:
            fault = str(gone)
    settings = site().campaign.settings
    groups = {group.code: group.name for group in settings.groups}
    return render_template(
        "console/recheck_call.html",
        call=found,
        caller=caller,
        fault=fault,
        taken=found.look if found.look is not None and is_taken(found) else None,
        problems=problems,
        agency=agency_name(site().campaign, found.drawn.draw.agency),
        group=groups.get(found.place.group, found.place.group),
        asked=list_asked(site().store, site().campaign, found.place),
        facts=FACTS,
        nobody=_NOBODY,
        talked=TALKED,
        typed=request.form or take_draft() or _kept_values(found),
        outcome=say_outcome,
    )


def _shorten(progress: list[Progress]) -> list[Progress]:
    """Those where most calls wait, where a page cannot hold all."""
    if len(progress) <= _MOST_AGENCIES:
        return progress
    return sorted(progress, key=lambda one: -one.waiting)[:_MOST_AGENCIES]


def _list_progress(calls: Sequence[OpenCall]) -> list[Progress]:
    by_agency: dict[str, list[OpenCall]] = {}
    for one in calls:
        by_agency.setdefault(one.drawn.draw.agency, []).append(one)
    return [
        Progress(own[0].drawn, agency_name(site().campaign, code), waiting, len(own) - waiting)
        for code, own in by_agency.items()
        for waiting in [sum(one.made is None for one in own)]
    ]
