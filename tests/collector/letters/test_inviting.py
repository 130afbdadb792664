"""Each drawn person has one sheet of the cell, the accounting holds, and an answer parts person and sheet."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from collector.ledger.acts import take_back
from collector.ledger.holding import Note
from collector.ledger.mistakes import put_right
from collector.ledger.naming import Named
from collector.letters.inviting import BY_LETTER, prepare_invitations
from collector.people.drawing import SizeRule, draw_people
from collector.people.erasure import erase_recipients
from collector.recheck.drawing import commit, draw_rechecks
from collector.recheck.replacing import load_replaced
from collector.store.clock import day_of
from collector.store.draws import last_draws
from collector.store.events import list_events
from collector.store.invitations import NewInvitation, add_invitations
from collector.store.letters import count_cells, queue_letters
from collector.store.quota import quota_rows
from collector.store.rechecks import list_units
from collector.store.schema import (
    cell,
    invitation,
    invitation_sheet,
    letter,
    movement,
    recipient,
    recipient_drawn,
    response,
    sheet_step,
)
from collector.store.schema import sheet as sheets
from collector.store.sheets import find_sheet
from forms.errors import InputWrong
from tests.collector.letters.conftest import with_settings

NOW = datetime.datetime(2014, 3, 20, tzinfo=datetime.UTC)


def refuses(store, statement):
    with pytest.raises(DBAPIError), store.write() as conn:
        conn.execute(statement)


def rows(store):
    with store.read() as conn:
        return {(row.agency, row.group): row for row in quota_rows(conn)}


def test_everybody_drawn_gets_one_sheet_and_who_has_mail_a_letter(room, invite):
    assert {(one.agency, one.group, one.fresh, one.by_mail) for one in invite()} == {
        ("SNV", "CD", 6, 6),
        ("HL", "CC", 4, 3),
    }
    serials = [one.serial for one in room.invitations()]
    assert len(set(serials)) == 10
    assert all(serials)
    assert room.states() == ["queued"] * 9
    assert all(one.fresh == 0 for one in invite())
    assert len(room.invitations()) == 10


def test_both_equations_of_the_accounting_hold_and_the_sheets_are_out_by_letter(room, invite, desk):
    invite()
    desk.post(next(one.serial for one in room.invitations() if one.group == "CD"), q1="1")
    for row in rows(room.store).values():
        assert row.printed == row.unused + row.handed_out
        came = row.returned_paper + row.by_phone + row.refused + row.spoiled + row.lost + row.outstanding
        assert row.handed_out == came
    assert rows(room.store)["SNV", "CD"].handed_out == 6
    with room.store.read() as conn:
        assert set(conn.scalars(select(movement.c.party))) == {BY_LETTER}


def test_sheets_that_are_out_or_answered_are_never_given(room, invite, desk):
    taken = desk.serials("HL", "CC")[0]
    desk.post(taken, m1_SNV="1")
    with pytest.raises(InputWrong) as wrong:
        invite("CC")
    assert "HL-CC" in str(wrong.value)
    assert room.invitations() == []


def test_nothing_is_prepared_without_rules_a_link_or_people(room, store):
    campaign = with_settings(room.campaign, letters=None, public_address=None)
    with pytest.raises(InputWrong) as wrong:
        prepare_invitations(store, campaign, campaign.quotas, "lan")
    assert len(wrong.value.problems) == 2
    plain = with_settings(room.campaign, public_address="http://khaosat.vi-du.gov.vn")
    with pytest.raises(InputWrong, match="https"):
        prepare_invitations(store, plain, plain.quotas, "lan")
    nobody = [quota for quota in room.campaign.quotas if (quota.agency, quota.group) == ("HL", "CD")]
    with pytest.raises(InputWrong):
        prepare_invitations(store, room.campaign, nobody, "lan")


def test_an_answer_of_an_unlinked_group_parts_the_person_from_the_sheet(room, invite, desk):
    invite()
    before = {one.id: one for one in room.invitations() if one.group == "CC"}
    some = next(iter(before.values()))
    assert desk.post(some.serial, m1_SNV="1").status == "accepted"
    after = next(one for one in room.invitations() if one.id == some.id)
    assert (after.answered, after.serial) == (True, "")
    with room.store.read() as conn:
        sheet = find_sheet(conn, some.serial)
        assert conn.scalar(select(invitation_sheet.c.sheet).where(invitation_sheet.c.sheet == sheet.id)) is None
        assert conn.scalar(select(response.c.sheet).where(response.c.sheet == sheet.id)) == sheet.id
    assert desk.post(some.serial, m1_SNV="1").status == "same"
    assert [one.answered for one in room.invitations() if one.group == "CC"].count(True) == 1


def test_a_page_of_paper_parts_them_too(room, invite, desk):
    invite()
    some = next(one for one in room.invitations() if one.group == "CC")
    desk.scan(some.serial, 1, m1_SNV="1", m1_STC="2")
    assert next(one for one in room.invitations() if one.id == some.id).serial == ""


def test_in_a_linked_group_the_person_stays_with_the_sheet(room, invite, desk):
    invite()
    some = next(one for one in room.invitations() if one.group == "CD")
    desk.post(some.serial, q1="1")
    after = next(one for one in room.invitations() if one.id == some.id)
    assert (after.answered, after.serial) == (True, some.serial)


def test_the_database_keeps_an_answer_of_an_unlinked_group_away_from_its_person(room, invite, desk, store):
    invite()
    some = next(one for one in room.invitations() if one.group == "CC")
    other = next(one for one in room.invitations() if one.group == "CC" and one.id != some.id)
    desk.post(some.serial, m1_SNV="1")
    with store.read() as conn:
        kept = dict(conn.execute(select(response)).one()._mapping)
        sheet, other_sheet = find_sheet(conn, some.serial).id, find_sheet(conn, other.serial).id
    refuses(store, insert(response).values(kept | {"id": 1, "sheet": other_sheet, "receipt": "0" * 10}))
    refuses(store, insert(invitation_sheet).values(invitation=some.id, sheet=sheet))
    refuses(store, update(invitation).where(invitation.c.id == some.id).values(bound=False))
    refuses(store, update(invitation_sheet).values(sheet=sheet))


def test_the_database_gives_a_person_one_link_and_a_sheet_one_person(room, invite, store):
    invite()
    some = next(one for one in room.invitations() if one.group == "CD")
    with store.read() as conn:
        sheet = find_sheet(conn, some.serial).id
        kept = dict(conn.execute(select(invitation).where(invitation.c.id == some.id)).one()._mapping)
    refuses(store, insert(invitation).values(kept | {"id": 1, "token": "0" * 20}))
    refuses(store, insert(invitation_sheet).values(invitation=some.id, sheet=sheet))
    refuses(store, delete(invitation_sheet).where(invitation_sheet.c.invitation == some.id))
    refuses(store, update(invitation).where(invitation.c.id == some.id).values(linked=False))


def test_a_sheet_that_lies_in_the_house_is_no_link(room, store, desk):
    with store.read() as conn:
        sheet = find_sheet(conn, desk.serials("SNV")[0])
        person = conn.execute(select(invitation.c.id)).first()
    assert person is None
    with store.read() as conn:
        one = conn.execute(select(recipient.c.id)).first().id
        where = conn.execute(select(cell.c.id)).all()[1].id
    with pytest.raises(DBAPIError), store.write() as conn:
        add_invitations(conn, [NewInvitation(one, where, True, "mail", sheet.id)])


def test_the_database_reminds_nobody_in_vain_and_only_after_an_invitation(room, invite, store):
    invite()
    one = room.letters()[0]
    with pytest.raises(DBAPIError), store.write() as conn:
        queue_letters(conn, [one.invitation], 1, "vi-du.gov.vn")
    with pytest.raises(DBAPIError), store.write() as conn:
        queue_letters(conn, [one.invitation], 0, "vi-du.gov.vn")
    refuses(store, update(letter).where(letter.c.id == one.id).values(state="sent"))
    refuses(store, update(letter).where(letter.c.id == one.id).values(message_id="<other@vi-du.gov.vn>"))


def test_erasing_the_people_erases_invitations_and_letters_and_leaves_the_accounting(room, invite, desk, store):
    invite()
    desk.post(next(one.serial for one in room.invitations() if one.group == "CD"), q1="1")
    before = rows(store)
    assert erase_recipients(store, room.campaign.settings, "lan", early="thử") == 10
    with store.read() as conn:
        for table in (invitation, invitation_sheet, letter):
            assert conn.execute(select(table)).all() == []
    assert rows(store) == before


def test_a_few_more_of_an_unlinked_group_are_refused_unless_somebody_says_so(room, invite, store):
    draw_people(store, room.campaign, room.campaign.quotas, "khác", SizeRule(size=2, reserve=2), "lan", again="thử")
    invite("CC")
    with pytest.raises(InputWrong, match="HL-CC"):
        invite("CC", reserves=1)
    assert invite("CC", reserves=1, few=True)[0].fresh == 1


def test_counts_tell_how_far_a_cell_is_and_name_nobody(room, invite, desk):
    invite()
    desk.post(next(one.serial for one in room.invitations() if one.group == "CD"), q1="1")
    with room.store.read() as conn:
        counts = {(one.agency, one.group): one for one in count_cells(conn)}
    assert (counts["SNV", "CD"].invited, counts["SNV", "CD"].answered) == (6, 1)
    assert (counts["HL", "CC"].by_hand, counts["HL", "CC"].waiting) == (1, 3)


def test_sheets_of_one_act_go_out_together_and_in_no_order_of_the_people(room, invite, store):
    invite("CD")
    with store.read() as conn:
        held = conn.execute(
            select(recipient_drawn.c.place, sheets.c.ordinal, sheets.c.handover)
            .join_from(recipient_drawn, invitation, invitation.c.recipient == recipient_drawn.c.recipient)
            .join(invitation_sheet, invitation_sheet.c.invitation == invitation.c.id)
            .join(sheets, sheets.c.id == invitation_sheet.c.sheet)
            .order_by(recipient_drawn.c.place)
        ).all()
    assert {row.ordinal for row in held} == set(range(15, 21))  # the last of the 20 that are no reserves
    assert len({row.handover for row in held}) == 1


def test_a_sheet_that_is_a_link_does_not_come_back_into_the_house(room, invite, store, desk):
    invite("CD")
    one = room.invitations()[0]
    note = Note("lan", day_of(), note="nhầm")
    for act in (
        lambda: take_back(store, room.campaign, Named((one.serial,)), "unused", note),
        lambda: put_right(store, room.campaign, Named((one.serial,)), "handover", note),
    ):
        with pytest.raises(InputWrong, match="đường dẫn riêng"):
            act()
    with store.read() as conn:
        kept = conn.execute(select(sheets).where(sheets.c.serial == one.serial)).one()
    line = {"sheet": kept.id, "step": 2, "before": "handed_out", "after": "unused", "day": NOW.date()}

    def bring_home():
        with store.write() as conn:
            conn.execute(insert(sheet_step).values(**line, channel="import"))
            conn.execute(update(sheets).where(sheets.c.id == kept.id).values(state="unused", handover=None, step=2))

    with pytest.raises(DBAPIError, match="stays out"):
        bring_home()
    assert take_back(store, room.campaign, Named((one.serial,)), "lost", note).changed == 1
    desk.void(one.serial)


def test_a_recheck_calls_whoever_took_the_place_of_a_drawn_person_and_not_who_was_replaced(room, invite, desk):
    first = SizeRule(size=3, reserve=3)
    draw_people(room.store, room.campaign, room.campaign.quotas, "XSMB 19/03/2014: 11111", first, "lan", "đợt nhỏ")
    assert {(one.group, one.fresh) for one in invite(reserves=2)} == {("CD", 5), ("CC", 4)}
    with room.store.read() as conn:
        draws = {draw.group: draw for draw in last_draws(conn).values()}
    sheet_of = {one.recipient: one.serial for one in room.invitations()}
    drawn, reserves = draws["CD"].people[:3], draws["CD"].people[3:]
    for person in (drawn[0], reserves[1]):
        desk.post(sheet_of[person], q1="1")
    for serial in [sheet_of[person] for person in draws["CC"].people[:2]]:
        desk.post(serial, m1_SNV="4")
    with room.store.read() as conn:
        units = {code: {one.recipient for one in found} for code, found in list_units(conn).items()}
    assert units["SNV"] == {drawn[0], reserves[1]}, "linked: those whose sheets came in, replaced ones not"
    assert units["HL"] == set(draws["CC"].people), "unlinked: no list tells who answered"


def test_who_took_a_place_by_a_signed_list_is_called_and_who_left_it_is_not(room, tmp_path):
    first = SizeRule(size=3, reserve=3)
    draw_people(room.store, room.campaign, room.campaign.quotas, "XSMB 19/03/2014: 11111", first, "lan", "đợt nhỏ")
    with room.store.read() as conn:
        people = last_draws(conn)["SNV", "CD"].people
    path = tmp_path / "thay.csv"
    path.write_text("Cơ quan,Đối tượng,STT người bị thay,STT người thay\nSNV,CD,1,2\nSNV,CD,3,\n", encoding="utf-8")
    commit(room.store, "chuỗi rút thăm 20140318", "", "lan")
    (found,) = draw_rechecks(
        room.store, room.campaign, "chuỗi rút thăm 20140318", "lan", agencies=["SNV"], replaced=path
    )
    assert {place.recipient for place in found.draw.places} == {people[1], people[4]}
    with room.store.read() as conn:
        noted = [(one.subject, one.detail) for one in list_events(conn) if one.action == "recheck.replaced"]
    assert noted == [("SNV", "people=2")]


def test_every_mistake_of_a_table_of_replaced_people_is_told_with_its_row(room, tmp_path):
    rows = "agency,group,person,reserve", "XX,CD,1,", "SNV,CD,7,1", "SNV,CD,2,x", "SNV,CD,3,", "SNV,CD,3,"
    path = tmp_path / "thay.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    draw_people(room.store, room.campaign, room.campaign.quotas, "b", SizeRule(size=3, reserve=1), "lan", "đợt nhỏ")
    with room.store.read() as conn, pytest.raises(InputWrong) as wrong:
        load_replaced(conn, path, "lan")
    assert [one.where for one in wrong.value.problems] == [f"thay.csv:{row}" for row in (2, 3, 4, 6)]
