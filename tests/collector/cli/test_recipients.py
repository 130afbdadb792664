"""`phieu recipients`, typed as a person types it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.example import copy_example

HEAD = "agency,group,name,email,phone\n"
PEOPLE = HEAD + "".join(f"HLO,CD,Người Thứ {n},,09{n:08d}\n" for n in range(120))


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An example's folder with a list of 120 people in it."""
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    copy_example("quang-ninh-2013", tmp_path / "k")
    (tmp_path / "k" / "recipients.csv").write_text(PEOPLE, encoding="utf-8")
    return tmp_path / "k"


def phieu(*words: object, status: int = 0) -> Result:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == status, done.output
    return done


@pytest.mark.slow
def test_the_whole_way_of_a_list(folder, tmp_path):
    assert "recipients.csv" in phieu("check", folder).stderr
    assert "120" in phieu("recipients", folder, "import").stdout
    assert not (folder / "recipients.csv").exists()
    assert phieu("check", folder).stderr == ""
    row = next(line for line in phieu("recipients", folder, "size").stdout.splitlines() if "HLO CD" in line)
    assert row.split() == ["HLO", "CD", "120", "100", "0", "93", "0"]
    phieu("recipients", folder, "frame", "--out", tmp_path / "frame.csv")
    phieu("recipients", folder, "draw", "--seed", "XSMB 48291", "--margin", "0,05", "--reserve", 10)
    assert phieu("recipients", folder, "draw", "--seed", "other", status=2).stdout == ""
    phieu("recipients", folder, "draws", "--out", tmp_path / "draws.csv")
    assert len((tmp_path / "draws.csv").read_text(encoding="utf-8-sig").splitlines()) == 1 + 93 + 10
    phieu("recipients", folder, "list", "--agency", "HLO", "--group", "CD", "--out", tmp_path / "list.xlsx")
    phieu("recipients", folder, "list", "--out", tmp_path / "lists")
    assert (tmp_path / "lists" / "HLO" / "CD.pdf").read_bytes().startswith(b"%PDF")
    assert "120" in phieu("recipients", folder, "rekey").stdout
    phieu("recipients", folder, "erase", status=2)
    assert "120" in phieu("recipients", folder, "erase", "--early", "thử").stdout
    phieu("recipients", folder, "list", "--out", tmp_path / "late", status=1)


def test_a_wrong_list_ends_with_2_says_every_row_and_shows_nobody(folder):
    with (folder / "recipients.csv").open("a", encoding="utf-8") as file:
        file.write("HLO,CD,Trần Bí Mật,,12\nXXX,CD,Lê Riêng Tư,,0912345678\n")
    for words in (("check", folder), ("recipients", folder, "import")):
        done = phieu(*words, status=2)
        assert done.stdout == ""
        assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [
            "recipients.csv:122",
            "recipients.csv:123",
        ]
        assert "Mật" not in done.output
        assert "Riêng" not in done.output


def test_an_overdue_list_is_said_wherever_quotas_are_looked_at(folder):
    campaign = folder / "campaign.yaml"
    campaign.write_text(
        campaign.read_text(encoding="utf-8") + "recipients:\n  erase_after: 2014-12-31\n", encoding="utf-8"
    )
    phieu("recipients", folder, "import")
    for words in (("quota", folder), ("recipients", folder, "size")):
        assert "31/12/2014" in phieu(*words).stderr
    phieu("recipients", folder, "erase")
    assert phieu("quota", folder).stderr == ""


@pytest.mark.parametrize(
    "words",
    [
        ("draw",),
        ("draw", "--seed", "x", "--size", "5", "--margin", "0.05"),
        ("draw", "--seed", "x", "--margin", "5"),
        ("draw", "--seed", "x", "--agency", "XXX"),
        ("list", "--out", "list.doc"),
        ("list", "--out", "list.pdf"),
        ("import", "nowhere.csv"),
        ("import", "campaign.yaml"),
    ],
)
def test_what_cannot_be_meant_ends_with_2(folder, words, monkeypatch):
    monkeypatch.chdir(folder)
    phieu("recipients", folder, *words, status=2)


def test_every_verb_has_help_with_an_example(folder):
    assert "phieu recipients" in phieu("recipients", "--help").stdout
    for verb in ("import", "size", "draw", "list", "frame", "draws", "erase", "rekey"):
        said = phieu("recipients", folder, verb, "--help").stdout
        assert f"phieu recipients khao-sat {verb}" in said.split("Ví dụ:")[1]


def test_a_folder_that_was_moved_with_its_database_keeps_its_people(folder, tmp_path):
    phieu("recipients", folder, "import")
    shutil.move(folder, tmp_path / "moved")
    phieu("recipients", tmp_path / "moved", "draw", "--seed", "x")
    phieu("recipients", tmp_path / "moved", "list", "--out", tmp_path / "lists")
