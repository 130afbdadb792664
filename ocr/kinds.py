"""What a file is by its first bytes, whatever its name says. Opens nothing and knows no image library."""

from __future__ import annotations

from typing import Literal, get_args

PictureKind = Literal["jpeg", "png", "webp", "bmp"]
PICTURES = get_args(PictureKind)  # one picture a file
FileKind = Literal[PictureKind, "tiff", "pdf"]
MOST_PAGES = 10_000  # of a file, ten reams on both sides; one of more is refused whole, before a page of it is read
HEAD_BYTES = 1024  # where a PDF's mark may stand: PDF 32000-1:2008, annex H, note 13
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")  # ISO/IEC 23008-12, annex B; AVIF 1.1, 6.3
# ZIP (and with it DOCX), RAR, 7z, and the files of older office programs
_HOLDERS = (b"PK\3\4", b"Rar!\x1a\7", b"7z\xbc\xaf\x27\x1c", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # the sizes of the header that follows the first 14 bytes


def find_kind(head: bytes) -> FileKind | None:
    """What a file is by its first 1,024 bytes; None where it is nothing that is read here."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tiff"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "bmp"
    return "pdf" if b"%PDF-" in head[:HEAD_BYTES] else None


def find_refusal(head: bytes) -> Literal["heic", "archive", "not_an_image"]:
    """Why a file is not read of which find_kind knows nothing: a phone's photograph, what holds pictures, or else."""
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "heic"
    return "archive" if head.startswith(_HOLDERS) else "not_an_image"
