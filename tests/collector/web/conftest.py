"""The site of the small campaign on a real SQLite store, a phone without cookies, and somebody logged in."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import select
from werkzeug.test import TestResponse

from collector.accounts.desk import get_account
from collector.accounts.passwords import hash_password
from collector.recheck.contacts import import_contacts
from collector.recheck.drawing import commit, draw_rechecks
from collector.store import Store
from collector.store.account_sessions import begin_session
from collector.store.accounts import Account, add_account, list_accounts
from collector.store.campaigns import sync_campaign
from collector.store.schema import agency
from collector.web.app import create_app
from collector.web.evidence import PictureWorker
from collector.web.site import EXTENSION
from collector.web.throttle import Throttle
from forms.account_rules import Role
from forms.campaign import Campaign
from forms.folder import load_campaign
from tests.collector.web.serving import serve_app

BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keys of this test alone."""
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def database() -> str:
    """SQLite alone; databases are the store's to test."""
    return "sqlite"


class TemplatesOnce(BytecodeCache):
    """Templates that another app compiled need not be compiled again."""

    def __init__(self) -> None:
        self.compiled: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.compiled.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key] = (bucket.checksum, bucket.code)


TEMPLATES = TemplatesOnce()


@pytest.fixture(scope="session")
def picture_worker() -> Iterator[PictureWorker]:
    """One process that opens images for every site: starting one takes longer than most tests."""
    worker = PictureWorker()
    yield worker
    worker.close()


@pytest.fixture
def app_of(store: Store, picture_worker: PictureWorker) -> Iterator[Callable[[Campaign], Flask]]:
    """Makes the site of a campaign, such as one that was closed."""
    made: list[Flask] = []

    def make(campaign: Campaign) -> Flask:
        app = create_app(store, campaign, worker=picture_worker)
        app.jinja_env.bytecode_cache = TEMPLATES
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


