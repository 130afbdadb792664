"""Making a backup while the server runs: one moment of the store, and every file that moment names.

The store is copied first and the files after it: originals are on disk for good before the store names them. Left out
are keys, the list of people as a file, papers that name people, printed files and whatever is made again on demand.
"""

from __future__ import annotations

import datetime
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, func, select

from collector.backup.archive import Archive, Member, Report, write_archive
from collector.backup.links import seal_links, take_links
from collector.belonging import check_keys
from collector.files import find_abandoned, hold_file
from collector.folder_swap import FORMER, finish_swap, prepare_folder
from collector.people.contact_keys import ContactKeys
from collector.people.sealed import find_keys
from collector.settings import DATA, KEY_BYTES, list_secrets, name_key
from collector.store import Store
from collector.store.clock import store_time
from collector.store.events import get_head, record_event
from collector.store.row_copy import write_snapshot
from collector.store.schema import REVISION, recipient, response, scan_file, sheet, upload
from forms.campaign import Campaign
from forms.errors import WorkFailed
from forms.table_forms import RECIPIENTS, TABLE_FORMS
from forms.tables import find_tables
from forms.words import text

DATABASE = "database.sqlite"
LINKS = "links.sealed"
CAMPAIGN, SCANS, INBOX, KEPT, KEYS = "campaign/", "scans/", "inbox/", "former/", "keys/"
LEFT_OUT = ("print", "evidence", "personal-data", "keys", "recipients")
SETTINGS = "campaign.yaml"
_WORK = "backup"
_LINE = re.compile(rb"(?m)^database:.*$")


@dataclass(frozen=True)
class Backup:
    """What was written; `missing` originals the store names and the disk does not have, by their SHA-256.

    `keys`: the file of keys, where one was asked for; `removed`: what killed writers had left beside it.
    """

    archive: Archive
    missing: tuple[str, ...]
    keys: Archive | None = None
    removed: tuple[Path, ...] = ()


def make_backup(
    store: Store,
    campaign: Campaign,
    out: Path,
    who: str,
    with_keys: bool = False,
    keys_out: Path | None = None,
    report: Report = lambda *_: None,
    now: datetime.datetime | None = None,
) -> Backup:
    """Write a backup, and the keys into the same file or one of their own, where asked for. Recorded in the log.

    What a backup that was killed left half written beside `out` is removed. WorkFailed where another backup of this
    campaign is being made.
    """
    check_keys(store, campaign.settings)
    finish_swap(store.folder)
    with _work_folder(store) as work:
        left = find_abandoned(out)
        for half in left:
            half.unlink(missing_ok=True)
        path = work / DATABASE
        write_snapshot(store, path)
        said, links, (names, waiting) = _look_into(store, campaign, path, now)
        scans, missing = _find_scans(store, names)
        members = [*_folder_members(store.folder), *_former_members(store.folder), *scans, Member(DATABASE, path)]
        members += [*_inbox_members(store, waiting), *([Member(LINKS, links)] if links else [])]
        keys = list_secrets(campaign.settings.id)
        said |= {"missing": missing, "keys": {"included": with_keys, "names": _fingerprints(keys)}}
        members += [Member(KEYS + name, content) for name, content in keys.items()] if with_keys else []
        made = write_archive(out, "backup", members, said, report)
    apart = None if keys_out is None else _write_keys(campaign, keys, keys_out)
    with store.write() as conn:
        told = f"keys={'in' if with_keys else 'apart' if apart else 'none'}"
        record_event(conn, who, "backup.make", made.digest, told, now)
    return Backup(made, tuple(missing), apart, tuple(left))


