"""Two folders with one campaign id: the keys serve one of them, and every command says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.belonging import claim_keys
from collector.cli import main
from collector.example import copy_example
from collector.opening import open_campaign
from collector.settings import FIRST_MANAGER, list_secrets, write_secret
from collector.store import Store, open_store
from collector.store.engine import read_owner
from forms.campaign import Campaign
from forms.errors import InputWrong

ID = "quang-ninh-2013"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two campaign folders of one example; the keys serve the first."""
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    monkeypatch.delenv("PHIEU_DATABASE", raising=False)
    for name in ("mot", "hai"):
        copy_example(ID, tmp_path / name)
    campaign, store = open_campaign(tmp_path / "mot")
    claim_keys(store, campaign.settings)
    store.close()
    return tmp_path / "mot", tmp_path / "hai"


def run(*words: str | Path) -> str:
    done = CliRunner().invoke(main, [str(one) for one in words])
    return done.output if done.exit_code == 2 else f"exit {done.exit_code}"


def test_a_second_folder_of_one_id_is_refused_by_every_command_with_what_to_do(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = folders
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4")
    assert run("check", second) == "exit 0", "as long as it has no database there is nothing to mix up"
    for words in (("scan", second, tmp_path / "scan.pdf"), ("serve", second, "--port", "0"), ("check", second)):
        said = run(*words)
        assert "campaign.yaml" in said, words
        assert str(first) in said
        assert "PHIEU_KEYS" in said
    assert run("check", first) == "exit 0"
    assert not (tmp_path / "keys" / ID / FIRST_MANAGER).exists()


def test_a_copy_with_its_database_a_moved_folder_and_one_begun_anew_go_on(folders: tuple[Path, Path]) -> None:
    first, second = folders
    shutil.rmtree(second)
    moved = first.rename(first.with_name("ba"))
    open_campaign(moved)[1].close()
    shutil.copytree(moved, second)
    open_campaign(second)[1].close()
    shutil.rmtree(second / "data")
    with pytest.raises(InputWrong):
        claim(second, moved)
    shutil.rmtree(moved)
    campaign, store = open_campaign(second)
    claim_keys(store, campaign.settings)
    store.close()
    assert run("check", second) == "exit 0"


def claim(folder: Path, other: Path) -> None:
    """What serving does, once the folder that the keys know is where it was."""
    campaign, store = open_campaign(other)
    claim_keys(store, campaign.settings)
    store.close()
    open_campaign(folder)


def test_a_database_of_another_id_is_seen_by_check_and_nothing_is_made(folders: tuple[Path, Path]) -> None:
    first, second = folders
    settings = first / "campaign.yaml"
    settings.write_text(settings.read_text("utf-8").replace(f"id: {ID}", "id: khac-2014"), encoding="utf-8")
    said = run("check", first)
    assert ID in said
    assert "khac-2014" in said
    assert run("check", second) == "exit 0"
    assert not (second / "data").exists()


def test_which_database_the_keys_serve_is_no_secret_and_goes_into_no_backup(folders: tuple[Path, Path]) -> None:
    write_secret(ID, "mail", "mat khau")
    assert list(list_secrets(ID)) == ["mail"]


def test_each_database_has_a_name_of_its_own_and_keeps_it(
    store: Store, campaign: Campaign, tmp_path: Path, print_sheets: object
) -> None:
    known = read_owner(store.url)
    assert known is not None
    assert known["campaign"] == campaign.settings.id
    again = open_store(tmp_path, campaign.settings, store.url)
    assert read_owner(again.url) == known
    again.close()
    other = open_store(tmp_path / "other", campaign.settings, f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert read_owner(other.url) != known
    other.close()


def test_a_server_that_is_down_is_asked_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert read_owner("postgresql+psycopg://nobody@127.0.0.1:1/x") is None
    assert read_owner(f"sqlite:///{tmp_path / 'none.sqlite'}") is None
    assert json.dumps(list(tmp_path.iterdir()), default=str) == "[]"
