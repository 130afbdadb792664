"""A small campaign whose officials rate every department: folder, paper, pen, scanner, phone, points by hand."""

from __future__ import annotations

import csv
import dataclasses
import datetime
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.intake import accept_response
from collector.printing.issue import print_sheets, reserve_run
from collector.reports.scores import make_tables, write_scores
from collector.scans.jobs import take_files_in
from collector.store import Store, open_store
from collector.store.answers import export_rows, scoring_rows
from collector.store.layouts import get_book, get_head, get_snapshot
from collector.store.quota import quota_rows
from collector.store.sheets import list_sheets
from collector.web.app import create_app
from forms.campaign import Campaign
from forms.checkup import check_folder
from forms.response import Answer, Response
from ocr.pretend.settings import MarkingSettings, PretendSettings
from ocr.pretend.sheets import make_sheet_from_pdf
from ocr.pretend.stack import write_pdf

NOW = datetime.datetime(2025, 11, 20, 3, 0, tzinfo=datetime.UTC)
TIDY = PretendSettings(
    MarkingSettings(
        pens={name: pen for name, pen in MarkingSettings().pens.items() if name == "ballpoint_black"},
        habits={"cross": 1.0},
        other_habit=0,
        faint_mark=0,
        partly_outside=0,
        long_tail=0,
        stray=0,
        corrected=0,
        two_marks=0,
        blank=0,
        empty_page=0,
        text_written=0,
    ),
    bad_page_share=0,
)
SETTINGS = """\
id: can-bo-2025
name: Khảo sát lãnh đạo năm 2025
assessed_year: 2025
issuer: {superior: UBND TỈNH QUẢNG NINH, body: SỞ NỘI VỤ}
blocks: [{code: SN, name: "Sở, ban, ngành"}, {code: XA, name: Cấp xã}]
groups: [{code: LD, name: Lãnh đạo, questionnaire: lanh-dao, privacy: unlinked}]
"""
ASKED = """\
code: lanh-dao
title: Phiếu khảo sát ý kiến lãnh đạo
rates: block:%s
scales:
  muc:
    - {code: "2", label: Tốt, percent: 100}
    - {code: "1", label: Trung bình, percent: 50}
    - {code: "0", label: Kém, percent: 0}
sections:
  - title: Đánh giá
    questions:
%s  - title: Ý kiến khác
    questions:
      - {code: y, text: Góp ý chung, kind: text, lines: 2}
"""

# What each sheet says: agency -> m1 and m2, "-" for a blank. Paper, but for the two that come by phone.
SAID = {
    "S1-LD-001": {"S1": "22", "S2": "21", "S3": "0-"},
    "S1-LD-002": {"S1": "11", "S2": "11", "S3": "11"},
    "X1-LD-001": {"S1": "21", "S2": "11", "S3": "--"},
    "X1-LD-002": {"S1": "00", "S2": "22", "S3": "12"},
    "X1-LD-003": {"S1": "2-", "S2": "--", "S3": "--"},
}
BY_PHONE = ("S1-LD-002", "X1-LD-003")


