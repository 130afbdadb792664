"""Whoever is killed with -9 while an edition or a frozen file is made leaves nothing without its other half."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.editions.freezing import ACTION, check_frozen, finish_frozen
from collector.editions.making import edition_folder
from collector.store import Store, open_store
from collector.store.editions import list_editions
from collector.store.events import Filter, find_events
from forms.folder import load_campaign

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
FILES = {"index.pdf", "index.html", "index.xlsx", "index.csv", "fields.csv", "index-notes.csv", "index-change.csv"}

# Kills itself at the first commit, or as the first file or folder gets a name below one.
KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
at = sys.argv.pop(1)
def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def named(name, given):
    if name == "os.rename" and os.path.dirname(given[1]).startswith(at) and not os.fspath(given[1]).endswith(".part"):
        kill()  # as a file gets the name that people know
if at == "commit":
    event.listen(Engine, "commit", kill)
sys.addaudithook(named)
from collector.cli import main
main()
"""


def kill(at: str | Path, *arguments: object) -> None:
    """Run a command that is killed."""
    asked = [sys.executable, "-c", KILLED, str(at), *map(str, arguments)]
    done = subprocess.run(asked, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)
    assert done.returncode == -9, done.stderr.decode()


def phieu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def store(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store of example 3, on each engine."""
    monkeypatch.setenv("PHIEU_DATABASE", url)
    return open_store(folder, load_campaign(folder).settings, url)


def frozen_lines(store: Store) -> list[str]:
    with store.read() as conn:
        return [one.subject for one in find_events(conn, Filter(action=ACTION))]


def test_an_edition_that_the_store_knows_has_its_files_whenever_its_maker_was_killed(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    asked = ("index", folder, "--out", tmp_path / "out", "--edition", "du-kien")
    kill(folder / "data" / "editions", *asked)
    with store.read() as conn:
        assert list_editions(conn) == []
    kill(tmp_path / "out", *asked)
    with store.read() as conn:
        [made] = list_editions(conn)
    place = edition_folder(folder, "du-kien", made.digest)
    assert {path.name for path in place.iterdir()} == FILES
    assert [path.name for path in place.parent.iterdir()] == [made.digest]
    done = phieu(*asked)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "index.csv").read_bytes() == (place / "index.csv").read_bytes()


def test_a_frozen_file_is_in_the_log_before_it_has_its_name_and_gets_it_at_the_next_look(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    kill("commit", "freeze", folder, "--out", out / "a.zip")
    assert (frozen_lines(store), len(list(out.iterdir()))) == ([], 1)
    finish_frozen(store, out / "a.zip")
    assert list(out.iterdir()) == []
    kill(out, "freeze", folder, "--out", out / "a.zip")
    assert (len(frozen_lines(store)), (out / "a.zip").exists()) == (1, False)
    frozen, is_known = check_frozen(store, out / "a.zip")
    assert (frozen_lines(store), is_known) == ([frozen.digest], True)
    assert [path.name for path in out.iterdir()] == ["a.zip"]
