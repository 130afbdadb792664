"""Settings of this machine: which database, where the keys lie. Knows no campaign file, no table, no web."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sys
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from forms.errors import InputWrong, Problem, WorkFailed
from forms.words import text

DATA = "data"
KEY_BYTES = 32
FIRST_MANAGER = "first-manager.txt"  # words that one person reads once, and no key
OWNER = "database.json"  # which database the keys serve, and no key
_NAMED = "contacts-"
_KEPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")


def database_url(folder: Path, campaign_database: str) -> str:
    """SQLAlchemy's address of a campaign's database: PHIEU_DATABASE, else campaign.yaml's `database`.

    "sqlite" is FOLDER/data/phieu.sqlite; a PostgreSQL address is taken with the psycopg driver. InputWrong otherwise.
    """
    wanted = os.environ.get("PHIEU_DATABASE") or campaign_database
    if wanted == "sqlite":
        return sqlite_url(folder)
    scheme, _, rest = wanted.partition("://")
    if scheme in ("sqlite", "postgresql+psycopg"):
        return wanted
    try:
        if scheme in ("postgres", "postgresql"):
            return make_url(f"postgresql+psycopg://{rest}").render_as_string(hide_password=False)
    except (ArgumentError, ValueError):
        pass
    where = "PHIEU_DATABASE" if os.environ.get("PHIEU_DATABASE") else "campaign.yaml"
    raise InputWrong([Problem(where, text("cli.database_unknown"), text("cli.database_unknown_fix"))])


def sqlite_url(folder: Path) -> str:
    """The address of a campaign's embedded database."""
    file = str((folder / DATA / "phieu.sqlite").resolve())
    return URL.create("sqlite", database=file).render_as_string()  # a folder may be called "CCHC 100%"


def find_keys_folder(campaign_id: str) -> Path:
    """Where a campaign's keys lie or would lie."""
    given = os.environ.get("PHIEU_KEYS")
    return (Path(given) if given else _user_data() / "keys") / campaign_id


def keys_folder(campaign_id: str) -> Path:
    """Where a campaign's keys lie (mode 0700, made if missing): PHIEU_KEYS/ID, else this user's data directory."""
    folder = find_keys_folder(campaign_id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def load_key(campaign_id: str, name: str) -> bytes:
    """The 32 random bytes of a key, made the first time (mode 0600); whoever asks at the same moment gets the same.

    WorkFailed where the file holds anything else: a key cut short protects nothing, and a new one would open nothing.
    """
    path = keys_folder(campaign_id) / name
    if not path.exists():
        _write_key(path, secrets.token_bytes(KEY_BYTES))
    return _read_key(path)


def add_key(campaign_id: str, key: bytes) -> str:
    """Keep a key under a name that follows from what it is; gives the name's end, by which get_key finds it."""
    name = name_key(key)
    _write_key(keys_folder(campaign_id) / f"{_NAMED}{name}", key)
    return name


def get_key(campaign_id: str, name: str) -> bytes:
    """A key that add_key kept; never a new one. WorkFailed where it is lost or not the one of that name."""
    path = keys_folder(campaign_id) / f"{_NAMED}{name}"
    if not path.exists():
        raise WorkFailed(text("cli.key_lost", path=path))
    key = _read_key(path)
    if name_key(key) != name:
        raise WorkFailed(text("cli.key_other", path=path))
    return key


def remove_key(campaign_id: str, name: str) -> None:
    """Destroy a key: what it sealed stays shut for ever, except for who has a backup of it."""
    folder = keys_folder(campaign_id)
    # Whoever was killed while a key was being written left a second name of it.
    for path in (folder / f"{_NAMED}{name}", *folder.glob(f".{_NAMED}{name}.*")):
        path.unlink(missing_ok=True)
    _sync_folder(folder)


def write_secret(campaign_id: str, name: str, words: str) -> Path:
    """Write words that one person is to read once into a file (mode 0600) beside the keys; where it is."""
    path = keys_folder(campaign_id) / name
    path.unlink(missing_ok=True)
    _write_key(path, words.encode())
    return path


def list_secrets(campaign_id: str) -> dict[str, bytes]:
    """Every key and password that lies in a campaign's folder of keys, by the name of its file."""
    names = sorted(path for path in keys_folder(campaign_id).iterdir() if path.is_file() and _KEPT.fullmatch(path.name))
    return {path.name: path.read_bytes() for path in names if path.name not in (FIRST_MANAGER, OWNER)}


def put_secret(campaign_id: str, name: str, content: bytes) -> bool:
    """Put a key back under its name, unless one is there; whether what lies there now is this one."""
    if not _KEPT.fullmatch(name):
        return False
    path = keys_folder(campaign_id) / name
    if not path.exists():
        _write_key(path, content)
    return path.read_bytes() == content


def name_key(key: bytes) -> str:
    """Sixteen hex digits that tell a key from others and nothing about it."""
    return hashlib.sha256(b"phieu key" + key).hexdigest()[:16]


def _read_key(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise WorkFailed(text("cli.key_broken", path=path, size=len(key), wanted=KEY_BYTES))
    return key


def _write_key(path: Path, key: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)  # fails where the key is there already: the first one made stays
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    _sync_folder(path.parent)
    _sync_folder(path.parent.parent)


def _sync_folder(folder: Path) -> None:
    """Have names that came or went survive a power cut: what a key sealed is worth as much as the key's own name."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _user_data() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "phieu"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "phieu"
