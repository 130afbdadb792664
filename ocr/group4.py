"""Holes in pictures coded by group 4, which decoders pass over without a word. Knows no sheet and no page.

A part of a file that was never written is zeros. A decoder takes them for the picture's end and leaves the rows that
are missing as they were: libtiff with those of the strip before, whose marks would stand in other questions' boxes.
"""

from __future__ import annotations

from typing import IO, Any

from PIL import Image

_COMPRESSION, _FILL_ORDER, _OFFSETS, _COUNTS = 259, 266, 273, 279  # TIFF 6.0, section 8
_GROUP_4, _LOW_BIT_FIRST = 4, 2
_END, _END_BITS = 0x001001, 24  # T.6, 2.4.1.1: EOFB
_HOLE = bytes(2)  # no row has more than 10 zero bits on end, else EOFB could not be told from rows
_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def has_holes(picture: Image.Image) -> bool:
    """Whether any strip of an opened TIFF's present frame breaks off in zeros; False where it is not group 4."""
    tags: Any = getattr(picture, "tag_v2", {})
    file: IO[bytes] | None = getattr(picture, "fp", None)
    if tags.get(_COMPRESSION) != _GROUP_4 or file is None:
        return False
    turned = tags.get(_FILL_ORDER) == _LOW_BIT_FIRST
    for offset, count in zip(tags.get(_OFFSETS, ()), tags.get(_COUNTS, ()), strict=False):
        file.seek(offset)
        strip = file.read(count)
        if has_hole(strip.translate(_TURNED) if turned else strip):
            return True
    return False


def has_hole(strip: bytes) -> bool:
    """Whether group 4 data, high bits first, has zeros before its end mark; zeros behind that fill up."""
    at = strip.find(_HOLE)
    if at < 0 or not strip[at:].strip(b"\0"):  # nothing behind: without an end mark, as some write, it is an end too
        return False
    before = int.from_bytes(strip[max(0, at - 4) : at])
    while before and not before & 1:
        before >>= 1
    return before & (1 << _END_BITS) - 1 != _END
