"""The pictures of README and handbook: the journey that makes them, driven to its end, leaves no screen out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered
from werkzeug.routing import Map

from collector.demo import run_demo
from collector.demo.folders import DemoFolders
from collector.opening import open_campaign
from collector.web.app import create_app
from docs.album.__main__ import SHEETS, quiet_progress
from docs.album.camera import Album
from docs.album.journey import make_album
from docs.album.screens import INVITING, PATHS_OF_STAFF, SCREENS
from tests.collector.web.two_agencies import copy_two_agencies

ROOT = Path(__file__).parents[1]
HANDBOOK = ROOT / "docs" / "handbook" / "pictures"
README = ROOT / "docs" / "pictures"
TEMPLATES = ROOT / "collector" / "web" / "templates"

# Addresses that a browser opens and that show no screen of their own, each with what it gives
NO_SCREENS = {
    **dict.fromkeys(("console.quota_table", "console.quota_book", "sheets.missing_table"), "a table"),
    **dict.fromkeys(("editions.file", "editions.frozen", "exports.file", "exports.results_file"), "a file"),
    **dict.fromkeys(("inviting.draws", "inviting.frame", "inviting.file", "people.blank"), "a file"),
    **dict.fromkeys(("rechecks.audit", "rechecks.file", "scores.paper"), "a file"),
    **dict.fromkeys(("prepare.former", "prepare.original", "prepare.workbook"), "a file"),
    **dict.fromkeys(("prepare.printed", "prepare.parcel", "prepare.preview_pdf"), "a file"),
    **dict.fromkeys(("pictures.row", "pictures.body", "pictures.look", "pictures.side", "pictures.page"), "a picture"),
    **dict.fromkeys(("scores.picture", "prepare.preview_page"), "a picture"),
    **dict.fromkeys(("prepare.progress", "uploads.progress"), "asked by a page's script"),
    **dict.fromkeys(("static", "well_known.security"), "a file"),
}
# Pages that say what went wrong
MISHAPS = {"console/busy.html", "console/mishap.html", "console/refused.html"}


@pytest.fixture
def routes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Map]:
    """Every address of the site."""
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    copy_two_agencies(tmp_path / "dot", "agency,group,target,reserve\nSXD,CC,1,0\nHL,CC,1,0\nHL,CD,1,0\n")
    campaign, store = open_campaign(tmp_path / "dot")
    app: Flask = create_app(store, campaign)
    yield app.url_map
    store.close()


def find_endpoint(routes: Map, path: str) -> str:
    return str(routes.bind("localhost").match(path.partition("?")[0])[0])


def list_screens(routes: Map) -> set[str]:
    return {rule.endpoint for rule in routes.iter_rules() if "GET" in (rule.methods or ())} - set(NO_SCREENS)


def test_what_shows_no_screen_is_an_address_of_the_site(routes: Map) -> None:
    assert set(NO_SCREENS) <= {rule.endpoint for rule in routes.iter_rules()}


def test_the_screens_that_are_named_are_screens_of_the_site(routes: Map) -> None:
    keys = {"paper": 1, "day": "2014-03-20"}
    named = {find_endpoint(routes, f"{PATHS_OF_STAFF}{one.path.format(**keys)}") for one in (*SCREENS, *INVITING)}
    assert named <= list_screens(routes)


@contextmanager
def note_templates() -> Iterator[set[str]]:
    """The names of all templates that are drawn meanwhile."""
    drawn: set[str] = set()

    def note(_: Flask, template: Any, **__: Any) -> None:
        drawn.add(template.name)

    with template_rendered.connected_to(note):
        yield drawn


@pytest.mark.slow
@pytest.mark.usefixtures("browser_path")
def test_every_screen_has_a_picture_and_every_picture_is_made(routes: Map, tmp_path: Path) -> None:
    """A screen that cannot be drawn, in whole or in part, ends the journey with its name."""
    album = Album(tmp_path / "readme", tmp_path / "handbook")
    album.readme.mkdir()
    album.handbook.mkdir()
    folders = DemoFolders(tmp_path / "demo")
    run_demo(folders.out, SHEETS, quiet_progress, lambda _: None)
    with note_templates() as drawn:
        make_album(folders, tmp_path, album)
    pictured = {find_endpoint(routes, path) for path in album.taken.values()}
    assert list_screens(routes) - pictured == set()
    pages = {path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8") for path in TEMPLATES.rglob("*.html")}
    assert {name for name, page in pages.items() if "{% extends" in page} - drawn == MISHAPS
    assert set(album.taken) == {path.stem for path in HANDBOOK.glob("*.png")}
    assert {path.stem for path in album.readme.glob("*.png")} <= {path.stem for path in README.glob("*.png")}
    shown = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in album.readme.glob("*.png") if f"pictures/{path.name}" not in shown] == []
