"""A whole page left blank: what it covers, all or nothing, and taken back as it was done."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select
from sqlalchemy.exc import DBAPIError

from collector.accounts.desk import get_account
from collector.accounts.passwords import hash_password
from collector.review.blank_page import LeftBlank, leave_page_blank, list_of_page
from collector.review.deciding import get_doubt, is_raised_for, list_doubts, settle_doubt, unsettle_last
from collector.review.second_reader import Queue
from collector.signatures import refuse, sign
from collector.store.accounts import Account, add_account
from collector.store.campaigns import sync_campaign
from collector.store.events import list_events
from collector.store.schema import doubt, settlement
from collector.store.signing import list_acts
from forms.account_rules import AccountRules
from forms.campaign import Campaign
from forms.errors import NotFound
from forms.rules import Reading
from tests.collector.review.conftest import SECOND, answers_of, conflicts, log, states

NOW = datetime.datetime(2014, 4, 2, 1, 0, tzinfo=datetime.UTC)


def keys_of(desk: Any, serial: str) -> list[int]:
    """The open doubts of a sheet."""
    with desk.store.read() as conn:
        return [one.id for one in list_doubts(conn) if one.serial == serial]


def of_page(desk: Any, key: int) -> list[int]:
    with desk.store.read() as conn:
        return list_of_page(conn, key)


def chosen(desk: Any, keys: list[int]) -> list[tuple[str, ...] | None]:
    with desk.store.read() as conn:
        return [get_doubt(conn, key).chosen for key in keys]


@pytest.fixture
def struck(desk: Any, serial: str) -> list[int]:
    """The three doubts of a struck first page of a sheet; a doubt on its second page, and on two other sheets."""
    desk.scan(serial, 1, doubtful="q1 q2 q3", why="struck_page", q1="1", q2="4", q3="ac")
    desk.scan(serial, 2, doubtful="q5", **SECOND)
    for other in desk.serials()[1:3]:
        desk.scan(other, 1, doubtful="q1 q2", why="struck_page", q1="1", q2="4")
        desk.scan(other, 2, **SECOND)
    return keys_of(desk, serial)[:3]


def test_every_open_doubt_of_the_page_is_left_blank_and_nothing_else(desk: Any, serial: str, struck: list[int]) -> None:
    with desk.store.read() as conn:
        others = {one.id for one in list_doubts(conn)} - set(struck)
    for key in struck:
        assert of_page(desk, key) == struck
    assert leave_page_blank(desk.store, struck[1], struck, "lan", "gạch cả trang", NOW) == LeftBlank(3, 0)
    assert {name: answers_of(desk, serial)[name] for name in ("q1", "q2", "q3")} == dict.fromkeys(
        ("q1", "q2", "q3"), ("", "settled")
    )
    assert answers_of(desk, serial)["q4"] == ("5", "clear")
    with desk.store.read() as conn:
        assert {one.id for one in list_doubts(conn)} == others
    assert len(others) == 5
    assert of_page(desk, struck[0]) == []


def test_each_keeps_the_line_and_the_event_of_a_decision_of_its_own(desk: Any, struck: list[int]) -> None:
    leave_page_blank(desk.store, struck[0], struck, "lan", "gạch cả trang", NOW)
    with desk.store.read() as conn:
        lines = conn.execute(select(settlement).order_by(settlement.c.id)).all()
        events = [(one.who, one.subject, one.detail) for one in list_events(conn) if one.action == "doubt.settle"]
    assert [(one.doubt, one.before, one.after, one.who, one.why, one.undoes) for one in lines] == [
        (key, None, "[]", "lan", "gạch cả trang", None) for key in struck
    ]
    assert {one.at for one in lines} == {datetime.datetime(2014, 4, 2, 1, 0)}
    assert events == [("lan", "HL-CD-001", f"question={name}; gạch cả trang") for name in ("q1", "q2", "q3")]


def test_what_was_decided_before_stays_as_it_was_decided(desk: Any, struck: list[int]) -> None:
    settle_doubt(desk.store, struck[1], ("5",), "minh")
    assert leave_page_blank(desk.store, struck[1], [struck[0], struck[2]], "lan") == LeftBlank(2, 0)
    assert chosen(desk, struck) == [(), ("5",), ()]


@pytest.mark.parametrize("seen", [(0, 1), (0, 1, 2, 3), ()])
def test_where_the_doubts_are_not_those_that_were_seen_nothing_is_done(
    desk: Any, serial: str, struck: list[int], seen: tuple[int, ...]
) -> None:
    keys = [*struck, keys_of(desk, serial)[3]]
    assert leave_page_blank(desk.store, struck[0], [keys[at] for at in seen], "lan") is None
    assert (log(desk), chosen(desk, struck)) == ([], [None, None, None])


def test_one_that_somebody_decided_meanwhile_has_nothing_done(desk: Any, struck: list[int]) -> None:
    settle_doubt(desk.store, struck[2], ("a",), "minh")
    assert leave_page_blank(desk.store, struck[0], struck, "lan") is None
    assert chosen(desk, struck) == [None, None, ("a",)]
    leave_page_blank(desk.store, struck[0], struck[:2], "lan")
    assert leave_page_blank(desk.store, struck[0], struck[:2], "minh") is None, "there is nothing left"


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.parametrize("ask", [list_of_page, lambda conn, key: is_raised_for(conn, key, {"slid"})])
def test_the_doubts_of_a_page_are_found_by_their_response_and_not_among_all(
    desk: Any, struck: list[int], ask: Callable[[Connection, int], object]
) -> None:
    asked: list[tuple[str, Any]] = []
    with desk.store.read() as conn:
        event.listen(conn, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
        ask(conn, struck[0])
        [(query, values)] = [one for one in asked if one[0].startswith("SELECT")]
        plan = [row.detail for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)]
    assert not [step for step in plan if step.startswith("SCAN doubt")], plan
    assert [step for step in plan if step.startswith("SEARCH doubt ") and "(response=?)" in step], plan


def test_an_unknown_doubt_is_not_found(desk: Any) -> None:
    with pytest.raises(NotFound):
        leave_page_blank(desk.store, 1, [1], "lan")


def test_one_key_takes_all_of_it_back_and_the_next_what_was_decided_before(desk: Any, struck: list[int]) -> None:
    settle_doubt(desk.store, struck[1], ("5",), "lan")
    leave_page_blank(desk.store, struck[0], [struck[0], struck[2]], "lan", now=NOW)
    assert unsettle_last(desk.store, "lan") == struck[0]
    assert chosen(desk, struck) == [None, ("5",), None]
    assert of_page(desk, struck[0]) == [struck[0], struck[2]]
    assert unsettle_last(desk.store, "lan") == struck[1]
    assert unsettle_last(desk.store, "lan") is None
    with desk.store.read() as conn:
        undone = [one.detail for one in list_events(conn) if one.action == "doubt.undo"]
    assert undone == ["question=q1", "question=q3", "question=q2"]


def test_two_pages_of_one_moment_are_taken_back_one_by_one(desk: Any, struck: list[int]) -> None:
    second = keys_of(desk, desk.serials()[1])
    for keys in (struck, second):
        leave_page_blank(desk.store, keys[0], keys, "lan", now=NOW)
    assert unsettle_last(desk.store, "lan") == second[0]
    assert (chosen(desk, second), chosen(desk, struck)) == ([None] * 2, [()] * 3)
    assert unsettle_last(desk.store, "lan") == struck[0]


def test_what_somebody_decided_anew_is_not_taken_back_with_the_rest(desk: Any, struck: list[int]) -> None:
    leave_page_blank(desk.store, struck[0], struck, "lan", session="a")
    settle_doubt(desk.store, struck[0], ("0",), "minh", "nhìn lại", session="b")
    assert unsettle_last(desk.store, "lan", session="a") == struck[1]
    assert chosen(desk, struck) == [("0",), None, None]
    assert unsettle_last(desk.store, "lan", session="b") is None, "another session's"


def test_a_page_that_was_all_of_a_sheet_gives_its_place_back_and_comes_back_with_the_key(
    desk: Any, serial: str
) -> None:
    desk.scan(serial, 1, doubtful="q1 q2", why="struck_page", q1="1", q2="4")
    desk.scan(serial, 2)
    keys = keys_of(desk, serial)
    leave_page_blank(desk.store, keys[0], keys, "lan")
    assert states(desk, serial) == [("paper", "set_aside")]
    unsettle_last(desk.store, "lan")
    assert states(desk, serial) == [("paper", "accepted")]


def test_who_answered_by_phone_too_is_held_against_the_page_as_it_is_once_all_is_decided(
    desk: Any, serial: str
) -> None:
    """Mark by mark the paper would contradict the phone after the first, though in the end it says nothing."""
    desk.scan(serial, 1, doubtful="q1 q2", why="struck_page", q1="1", q2="4")
    desk.scan(serial, 2)
    desk.post(serial, q1="1", q2="4")
    keys = keys_of(desk, serial)
    assert leave_page_blank(desk.store, keys[0], keys, "lan") == LeftBlank(2, 0)
    assert (conflicts(desk), states(desk, serial)) == ([], [("paper", "set_aside"), ("phone", "accepted")])


def test_the_draw_for_a_second_reader_is_that_of_single_decisions(
    desk: Any, campaign: Campaign, serial: str, struck: list[int]
) -> None:
    settings = campaign.settings.model_copy(update={"reading": Reading(second_reader=1)})
    whole = dataclasses.replace(campaign, settings=settings)
    leave_page_blank(desk.store, struck[0], struck, "lan")
    with desk.store.read() as conn:
        assert {one.doubt for one in Queue(whole, "minh").list(conn)} == set(struck)
        assert Queue(whole, "lan").count(conn) == 0


@pytest.fixture
def outsider(desk: Any, campaign: Campaign) -> Account:
    """Somebody who may sign, in a campaign that Sở Nội vụ runs and is rated in."""
    run = campaign.settings.model_copy(update={"accounts": AccountRules(runs="SNV")})
    with desk.store.write() as conn:
        sync_campaign(conn, dataclasses.replace(campaign, settings=run))
        hashed = hash_password("mot cau de nho 2014")
        add_account(conn, "nam", "Trần Văn Nam", {"manager"}, hashed, must_change=False, workplace="STC")
    return get_account(desk.store, "nam")


def test_what_rates_the_runner_waits_for_a_signature_each_and_the_rest_is_decided(
    desk: Any, campaign: Campaign, outsider: Account
) -> None:
    serial = desk.serials("HL", "CC")[0]
    desk.scan(serial, 1, doubtful="m1_SNV m1_STC", why="struck_page", m1_SNV="5", m1_STC="4")
    keys = keys_of(desk, serial)
    assert leave_page_blank(desk.store, keys[0], keys, "lan", "gạch", session="a") == LeftBlank(1, 1)
    with desk.store.read() as conn:
        (act,) = list_acts(conn, True, 10)
        waiting, done = act.doubt, next(key for key in keys if key != act.doubt)
        assert get_doubt(conn, waiting).row == "SNV"
    assert (chosen(desk, [waiting, done]), of_page(desk, waiting)) == ([None, ()], [])
    assert leave_page_blank(desk.store, waiting, [waiting], "minh") is None, "it waits already"
    sign(desk.store, campaign, act.id, outsider, NOW)
    assert chosen(desk, [waiting]) == [()]
    assert unsettle_last(desk.store, "lan", session="a") == done
    assert unsettle_last(desk.store, "lan", session="a") is None, "what was signed is no key's to take back"


def test_refused_ones_can_be_left_blank_again(desk: Any, campaign: Campaign, outsider: Account) -> None:
    serial = desk.serials("SNV")[0]
    desk.scan(serial, 1, doubtful="q1 q2", why="struck_page", q1="1", q2="4")
    desk.scan(serial, 2, **SECOND)
    keys = keys_of(desk, serial)
    assert leave_page_blank(desk.store, keys[0], keys, "lan") == LeftBlank(0, 2)
    with desk.store.read() as conn:
        first, second = list_acts(conn, True, 10)
    refuse(desk.store, first.id, outsider, "dấu còn rõ", NOW)
    assert of_page(desk, keys[0]) == [first.doubt]
    sign(desk.store, campaign, second.id, outsider, NOW)
    assert leave_page_blank(desk.store, keys[0], [first.doubt], "lan") == LeftBlank(0, 1)


def test_the_database_takes_only_lines_of_one_person_moment_and_page_for_one_act(
    desk: Any, serial: str, struck: list[int]
) -> None:
    leave_page_blank(desk.store, struck[0], struck, "lan", now=NOW, session="a")
    with desk.store.read() as conn:
        first, second, _ = conn.scalars(select(settlement.c.id).order_by(settlement.c.id)).all()
        elsewhere = conn.scalar(select(doubt.c.id).where(doubt.c.id.not_in(struck), doubt.c.state == "open"))
    at = datetime.datetime(2014, 4, 2, 1, 0)
    line = {"doubt": struck[1], "after": "[]", "who": "lan", "session": "a", "why": "", "at": at, "together": first}
    for other in (
        {"who": "minh"},
        {"session": None},
        {"at": at + datetime.timedelta(seconds=1)},
        {"doubt": elsewhere},
        {"together": second},
    ):
        with pytest.raises(DBAPIError, match="in one go"), desk.store.write() as conn:
            conn.execute(insert(settlement).values(**line | other))
    with desk.store.write() as conn:
        conn.execute(insert(settlement).values(**line))


def test_the_database_refuses_all_of_it_from_whoever_works_at_an_agency_of_one_row(
    desk: Any, outsider: Account
) -> None:
    serial = desk.serials("HL", "CC")[0]
    desk.scan(serial, 1, doubtful="m1_SNV m1_STC", why="struck_page", m1_SNV="5", m1_STC="4")
    keys = keys_of(desk, serial)
    with pytest.raises(DBAPIError):
        leave_page_blank(desk.store, keys[0], keys, outsider.shown_name)
    assert (log(desk), chosen(desk, keys)) == ([], [None, None])
    with desk.store.read() as conn:
        assert list_acts(conn, True, 10) == []
