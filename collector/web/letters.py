"""The screen of invitations: how far each cell is, the queue, the reminders of today, and whether letters leave.

Nobody is named here. A thread of its own sends (collector.letters.background): those that answer browsers wait for no
mail server.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from collector.beside.inviting import ask
from collector.beside.work import find_work, start_work
from collector.letters.background import find_sender, send_unsure_again, start_sending, stop_sending
from collector.letters.inviting import find_address_faults
from collector.letters.mail_server import find_password
from collector.letters.reminding import queue_reminders
from collector.prepare.letter_settings import ENCRYPTIONS, LONGEST, change_letters, list_letter_fields
from collector.store.clock import VIET_NAM
from collector.store.letters import count_cells, count_states, count_tried, next_due
from collector.web import statuses
from collector.web.access import console_language, get_person, say_done, staff_only, take_draft
from collector.web.site import agency_name, site, utc_now
from forms.errors import InputWrong, Problem
from forms.words import say_again, say_kept, text

letters = Blueprint("letters", __name__, url_prefix="/quan-ly/thu-moi")
letters.before_request(staff_only)

COLUMNS = (
    *("invited", "by_hand", "waiting", "sent", "failed", "bounced"),
    *("unsure", "reminded", "opted_out", "void", "answered"),
)


@letters.get("/")
def show() -> ResponseReturnValue:
    """Every cell where somebody is invited, and the queue."""
    with site().store.read() as conn:
        cells = count_cells(conn)
        queue = {**count_states(conn), "today": count_tried(conn, utc_now())}
        sender, again = find_sender(conn), next_due(conn)
    groups = {group.code: group.name for group in site().campaign.settings.groups}
    rules, mail = site().campaign.settings.letters, site().campaign.settings.mail
    return render_template(
        "console/letters.html",
        cells=[(agency_name(site().campaign, one.agency), groups.get(one.group, one.group), one) for one in cells],
        columns=COLUMNS,
        total={name: sum(getattr(one, name) for one in cells) for name in COLUMNS},
        reminders=rules.reminders if rules is not None else (),
        **_queue(queue, sender, again),
        mail=mail,
    )


def _queue(queue: dict[str, int], sender: str, again: datetime.datetime | None) -> dict[str, Any]:
    """What the page says of the queue: how many letters, not people."""
    waits = again.replace(tzinfo=datetime.UTC).astimezone(VIET_NAM) if again is not None else None
    return {
        "queue": {**queue, "queued": queue.get("queued", 0) + queue.get("sending", 0)},
        "sender": sender,
        "fault": say_again(site().sender.fault or "") if sender else None,
        "again": f"{waits:%H:%M %d/%m/%Y}" if waits is not None else "",
    }


@letters.post("/nhac")
def remind() -> ResponseReturnValue:
    """Put the reminders whose days have come into the queue."""
    try:
        queued = queue_reminders(site().store, site().campaign, get_person().name)
    except InputWrong as error:
        _tell(error)
    else:
        flash(text("invite.reminded_screen", console_language(), people=sum(queued.values())))
        site().sender.wake()
    return redirect(url_for("letters.show"), statuses.SEE_OTHER)


@letters.post("/gui")
def start() -> ResponseReturnValue:
    """Have letters leave from now on."""
    try:
        start_sending(site().store, site().campaign, get_person().name)
    except InputWrong as error:
        _tell(error)
    else:
        say_done("invite.started")
        site().sender.wake()
    return redirect(url_for("letters.show"), statuses.SEE_OTHER)


@letters.post("/ngung")
def stop() -> ResponseReturnValue:
    """Have no further letter leave."""
    stop_sending(site().store, get_person().name)
    say_done("invite.stopped")
    return redirect(url_for("letters.show"), statuses.SEE_OTHER)


@letters.post("/gui-lai")
def again() -> ResponseReturnValue:
    """Put what nobody knows about back into the queue, where the mail server's log was looked at."""
    if request.form.get("looked") != "1":
        say_done("invite.again_look")
    else:
        say_done("invite.again_done", letters=send_unsure_again(site().store, get_person().name))
        site().sender.wake()
    return redirect(url_for("letters.show"), statuses.SEE_OTHER)


@letters.get("/nguoi-gui")
def settings() -> ResponseReturnValue:
    """Who writes, when letters remind, and the server, as a form."""
    return _show_settings(take_draft() or {}, ())


@letters.post("/nguoi-gui")
def keep() -> ResponseReturnValue:
    """Keep what was typed of it, all or nothing."""
    try:
        changed = change_letters(site().store, site().campaign.settings, request.form, get_person().name)
    except InputWrong as wrong:
        return _show_settings(request.form, wrong.problems), statuses.UNPROCESSABLE
    if changed is not None:
        site().served.take(changed)
    say_done("prepare.kept" if changed is not None else "prepare.nothing_changed")
    return redirect(url_for(".settings"), statuses.SEE_OTHER)


@letters.post("/thu-may-chu")
def check() -> ResponseReturnValue:
    """Have settings and mail server tried, with a sample letter where an address is given; none of ours leaves."""
    to = request.form.get("to", "").strip()[:LONGEST]
    if not start_work(site().store, "inviting", get_person().name, ask("check", "", "", to=to)):
        say_done("inviting.busy")
    return redirect(url_for(".settings"), statuses.SEE_OTHER)


def _show_settings(typed: Mapping[str, str], problems: Sequence[Problem]) -> str:
    kept, work = site().campaign.settings, find_work(site().store.folder, "inviting")
    checked = work if work is not None and work.asked["step"] == "check" else None
    return render_template(
        "console/letter_settings.html",
        fields=list(list_letter_fields(kept)),
        typed=typed,
        problems=problems,
        encryptions=ENCRYPTIONS,
        has_password=bool(find_password(kept.id)),
        faults=find_address_faults(kept.public_address),
        work=checked,
        findings=[(good, say_kept(line)) for good, line in checked.result.get("findings", ())] if checked else [],
        longest=LONGEST,
    )


def _tell(error: InputWrong) -> None:
    for problem in error.problems:
        flash(f"{problem.what}: {problem.fix}")
