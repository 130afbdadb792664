"""Campaigns, layouts and sheets in the store: what printing needs, and what it may never lose."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from sqlalchemy import func, select

from collector.store import open_store
from collector.store.campaigns import sync_campaign
from collector.store.layouts import get_book, get_snapshot, save_layout
from collector.store.quota import quota_rows
from collector.store.schema import agency, cell, questionnaire, sheet
from collector.store.sheets import find_sheet, list_sheets, reserve_sheets, start_print_run
from forms.campaign import Agency, Quota
from forms.errors import InputWrong, NotFound
from forms.layout import Layout, preferred_number
from forms.questionnaire import Questionnaire
from forms.serial import layout_number, make_serial, show_serial


def with_quotas(campaign, *quotas):
    return dataclasses.replace(campaign, quotas=quotas)


def sync(store, campaign):
    with store.write() as conn:
        sync_campaign(conn, campaign)


def sheets(store, **wanted):
    with store.read() as conn:
        return list_sheets(conn, **wanted)


def cells(store):
    with store.read() as conn:
        return {(row.agency, row.group): (row.target, row.reserve) for row in quota_rows(conn)}


def test_a_quota_that_cannot_shrink_or_go_is_named_with_its_row(store, campaign):
    small = Quota("HL", "CD", 0, 0, where="quotas.csv:7")
    with pytest.raises(InputWrong) as wrong:
        sync(store, with_quotas(campaign, small, campaign.quotas[2]))
    assert [problem.where for problem in wrong.value.problems] == ["quotas.csv:7", "quotas.csv"]


def test_every_cell_gets_its_sheets_in_order(store):
    found = sheets(store)
    assert [(one.agency, one.group) for one in found] == [("SNV", "CD")] * 25 + [("HL", "CD")] * 4 + [("HL", "CC")] * 4
    assert [one.number for one in found[25:29]] == ["HL-CD-001", "HL-CD-002", "HL-CD-003", "HL-CD-004"]
    assert [one.is_reserve for one in found[25:29]] == [False, False, False, True]
    assert {one.state for one in found} == {"printed"}
    assert len({one.serial for one in found}) == 33


def test_a_serial_names_its_layout(store):
    with store.read() as conn:
        book = get_book(conn, "thu-nghiem-2014", "")
        for one in list_sheets(conn):
            assert layout_number(one.serial) == book.layouts[one.layout].number


def test_printing_again_makes_no_second_set(store, print_sheets):
    before = sheets(store)
    print_sheets(store)
    assert sheets(store) == before


def test_a_grown_cell_gets_new_sheets_and_keeps_its_old_ones(store, campaign, print_sheets, drawn):
    before = sheets(store, agency="HL", group="CD")
    grown = with_quotas(campaign, Quota("HL", "CD", 5, 1), *campaign.quotas[1:])
    sync(store, grown)
    with store.write() as conn:
        reserve_sheets(conn, grown, grown.quotas[0], book_layout(conn, drawn["CD"]))
    after = sheets(store, agency="HL", group="CD")
    assert after[:4] == before
    assert [(one.number, one.is_reserve) for one in after[4:]] == [("HL-CD-005", False), ("HL-CD-006", False)]


def book_layout(conn, layout):
    return get_snapshot(conn, layout.id)[0]


def test_sheets_can_be_asked_for_by_cell_and_state(store, desk):
    desk.post(desk.serials()[1], q1="1")
    assert [one.ordinal for one in sheets(store, agency="HL", group="CD", states=["answered_phone"])] == [2]
    assert len(sheets(store, agency="HL", states=["printed"])) == 7
    assert sheets(store, group="DN") == []


def test_a_sheet_is_found_by_its_serial_however_it_is_written(store):
    wanted = sheets(store)[3]
    with store.read() as conn:
        assert find_sheet(conn, show_serial(wanted.serial).lower()) == wanted
        assert find_sheet(conn, make_serial(5)) is None
        assert find_sheet(conn, "2014") is None


def test_the_demo_can_have_the_same_serials_again(tmp_path, url, campaign, drawn):
    store = open_store(tmp_path, campaign.settings, url)
    sync(store, campaign)
    with store.write() as conn:
        printed = save_layout(
            conn, "thu-nghiem-2014", drawn["CD"], campaign.get_questionnaire("CD"), campaign.settings.head()
        )
        run = start_print_run(conn, datetime.datetime.now(datetime.UTC), "HTTPS://CU.VN")
        reserve_sheets(conn, campaign, campaign.quotas[0], printed, random_bits=lambda ordinal: ordinal, print_run=run)
    assert [one.serial for one in sheets(store)] == [make_serial(printed.number, bits) for bits in (1, 2, 3, 4)]
    with store.read() as conn:
        assert set(conn.scalars(select(sheet.c.print_run))) == {run}
    store.close()


def test_sheets_want_a_cell_and_a_layout(store, campaign, drawn):
    with store.write() as conn, pytest.raises(NotFound):
        reserve_sheets(conn, campaign, Quota("STC", "CD", 1), book_layout(conn, drawn["CD"]))
    with store.write() as conn, pytest.raises(NotFound):
        reserve_sheets(conn, campaign, campaign.quotas[0], dataclasses.replace(drawn["CD"], id="LOTHER"))


def test_names_and_order_follow_the_campaign_folder(store, campaign):
    first, *others = campaign.agencies
    renamed = Agency(first.code, "Sở Nội vụ tỉnh", first.block)
    sync(store, dataclasses.replace(campaign, agencies=(*others, renamed)))
    with store.read() as conn:
        rows = quota_rows(conn)
    assert [(row.agency, row.agency_name) for row in rows][-1] == ("SNV", "Sở Nội vụ tỉnh")


def test_a_target_never_falls_below_what_was_accepted_or_printed(store, campaign, desk):
    for serial in desk.serials()[:2]:
        desk.post(serial, q1="1")
    with pytest.raises(InputWrong) as caught:
        sync(store, with_quotas(campaign, Quota("HL", "CD", 1, 3), Quota("SNV", "CD", 20, 4), campaign.quotas[2]))
    assert len(caught.value.problems) == 2
    assert cells(store)["HL", "CD"] == (3, 1)
    sync(store, with_quotas(campaign, Quota("HL", "CD", 2, 2), *campaign.quotas[1:]))
    assert cells(store)["HL", "CD"] == (2, 2)


def test_a_cell_without_sheets_may_go_and_a_printed_one_may_not(store, campaign):
    sync(store, with_quotas(campaign, *campaign.quotas, Quota("STC", "CC", 10)))
    sync(store, campaign)
    assert ("STC", "CC") not in cells(store)
    with pytest.raises(InputWrong, match="HL CC"):
        sync(store, with_quotas(campaign, *campaign.quotas[:2]))
    assert ("HL", "CC") in cells(store)


def test_privacy_is_fixed_by_the_first_answer(store, campaign, desk):
    def with_privacy(group, privacy):
        groups = tuple(
            one.model_copy(update={"privacy": privacy}) if one.code == group else one
            for one in campaign.settings.groups
        )
        return dataclasses.replace(campaign, settings=campaign.settings.model_copy(update={"groups": groups}))

    desk.post(desk.serials("HL", "CC")[0], m1_SNV="1")
    sync(store, with_privacy("CD", "unlinked"))
    with pytest.raises(InputWrong, match="CC"):
        sync(store, with_privacy("CC", "linked"))


def test_a_failed_sync_leaves_everything_as_it_was(store, campaign):
    bad = with_quotas(campaign, Quota("HL", "CD", 0, 0), Quota("SNV", "CD", 30, 5), campaign.quotas[2])
    with pytest.raises(InputWrong):
        sync(store, dataclasses.replace(bad, agencies=(*campaign.agencies, Agency("SYT", "Sở Y tế", "SN"))))
    with store.read() as conn:
        assert conn.scalar(select(func.count()).select_from(agency)) == 3
        assert conn.scalar(select(func.sum(cell.c.target))) == 27


def test_a_layout_is_kept_as_printed_with_its_questionnaire(store, campaign, drawn):
    with store.read() as conn:
        printed, asked = get_snapshot(conn, drawn["CD"].id)
    assert printed.pages == drawn["CD"].pages
    assert dict(printed.questions) == dict(drawn["CD"].questions)
    assert asked == campaign.get_questionnaire("CD")
    assert printed.number == preferred_number("thu-nghiem-2014", drawn["CD"].id)


def test_a_layout_rates_agencies_of_the_campaign_only(store, campaign, drawn):
    page = drawn["CC"].pages[0]
    stranger = dataclasses.replace(page, boxes=(dataclasses.replace(page.boxes[0], row="SYT"),))
    layout = dataclasses.replace(drawn["CC"], id="LOTHER", pages=(stranger,))
    with store.write() as conn, pytest.raises(NotFound, match="SYT"):
        save_layout(conn, "thu-nghiem-2014", layout, campaign.get_questionnaire("CC"), campaign.settings.head())


def test_an_unknown_layout_is_not_found(store):
    with store.read() as conn, pytest.raises(NotFound):
        get_snapshot(conn, "LOTHER")


def test_saving_a_layout_again_gives_its_number_again(store, campaign, drawn):
    with store.write() as conn:
        first = save_layout(
            conn, "thu-nghiem-2014", drawn["CD"], campaign.get_questionnaire("CD"), campaign.settings.head()
        )
        again = save_layout(
            conn, "thu-nghiem-2014", drawn["CD"], campaign.get_questionnaire("CD"), campaign.settings.head()
        )
        assert first == again
        assert conn.scalar(select(func.count()).select_from(questionnaire)) == 2


def test_a_taken_number_sends_the_layout_on_to_the_next_free_one(store, campaign, drawn):
    asked = campaign.get_questionnaire("CD")
    names = (f"L{number:012X}" for number in range(100_000))
    wanted = [name for name in names if preferred_number("thu-nghiem-2014", name) == 1023][:3]
    with store.write() as conn:
        numbers = [
            save_layout(
                conn, "thu-nghiem-2014", dataclasses.replace(drawn["CD"], id=name), asked, campaign.settings.head()
            ).number
            for name in wanted
        ]
    assert numbers == [1023, 0, 1]


def test_an_edit_after_printing_is_a_layout_of_its_own_and_old_sheets_keep_theirs(store, campaign, drawn, desk):
    content = campaign.get_questionnaire("CD").model_dump(mode="json", by_alias=True)
    content["sections"][0]["questions"][1]["text"] = "Thái độ của công chức"
    edited = Questionnaire.model_validate(content)
    layout: Layout = dataclasses.replace(drawn["CD"], id="LEDITED")
    grown = with_quotas(campaign, Quota("HL", "CD", 4, 1), *campaign.quotas[1:])
    sync(store, grown)
    with store.write() as conn:
        reserve_sheets(
            conn, grown, grown.quotas[0], save_layout(conn, "thu-nghiem-2014", layout, edited, campaign.settings.head())
        )
        book = get_book(conn, "thu-nghiem-2014", "HTTPS://KHAOSAT.VN")
    found = sheets(store, agency="HL", group="CD")
    assert [one.layout for one in found] == [drawn["CD"].id] * 4 + ["LEDITED"]
    assert set(book.layouts) == {drawn["CD"].id, drawn["CC"].id, "LEDITED"}
    assert (book.campaign, book.addresses) == ("thu-nghiem-2014", ("HTTPS://KHAOSAT.VN",))
    assert desk.post(found[-1].serial, q1="1", q2="4").status == "accepted"
    assert desk.post(found[0].serial, q1="1", q2="4").status == "accepted"


def test_a_raised_target_takes_in_responses_over_quota(store, campaign, desk):
    for serial in desk.serials():
        desk.post(serial, q1="1")
    sync(store, with_quotas(campaign, Quota("HL", "CD", 5, 1), *campaign.quotas[1:]))
    with store.read() as conn:
        row = next(row for row in quota_rows(conn) if (row.agency, row.group) == ("HL", "CD"))
    assert (row.target, row.accepted, row.over_quota) == (5, 4, 0)
