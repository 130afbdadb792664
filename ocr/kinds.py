"""What a file is by its first bytes, whatever its name says. Opens nothing and knows no image library."""

from __future__ import annotations

from typing import Literal

FileKind = Literal["jpeg", "png", "tiff", "pdf"]
HEAD_BYTES = 1024  # where a PDF's mark may stand: PDF 32000-1:2008, annex H, note 13
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")  # ISO/IEC 23008-12, annex B


def find_kind(head: bytes) -> FileKind | None:
    """What a file is by its first 1,024 bytes; None where it is nothing that is read here."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tiff"
    return "pdf" if b"%PDF-" in head[:HEAD_BYTES] else None


def is_heic(head: bytes) -> bool:
    """Whether it is a phone's photograph of a kind that is not read here."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS
