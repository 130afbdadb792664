"""The site of the small campaign on a real SQLite store, a phone without cookies, and somebody logged in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collector.store import Store
from collector.web.app import access_code, create_app
from collector.web.site import EXTENSION
from forms.campaign import Campaign


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keys of this test alone."""
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def database() -> str:
    """SQLite alone; databases are the store's to test."""
    return "sqlite"


@pytest.fixture
def app_of(store: Store) -> Iterator[Callable[[Campaign], Flask]]:
    """Makes the site of a campaign, such as one that was closed."""
    made: list[Flask] = []

    def make(campaign: Campaign) -> Flask:
        app = create_app(store, campaign)
        app.testing = True
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions[EXTENSION].evidence.close()
        app.extensions[EXTENSION].reader.close()


@pytest.fixture
def app(app_of: Callable[[Campaign], Flask], campaign: Campaign) -> Flask:
    """The site of the small campaign."""
    return app_of(campaign)


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    """A visitor."""
    return app.test_client()


@dataclass
class Staff:
    """Somebody logged in to the console, whose posts carry the page's token as a browser's would."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Send a form."""
        page = self.client.get("/quan-ly/").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        return self.client.post(path, data={"csrf_token": token[1], **(data or {})})


@pytest.fixture
def log_in(campaign: Campaign) -> Callable[..., Staff]:
    """Logs somebody in through the door itself."""

    def enter(app: Flask, who: str = "Lê Thị Hoa", workplace: str = "") -> Staff:
        client = app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/quan-ly/dang-nhap").text)
        assert token is not None
        fields = {"who": who, "workplace": workplace, "code": access_code(campaign.settings.id)}
        reply = client.post("/quan-ly/dang-nhap", data={"csrf_token": token[1], **fields})
        assert reply.status_code == 303
        return Staff(client)

    return enter


@pytest.fixture
def staff(app: Flask, log_in: Callable[..., Staff]) -> Staff:
    """Somebody from outside all rated agencies."""
    return log_in(app)


class Page(HTMLParser):
    """Every element of a page as (tag, attributes), and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += f"{data} "

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a tag that has these attributes."""
        return [has for found, has in self.elements if found == tag and wanted.items() <= has.items()]


@pytest.fixture
def parse() -> Callable[[str], Page]:
    """Reads a page."""
    return Page
