"""`phieu index` on real folders: the worked example of docs/scoring.md, Quảng Ninh 2017, and whatever is wrong."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from collector.cli import main
from collector.example import copy_example


def run(folder: Path) -> Result:
    return CliRunner().invoke(main, ["index", str(folder), "--out", str(folder.parent / "out")])


def rows_of(folder: Path, name: str = "index.csv") -> list[dict[str, str]]:
    content = (folder.parent / "out" / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def index_of(folder: Path) -> dict[str, dict[str, str]]:
    done = run(folder)
    assert done.exit_code == 0, done.output
    return {row["agency"]: row for row in rows_of(folder)}


def problems_of(folder: Path) -> list[str]:
    done = run(folder)
    assert done.exit_code == 2, done.output
    assert not (folder.parent / "out").exists()
    return re.findall(r"(?m)^[^\w\n]*([\w/-]+\.csv:\d+):", done.stderr)


def test_the_index_of_the_page_comes_out_as_printed(folder: Path, page_files: dict[str, str]) -> None:
    done = run(folder)
    assert done.exit_code == 0, done.output
    assert rows_of(folder) == list(csv.DictReader(io.StringIO(page_files["index.csv"])))


def test_the_parts_of_every_agency_add_up_to_its_total_before_rounding(folder: Path) -> None:
    totals = index_of(folder)
    sums = dict.fromkeys(totals, Decimal(0))
    for row in rows_of(folder, "fields.csv"):
        if row["kind"] != "bonus":
            sums[row["agency"]] += Decimal(row["points"] or 0) * (-1 if row["kind"] == "penalty" else 1)
    assert sums["SXD"] == Decimal("8.502")  # and 0.3 of the bonus
    assert (sums["SYT"], sums["STC"]) == (Decimal("8.295"), Decimal("8.299"))


def test_the_same_folder_gives_the_same_tables_and_the_manifest_keeps_what_others_wrote(folder: Path) -> None:
    index_of(folder)
    out = folder.parent / "out"
    first = {path.name: path.read_bytes() for path in out.glob("*.csv")}
    manifest = json.loads((out / "manifest.json").read_bytes())
    (out / "manifest.json").write_text(json.dumps({"score": {"kept": 1}}), encoding="utf-8")
    index_of(folder)
    assert {path.name: path.read_bytes() for path in out.glob("*.csv")} == first
    assert json.loads((out / "manifest.json").read_bytes()) == manifest | {"score": {"kept": 1}}
    assert manifest["index"]["rules"]["index"]["bonus_at_most"] == "0.3"


def test_every_gap_is_told_at_once_where_it_can_be_filled(folder: Path, change: Callable[..., None]) -> None:
    change("appraised.csv", "SXD,B1.1,1,1,,Hội đồng thẩm định\n", "")
    change("appraised.csv", "STC,B1.1,1,1,", "STC,B1.1,1,,")
    change("appraised.csv", "CPH,D,5,4,,Hội đồng thẩm định\n", "")
    change("external.csv", "CPH,C,85,100,Chỉ số chuyển đổi số\n", "")
    change("external.csv", "HLO,C,80,100,Chỉ số chuyển đổi số\n", "")
    assert sorted(problems_of(folder)) == ["agencies.csv:6", "appraised.csv:8", "criteria.csv:11", "criteria.csv:7"]


@pytest.mark.parametrize(("rule", "total"), [("zero", "7.80"), ("leave_out", "8.64")])
def test_missing_points_count_nothing_or_are_left_out_where_the_campaign_says_so(
    folder: Path, change: Callable[..., None], rule: str, total: str
) -> None:
    change("appraised.csv", "SXD,B1.1,1,1,,Hội đồng thẩm định\n", "")
    change("campaign.yaml", "index: {", f"index: {{missing: {rule}, ")
    # without B1.1: 7.502 and 0.3; left out, 7.502 of 9 points is 8.3355... of 10, and 0.3
    assert index_of(folder)["SXD"]["total"] == total
    assert "Tiêu chí thiếu điểm: Cơ quan SXD (B1.1)" in (folder.parent / "out" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(("rule", "total"), [("zero", "5.70"), ("leave_out", "8.14")])
def test_an_agency_without_a_survey_is_counted_as_the_campaign_says(
    folder: Path, change: Callable[..., None], rule: str, total: str
) -> None:
    change("campaign.yaml", "index: {", f"index: {{no_survey: {rule}, ")
    row = index_of(folder)["CPH"]  # 5.7 points of 7
    assert (row["total"], row["rank"]) == (total, "2" if rule == "zero" else "1")


def test_an_agency_without_a_survey_stops_the_index_where_the_campaign_says_so(
    folder: Path, change: Callable[..., None]
) -> None:
    change("campaign.yaml", "index: {", "index: {no_survey: stop, ")
    assert problems_of(folder) == ["agencies.csv:6"]


def test_points_that_stand_twice_or_do_not_add_up_are_told_with_their_rows(
    folder: Path, change: Callable[..., None]
) -> None:
    more = "SXD,B1,,2.4,,\nSYT,C,,1.8,,Nơi khác\nSTC,B,,5,,\nHLO,C,,1,,\n"
    content = (folder / "appraised.csv").read_text(encoding="utf-8")
    (folder / "appraised.csv").write_text(content + more, encoding="utf-8")
    change("appraised.csv", "SYT,B2,2,2,,Hội đồng thẩm định\n", "SYT,B2,2,2,,Hội đồng thẩm định\nSYT,B1.2,,1,,\n")
    change("external.csv", "HLO,C,80,100,Chỉ số chuyển đổi số\n", "")
    found = problems_of(folder)
    # B1 of SXD has 2.5 below it; B1 of SYT has one of two children; C of SYT is external twice; B of STC has 4.5 below;
    # C of HLO names no source
    rows = {("appraised", 15), ("appraised", 17), ("appraised", 18), ("appraised", 6), ("appraised", 16)}
    assert sorted(found) == sorted(f"{name}.csv:{row}" for name, row in rows)


def test_a_total_that_its_parts_deny_is_refused_and_one_without_parts_stands(
    folder: Path, change: Callable[..., None]
) -> None:
    content = (folder / "appraised.csv").read_text(encoding="utf-8")
    (folder / "appraised.csv").write_text(content + "SXD,TOTAL,,8.81,,\nCPH,TOTAL,,9,,Báo cáo\n", encoding="utf-8")
    assert problems_of(folder) == ["appraised.csv:14"]
    change("appraised.csv", "SXD,TOTAL,,8.81,,", "SXD,TOTAL,,8.8,,")
    found = index_of(folder)
    assert (found["SXD"]["total"], found["CPH"]["total"], found["CPH"]["rank"]) == ("8.80", "9.00", "1")
    assert "TOTAL vì không đủ điểm thành phần: Cơ quan CPH" in (folder.parent / "out" / "index.html").read_text("utf-8")


def test_external_points_are_held_against_criteria_blocks_and_scale(folder: Path) -> None:
    wrong = "SXD,B2,1,,x\nSXD,NO,1,,x\nHLO,B1.1,1,,x\nSYT,C,9,,\nNO,C,1,,x\nSTC,C,120,100,x\nCPH,TC1,1,0,x\n"
    with (folder / "external.csv").open("a", encoding="utf-8") as file:
        file.write(wrong)
    found = set(problems_of(folder))
    assert found >= {f"external.csv:{row}" for row in range(15, 22)}


def test_rounding_at_every_criterion_may_change_a_rank(folder: Path, change: Callable[..., None]) -> None:
    change("campaign.yaml", "scoring:\n", "scoring:\n  rounding: {places: 2, at: criterion}\n")
    found = index_of(folder)
    # SYT 1.52 + 0.73 + 6.30 - 0.25, STC 1.26 + 0.62 + 4.5 + 1.92
    assert [(found[code]["total"], found[code]["rank"]) for code in ("SYT", "STC")] == [("8.30", "2"), ("8.30", "2")]
    change("campaign.yaml", "places: 2", "places: 1")
    found = index_of(folder)
    # SYT 1.5 + 0.7 + 2.5 + 2 + 1.8 - 0.25 = 8.25, STC 1.3 + 0.6 + 4.5 + 1.9 = 8.3
    assert [(found[code]["total"], found[code]["rank"]) for code in ("SYT", "STC")] == [("8.3", "2"), ("8.3", "2")]
    change("campaign.yaml", "places: 1, at: criterion", "places: 3, at: total")
    found = index_of(folder)
    assert [(found[code]["total"], found[code]["rank"]) for code in ("SYT", "STC")] == [("8.295", "3"), ("8.299", "2")]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of Quảng Ninh 2017, as init and index give it."""
    place = tmp_path_factory.mktemp("quang-ninh")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHIEU_KEYS", str(place / "keys"))
        copy_example("quang-ninh-2017", place / "campaign")
        done = run(place / "campaign")
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    return place / "campaign"


