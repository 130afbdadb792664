"""A frozen edition: a zip of rules, inputs and results with a manifest of hashes; scored again, it gives equal bytes.

Inputs are the folder's tables (never the recipients), the answers as they counted, petitions and editions; `results/`
is what follows from these alone, scores and index; `reports/` are the papers as they were made that day: they need the
fieldwork, the recheck and how the sheets came in, so they are kept and not made again.
Sheets have neither serial nor number in it: they stand in the order of what they say, so the same answers give the
same bytes from any database, and no line leads to a sheet of paper.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any

from collector.files import write_whole
from collector.frozen_results import (
    ANSWERS,
    EDITIONS,
    FOLDER,
    PETITIONS,
    dump_answers,
    dump_editions,
    dump_petitions,
    make_results,
)
from collector.index_manifest import input_files
from collector.store.answer_columns import ScoringColumns
from collector.store.editions import Edition, Petition
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem, WorkFailed
from forms.words import text

MANIFEST = "manifest.json"
_RESULTS, _REPORTS = "results/", "reports/"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day a zip knows: no time of making stands in it
_DATABASE = re.compile(rb"(?m)^database:.*$")


@dataclass(frozen=True)
class Frozen:
    """An edition in memory: its files, the manifest among them; `digest`: the SHA-256 of the manifest."""

    files: Mapping[str, bytes]

    @property
    def manifest(self) -> dict[str, Any]:
        """What the manifest says."""
        said: dict[str, Any] = json.loads(self.files[MANIFEST])
        return said

    @property
    def digest(self) -> str:
        """The edition's name: it covers every other file through its hash."""
        return _sha(self.files[MANIFEST])

    def part(self, folder: str) -> dict[str, bytes]:
        """The files of "results/" or "reports/", by their own names."""
        return {name.removeprefix(folder): one for name, one in self.files.items() if name.startswith(folder)}


def gather_inputs(
    folder: Path, columns: ScoringColumns, petitions: Sequence[Petition], editions: Sequence[Edition]
) -> dict[str, bytes]:
    """All that results come from, by the names that they have in the edition."""
    inputs = {FOLDER + name: _without_address(name, path.read_bytes()) for name, path in input_files(folder)}
    inputs |= {ANSWERS: dump_answers(columns), PETITIONS: dump_petitions(petitions), EDITIONS: dump_editions(editions)}
    return inputs


def freeze(
    campaign: Campaign,
    inputs: Mapping[str, bytes],
    reports: Mapping[str, bytes],
    day: datetime.date,
    said: Mapping[str, Any],
) -> Frozen:
    """Freeze inputs with their results and the day's reports; `said` (edition, what is open) goes into the manifest."""
    results = {_RESULTS + name: content for name, content in make_results(inputs).items()}
    files = {**inputs, **results, **{_REPORTS + name: content for name, content in reports.items()}}
    manifest = {
        "format": 1,
        "campaign": campaign.settings.id,
        "program": version("phieu"),
        "day": day.isoformat(),
        "rules": {
            "scoring": campaign.settings.scoring.model_dump(mode="json", by_alias=True),
            "index": campaign.settings.index.model_dump(mode="json", by_alias=True),
        },
        "files": {name: _sha(content) for name, content in sorted(files.items())},
        **said,
    }
    shown = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return Frozen({**files, MANIFEST: shown.encode()})


def dump_frozen(frozen: Frozen) -> bytes:
    """The zip: files in the order of their names, without times, stored as they are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(frozen.files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            archive.writestr(entry, content)
    return buffer.getvalue()


def load_frozen(path: Path) -> Frozen:
    """An edition out of its file; InputWrong where it is none, or where a file is not what the manifest says."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            files = {name: archive.read(name) for name in names}
        said = dict(json.loads(files[MANIFEST])["files"])
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, OSError) as error:
        raise InputWrong([_problem(path, "not_frozen")]) from error
    problems = [
        _problem(path, f"frozen_{fault}", file=name)
        for name in sorted({*files, *said} - {MANIFEST})
        if (fault := _find_fault(files.get(name), said.get(name)))
    ]
    twice = sorted(name for name in set(names) if names.count(name) > 1)
    problems += [_problem(path, "frozen_twice", file=name) for name in twice]
    if problems:
        raise InputWrong(problems)
    return Frozen(files)


def _find_fault(content: bytes | None, wanted: str | None) -> str:
    if content is None or wanted is None:
        return "missing" if content is None else "unknown"
    return "" if _sha(content) == wanted else "changed"


def write_results_of(frozen: Frozen, out: Path, names: Iterable[str] | None = None) -> list[str]:
    """Score an edition again and write what comes out, and the reports that it keeps; the names of the files.

    `names`: of the results and reports wanted, those among them that there are. WorkFailed as score_frozen.
    """
    made = score_frozen(frozen) | frozen.part(_REPORTS)
    chosen = [name for name in made if names is None or name in names]
    for name in chosen:
        write_whole(out / name, made[name])
    return chosen


def score_frozen(frozen: Frozen) -> dict[str, bytes]:
    """The results made anew from the frozen inputs; WorkFailed naming every file that is not the same, and where."""
    made = make_results(frozen.files)
    kept = frozen.part(_RESULTS)
    wrong = [line for name in sorted({*made, *kept}) for line in _compare(name, kept.get(name), made.get(name))]
    if wrong:
        fields = {"made": version("phieu"), "kept": frozen.manifest["program"]}
        raise WorkFailed("\n".join([text("freeze.differs", **fields), *wrong]))
    return made


def _compare(name: str, kept: bytes | None, made: bytes | None) -> Iterator[str]:
    """The first line in which a file differs; nothing where it is the same."""
    if kept == made:
        return
    if kept is None or made is None:
        yield text("freeze.differs_gone" if made is None else "freeze.differs_new", file=_RESULTS + name)
        return
    lines = zip_longest(kept.decode("utf-8-sig").splitlines(), made.decode("utf-8-sig").splitlines(), fillvalue="")
    found = next(((at, *both) for at, both in enumerate(lines, 1) if both[0] != both[1]), (0, "", ""))
    fields = dict(zip(("line", "kept", "made"), found, strict=True))
    yield text("freeze.differs_line", file=_RESULTS + name, **fields)


def _without_address(name: str, content: bytes) -> bytes:
    """campaign.yaml may hold a password in its database's address, which no copy needs."""
    return _DATABASE.sub(b"database: sqlite", content) if name == "campaign.yaml" else content


def _problem(path: Path, key: str, /, **fields: object) -> Problem:
    return Problem(str(path), text(f"freeze.{key}", **fields), text(f"freeze.{key}_fix", **fields))


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
