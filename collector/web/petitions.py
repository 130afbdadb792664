"""Petitions against points on screen: the list, a letter taken down, its account, the decision, who signs it too.

Whoever works at the agency that asks decides nothing about it. Rules and points are collector.editions.petitions'.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, get_args

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from aggregation.rounding import half_up
from collector.editions.petitions import (
    apply_decisions,
    decide_petition,
    find_points,
    find_survey_criterion,
    get_petition,
    show_points,
    take_petition,
)
from collector.store.clock import day_of
from collector.store.editions import EDITIONS, Petition, find_edition, list_petitions
from collector.store.signing import find_waiting, list_waiting
from collector.web import statuses
from collector.web.access import console_language, find_typed, get_person, say_done, staff_only
from collector.web.numbers import show_moment
from collector.web.site import KEY, agency_name, asked_code, asked_number, criterion_name, site, utc_now
from forms.appraisal import BONUS, PENALTY, TOTAL
from forms.days import find_day, show_day
from forms.errors import InputWrong, Problem
from forms.index_points import IndexPoints, load_index
from forms.numbers import find_number
from forms.words import text

petitions = Blueprint("petitions", __name__, url_prefix="/quan-ly/kien-nghi")
petitions.before_request(staff_only)

State = Literal["open", "decided"]
DECISIONS = ("granted", "partly", "refused")
_A_PAGE = 100
_LONGEST = 1000
_PLACES = 4


@dataclass(frozen=True)
class PetitionView:
    """A petition as the screens show it; `waits`: its decision waits for a second signature; `changed`: 1,5 → 1,75."""

    petition: Petition
    agency: str
    criterion: str
    waits: bool
    changed: str


@petitions.get("/")
def show() -> ResponseReturnValue:
    """Every petition, the latest first; of one agency or one state where that is asked for."""
    agency = asked_code("agency", site().campaign.agencies)
    state = request.args.get("state", "")
    with site().store.read() as conn:
        known = list_petitions(conn)
        is_over = find_edition(conn, EDITIONS[-1]) is not None
        waiting = {act.petition for act in list_waiting(conn, "petition")}
    wanted = [one for one in reversed(known) if agency in ("", one.agency) and _is_in(one, state)]
    start = (max(1, asked_number("page") or 1) - 1) * _A_PAGE
    return render_template(
        "console/petitions.html",
        views=[_view(one, one.number in waiting) for one in wanted[start : start + _A_PAGE]],
        number=len(wanted),
        open=sum(not one.decision for one in known),
        is_over=is_over,
        agency=agency,
        agencies=[one for one in site().campaign.agencies if any(one.code == asked.agency for asked in known)],
        state=state if state in get_args(State) else "",
        page=start // _A_PAGE + 1,
        pages=max(1, -(-len(wanted) // _A_PAGE)),
    )


@petitions.get("/ghi-nhan")
def form() -> ResponseReturnValue:
    """The form for a letter that came in."""
    return _show_form(())


@petitions.post("/ghi-nhan")
def take() -> ResponseReturnValue:
    """Take a letter's petition down."""
    given = {name: " ".join(value.split()) for name, value in request.form.items()}
    written = given.get("day", "")
    day = find_day(written) if written else day_of()
    about = given.get("agency", ""), given.get("criterion", ""), given.get("letter", "")[:200]
    asked = Petition(0, *about, day or datetime.date.min, given.get("asks", "")[:_LONGEST], who=get_person().name)
    unread = [] if day else [Problem(written, text("sheets.day_wrong"), text("sheets.day_wrong_fix"))]
    try:
        number = take_petition(site().store, site().campaign, asked, utc_now(), unread)
    except InputWrong as wrong:
        return _show_form(wrong.problems), statuses.UNPROCESSABLE
    say_done("petitions.added", number=number)
    return redirect(url_for(".one", number=number), statuses.SEE_OTHER)


@petitions.get(f"/<{KEY}:number>")
def one(number: int) -> ResponseReturnValue:
    """One petition: what is asked, what stands behind the points, the form to decide, or the decision."""
    return _show_one(get_petition(site().store, number), ())


