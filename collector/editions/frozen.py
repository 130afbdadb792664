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
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any

from collector.editions.frozen_results import (
    ANSWERS,
    EDITIONS,
    FOLDER,
    PETITIONS,
    dump_editions,
    dump_petitions,
    make_results,
)
from collector.files import write_whole
from collector.reports.manifest import input_files
from collector.store.editions import Edition, Petition
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem, WorkFailed
from forms.words import text

MANIFEST = "manifest.json"
_RESULTS, _REPORTS = "results/", "reports/"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day a zip knows: no time of making stands in it
_CHUNK = 1 << 20
_DATABASE = re.compile(rb"(?m)^database:.*$")


Content = bytes | Path  # of a file: itself, or where it lies


class ZippedFiles(Mapping[str, bytes]):
    """The files of a zip by their names, each read when it is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with zipfile.ZipFile(path) as archive:
            self._names = archive.namelist()

    @property
    def twice(self) -> list[str]:
        """The names that stand in it more than once."""
        return sorted(name for name, count in Counter(self._names).items() if count > 1)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A file as a stream."""
        with zipfile.ZipFile(self._path) as archive, archive.open(name) as file:
            yield file

    def __getitem__(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(self._names))

    def __len__(self) -> int:
        return len(set(self._names))


@dataclass(frozen=True)
class Frozen:
    """An edition in its zip: its files, the manifest among them; `digest`: the SHA-256 of the manifest."""

    files: ZippedFiles

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
        return {name.removeprefix(folder): self.files[name] for name in self.files if name.startswith(folder)}


def gather_inputs(folder: Path, petitions: Sequence[Petition], editions: Sequence[Edition]) -> dict[str, bytes]:
    """All that results come from but the answers, by the names that they have in the edition."""
    inputs = {FOLDER + name: _without_address(name, path.read_bytes()) for name, path in input_files(folder)}
    return {**inputs, PETITIONS: dump_petitions(petitions), EDITIONS: dump_editions(editions)}


def freeze(
    campaign: Campaign,
    inputs: Mapping[str, bytes],
    answers: Path,
    made: tuple[Mapping[str, bytes], Mapping[str, bytes]],
    day: datetime.date,
    said: Mapping[str, Any],
) -> dict[str, Content]:
    """The files of an edition of inputs with what was made of them, results and the day's reports.

    `said` (edition, what is open) goes into the manifest.
    """
    files: dict[str, Content] = {**inputs, ANSWERS: answers}
    for folder, some in zip((_RESULTS, _REPORTS), made, strict=True):
        files |= {folder + name: content for name, content in some.items()}
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
    return {**files, MANIFEST: shown.encode()}


def name_edition(files: Mapping[str, Content]) -> str:
    """What Frozen.digest will be of these files."""
    return _sha(files[MANIFEST])


def write_frozen(path: Path, files: Mapping[str, Content]) -> None:
    """The zip: files in the order of their names, without times, stored as they are."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            # A length that is known before it is written gives the same bytes however they come
            entry.file_size = content.stat().st_size if isinstance(content, Path) else len(content)
            with _stream(content) as file, archive.open(entry, "w") as target:
                shutil.copyfileobj(file, target, _CHUNK)


def _stream(content: Content) -> IO[bytes]:
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


def load_frozen(path: Path) -> Frozen:
    """An edition out of its file; InputWrong where it is none, or where a file is not what the manifest says."""
    try:
        files = ZippedFiles(path)
        hashes = {name: _sha_of(files, name) for name in files}
        said = dict(json.loads(files[MANIFEST])["files"])
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, OSError) as error:
        raise InputWrong([_problem(path, "not_frozen")]) from error
    problems = [
        _problem(path, f"frozen_{fault}", file=name)
        for name in sorted({*files, *said} - {MANIFEST})
        if (fault := _find_fault(hashes.get(name), said.get(name)))
    ]
    problems += [_problem(path, "frozen_twice", file=name) for name in files.twice]
    if problems:
        raise InputWrong(problems)
    return Frozen(files)


def _find_fault(found: str | None, wanted: str | None) -> str:
    if found is None or wanted is None:
        return "missing" if found is None else "unknown"
    return "" if found == wanted else "changed"


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
    with frozen.files.open(ANSWERS) as answers:
        made = make_results(frozen.files, answers)
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


def _sha(content: Content) -> str:
    with _stream(content) as file:
        return _hash(file)


def _sha_of(files: ZippedFiles, name: str) -> str:
    with files.open(name) as file:
        return _hash(file)


def _hash(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while part := file.read(_CHUNK):
        found.update(part)
    return found.hexdigest()
