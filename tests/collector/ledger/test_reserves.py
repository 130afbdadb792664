"""Reserve sheets: released by a rule that anybody can recompute, each in the place of one sheet."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from collector.store.schema import response, sheet
from forms.errors import InputWrong


def expected_order(campaign_id, numbers):
    return sorted(numbers, key=lambda number: hashlib.sha256(f"{campaign_id}|{number}".encode()).hexdigest())


def test_reserves_are_released_in_the_published_order_each_for_one_sheet(clerk):
    clerk.give(agency="SNV", group="CD")
    clerk.take("SNV-CD-002", "SNV-CD-005", state="lost")
    clerk.take("SNV-CD-003", state="refused")
    reserves = [number for number, one in clerk.sheets("SNV").items() if one.is_reserve]
    order = expected_order("thu-nghiem-2014", reserves)
    released = clerk.release(agency="SNV", group="CD")
    assert released.pairs == tuple(zip(("SNV-CD-002", "SNV-CD-003", "SNV-CD-005"), order, strict=False))
    again = clerk.release(agency="SNV", group="CD")
    assert (again.pairs, again.known) == ((), released.pairs)
    assert clerk.give(order[0]).changed == 1
    with pytest.raises(InputWrong):
        clerk.give(order[3])


def test_of_whole_cells_those_are_told_for_which_no_reserve_is_left(clerk):
    clerk.give(agency="HL", group="CD")
    clerk.take("1-2", agency="HL", group="CD", state="spoiled")
    released = clerk.release(agency="HL", group="CD")
    assert released.pairs == (("HL-CD-001", "HL-CD-004"),)
    assert released.lacking == ("HL-CD-002",)
    with pytest.raises(InputWrong):
        clerk.release("HL-CD-002")


def test_a_sheet_that_may_still_be_handed_out_or_was_answered_is_not_replaced(clerk, desk):
    desk.post(desk.serials()[1], q1="1")
    with pytest.raises(InputWrong) as caught:
        clerk.release("HL-CD-001", "HL-CD-002")
    assert len(caught.value.problems) == 2


def test_an_original_that_comes_late_is_kept_and_not_scored(clerk, desk):
    clerk.give(agency="HL", group="CD")
    clerk.release("HL-CD-001")
    assert desk.post(desk.serials()[0], q2="4").status == "over_quota"
    clerk.give("HL-CD-004")
    assert desk.post(desk.serials()[3], q2="5").status == "accepted"
    row = clerk.cell()
    assert (row.accepted, row.over_quota, row.target) == (1, 1, 3)


def test_a_replaced_original_gets_no_place_that_becomes_free(clerk, desk):
    clerk.give(agency="HL", group="CD")
    clerk.release("HL-CD-001")
    desk.post(desk.serials()[0], q2="4")
    for serial in desk.serials()[1:3]:
        desk.post(serial, q2="4")
    clerk.void("HL-CD-002")
    assert (clerk.cell().accepted, clerk.cell().over_quota) == (1, 1)
    grown = replace(clerk.campaign.quotas[0], target=4, reserve=0)
    clerk.campaign = replace(clerk.campaign, quotas=(grown, *clerk.campaign.quotas[1:]))
    clerk.set_rules()
    assert (clerk.cell().accepted, clerk.cell().over_quota) == (1, 1)


def test_a_release_taken_back_gives_the_original_its_place(clerk, desk):
    clerk.give(agency="HL", group="CD")
    clerk.release("HL-CD-001")
    desk.post(desk.serials()[0], q2="4")
    clerk.correct("HL-CD-004", what="release")
    assert (clerk.cell().accepted, clerk.cell().over_quota) == (1, 0)


def test_the_database_lets_only_reserves_replace_and_one_sheet_once(clerk, desk):
    clerk.give(agency="SNV", group="CD")
    clerk.release("SNV-CD-001")
    desk.post(desk.serials("SNV")[0], q2="4")
    desk.post(desk.serials("SNV")[1], q2="4")
    first, second = (clerk.sheets("SNV")[f"SNV-CD-00{ordinal}"].id for ordinal in (1, 2))
    spare = next(one.id for one in clerk.sheets("SNV").values() if one.is_reserve)
    for statement in (
        update(sheet).where(sheet.c.id == second).values(replaces=first),
        update(sheet).where(sheet.c.is_reserve).values(replaces=first),
        update(sheet).where(sheet.c.id == spare).values(replaces=second),
        update(response).where(response.c.sheet == first).values(state="accepted"),
    ):
        with pytest.raises(DBAPIError), clerk.store.write() as conn:
            conn.execute(statement)
