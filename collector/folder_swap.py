"""Files of a campaign folder taken in place of others: all of them or none, and the former ones kept.

A note under data/ says what is to be moved before the first file moves; whoever opens the folder after a power cut
finishes it. Knows neither what the files hold nor any database.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.files import write_whole
from collector.settings import DATA

PREPARE = "prepare"
FORMER = "former"
_NOTE = "swap.json"


@dataclass(frozen=True)
class Swap:
    """What is to come into a folder and what is to go, by path below it (agencies.xlsx, questionnaires/dn.yaml)."""

    put: Mapping[str, bytes]
    remove: Collection[str] = ()


def prepare_folder(folder: Path) -> Path:
    """Where work on a campaign folder's own files lies, made if missing; nobody else may look in."""
    place = folder / DATA / PREPARE
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def swap_files(folder: Path, swap: Swap, stamp: str) -> Path:
    """Bring a swap about; gives the folder that now holds the former files. `stamp` begins the name of that folder."""
    finish_swap(folder)
    name = f"{stamp}-{secrets.token_hex(3)}"
    fresh = prepare_folder(folder) / f"new-{name}"
    for path, content in swap.put.items():
        write_whole(fresh / path, content)
    note = {"name": name, "put": list(swap.put), "remove": sorted(set(swap.remove) - set(swap.put))}
    write_whole(prepare_folder(folder) / _NOTE, json.dumps(note).encode())
    finish_swap(folder)
    return prepare_folder(folder) / FORMER / name


def finish_swap(folder: Path) -> None:
    """Finish a swap that was cut off, if there is one. Doing it twice changes nothing."""
    note_file = folder / DATA / PREPARE / _NOTE
    if not note_file.is_file():
        return
    note = json.loads(note_file.read_bytes())
    fresh, former = note_file.parent / f"new-{note['name']}", note_file.parent / FORMER / note["name"]
    for path in note["put"]:
        if (fresh / path).is_file():  # else it was moved before the cut
            _keep(folder / path, former / path)
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (fresh / path).replace(folder / path)
    for path in note["remove"]:
        _keep(folder / path, former / path)
        (folder / path).unlink(missing_ok=True)
    note_file.unlink()
    shutil.rmtree(fresh, ignore_errors=True)


def _keep(path: Path, former: Path) -> None:
    if not path.is_file() or former.exists():
        return
    former.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = former.with_name(f".{former.name}.part")
    shutil.copyfile(path, copy)
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
    copy.replace(former)
