"""`phieu sheets`: what a clerk types, on the Quang Ninh example."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil

import cv2
import numpy as np
import pypdfium2
import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.example import copy_example
from collector.intake import accept_file, accept_reading
from collector.printing.issue import reserve_run
from collector.store import open_store
from collector.store.sheets import list_sheets
from forms.code import make_code, qr_matrix
from forms.folder import load_campaign
from ocr.reading import PageReading


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The example with all serials reserved."""
    folder = tmp_path_factory.mktemp("sheets") / "khao-sat"
    copy_example("quang-ninh-2013", folder)
    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    reserve_run(store, campaign, campaign.quotas)
    store.close()
    return folder


@pytest.fixture
def folder(made, tmp_path, monkeypatch):
    monkeypatch.delenv("PHIEU_DATABASE", raising=False)
    return shutil.copytree(made, tmp_path / "khao-sat")


@pytest.fixture
def sheets(folder):
    def run(*words, status=0):
        done = CliRunner().invoke(main, ["sheets", str(folder), *map(str, words)], catch_exceptions=False)
        assert done.exit_code == status, done.output
        return done.output

    return run


def quota(folder, agency="SXD", group="CC"):
    rows = json.loads(CliRunner().invoke(main, ["quota", str(folder), "--json"]).stdout)
    return next(row for row in rows if (row["agency"], row["group"]) == (agency, group))


def test_a_hand_over_and_its_return_show_in_the_quota_table(folder, sheets):
    said = sheets("handover", "SXD-CC-001..SXD-CC-010", "--on", "20/3/2014", "--letter", "12/BB", "--who", "Lan")
    assert "SXD-CC-001..SXD-CC-010" in said
    sheets("return", "1-4", "--agency", "SXD", "--group", "CC", "--on", "2014-03-28")
    sheets("return", "SXD-CC-005", "--as", "refused", "--on", "28.3.2014")
    row = quota(folder)
    counts = {"handed_out": 10, "returned_paper": 4, "refused": 1, "outstanding": 5, "unscanned": 4, "void": 0}
    assert {name: row[name] for name in counts} == counts
    assert row["printed"] == row["unused"] + row["handed_out"]
    assert "1" in sheets("return", "SXD-CC-005", "--as", "refused", "--on", "2014-03-28")
    assert quota(folder) == row


def test_a_hand_over_to_several_parties_names_each_and_one_to_a_single_party_none(folder, sheets):
    assert "HHDN 5, SXD 15." in sheets("handover", "--agency", "SXD", "--letter", "12/BB")
    assert "Nhiều bên nhận" not in sheets("handover", "--agency", "HLO")


def test_a_whole_cell_handed_over_twice_says_that_none_is_left_to_record(folder, sheets):
    sheets("handover", "--agency", "SXD", "--group", "CC", "--on", "2014-03-20")
    said = sheets("handover", "--agency", "SXD", "--group", "CC", "--on", "2014-03-20")
    assert "0 phiếu" not in said
    assert "không thay đổi gì" in said
    assert quota(folder)["handed_out"] == 15


def test_a_number_of_a_cell_that_has_no_sheets_says_so(sheets):
    assert "cơ quan ấy không có phiếu của đối tượng ấy" in sheets("return", "SXD-CD-001", status=2)


def test_problems_come_all_at_once_with_status_2(folder, sheets):
    said = sheets("return", "SXD-CC-001", "SXD-CC-999", "ZZZ", status=2)
    assert "SXD-CC-999" in said
    assert "ZZZ" in said
    assert "SXD-CC-001" in sheets("return", "SXD-CC-001", status=2)
    sheets("handover", "SXD-CC-001", "--on", "hôm qua", status=2)
    assert quota(folder)["handed_out"] == 0


def test_what_is_missing_is_listed_by_unit_and_written_as_a_table(folder, sheets, tmp_path):
    sheets("handover", "SXD-CC-001..SXD-CC-005", "SXD-CC-007", "--on", "2014-03-20")
    sheets("handover", "SYT-CC-001", "--on", "2014-03-20")
    sheets("return", "SXD-CC-002", "--on", "2014-03-28")
    said = sheets("missing", "--agency", "SXD")
    assert "SXD-CC-001, SXD-CC-003..SXD-CC-005, SXD-CC-007" in said
    assert "SYT" not in said
    out = tmp_path / "thieu.csv"
    sheets("missing", "--out", out)
    rows = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [(row[0], row[3], row[-2]) for row in rows[1:]] == [
        ("SXD", "chưa thu về", "5"),
        ("SXD", "chưa quét", "1"),
        ("SYT", "chưa thu về", "1"),
    ]