def write_folder(folder: Path, rated: dict[str, str], block: str, questions: int, quotas: str) -> Path:
    (folder / "questionnaires").mkdir(parents=True)
    (folder / "campaign.yaml").write_text(SETTINGS, encoding="utf-8")
    rows = "".join(f"{code},{name},{block}\n" for code, name in rated.items())
    others = "X1,Phường Hạ Long,XA\n" if block == "SN" else "S1,Sở Nội vụ,SN\nS2,Sở Tài chính,SN\n"
    (folder / "agencies.csv").write_text(f"code,name,block\n{rows}{others}", encoding="utf-8")
    (folder / "quotas.csv").write_text(f"agency,group,target,reserve\n{quotas}", encoding="utf-8")
    criteria = f"code,name,parent,block,source,max_points\nTC1,Phối hợp,,{block},survey,10\n"
    (folder / "criteria.csv").write_text(criteria, encoding="utf-8")
    asked = "".join(
        f"      - {{code: m{number}, text: Mức độ phối hợp trong việc số {number}, kind: one, scale: muc, "
        "criterion: TC1}\n"
        for number in range(1, questions + 1)
    )
    (folder / "questionnaires" / "lanh-dao.yaml").write_text(ASKED % (block, asked), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def departments(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    rated = {"S1": "Sở Nội vụ", "S2": "Sở Tài chính", "S3": "Sở Y tế"}
    folder = tmp_path_factory.mktemp("matrix") / "departments"
    return check_folder(write_folder(folder, rated, "SN", 2, "S1,LD,2,0\nX1,LD,3,0\n"))


@pytest.fixture(scope="module")
def answered(departments: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Printed, filled, scanned and answered as SAID."""
    folder = tmp_path_factory.mktemp("answered")
    store = open_store(folder, departments.settings)
    reserve_run(store, departments, departments.quotas)
    print_sheets(store, departments, folder / "out", departments.quotas)
    with store.read() as conn:
        book = get_book(conn, departments.settings.id, "")
    scans = []
    for index, row in enumerate(read_rows(folder / "out" / "sheets.csv")):
        said = SAID[row["number"]]
        if row["number"] in BY_PHONE:
            answers = [
                Answer(f"m{place}", agency, (option,))
                for agency, options in said.items()
                for place, option in enumerate(options, 1)
                if option != "-"
            ]
            response = Response(row["serial"], "phone", tuple(answers))
            assert accept_response(store, departments, response, NOW).status == "accepted"
            continue
        opinion = {
            (f"m{place}", agency): () if option == "-" else (option,)
            for agency, options in said.items()
            for place, option in enumerate(options, 1)
        }
        pdf, first = folder / "out" / row["file"], int(row["first_page"])
        layout = book.layouts[row["layout"]]
        scans += make_sheet_from_pdf(pdf, first, layout, 2025, index, TIDY, opinion)
    write_pdf([scan.content for scan in scans], folder / "stack.pdf", TIDY.scanner.dpi)
    take_files_in(store, departments, [folder / "stack.pdf"], 1)
    yield store
    store.close()


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def with_rule(campaign: Campaign, rule: str) -> Campaign:
    scoring = campaign.settings.scoring.model_copy(update={"own_agency": rule})
    return dataclasses.replace(campaign, settings=campaign.settings.model_copy(update={"scoring": scoring}))


def test_every_row_of_every_sheet_arrives_as_it_was_said(answered: Store) -> None:
    with answered.read() as conn:
        numbers = {sheet.serial: sheet.number for sheet in list_sheets(conn)}
        found = {(numbers[row.serial], row.row, row.question): row.option for row in export_rows(conn)}
    expected = {
        (number, agency, f"m{place}"): option.replace("-", "")
        for number, said in SAID.items()
        for agency, options in said.items()
        for place, option in enumerate(options, 1)
    }
    assert found == expected | {(number, "", "y"): "" for number in SAID}


def test_the_phone_asks_about_the_printed_rows_by_their_printed_names(
    departments: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    store = open_store(tmp_path, departments.settings)
    reserve_run(store, departments, departments.quotas)
    renamed = tuple(dataclasses.replace(agency, name=f"{agency.name} mới") for agency in departments.agencies)
    phone = create_app(store, dataclasses.replace(departments, agencies=renamed)).test_client()
    with store.read() as conn:
        serials = {sheet.number: sheet.serial for sheet in list_sheets(conn)}
    form = phone.get(f"/P/{serials['S1-LD-001']}").text
    cards = [
        f'<legend><b>{row}/3</b> <span lang="vi">{name}</span>' for row, name in ((1, "Sở Nội vụ"), (3, "Sở Y tế"))
    ]
    assert [form.count(card) for card in cards] == [1, 1]
    assert "Sở, ban, ngành (3 cơ quan, đơn vị)" in form
    assert "Phiếu hỏi về 3 cơ quan" in form
    assert "Xin để trống dòng của cơ quan" in form
    assert form.count('type="radio"') == 2 * 3 * 3
    assert phone.post(f"/P/{serials['S1-LD-001']}", data={}).status_code == 422
    assert phone.post(f"/P/{serials['S1-LD-001']}", data={"m1:S3": "2", "m1:X1": "2"}).status_code == 201
    assert phone.post(f"/P/{serials['S1-LD-001']}", data={"m1:S3": "1"}).status_code == 409
    store.close()


def test_the_quota_belongs_to_where_the_respondent_works(answered: Store) -> None:
    with answered.read() as conn:
        cells = {row.agency: (row.target, row.accepted, row.doubtful) for row in quota_rows(conn)}
    assert cells == {"S1": (2, 2, 0), "X1": (3, 3, 0)}


@pytest.mark.parametrize(
    ("rule", "points", "sheets"),
    [
        # S1 without its own two sheets: m1 (100 + 0 + 100) / 3, m2 (50 + 0) / 2
        # S2: m1 300 / 4, m2 250 / 4; S3: m1 100 / 3, m2 150 / 2
        ("exclude", {"S1": "4.58", "S2": "6.88", "S3": "5.42", "X1": ""}, {"S1": "3", "S2": "4", "S3": "3", "X1": "0"}),
        # and with them: m1 350 / 5, m2 200 / 4
        ("count", {"S1": "6.00", "S2": "6.88", "S3": "5.42", "X1": ""}, {"S1": "5", "S2": "4", "S3": "3", "X1": "0"}),
    ],
)
def test_points_go_to_the_row_and_ones_own_agency_is_a_setting(
    answered: Store,
    departments: Campaign,
    tmp_path: Path,
    rule: str,
    points: dict[str, str],
    sheets: dict[str, str],
) -> None:
    summary = write_scores(answered, with_rule(departments, rule), tmp_path, NOW)
    totals = read_rows(tmp_path / "totals.csv")
    assert {row["agency"]: row["survey_points"] for row in totals} == points
    assert {row["agency"]: row["n_valid"] for row in totals} == sheets
    assert summary.sheets == summary.scores.valid_sheets == 5
    kinds = [note.kind for note in summary.scores.notes if note.kind != "too_few"]
    assert kinds == ["no_points"]  # X1 is rated by nobody
    said = {"exclude": "không tính điểm cho cơ quan của chính mình", "count": "được tính cả ý kiến về cơ quan"}
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert [key for key, sentence in said.items() if sentence in report] == [rule]


def test_a_sheet_that_says_the_same_of_everybody_counts_like_any_other(answered: Store, departments: Campaign) -> None:
    with answered.read() as conn:
        rows = [row for row in scoring_rows(conn) if row.agency == "S3" and row.option == "1"]
    assert len({row.sheet for row in rows}) == 2
    assert not any(row.is_own for row in rows)


def test_every_rated_agency_is_expected_to_hear_from_all_cells_but_its_own(departments: Campaign) -> None:
    known = tuple(dataclasses.replace(quota, population=10 * quota.target) for quota in departments.quotas)
    campaign = dataclasses.replace(departments, quotas=known)
    assert make_tables(campaign, []).cells.values.tolist() == [
        ["S1", "LD", 3, 30],
        ["S2", "LD", 5, 50],
        ["S3", "LD", 5, 50],
    ]
    half = dataclasses.replace(departments, quotas=(known[0], departments.quotas[1]))
    cells = make_tables(with_rule(half, "count"), []).cells
    assert cells.values.tolist() == [[code, "LD", 5, None] for code in ("S1", "S2", "S3")]


@pytest.fixture(scope="module")
def communes(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    rated = {f"X{number:02d}": f"Ủy ban nhân dân phường số {number}" for number in range(1, 55)}
    folder = tmp_path_factory.mktemp("matrix") / "communes"
    write_folder(folder, rated, "XA", 12, "S1,LD,40,3\nS2,LD,27,2\n")
    return check_folder(folder)


@pytest.mark.slow
def test_many_agencies_are_shared_out_over_the_sheets(communes: Campaign, tmp_path: Path) -> None:
    store = open_store(tmp_path, communes.settings)
    reserve_run(store, communes, communes.quotas)
    with store.read() as conn:
        sheets = list_sheets(conn)
        heads = {sheet.layout: get_head(conn, sheet.layout) for sheet in sheets}
        layouts = {sheet.layout: get_snapshot(conn, sheet.layout)[0] for sheet in sheets}
    rated = Counter(code for sheet in sheets for code, _ in heads[sheet.layout].rated if not sheet.is_reserve)
    assert len(rated) == 54
    assert max(rated.values()) - min(rated.values()) <= 1
    for sheet in sheets:
        rows = [box.row for page in layouts[sheet.layout].pages for box in page.boxes]
        assert set(rows) == {code for code, _ in heads[sheet.layout].rated}
        assert len(layouts[sheet.layout].pages) <= 4
        assert set(Counter(rows).values()) == {12 * 3}
    store.close()


@pytest.mark.slow
def test_a_limited_run_prints_every_layout_and_a_renamed_agency_changes_no_printed_sheet(
    communes: Campaign, tmp_path: Path
) -> None:
    store = open_store(tmp_path, communes.settings)
    reserve_run(store, communes, communes.quotas)
    with store.read() as conn:
        every = {sheet.layout for sheet in list_sheets(conn)}
    print_sheets(store, communes, tmp_path / "every", communes.quotas, limit=len(every))
    assert {row["layout"] for row in read_rows(tmp_path / "every" / "sheets.csv")} == every
    print_sheets(store, communes, tmp_path / "before", communes.quotas, limit=6)
    agencies = tuple(
        dataclasses.replace(one, name=f"{one.name} (cũ)") for one in communes.agencies if one.code != "X07"
    )
    renamed = dataclasses.replace(communes, agencies=agencies)
    work = {"S1": "Sở Nội vụ", "S2": "Sở Tài chính"}
    kept = tuple(dataclasses.replace(one, name=work.get(one.code, one.name)) for one in renamed.agencies)
    print_sheets(store, dataclasses.replace(renamed, agencies=kept), tmp_path / "after", communes.quotas, limit=6)
    before, after = tmp_path / "before", tmp_path / "after"
    assert (after / "sheets.csv").read_bytes() == (before / "sheets.csv").read_bytes()
    for row in read_rows(before / "sheets.csv"):
        assert (after / row["file"]).read_bytes() == (before / row["file"]).read_bytes()
    larger = dataclasses.replace(
        renamed, quotas=tuple(dataclasses.replace(quota, target=quota.target + 1) for quota in renamed.quotas)
    )
    reserve_run(store, larger, larger.quotas)
    with store.read() as conn:
        fresh = [sheet for sheet in list_sheets(conn) if sheet.layout not in every]
        names = {name for sheet in fresh for _, name in get_head(conn, sheet.layout).rated}
    assert len(fresh) == 2
    assert all(name.endswith("(cũ)") for name in names)
    store.close()
