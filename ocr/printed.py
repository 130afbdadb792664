"""What is printed alike on every sheet of a layout, as a small picture that goes with the layout. Knows no pen.

Who reads needs neither the PDF nor its typefaces: ocr.print_picture draws it when a layout is made.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forms.geometry import Rect
from forms.layout import Area

PX_PER_MM = 6.0
NEAR_MM = 6.0  # around an area, so that what reaches over its edge is known


def pack_print(inked: NDArray[np.bool_], areas: Sequence[Area]) -> str:
    """Rows of bits, black 1, every row less the one above it, deflated, in base 85."""
    kept = np.zeros_like(inked)
    for area in areas:
        near = print_slice(Rect(area.x - NEAR_MM, area.y - NEAR_MM, area.w + 2 * NEAR_MM, area.h + 2 * NEAR_MM))
        kept[near] = inked[near]
    changed = kept.copy()
    changed[1:] ^= kept[:-1]
    return base64.b85encode(zlib.compress(np.packbits(changed, axis=1).tobytes(), 9)).decode()


def print_slice(rect: Rect) -> tuple[slice, slice]:
    """Where a rectangle of the sheet lies in the picture: rows, columns."""
    top, left = max(0, round(rect.y * PX_PER_MM)), max(0, round(rect.x * PX_PER_MM))
    bottom, right = round((rect.y + rect.h) * PX_PER_MM), round((rect.x + rect.w) * PX_PER_MM)
    return slice(top, bottom), slice(left, right)


@lru_cache(maxsize=8)  # 2 MB each
def unpack_print(packed: str, width_mm: float, height_mm: float) -> NDArray[np.uint8]:
    """The picture of a page's print, 1 where something is printed, PX_PER_MM; ValueError where it is none."""
    rows, columns = round(height_mm * PX_PER_MM), round(width_mm * PX_PER_MM)
    try:
        stored = zlib.decompress(base64.b85decode(packed))
    except zlib.error as error:
        raise ValueError("a damaged picture of the print") from error
    bits = np.frombuffer(stored, np.uint8).reshape(rows, -1)
    return np.unpackbits(np.bitwise_xor.accumulate(bits, axis=0), axis=1)[:, :columns].copy()
