"""Command lines that are wrong in themselves: said in Vietnamese, with what to do, exit code 2, nothing on stdout."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from collector.cli import main


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nosuch", "demo, init, check"),
        ("--foo", "không có tùy chọn --foo"),
        ("print khao-sat", "thiếu --out"),
        ("print khao-sat --ou x", "--out"),
        ("print khao-sat --out", "--out: chưa ghi giá trị"),
        ("print khao-sat --out x --limit 0", "--limit: giá trị không dùng được → ghi một số nguyên từ 1 trở lên"),
        ("print khao-sat --out x --training 1000", "từ 1 đến 999"),
        ("sheets khao-sat return --as foo", "returned, unused, refused, spoiled, lost"),
        ("sheets khao-sat", "handover, return"),
        ("check", "thiếu DIR"),
        ("check a b", "ngoặc kép"),
    ],
)
def test_a_wrong_command_line_is_told_in_vietnamese_with_its_help(monkeypatch, line, said):
    monkeypatch.delenv("PHIEU_LANG", raising=False)
    done = CliRunner().invoke(main, line.split(), prog_name="phieu")
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert "--help" in done.stderr
    assert "Error" not in done.stderr
    assert "Usage" not in done.stderr


def test_help_and_version_still_speak_on_stdout():
    for line in (["--help"], ["print", "--help"], ["--version"]):
        done = CliRunner().invoke(main, line, prog_name="phieu")
        assert done.exit_code == 0
        assert done.stdout


@pytest.mark.parametrize("line", ["--help", "serve --help", "sheets khao-sat handover --help", "user khao-sat --help"])
def test_help_is_in_one_language(monkeypatch, line):
    english = ("Usage", "Options", "Commands", "Show this", "default", "required")
    monkeypatch.delenv("PHIEU_LANG", raising=False)
    told = CliRunner().invoke(main, line.split(), prog_name="phieu").stdout
    assert told.startswith("Cách dùng: phieu")
    assert [word for word in english if word in told] == []
    monkeypatch.setenv("PHIEU_LANG", "en")
    assert CliRunner().invoke(main, line.split(), prog_name="phieu").stdout.startswith("Usage: phieu")


@pytest.mark.parametrize("command", ["score", "index"])
def test_an_edition_that_is_not_there_is_not_called_a_folder(tmp_path, command):
    line = [command, str(tmp_path / "chinh-thuc.zip"), "--out", str(tmp_path / "ket-qua")]
    done = CliRunner().invoke(main, line)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "chinh-thuc.zip: không có tệp này" in done.stderr


def test_a_layout_that_is_not_there_is_not_called_a_wrong_one(tmp_path):
    done = CliRunner().invoke(main, ["read", "quet.pdf", "--layout", str(tmp_path / "layout.json")])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "layout.json: không có tệp này" in done.stderr
