"""Watched folders of a server: what the scanner finished writing there joins the queue of the screen of scans.

Nothing is moved or deleted there. What the store knows already, as after a new start, is not handed in again.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from collector.scans.uploads import UploadReader, hand_in
from collector.scans.watch import EVERY_S, Watch
from collector.store import Store
from collector.store.uploads import is_known
from forms.words import text

_log = logging.getLogger(__name__)


class FolderFeed:
    """Hands in each file of some folders once; `say` hears of folders that cannot be entered."""

    def __init__(self, store: Store, folders: Sequence[Path], say: Callable[[str], None]) -> None:
        self._store, self._say = store, say
        self._watch = Watch(folders)
        self._again: set[Path] = set()

    def look(self, now_s: float) -> int:
        """How many files were handed in; one that could not be read or kept is tried at the next look.

        `now_s` comes from any clock that only goes forward.
        """
        found, problems = self._watch.look(now_s)
        for problem in problems:
            self._say(str(problem))
        tried, self._again = self._again, set()
        return sum(self._hand_in(path, path in tried) for path in [*sorted(tried), *found])

    def _hand_in(self, path: Path, was_tried: bool) -> bool:
        try:
            with path.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
                with self._store.read() as conn:
                    if is_known(conn, digest):
                        return False
                content.seek(0)
                who = text("scan.watched_folder", folder=path.parent.name)
                hand_in(self._store, content, path.name, who, datetime.datetime.now(datetime.UTC))
        except FileNotFoundError:  # somebody took it away
            return False
        except OSError as error:
            if not was_tried:  # looks follow each other by the second
                _log.warning("%s", type(error).__name__)  # its name may be a person's
            self._again.add(path)
            return False
        return True


def keep_fed(feed: FolderFeed, reader: UploadReader, over: threading.Event) -> None:
    """Look again and again, until it is `over`, and have what was handed in read."""
    while not over.is_set():
        try:
            feed.look(time.monotonic())
            reader.wake()
        except Exception as error:  # a thread that dies would leave all of it for good
            _log.warning("%s: %s", threading.current_thread().name, type(error).__name__)
        over.wait(EVERY_S)
