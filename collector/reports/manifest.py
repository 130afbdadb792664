"""What scores or an index were made of: hashes of the folder's files and of what was written, rules, program version.

It stands under the command's name in manifest.json, beside what others wrote of their own files in the same folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from collector.settings import DATA
from collector.store.answer_columns import AnswerColumns, AnswerNames, Ints, ScoringColumns
from forms.campaign import Campaign

MANIFEST = "manifest.json"
_AT_ONCE = 3_000_000  # answers
_READ = (".csv", ".xlsx", ".yaml", ".yml")


def make_entry(
    campaign: Campaign, folder: Path, answers: str, files: Mapping[str, bytes], *, index: bool
) -> dict[str, Any]:
    """The entry; `answers`: the hash of those that survey points come from. Same inputs, same entry."""
    settings = campaign.settings
    rules = {"scoring": settings.scoring} | ({"index": settings.index} if index else {})
    return {
        "campaign": settings.id,
        "program": version("phieu"),
        "rules": {name: rule.model_dump(mode="json", by_alias=True) for name, rule in rules.items()},
        "inputs": {**{name: _sha(path.read_bytes()) for name, path in input_files(folder)}, "answers": answers},
        "files": {name: _sha(content) for name, content in sorted(files.items())},
    }


def add_entry(out: Path, command: str, entry: Mapping[str, Any]) -> bytes:
    """manifest.json of a folder with this entry, every other command's kept."""
    written = (out / MANIFEST).read_bytes() if (out / MANIFEST).is_file() else None
    try:
        known = json.loads(written) if written else {}
    except ValueError:
        known = {}
    known = known if isinstance(known, dict) else {}
    known[command] = entry
    return (json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


class AnswerHash:
    """One hash over answers as they pass by: how often each was given, whatever their order, of no single sheet."""

    def __init__(self) -> None:
        self._names = AnswerNames((), (), (), ())
        self._packed: list[Ints] = []
        self._counted: list[tuple[Ints, Ints]] = []

    def passing(self, columns: ScoringColumns) -> Iterator[AnswerColumns]:
        """The same answers, counted."""
        self._names = columns.names
        for part in columns:
            numbers = (part.agency, part.group, part.question, part.option, part.state, part.is_own.astype(np.int64))
            self._packed.append(np.ravel_multi_index(numbers, self._sizes()))
            if sum(map(len, self._packed)) > _AT_ONCE:
                self._count()
            yield part

    def digest(self) -> str:
        """The hash of all that passed."""
        self._count()
        return _sha("\n".join(sorted(self._lines())).encode())

    def _sizes(self) -> tuple[int, ...]:
        names = self._names
        return *(len(each) for each in (names.agencies, names.groups, names.questions, names.options, names.states)), 2

    def _count(self) -> None:
        if self._packed:
            self._counted.append(np.unique(np.concatenate(self._packed), return_counts=True))
            self._packed.clear()

    def _lines(self) -> Iterator[str]:
        names = self._names
        if not self._counted:
            return
        every, place = np.unique(np.concatenate([said for said, _ in self._counted]), return_inverse=True)
        counts = np.zeros(len(every), dtype=np.int64)
        np.add.at(counts, place, np.concatenate([count for _, count in self._counted]))
        numbers = (each.tolist() for each in np.unravel_index(every, self._sizes()))
        for agency, group, question, option, state, is_own, count in zip(*numbers, counts.tolist(), strict=True):
            asked = names.agencies[agency], names.groups[group], names.questions[question]
            yield f"{(*asked, names.options[option] or None, names.states[state], bool(is_own))!r} {count}"


def input_files(folder: Path) -> Iterable[tuple[str, Path]]:
    """The tables, settings and questionnaires of a folder, not what the program keeps for itself nor the templates."""
    for path in sorted([*folder.glob("*"), *(folder / "questionnaires").glob("*")]):
        if path.is_file() and path.suffix.lower() in _READ and DATA not in path.parts and path.stem != "recipients":
            yield path.relative_to(folder).as_posix(), path


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
