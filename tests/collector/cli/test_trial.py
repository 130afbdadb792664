"""`phieu trial` as it is typed, without any campaign."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from ocr.pretend.scanner import encode_jpeg
from ocr.pretend.stack import render_pages, write_pdf


def phieu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    out = tmp_path / "moi" / "thu.pdf"
    done = phieu("trial", "--out", out)
    assert (done.exit_code, str(out) in done.stdout) == (0, True)
    return out


def test_the_sheet_is_written_into_a_new_folder_and_nothing_beside_it(sheet: Path) -> None:
    assert [path.name for path in sheet.parent.iterdir()] == ["thu.pdf"]


def test_what_is_to_mend_is_said_in_vietnamese_with_where_the_setting_is(sheet: Path, tmp_path: Path) -> None:
    front = (30 + 0.8 * cv2.GaussianBlur(render_pages(sheet, 1, 1, 200)[0], (0, 0), 0.7)).astype(np.uint8)
    write_pdf([encode_jpeg(front, 20, 200)], tmp_path / "quet.pdf", 200)
    done = phieu("trial", "--check", tmp_path / "quet.pdf")
    assert done.exit_code == 1
    assert done.stdout.startswith("CHƯA ĐẠT. Cần chỉnh 3 điều")
    for said in ("JPEG khoảng 20 %", "“Hai mặt”", "chưa được đánh dấu", "Đo được ở trang 1: cỡ in 100,0 %"):
        assert said in done.stdout
    assert len(re.findall("→", done.stdout)) == 3


def test_english_is_spoken_too(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHIEU_LANG", "en")
    done = phieu("trial", "--check", sheet)
    assert (done.exit_code, "DOES NOT PASS" in done.stdout) == (1, True)


@pytest.mark.parametrize("arguments", [(), ("--check",), ("--out", "a.pdf", "--check", "b.pdf"), ("b.pdf",)])
def test_one_of_the_two_forms_is_to_be_chosen(arguments: tuple[str, ...]) -> None:
    done = phieu("trial", *arguments)
    assert (done.exit_code, "--check" in done.stderr) == (2, True)


def test_a_scan_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = phieu("trial", "--check", tmp_path / "khong-co.pdf")
    assert (done.exit_code, "khong-co.pdf" in done.stderr) == (2, True)


def test_a_file_that_is_no_picture_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "ghi-chu.txt").write_text("x", encoding="utf-8")
    done = phieu("trial", "--check", tmp_path / "ghi-chu.txt")
    assert (done.exit_code, "không phải tệp PDF" in done.stdout) == (1, True)
