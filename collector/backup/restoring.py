"""A campaign made of a backup again: in a folder that was not there, on either kind of database, all or nothing.

Everything is checked in a folder beside the new one before that appears under its name: hashes, the database, the chain
of the log, the keys. Restoring is an act of the log; sessions of the console end.
"""

from __future__ import annotations

import datetime
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import DatabaseError

from collector.backup.archive import Archive, Report, open_archive, read_members
from collector.backup.links import put_links_back
from collector.backup.making import CAMPAIGN, DATABASE, INBOX, KEPT, KEYS, LINKS, SCANS, copied_store
from collector.folder_swap import FORMER, PREPARE
from collector.letters.background import forget_sender
from collector.people.sealed import find_keys
from collector.settings import DATA, database_url, list_secrets, name_key, put_secret, sqlite_url
from collector.store import Store, open_store
from collector.store.chain import Broken, check_chain, find_head
from collector.store.clock import store_time
from collector.store.engine import make_tables
from collector.store.events import read_events, record_event
from collector.store.row_copy import copy_rows, is_free
from collector.store.schema import account_session, letter
from forms.campaign import Settings
from forms.errors import InputWrong, Problem, WorkFailed
from forms.folder import load_campaign
from forms.words import text

_FOLDERS = {CAMPAIGN: "", SCANS: f"{DATA}/scans/", INBOX: f"{DATA}/inbox/", KEPT: f"{DATA}/{PREPARE}/{FORMER}/"}


@dataclass(frozen=True)
class Restored:
    """What came back; `lost` and `other` keys by name: not on this machine, or not the ones of the backup.

    `waiting`: letters in the queue, which may have left after the backup was made.
    """

    archive: Archive
    lost: tuple[str, ...]
    other: tuple[str, ...]
    waiting: int


def check_backup(path: Path, report: Report = lambda *_: None) -> Archive:
    """Read a whole backup as restoring would, and keep nothing; InputWrong with every file that is not as it was."""
    with tempfile.TemporaryDirectory(prefix="phieu-") as place, open_archive(path, "backup") as (found, archive):
        copy = Path(place) / DATABASE
        read_members(found, archive, lambda name: copy if name == DATABASE else None, report)
        _check_database(found, copy)
        return found


def restore_backup(
    path: Path,
    folder: Path,
    who: str,
    keys_file: Path | None = None,
    without_links: bool = False,
    report: Report = lambda *_: None,
    now: datetime.datetime | None = None,
) -> Restored:
    """Make a campaign folder of a backup, its database where PHIEU_DATABASE says, else in the folder.

    InputWrong where the folder or the database holds something, or a file is not as it was; WorkFailed where the key is
    missing that the links of unlinked groups are sealed under, unless `without_links`.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputWrong([Problem(str(folder), text("backup.folder_full"), text("backup.folder_full_fix"))])
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open_archive(path, "backup") as (found, archive):
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            (fresh / DATA).mkdir(mode=0o700)
            read_members(found, archive, lambda name: _place(fresh, name), report)
            _check_database(found, fresh / DATA / DATABASE)
            lost, other = _bring_keys(found, fresh, keys_file)
            waiting = _bring_store(found, fresh, folder, who, without_links, now)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
    return Restored(found, lost, other, waiting)


def _place(fresh: Path, name: str) -> Path | None:
    """Where a file of a backup lies in a campaign folder; the database, links and keys first lie under data/."""
    for inside, folder in _FOLDERS.items():
        if name.startswith(inside):
            return fresh / f"{folder}{name.removeprefix(inside)}"
    return fresh / DATA / name if name in (DATABASE, LINKS) or name.startswith(KEYS) else None


def _check_database(found: Archive, path: Path) -> None:
    """Whether the database is whole and its log the one that the manifest names."""
    if not path.is_file():
        raise InputWrong([_problem(found, "file_missing", file=DATABASE)])
    try:
        with copied_store(path) as engine, engine.connect() as conn:
            sound = conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            sound = sound and conn.exec_driver_sql("PRAGMA foreign_key_check").first() is None
            _, broken = check_chain(read_events(conn), find_head(str(found.manifest.get("log_head"))))
    except DatabaseError:  # no database at all, or one of another program
        sound, broken = False, None
    if not sound:
        raise InputWrong([_problem(found, "database_broken")])
    if broken is not None:
        raise InputWrong([_say_broken(found, broken)])


def _say_broken(found: Archive, broken: Broken) -> Problem:
    return _problem(found, "log_broken", what=text(f"log.broken_{broken.fault}", line=broken.id))


def _bring_keys(found: Archive, fresh: Path, keys_file: Path | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put the keys that were given where this machine keeps keys; which ones it now lacks, and which are others.

    InputWrong where keys are given and others of the same name lie there: which ones count is a person's to say.
    """
    campaign, names = str(found.manifest["campaign"]), dict(found.manifest["keys"]["names"])
    given = _load_keys(campaign, keys_file) if keys_file is not None else {}
    inside = fresh / DATA / KEYS
    given |= {one.name: one.read_bytes() for one in sorted(inside.iterdir())} if inside.is_dir() else {}
    shutil.rmtree(inside, ignore_errors=True)
    here = list_secrets(campaign)
    clashing = [name for name, key in given.items() if here.get(name, key) != key]
    if clashing:
        raise InputWrong([_problem(found, "key_clash", file=name, campaign=campaign) for name in clashing])
    for name, key in given.items():
        if not put_secret(campaign, name, key):
            raise InputWrong([_problem(found, "file_name", file=name)])
    here = list_secrets(campaign)
    lost = tuple(name for name in names if name not in here)
    return lost, tuple(name for name, told in names.items() if told and name in here and name_key(here[name]) != told)


