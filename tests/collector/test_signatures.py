"""Second signatures: what touches the runner's own sheets changes nothing until somebody from outside has signed."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from collector.accounts.desk import add, change, get_account, reset
from collector.accounts.passwords import hash_password
from collector.accounts.wishes import Wish
from collector.editions.petitions import take_petition
from collector.ledger.acts import hand_over
from collector.ledger.holding import Done, Note
from collector.ledger.mistakes import put_right
from collector.ledger.naming import Named
from collector.ledger.voiding import void_sheets
from collector.review.deciding import decide_conflict, list_conflicts, list_doubts, settle_doubt
from collector.signatures import find_hindrance, refuse, sign
from collector.store.accounts import Account, add_account
from collector.store.campaigns import sync_campaign
from collector.store.clock import day_of
from collector.store.editions import Petition
from collector.store.events import list_events
from collector.store.schema import conflict, doubt, pending_act, petition_decision
from collector.store.schema import sheet as sheets
from collector.store.signing import PendingAct, ask_signature, close_act, hold_act, list_acts
from forms.account_rules import AccountRules
from forms.campaign import Campaign
from forms.errors import InputWrong

NOW = datetime.datetime(2014, 3, 25, 2, 0, tzinfo=datetime.UTC)
NOTE = Note("Lê Thị Hoa", day_of(), "", "rách")


@pytest.fixture(scope="module")
def hashed() -> str:
    return hash_password("mot cau de nho 2014")


@pytest.fixture
def run(campaign: Campaign) -> Campaign:
    """The campaign, run by Sở Nội vụ, which is rated in it."""
    accounts = AccountRules(runs="SNV")
    return replace(campaign, settings=campaign.settings.model_copy(update={"accounts": accounts}))


@pytest.fixture
def people(desk: Any, run: Campaign, hashed: str) -> Callable[[str], Account]:
    with desk.store.write() as conn:
        sync_campaign(conn, run)
        for name, shown, workplace in (
            ("hoa", "Lê Thị Hoa", None),
            ("nam", "Trần Văn Nam", "STC"),
            ("mai", "Phạm Mai", "SNV"),
        ):
            add_account(conn, name, shown, {"manager"}, hashed, must_change=False, workplace=workplace)
    return lambda name: get_account(desk.store, name)


def waiting(desk: Any) -> list[PendingAct]:
    with desk.store.read() as conn:
        return list_acts(conn, True, 10)


def hindrance(desk: Any, signer: Account) -> str | None:
    with desk.store.read() as conn:
        return find_hindrance(conn, list_acts(conn, True, 1)[0], signer)


def state_of(desk: Any, number: str) -> str:
    with desk.store.read() as conn:
        state: str = conn.scalar(select(sheets.c.state).where(sheets.c.number == number))
        return state


def void(desk: Any, run: Campaign, *numbers: str) -> Done:
    return void_sheets(desk.store, run, Named(numbers), NOTE)


def test_a_void_of_the_runners_own_sheet_waits_and_is_done_with_the_signature(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    done = void(desk, run, "SNV-CD-001")
    assert (done.changed, done.waits > 0, state_of(desk, "SNV-CD-001")) == (0, True, "printed")
    assert void(desk, run, "SNV-CD-001").waits == done.waits  # asked again: the same act
    sign(desk.store, run, done.waits, people("nam"), NOW)
    assert state_of(desk, "SNV-CD-001") == "void"
    with desk.store.read() as conn:
        lines = [(line.who, line.action) for line in list_events(conn)][-3:]
    assert lines == [("Lê Thị Hoa", "sign.ask"), ("Trần Văn Nam", "sign.give"), ("Lê Thị Hoa", "sheets.void")]
    assert waiting(desk) == []


def test_sheets_of_others_wait_for_nobody_and_one_of_the_runner_has_all_of_an_act_wait(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    assert void(desk, run, "HL-CD-001").changed == 1
    assert void(desk, run, "HL-CD-002", "SNV-CD-002").waits
    assert state_of(desk, "HL-CD-002") == "printed"


def test_without_the_setting_nothing_waits(desk: Any, campaign: Campaign) -> None:
    assert void_sheets(desk.store, campaign, Named(("SNV-CD-001",)), NOTE).changed == 1


def test_who_asked_and_who_works_there_may_not_sign(desk: Any, run: Campaign, people: Callable[[str], Account]) -> None:
    key = void(desk, run, "SNV-CD-001").waits
    for name in ("hoa", "mai"):
        with pytest.raises(InputWrong):
            sign(desk.store, run, key, people(name), NOW)
        with pytest.raises(InputWrong):
            refuse(desk.store, key, people(name), "không", NOW)
    assert state_of(desk, "SNV-CD-001") == "printed"


def test_the_database_itself_refuses_a_signature_that_may_not_be(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    key = void(desk, run, "SNV-CD-001").waits
    hoa, nam, mai = people("hoa"), people("nam"), people("mai")
    forged = [
        (hoa.id, hoa.shown_name),
        (mai.id, mai.shown_name),
        (nam.id, hoa.shown_name),
        (nam.id, "ai đó"),
        (mai.id, nam.shown_name),
    ]
    for account, name in forged:
        values = {
            "state": "signed",
            "signer": name,
            "signer_account": account,
            "decided_at": datetime.datetime(2014, 1, 1),
        }
        with pytest.raises(DBAPIError), desk.store.write() as conn:
            conn.execute(update(pending_act).where(pending_act.c.id == key).values(**values))
    with pytest.raises(DBAPIError), desk.store.write() as conn:
        conn.execute(update(pending_act).values(asked="{}"))
    sign(desk.store, run, key, nam, NOW)
    with pytest.raises(DBAPIError), desk.store.write() as conn:
        conn.execute(update(pending_act).values(state="refused", reply="x"))
    with pytest.raises(DBAPIError), desk.store.write() as conn:
        conn.execute(pending_act.delete())


def test_a_refusal_needs_a_reason_and_stays_and_the_act_may_be_asked_for_anew(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    key = void(desk, run, "SNV-CD-001").waits
    with pytest.raises(InputWrong):
        refuse(desk.store, key, people("nam"), "  ", NOW)
    refuse(desk.store, key, people("nam"), "phiếu còn nguyên", NOW)
    with pytest.raises(InputWrong):
        sign(desk.store, run, key, people("nam"), NOW)
    assert state_of(desk, "SNV-CD-001") == "printed"
    with desk.store.read() as conn:
        (kept,) = list_acts(conn, False, 10)
    assert (kept.state, kept.reply, kept.signer) == ("refused", "phiếu còn nguyên", "Trần Văn Nam")
    assert void(desk, run, "SNV-CD-001").waits != key


def test_a_correction_waits(desk: Any, run: Campaign, people: Callable[[str], Account]) -> None:
    hand_over(desk.store, run, Named(("SNV-CD-001",)), "", Note("Lê Thị Hoa", day_of()))
    key = put_right(desk.store, run, Named(("SNV-CD-001",)), "handover", NOTE).waits
    assert state_of(desk, "SNV-CD-001") == "handed_out"
    sign(desk.store, run, key, people("nam"), NOW)
    assert state_of(desk, "SNV-CD-001") == "printed"


def test_a_doubt_in_a_row_about_the_runner_waits_and_leaves_the_queue(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_SNV", m1_SNV="5", m1_STC="4")
    with desk.store.read() as conn:
        (found,) = list_doubts(conn)
    assert settle_doubt(desk.store, found.id, ("3",), "Lê Thị Hoa")
    with desk.store.read() as conn:
        assert list_doubts(conn) == []
        assert conn.scalar(select(doubt.c.state)) == "open"
    with pytest.raises(InputWrong):
        settle_doubt(desk.store, found.id, ("4",), "Trần Văn Nam")
    (act,) = waiting(desk)
    sign(desk.store, run, act.id, people("nam"), NOW)
    with desk.store.read() as conn:
        assert conn.execute(select(doubt.c.state, doubt.c.chosen)).one() == ("settled", '["3"]')


def test_a_refused_doubt_comes_back_into_the_queue(desk: Any, run: Campaign, people: Callable[[str], Account]) -> None:
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_SNV", m1_SNV="5", m1_STC="4")
    with desk.store.read() as conn:
        (found,) = list_doubts(conn)
    settle_doubt(desk.store, found.id, ("3",), "Lê Thị Hoa")
    refuse(desk.store, waiting(desk)[0].id, people("nam"), "dấu ở ô 4", NOW)
    with desk.store.read() as conn:
        assert [one.id for one in list_doubts(conn)] == [found.id]


def test_a_doubt_in_another_row_of_the_same_sheet_waits_for_nobody(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_STC", m1_SNV="5", m1_STC="4")
    with desk.store.read() as conn:
        (found,) = list_doubts(conn)
    settle_doubt(desk.store, found.id, ("3",), "Lê Thị Hoa")
    assert waiting(desk) == []


def test_a_conflict_on_a_sheet_that_rates_the_runner_waits(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    serial = desk.serials("SNV", "CD")[0]
    desk.post(serial, q1="1")
    desk.post(serial, q1="0")
    with desk.store.read() as conn:
        (disputed,) = list_conflicts(conn)
    decide_conflict(desk.store, disputed.id, "first", "Lê Thị Hoa", "đã gọi lại")
    with desk.store.read() as conn:
        assert conn.scalar(select(conflict.c.state)) == "open"
    with pytest.raises(InputWrong):
        decide_conflict(desk.store, disputed.id, "second", "Trần Văn Nam", "không phải")
    (act,) = waiting(desk)
    sign(desk.store, run, act.id, people("nam"), NOW)
    with desk.store.read() as conn:
        assert conn.execute(select(conflict.c.decision, conflict.c.who)).one() == ("first", "Lê Thị Hoa")


def test_what_can_be_done_no_more_is_not_signed(
    desk: Any, run: Campaign, campaign: Campaign, people: Callable[[str], Account]
) -> None:
    hand_over(desk.store, run, Named(("SNV-CD-001",)), "", Note("Lê Thị Hoa", day_of()))
    first = put_right(desk.store, run, Named(("SNV-CD-001",)), "handover", NOTE).waits
    other = dataclasses.replace(NOTE, note="mất")
    second = void_sheets(desk.store, run, Named(("SNV-CD-001",)), other).waits
    sign(desk.store, run, second, people("nam"), NOW)
    with pytest.raises(InputWrong):
        sign(desk.store, run, first, people("nam"), NOW)
    assert [act.id for act in waiting(desk)] == [first]


def test_taking_the_rule_away_is_written_down(
    desk: Any, run: Campaign, campaign: Campaign, people: Callable[[str], Account]
) -> None:
    with desk.store.write() as conn:
        sync_campaign(conn, campaign)
    with desk.store.read() as conn:
        lines = [(line.subject, line.detail) for line in list_events(conn) if line.action == "sign.rule"]
    assert lines == [("SNV", ""), ("", "SNV")]


def test_nobody_signs_with_an_account_that_the_one_who_asked_made_or_gave_a_password(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    key = void(desk, run, "SNV-CD-001").waits
    wish = Wish("ao", "Người Tự Lập", frozenset({"manager"}), "", "", False)
    add(desk.store, run, wish, "Lê Thị Hoa")
    add(desk.store, run, dataclasses.replace(wish, name="ao-2", shown_name="Người Thứ Hai"), "Người Tự Lập")
    for name in ("ao", "ao-2"):
        assert hindrance(desk, people(name)) == "hand"
        with pytest.raises(InputWrong):
            sign(desk.store, run, key, people(name), NOW)
    reset(desk.store, "nam", "Lê Thị Hoa")
    with pytest.raises(InputWrong):
        sign(desk.store, run, key, people("nam"), NOW)
    reset(desk.store, "nam", "root")  # at the server's command line
    sign(desk.store, run, key, people("nam"), NOW)
    assert state_of(desk, "SNV-CD-001") == "void"


def test_a_workplace_that_the_one_who_asked_wrote_down_makes_nobody_an_outsider(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    void(desk, run, "SNV-CD-001")
    mai = Wish("mai", "Phạm Mai", frozenset({"manager"}), "", "STC", False)
    change(desk.store, run, mai, "Lê Thị Hoa")
    assert hindrance(desk, people("mai")) == "hand"
    change(desk.store, run, dataclasses.replace(mai, roles=frozenset({"verifier"})), "Lê Thị Hoa")
    change(desk.store, run, dataclasses.replace(mai, workplace="HL"), "root")
    assert hindrance(desk, people("mai")) is None


def test_the_database_refuses_the_signature_of_an_account_of_the_same_hand(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    key = void(desk, run, "SNV-CD-001").waits
    add(desk.store, run, Wish("ao", "Người Tự Lập", frozenset({"manager"}), "", "", False), "Lê Thị Hoa")
    values = {"state": "signed", "signer": "Người Tự Lập", "signer_account": people("ao").id, "decided_at": NOW}
    with pytest.raises(DBAPIError), desk.store.write() as conn:
        conn.execute(update(pending_act).where(pending_act.c.id == key).values(**values))


def test_who_works_at_another_agency_that_the_sheet_is_about_does_not_sign_either(
    desk: Any, run: Campaign, people: Callable[[str], Account], hashed: str
) -> None:
    desk.scan(desk.serials("HL", "CC")[0], 1, doubtful="m1_SNV", m1_SNV="5", m1_STC="4")
    with desk.store.write() as conn:
        add_account(conn, "lan", "Vũ Lan", {"manager"}, hashed, must_change=False, workplace="HL")
        (found,) = list_doubts(conn)
    settle_doubt(desk.store, found.id, ("3",), "Lê Thị Hoa")
    assert [hindrance(desk, people(name)) for name in ("lan", "nam", "mai")] == ["inside", None, "inside"]
    refuse(desk.store, waiting(desk)[0].id, people("nam"), "xem lại", NOW)
    void(desk, run, "SNV-CD-001", "HL-CD-001")
    assert [hindrance(desk, people(name)) for name in ("lan", "nam")] == ["inside", None]


def test_the_database_refuses_a_decision_about_the_runners_petition_without_a_signature_and_about_ones_own(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    said = {"decision": "refused", "reply": "45/HĐTĐ", "why": "đã giải trình", "at": datetime.datetime(2014, 4, 5)}
    for agency, who in (("SNV", "Lê Thị Hoa"), ("STC", people("nam").shown_name)):
        asked = Petition(0, agency, "TC1", f"1/{agency}", datetime.date(2014, 4, 1), "xem lại", who="Lê Thị Hoa")
        number = take_petition(desk.store, run, asked, NOW)
        with pytest.raises(DBAPIError), desk.store.write() as conn:
            conn.execute(insert(petition_decision).values(petition=number, who=who, **said))
    with desk.store.write() as conn:
        conn.execute(insert(petition_decision).values(petition=number, who="Lê Thị Hoa", **said))


def test_a_petition_of_the_runner_is_decided_as_it_was_signed_and_not_otherwise(
    desk: Any, run: Campaign, people: Callable[[str], Account]
) -> None:
    asked = Petition(0, "SNV", "TC1", "1/SNV", datetime.date(2014, 4, 1), "xem lại", who="Lê Thị Hoa")
    number, nam = take_petition(desk.store, run, asked, NOW), people("nam")
    said = {"decision": "granted", "points": "1.75", "reply": "45/HĐTĐ"}
    with desk.store.write() as conn:
        given = "SNV", str(number), {"petition": number, **said}, "Lê Thị Hoa", "đã giải trình"
        key = ask_signature(conn, "petition", *given, NOW, petition=number)
        act = hold_act(conn, key)
        assert act is not None
        close_act(conn, act, "signed", (nam.id, nam.shown_name), "", NOW)
    line = {"decision": "granted", "before": "1.5", "after": "1.75", "reply": "45/HĐTĐ", "why": "đã giải trình"}
    line |= {"who": "Lê Thị Hoa", "petition": number, "at": datetime.datetime(2014, 4, 5)}
    others = (
        {"after": "2"},
        {"decision": "partly"},
        {"decision": "refused", "after": None},
        {"why": "khác"},
        {"who": "Vũ Lan"},
    )
    for other in others:
        with pytest.raises(DBAPIError, match="second signature"), desk.store.write() as conn:
            conn.execute(insert(petition_decision).values(**line | other))
    with desk.store.write() as conn:
        conn.execute(insert(petition_decision).values(**line))
