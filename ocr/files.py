"""A file of any supported kind into a stream of page images, one at a time. What a file is, its first bytes say.

A bad file or page is an item of the stream (BadImage), never an exception, so that the rest goes on. Knows no sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from PIL import Image

from ocr.kinds import HEAD_BYTES, MOST_PAGES, PICTURES, FileKind, find_kind, find_refusal
from ocr.pdf_pages import count_pages, load_pages
from ocr.pictures import (
    MAX_PICTURE_BYTES,
    BadPicture,
    BadReason,
    Gray,
    as_positive,
    decode_frame,
    decode_jpeg,
    find_dpi,
    open_picture,
    quietly,
    silently,
)

_SUBFILE, _REDUCED = 254, 1  # TIFF 6.0, NewSubfileType: a copy of another frame in fewer pixels


@dataclass(frozen=True, eq=False)
class PageImage:
    """One page image: the file's name, its place in the file from 1, grey pixels (rows, columns), dpi if claimed."""

    file: str
    image: int
    pixels: Gray
    dpi: float | None = None


@dataclass(frozen=True)
class BadImage:
    """A page image that could not be loaded, and why."""

    file: str
    image: int
    reason: BadReason


def is_pdf(source: Path | bytes) -> bool:
    """Whether a file is opened by PDFium, which a malicious or broken file may bring down; OSError."""
    return find_kind(_look(source)[1]) == "pdf"


def load_images(source: Path | bytes, name: str | None = None, start: int = 1) -> Iterator[PageImage | BadImage]:
    """Every page image of a file (or of its bytes) in order, from image `start` on; each gets `name`, else the path.

    Raises OSError where the file itself cannot be opened.
    """
    file = name if name is not None else str(source) if isinstance(source, Path) else ""
    try:
        kind = _get_kind(source)
    except BadPicture as bad:
        yield BadImage(file, 1, bad.reason)
        return
    if start == 1 and _count(source, kind) > MOST_PAGES:
        yield BadImage(file, 1, "too_many_pages")
        return
    for image, loaded in enumerate(_load(source, kind, start), start):
        if isinstance(loaded, BadPicture):
            yield BadImage(file, image, loaded.reason)
        else:
            pixels, dpi = loaded
            yield PageImage(file, image, as_positive(pixels), dpi)


def count_images(source: Path | bytes) -> int:
    """How many items load_images will give, without decoding a pixel; for progress. At least 1: a bad file is one."""
    try:
        count = _count(source, _get_kind(source))
    except BadPicture:
        return 1
    return count if count <= MOST_PAGES else 1


def _count(source: Path | bytes, kind: FileKind) -> int:
    """The pages of a file of many; no more than one above MOST_PAGES is looked for where looking takes time."""
    return count_pages(source) if kind == "pdf" else _count_frames(source) if kind == "tiff" else 1


def _count_frames(source: Path | bytes) -> int:
    try:
        picture = open_picture(source)
    except BadPicture:
        return 1
    with picture:
        return sum(1 for _ in islice(_seek_pages(picture), MOST_PAGES + 1))


def _get_kind(source: Path | bytes) -> FileKind:
    size, head = _look(source)
    if size == 0:
        raise BadPicture("empty_file")
    kind = find_kind(head)
    if kind is None:
        raise BadPicture(find_refusal(head))
    if kind in PICTURES and size > MAX_PICTURE_BYTES:
        raise BadPicture("too_large")
    return kind


def _look(source: Path | bytes) -> tuple[int, bytes]:
    if isinstance(source, bytes):
        return len(source), source[:HEAD_BYTES]
    with source.open("rb") as file:
        return source.stat().st_size, file.read(HEAD_BYTES)


def _load(source: Path | bytes, kind: FileKind, start: int) -> Iterator[tuple[Gray, float | None] | BadPicture]:
    if kind == "pdf":
        yield from load_pages(source, start)
    elif kind == "tiff":
        yield from _load_frames(source, start)
    elif start == 1:
        try:
            yield _load_jpeg(source) if kind == "jpeg" else _load_picture(source)
        except BadPicture as bad:
            yield bad


def _load_jpeg(source: Path | bytes) -> tuple[Gray, float | None]:
    return decode_jpeg(source if isinstance(source, bytes) else source.read_bytes())


def _load_picture(source: Path | bytes) -> tuple[Gray, float | None]:
    with open_picture(source) as picture:
        return decode_frame(picture), find_dpi(picture)


def _load_frames(source: Path | bytes, start: int) -> Iterator[tuple[Gray, float | None] | BadPicture]:
    """The frames of a TIFF; a damaged frame costs itself, a broken chain of frames costs the rest."""
    try:
        picture = open_picture(source)
    except BadPicture as bad:
        yield bad
        return
    with picture:
        for is_there in islice(_seek_pages(picture), start - 1, None):
            yield _load_frame(picture) if is_there else BadPicture("damaged_file")


def _seek_pages(picture: Image.Image) -> Iterator[bool]:
    """An opened TIFF at each of its pages in turn; at last, False, where the chain of frames is broken.

    The small copy that some programs put behind a page is none: read, it would be a foreign page or a second one.
    """
    page = 0, 0
    for index in count():
        try:
            with quietly(), silently():
                picture.seek(index)
        except EOFError:
            return
        except Exception:  # a broken chain of frames may raise anything
            yield False
            return
        is_copy = getattr(picture, "tag_v2", {}).get(_SUBFILE, 0) & _REDUCED
        if not (is_copy and picture.width < page[0] and picture.height < page[1]):
            page = picture.size
            yield True


def _load_frame(picture: Image.Image) -> tuple[Gray, float | None] | BadPicture:
    try:
        return decode_frame(picture), find_dpi(picture)
    except BadPicture as bad:
        return bad
