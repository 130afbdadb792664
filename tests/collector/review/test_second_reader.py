"""A second person reads doubts that somebody decided: drawn, never the same person, and how far the two agree."""

from __future__ import annotations

import dataclasses
import hashlib
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from collector.review.deciding import list_doubts, settle_doubt
from collector.review.reader_account import show_readers
from collector.review.second_reader import Queue, account_readings, read_again, take_back_reading
from collector.store.clock import store_time
from collector.store.schema import doubt_reading, reading_undone, settlement
from forms.campaign import Campaign
from forms.errors import InputWrong
from forms.rules import Reading


def sharing(campaign: Campaign, share: str) -> Campaign:
    """The campaign with a share of decided doubts for a second reader."""
    rules = Reading(second_reader=Decimal(share))
    return dataclasses.replace(campaign, settings=campaign.settings.model_copy(update={"reading": rules}))


@pytest.fixture
def whole(campaign: Campaign) -> Campaign:
    """Every decided doubt is drawn."""
    return sharing(campaign, "1")


@pytest.fixture
def decided(desk: Any) -> list[int]:
    """Six doubts about SNV's sheets, of which Hoa decided five; the last is open."""
    for serial in desk.serials("SNV")[:6]:
        desk.scan(serial, 1, doubtful="q2", q1="1", q2="4")
        desk.scan(serial, 2)
    with desk.store.read() as conn:
        keys = [one.id for one in list_doubts(conn)]
    for key, chosen in zip(keys, "45431", strict=False):
        settle_doubt(desk.store, key, (chosen,), "Hoa")
    return keys


def waiting(desk: Any, campaign: Campaign, who: str, not_agency: str | None = None) -> set[int]:
    with desk.store.read() as conn:
        return {one.doubt for one in Queue(campaign, who, not_agency).list(conn)}


def test_what_one_person_decided_waits_for_every_other_and_never_for_them(
    desk: Any, whole: Campaign, decided: list[int]
) -> None:
    assert waiting(desk, whole, "Nam") == set(decided[:5])
    assert waiting(desk, whole, "Hoa") == set()
    assert waiting(desk, whole, "Nam", "SNV") == set(), "nobody reads what is about their workplace"
    settle_doubt(desk.store, decided[0], ("3",), "Nam", "nhìn lại")
    assert decided[0] not in waiting(desk, whole, "Nam") | waiting(desk, whole, "Hoa"), "both have decided about it"
    assert decided[0] in waiting(desk, whole, "Lan")


def test_the_draw_can_be_repeated_by_hand(desk: Any, campaign: Campaign, decided: list[int]) -> None:
    expected = set()
    for key, serial in zip(decided[:5], desk.serials("SNV"), strict=False):
        digits = hashlib.sha256(f"{campaign.settings.id}|{serial}|q2||2".encode()).hexdigest()[:16]
        expected |= {key} if int(digits, 16) < 2**63 else set()
    assert waiting(desk, sharing(campaign, "0.5"), "Nam") == expected
    assert waiting(desk, sharing(campaign, "0"), "Nam") == set()


def test_two_people_agree_as_often_as_they_see_the_same_and_chance_is_taken_off(
    desk: Any, whole: Campaign, decided: list[int]
) -> None:
    with desk.store.read() as conn:
        assert show_readers(account_readings(conn).same, "vi") == "Chưa có dấu nào được người thứ hai đọc lại."
    for key, seen in zip(decided, ("4", "5", "4", "3", None), strict=False):
        assert read_again(desk.store, whole, key, None if seen is None else (seen,), "Nam")
    with desk.store.read() as conn:
        account = account_readings(conn)
    # first 4 5 4 3 1, second 4 5 4 3 -: four of five; by chance (2*2 + 1 + 1) / 5 = 1.2 alike; (4 - 1.2) / (5 - 1.2)
    assert (account.same.n, account.same.exact) == (5, 0.8)
    assert account.same.kappa == pytest.approx(2.8 / 3.8)
    assert "giống nhau ở 80 % của 5 dấu" in show_readers(account.same, "vi").replace("80,0", "80")
    [one] = account.differing
    assert (one.doubt, one.first, one.seen, one.first_who, one.who) == (decided[4], ("1",), None, "Hoa", "Nam")
    assert waiting(desk, whole, "Lan") == set(), "a doubt is read again once"


