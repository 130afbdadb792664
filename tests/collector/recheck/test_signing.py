"""Sheets that rate the agency which runs the survey are struck, and count again, with a second signature alone."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from collector.accounts.desk import get_account
from collector.recheck.calling import note_attempt
from collector.recheck.deciding import apply_proposals, find_waits, list_made, list_proposals, undo
from collector.recheck.recording import record_calls
from collector.signatures import refuse, sign
from collector.store.accounts import add_account
from collector.store.campaigns import sync_campaign
from collector.store.recheck_attempts import add_attempt
from collector.store.recheck_decisions import add_decision, undo_decision
from collector.store.schema import recheck_call, recheck_struck
from collector.store.sheets import list_sheets
from forms.account_rules import AccountRules
from forms.errors import InputWrong
from forms.recheck import VoidRules

NOW = datetime.datetime(2014, 4, 25, 2, 0, tzinfo=datetime.UTC)
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA"

CALL = {
    **{"recheck_draw": 1, "place": 1, "version": 1, "outcome": "refused", "attempts": 3, "caller": "mai", "note": ""},
    **{"day": datetime.date(2014, 4, 20), "at": datetime.datetime(2014, 4, 20)},
}


@pytest.fixture
def run(store, campaign, row, rechecked):
    """SNV runs the survey and is rated; a forgery is confirmed on one of its sheets; Hoa asks, Nam is from outside."""
    accounts = AccountRules(runs="SNV")
    changed = dataclasses.replace(campaign, settings=campaign.settings.model_copy(update={"accounts": accounts}))
    with store.write() as conn:
        sync_campaign(conn, changed)
        add_account(conn, "hoa", "Lê Thị Hoa", {"manager"}, HASH)
        add_account(conn, "nam", "Trần Văn Nam", {"manager"}, HASH, workplace="STC")
    record_calls(store, changed, (row(2, "forged"),), [], "lan")
    return changed


def ask(store):
    (proposal,) = list_proposals(store, VoidRules())
    assert apply_proposals(store, VoidRules(), [proposal.name], "Lê Thị Hoa", "QĐ 12") == []
    return find_waits(store)[proposal.name]


def list_others(store, rechecked, agency):
    """Sheets of an agency's citizens but for the one that is called about; a draw makes it any of them."""
    with store.read() as conn:
        return [one for one in list_sheets(conn, agency, "CD") if one.id != rechecked.places[1].sheet]


def test_a_strike_changes_nothing_until_somebody_else_has_signed(store, run):
    key = ask(store)
    assert list_made(store) == []
    with pytest.raises(InputWrong):
        sign(store, run, key, get_account(store, "hoa"), NOW)
    sign(store, run, key, get_account(store, "nam"), NOW)
    (made,) = list_made(store)
    assert (made.who, made.why, len(made.sheets), made.undone) == ("Lê Thị Hoa", "QĐ 12", 1, None)
    assert find_waits(store) == {}


def test_what_was_refused_is_not_struck(store, run):
    refuse(store, ask(store), get_account(store, "nam"), "chưa gọi lại", NOW)
    assert (list_made(store), find_waits(store)) == ([], {})


def test_taking_a_strike_back_waits_too(store, run):
    sign(store, run, ask(store), get_account(store, "nam"), NOW)
    (made,) = list_made(store)
    undo(store, made.id, "Lê Thị Hoa", "QĐ 13")
    assert list_made(store)[0].undone is None
    sign(store, run, find_waits(store)[str(made.id)], get_account(store, "nam"), NOW)
    assert list_made(store)[0].undone is not None