@petitions.post(f"/<{KEY}:number>")
def decide(number: int) -> ResponseReturnValue:
    """Decide, with the reply and a reason; where the runner of the survey asks, the decision waits for a signature."""
    asked, form = get_petition(site().store, number), request.form
    if get_person().works_at(asked.agency):
        abort(statuses.FORBIDDEN)
    try:
        after = _read_points(form.get("points", "").strip())
        reply, why = (" ".join(form.get(name, "").split())[:_LONGEST] for name in ("reply", "why"))
        if form.get("decision") not in DECISIONS:
            raise InputWrong([Problem("", text("petitions.no_decision"), text("petitions.no_decision_fix"))])
        decided = replace(asked, decision=form["decision"], after=after, who=get_person().name, reply=reply, why=why)
        done = decide_petition(site().store, *load_index(site().store.folder), decided, utc_now())
    except InputWrong as wrong:
        return _show_one(asked, wrong.problems), statuses.UNPROCESSABLE
    with site().store.read() as conn:
        waits = find_waiting(conn, petition=number)
    if not done.decision:
        say_done("sign.waiting", number=waits)
    elif done.after is None:
        say_done("petitions.decided_refused", number=number, before=show_points(done.before))
    else:
        fields = {"before": show_points(done.before), "after": show_points(done.after)}
        say_done("petitions.decided", number=number, **fields)
    return redirect(url_for(".one", number=number), statuses.SEE_OTHER)


def _is_in(asked: Petition, state: str) -> bool:
    return state not in get_args(State) or (state == "open") is not bool(asked.decision)


def _view(asked: Petition, waits: bool) -> PetitionView:
    campaign, lang = site().campaign, console_language()
    changed = "" if asked.after is None else f"{show_points(asked.before)} → {show_points(asked.after)}"
    names = agency_name(campaign, asked.agency), criterion_name(campaign, asked.criterion, lang)
    return PetitionView(asked, *names, waits, changed)


def _show_form(problems: Sequence[Problem]) -> str:
    agency = asked_code("agency", site().campaign.agencies)
    return render_template(
        "console/petition_form.html",
        problems=problems,
        agency=agency,
        agencies=site().campaign.agencies,
        criteria=list(_list_criteria(agency)),
        typed=find_typed(),
        today=show_day(day_of(utc_now())),
    )


def _list_criteria(agency: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What a petition may be about: (group of the list, [(code, words)]); for one agency what its block has alone."""
    campaign, lang = site().campaign, console_language()
    block = next((one.block for one in campaign.agencies if one.code == agency), None)
    names = {one.code: one.name for one in campaign.settings.blocks}
    for code in dict.fromkeys(one.block for one in campaign.criteria):
        if block is None or code in ("", block):
            own = [(one.code, f"{one.code} {one.name}") for one in campaign.criteria if one.block == code]
            yield names.get(code, text("petitions.all_blocks", lang)), own
    extras = [(code, criterion_name(campaign, code, lang)) for code in (BONUS, PENALTY, TOTAL)]
    yield text("petitions.whole", lang), extras


def _show_one(asked: Petition, problems: Sequence[Problem]) -> str:
    with site().store.read() as conn:
        waits = find_waiting(conn, petition=asked.number) is not None
        known = list_petitions(conn)
        is_over = find_edition(conn, EDITIONS[-1]) is not None
    points, lacking = _load_points(known)
    given = find_points(points, asked) if points is not None else None
    view, person = _view(asked, waits), get_person()
    return render_template(
        "console/petition.html",
        view=view,
        asked=asked,
        given=None if given is None or given.points is None else show_points(half_up(given.points, _PLACES)),
        maximum=show_points(half_up(given.maximum, _PLACES)) if given is not None and given.maximum else "",
        source=given.source if given is not None else "",
        lacking=lacking if not asked.decision else (),
        behind=_find_behind(asked),
        is_own=person.works_at(asked.agency),
        is_over=is_over,
        decisions=DECISIONS,
        problems=problems,
        typed=find_typed(),
        moment=lambda at: show_moment(at.replace(tzinfo=datetime.UTC)),
    )


def _find_behind(asked: Petition) -> str | None:
    """What of the survey stands behind the points: a criterion, "" for the total, None for points of the council."""
    try:
        return find_survey_criterion(site().campaign, asked) or ""
    except InputWrong:
        return None


def _load_points(known: Sequence[Petition]) -> tuple[IndexPoints | None, tuple[Problem, ...]]:
    """The points after every decision; None, and why, where the tables are not complete."""
    try:
        campaign, points = load_index(site().store.folder)
        return apply_decisions(campaign, points, known), ()
    except InputWrong as wrong:
        return None, wrong.problems


def _read_points(written: str) -> Decimal | None:
    points = find_number(written) if written else None
    if written and points is None:
        wrong = text("problem.points_wrong", column=text("petitions.points"), given=written)
        raise InputWrong([Problem("", wrong, text("problem.points_wrong_fix"))])
    return points
