"""A frozen edition: a zip of rules, inputs and results with a manifest of hashes; scored again, it gives equal bytes.

It holds the folder's tables (never the recipients), the answers as they counted, and the figures that follow from these
alone: no report, and nothing that needs the fieldwork, the recheck or how the sheets came in.
Sheets have neither serial nor number in it: they stand in the order of what they say, so the same answers give the
same bytes from any database, and no line leads to a sheet of paper.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aggregation.csv_files import csv_bytes
from aggregation.scores import score
from collector.index_manifest import input_files
from collector.report import make_figures, make_tables
from collector.store.answers import ScoringRow
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem, WorkFailed
from forms.folder import load_campaign
from forms.words import text

MANIFEST = "manifest.json"
_ANSWERS, _FOLDER, _RESULTS = "answers.csv", "folder/", "results/"
_COLUMNS = ("sheet", "agency", "group", "question", "option", "state", "own")
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

    def results(self) -> dict[str, bytes]:
        """The result files by their own names."""
        return {name.removeprefix(_RESULTS): one for name, one in self.files.items() if name.startswith(_RESULTS)}


def freeze(
    folder: Path, campaign: Campaign, rows: Iterable[ScoringRow], day: datetime.date, said: Mapping[str, Any]
) -> Frozen:
    """Freeze what counts on a day; `said` (edition, what is open) goes into the manifest as it is."""
    inputs = {_FOLDER + name: _without_address(name, path.read_bytes()) for name, path in input_files(folder)}
    inputs[_ANSWERS] = _answers_csv(rows)
    results = {_RESULTS + name: content for name, content in _score(inputs).items()}
    files = inputs | results
    manifest = {
        "format": 1,
        "campaign": campaign.settings.id,
        "program": version("phieu"),
        "day": day.isoformat(),
        "rules": campaign.settings.scoring.model_dump(mode="json", by_alias=True),
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
        said = json.loads(files[MANIFEST])["files"]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InputWrong([_problem(path, "not_frozen")]) from error
    wrong = sorted(
        name for name in {*files, *said} - {MANIFEST} if name not in files or said.get(name) != _sha(files[name])
    )
    if wrong or len(names) != len(set(names)):
        raise InputWrong([_problem(path, "frozen_changed", files=", ".join(wrong))])
    return Frozen(files)


def score_frozen(frozen: Frozen) -> dict[str, bytes]:
    """The results made anew from the frozen inputs; WorkFailed where they are not the same bytes."""
    made = _score(frozen.files)
    kept = frozen.results()
    differs = sorted(name for name in {*made, *kept} if made.get(name) != kept.get(name))
    if differs:
        fields = {"files": ", ".join(differs), "made": version("phieu"), "kept": frozen.manifest["program"]}
        raise WorkFailed(text("freeze.differs", **fields))
    return made


def _score(inputs: Mapping[str, bytes]) -> dict[str, bytes]:
    with TemporaryDirectory(prefix="phieu-") as made:
        for name, content in inputs.items():
            parts = Path(name).parts
            if name.startswith(_FOLDER) and ".." not in parts:
                path = Path(made, *parts[1:])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        campaign = load_campaign(Path(made))
    answers = (_answer(row) for row in _rows(inputs[_ANSWERS]))
    return make_figures(score(make_tables(campaign, answers), campaign.settings.scoring))


def _rows(content: bytes) -> Iterable[dict[str, str]]:
    return csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))


def _answer(row: Mapping[str, str]) -> ScoringRow:
    own = row["own"] == "yes"
    place = int(row["sheet"]), row["agency"], row["group"], row["question"]
    return ScoringRow(*place, row["option"] or None, row["state"], own)


def _answers_csv(rows: Iterable[ScoringRow]) -> bytes:
    sheets = defaultdict[int, list[tuple[str, ...]]](list)
    for row in rows:
        own = "yes" if row.is_own else ""
        sheets[row.sheet].append((row.agency, row.group, row.question, row.option or "", row.state, own))
    ordered = sorted(sorted(said) for said in sheets.values())
    return csv_bytes(_COLUMNS, ((number, *line) for number, said in enumerate(ordered, 1) for line in said))


def _without_address(name: str, content: bytes) -> bytes:
    """campaign.yaml may hold a password in its database's address, which no copy needs."""
    return _DATABASE.sub(b"database: sqlite", content) if name == "campaign.yaml" else content


def _problem(path: Path, key: str, /, **fields: object) -> Problem:
    return Problem(str(path), text(f"freeze.{key}", **fields), text(f"freeze.{key}_fix"))


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
