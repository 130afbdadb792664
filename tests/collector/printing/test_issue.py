from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.printing import folder as print_folder
from collector.printing.folder import kind_of, plan_files
from collector.printing.issue import choose_quotas, print_sheets, reserve_run, take_in_turn
from collector.store import open_store
from collector.store.layouts import get_book
from collector.store.sheets import Sheet, list_sheets
from forms.campaign import Campaign
from forms.errors import InputWrong
from forms.folder import load_campaign
from forms.layout import Box, Layout, PageLayout

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "quang-ninh-2013"


def small(targets: dict[tuple[str, str], int], reserve: int = 0) -> Campaign:
    campaign = load_campaign(EXAMPLE)
    quotas = tuple(
        dataclasses.replace(quota, target=targets[quota.agency, quota.group], reserve=reserve)
        for quota in campaign.quotas
        if (quota.agency, quota.group) in targets
    )
    return dataclasses.replace(campaign, quotas=quotas)


def sheet(place: int, agency: str, group: str, layout: str) -> Sheet:
    return Sheet(place, f"{place:016d}", f"{agency}-{group}-{place}", agency, group, place, layout, False, "printed")


cells = st.lists(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["X", "Y"]), st.integers(1, 5)),
    min_size=1,
    max_size=8,
    unique_by=lambda cell: cell[:2],
)


@given(
    st.lists(
        st.tuples(st.sampled_from("PQ"), st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=6)),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 40),
)
def test_a_limit_takes_every_questionnaire_then_every_layout_then_every_cell_in_turn(
    drawn: list[tuple[str, list[str]]], limit: int
) -> None:
    """P is a matrix, whose layouts change from sheet to sheet; every layout of Q is a kind of its own."""
    sheets = [
        ((f"X{cell}", asked), ordinal, layout_of(asked, layout))
        for cell, (asked, layouts) in enumerate(drawn)
        for ordinal, layout in enumerate(layouts, 1)
    ]
    taken = take_in_turn(sheets, limit)
    assert sum(map(len, taken.values())) == min(limit, len(sheets))
    chosen = [sheet for sheet in sheets if sheet[1] in taken.get(sheet[0], ())]
    assert len(chosen) == min(limit, len(sheets))
    kinds, layouts = {kind_of(sheet[2]) for sheet in sheets}, {sheet[2].id for sheet in sheets}
    if limit >= len(kinds):
        assert {kind_of(sheet[2]) for sheet in chosen} == kinds
    if limit >= len(layouts):
        assert {sheet[2].id for sheet in chosen} == layouts
    if limit >= len(layouts) + len(drawn):
        assert len(taken) == len(drawn)


def layout_of(asked: str, name: str) -> Layout:
    boxes = (Box("q1", "SXD", "5", 40, 40, 4.2, 4.2),) if asked == "P" else ()
    return Layout(f"L{asked}{name}", 1, asked, {"q1": "one"}, (PageLayout(1, boxes),))


def test_a_cell_is_one_file_and_a_large_or_mixed_one_is_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_folder, "SHEETS_A_FILE", 2)
    layouts = {name: Layout(name, 1, "q", {}, ()) for name in ("L1", "L2")}
    sheets = [sheet(place, "SXD", "CD", "L1") for place in range(3)] + [sheet(9, "SXD", "CD", "L2")]
    files = plan_files([*sheets, sheet(10, "SYT", "CD", "L1")], layouts)
    assert [(file.path, len(file.sheets)) for file in files] == [
        ("SXD/CD-01.pdf", 2),
        ("SXD/CD-02.pdf", 1),
        ("SXD/CD-03.pdf", 1),
        ("SYT/CD.pdf", 1),
    ]


def test_unknown_agencies_and_groups_are_all_named() -> None:
    campaign = small({("SXD", "CC"): 1})
    with pytest.raises(InputWrong) as wrong:
        choose_quotas(campaign, ["SXD", "NOBODY"], ["CC", "ZZ"])
    assert [problem.where for problem in wrong.value.problems] == ["--agency NOBODY", "--group ZZ"]


