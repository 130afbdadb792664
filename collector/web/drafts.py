"""What somebody sent after their session had ended by time: kept for them alone until they are logged in again.

In this server's memory and nowhere else, one form a person, for an hour: a shared machine keeps nothing of it, no disk
and no backup does, and whoever else logs in there never sees it. It is shown once, and nothing is done before it is
sent anew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

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


@dataclass(frozen=True)
class Draft:
    """A form as it was sent; `address` is the path with its query, of a page of ours."""

    address: str
    form: MultiDict[str, str] = field(repr=False)
    at_s: float


class Drafts:
    """The drafts of one server, by account; safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._kept: dict[int, Draft] = {}

    def keep(self, account: int, address: str, form: MultiDict[str, str]) -> None:
        """Keep what an account sent, in place of what was kept of it before."""
        with self._lock:
            self._forget_old()
            fields = [(name, value) for name, value in form.items(multi=True) if name != "csrf_token"]
            self._kept[account] = Draft(address, MultiDict(fields), self._clock())

    def find_address(self, account: int) -> str | None:
        """Where an account's draft is shown."""
        with self._lock:
            self._forget_old()
            return self._kept[account].address if account in self._kept else None

    def take(self, account: int, address: str) -> MultiDict[str, str] | None:
        """An account's draft of this page, which is then kept no longer."""
        with self._lock:
            self._forget_old()
            found = self._kept.get(account)
            return self._kept.pop(account).form if found is not None and found.address == address else None

    def _forget_old(self) -> None:
        now = self._clock()
        self._kept = {account: one for account, one in self._kept.items() if now - one.at_s < LASTS_S}
