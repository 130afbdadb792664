"""A random draw that anybody can repeat with a pencil's worth of tools, and how many people to draw. Knows no person.

The rule, complete: every person of a cell has an id (frame.csv). Take the text SEED|AGENCY|GROUP|ID in UTF-8, its
SHA-256 in hexadecimal; sort by it. The first are drawn, the next are the reserves in their order. Whoever knows the ids
before the seed is known cannot choose either, so nobody can choose the people.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import ceil

from forms.serial import ALPHABET

SIPAS_MARGIN = Decimal("0.05")
_ID_SYMBOLS = 13


def clean_seed(written: str) -> str:
    """A seed as the draw takes it: composed letters, single spaces, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", written).split())


def draw_order(seed: str, agency: str, group: str, ids: Iterable[str]) -> list[str]:
    """The ids of a cell in the order in which they are drawn."""
    return sorted(ids, key=lambda person: hashlib.sha256(f"{seed}|{agency}|{group}|{person}".encode()).hexdigest())


def frame_digest(ids: Iterable[str]) -> str:
    """Which people stood in a cell, in one figure: SHA-256 over the ids in ascending order, a line feed after each."""
    return hashlib.sha256("".join(f"{person}\n" for person in sorted(ids)).encode()).hexdigest()


def show_id(person: int) -> str:
    """A person's id as it stands in files: 13 symbols of Crockford's base 32."""
    return "".join(ALPHABET[(person >> 5 * place) & 31] for place in reversed(range(_ID_SYMBOLS)))


def sipas_size(population: int, margin: Decimal = SIPAS_MARGIN) -> int:
    """How many people of so many to ask: n = N / (1 + N e^2), rounded up, as the satisfaction index SIPAS does.

    1,000 people at 5 % give 285.7, so 286. `margin` in (0, 1).
    """
    if population <= 0:
        return 0
    return ceil(population / (1 + population * Fraction(margin) ** 2))
