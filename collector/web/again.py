"""The second reader of doubts: a share of what others decided, one mark at a time, by its picture alone.

Nothing on the screen tells what was decided; whoever decided or signed for it does not get it.
"""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from collector.review.deciding import Doubt, get_doubt
from collector.review.second_reader import Queue, read_again, take_back_reading
from collector.web import statuses
from collector.web.access import console_language, get_person, staff_only
from collector.web.pictures import prepare_picture, shows_body
from collector.web.rows import view_doubt
from collector.web.site import KEY, agency_name, asked_number, site, utc_now
from forms.errors import InputWrong
from forms.words import text

again = Blueprint("again", __name__, url_prefix="/quan-ly/nguoi-doc-thu-hai")
again.before_request(staff_only)

_UNSURE = "?"  # no option's code has such a symbol


@again.get("/")
def show() -> ResponseReturnValue:
    """The first drawn mark that waits for this person, or the first behind ?after=, round to the beginning again.

    ?doubt=: that one, where it waits.
    """
    return _show(asked_number("after"), wanted=asked_number("doubt"))


@again.post(f"/<{KEY}:doubt_id>")
def read(doubt_id: int) -> ResponseReturnValue:
    """Keep what the person saw and go on."""
    person = get_person()
    with site().store.read() as conn:
        doubt = get_doubt(conn, doubt_id)
        question = view_doubt(conn, doubt).question
    if person.works_at(doubt.agency, doubt.row):
        abort(statuses.FORBIDDEN)
    sent = [value.strip() for value in request.form.getlist("seen")]
    alone = _UNSURE in sent or "" in sent
    if not sent or (len(sent) > 1 and (alone or question.kind != "many")):
        return _show(None, text("look.choose", console_language()), doubt_id), statuses.UNPROCESSABLE
    seen = None if _UNSURE in sent else tuple(value for value in sent if value)
    try:
        is_first = read_again(
            site().store, site().campaign, doubt_id, seen, person.name, utc_now(), session=person.session
        )
    except InputWrong:
        return _show(None, text("look.choose", console_language()), doubt_id), statuses.UNPROCESSABLE
    if not is_first:
        flash(text("look.again_taken", console_language(), number=doubt.name))
    return redirect(url_for(".show", after=doubt_id), statuses.SEE_OTHER)


@again.post("/hoan-tac")
def undo() -> ResponseReturnValue:
    """Take back the last reading of this session and show its mark again."""
    person = get_person()
    doubt_id = take_back_reading(site().store, person.name, utc_now(), session=person.session)
    if doubt_id is None:
        flash(text("look.undo_nothing", console_language()))
    return redirect(url_for(".show", doubt=doubt_id), statuses.SEE_OTHER)


def _show(after: int | None, fault: str = "", wanted: int | None = None) -> str:
    campaign, person = site().campaign, get_person()
    queue = Queue(campaign, person.name, person.workplace or None)
    with site().store.read() as conn:
        first = queue.find(conn, wanted) if wanted is not None else None
        first = first or next(iter(queue.list(conn, after, 1)), None) or next(iter(queue.list(conn, limit=1)), None)
        doubt = get_doubt(conn, first.doubt) if first is not None else None
        if doubt is not None:
            _prepare_next(conn, queue, doubt.id)
        row = view_doubt(conn, doubt) if doubt is not None else None
        left = queue.count(conn)
        is_shown = doubt is not None and shows_body(conn, doubt)
    return render_template(
        "console/again.html",
        doubt=doubt,
        shows_body=is_shown,
        view=row,
        agency=agency_name(campaign, doubt.agency) if doubt is not None else "",
        row_name=agency_name(campaign, doubt.row) if doubt is not None and doubt.row else "",
        group=_name_group(doubt),
        left=left,
        fault=fault,
    )


def _prepare_next(conn: Connection, queue: Queue, key: int) -> None:
    for one in queue.list(conn, key, 1):
        following = get_doubt(conn, one.doubt)
        if following.transform is not None:
            prepare_picture(conn, following)


def _name_group(doubt: Doubt | None) -> str:
    groups = {group.code: group.name for group in site().campaign.settings.groups}
    return groups.get(doubt.group, doubt.group) if doubt is not None else ""
