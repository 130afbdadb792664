"""The screen of invitations: how far each cell is, in counts alone, and the reminders of today put into the queue.

Nobody is named here. Letters leave by `phieu invite DIR send`: a web server's threads wait for no mail server.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from collector.letters.reminding import queue_reminders
from collector.store.letters import count_cells
from collector.web import statuses
from collector.web.access import console_language, get_person, staff_only
from collector.web.site import agency_name, site
from forms.errors import InputWrong
from forms.words import text

letters = Blueprint("letters", __name__, url_prefix="/quan-ly/thu-moi")
letters.before_request(staff_only)

COLUMNS = ("invited", "by_hand", "waiting", "sent", "failed", "bounced", "unsure", "reminded", "opted_out", "answered")


@letters.get("/")
def show() -> ResponseReturnValue:
    """Every cell where somebody is invited."""
    with site().store.read() as conn:
        cells = count_cells(conn)
    groups = {group.code: group.name for group in site().campaign.settings.groups}
    rules = site().campaign.settings.letters
    return render_template(
        "console/letters.html",
        cells=[(agency_name(site().campaign, one.agency), groups.get(one.group, one.group), one) for one in cells],
        columns=COLUMNS,
        total={name: sum(getattr(one, name) for one in cells) for name in COLUMNS},
        reminders=rules.reminders if rules is not None else (),
    )


@letters.post("/nhac")
def remind() -> ResponseReturnValue:
    """Put the reminders whose days have come into the queue."""
    try:
        queued = queue_reminders(site().store, site().campaign, get_person().name)
    except InputWrong as error:
        for problem in error.problems:
            flash(f"{problem.what}: {problem.fix}")
    else:
        flash(text("invite.reminded", console_language(), people=sum(queued.values())))
    return redirect(url_for("letters.show"), statuses.SEE_OTHER)
