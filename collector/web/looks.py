"""The standing check of the reader: drawn answers, one at a time, by their pictures alone; and what it came to.

Nothing on the screen, in its address or in its order tells how an answer was read.
"""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from collector.review.reader_account import account_reader, show_account, show_readers
from collector.review.second_look import (
    DrawnAnswer,
    Seen,
    count_drawn,
    get_drawn,
    is_waiting,
    look_again,
    next_drawn,
    take_back_look,
)
from collector.review.second_reader import account_readings
from collector.web import statuses
from collector.web.access import console_language, get_person, staff_only
from collector.web.pictures import prepare_picture
from collector.web.rows import view_row
from collector.web.site import KEY, agency_name, asked_number, site, utc_now
from forms.errors import InputWrong
from forms.questionnaire import Question
from forms.words import text

looks = Blueprint("looks", __name__, url_prefix="/quan-ly/kiem-tra-may-doc")
looks.before_request(staff_only)

# No option's code has such a symbol
_BLANK, _SEVERAL, _UNSURE = "", "*", "?"
_MOST_DIFFERING = 200  # on one screen


@looks.get("/")
def show() -> ResponseReturnValue:
    """The next drawn answer, or the one that is asked for by ?drawn= and not looked at."""
    wanted = asked_number("drawn")
    with site().store.read() as conn:
        if wanted is not None and is_waiting(conn, wanted):
            return _show(conn, _get_allowed(conn, wanted))
        return _show(conn, next_drawn(conn, asked_number("after"), get_person().workplace or None))


@looks.post(f"/<{KEY}:drawn_id>")
def look(drawn_id: int) -> ResponseReturnValue:
    """Keep what the person saw and go on."""
    person = get_person()
    with site().store.read() as conn:
        drawn = _get_allowed(conn, drawn_id)
        question = view_row(conn, drawn.layout, drawn.question, drawn.row).question
    try:
        seen = _read_form(question)
        is_first = look_again(site().store, drawn_id, seen, person.name, utc_now(), session=person.session)
    except InputWrong:
        with site().store.read() as conn:
            return _show(conn, drawn, text("look.choose", console_language())), statuses.UNPROCESSABLE
    if not is_first:
        flash(text("look.taken", console_language(), number=drawn.name))
    return redirect(url_for(".show", after=drawn_id), statuses.SEE_OTHER)


@looks.post("/hoan-tac")
def undo() -> ResponseReturnValue:
    """Take back the last look of this session and show its answer again."""
    person = get_person()
    drawn_id = take_back_look(site().store, person.name, utc_now(), session=person.session)
    if drawn_id is None:
        flash(text("look.undo_nothing", console_language()))
    return redirect(url_for(".show", drawn=drawn_id), statuses.SEE_OTHER)


@looks.get("/ket-qua")
def results() -> ResponseReturnValue:
    """The running bound, and every answer that was seen otherwise than it was read."""
    lang, person = console_language(), get_person()
    with site().store.read() as conn:
        account = account_reader(conn)
        shown = [one for one in account.differing if not person.works_at(one.agency, one.row)]
        lines = [(one, view_row(conn, one.layout, one.question, one.row)) for one in shown[:_MOST_DIFFERING]]
        readers = account_readings(conn)
        others_read = [one for one in readers.differing if not person.works_at(one.agency, one.row)]
        two = [(one, view_row(conn, one.layout, one.question, one.row)) for one in others_read[:_MOST_DIFFERING]]
    first, *others = show_account(account, lang)
    return render_template(
        "console/look_results.html",
        first=first,
        others=others,
        lines=lines,
        hidden=len(account.differing) - len(shown),
        two=show_readers(readers.same, lang),
        two_lines=two,
        two_undone=readers.undone,
        two_hidden=len(readers.differing) - len(others_read),
        row_name=lambda row: agency_name(site().campaign, row),
    )


def _read_form(question: Question) -> Seen:
    """What the form says; InputWrong where it says nothing, or two things that exclude each other."""
    sent = set(request.form.getlist("seen"))
    alone = sent & {_BLANK, _SEVERAL, _UNSURE}
    if not sent or (alone and len(sent) > 1) or (question.kind == "one" and len(sent) > 1):
        raise InputWrong([])
    if alone:
        only = alone.pop()
        return None if only == _UNSURE else "several" if only == _SEVERAL else ()
    return tuple(sent)


def _get_allowed(conn: Connection, drawn_id: int) -> DrawnAnswer:
    drawn = get_drawn(conn, drawn_id)
    if get_person().works_at(drawn.agency, drawn.row):
        abort(statuses.FORBIDDEN)
    return drawn


def _show(conn: Connection, drawn: DrawnAnswer | None, fault: str = "") -> str:
    campaign, workplace = site().campaign, get_person().workplace or None
    following = next_drawn(conn, drawn.id, workplace) if drawn is not None else None
    if following is None or drawn is None or following.id == drawn.id:
        following = None
    else:
        prepare_picture(conn, following)
    return render_template(
        "console/look.html",
        drawn=drawn,
        view=view_row(conn, drawn.layout, drawn.question, drawn.row) if drawn is not None else None,
        agency=agency_name(campaign, drawn.agency) if drawn is not None else "",
        row_name=agency_name(campaign, drawn.row) if drawn is not None and drawn.row else "",
        groups={group.code: group.name for group in campaign.settings.groups},
        left=count_drawn(conn, workplace),
        following=following,
        fault=fault,
    )