def test_what_is_still_out_is_written_as_a_paper_by_the_unit_that_took_it(folder, sheets, tmp_path):
    sheets("handover", "--agency", "SXD", "--on", "2014-03-20")
    sheets("return", "SXD-CC-002", "--on", "2014-03-28")
    out = tmp_path / "gui-di" / "con-thieu.pdf"
    assert "19" in sheets("missing", "--out", out)
    words = pypdfium2.PdfDocument(str(out))[0].get_textpage().get_text_bounded()
    assert "SXD-CC-001, 003–015" in words
    assert "Hiệp hội Doanh nghiệp" in words  # who took the sheets for businesses
    assert "SXD-DN-001 – SXD-DN-005" in words


def test_a_picture_of_a_stack_names_its_sheets(folder, sheets, tmp_path):
    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    with store.read() as conn:
        serials = [sheet.serial for sheet in list_sheets(conn, "SXD", "CC")][:3]
    store.close()
    codes = [np.pad(np.kron(~np.array(qr_matrix(make_code("", serial, 1))), np.ones((8, 8))), 40, constant_values=1)
             for serial in serials]  # fmt: skip
    cv2.imwrite(str(tmp_path / "xap.png"), (np.hstack(codes) * 255).astype(np.uint8))
    assert "SXD-CC-001..SXD-CC-003" in sheets("handover", "--stack", tmp_path / "xap.png")
    sheets("handover", "--stack", tmp_path / "none.png", status=2)


def test_an_extension_needs_a_letter_and_a_later_day(folder, sheets):
    sheets("extend", "--agency", "SXD", "--until", "5/4/2014", "--letter", "41/SNV")
    sheets("extend", "--agency", "SXD", "--until", "1/3/2014", "--letter", "42/SNV", status=2)
    sheets("extend", "--agency", "SXD", "--until", "5/4/2014", "--letter", " ", status=2)
    sheets("extend", "--until", "5/4/2014", "--letter", "41/SNV", status=2)
    sheets("handover", "SXD-CC-001", "SYT-CC-001", "--on", "2014-03-20")
    sheets("return", "SXD-CC-001", "SYT-CC-001", "--on", "2014-04-04")
    assert (quota(folder)["late"], quota(folder, "SYT")["late"]) == (0, 1)


def test_a_sheet_is_printed_again_with_its_serial_and_logged(folder, sheets, tmp_path):
    out = tmp_path / "lai.pdf"
    sheets("reprint", "SXD-CC-003", "SXD-CC-001", "--page", "2", "--out", out)
    document = pypdfium2.PdfDocument(str(out))
    assert len(document) == 2
    assert "SXD-CC-001" in document[0].get_textpage().get_text_bounded()
    sheets("reprint", "SXD-CC-003", "--page", "9", "--out", tmp_path / "none.pdf", status=2)
    sheets("void", "SXD-CC-003", "--reason", "rách")
    sheets("reprint", "SXD-CC-003", "--out", tmp_path / "none.pdf", status=2)
    assert not (tmp_path / "none.pdf").exists()
    assert quota(folder)["void"] == 1


def test_where_names_the_stack_the_file_and_the_image_of_a_sheet(folder, sheets):
    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    with store.read() as conn:
        sheet = next(sheet for sheet in list_sheets(conn) if sheet.number == "SXD-CC-001")
    original = folder / "quet.pdf"
    original.write_bytes(b"%PDF-")
    taken, _ = accept_file(store, hashlib.sha256(b"%PDF-").hexdigest(), original.name, original)
    cover = PageReading(original.name, 1, "foreign", "stack_cover", stack="SXD-CC-X01")
    page = PageReading(
        original.name, 2, "unreadable", "no_markers", serial=sheet.serial, sheet_page=1, layout=sheet.layout
    )
    for reading in (cover, page):
        accept_reading(store, campaign, taken.id, reading)
    store.close()
    said = sheets("where", "SXD-CC-001", "SXD-CC-002")
    assert "SXD-CC-001 trang 1: xấp SXD-CC-X01, tờ thứ 1; tệp quet.pdf, ảnh 2" in said
    assert "SXD-CC-002: chưa quét" in said
    sheets("where", "SXD-CC-999", status=2)
