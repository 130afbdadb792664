"""A backup as a file: a zip with a manifest of hashes as its last member. Knows no database and no campaign.

Every byte that comes out was checked against the manifest; a name is used as a path only where it is one of ours.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Literal

from collector.files import private_file
from forms.errors import InputWrong, Problem
from forms.words import text

MANIFEST = "manifest.json"
FORMAT = 1
Kind = Literal["backup", "keys"]
Report = Callable[[int, int], None]
_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day a zip knows: when a file of the folder was changed is nobody's business
_PACKED = (".sqlite", ".csv", ".yaml", ".yml", ".json", ".txt")  # scans, pictures and workbooks are packed already
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\]')
_LARGEST_MANIFEST = 256 << 20  # a hundred bytes a scan file, and millions of them


@dataclass(frozen=True)
class Member:
    """A file to be kept: what it is called inside, and where it lies or what it holds."""

    name: str
    source: Path | bytes

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.source) if isinstance(self.source, bytes) else self.source.stat().st_size


@dataclass(frozen=True)
class Archive:
    """A file that was written here: what its manifest says, and the manifest's SHA-256, which names the whole."""

    path: Path
    manifest: Mapping[str, Any]
    digest: str
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(int(one["size"]) for one in self.files.values())


def write_archive(
    path: Path, kind: Kind, members: Iterable[Member], said: Mapping[str, Any], report: Report = lambda *_: None
) -> Archive:
    """Write members and their manifest, in one step, for the owner's eyes alone (mode 0600)."""
    listed = sorted(members, key=lambda one: one.name)
    total, done, files = sum(one.size for one in listed), 0, {}

    def count(more: int) -> None:
        nonlocal done
        done += more
        report(done, total)

    with private_file(path) as unfinished, zipfile.ZipFile(unfinished, "w") as archive:
        for one in listed:
            files[one.name] = _write_member(archive, one, count)
        manifest = {"format": FORMAT, "kind": kind, **said, "files": files}
        content = (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
        archive.writestr(_entry(MANIFEST), content)
    return Archive(path, manifest, hashlib.sha256(content).hexdigest(), files)


def _write_member(archive: zipfile.ZipFile, one: Member, count: Callable[[int], None]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with archive.open(_entry(one.name), "w", force_zip64=True) as target:
        for chunk in _read_chunks(one.source):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
            count(len(chunk))
    return {"sha256": digest.hexdigest(), "size": size}


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED if name.endswith(_PACKED) else zipfile.ZIP_STORED
    entry.create_system, entry.external_attr = 3, 0o600 << 16
    return entry


def _read_chunks(source: Path | bytes) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


@contextmanager
def open_archive(path: Path, kind: Kind) -> Iterator[tuple[Archive, zipfile.ZipFile]]:
    """A file of ours and what it says of itself; InputWrong where it is none, or lacks or exceeds its manifest."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = _load(path, archive, kind)
            yield found, archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise InputWrong([_problem(path, "not_ours")]) from error


def _load(path: Path, archive: zipfile.ZipFile, kind: Kind) -> Archive:
    try:
        entry = archive.getinfo(MANIFEST)
        if entry.file_size > _LARGEST_MANIFEST:
            raise ValueError
        content = archive.read(entry)
        manifest = json.loads(content)
        told = dict(manifest["files"]).items()
        files = {str(name): {"sha256": str(one["sha256"]), "size": int(one["size"])} for name, one in told}
        is_ours = manifest["kind"] == kind
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputWrong([_problem(path, "not_ours")]) from error
    if manifest.get("format") != FORMAT:
        raise InputWrong([_problem(path, "other_format")])
    if not is_ours:
        raise InputWrong([_problem(path, f"not_{kind}")])
    names = archive.namelist()
    problems = [_problem(path, "file_unknown", file=name) for name in sorted({*names} - {*files, MANIFEST})]
    problems += [_problem(path, "file_missing", file=name) for name in sorted({*files} - {*names})]
    problems += [_problem(path, "file_twice", file=name) for name in sorted({*names}) if names.count(name) > 1]
    problems += [_problem(path, "file_name", file=name) for name in sorted(files) if not _is_safe(name)]
    sizes = {one.filename: one.file_size for one in archive.infolist()}
    other = sorted(name for name in files if name in sizes and sizes[name] != files[name]["size"])
    problems += [_problem(path, "file_changed", file=name) for name in other]  # before a byte of it is unpacked
    if problems:
        raise InputWrong(problems)
    return Archive(path, manifest, hashlib.sha256(content).hexdigest(), files)


def _is_safe(name: str) -> bool:
    """Whether a name is a path below wherever it is put, on every system."""
    parts = PurePosixPath(name).parts
    return bool(parts) and "/".join(parts) == name and not _UNSAFE.search(name) and ".." not in parts


def read_members(
    found: Archive,
    archive: zipfile.ZipFile,
    place: Callable[[str], Path | None],
    report: Report = lambda *_: None,
) -> None:
    """Read every file against its hash, and put it where `place` says; where it says nothing, only read it.

    InputWrong naming every file that is not what the manifest says, once all were read.
    """
    problems, done = [], 0
    for name, wanted in found.files.items():
        target = place(name)
        try:
            digest, size = _read_member(archive, name, target)
        except zipfile.BadZipFile:
            digest, size = "", int(wanted["size"])
        if digest != wanted["sha256"] or size != wanted["size"]:
            problems.append(_problem(found.path, "file_changed", file=name))
        done += int(wanted["size"])
        report(done, found.size)
    if problems:
        raise InputWrong(problems)


def _read_member(archive: zipfile.ZipFile, name: str, target: Path | None) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as source:
        if target is None:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
            return digest.hexdigest(), size
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            size = _copy(source, file, digest)
    return digest.hexdigest(), size


def _copy(source: IO[bytes], target: IO[bytes], digest: Any) -> int:
    size = 0
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        target.write(chunk)
    return size


def _problem(path: Path, key: str, /, **fields: object) -> Problem:
    return Problem(str(path), text(f"backup.{key}", **fields), text(f"backup.{key}_fix", **fields))
