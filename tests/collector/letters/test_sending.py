"""Letters go through a real SMTP server, each once, as fast as allowed, and every doubt is said."""

from __future__ import annotations

import datetime
import os
import signal

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from collector.letters.mail_server import open_mail_server
from collector.letters.opting_out import accept_opt_out, opt_out_address
from collector.letters.reminding import queue_reminders
from collector.letters.sending import BACK_OFF, hold_queue, send_letters
from collector.store import open_store
from collector.store.events import list_events
from collector.store.invitations import opt_out
from collector.store.letters import count_cells
from collector.store.schema import letter
from forms.errors import InputWrong, NotFound, WorkFailed
from forms.letters import LetterRules
from tests.collector.letters.conftest import SENDER, with_settings
from tests.waiting import PATIENCE_S

ALL = sorted([f"cd{n}@vi-du.vn" for n in range(6)] + [f"cc{n}@vi-du.vn" for n in range(3)])


def test_everybody_gets_one_letter_and_a_second_run_sends_none(room, invite, office):
    invite()
    assert room.send().sent == 9
    assert sorted(office.addresses) == ALL
    assert room.send().sent == 0
    assert len(office.taken) == 9
    assert room.states() == ["sent"] * 9
    assert len({message["Message-ID"] for _, message in office.taken}) == 9


def test_each_letter_holds_the_link_of_its_person_alone(room, invite, office):
    invite()
    room.send()
    serials = {one.id: one.serial for one in room.invitations()}
    ids = {one.message_id: one.invitation for one in room.letters()}
    for _, message in office.taken:
        own = serials[ids[message["Message-ID"]]]
        words = message.get_body(("plain",)).get_content()
        assert f"https://khaosat.vi-du.gov.vn/P/{own}" in words
        assert not any(other in words for other in serials.values() if other != own)


def test_no_more_than_a_day_allows_and_no_faster_than_a_minute_does(room, invite, office):
    room.campaign = with_settings(
        room.campaign, mail=room.campaign.settings.mail.model_copy(update={"per_day": 4, "per_minute": 30})
    )
    invite()
    done = room.send()
    assert (done.sent, done.capped) == (4, True)
    assert room.pauses == [2.0] * 3
    assert room.send().sent == 0
    room.now += datetime.timedelta(days=1)
    assert room.send().sent == 4
    assert room.send(limit=1).sent == 0
    room.now += datetime.timedelta(days=1)
    assert (room.send(limit=1).sent, len(office.taken)) == (1, 9)


def test_who_is_put_off_is_tried_again_later_with_the_same_message_id(room, invite, office):
    invite("CC")
    office.say["RCPT", "cc1@vi-du.vn"] = ["451 4.7.1 greylisted"]
    office.say["DATA", "cc2@vi-du.vn"] = ["452 4.3.1 no room"]
    done = room.send()
    assert (done.sent, done.later, done.again) == (1, 2, (room.now + BACK_OFF[0]).replace(tzinfo=None))
    assert {one.reply for one in room.letters() if one.state == "queued"} == {"451 4.7.1", "452 4.3.1"}
    before = {one.id: one.message_id for one in room.letters()}
    assert room.send().sent == 0
    office.say.clear()
    room.now += BACK_OFF[0]
    assert room.send().sent == 2
    assert {one.id: one.message_id for one in room.letters()} == before
    assert sorted(office.addresses) == ["cc0@vi-du.vn", "cc1@vi-du.vn", "cc2@vi-du.vn"]


def test_who_is_put_off_for_ever_has_failed(room, invite, office):
    invite("CC")
    office.say["RCPT", "cc1@vi-du.vn"] = ["451 4.7.1 greylisted"]
    for _ in range(len(BACK_OFF) + 2):
        room.send()
        room.now += BACK_OFF[-1]
    assert room.states() == ["failed", "sent", "sent"]
    assert max(one.tries for one in room.letters()) == len(BACK_OFF) + 1


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_who_is_refused_has_failed_at_once_and_the_others_get_theirs(room, invite, office, step):
    invite("CC")
    office.say[step, "cc1@vi-du.vn"] = ["550 5.1.1 no such user cc1@vi-du.vn"]
    assert room.send().failed == 1
    assert room.states() == ["failed", "sent", "sent"]
    failed = next(one for one in room.letters() if one.state == "failed")
    assert failed.reply == "550 5.1.1"  # and no address