def test_quang_ninh_2017_comes_out_as_it_was_published(published: Path) -> None:
    found = {row["agency"]: row for row in rows_of(published)}
    for block, mean, rise, least, best in (
        ("SN", "85.69", "5.15", 82, {"SXD": "89.92", "SYT": "88.35", "SKHCN": "88.29", "STC": "87.94", "SNV": "87.82"}),
        ("HU", "85.24", "5.01", 81, {"HLO": "88.89", "CPH": "87.95", "DTR": "87.80", "UBI": "86.97", "HHA": "86.90"}),
    ):
        rows = [row for row in found.values() if row["block"] == block]
        assert {row["agency"]: row["total"] for row in rows[:5]} == best
        assert [row["rank"] for row in rows[:5]] == ["1", "2", "3", "4", "5"]
        assert {row["grade"] for row in rows} == {"Tốt"}
        assert sum(Decimal(row["total"]) for row in rows) / len(rows) == Decimal(mean)
        assert sum(Decimal(row["change"]) for row in rows) / len(rows) == Decimal(rise)
        assert all(Decimal(row["total"]) > least for row in rows)
        assert all(Decimal(row["survey"]) + Decimal(row["appraised"]) == Decimal(row["total"]) for row in rows)


def test_what_quang_ninh_2017_made_up_is_marked_in_every_file(published: Path) -> None:
    fields = rows_of(published, "fields.csv")
    assert {(row["note"], row["source"]) for row in fields} == {("minh họa", "minh họa")}
    notes = rows_of(published, "index-notes.csv")
    real = {row["agency"] for row in notes if row["what"] == "total" and row["source"].startswith("Tin công bố")}
    assert len(real) == 10
    assert all(row["source"] == "minh họa" for row in notes if row["what"] != "total" or row["agency"] not in real)
    assert {row["what"] for row in notes} == {"total", "survey", "appraised", "external", "previous"}
    parts = "survey, appraised"
    for row in rows_of(published):
        named = f"{parts}, change" if row["agency"] in real else f"{parts}, total, change, rank, grade"
        assert row["note"] == f"minh họa: {named}"
    assert {row["note"] for row in rows_of(published, "index-change.csv")} == {"minh họa"}
    html = (published.parent / "out" / "index.html").read_text(encoding="utf-8")
    assert "SỐ LIỆU MINH HỌA" in html
    assert re.search(r'Sở Xây dựng</th>.*?<td class="total"[^>]*>89,92</td>', html)
    assert re.search(r'Sở Tư pháp</th>.*?<td class="total made"[^>]*>86,58<sup', html)
    pdf = pypdfium2.PdfDocument(published.parent / "out" / "index.pdf")
    pages = [page.get_textpage().get_text_range() for page in pdf]
    assert all("SỐ LIỆU MINH HỌA" in page for page in pages)
    assert "89,92" in pages[1]
    assert all(len(page.splitlines()) > 5 for page in pages), "two are the page's foot: no page for a line or two"


