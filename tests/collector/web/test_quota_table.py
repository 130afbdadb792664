"""The table of quota completion."""

from __future__ import annotations

from dataclasses import replace

from collector.store.quota import QuotaRow
from collector.web.numbers import show_count, show_per_cent
from collector.web.quota_table import make_table

CELL = QuotaRow("HL", "Hạ Long", "HU", "CD", "Người dân", 100, 5, 105, 0, 30, 10, 25, 4, 2, 1)
CELLS = [
    CELL,
    replace(CELL, agency="CP", agency_name="Cẩm Phả", accepted=10),
    replace(CELL, agency="CP", agency_name="Cẩm Phả", group="CC", group_name="Công chức", target=20, accepted=5),
    replace(CELL, agency="SNV", agency_name="Sở Nội vụ", block="SN", group="CC", group_name="Công chức", target=10),
]


def agencies(**chosen: str) -> list[str]:
    table = make_table(CELLS, **chosen)  # type: ignore[arg-type]
    return [f"{line.cell.agency}-{line.cell.group}" for line in table.lines]


def test_what_is_most_behind_comes_first_and_of_equals_what_misses_more() -> None:
    assert agencies() == ["CP-CD", "HL-CD", "CP-CC", "SNV-CC"]


def test_the_order_of_the_list_can_be_had() -> None:
    assert agencies(order="list") == ["HL-CD", "CP-CD", "CP-CC", "SNV-CC"]


def test_blocks_and_groups_choose_cells_and_sums_follow() -> None:
    assert agencies(block="HU", group="CC") == ["CP-CC"]
    table = make_table(CELLS, block="HU")
    assert (table.total.target, table.total.accepted, table.total.doubtful) == (220, 40, 12)
    assert [(line.code, line.tally.target) for line in table.groups] == [("CD", 200), ("CC", 20)]


def test_a_table_without_cells_is_complete_and_empty() -> None:
    table = make_table([])
    assert table.lines == table.groups == ()
    assert (table.total.target, table.total.per_cent, table.total.missing) == (0, 100.0, 0)


def test_numbers_are_written_as_each_language_does() -> None:
    assert (show_count(2220, "vi"), show_count(2220, "en")) == ("2.220", "2,220")
    assert (show_per_cent(14.06, "vi"), show_per_cent(14.06, "en")) == ("14,1\xa0%", "14.1\xa0%")


def test_only_what_is_complete_is_shown_as_a_hundred() -> None:
    assert show_per_cent(99.97, "vi") == "99,9\xa0%"
    assert show_per_cent(100.0, "vi") == "100,0\xa0%"