def test_a_sender_that_is_refused_is_no_fault_of_the_letters(room, invite, office):
    invite("CC")
    office.say["MAIL", "*"] = ["553 5.7.1 not yours"]
    with pytest.raises(WorkFailed, match=r"553 5\.7\.1"):
        room.send()
    assert room.states() == ["queued"] * 3
    assert {one.tries for one in room.letters()} == {0}


def test_a_server_that_refuses_everybody_is_left(room, invite, office, monkeypatch):
    monkeypatch.setattr("collector.letters.sending._REFUSED_IN_A_ROW", 3)
    invite("CD")
    office.say["DATA", "*"] = ["554 5.7.1 spam"]
    with pytest.raises(WorkFailed, match=r"554 5\.7\.1"):
        room.send()
    assert room.states() == ["failed"] * 3 + ["queued"] * 3


def test_a_connection_that_breaks_before_the_content_costs_nothing(room, invite, office):
    invite("CC")
    office.say["RCPT", "cc1@vi-du.vn"] = ["cut"]
    room.send()
    assert room.states() == ["queued", "sent", "sent"]
    office.say.clear()
    assert room.send().sent == 1


def test_a_connection_that_breaks_in_the_content_leaves_a_doubt_that_is_said(room, invite, office):
    invite("CC")
    office.say["DATA", "cc1@vi-du.vn"] = ["cut"]
    done = room.send()
    assert (done.sent, done.unsure) == (2, 1)
    office.say.clear()
    again = room.send()
    assert (again.sent, again.unsure) == (0, 1)
    doubtful = next(one for one in room.letters() if one.state == "unsure")
    assert room.send(again_unsure=True).sent == 1
    assert office.letter_to("cc1@vi-du.vn")["Message-ID"] == doubtful.message_id
    with room.store.read() as conn:
        assert "invite.again" in [line.action for line in list_events(conn)]


def test_a_sender_killed_while_the_server_reads_sends_nothing_twice_without_saying_so(room, invite, office):
    invite("CC")
    office.holds = True
    child = os.fork()
    if not child:  # another process, with a store of its own
        try:
            store = open_store(room.store.folder, room.campaign.settings, room.store.url)
            send_letters(store, room.campaign, "lan", pause=lambda _: None)
        finally:
            os._exit(0)
    assert office.reached_data.wait(PATIENCE_S)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    office.holds = False
    office.go_on.set()
    assert room.states() == ["queued", "queued", "sending"]
    done = room.send()
    assert (done.sent, done.unsure) == (2, 1)
    assert len(office.addresses) == len(set(office.addresses)) == 3


def test_two_runs_do_not_send_at_once(room, invite):
    invite("CC")
    with hold_queue(room.store.folder), pytest.raises(WorkFailed):
        room.send()
    assert room.send().sent == 3


def test_what_was_sent_is_not_sent_again_whoever_asks(room, invite, store):
    invite("CC")
    room.send()
    with pytest.raises(DBAPIError), store.write() as conn:
        conn.execute(update(letter).values(state="queued"))


def test_who_answered_or_opted_out_meanwhile_gets_no_letter(room, invite, office, desk):
    invite()
    people = [one for one in room.invitations() if one.group == "CD"]
    desk.post(people[0].serial, q1="1")
    accept_opt_out(room.store, people[1], "link")
    unlinked = next(one for one in room.invitations() if one.group == "CC" and one.reach == "mail")
    desk.post(unlinked.serial, m1_SNV="1")
    assert room.send().sent == 6
    assert room.states() == ["answered", "answered", "opted_out"] + ["sent"] * 6


def test_a_link_that_opens_nothing_any_more_is_not_sent(room, invite, office, desk):
    invite("CC")
    desk.void(next(one.serial for one in room.invitations() if one.reach == "mail"))
    assert room.send().sent == 2
    assert room.states() == ["sent", "sent", "void"]
    assert sum(one.void for one in list_counts(room.store)) == 1
    assert room.send().sent == 0


def test_the_database_lets_no_letter_lead_to_a_void_sheet(room, invite, store, desk):
    invite("CC")
    gone = next(one for one in room.invitations() if one.reach == "mail")
    desk.void(gone.serial)
    begun = update(letter).where(letter.c.invitation == gone.id)
    with pytest.raises(DBAPIError), store.write() as conn:
        conn.execute(begun.values(state="sending", tries=1, last_try=datetime.datetime(2014, 3, 20)))


