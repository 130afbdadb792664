"""Opening a campaign's database, and the two kinds of transaction: `read` and `write`.

SQLite by default (WAL, synchronous=FULL: what was answered with a receipt survives a power cut), PostgreSQL by address.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, make_url, select
from sqlalchemy import text as sql
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError

from collector.settings import DATA, database_url
from collector.store.codes import Codes, load_codes
from collector.store.events import WAITING, append_events
from collector.store.once import insert_once
from collector.store.schema import REVISION, meta
from collector.store.together import Together
from forms.campaign import Settings
from forms.errors import InputWrong, Problem, WorkFailed
from forms.words import text

BUSY_MS = 30_000
CAMPAIGN, STORE = "campaign", "store"  # in `meta`: the campaign's id, and the name of this very database
CONNECTIONS = 40  # more than a web server's threads and a scan job together; idle ones cost little
_MIGRATIONS = Path(__file__).parent / "migrations"
_SOON_S = 3
_Result = TypeVar("_Result")
_MIGRATION_LOCK = 0x50484945  # any number that no other program uses on this database


@dataclass(frozen=True)
class Store:
    """An open database of one campaign, safe to share between threads; `folder` is the campaign folder.

    `codes` keeps the code tables of printed layouts, which never change, between transactions.
    """

    folder: Path
    engine: Engine = field(repr=False)
    url: str = field(repr=False)  # may hold a password
    codes: dict[int, Codes] = field(default_factory=dict, repr=False, compare=False)
    _turn: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)
    _together: Together = field(default_factory=Together, repr=False, compare=False)
    _still: Connection | None = field(default=None, repr=False, compare=False)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment of the store; whatever it writes is thrown away."""
        if self._still is not None:
            yield self._still
            return
        with self.engine.connect() as conn:
            if conn.dialect.name == "postgresql":
                conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield conn

    @contextmanager
    def at_one_moment(self) -> Iterator[Store]:
        """The same store, every `read` of which sees the moment at which the block began; for one thread, to read."""
        with self.read() as conn:
            conn.execute(select(meta.c.key).limit(1))  # a database chooses the moment at the first statement
            yield replace(self, _still=conn)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection whose changes are kept all or none, at the end. Keep it short and open no image in it."""
        if self._still is not None:
            raise RuntimeError("what was read at one moment is not written to")
        # SQLite lets one write at a time; the others look again every so often and would sleep past their turn.
        with self._turn if self._is_embedded else nullcontext(), _write(self.engine) as conn:
            yield conn

    def write_together(self, work: Callable[[Connection], _Result]) -> _Result:
        """Do some work in a write transaction and give its result once that is kept; an error takes it all back.

        Threads that ask at the same moment share one commit on SQLite; PostgreSQL sees to that by itself.
        """
        if self._is_embedded:
            return self._together.run(self.write, work)
        with self.write() as conn:
            return work(conn)

    @property
    def _is_embedded(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def get_codes(self, conn: Connection, layout: int) -> Codes:
        """The code tables of a layout by its key."""
        if layout not in self.codes:
            self.codes[layout] = load_codes(conn, layout)
        return self.codes[layout]

    def scan_path(self, sha256: str) -> Path:
        """Where the original of a scan file lies."""
        return self.folder / DATA / "scans" / sha256

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_store(folder: Path, settings: Settings, url: str | None = None) -> Store:
    """Open a campaign's store; make it or bring it up to date first.

    `url` overrides PHIEU_DATABASE and campaign.yaml. InputWrong where the database belongs to another campaign or the
    address is none; WorkFailed where it does not answer or was written by a later version of this program.
    """
    url = url or database_url(folder, settings.database)
    _make_data_folder(folder / DATA)
    try:
        engine = _make_engine(url)
        _migrate(engine)
        _own(engine, settings.id)
    except (ArgumentError, NoSuchModuleError) as error:
        problem = Problem("campaign.yaml", text("store.address_wrong"), text("store.address_fix"))
        raise InputWrong([problem]) from error
    except (OperationalError, ModuleNotFoundError) as error:
        raise WorkFailed(text("store.unreachable", reason=str(error).splitlines()[0])) from error
    return Store(folder, engine, url)


def make_tables(url: str) -> Engine:
    """An engine of a database that has our tables and belongs to no campaign yet; errors as of open_store."""
    engine = _make_engine(url)
    _migrate(engine)
    return engine


def read_owner(url: str) -> dict[str, str] | None:
    """What a database says of itself (CAMPAIGN, STORE); None where there is none of ours, or it does not answer soon.

    Nothing is made or changed.
    """
    at = make_url(url)
    if at.get_backend_name() == "sqlite" and not Path(at.database or "").is_file():
        return None
    asked = {} if at.get_backend_name() == "sqlite" else {"connect_timeout": _SOON_S}
    try:
        engine = create_engine(at, hide_parameters=True, connect_args=asked)
        with engine.connect() as conn:
            return read_names(conn) if inspect(conn).has_table(meta.name) else None
    except (SQLAlchemyError, ModuleNotFoundError):
        return None


def read_names(conn: Connection) -> dict[str, str] | None:
    """CAMPAIGN and STORE of a database; None where nobody owns it yet."""
    found = {row.key: row.value for row in conn.execute(select(meta).where(meta.c.key.in_((CAMPAIGN, STORE))))}
    return found if len(found) == 2 else None


def _make_data_folder(data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    with suppress(PermissionError):  # another user's folder: how far it is open is theirs to say
        data.chmod(0o700)


def _make_engine(url: str) -> Engine:
    # hide_parameters: an error's text ends up in logs, and answers do not belong there.
    pool: dict[str, Any] = {"pool_size": CONNECTIONS // 4, "max_overflow": CONNECTIONS, "hide_parameters": True}
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, **pool)
    engine = create_engine(url, **pool)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # sqlite3 then leaves BEGIN to us
    for pragma in (f"busy_timeout = {BUSY_MS}", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(conn: Connection) -> None:
    # A transaction that reads first and writes later would fail where another one wrote in between.
    conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("phieu_write") else "BEGIN")


@contextmanager
def _write(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as conn:
        conn.execution_options(phieu_write=True, **{WAITING: []})
        with conn.begin():
            yield conn
            append_events(conn)


def _migrate(engine: Engine) -> None:
    with engine.connect() as conn:
        if _revision(conn) == REVISION:
            return
    from alembic import command  # half of a command's start-up time, and hardly ever needed
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with _write(engine) as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        config.attributes["connection"] = conn
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise WorkFailed(text("store.too_new")) from error


def _revision(conn: Connection) -> str | None:
    if not inspect(conn).has_table("alembic_version"):
        return None
    revision: str | None = conn.scalar(sql("SELECT version_num FROM alembic_version"))
    return revision


def _own(engine: Engine, campaign_id: str) -> None:
    owner = select(meta.c.value).where(meta.c.key == CAMPAIGN)
    with engine.connect() as conn:
        found = conn.scalar(owner)
    if found is None:
        with _write(engine) as conn:
            insert_once(conn, meta, {"key": CAMPAIGN, "value": campaign_id})
            insert_once(conn, meta, {"key": STORE, "value": secrets.token_hex(8)})
            found = conn.scalar(owner)
    if found != campaign_id:
        problem = Problem(
            "campaign.yaml",
            text("store.other_campaign", found=found, wanted=campaign_id),
            text("store.other_campaign_fix"),
        )
        raise InputWrong([problem])
