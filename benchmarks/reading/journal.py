"""A journal a row: every sheet that was read stands in it, so that a run that was stopped goes on where it was.

Journals lie in a folder named by what they depend on: the sources of printer, reader, pretend pen and bench. A sheet
whose line was cut off while it was written is read again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.reading.tally import Tally

ROOT = Path(__file__).parents[2]
_SOURCES = ("forms/**/*.py", "ocr/**/*.py", "benchmarks/reading/*.py", "examples/quang-ninh-2013/**/*.*")
# these only show what was counted
_SHOWING = ("table.py", "bounds.py", "reliability.py", "drawing.py", "floor.py", "__main__.py", "journal.py", "look.py")


def fingerprint() -> str:
    """A digest of everything that a sheet's tally depends on."""
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and not (path.parent.name == "reading" and path.name in _SHOWING):
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


class Journal:
    """The tallies of one row by seed."""

    def __init__(self, folder: Path, row: str) -> None:
        self._path = folder / fingerprint() / f"{row}.jsonl"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self.tallies = {tally.seed: tally for tally in self._load()}

    def _load(self) -> Iterator[Tally]:
        for line in self._path.read_bytes().splitlines() if self._path.is_file() else ():
            try:
                yield Tally.from_json(json.loads(line))
            except ValueError:  # cut off
                continue

    def keep(self, tally: Tally) -> None:
        """Write one sheet down; a new line begins, whatever a killed run left behind."""
        self.tallies[tally.seed] = tally
        with self._path.open("ab") as file:
            file.write(b"\n" + json.dumps(tally.to_json(), ensure_ascii=False).encode())