def test_reserve_sheets_are_printed_and_marked(tmp_path: Path) -> None:
    campaign = small({("SXD", "CC"): 2}, reserve=1)
    store = open_store(tmp_path, campaign.settings)
    reserve_run(store, campaign, campaign.quotas)
    assert print_sheets(store, campaign, tmp_path / "out", campaign.quotas).sheets == 3
    rows = (tmp_path / "out" / "sheets.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(",")[6] for row in rows] == ["reserve", "0", "0", "1"]
    store.close()


def test_after_an_edit_old_sheets_keep_their_layout_and_new_ones_take_the_new(tmp_path: Path) -> None:
    campaign = small({("SXD", "CC"): 2})
    store = open_store(tmp_path, campaign.settings)
    reserve_run(store, campaign, campaign.quotas)
    asked = campaign.questionnaires["cong-chuc"]
    edited = asked.model_copy(update={"title": "Phiếu mới"})
    larger = dataclasses.replace(
        campaign,
        quotas=tuple(dataclasses.replace(quota, target=3) for quota in campaign.quotas),
        questionnaires={**campaign.questionnaires, "cong-chuc": edited},
    )
    reserve_run(store, larger, larger.quotas)
    print_sheets(store, larger, tmp_path / "out", larger.quotas)
    with store.read() as conn:
        sheets = list_sheets(conn)
        assert len(get_book(conn, campaign.settings.id, "").layouts) == 2
    assert sheets[0].layout == sheets[1].layout != sheets[2].layout
    assert sorted(path.name for path in (tmp_path / "out" / "SXD").iterdir()) == ["CC-01.pdf", "CC-02.pdf"]
    store.close()


@pytest.mark.slow
def test_a_run_over_two_processes_writes_the_same_bytes(tmp_path: Path) -> None:
    campaign = small({("SXD", "CC"): 2, ("SYT", "CC"): 2})
    store = open_store(tmp_path, campaign.settings)
    reserve_run(store, campaign, campaign.quotas)
    for jobs in (1, 2):
        print_sheets(store, campaign, tmp_path / str(jobs), campaign.quotas, jobs=jobs)
    for path in (tmp_path / "1").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "2" / path.relative_to(tmp_path / "1")).read_bytes()
    store.close()


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "sheets.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_was_printed_for_other_cells_stays_in_the_list_in_the_order_of_the_campaign(tmp_path: Path) -> None:
    campaign = small({("SXD", "CC"): 2, ("SYT", "CC"): 1, ("SYT", "DN"): 1})
    store, out = open_store(tmp_path, campaign.settings), tmp_path / "out"
    reserve_run(store, campaign, campaign.quotas)
    print_sheets(store, campaign, tmp_path / "all", campaign.quotas)
    for quota in reversed(campaign.quotas):
        print_sheets(store, campaign, out, [quota])
    assert (out / "sheets.csv").read_bytes() == (tmp_path / "all" / "sheets.csv").read_bytes()
    (out / "SYT" / "CC.pdf").unlink()
    print_sheets(store, campaign, out, campaign.quotas[:1])
    assert {row["file"] for row in rows(out)} == {"SXD/CC.pdf", "SYT/DN.pdf"}
    store.close()


def test_rows_of_serials_that_the_store_does_not_know_are_dropped(tmp_path: Path) -> None:
    campaign = small({("SXD", "CC"): 1, ("SYT", "CC"): 1})
    for name in ("old", "new"):
        store = open_store(tmp_path / name, campaign.settings)
        reserve_run(store, campaign, campaign.quotas)
        print_sheets(store, campaign, tmp_path / "out", campaign.quotas if name == "old" else campaign.quotas[:1])
        store.close()
    assert [row["agency"] for row in rows(tmp_path / "out")] == [campaign.quotas[0].agency]


