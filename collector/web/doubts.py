"""The queue of doubtful marks: one at a time, its row's picture large, and no other answer of the sheet in sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from collector.review.blank_page import leave_page_blank, list_as_seen, list_of_page
from collector.review.deciding import (
    Doubt,
    count_doubts,
    get_doubt,
    is_raised_for,
    next_doubt,
    settle_doubt,
    unsettle_last,
)
from collector.store.layouts import get_snapshot
from collector.store.signing import find_waiting
from collector.web import statuses
from collector.web.access import Person, console_language, get_person, staff_only
from collector.web.pictures import OF_PAGE, prepare_picture, shows_body
from collector.web.rows import RowView, view_doubt
from collector.web.site import KEY, agency_name, asked_code, asked_number, site, utc_now
from forms.errors import InputWrong
from forms.words import text

doubts = Blueprint("doubts", __name__, url_prefix="/quan-ly/can-xem-lai")
doubts.before_request(staff_only)

_LONGEST_WHY = 300
_SEEN_AS: dict[str, Literal["open", "settled"]] = {"open": "open", "settled": "settled"}


@dataclass(frozen=True)
class Scope:
    """Which doubts a person goes through: of one agency, of one group, or all; never those of their own workplace."""

    agency: str
    group: str
    person: Person

    def count(self, conn: Connection) -> int:
        """How many open doubts it has."""
        return count_doubts(conn, self.agency or None, self.group or None, self.person.workplace or None)

    def find_next(self, conn: Connection, after: int | None) -> Doubt | None:
        """Its first open doubt behind doubt `after`, round to the beginning again; None when none is left."""
        return next_doubt(conn, self.agency or None, after, self.group or None, self.person.workplace or None)

    def address(self) -> dict[str, Any]:
        """It as query fields."""
        return {name: value for name, value in (("agency", self.agency), ("group", self.group)) if value}


@dataclass(frozen=True)
class DoubtView:
    """A doubt as the screen shows it; `picked` holds the option codes, or the number, that stand ready, "" is blank.

    `differ`: how reader and second look differ, "" where no second look led to the doubt. `said`: what a table said
    that left it undecided, "" of paper. `nothing_ready`: no guess is, and a blank is a choice. `shows_body`: all that
    the page asks stands beside the row. `of_page`: the doubts of that page that can be left blank together, () where
    this one is none of several.
    """

    doubt: Doubt
    row: RowView
    picked: tuple[str, ...]
    differ: str
    said: str
    nothing_ready: bool
    shows_body: bool
    of_page: tuple[int, ...]


def _scope() -> Scope:
    campaign = site().campaign
    agency, group = asked_code("agency", campaign.agencies), asked_code("group", campaign.settings.groups)
    return Scope(get_person().agency or agency, group, get_person())


@doubts.get("/")
def show() -> ResponseReturnValue:
    """The next doubt of the scope, or the one that is asked for by ?doubt=."""
    scope, wanted = _scope(), asked_number("doubt")
    with site().store.read() as conn:
        if wanted is not None:
            doubt: Doubt | None = _get_allowed(conn, scope, wanted)
        else:
            doubt = scope.find_next(conn, asked_number("after"))
        return _show(conn, scope, doubt)


@doubts.post(f"/<{KEY}:doubt_id>")
def settle(doubt_id: int) -> ResponseReturnValue:
    """Keep what the person decided and go on to the next doubt."""
    scope = _scope()
    with site().store.read() as conn:
        doubt = _get_allowed(conn, scope, doubt_id)
        layout, _ = get_snapshot(conn, doubt.layout)
        nothing_ready = _has_nothing_ready(conn, doubt)
    sent = [value.strip() for value in request.form.getlist("chosen")]
    if not sent and (layout.questions[doubt.question] == "one" or nothing_ready):
        return _refuse(scope, doubt_id, text("console.doubt_choose", console_language()))
    chosen = tuple(value for value in sent if value)  # none: a person says that it is blank
    why = _typed_why()
    if doubt.state == "settled" and request.form.get("state") != "open" and not why:
        return _refuse(scope, doubt_id, text("console.doubt_why", console_language()))
    try:
        is_first = _keep(doubt_id, chosen, scope.person, why)
    except InputWrong as wrong:
        return _refuse(scope, doubt_id, "; ".join(str(problem) for problem in wrong.problems))
    if not is_first:
        flash(text("console.doubt_taken", console_language(), number=doubt.name))
    with site().store.read() as conn:
        if (waits := find_waiting(conn, doubt=doubt_id)) is not None:
            flash(text("sign.waiting", console_language(), number=waits))
    return redirect(url_for(".show", after=doubt_id, **scope.address()), statuses.SEE_OTHER)


def _keep(doubt_id: int, chosen: tuple[str, ...], person: Person, why: str) -> bool:
    """Settle a doubt unless it is not any more as the person saw it."""
    seen = _SEEN_AS.get(request.form.get("state", ""))
    return settle_doubt(
        site().store, doubt_id, chosen, person.name, why, utc_now(), expected=seen, session=person.session
    )


def _typed_why() -> str:
    return " ".join(request.form.get("why", "").split())[:_LONGEST_WHY]


@doubts.post(f"/<{KEY}:doubt_id>/ca-trang")
def blank_page(doubt_id: int) -> ResponseReturnValue:
    """Leave all of a page blank that is still in doubt, as the person saw it; of pages alone that are shown whole."""
    scope, lang = _scope(), console_language()
    with site().store.read() as conn:
        doubt = _get_allowed(conn, scope, doubt_id)
        if not shows_body(conn, doubt):
            abort(statuses.FORBIDDEN)
        seen = request.form.getlist("seen", type=int)
        is_as_seen = bool(list_as_seen(conn, doubt_id, seen))
    if not is_as_seen:
        return _show_changed(scope, doubt_id)
    if (request.form.get("looked"), request.form.get("answer")) != ("1", "blank"):
        return _refuse(scope, doubt_id, page_fault=text("console.page_look", lang))
    person = scope.person
    try:
        done = leave_page_blank(
            site().store, doubt_id, seen, person.name, _typed_why(), utc_now(), session=person.session
        )
    except InputWrong as wrong:
        return _refuse(scope, doubt_id, page_fault="; ".join(str(problem) for problem in wrong.problems))
    if done is None:
        return _show_changed(scope, doubt_id)
    if done.decided:
        flash(text("console.page_blank_done", lang, count=done.decided, page=doubt.sheet_page))
    if done.waiting:
        flash(text("sign.waiting_several", lang, count=done.waiting))
    return redirect(url_for(".show", after=doubt_id, **scope.address()), statuses.SEE_OTHER)


def _show_changed(scope: Scope, doubt_id: int) -> ResponseReturnValue:
    """Say that a page is not any more as the person saw it, and go on with what is left of it."""
    flash(text("console.page_changed", console_language()))
    with site().store.read() as conn:
        left = list_of_page(conn, doubt_id)
    name, key = ("doubt", left[0]) if left else ("after", doubt_id)
    return redirect(url_for(".show", **{name: key, **scope.address()}), statuses.SEE_OTHER)


@doubts.post("/hoan-tac")
def undo() -> ResponseReturnValue:
    """Take back the last decision of this session, all that was one act, and show its doubt again."""
    scope = _scope()
    doubt_id, said = None, text("console.undo_nothing", console_language())
    try:
        doubt_id = unsettle_last(site().store, scope.person.name, utc_now(), session=scope.person.session)
    except InputWrong as wrong:
        said = "; ".join(str(problem) for problem in wrong.problems)
    if doubt_id is None:
        flash(said)
    return redirect(url_for(".show", doubt=doubt_id, **scope.address()), statuses.SEE_OTHER)


def _get_allowed(conn: Connection, scope: Scope, doubt_id: int) -> Doubt:
    doubt = get_doubt(conn, doubt_id)
    if scope.person.works_at(doubt.agency, doubt.row) or scope.person.is_outside(doubt.agency):
        abort(statuses.FORBIDDEN)
    return doubt


def _refuse(scope: Scope, doubt_id: int, fault: str = "", page_fault: str = "") -> ResponseReturnValue:
    with site().store.read() as conn:
        return _show(conn, scope, _get_allowed(conn, scope, doubt_id), fault, page_fault), statuses.UNPROCESSABLE


def _show(conn: Connection, scope: Scope, doubt: Doubt | None, fault: str = "", page_fault: str = "") -> str:
    campaign = site().campaign
    following = scope.find_next(conn, doubt.id) if doubt is not None else None
    if following is None or doubt is None or following.id == doubt.id or following.transform is None:
        following = None
    else:
        prepare_picture(conn, following)
    return render_template(
        "console/doubt.html",
        view=_view(conn, doubt) if doubt is not None else None,
        agency=agency_name(campaign, doubt.agency) if doubt is not None else "",
        row_name=agency_name(campaign, doubt.row) if doubt is not None and doubt.row else "",
        groups={group.code: group.name for group in campaign.settings.groups},
        scope=scope,
        scope_agency=agency_name(campaign, scope.agency) if scope.agency else "",
        left=scope.count(conn),
        following=following,
        fault=fault,
        page_fault=page_fault,
    )


def _view(conn: Connection, doubt: Doubt) -> DoubtView:
    row = view_doubt(conn, doubt)
    decided = doubt.guess if doubt.chosen is None else doubt.chosen
    # Two marks where one is asked for, a reader and a person who differ, a guess without a picture, or a mark that may
    # not hold: none stands ready, so that nobody accepts one by a mere Enter
    nothing_ready = _has_nothing_ready(conn, doubt)
    is_even = (row.question.kind == "one" and len(decided) > 1) or nothing_ready
    picked = () if is_even else decided or ("",)
    said = "" if doubt.source is None else row.say(doubt.guess, console_language())
    differ, is_shown = _say_differ(row, doubt), shows_body(conn, doubt)
    return DoubtView(doubt, row, picked, differ, said, nothing_ready, is_shown, _find_of_page(conn, doubt, is_shown))


def _find_of_page(conn: Connection, doubt: Doubt, is_shown: bool) -> tuple[int, ...]:
    found = tuple(list_of_page(conn, doubt.id)) if is_shown else ()
    return found if len(found) > 1 and doubt.id in found else ()


def _has_nothing_ready(conn: Connection, doubt: Doubt) -> bool:
    """Whether no guess is there to accept: each choice, a blank one too, is the person's."""
    if doubt.chosen is not None:
        return False
    differs = doubt.look is not None or doubt.source is not None
    return differs or doubt.reason == "struck_words" or is_raised_for(conn, doubt.id, OF_PAGE)


def _say_differ(row: RowView, doubt: Doubt) -> str:
    if doubt.look is None:
        return ""
    lang = console_language()
    said = {"read": row.say(doubt.guess, lang), "seen": row.say(doubt.look.seen, lang), "who": doubt.look.who}
    return text("look.differ", lang, **said)
