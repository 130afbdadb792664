"""Letters leave by themselves only where a person said so, within the day's cap, and go on after a restart."""

from __future__ import annotations

import datetime
import threading

import pytest

from collector.letters import background
from collector.letters.background import LetterSender, find_sender, send_unsure_again, start_sending, stop_sending
from collector.store.events import list_events
from forms.errors import InputWrong, WorkFailed
from tests.collector.letters.conftest import with_settings
from tests.waiting import wait_until


@pytest.fixture
def database() -> str:
    """SQLite alone; databases are the store's to test."""
    return "sqlite"


def hasty(room):
    """The same campaign with a server that may be given a letter after the other."""
    mail = room.campaign.settings.mail.model_copy(update={"per_minute": 6000, "per_day": 5})
    room.campaign = with_settings(room.campaign, mail=mail)
    return LetterSender(room.store, lambda: room.campaign, look_every_s=0.01)


def test_nothing_leaves_until_a_person_says_so_nor_after_they_stopped_it(room, invite, office):
    sender = hasty(room)
    invite()
    sender.send_due(room.now)
    assert office.taken == []
    start_sending(room.store, room.campaign, "lan")
    stop_sending(room.store, "lan")
    sender.send_due(room.now)
    assert office.taken == []
    with room.store.read() as conn:
        assert find_sender(conn) == ""
        assert [one.action for one in list_events(conn)][-2:] == ["invite.start", "invite.stop"]


def test_another_server_goes_on_where_one_ended_and_a_day_has_its_cap(room, invite, office):
    invite()
    start_sending(room.store, room.campaign, "lan")
    first = hasty(room)
    first.send_due(room.now)
    assert len(office.taken) == 5
    first.send_due(room.now)
    assert len(office.taken) == 5
    hasty(room).send_due(room.now + datetime.timedelta(days=1))
    assert len(office.taken) == 9
    assert room.states() == ["sent"] * 9


def test_what_is_stopped_stops_between_two_letters(room, invite, office):
    invite()
    start_sending(room.store, room.campaign, "lan")
    sender, taken = hasty(room), []

    def pause(_seconds):
        taken.append(len(office.taken))
        stop_sending(room.store, "lan")
        LetterSender._pause(sender, 0)

    sender._pause = pause
    sender.send_due(room.now)
    assert (len(office.taken), taken) == (1, [1])
    assert room.states() == ["queued"] * 8 + ["sent"]


def test_letters_in_doubt_wait_for_a_person(room, invite, office):
    invite("CC")
    office.say["DATA", "cc0@vi-du.vn"] = ["cut"]
    start_sending(room.store, room.campaign, "lan")
    sender = hasty(room)
    for _ in range(3):
        sender.send_due(room.now)
    assert room.states() == ["sent", "sent", "unsure"]
    del office.say["DATA", "cc0@vi-du.vn"]
    assert send_unsure_again(room.store, "lan") == 1
    sender.send_due(room.now)
    assert room.states() == ["sent"] * 3


def test_a_line_that_breaks_each_time_is_a_fault_and_not_tried_at_once_again(room, invite, office):
    invite("CC")
    for number in range(3):
        office.say["RCPT", f"cc{number}@vi-du.vn"] = ["cut"] * 5
    start_sending(room.store, room.campaign, "lan")
    with pytest.raises(WorkFailed):
        hasty(room).send_due(room.now)
    assert room.states() == ["queued"] * 3


def test_without_a_server_nobody_can_begin(room, invite):
    invite()
    with pytest.raises(InputWrong):
        start_sending(room.store, with_settings(room.campaign, mail=None), "lan")
    with room.store.read() as conn:
        assert find_sender(conn) == ""


def test_the_thread_sends_says_what_is_wrong_and_ends(room, invite, office, monkeypatch):
    monkeypatch.setattr(background, "_this_moment", lambda: room.now)
    invite("CC")
    office.say["MAIL", "cc0@vi-du.vn"] = []
    start_sending(room.store, room.campaign, "lan")
    good, sender = room.campaign, hasty(room)
    went = good.settings.mail
    room.campaign = with_settings(room.campaign, mail=went.model_copy(update={"port": 1}))
    sender.begin()
    wait_until(lambda: sender.fault)
    room.campaign = with_settings(room.campaign, mail=went.model_copy(update={"per_minute": 6000}))
    sender.wake()
    wait_until(lambda: len(office.taken) == 3)
    sender.close()
    assert not any(one.name == "letters" for one in threading.enumerate())
    assert room.states() == ["sent"] * 3
