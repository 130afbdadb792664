"""Files that name people or hold their links, made for one person on a page: one parcel at a time, gone soon.

It lies among the campaign's personal data, which no backup holds and which is erased with the list.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from collector.beside.upload import is_stale
from collector.beside.work import clear_work, find_work, work_folder
from collector.files import private_file
from collector.people.erasure import PARCEL, personal_folder
from collector.store import Store

Paper = Literal["slips", "merge", "merge_csv", "list"]
PAPERS: tuple[Paper, ...] = ("slips", "merge", "merge_csv", "list")
PARCEL_LASTS_S = 30 * 60


@contextmanager
def making_folder(folder: Path) -> Iterator[Path]:
    """An empty folder to write files into, gone afterwards; what a killed work left in it goes first."""
    making = work_folder(folder) / "inviting"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    try:
        yield making
    finally:
        shutil.rmtree(making)


def keep_parcel(store: Store, paper: Paper, files: Sequence[Path]) -> str:
    """Keep files in place of the last parcel, several as a zip; gives the name under which they are taken away."""
    drop_parcel(store)
    only = files[0] if len(files) == 1 else None
    name = only.name if only is not None else f"{paper}.zip"
    with private_file(personal_folder(store) / f"{PARCEL}{Path(name).suffix}") as fresh:
        if only is not None:
            fresh.write_bytes(only.read_bytes())
        else:
            with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as bundle:
                for one in files:
                    bundle.write(one, one.name)
    return name


def find_parcel(store: Store) -> Path | None:
    """The parcel that lies there, if one does."""
    return next(iter(personal_folder(store).glob(f"{PARCEL}.*")), None)


def drop_parcel(store: Store) -> None:
    """Put the parcel away."""
    while (path := find_parcel(store)) is not None:
        path.unlink(missing_ok=True)


def drop_stale_parcel(store: Store, lasts_s: float = PARCEL_LASTS_S) -> None:
    """Put away a parcel that lies longer than so many seconds, and what was said of it."""
    path, work = find_parcel(store), find_work(store.folder, "inviting")
    if work is None or not work.is_alive:
        shutil.rmtree(work_folder(store.folder) / "inviting", ignore_errors=True)
    if path is not None and is_stale(path, lasts_s):
        path.unlink(missing_ok=True)
        if work is not None and work.asked.get("step") == "files":
            clear_work(store.folder, "inviting")
