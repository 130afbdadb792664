"""`phieu user`, typed as a person types it, and the manager whom the first `phieu serve` makes."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.accounts.desk import get_account, make_first_manager
from collector.accounts.passwords import is_password
from collector.cli import main
from collector.example import copy_example
from collector.opening import open_campaign
from collector.store import Store
from collector.store.events import list_events

SHOWN = re.compile(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    copy_example("quang-ninh-2013", tmp_path / "k")
    return tmp_path / "k"


def phieu(folder: Path, *words: str, status: int = 0, typed: str | None = None) -> Result:
    done = CliRunner().invoke(main, ["user", str(folder), *words], input=typed)
    assert done.exit_code == status, done.output
    return done


def store_of(folder: Path) -> Store:
    return open_campaign(folder)[1]


def listed(folder: Path) -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in csv.DictReader(io.StringIO(phieu(folder, "list").stdout))}


def test_an_account_is_added_listed_disabled_enabled_and_reset(folder: Path) -> None:
    phieu(folder, "add", "boss", "--role", "manager", "--workplace", "-")
    words = ("add", "Nam.TV", "--shown-name", "Trần Văn Nam", "--role", "clerk", "--role", "verifier")
    first = SHOWN.search(phieu(folder, *words, "--workplace", "HLO", "--totp").stdout)
    row = listed(folder)["nam.tv"]
    assert row == {
        **{"name": "nam.tv", "shown_name": "Trần Văn Nam", "roles": "clerk verifier", "agency": ""},
        **{"workplace": "HLO", "totp": "due", "state": "new"},
    }
    phieu(folder, "disable", "nam.tv")
    assert listed(folder)["nam.tv"]["state"] == "disabled"
    phieu(folder, "enable", "nam.tv")
    second = SHOWN.search(phieu(folder, "reset", "nam.tv", "--totp").stdout)
    assert first is not None
    assert second is not None
    found = get_account(store_of(folder), "nam.tv")
    assert [is_password(found.password_hash, shown[0]) for shown in (first, second)] == [False, True]
    assert not found.disabled


def test_what_is_given_of_an_account_changes_and_the_rest_stays(folder: Path) -> None:
    phieu(folder, "add", "boss", "--role", "manager", "--workplace", "-")
    phieu(folder, "add", "nam", "--shown-name", "Trần Văn Nam", "--role", "viewer", "--agency", "HLO", "--totp")
    assert "Trần Văn Nam" in phieu(folder, "change", "nam", "--workplace", "SXD").stdout
    row = listed(folder)["nam"]
    assert (row["roles"], row["agency"], row["workplace"], row["totp"]) == ("viewer", "HLO", "SXD", "due")
    phieu(folder, "change", "nam", "--role", "clerk", "--no-totp", "--workplace", "")
    row = listed(folder)["nam"]
    assert (row["roles"], row["agency"], row["workplace"], row["totp"]) == ("clerk", "HLO", "", "")
    phieu(folder, "change", "nam", "--agency", "")
    assert listed(folder)["nam"]["agency"] == ""
    phieu(folder, "change", "nam", "--role", "viewer", "--agency", "XYZ", status=2)
    phieu(folder, "change", "boss", "--role", "clerk", status=2)
    phieu(folder, "change", "boss", "--workplace", "SXD", "--who", "boss")
    own = phieu(folder, "change", "boss", "--workplace", "", "--who", "boss", status=2)
    assert "không ai tự đổi nơi công tác của chính mình" in own.stderr
    assert listed(folder)["boss"]["workplace"] == "SXD"


def test_every_problem_is_said_at_once_and_nothing_is_made(folder: Path) -> None:
    said = phieu(folder, "add", "Tên Dài", "--role", "viewer", "--workplace", "XYZ", status=2).stderr
    assert len(said.splitlines()) == 3, said
    assert phieu(folder, "add", "nam", "--role", "boss", status=2).stderr
    assert listed(folder) == {}


def test_an_account_that_may_decide_says_where_its_owner_works_or_that_it_is_nowhere_rated(folder: Path) -> None:
    said = phieu(folder, "add", "nam", "--role", "verifier", status=2).stderr
    assert "chưa ghi nơi công tác" in said
    phieu(folder, "add", "nam", "--role", "verifier", "--workplace", "-")
    phieu(folder, "add", "an", "--role", "viewer", "--agency", "HLO")
    assert [row["workplace"] for row in listed(folder).values()] == ["", ""]
    assert "chưa ghi nơi công tác" in phieu(folder, "change", "an", "--role", "verifier", status=2).stderr
    phieu(folder, "change", "an", "--role", "verifier", "--workplace", "-")
    phieu(folder, "change", "an", "--role", "clerk")  # said once is said


def test_the_last_manager_stays_and_an_unknown_name_is_said(folder: Path) -> None:
    phieu(folder, "add", "boss", "--role", "manager", "--workplace", "-")
    assert "người quản lý cuối cùng" in phieu(folder, "disable", "boss", status=2).stderr
    assert "khong-co" in phieu(folder, "disable", "khong-co", status=1).stderr


def test_a_password_is_typed_unseen_or_made_and_never_stands_on_the_command_line(folder: Path) -> None:
    own = "mot cau khac han 2015"
    done = phieu(folder, "add", "boss", "--role", "manager", "--workplace", "-", "--ask", typed=f"{own}\n{own}\n")
    assert own not in done.output
    found = get_account(store_of(folder), "boss")
    assert is_password(found.password_hash, own)
    assert found.must_change, "whoever typed it for somebody else knows it"
    phieu(folder, "reset", "boss", "--ask", typed="ngan\nngan\n", status=2)
    phieu(folder, "reset", "boss", "--password", own, status=2)


def test_the_first_manager_is_made_once_and_their_password_is_in_no_log(folder: Path) -> None:
    store = store_of(folder)
    made = make_first_manager(store, "root")
    assert made is not None
    assert make_first_manager(store, "root") is None
    found = get_account(store, made[0])
    assert found.roles == {"manager"}
    assert found.must_change
    assert is_password(found.password_hash, made[1])
    with store.read() as conn:
        assert made[1] not in repr(list_events(conn)) + repr(found)


def test_the_first_password_goes_into_a_file_where_nobody_reads_the_terminal(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.web.server.serve", lambda *_: None)
    done = CliRunner().invoke(main, ["serve", str(folder)])
    (path,) = (tmp_path / "keys").rglob("first-manager.txt")
    shown = SHOWN.search(path.read_text("utf-8"))
    assert shown is not None
    assert (path.stat().st_mode & 0o777, str(path) in done.stderr, shown[0] in done.output) == (0o600, True, False)
    assert is_password(get_account(store_of(folder), "quan-ly").password_hash, shown[0])
    assert f"phieu user {folder} change quan-ly --workplace" in done.stderr, "they may work at an agency that is rated"
