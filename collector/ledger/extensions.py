"""A later day for an agency or a collector, given by a letter."""

from __future__ import annotations

import datetime

from collector.ledger.holding import refuse
from collector.store import Store
from collector.store.clock import day_of
from collector.store.deadlines import PartyKind, find_due_day, record_extension
from collector.store.events import record_event
from forms.campaign import Campaign
from forms.days import show_day
from forms.errors import Problem
from forms.words import text


def extend(
    store: Store, campaign: Campaign, kind: PartyKind, party: str, until: datetime.date, letter: str, who: str
) -> bool:
    """Record that an agency or a collector has until a day; False where that is on record. InputWrong."""
    known = {one.code for one in (campaign.agencies if kind == "agency" else campaign.collectors)}
    problems = []
    if party not in known:
        problems.append(Problem(party, text("sheets.party_unknown"), text("sheets.party_fix")))
    if not letter.strip():
        problems.append(Problem(text("sheets.letter"), text("sheets.no_extension_letter"), text("sheets.letter_fix")))
    with store.write() as conn:
        due = find_due_day(conn)
        if due is None:
            problems.append(Problem("campaign.yaml", text("sheets.no_due_day"), text("sheets.no_due_day_fix")))
        elif until <= due:
            problems.append(
                Problem(show_day(until), text("sheets.no_later", day=show_day(due)), text("sheets.day_fix"))
            )
        refuse(problems)
        is_new = record_extension(conn, kind, party, until, letter.strip(), who, day_of())
        if is_new:
            record_event(conn, who, "sheets.extension", party, f"until={until.isoformat()}; letter={letter.strip()}")
        return is_new
