"""One call at a time: what is open and waits, attempts in vain, and the questions to read out.

What the sheet said the first time is nowhere here: whoever calls must not know it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from collector.recheck.drawing import Drawn, find_drawn
from collector.store import Store
from collector.store.accounts import find_workplace
from collector.store.chain import Event
from collector.store.clock import store_time
from collector.store.events import Filter, find_events, record_event
from collector.store.recheck_attempts import add_attempt, list_attempts
from collector.store.recheck_calls import Call, last_calls, list_printed
from collector.store.rechecks import RecheckPlace
from collector.store.recipients import hold_recipients
from forms.campaign import Campaign
from forms.errors import InputWrong, NotFound, Problem
from forms.questionnaire import Level, Question
from forms.recheck import show_call
from forms.words import text

_AT_A_CALL = datetime.timedelta(minutes=20)


@dataclass(frozen=True)
class OpenCall:
    """An open place: its name (SXD-07), when it was called in vain (UTC), and what it came to, None while it waits.

    `look`: the log's line of who last looked whom to reach there.
    """

    name: str
    drawn: Drawn
    place: RecheckPlace
    attempts: tuple[datetime.datetime, ...]
    made: Call | None
    look: Event | None = None

    @property
    def is_reserve(self) -> bool:
        """Whether the rule opened it after the first ones."""
        return self.place.place > self.drawn.draw.size

    def is_with(self, who: str, now: datetime.datetime) -> bool:
        """Whether somebody else than `who` is at this call: they looked a short while ago, nothing came of it."""
        if self.made is not None or self.look is None or self.look.who == who:
            return False
        is_recent = store_time(now) - self.look.at < _AT_A_CALL
        return is_recent and not any(at >= self.look.at for at in self.attempts)


def list_open(store: Store, agency: str | None = None) -> list[OpenCall]:
    """Every open place, waiting or done, in the order in which they are called; of one agency where it is named."""
    with store.read() as conn:
        return list(_list_open(conn, agency))


def find_open(store: Store, name: str) -> OpenCall:
    """One open place by its name; NotFound where there is none, or where its turn has not come."""
    agency, _, _ = name.rpartition("-")
    found = next((one for one in list_open(store, agency) if one.name == name), None) if agency else None
    if found is None:
        raise NotFound(text("recheck.call_unknown", call=name))
    return found


def note_attempt(store: Store, name: str, who: str, now: datetime.datetime | None = None) -> int:
    """Note that a call reached nobody; gives how often. InputWrong where it is not to be called."""
    with store.write() as conn:
        hold_recipients(conn)
        agency, _, _ = name.rpartition("-")
        found = next((one for one in _list_open(conn, agency) if one.name == name), None)
        if found is None:
            raise InputWrong([_problem(name, "call_unknown", call=name)])
        if (own := find_workplace(conn, who)) and own in (found.drawn.draw.agency, found.place.party):
            raise InputWrong([_problem(name, "own_workplace")])
        if found.made is not None:
            outcome = text(f"recheck.outcome_{found.made.outcome}").split(" | ")[0]
            raise InputWrong([_problem(name, "recorded_otherwise", call=name, outcome=outcome)])
        add_attempt(conn, found.drawn.draw.id, found.place.place, who, now)
        record_event(conn, who, "recheck.attempt", name, "", now)
    return len(found.attempts) + 1


def list_asked(store: Store, campaign: Campaign, place: RecheckPlace) -> list[tuple[Question, list[Level]]]:
    """The questions that the person of a sheet hears again, each with the levels printed there; none of a list."""
    if place.sheet is None:
        return []
    with store.read() as conn:
        printed = list_printed(conn).get(place.sheet, frozenset())
    asked = campaign.get_questionnaire(place.group)
    found = [
        (question, [level for level in asked.levels(question) if (question.code, level.code) in printed])
        for question in campaign.settings.recheck.asked_again(place.group, asked)
    ]
    return [(question, levels) for question, levels in found if levels]


def _list_open(conn: Connection, agency: str | None) -> Iterator[OpenCall]:
    calls, attempts = last_calls(conn), list_attempts(conn)
    looks = {event.subject: event for event in reversed(find_events(conn, Filter(action="recheck.contact")))}
    for drawn in find_drawn(conn, agency=agency, only_open=True):
        for place in drawn.draw.places[: drawn.open]:
            key = drawn.draw.id, place.place
            name = show_call(drawn.draw.agency, place.place)
            yield OpenCall(name, drawn, place, attempts.get(key, ()), calls.get(key), looks.get(name))


def _problem(where: str, key: str, **fields: object) -> Problem:
    return Problem(where, text(f"recheck.{key}", **fields), text(f"recheck.{key}_fix", **fields))