def test_the_workbook_holds_every_total_rank_and_mark(published: Path, folder: Path) -> None:
    book = CalamineWorkbook.from_path(str(published.parent / "out" / "index.xlsx"))
    ranking = book.get_sheet_by_name("Xếp hạng").to_python()
    assert ranking[1][0].startswith("SỐ LIỆU MINH HỌA")
    rows = {row["agency"]: row for row in rows_of(published)}
    for row in ranking[3:]:
        known = rows[row[2]]
        assert (f"{row[8]:.2f}", str(int(row[1])), row[11]) == (known["total"], known["rank"], known["grade"])
        assert row[13] == "minh họa" or row[13].startswith("Tin công bố")
    assert len(ranking) == 3 + len(rows)
    points = book.get_sheet_by_name("Điểm thành phần").to_python()[3:]
    assert {(row[8], row[9]) for row in points} == {("minh họa", "minh họa")}
    index_of(folder)  # a bonus beyond its limit
    content = zipfile.ZipFile(folder.parent / "out" / "index.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "<f>MIN(SUMIFS(" in content
    assert "<f>ROUND(ROUND(E4+F4+G4-H4,10),2)</f><v>8.8</v>" in content
    assert "<f>RANK(I5,I$4:I$6)</f><v>2</v>" in content


def test_a_figure_that_is_not_as_published_is_said(published: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
        copy_example("quang-ninh-2017", tmp_path / "campaign")
        table = tmp_path / "campaign" / "published.csv"
        table.write_text(table.read_text("utf-8").replace("SXD,rank,1,", "SXD,rank,2,"), encoding="utf-8")
        done = run(tmp_path / "campaign")
    assert done.exit_code == 0
    assert "Sở Xây dựng, hạng: đã công bố 2, tính được 1" in done.stderr
    html = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert html.count("KHÁC") == 1
    assert "KHÁC" not in (published.parent / "out" / "index.html").read_text(encoding="utf-8")
    html = next(tmp_path.rglob("index.html")).read_text(encoding="utf-8")
    assert "con số khác số đã công bố" in html
    assert "Không có gì phải lưu ý" not in html


def test_points_from_elsewhere_have_a_column_of_their_own_in_the_report(published: Path) -> None:
    fields = [row for row in rows_of(published, "fields.csv") if row["agency"] == "SXD"]
    parts = {
        kind: sum(Decimal(row["points"]) for row in fields if row["kind"] == kind) for kind in ("appraised", "external")
    }
    [row] = [row for row in rows_of(published) if row["agency"] == "SXD"]
    assert Decimal(row["appraised"]) == sum(parts.values()), "the table keeps one column for both"
    words = pypdfium2.PdfDocument(published.parent / "out" / "index.pdf")[1].get_textpage().get_text_range()
    assert "Nguồn" in words
    for points in parts.values():
        assert f"{points:.2f}".replace(".", ",") in words


def test_a_criterion_as_a_whole_without_points_is_a_gap(folder: Path, change: Callable[..., None]) -> None:
    change("appraised.csv", "SYT,B1,3,2.5,", "SYT,B1,3,,")
    assert problems_of(folder) == ["appraised.csv:6"]


def test_a_criterion_and_one_below_it_do_not_both_count_as_a_whole(folder: Path, change: Callable[..., None]) -> None:
    change("appraised.csv", "SYT,B2,2,2,,Hội đồng thẩm định\n", "SYT,B,5,4.5,,Hội đồng thẩm định\n")
    assert problems_of(folder) == ["appraised.csv:7"]  # B1 has 2.5 of them, B2 none
    change("appraised.csv", "SYT,B,5,4.5", "SYT,B2,2,2,,Hội đồng thẩm định\nSYT,B,5,4.4")
    assert problems_of(folder) == ["appraised.csv:8"]
    change("appraised.csv", "SYT,B,5,4.4", "SYT,B,5,4.5")
    assert index_of(folder)["SYT"]["total"] == "8.30"
