"""One call at a time: what is open, attempts in vain, who is at a call; on both databases."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from collector.recheck.calling import find_open, list_asked, list_open, note_attempt
from collector.recheck.contacts import find_caller
from collector.recheck.drawing import list_drawn
from collector.recheck.recording import record_call, record_calls
from collector.store.schema import recheck_attempt
from forms.errors import InputWrong, NotFound

NOW = datetime.datetime(2014, 4, 2, 8, 0, tzinfo=datetime.UTC)


def names(store):
    return [one.name for one in list_open(store)]


def test_what_is_open_is_the_same_whether_all_places_are_loaded_or_not(store, campaign, rechecked, row):
    def opened():
        return [f"SNV-{place.place:02d}" for one in list_drawn(store) for place in one.draw.places[: one.open]]

    assert names(store) == opened() == [f"SNV-{place:02d}" for place in range(1, 7)]
    record_calls(store, campaign, [row(1, "wrong_number"), row(2, "unreachable", 3), row(3, "refused")], [], "lan")
    assert names(store) == opened() == [f"SNV-{place:02d}" for place in range(1, 9)]
    record_calls(store, campaign, [row(7, "wrong_number"), row(8, "forged")], [], "lan")
    assert names(store) == opened() == [f"SNV-{place:02d}" for place in range(1, 13)]


def test_attempts_are_counted_and_never_changed(store, rechecked):
    assert note_attempt(store, "SNV-02", "mai", NOW) == 1
    assert note_attempt(store, "SNV-02", "mai", NOW) == 2
    assert len(find_open(store, "SNV-02").attempts) == 2
    for change in (update(recheck_attempt).values(who="ai"), delete(recheck_attempt)):
        with pytest.raises(DBAPIError), store.write() as conn:
            conn.execute(change)
    with pytest.raises(InputWrong):
        note_attempt(store, "SNV-07", "mai", NOW)
    with pytest.raises(NotFound):
        find_open(store, "SNV-07")
    with pytest.raises(NotFound):
        find_open(store, "không có")


def test_whoever_looked_a_short_while_ago_is_at_the_call_until_something_came_of_it(store, campaign, rechecked):
    found = find_open(store, "SNV-01")
    caller = find_caller(store, campaign, found.drawn, found.place, "mai")
    assert caller.phone.startswith("09120")
    assert "09120" not in repr(caller)
    at_it = find_open(store, "SNV-01")
    now = at_it.look.at.replace(tzinfo=datetime.UTC)
    assert at_it.is_with("nam", now)
    assert not at_it.is_with("mai", now)
    assert not at_it.is_with("nam", now + datetime.timedelta(minutes=21))
    values = {"call": "SNV-01", "outcome": "refused", "caller": "mai", "day": "02/4/2014"}
    record_call(store, campaign, "SNV-01", values, "mai")
    assert not find_open(store, "SNV-01").is_with("nam", now)


def test_the_questions_asked_again_come_with_the_levels_printed_on_the_sheet(store, campaign, rechecked):
    asked = list_asked(store, campaign, rechecked.places[0])
    assert [question.code for question, _ in asked] == ["q2", "q4"]
    assert [level.code for level in asked[0][1]] == list("543210")
