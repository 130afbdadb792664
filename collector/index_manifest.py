"""What an index was made of: hashes of the folder's files, the rules, the program's version, and of what was written.

It stands under `index` in manifest.json, beside whatever other commands wrote about their own files in the same folder.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from collector.settings import DATA
from collector.store.answers import ScoringRow
from forms.campaign import Campaign

MANIFEST = "manifest.json"
_READ = (".csv", ".xlsx", ".yaml", ".yml")


def index_manifest(campaign: Campaign, folder: Path, answers: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The entry; `answers`: the hash of those that survey points come from. Same inputs, same entry."""
    settings = campaign.settings
    return {
        "campaign": settings.id,
        "program": version("phieu"),
        "rules": {
            "scoring": settings.scoring.model_dump(mode="json", by_alias=True),
            "index": settings.index.model_dump(mode="json", by_alias=True),
        },
        "inputs": {**{name: _sha(path.read_bytes()) for name, path in input_files(folder)}, "answers": answers},
        "files": {name: _sha(content) for name, content in sorted(files.items())},
    }


def add_entry(written: bytes | None, entry: Mapping[str, Any]) -> bytes:
    """manifest.json with this entry, every other command's kept."""
    try:
        known = json.loads(written) if written else {}
    except ValueError:
        known = {}
    known = known if isinstance(known, dict) else {}
    known["index"] = entry
    return (json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


class AnswerHash:
    """One hash over answers as they pass by: how often each was given, whatever their order, of no single sheet."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[object, ...]] = Counter()

    def passing(self, rows: Iterable[ScoringRow]) -> Iterator[ScoringRow]:
        """The same rows, counted."""
        for row in rows:
            self._counts[row[1:]] += 1
            yield row

    def digest(self) -> str:
        """The hash of all that passed."""
        return _sha("\n".join(sorted(f"{row!r} {count}" for row, count in self._counts.items())).encode())


def input_files(folder: Path) -> Iterable[tuple[str, Path]]:
    """The tables, settings and questionnaires of a folder, not what the program keeps for itself nor the templates."""
    for path in sorted([*folder.glob("*"), *(folder / "questionnaires").glob("*")]):
        if path.is_file() and path.suffix.lower() in _READ and DATA not in path.parts and path.stem != "recipients":
            yield path.relative_to(folder).as_posix(), path


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
