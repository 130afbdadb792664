"""`phieu score`, typed as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.example import copy_example


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An example before any sheet is in."""
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    copy_example("quang-ninh-2013", tmp_path / "k")
    return tmp_path / "k"


def phieu(*words: object, status: int = 0) -> Result:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == status, done.output
    return done


@pytest.mark.slow
def test_a_campaign_without_a_sheet_has_its_reports_and_only_the_pages_asked_for(folder, tmp_path):
    phieu("score", folder, "--out", tmp_path / "out", "--agency", "SXD")
    assert {"report.html", "report.pdf", "totals.csv"} <= {path.name for path in (tmp_path / "out").iterdir()}
    assert sorted(path.name for path in (tmp_path / "out" / "agencies").iterdir()) == ["SXD.html", "SXD.pdf"]
    phieu("score", folder, "--out", tmp_path / "bare", "--no-pages")
    assert not (tmp_path / "bare" / "agencies").exists()


def test_last_years_file_is_taken_as_a_file(folder, tmp_path):
    last = tmp_path / "estimates.csv"
    last.write_text("agency,block,criterion,group,n,mean_percent,se\nSXD,SN,*,*,20,70.5,2.5\n", encoding="utf-8")
    phieu("score", folder, "--out", tmp_path / "out", "--no-pages", "--before", last)
    assert (tmp_path / "out" / "change.csv").is_file()
    refused = phieu("score", folder, "--out", tmp_path / "out", "--agency", "KHONG", status=2)
    assert "--agency KHONG" in refused.output
