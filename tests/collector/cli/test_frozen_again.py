"""A frozen edition scored again from its file alone, elsewhere and otherwise; what is told of one that was changed."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.editions.frozen import load_frozen, write_frozen
from collector.example import copy_example

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
ELSEWHERE = (
    {"PYTHONHASHSEED": "1", "TZ": "America/New_York", "LANG": "C", "LC_ALL": "C", "PHIEU_LANG": "en"},
    {"PYTHONHASHSEED": "977", "TZ": "Asia/Tokyo", "LANG": "en_US.UTF-8", "PHIEU_LANG": "vi"},
)


def phieu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of 2017, a petition granted, an edition made, all of it frozen."""
    made = tmp_path_factory.mktemp("frozen")
    folder = made / "k"
    copy_example("quang-ninh-2017", folder)
    steps = (
        ("petitions", folder, "add", "--agency", "SXD", "--criterion", "S1.1.1", "--letter", "12/SXD-VP"),
        ("index", folder, "--out", made / "index", "--edition", "du-kien"),
        (
            "petitions",
            folder,
            "decide",
            "1",
            "--decision",
            "partly",
            "--points",
            "0,01",
            "--reply",
            "4/HD",
            "--why",
            "đủ",
        ),
        ("freeze", folder, "--out", made / "a.zip"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHIEU_KEYS", str(made / "keys"))
        for step in steps:
            done = phieu(*step)
            assert done.exit_code == 0, done.output
    return made / "a.zip"


@pytest.fixture
def spoil(edition: Path, tmp_path: Path) -> Callable[..., Path]:
    """Makes a copy with changed files; `sealed`: its manifest holds their hashes."""

    def make(changes: dict[str, bytes | None], sealed: bool = False, **said: object) -> Path:
        frozen = load_frozen(edition)
        files = {**frozen.files, **{name: content for name, content in changes.items() if content is not None}}
        files = {name: content for name, content in files.items() if changes.get(name, b"") is not None}
        manifest = {**frozen.manifest, **said}
        if sealed:
            named = {n: hashlib.sha256(c).hexdigest() for n, c in files.items() if n != "manifest.json"}
            manifest["files"] = named
        files["manifest.json"] = json.dumps(manifest).encode() if sealed or said else files["manifest.json"]
        path = tmp_path / "b.zip"
        write_frozen(path, files)
        return path

    return make


def test_an_edition_holds_index_reports_petitions_and_editions(edition: Path) -> None:
    frozen = load_frozen(edition)
    assert {"index.csv", "fields.csv", "index-notes.csv", "scores.csv"} <= set(frozen.part("results/"))
    assert {"report.html", "report.pdf", "index.html", "index.pdf"} <= set(frozen.part("reports/"))
    [petition] = json.loads(frozen.files["petitions.json"])
    assert (petition["letter"], petition["decision"], petition["after"]) == ("12/SXD-VP", "partly", "0.01")
    [kept] = json.loads(frozen.files["editions.json"])
    assert kept["code"] == "du-kien"
    assert len(kept["totals"]) == 34
    assert "kiến nghị 12/SXD-VP" in frozen.part("results/")["fields.csv"].decode()


@pytest.mark.parametrize("settings", ELSEWHERE)
def test_on_another_machine_without_the_campaign_the_bytes_are_the_same(
    edition: Path, tmp_path: Path, settings: dict[str, str]
) -> None:
    (tmp_path / "x.zip").write_bytes(edition.read_bytes())
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PHIEU"))}
    for command in ("score", "index"):
        asked = [sys.executable, "-c", "from collector.cli import main; main()", command, "x.zip", "--out", "out"]
        done = subprocess.run(
            asked, cwd=tmp_path, env={**bare, **settings, "PYTHONPATH": str(ROOT)}, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
    frozen = load_frozen(edition)
    wanted = frozen.part("results/") | frozen.part("reports/")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == wanted


def test_every_file_that_differs_is_named_with_what_happened_to_it(
    edition: Path, spoil: Callable[..., Path], tmp_path: Path
) -> None:
    changed = load_frozen(edition).files["results/totals.csv"].replace(b"SXD", b"SYD", 1)
    path = spoil({"results/totals.csv": changed, "petitions.json": None, "more.txt": b"x"})
    done = phieu("score", path, "--out", tmp_path / "out")
    assert done.exit_code == 2
    told = done.output.splitlines()
    assert [("more.txt" in told[0], "petitions.json" in told[1], "results/totals.csv" in told[2])] == [(True,) * 3]
    assert ["không ghi" in told[0], "thiếu" in told[1], "đã bị sửa" in told[2]] == [True, True, True]
    assert not (tmp_path / "out").exists()


def test_results_that_were_sealed_anew_are_found_by_scoring_again(
    edition: Path, spoil: Callable[..., Path], tmp_path: Path
) -> None:
    index = load_frozen(edition).files["results/index.csv"]
    lines = index.decode("utf-8-sig").splitlines()
    at = next(number for number, line in enumerate(lines, 1) if line.startswith("SXD,"))
    path = spoil({"results/index.csv": index.replace(lines[at - 1].encode(), b"SXD,raised")}, sealed=True)
    done = phieu("index", path, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert f"results/index.csv, dòng {at}: trong tệp là “SXD,raised”" in done.output
    assert "scores.csv" not in done.output


def test_another_version_of_the_program_is_told_and_gives_the_same(spoil: Callable[..., Path], tmp_path: Path) -> None:
    done = phieu("score", spoil({}, sealed=True, program="0.0.9"), "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "bản 0.0.9" in done.output


def test_what_scores_otherwise_is_refused_for_a_frozen_edition(edition: Path, tmp_path: Path) -> None:
    done = phieu("score", edition, "--out", tmp_path / "out", "--word", "--agency", "SXD")
    assert (done.exit_code, done.output.count("bản đóng băng")) == (2, 4)
    done = phieu("index", edition, "--out", tmp_path / "out", "--edition", "du-kien")
    assert done.exit_code == 2
    with zipfile.ZipFile(tmp_path / "no.zip", "w") as other:
        other.writestr("a.txt", "a")
    done = phieu("score", tmp_path / "no.zip", "--out", tmp_path / "out")
    assert (done.exit_code, "phieu freeze" in done.output) == (2, True)


def test_a_campaign_without_an_index_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    copy_example("quang-ninh-2013", tmp_path / "k")
    assert phieu("freeze", tmp_path / "k", "--out", tmp_path / "a.zip").exit_code == 0
    done = phieu("index", tmp_path / "a.zip", "--out", tmp_path / "out")
    assert (done.exit_code, "không có Chỉ số" in done.output) == (2, True)