def list_counts(store):
    with store.read() as conn:
        return count_cells(conn)


def test_the_database_lets_no_letter_leave_to_who_opted_out(room, invite, store):
    invite("CC")
    one = room.letters()[0]
    person = next(person for person in room.invitations() if person.id == one.invitation)
    with store.write() as conn:
        opt_out(conn, person.id, "link", datetime.date(2014, 3, 20))
    with pytest.raises(DBAPIError), store.write() as conn:
        conn.execute(update(letter).values(state="sending", tries=1, last_try=datetime.datetime(2014, 3, 20)))


def test_reminders_go_by_the_plan_to_those_who_did_not_answer(room, invite, office, desk):
    days = (datetime.date(2014, 3, 22), datetime.date(2014, 3, 24))
    room.campaign = with_settings(room.campaign, letters=LetterRules(sender=SENDER, reminders=days))
    invite("CD")
    room.send()
    with pytest.raises(InputWrong, match="22/3/2014"):
        queue_reminders(room.store, room.campaign, "lan", now=room.now)
    people = room.invitations()
    desk.post(people[0].serial, q1="1")
    opt_out_address(room.store, room.campaign, office.taken[0][0][0], "lan")
    left = {one.id for one in room.invitations() if not one.answered and one.opted_out_day is None}
    room.now += datetime.timedelta(days=2)
    assert queue_reminders(room.store, room.campaign, "lan", now=room.now) == {1: len(left)}
    assert queue_reminders(room.store, room.campaign, "lan", now=room.now) == {1: 0}
    assert room.send().sent == len(left)
    assert {one.invitation for one in room.letters(1)} == left
    room.now += datetime.timedelta(days=9)
    assert queue_reminders(room.store, room.campaign, "lan", now=room.now) == {1: 0, 2: len(left)}
    room.send()
    assert queue_reminders(room.store, room.campaign, "lan", now=room.now) == {1: 0, 2: 0}


def test_nobody_gets_two_letters_on_one_day(room, invite):
    days = (datetime.date(2014, 3, 1), datetime.date(2014, 3, 2))
    room.campaign = with_settings(room.campaign, letters=LetterRules(sender=SENDER, reminders=days))
    invite("CD")
    room.send()
    assert queue_reminders(room.store, room.campaign, "lan", now=room.now) == {1: 0, 2: 0}


def test_an_address_that_nobody_has_cannot_opt_out(room, invite):
    invite()
    with pytest.raises(NotFound):
        opt_out_address(room.store, room.campaign, "ai-do@vi-du.vn", "lan")
    assert opt_out_address(room.store, room.campaign, "CD1@vi-du.vn", "lan") == 1
    assert opt_out_address(room.store, room.campaign, "cd1@vi-du.vn", "lan") == 0


def test_a_closed_campaign_sends_nothing(room, invite):
    invite()
    room.campaign = with_settings(room.campaign, closed=True)
    with pytest.raises(InputWrong):
        room.send()


def test_the_connection_is_encrypted_and_logged_in(room, invite, office, guarded_server, monkeypatch):
    monkeypatch.setenv("PHIEU_MAIL_PASSWORD", "mat khau")
    room.campaign = with_settings(room.campaign, mail=guarded_server)
    invite("CC")
    assert room.send().sent == 3


@pytest.mark.parametrize(("password", "said"), [("sai", "535"), ("mật khẩu", "không dấu")])
def test_a_wrong_password_is_said_and_spends_nothing(room, invite, guarded_server, monkeypatch, password, said):
    monkeypatch.setenv("PHIEU_MAIL_PASSWORD", password)
    room.campaign = with_settings(room.campaign, mail=guarded_server)
    invite("CC")
    with pytest.raises(WorkFailed, match=said):
        room.send()
    assert room.states() == ["queued"] * 3


def test_a_certificate_that_nobody_trusts_is_refused(guarded_server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(WorkFailed, match="localhost"), open_mail_server(guarded_server, "", "vi-du.gov.vn"):
        pass


def test_a_server_that_is_not_there_is_said(room, invite):
    mail = room.campaign.settings.mail.model_copy(update={"port": 1})
    room.campaign = with_settings(room.campaign, mail=mail)
    invite("CC")
    with pytest.raises(WorkFailed, match=r"127\.0\.0\.1"):
        room.send()