@pytest.fixture
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever guesses at a site made from now on stays slowed down, however long requests take on this machine."""
    monkeypatch.setattr(Throttle.__init__, "__defaults__", (lambda: 0.0,))


@dataclass
class Staff:
    """Somebody logged in to the console, whose posts carry the page's token as a browser's would."""

    client: FlaskClient
    account: Account
    _tokens: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, data: dict[str, Any] | None = None) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data={"csrf_token": self._find_token(), **(data or {})})

    def _find_token(self) -> str:
        """What a page says; asked once for as long as the session holds the same secret to sign it with."""
        held = self._find_secret()
        if held not in self._tokens:
            page = self.client.get("/quan-ly/tai-khoan/mat-khau").text  # small, and everybody may open it
            token = re.search(r'name="csrf_token" value="([^"]+)"', page)
            assert token is not None
            held = self._find_secret()
            self._tokens[held] = token[1]
        return self._tokens[held]

    def _find_secret(self) -> str:
        app = self.client.application
        cookie = self.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        return "" if cookie is None else str(signer.loads(cookie.value).get("csrf_token", ""))


SEED = "XSMB 18/03/2014: 48291"  # of the recheck
PASSWORD = "mot cau de nho 2014"


@cache
def password_hash() -> str:
    """The hash of PASSWORD, made once: making one takes longer than most tests."""
    return hash_password(PASSWORD)


@pytest.fixture
def give_account(store: Store, campaign: Campaign) -> Callable[..., Account]:
    """Gives somebody an account whose password is PASSWORD and need not be changed.

    The same person again is the same account; one name in another role or at another workplace is another person.
    """

    def give(
        who: str = "Lê Thị Hoa", workplace: str = "", roles: Iterable[Role] = ("manager",), **more: Any
    ) -> Account:
        wanted = (frozenset(roles), workplace, more.get("agency") or "")
        with store.write() as conn:
            if conn.scalar(select(agency.c.id).limit(1)) is None:
                sync_campaign(conn, campaign)
            everybody = list_accounts(conn)
            alike = [one for one in everybody if one.shown_name.split(" (")[0] == who]
            for one in alike:
                if (one.roles, one.workplace, one.agency) == wanted:
                    return one
            name = f"nguoi-{len(everybody) + 1}"
            shown = f"{who} ({len(alike) + 1})" if alike else who
            values = {"must_change": False, "workplace": workplace or None, **more}
            add_account(conn, name, shown, wanted[0], password_hash(), **values)
        return get_account(store, name)

    return give


@pytest.fixture
def log_in(store: Store, give_account: Callable[..., Account]) -> Callable[..., Staff]:
    """Logs somebody in under roles (a manager unless said): a session as the door begins one, without the door's work.

    log_in(app, who, workplace, roles=("verifier",)); an agency's viewer: roles=("viewer",), agency="HL".
    """

    def enter(app: Flask, who: str = "Lê Thị Hoa", workplace: str = "", **more: Any) -> Staff:
        found = give_account(who, workplace, **more)
        with store.write() as conn:
            token = begin_session(conn, found.id, datetime.timedelta(hours=12), datetime.datetime.now(datetime.UTC))
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["token"] = token
        return Staff(client, found)

    return enter


@pytest.fixture
def staff(app: Flask, log_in: Callable[..., Staff]) -> Staff:
    """A manager from outside all rated agencies."""
    return log_in(app)


@pytest.fixture
def calls(store: Store, campaign: Campaign, desk: Any, tmp_path: Path) -> list[str]:
    """Six of twelve sheets of SNV are called; every sheet was answered with the best level. Names of the calls."""
    commit(store, SEED, "", "thanh tra")
    for serial in desk.serials("SNV")[:12]:
        desk.post(serial, q1="1", q2="5", q4="5", q6="Ý kiến riêng")
    rows = "".join(f"SNV-CD-{place:03d},09120{place:05d},Người Thứ {place}\n" for place in range(1, 13))
    (tmp_path / "stubs.csv").write_text(f"sheet,phone,name\n{rows}", encoding="utf-8")
    import_contacts(store, campaign, tmp_path / "stubs.csv", "lan")
    draw_rechecks(store, campaign, SEED, "thanh tra")
    return [f"SNV-{place:02d}" for place in range(1, 13)]


@pytest.fixture
def make_folder(campaign: Campaign, tmp_path: Path) -> Callable[..., Campaign]:
    """Writes the small campaign into the store's folder, with criteria of the council beside TC1 and their points.

    make_folder(accounts={"runs": "SNV"}): with these settings too.
    """

    def make(**more: Any) -> Campaign:
        settings = campaign.settings.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        (tmp_path / "campaign.yaml").write_text(yaml.safe_dump({**settings, **more}, allow_unicode=True), "utf-8")
        (tmp_path / "questionnaires").mkdir(exist_ok=True)
        for code, asked in campaign.questionnaires.items():
            written = asked.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            path = tmp_path / "questionnaires" / f"{code}.yaml"
            path.write_text(yaml.safe_dump(written, allow_unicode=True, sort_keys=False), "utf-8")
        tables = {
            "agencies": ("code,name,block", *(f"{one.code},{one.name},{one.block}" for one in campaign.agencies)),
            "quotas": (
                "agency,group,target,reserve",
                *(f"{one.agency},{one.group},{one.target},{one.reserve}" for one in campaign.quotas),
            ),
            "criteria": (
                "code,name,parent,block,source,max_points",
                *("TC1,Một cửa,,,survey,2", "B1,Thể chế,,SN,appraised,3", "D1,Thủ tục,,HU,appraised,3"),
            ),
            "appraised": ("agency,criterion,appraised_points", "SNV,B1,2", "STC,B1,2.5", "HL,D1,1.5"),
        }
        for name, lines in tables.items():
            (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
        return load_campaign(tmp_path)

    return make


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


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    """A Chromium, opened once a file of tests."""
    expect.set_options(timeout=60_000)  # a loaded machine is slow, not wrong
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=browser_path, headless=True, args=BROWSER_FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the site is served to it."""
    with serve_app(app) as found:
        yield found
