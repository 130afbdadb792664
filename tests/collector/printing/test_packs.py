from __future__ import annotations

import csv
import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.printing.folder import load_sheet_list
from collector.printing.issue import print_sheets, reserve_run
from collector.printing.packs import FOLDER, gather_packs, write_packs
from collector.store import Store, open_store
from forms.campaign import Campaign, Collector, Quota
from forms.folder import load_campaign

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "quang-ninh-2013"
QUOTAS = (
    Quota("SXD", "CC", 3, 1),
    Quota("SXD", "DN", 2, 1, "HHDN"),
    Quota("SYT", "CC", 2),
    Quota("SYT", "DN", 2, 0, "HHDN"),
)
Print = Callable[..., Path]


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return dataclasses.replace(load_campaign(EXAMPLE), quotas=QUOTAS)


@pytest.fixture(scope="module")
def store(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = open_store(tmp_path_factory.mktemp("campaign"), campaign.settings)
    reserve_run(store, campaign, campaign.quotas)
    return store


@pytest.fixture
def print_cells(campaign: Campaign, store: Store, tmp_path: Path) -> Print:
    """Prints the quotas asked for, all by default, into one folder of this test or another."""

    def run(*places: int, out: str = "out", limit: int | None = None) -> Path:
        quotas = [campaign.quotas[place] for place in places] or list(campaign.quotas)
        print_sheets(store, campaign, tmp_path / out, quotas, limit)
        return tmp_path / out

    return run


def papers(out: Path) -> dict[str, bytes]:
    """Every file of the packs with its bytes."""
    folder = out / FOLDER
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def words(path: Path) -> str:
    pages = pypdfium2.PdfDocument(str(path))
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in pages)


def test_sheets_go_to_the_collector_of_their_quota_else_to_the_agency(campaign: Campaign, print_cells: Print) -> None:
    packs = gather_packs(campaign, load_sheet_list(print_cells()))
    assert [(pack.receiver, pack.name, pack.originals, pack.reserves) for pack in packs] == [
        ("SXD", "Sở Xây dựng", 3, 1),
        ("HHDN", "Hiệp hội Doanh nghiệp tỉnh", 4, 1),
        ("SYT", "Sở Y tế", 2, 0),
    ]
    shares = [share for pack in packs for share in pack.shares]
    assert [(share.prefix, share.originals, share.reserves, share.linked, share.files) for share in shares] == [
        ("SXD-CC-", (1, 2, 3), (4,), False, ("SXD/CC.pdf",)),
        ("SXD-DN-", (1, 2), (3,), True, ("SXD/DN.pdf",)),
        ("SYT-DN-", (1, 2), (), True, ("SYT/DN.pdf",)),
        ("SYT-CC-", (1, 2), (), False, ("SYT/CC.pdf",)),
    ]
    with (print_cells() / "sheets.csv").open(encoding="utf-8-sig", newline="") as file:
        assert sum(pack.pages for pack in packs) == sum(int(row["pages"]) for row in csv.DictReader(file))


def test_a_collector_with_an_agency_s_code_takes_its_sheets_along(campaign: Campaign, print_cells: Print) -> None:
    same = dataclasses.replace(campaign, collectors=(Collector("SXD", "Sở Xây dựng"),))
    same = dataclasses.replace(same, quotas=tuple(dataclasses.replace(quota, collector="SXD") for quota in QUOTAS))
    (pack,) = gather_packs(same, load_sheet_list(print_cells()))
    assert (pack.receiver, pack.originals, len(pack.shares)) == ("SXD", 9, 4)


