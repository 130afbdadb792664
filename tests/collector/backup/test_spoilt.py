"""What is not as it was written is refused by name, and nothing is left half done."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.backup.making import DATABASE
from collector.backup.restoring import check_backup, restore_backup
from collector.cli import main
from forms.errors import InputWrong


def phieu(*arguments: object):
    return CliRunner().invoke(main, [str(one) for one in arguments])


def rewrite(path: Path, out: Path, change) -> Path:
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in change(files).items():
            archive.writestr(name, content)
    return out


def seal(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same files with a manifest that fits them, as somebody would write it who changed them."""
    manifest = json.loads(files["manifest.json"])
    rest = {name: content for name, content in files.items() if name != "manifest.json"}
    told = {name: {"sha256": hashlib.sha256(one).hexdigest(), "size": len(one)} for name, one in rest.items()}
    return {**rest, "manifest.json": json.dumps({**manifest, "files": told}).encode()}


SPOILT = {
    "a byte of the database": lambda files: {**files, DATABASE: files[DATABASE][:-1] + b"!"},
    "a file more": lambda files: {**files, "scans/them": b"x"},
    "a file less": lambda files: {name: one for name, one in files.items() if not name.startswith("scans/")},
    "a file that is longer": lambda files: {**files, "campaign/quotas.csv": files["campaign/quotas.csv"] + b"\n"},
    "no manifest": lambda files: {name: one for name, one in files.items() if name != "manifest.json"},
    "a name that leads out": lambda files: seal({**files, "campaign/../../ra-ngoai.txt": b"x"}),
    "a database cut short": lambda files: seal({**files, DATABASE: files[DATABASE][:4096] + b"\0" * 8192}),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_backup_that_was_changed_is_refused_and_writes_nothing(back_up, tmp_path, what):
    spoilt = rewrite(back_up().archive.path, tmp_path / "hong.zip", SPOILT[what])
    with pytest.raises(InputWrong):
        check_backup(spoilt)
    with pytest.raises(InputWrong):
        restore_backup(spoilt, tmp_path / "cho" / "moi", "minh")
    assert list((tmp_path / "cho").iterdir()) == []
    assert not list(tmp_path.rglob("ra-ngoai.txt"))


def test_a_log_that_was_changed_in_a_backup_is_found_although_the_hashes_fit(back_up, tmp_path):
    def change(files: dict[str, bytes]) -> dict[str, bytes]:
        (tmp_path / "db").write_bytes(files[DATABASE])
        with sqlite3.connect(tmp_path / "db") as conn:
            for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                conn.execute(f'DROP TRIGGER "{name}"')
            conn.execute("UPDATE event SET who = 'khong-phai-toi' WHERE id = 1")
        conn.close()
        return seal({**files, DATABASE: (tmp_path / "db").read_bytes()})

    with pytest.raises(InputWrong, match="1"):
        check_backup(rewrite(back_up().archive.path, tmp_path / "hong.zip", change))


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_backup_that_was_cut_off_is_no_backup(back_up, tmp_path, place):
    content = back_up().archive.path.read_bytes()
    (tmp_path / "cut.zip").write_bytes(content[: int(len(content) * place)])
    assert phieu("backup", "--verify", tmp_path / "cut.zip").exit_code == 2


def test_a_folder_that_holds_anything_is_left_alone(back_up, kept, tmp_path):
    (tmp_path / "moi").mkdir()
    (tmp_path / "moi" / "cua-toi.txt").write_text("x")
    for full in (tmp_path / "moi", kept.folder):
        done = phieu("restore", back_up().archive.path, full)
        assert done.exit_code == 2
        assert str(full) in done.stderr
    assert [path.name for path in (tmp_path / "moi").iterdir()] == ["cua-toi.txt"]


def test_an_empty_folder_is_filled(back_up, tmp_path):
    (tmp_path / "moi").mkdir()
    restore_backup(back_up().archive.path, tmp_path / "moi", "minh")
    assert (tmp_path / "moi" / "campaign.yaml").is_file()


@pytest.mark.slow
def test_a_database_that_holds_a_campaign_is_left_alone(back_up, tmp_path, postgres_url, monkeypatch):
    path = back_up().archive.path
    monkeypatch.setenv("PHIEU_DATABASE", postgres_url)
    restore_backup(path, tmp_path / "moi", "minh")
    with pytest.raises(InputWrong, match="PHIEU_DATABASE"):
        restore_backup(path, tmp_path / "khac", "minh")
    assert not (tmp_path / "khac").exists()


def test_whoever_interrupts_finds_no_file_under_its_name(back_up, monkeypatch, tmp_path):
    def interrupt(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(report=interrupt)
    assert list((tmp_path / "backups").iterdir()) == []
    path = back_up().archive.path
    with pytest.raises(KeyboardInterrupt):
        restore_backup(path, tmp_path / "cho" / "moi", "minh", report=interrupt)
    assert list((tmp_path / "cho").iterdir()) == []


def test_the_commands_say_what_was_done_and_end_as_they_should(kept, tmp_path, monkeypatch):
    monkeypatch.setenv("PHIEU_DATABASE", kept.url)
    out = tmp_path / "a.zip"
    made = phieu("backup", kept.folder, "--out", out, "--who", "lan")
    assert made.exit_code == 0, made.output
    assert "contacts" not in made.stdout
    held = phieu("backup", "--verify", out)
    assert held.exit_code == 0
    digest = made.stdout.split()[-1]
    assert digest in held.stdout
    monkeypatch.delenv("PHIEU_DATABASE")
    back = phieu("restore", out, tmp_path / "moi")
    assert back.exit_code == 0, back.output
    assert str(tmp_path / "moi") in back.stdout
    for wrong in ((), (kept.folder,), ("--out", out), (kept.folder, "--out", out, "--verify", out)):
        assert phieu("backup", *wrong).exit_code == 2


def test_with_keys_is_said_loudly(kept, tmp_path, monkeypatch):
    monkeypatch.setenv("PHIEU_DATABASE", kept.url)
    made = phieu("backup", kept.folder, "--out", tmp_path / "a.zip", "--with-keys")
    assert made.exit_code == 0
    assert "CẢNH BÁO" in made.stderr