def test_no_serial_lies_in_two_files_after_a_cell_was_split(tmp_path: Path) -> None:
    campaign = small({("SXD", "CC"): 2, ("SXD", "DN"): 1})
    store, out = open_store(tmp_path, campaign.settings), tmp_path / "out"
    reserve_run(store, campaign, campaign.quotas)
    print_sheets(store, campaign, out, campaign.quotas)
    edited = campaign.questionnaires["cong-chuc"].model_copy(update={"title": "Phiếu mới"})
    larger = dataclasses.replace(
        campaign,
        quotas=tuple(dataclasses.replace(quota, target=quota.target + 1) for quota in campaign.quotas),
        questionnaires={**campaign.questionnaires, "cong-chuc": edited},
    )
    reserve_run(store, larger, larger.quotas)
    print_sheets(store, larger, out, [quota for quota in larger.quotas if quota.group == "CC"])
    assert sorted(path.name for path in (out / "SXD").iterdir()) == ["CC-01.pdf", "CC-02.pdf", "DN.pdf"]
    assert [row["file"] for row in rows(out)] == ["SXD/CC-01.pdf"] * 2 + ["SXD/CC-02.pdf", "SXD/DN.pdf"]
    store.close()


@pytest.mark.parametrize("content", ["", "serial;number\r\n", "serial,number\r\n", 'serial,"number'])
def test_a_list_that_print_did_not_write_stops_it_before_anything_is_written(tmp_path: Path, content: str) -> None:
    campaign = small({("SXD", "CC"): 1})
    store, out = open_store(tmp_path, campaign.settings), tmp_path / "out"
    reserve_run(store, campaign, campaign.quotas)
    out.mkdir()
    (out / "sheets.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InputWrong):
        print_sheets(store, campaign, out, campaign.quotas)
    assert [path.name for path in out.iterdir()] == ["sheets.csv"]
    store.close()


def test_after_the_head_was_edited_old_sheets_are_printed_as_they_were(tmp_path: Path) -> None:
    campaign = small({("SXD", "CC"): 1})
    store = open_store(tmp_path, campaign.settings)
    reserve_run(store, campaign, campaign.quotas)
    print_sheets(store, campaign, tmp_path / "before", campaign.quotas)
    issuer = campaign.settings.issuer.model_copy(update={"body": "SỞ NỘI VỤ " * 20})
    edited = dataclasses.replace(
        campaign,
        settings=campaign.settings.model_copy(update={"issuer": issuer}),
        quotas=tuple(dataclasses.replace(quota, target=2) for quota in campaign.quotas),
    )
    print_sheets(store, edited, tmp_path / "after", edited.quotas)
    assert (tmp_path / "after/SXD/CC.pdf").read_bytes() == (tmp_path / "before/SXD/CC.pdf").read_bytes()
    reserve_run(store, edited, edited.quotas)
    print_sheets(store, edited, tmp_path / "both", edited.quotas)
    old, new = rows(tmp_path / "both")
    assert old["layout"] != new["layout"]
    assert (tmp_path / "both" / old["file"]).read_bytes() == (tmp_path / "before/SXD/CC.pdf").read_bytes()
    store.close()


def test_the_first_sheets_of_a_cell_come_in_large_print_and_two_layouts(tmp_path: Path) -> None:
    campaign = small({("SXD", "DN"): 3})
    quotas = tuple(dataclasses.replace(quota, large_print=1) for quota in campaign.quotas)
    campaign = dataclasses.replace(campaign, quotas=quotas)
    store = open_store(tmp_path, campaign.settings, f"sqlite:///{tmp_path / 'phieu.sqlite'}")
    for _ in range(2):
        reserve_run(store, campaign, campaign.quotas)
        print_sheets(store, campaign, tmp_path / "out", campaign.quotas)
    with store.read() as conn:
        book = get_book(conn, campaign.settings.id, "")
    with (tmp_path / "out" / "sheets.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["number"], row["file"]) for row in rows] == [
        ("SXD-DN-001", "SXD/DN-01.pdf"),
        ("SXD-DN-002", "SXD/DN-02.pdf"),
        ("SXD-DN-003", "SXD/DN-02.pdf"),
    ]
    first, second = (book.layouts[rows[place]["layout"]] for place in (0, 1))
    assert len(first.pages) > len(second.pages) == 2
    assert book.find_layout(rows[0]["serial"]) == first
    store.close()