def test_a_reading_changes_no_decision_and_stands_when_it_is_decided_anew(
    desk: Any, whole: Campaign, decided: list[int]
) -> None:
    read_again(desk.store, whole, decided[0], ("1",), "Nam")
    with desk.store.read() as conn:
        assert conn.scalar(select(settlement.c.after).where(settlement.c.doubt == decided[0])) == '["4"]'
    settle_doubt(desk.store, decided[0], ("1",), "Lan", "theo người thứ hai")
    with desk.store.read() as conn:
        [one] = account_readings(conn).differing
    assert (one.first, one.seen) == (("4",), ("1",))


def test_what_is_not_drawn_or_fits_no_question_is_not_taken(desk: Any, whole: Campaign, decided: list[int]) -> None:
    assert not read_again(desk.store, whole, decided[5], ("4",), "Nam"), "it is open"
    assert not read_again(desk.store, whole, decided[0], ("4",), "Hoa"), "it was theirs"
    with pytest.raises(InputWrong):
        read_again(desk.store, whole, decided[0], ("9",), "Nam")
    assert read_again(desk.store, whole, decided[0], (), "Nam")
    assert not read_again(desk.store, whole, decided[0], ("4",), "Lan"), "once"


def test_the_database_holds_that_it_is_another_person_and_what_was_decided(
    desk: Any, whole: Campaign, decided: list[int]
) -> None:
    with desk.store.read() as conn:
        line = conn.scalar(select(settlement.c.id).where(settlement.c.doubt == decided[0]))
        other = conn.scalar(select(settlement.c.id).where(settlement.c.doubt == decided[1]))
    right = {
        "doubt": decided[0],
        "round": 1,
        "settlement": line,
        "first": '["4"]',
        "seen": '["4"]',
        "agrees": True,
        "who": "Nam",
    }
    for wrong in ({"who": "Hoa"}, {"first": '["5"]', "agrees": False}, {"agrees": False}, {"settlement": other}):
        with pytest.raises(DBAPIError), desk.store.write() as conn:
            conn.execute(insert(doubt_reading).values(**{**right, **wrong}, at=store_time()))
    with desk.store.write() as conn:
        conn.execute(insert(doubt_reading).values(**right, at=store_time()))
    for number in (1, 2):
        with pytest.raises(DBAPIError), desk.store.write() as conn:
            conn.execute(insert(doubt_reading).values(**{**right, "round": number, "who": "Lan"}, at=store_time()))
    for change in (doubt_reading.update().values(who="Lan"), doubt_reading.delete()):
        with pytest.raises(DBAPIError), desk.store.write() as conn:
            conn.execute(change)


def test_a_reading_is_taken_back_by_who_read_in_the_same_session_and_stays_on_record(
    desk: Any, whole: Campaign, decided: list[int]
) -> None:
    for key, session in ((decided[0], "a"), (decided[1], "a"), (decided[2], "b")):
        read_again(desk.store, whole, key, ("1",), "Nam", session=session)
    assert take_back_reading(desk.store, "Lan", session="a") is None
    assert [take_back_reading(desk.store, "Nam", session="a") for _ in range(3)] == [decided[1], decided[0], None]
    assert waiting(desk, whole, "Nam") == set(decided[:5]) - {decided[2]}
    assert read_again(desk.store, whole, decided[1], ("5",), "Lan")
    with desk.store.read() as conn:
        assert account_readings(conn).same.n == 2
        assert len(conn.execute(select(doubt_reading)).all()) == 4


def test_a_reading_stands_once_somebody_has_decided_anew(desk: Any, whole: Campaign, decided: list[int]) -> None:
    read_again(desk.store, whole, decided[0], ("1",), "Nam", session="a")
    settle_doubt(desk.store, decided[0], ("1",), "Lan", "theo người thứ hai")
    assert take_back_reading(desk.store, "Nam", session="a") is None
    with desk.store.read() as conn:
        line = conn.scalar(select(doubt_reading.c.id))
    with pytest.raises(DBAPIError, match="stands"), desk.store.write() as conn:
        conn.execute(insert(reading_undone).values(doubt_reading=line, at=store_time()))


def test_the_queue_goes_on_behind_a_doubt_in_the_order_of_the_draw(
    desk: Any, whole: Campaign, decided: list[int]
) -> None:
    queue = Queue(whole, "Nam")
    with desk.store.read() as conn:
        keys = [one.doubt for one in queue.list(conn)]
        assert queue.count(conn) == len(keys) == 5
        assert [one.doubt for one in queue.list(conn, keys[1], 2)] == keys[2:4]
        assert queue.list(conn, keys[-1]) == []
        assert queue.find(conn, decided[5]) is None