def test_the_database_strikes_and_restores_no_sheet_of_the_runner_without_what_was_signed(store, run, rechecked):
    own, other = list_others(store, rechecked, "SNV")[0], list_others(store, rechecked, "HL")[0]
    key = ask(store)
    for act in (None, key):
        with pytest.raises(DBAPIError), store.write() as conn:
            add_decision(conn, "sheet", own.number, [own.id], "Lê Thị Hoa", "QĐ 12", act=act)
    with store.write() as conn:
        free = add_decision(conn, "sheet", other.number, [other.id], "Lê Thị Hoa", "QĐ 12")
    with pytest.raises(DBAPIError), store.write() as conn:
        conn.execute(insert(recheck_struck).values(recheck_decision=free, sheet=own.id))
    sign(store, run, key, get_account(store, "nam"), NOW)
    signed = next(one for one in list_made(store) if one.subject != other.number)
    for act in (None, key):
        with pytest.raises(DBAPIError), store.write() as conn:
            undo_decision(conn, signed, "Lê Thị Hoa", "QĐ 13", act=act)
    undo(store, free, "Lê Thị Hoa", "QĐ 13")


def test_a_signature_strikes_what_it_was_given_for_and_nothing_else(store, run, rechecked):
    key = ask(store)
    (first, second) = list_others(store, rechecked, "SNV")[:2]
    sign(store, run, key, get_account(store, "nam"), NOW)
    (made,) = list_made(store)
    with pytest.raises(DBAPIError, match="second signature"), store.write() as conn:
        conn.execute(insert(recheck_struck).values(recheck_decision=made.id, sheet=first.id))
    undo(store, made.id, "Lê Thị Hoa", "QĐ 13")
    sign(store, run, find_waits(store)[str(made.id)], get_account(store, "nam"), NOW)
    with pytest.raises(DBAPIError), store.write() as conn:
        add_decision(conn, "sheet", second.number, [second.id], "Lê Thị Hoa", "QĐ 12", act=key)


def test_nobody_calls_about_strikes_or_counts_again_sheets_of_their_workplace(store, campaign, row, rechecked):
    with store.write() as conn:
        sync_campaign(conn, campaign)
        add_account(conn, "mai", "Phạm Mai", {"manager"}, HASH, workplace="SNV")
        own = list_others(store, rechecked, "SNV")[0]  # the one called about is proposed below
        other = list_sheets(conn, "HL", "CD")[0]
        made = add_decision(conn, "sheet", own.number, [own.id], "Lê Thị Hoa", "QĐ 12")
    with pytest.raises(InputWrong):
        record_calls(store, campaign, (row(2, "forged"),), [], "Phạm Mai")
    with pytest.raises(InputWrong):
        note_attempt(store, "SNV-01", "Phạm Mai")
    record_calls(store, campaign, (row(2, "forged"),), [], "lan")
    (proposal,) = [one for one in list_proposals(store, VoidRules()) if one.subject != own.number]
    with pytest.raises(InputWrong):
        apply_proposals(store, VoidRules(), [proposal.name], "Phạm Mai", "QĐ 12")
    with pytest.raises(InputWrong):
        undo(store, made, "Phạm Mai", "QĐ 13")
    decided = next(one for one in list_made(store) if one.id == made)
    for write in (
        lambda conn: add_decision(conn, "sheet", own.number, [own.id], "Phạm Mai", "QĐ 12"),
        lambda conn: undo_decision(conn, decided, "Phạm Mai", "QĐ 13"),
        lambda conn: add_attempt(conn, 1, 1, "Phạm Mai"),
        lambda conn: conn.execute(insert(recheck_call).values(CALL | {"who": "Phạm Mai"})),
    ):
        with pytest.raises(DBAPIError, match="where they work"), store.write() as conn:
            write(conn)
    with store.write() as conn:
        add_decision(conn, "sheet", other.number, [other.id], "Phạm Mai", "QĐ 12")


def test_of_what_the_rule_proposes_no_more_nothing_is_signed(store, run):
    key = ask(store)
    none = run.settings.recheck.model_copy(update={"void": VoidRules(sheet=None)})
    changed = dataclasses.replace(run, settings=run.settings.model_copy(update={"recheck": none}))
    with pytest.raises(InputWrong):
        sign(store, changed, key, get_account(store, "nam"), NOW)
    assert find_waits(store)
