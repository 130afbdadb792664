"""Addresses of databases, and keys that nobody else can read."""

from __future__ import annotations

import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from collector.settings import add_key, database_url, get_key, keys_folder, load_key, name_key, remove_key
from forms.errors import InputWrong, WorkFailed


@pytest.fixture(autouse=True)
def no_settings(monkeypatch, tmp_path):
    monkeypatch.delenv("PHIEU_DATABASE", raising=False)
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))


def test_sqlite_lies_in_the_campaign_folder(tmp_path):
    assert database_url(tmp_path, "sqlite") == f"sqlite:///{tmp_path}/data/phieu.sqlite"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_spoken_to_through_psycopg(tmp_path, scheme):
    assert database_url(tmp_path, f"{scheme}://u@h:5433/d?a=b") == "postgresql+psycopg://u@h:5433/d?a=b"


def test_the_environment_overrides_the_campaign(tmp_path, monkeypatch):
    monkeypatch.setenv("PHIEU_DATABASE", "postgresql://h/other")
    assert database_url(tmp_path, "sqlite") == "postgresql+psycopg://h/other"


def test_a_key_is_made_once_and_is_for_its_owner_alone(tmp_path):
    key = load_key("dot-2014", "session")
    assert len(key) == 32
    assert load_key("dot-2014", "session") == key
    assert load_key("dot-2014", "contacts") != key
    assert load_key("dot-2015", "session") != key
    if os.name == "posix":
        assert stat.S_IMODE(keys_folder("dot-2014").stat().st_mode) == 0o700
        assert stat.S_IMODE((keys_folder("dot-2014") / "session").stat().st_mode) == 0o600
    assert sorted(path.name for path in keys_folder("dot-2014").iterdir()) == ["contacts", "session"]


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_key_that_is_not_whole_is_refused_and_left_as_it_is(content):
    path = keys_folder("dot-2014") / "session"
    path.write_bytes(content)
    with pytest.raises(WorkFailed, match="session"):
        load_key("dot-2014", "session")
    assert path.read_bytes() == content


def test_all_who_ask_at_once_get_the_same_key():
    barrier = threading.Barrier(8)

    def ask(name):
        barrier.wait()
        return load_key("dot-2014", name)

    with ThreadPoolExecutor(8) as pool:
        for name in map(str, range(50)):
            assert len({future.result() for future in [pool.submit(ask, name) for _ in range(8)]}) == 1


def test_keys_lie_in_the_users_own_directory_unless_told_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv("PHIEU_KEYS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "home"))
    assert keys_folder("dot-2014") == tmp_path / "home" / "phieu" / "keys" / "dot-2014"


@pytest.mark.parametrize("wanted", ["mysql://x/y", "postgresql://u:p@h:xx/n", "access.mdb"])
def test_a_database_of_another_kind_is_refused_without_showing_the_address(wanted, tmp_path, monkeypatch):
    monkeypatch.delenv("PHIEU_DATABASE", raising=False)
    with pytest.raises(InputWrong) as refused:
        database_url(tmp_path, wanted)
    assert wanted not in str(refused.value)


def test_a_key_kept_under_its_own_name_comes_back_and_is_for_its_owner_alone():
    key = bytes(range(32))
    name = add_key("dot-2014", key)
    assert get_key("dot-2014", name) == key
    (path,) = keys_folder("dot-2014").iterdir()
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    remove_key("dot-2014", name)
    assert list(keys_folder("dot-2014").iterdir()) == []


def test_a_lost_key_is_named_and_never_made_anew():
    with pytest.raises(WorkFailed, match="contacts-0123456789abcdef"):
        get_key("dot-2014", "0123456789abcdef")
    assert list(keys_folder("dot-2014").iterdir()) == []


def test_another_key_under_a_name_is_refused():
    path = keys_folder("dot-2014") / f"contacts-{name_key(bytes(32))}"
    path.write_bytes(bytes(range(32)))
    with pytest.raises(WorkFailed, match=path.name):
        get_key("dot-2014", name_key(bytes(32)))
