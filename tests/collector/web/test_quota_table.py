"""The grid of quotas: which cells, in which order, and what is behind."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from collector.store.arrivals import Arrivals
from collector.store.quota import QuotaRow
from collector.web.numbers import show_count, show_per_cent
from collector.web.plan import make_plan
from collector.web.quota_files import COLUMNS, quota_csv
from collector.web.quota_table import Sieve, make_required, make_table
from forms.campaign import Phase

CELL = QuotaRow("HL", "UBND thành phố Hạ Long", "HU", "CD", "Người dân", 100, 5, 105, 0, 30, 10, 25, 4, 2, 1)
CELLS = [
    CELL,
    replace(CELL, group="CC", group_name="Công chức", target=20, accepted=20),
    replace(CELL, agency="CP", agency_name="Cẩm Phả", accepted=10),
    replace(CELL, agency="CP", agency_name="Cẩm Phả", group="CC", group_name="Công chức", target=20, accepted=5),
    replace(CELL, agency="SNV", agency_name="Sở Nội vụ", block="SN", group="CC", group_name="Công chức", target=10),
]
TEN_DAYS = [Phase.model_validate({"code": "collect", "name": "Thu", "from": "2014-03-01", "to": "2014-03-10"})]


def day(number: int) -> datetime.date:
    return datetime.date(2014, 3, number)


def agencies(sieve: Sieve, at: int = 6) -> list[str]:
    required = make_required(make_plan(TEN_DAYS), day(at), {})
    return [line.agency for line in make_table(CELLS, (), sieve, required).lines]


def test_an_agency_is_behind_by_what_each_cell_lacks_and_a_cell_ahead_makes_up_for_none() -> None:
    table = make_table(CELLS, (), Sieve(), make_required(make_plan(TEN_DAYS), day(6), {}))
    lines = {line.agency: line for line in table.lines}
    # Before the sixth of ten days half is asked for: 50 of 100, 10 of 20
    assert {group: one.tally.behind for group, one in lines["HL"].cells.items()} == {"CD": 25, "CC": 0}
    assert (lines["HL"].tally.required, lines["HL"].tally.behind) == (60, 25)
    assert lines["CP"].tally.behind == 40 + 5
    assert lines["SNV"].tally.behind == 0
    assert table.total.behind == 70


def test_what_is_most_behind_comes_first_and_the_order_of_the_list_can_be_had() -> None:
    assert agencies(Sieve()) == ["CP", "HL", "SNV"]
    assert agencies(Sieve(order="list")) == ["HL", "CP", "SNV"]
    assert agencies(Sieve(only_behind=True)) == ["CP", "HL"]
    assert agencies(Sieve(only_behind=True), at=1) == [], "the first day asks for nothing until it is over"


@pytest.mark.parametrize("words", ["ha long", "Hạ Long", "HA  LONG", "hl", "thanh pho", "long ha"])
def test_an_agency_is_found_by_name_or_code_without_marks(words: str) -> None:
    assert agencies(Sieve(words=words)) == ["HL"]


def test_blocks_and_groups_choose_cells_and_sums_follow() -> None:
    table = make_table(CELLS, (), Sieve(block="HU", group="CC"))
    assert [line.agency for line in table.lines] == ["CP", "HL"]
    assert (table.total.target, table.total.accepted) == (40, 25)
    assert [(line.code, line.tally.target) for line in make_table(CELLS).groups] == [("CD", 200), ("CC", 50)]


def test_channels_are_counted_by_cell_and_in_every_sum() -> None:
    arrivals = [Arrivals("HL", "CD", "paper", day(1), 20), Arrivals("HL", "CD", "typed", day(2), 5)]
    table = make_table(CELLS, arrivals)
    assert table.total.channels == {"paper": 20, "phone": 0, "typed": 5, "import": 0}


def test_a_table_without_cells_is_complete_and_empty() -> None:
    table = make_table([])
    assert table.lines == table.groups == ()
    assert (table.total.target, table.total.per_cent, table.total.missing) == (0, 100.0, 0)


def test_the_file_has_a_row_a_cell_and_no_formula() -> None:
    named = replace(CELL, agency_name="=1+1", group_name="+84")
    heading, row = quota_csv(make_table([named])).decode("utf-8-sig").splitlines()
    assert heading.split(",") == list(COLUMNS)
    assert row == "HL,'=1+1,HU,CD,'+84,100,0,25,0,75,0,0,0,0,4,2,1"


def test_numbers_are_written_as_each_language_does() -> None:
    assert (show_count(2220, "vi"), show_count(2220, "en")) == ("2.220", "2,220")
    assert (show_per_cent(14.06, "vi"), show_per_cent(14.06, "en")) == ("14,1\xa0%", "14.1\xa0%")


def test_only_what_is_complete_is_shown_as_a_hundred() -> None:
    assert show_per_cent(99.97, "vi") == "99,9\xa0%"
    assert show_per_cent(100.0, "vi") == "100,0\xa0%"
