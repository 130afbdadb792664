"""Reminders, by the plan's days: to whoever got a letter and neither answered nor opted out. Queues, sends nothing."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from collector.letters.inviting import get_rules
from collector.store import Store
from collector.store.clock import day_of
from collector.store.events import record_event
from collector.store.letters import list_letters, list_to_remind, queue_letters
from collector.store.recipients import Cell
from forms.campaign import Campaign
from forms.days import show_day
from forms.errors import InputWrong, Problem
from forms.words import text


def queue_reminders(
    store: Store,
    campaign: Campaign,
    who: str,
    cells: Collection[Cell] | None = None,
    now: datetime.datetime | None = None,
) -> dict[int, int]:
    """Queue the reminders whose days have come; number -> how many. Nobody gets two letters on one day.

    InputWrong where the plan (`letters.reminders`) has no day, or the first of them is still to come.
    """
    rules, today = get_rules(campaign), day_of(now)
    if not rules.reminders:
        problem = Problem("campaign.yaml", text("letters.no_reminders"), text("letters.no_reminders_fix"))
        raise InputWrong([problem])
    if today < rules.reminders[0]:
        what = text("letters.reminder_early", day=show_day(rules.reminders[0]))
        raise InputWrong([Problem("campaign.yaml", what, text("letters.reminder_early_fix"))])
    queued: dict[int, int] = {}
    with store.write() as conn:
        of_today = {one.invitation for one in list_letters(conn) if _tried_on(one.last_try, today)}
        busy = {one.invitation for one in list_letters(conn) if one.state in ("queued", "sending", "unsure")}
        for number, day in enumerate(rules.reminders, 1):
            if day <= today:
                people = [key for key in list_to_remind(conn, number, cells) if key not in of_today | busy]
                queue_letters(conn, people, number, rules.address.rpartition("@")[2])
                queued[number] = len(people)
                record_event(conn, who, "invite.remind", str(number), f"people={len(people)}")
    return queued


def _tried_on(moment: datetime.datetime | None, day: datetime.date) -> bool:
    return moment is not None and day_of(moment.replace(tzinfo=datetime.UTC)) == day
