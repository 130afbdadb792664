"""Letters that leave by themselves while the server runs, once a person has said so on the screen.

That they said so stands in the database: another server of this folder goes on where one ended, and a restored backup
does not. What may leave, how fast and how many a day is decided where every letter is (collector.letters.sending).
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection, delete, select

from collector.letters.inviting import get_rules
from collector.letters.sending import get_server, send_letters
from collector.store import Store
from collector.store.events import record_event
from collector.store.letters import count_tried, has_due, has_interrupted, queue_unsure
from collector.store.once import insert_once
from collector.store.schema import meta
from forms.campaign import Campaign
from forms.errors import PhieuError, WorkFailed
from forms.words import text

_KEY = "letters.sender"
_LOOK_EVERY_S = 20.0
_LONGEST_WAIT_S = 30 * 60.0  # between runs that a server ended


def find_sender(conn: Connection) -> str:
    """Who had letters leave by themselves; "" while they do not."""
    return conn.scalar(select(meta.c.value).where(meta.c.key == _KEY)) or ""


def start_sending(store: Store, campaign: Campaign, who: str) -> None:
    """Have letters leave from now on; InputWrong where no server or no sender is set."""
    get_rules(campaign)
    get_server(campaign)
    with store.write() as conn:
        if insert_once(conn, meta, {"key": _KEY, "value": who}):
            record_event(conn, who, "invite.start", "")


def stop_sending(store: Store, who: str) -> None:
    """Have no further letter leave; one that is being given to a server goes."""
    with store.write() as conn:
        if forget_sender(conn):
            record_event(conn, who, "invite.stop", "")


def forget_sender(conn: Connection) -> bool:
    """Nobody has letters leave any more; whether somebody had."""
    return bool(conn.execute(delete(meta).where(meta.c.key == _KEY)).rowcount)


def send_unsure_again(store: Store, who: str) -> int:
    """Put what nobody knows about back into the queue, because a person said so; how many."""
    with store.write() as conn:
        count = queue_unsure(conn)
        if count:
            record_event(conn, who, "invite.again", "", f"letters={count}")
    return count


def _this_moment() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class _StoppedError(Exception):
    """The run is to end between two letters."""


class LetterSender:
    """A thread beside the server's own that sends what is due while somebody wants it; one process at a time does.

    `fault`: what ended the last run too soon, in words; None after one that went well. The next one then waits longer.
    """

    def __init__(self, store: Store, campaign: Callable[[], Campaign], look_every_s: float = _LOOK_EVERY_S) -> None:
        self._store, self._campaign, self._look_every_s = store, campaign, look_every_s
        self._over = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self.fault: str | None = None

    def begin(self) -> None:
        """Look from now on whether letters are due."""
        if self._thread is None:
            # A daemon: a mail server that is silent holds no end of ours up; its letter is then in doubt, and said.
            self._thread = threading.Thread(target=self._run, name="letters", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Look at once, whatever went wrong before."""
        self._woken.set()

    def close(self, patience_s: float = 5.0) -> None:
        """End after the letter at hand."""
        self._over.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(patience_s)

    def send_due(self, now: datetime.datetime | None = None) -> None:
        """One run, where somebody wants letters to leave and one may; WorkFailed where none came any further."""
        moment = now or _this_moment()
        campaign = self._campaign()
        mail = campaign.settings.mail
        with self._store.read() as conn:
            who = find_sender(conn)
            is_due = has_due(conn, moment) or has_interrupted(conn)
            if not who or mail is None or not is_due or count_tried(conn, moment) >= mail.per_day:
                return
        with suppress(_StoppedError):
            done = send_letters(self._store, campaign, who, pause=self._pause, now=lambda: now or _this_moment())
            if is_due and not (done.sent or done.later or done.failed or done.unsure):
                with self._store.read() as conn:
                    if has_due(conn, moment):  # the line broke each time
                        raise WorkFailed(text("letters.all_cut", host=mail.host))

    def _pause(self, seconds: float) -> None:
        if self._over.wait(seconds):
            raise _StoppedError
        with self._store.read() as conn:
            if not find_sender(conn):
                raise _StoppedError

    def _run(self) -> None:
        failures = 0
        while not self._over.is_set():
            try:
                self.send_due()
                failures, self.fault = 0, None
            except PhieuError as error:
                failures, self.fault = failures + 1, error.args[0]  # a sentence: who looks has a language
            except Exception as error:  # a thread that dies would leave a queue that looks as if it moved
                failures, self.fault = failures + 1, type(error).__name__
            wait_s = min(self._look_every_s * 2**failures, max(_LONGEST_WAIT_S, self._look_every_s))
            if self._woken.wait(wait_s):
                self._woken.clear()
                failures = 0