@contextmanager
def _work_folder(store: Store) -> Iterator[Path]:
    """A folder of one's own under data/; what a backup that was killed left there goes first."""
    place = store.folder.resolve() / DATA / _WORK
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with hold_file(place / "lock", WorkFailed(text("backup.busy"))):
        for left in place.glob("making-*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix="making-", dir=place) as work:
            yield Path(work)


def _look_into(
    store: Store, campaign: Campaign, path: Path, now: datetime.datetime | None
) -> tuple[dict[str, Any], bytes, tuple[list[str], dict[str, str]]]:
    """What the manifest says of a copied store, its sealed links, and the originals and waiting files that it names."""
    with copied_store(path) as engine, engine.begin() as conn:
        conn.exec_driver_sql("PRAGMA secure_delete = ON")
        links = take_links(conn)
        keys = _find_keys(conn, campaign.settings.id) if links else None
        counted = {"sheets": sheet, "responses": response, "scan_files": scan_file, "people": recipient}
        counts = {name: conn.scalar(select(func.count()).select_from(table)) for name, table in counted.items()}
        originals = list(conn.scalars(select(scan_file.c.sha256).order_by(scan_file.c.sha256)))
        under_way = select(upload.c.token, upload.c.sha256).where(upload.c.state.in_(("waiting", "reading")))
        waiting = {row.token: row.sha256 for row in conn.execute(under_way)}
        said = {
            "campaign": campaign.settings.id,
            "program": version("phieu"),
            "made_at": f"{store_time(now):%Y-%m-%dT%H:%M:%SZ}",
            "engine": store.engine.dialect.name,
            "revision": REVISION,
            "log_head": str(get_head(conn)),
            "counts": counts,
            "links": {"count": len(links), "key": keys.seal_name if keys and links else ""},
            "left_out": list(LEFT_OUT),
        }
        return said, seal_links(keys, links) if keys and links else b"", (originals, waiting)


def _find_keys(conn: Connection, campaign_id: str) -> ContactKeys | None:
    """The keys of the list; None where they are lost, for the rest is worth a backup all the more."""
    try:
        return find_keys(conn, campaign_id)
    except WorkFailed:
        return None


@contextmanager
def copied_store(path: Path) -> Iterator[Engine]:
    """A copied SQLite file, opened without a journal beside it."""
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA journal_mode = MEMORY").all()
        yield engine
    finally:
        engine.dispose()


def _folder_members(folder: Path) -> Iterator[Member]:
    """The campaign's own files, without people and without the address of a database, which may hold a password.

    Nothing else that lies in the folder: nobody knows whom it names.
    """
    tables = (path for form in TABLE_FORMS if form != RECIPIENTS for path in find_tables(folder, form.name))
    whole = [*folder.glob("words.*.yaml"), *folder.glob("*.md"), *folder.glob("questionnaires/*"), *tables]
    whole += [path for path in folder.glob("fonts/**/*") if not path.is_dir()]
    for path in sorted({path for path in whole if path.is_file() and not path.name.startswith((".", "~"))}):
        yield Member(CAMPAIGN + path.relative_to(folder).as_posix(), path)
    yield Member(CAMPAIGN + SETTINGS, _LINE.sub(b"database: sqlite", (folder / SETTINGS).read_bytes()))


def _former_members(folder: Path) -> Iterator[Member]:
    kept = prepare_folder(folder) / FORMER
    for path in sorted(kept.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield Member(KEPT + path.relative_to(kept).as_posix(), path)


def _find_scans(store: Store, names: list[str]) -> tuple[list[Member], list[str]]:
    found = {name: store.scan_path(name) for name in names}
    missing = [name for name, path in found.items() if not path.is_file()]
    return [Member(SCANS + name, path) for name, path in found.items() if name not in set(missing)], missing


def _inbox_members(store: Store, waiting: dict[str, str]) -> Iterator[Member]:
    """Files that wait to be read; one that was read meanwhile has become an original of the same bytes."""
    for token, sha256 in sorted(waiting.items()):
        for path in (store.folder / DATA / "inbox" / token, store.scan_path(sha256)):
            if path.is_file():
                yield Member(INBOX + token, path)
                break


def _fingerprints(keys: dict[str, bytes]) -> dict[str, str]:
    """What tells a key from another and nothing of it; of a password not even that."""
    return {name: name_key(key) if len(key) == KEY_BYTES else "" for name, key in keys.items()}


def _write_keys(campaign: Campaign, keys: dict[str, bytes], out: Path) -> Archive:
    members: list[Member] = [Member(KEYS + name, content) for name, content in keys.items()]
    return write_archive(out, "keys", members, {"campaign": campaign.settings.id, "names": _fingerprints(keys)})
