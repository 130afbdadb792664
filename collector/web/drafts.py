"""What somebody sent after their session had ended by time: kept for them alone until they are logged in again.

One form a person, for an hour: a file of the server's that outlives a restart, in no backup, sealed under the
campaign's key (AES-256-GCM, bound to campaign and account), so that a copy of the folder tells nothing. A shared
machine keeps nothing of it, and whoever else logs in there never sees it. It is shown once, and nothing is done before
it is sent anew.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from werkzeug.datastructures import MultiDict

from collector.beside.upload import is_stale
from collector.beside.work import work_folder
from collector.files import private_file
from collector.settings import load_key
from collector.store import Store

LASTS_S = 3600
# Posts whose page shows at the same address what was typed; a file that was chosen has to be chosen again
KEPT = frozenset(
    {
        *("typed.keep", "rechecks.record", "prepare.keep_yearly", "prepare.make"),
        *("petitions.take", "petitions.decide", "sheets.record", "users.add", "letters.keep", "rechecks.apply"),
    }
)
# Posts about one of a page's many, and that page; which one it was is kept in the field OF
SHOWN_AT = {"conflicts.decide": "conflicts.show", "signatures.decide": "signatures.show"}
OF = "of"
_NAME = re.compile(r"draft-[0-9]+")
_KEY_NAME, _NONCE_BYTES = "accounts", 12


@dataclass(frozen=True)
class Draft:
    """A form as it was sent; `address` is the path with its query, of a page of ours."""

    address: str
    form: MultiDict[str, str] = field(repr=False)
    at_s: float


class Drafts:
    """The drafts of one campaign's console, by account; safe to share between threads and after a restart."""

    def __init__(self, folder: Path, campaign_id: str, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._campaign_id, self._clock = folder, campaign_id, clock
        self._lock = threading.Lock()

    def keep(self, account: int, address: str, form: MultiDict[str, str]) -> bool:
        """Keep what an account sent, in place of what was kept of it before; False where the disk has no room."""
        fields = [(name, value) for name, value in form.items(multi=True) if name != "csrf_token"]
        said = json.dumps({"address": address, "form": fields, "at_s": self._clock()})
        try:
            with self._lock, private_file(self._path(account)) as fresh:
                fresh.write_bytes(self._seal(account, said.encode()))
        except OSError:
            return False
        return True

    def find_address(self, account: int) -> str | None:
        """Where an account's draft is shown."""
        with self._lock:
            found = self._find(account)
        return None if found is None else found.address

    def take(self, account: int, address: str) -> MultiDict[str, str] | None:
        """An account's draft of this page, which is then kept no longer."""
        with self._lock:
            found = self._find(account)
            if found is None or found.address != address:
                return None
            self._path(account).unlink(missing_ok=True)
            return found.form

    def _find(self, account: int) -> Draft | None:
        """None for one that is too old, or that another key sealed."""
        try:
            said = json.loads(self._open(account, self._path(account).read_bytes()))
        except (FileNotFoundError, InvalidTag, ValueError):
            return None
        fields = [(name, value) for name, value in said["form"]]
        found = Draft(said["address"], MultiDict(fields), said["at_s"])
        return found if 0 <= self._clock() - found.at_s < LASTS_S else None

    def _path(self, account: int) -> Path:
        return work_folder(self._folder) / f"draft-{account}"

    def _seal(self, account: int, plain: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._key()).encrypt(nonce, plain, self._place(account))

    def _open(self, account: int, sealed: bytes) -> bytes:
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return AESGCM(self._key()).decrypt(nonce, rest, self._place(account))

    def _key(self) -> bytes:
        return hmac.digest(load_key(self._campaign_id, _KEY_NAME), b"draft", hashlib.sha256)

    def _place(self, account: int) -> bytes:
        return f"phieu draft 1|{self._campaign_id}|{account}".encode()


def drop_old_drafts(store: Store) -> None:
    """Put away what nobody came back for within the hour."""
    for path in work_folder(store.folder).glob("draft-*"):
        if _NAME.fullmatch(path.name) and is_stale(path, LASTS_S):
            path.unlink(missing_ok=True)