def test_papers_lie_apart_from_the_sheets_and_tell_what_was_printed(campaign: Campaign, print_cells: Print) -> None:
    out = print_cells(limit=4)
    before = set(out.rglob("*.pdf"))
    summary = write_packs(campaign, out)
    assert set(out.rglob("*.pdf")) - before == {out / FOLDER / name for name in papers(out)}
    names = {"bia", "bien-ban-giao-nhan", "bien-ban-thu-phieu", "danh-sach-phat-phieu", "bia-xap", "nhan-phong-bi"}
    for receiver in ("SXD", "SYT", "HHDN"):
        assert {path.name for path in (out / FOLDER / receiver).iterdir()} == {f"{name}.pdf" for name in names}
    assert (summary.receivers, summary.files) == (3, 18)
    index = words(out / FOLDER / "MUC-LUC.pdf")
    assert f"Cộng 4 0 8 {summary.pages}" in index
    assert "1 Sở Xây dựng SXD 1 0 2" in index
    assert "SXD-CC-001 1 2 SXD/CC.pdf" in words(out / FOLDER / "SXD" / "bia.pdf")


@pytest.mark.slow
def test_packing_again_or_in_two_processes_gives_the_same_bytes(campaign: Campaign, print_cells: Print) -> None:
    out = print_cells()
    write_packs(campaign, out)
    first = papers(out)
    write_packs(campaign, out, jobs=2)
    assert papers(out) == first


@pytest.mark.slow
def test_after_two_runs_a_pack_names_all_that_lies_there_for_its_receiver(
    campaign: Campaign, print_cells: Print
) -> None:
    together, apart = print_cells(out="together"), print_cells(0, 1, out="apart")
    write_packs(campaign, together)
    write_packs(campaign, apart)
    assert "SYT" not in words(apart / FOLDER / "HHDN" / "bia.pdf")
    print_cells(2, 3, out="apart")
    write_packs(campaign, apart)
    assert papers(apart) == papers(together)


@pytest.mark.slow
def test_a_receiver_that_has_no_sheets_any_more_loses_its_papers_and_nothing_else(
    campaign: Campaign, print_cells: Print
) -> None:
    out = print_cells()
    write_packs(campaign, out)
    (out / FOLDER / "HHDN" / "notes.txt").write_text("kept", encoding="utf-8")
    moved = dataclasses.replace(
        campaign, quotas=tuple(dataclasses.replace(quota, collector="") for quota in campaign.quotas)
    )
    assert write_packs(moved, out).receivers == 2
    assert [path.name for path in (out / FOLDER / "HHDN").iterdir()] == ["notes.txt"]
    assert "Sở Xây dựng" not in words(out / FOLDER / "SYT" / "bia.pdf")


def test_sheets_of_an_agency_that_left_the_campaign_stay_with_its_code(campaign: Campaign, print_cells: Print) -> None:
    out = print_cells()
    gone = dataclasses.replace(
        campaign, quotas=(), agencies=tuple(agency for agency in campaign.agencies if agency.code != "SYT")
    )
    packs = gather_packs(gone, load_sheet_list(out))
    assert [(pack.receiver, pack.name) for pack in packs] == [("SXD", "Sở Xây dựng"), ("SYT", "SYT")]


@pytest.mark.usefixtures("one_processor")
def test_the_command_that_prints_packs_too_and_says_where(tmp_path: Path) -> None:
    folder = shutil.copytree(EXAMPLE, tmp_path / "campaign")
    words = ["print", str(folder), "--out", str(tmp_path / "out"), "--agency", "SXD", "--limit", "2"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert "20 phiếu đã có số" in done.stderr  # the quota table counts them; what was written is less
    assert "2 phiếu" in done.stderr.partition("lần này")[2]
    assert done.stdout.splitlines()[-1].startswith("Hồ sơ phát phiếu cho 2 bên nhận")
    assert sorted(path.name for path in (tmp_path / "out" / FOLDER).iterdir() if path.is_dir()) == ["HHDN", "SXD"]


def test_an_empty_folder_gets_no_packs(campaign: Campaign, tmp_path: Path) -> None:
    assert write_packs(campaign, tmp_path).receivers == 0
    assert list(tmp_path.iterdir()) == []