def _load_keys(campaign: str, path: Path) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="phieu-") as place, open_archive(path, "keys") as (found, archive):
        if found.manifest.get("campaign") != campaign:
            raise InputWrong([_problem(found, "keys_other_campaign", found=found.manifest.get("campaign"))])
        read_members(found, archive, lambda name: Path(place) / name)
        return {one.name: one.read_bytes() for one in sorted((Path(place) / KEYS).iterdir())}


def _bring_store(
    found: Archive, fresh: Path, folder: Path, who: str, without_links: bool, now: datetime.datetime | None
) -> int:
    """Bring the database to where it is to lie, and the folder to its name; how many letters wait."""
    (fresh / DATA / DATABASE).replace(fresh / DATA / "phieu.sqlite")
    settings = load_campaign(fresh).settings
    if settings.id != found.manifest["campaign"]:
        raise InputWrong([_problem(found, "other_campaign", found=settings.id)])
    store = open_store(fresh, settings, sqlite_url(fresh))
    try:
        with store.write() as conn:
            _bring_links(conn, found, fresh / DATA / LINKS, settings, without_links)
            open_ones = update(account_session).where(account_session.c.ended_at.is_(None))
            conn.execute(open_ones.values(ended_at=store_time(now), why="reset"))
            forget_sender(conn)  # letters may have left since
            record_event(conn, who, "backup.restore", found.digest, "", now)
            queued = select(func.count()).where(letter.c.state.in_(("queued", "sending")))
            waiting = conn.scalar(queued) or 0
        (fresh / DATA / LINKS).unlink(missing_ok=True)
        _settle(store, fresh, folder, database_url(fresh, settings.database))
        return waiting
    finally:
        store.close()


def _bring_links(conn: Connection, found: Archive, sealed: Path, settings: Settings, without_links: bool) -> None:
    wanted: Mapping[str, Any] = found.manifest["links"]
    if not wanted["count"]:
        return
    try:
        keys = find_keys(conn, settings.id)
        if keys is None or not sealed.is_file():
            raise WorkFailed(text("backup.links_absent"))
        put_links_back(conn, keys, sealed.read_bytes())
    except WorkFailed as error:
        if not without_links:
            told = text("backup.links_shut", count=wanted["count"], key=wanted["key"], reason=error)
            raise WorkFailed(told) from error


def _settle(store: Store, fresh: Path, folder: Path, url: str) -> None:
    """Give the folder its name; where another database was asked for, its rows are kept in the same moment."""
    if url == sqlite_url(fresh):
        store.close()  # the last connection folds the write-ahead log into the file
        fresh.chmod(0o755)
        _rename(fresh, folder)
        return
    target = make_tables(url)
    try:
        with store.read() as source, target.begin() as conn:
            if not is_free(conn):
                raise InputWrong([Problem("PHIEU_DATABASE", text("backup.taken"), text("backup.taken_fix"))])
            copy_rows(source, conn)
            for left in (fresh / DATA).glob("phieu.sqlite*"):
                left.unlink()
            fresh.chmod(0o755)
            _rename(fresh, folder)
    finally:
        target.dispose()


def _rename(fresh: Path, folder: Path) -> None:
    if folder.is_dir():
        folder.rmdir()  # empty, as was looked at; Windows renames onto nothing
    fresh.rename(folder)


def _problem(found: Archive, key: str, /, **fields: object) -> Problem:
    return Problem(str(found.path), text(f"backup.{key}", **fields), text(f"backup.{key}_fix", **fields))
