from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector import issue
from collector.issue import choose_quotas, plan_files, print_sheets, reserve_run, take_in_turn
from collector.store import open_store
from collector.store.layouts import get_book
from collector.store.sheets import Sheet, list_sheets
from forms.campaign import Campaign
from forms.errors import InputWrong
from forms.folder import load_campaign
from forms.layout import Layout

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "quang-ninh-2013"


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


@given(cells, st.integers(1, 30))
def test_a_limit_takes_sheets_in_turn_with_every_layout_among_them(
    drawn: list[tuple[str, str, int]], limit: int
) -> None:
    sheets = [
        sheet(100 * number + place, agency, group, f"L{group}")
        for number, (agency, group, count) in enumerate(drawn)
        for place in range(count)
    ]
    taken = take_in_turn(sheets, limit)
    assert len(taken) == min(limit, len(sheets))
    assert [one for one in sheets if one in taken] == taken
    layouts = {one.layout for one in sheets}
    if limit >= len(layouts):
        assert {one.layout for one in taken} == layouts
    if limit >= len(drawn):
        assert {(one.agency, one.group) for one in taken} == {cell[:2] for cell in drawn}


def test_a_cell_is_one_file_and_a_large_or_mixed_one_is_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issue, "SHEETS_A_FILE", 2)
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


def test_a_run_over_two_processes_writes_the_same_bytes(tmp_path: Path) -> None:
    campaign = small({("SXD", "CC"): 2, ("SYT", "CC"): 2})
    store = open_store(tmp_path, campaign.settings)
    reserve_run(store, campaign, campaign.quotas)
    for jobs in (1, 2):
        print_sheets(store, campaign, tmp_path / str(jobs), campaign.quotas, jobs=jobs)
    for path in (tmp_path / "1").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "2" / path.relative_to(tmp_path / "1")).read_bytes()
    store.close()
