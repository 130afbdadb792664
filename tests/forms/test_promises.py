"""What a sheet promises, only where the settings make it true."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from forms.campaign import Campaign, Settings
from forms.compose import compose, make_layout
from forms.pdf import PrintedSheet, SheetWriter
from forms.promises import make_head
from forms.serial import make_serial


def with_settings(campaign: Campaign, **changes: Any) -> Campaign:
    settings = Settings.model_validate(campaign.settings.model_dump(by_alias=True) | changes)
    return dataclasses.replace(campaign, settings=settings)


def promises(campaign: Campaign, group: str) -> tuple[str, ...]:
    return make_head(campaign, campaign.get_questionnaire(group), campaign.get_group(group)).promises


def test_a_person_who_may_be_asked_again_is_told_so(example: Campaign) -> None:
    assert promises(example, "CD") == ("name", "count_linked", "linked", "envelope_or_box", "agency")


def test_the_office_that_processes_sheets_about_itself_promises_no_secrecy_from_itself(example: Campaign) -> None:
    assert promises(example, "CC") == ("name", "count", "envelope_or_box")
    issuer = example.settings.issuer.model_dump() | {"body": "VIỆN NGHIÊN CỨU"}
    assert "agency" in promises(with_settings(example, issuer=issuer), "CC")


def test_a_matrix_promises_by_whom_it_rates_not_by_where_its_raters_work(example: Campaign) -> None:
    for block, group, kept in (("SN", "CD", False), ("HU", "CC", True)):
        asked = example.get_questionnaire(group).model_copy(update={"rates": f"block:{block}"})
        head = make_head(example, asked, example.get_group(group))
        assert ("agency" in head.promises) == kept


@pytest.mark.parametrize("returns", [None, "counter"])
def test_a_sheet_that_goes_back_over_the_counter_promises_nothing_about_it(
    example: Campaign, returns: str | None
) -> None:
    assert promises(with_settings(example, returns=returns), "CD") == ("name", "count_linked", "linked")


def test_another_collector_in_every_cell_keeps_sheets_from_the_agency(example: Campaign) -> None:
    open_counter = with_settings(example, returns=None)
    handed = [dataclasses.replace(quota, collector="HH") for quota in example.quotas]
    assert "agency" in promises(dataclasses.replace(open_counter, quotas=tuple(handed)), "CD")
    mixed = (*handed[:-1], dataclasses.replace(handed[-1], collector=""))
    groups = {quota.group for quota in example.quotas[-1:]}
    assert "agency" not in promises(dataclasses.replace(open_counter, quotas=mixed), groups.pop())


def test_a_questionnaire_that_asks_who_one_is_does_not_say_that_it_does_not(example: Campaign) -> None:
    asked = example.questionnaires["nguoi-dan"]
    first = asked.sections[0].questions[0].model_copy(update={"personal": True})
    section = asked.sections[0].model_copy(update={"questions": (first,)})
    personal = asked.model_copy(update={"sections": (section, *asked.sections[1:])})
    assert "name" not in make_head(example, personal).promises


def test_what_is_promised_stands_on_the_sheet_and_changes_its_layout(example: Campaign, tmp_path: Path) -> None:
    asked = example.questionnaires["nguoi-dan"]
    layout, plan = make_layout(example, asked)
    writer = SheetWriter(tmp_path / "sheet.pdf", plan, "")
    writer.add(PrintedSheet(make_serial(layout.number), "HLO-CD-001", "UBND thành phố Hạ Long"))
    writer.close()
    words = pypdfium2.PdfDocument(str(tmp_path / "sheet.pdf"))[0].get_textpage().get_text_range().replace("\r\n", " ")
    assert "Phiếu không hỏi tên người trả lời." in words
    assert "Cơ quan được đánh giá không xem được phiếu trả lời." in words
    assert make_layout(with_settings(example, returns="counter"), asked)[0].id != layout.id


def test_a_head_from_before_promises_still_composes(example: Campaign) -> None:
    asked = example.questionnaires["nguoi-dan"]
    assert compose(example.settings.head(), asked).asking == 2
