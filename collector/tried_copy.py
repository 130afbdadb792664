"""A store to try something on: what a store holds at this moment, in a file of its own. Nobody waits, nothing stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL

from collector.files import hold_file
from collector.settings import DATA
from collector.store import Store, open_store
from collector.store.row_copy import write_snapshot
from forms.campaign import Campaign
from forms.errors import WorkFailed
from forms.words import text

_COPIES = "copy-*"


@contextmanager
def copy_to_try(store: Store, campaign: Campaign) -> Iterator[Store]:
    """A copy that is gone afterwards, for its owner alone meanwhile; WorkFailed while somebody else tries.

    It takes as much room on the disk as the store. What a killed process left goes with the next copy, or before
    (drop_left_copies): it holds people and links that the store may have forgotten since.
    """
    place = _place(store)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with hold_file(place / "lock", WorkFailed(text("import.trying_busy"))):
        _clear(place)
        with TemporaryDirectory(prefix="copy-", dir=place) as made:
            path = Path(made) / "phieu.sqlite"
            write_snapshot(store, path)
            address = URL.create("sqlite", database=str(path)).render_as_string()
            copy = open_store(store.folder, campaign.settings, address)
            try:
                yield copy
            finally:
                copy.close()


def drop_left_copies(store: Store) -> None:
    """Put away what killed processes left; nothing while somebody tries."""
    place = _place(store)
    if any(place.glob(_COPIES)):
        with suppress(WorkFailed), hold_file(place / "lock", WorkFailed(text("import.trying_busy"))):
            _clear(place)


def _place(store: Store) -> Path:
    return store.folder.resolve() / DATA / "trying"


def _clear(place: Path) -> None:
    for left in place.glob(_COPIES):
        shutil.rmtree(left, ignore_errors=True)
