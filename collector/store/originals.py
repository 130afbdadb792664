"""Originals of scan files: on disk under their SHA-256, whole and for good before the store names them."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from pathlib import Path

from forms.errors import WorkFailed
from forms.words import text

_CHUNK = 1 << 20


def keep_original(path: Path, sha256: str, content: bytes | Path) -> int:
    """Write an original in one step; its size in bytes. WorkFailed where the content has another SHA-256."""
    if path.exists():
        return path.stat().st_size
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        if _copy(content, fresh) != sha256:
            raise WorkFailed(text("store.file_changed", file=path.name))
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return path.stat().st_size


def _copy(content: bytes | Path, target: Path) -> str:
    digest = hashlib.sha256()
    source = content.open("rb") if isinstance(content, Path) else io.BytesIO(content)
    with source, target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    """Have the new name itself on disk; Windows does so by its own means."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
