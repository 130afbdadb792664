"""The serial of a sheet: 16 symbols of Crockford's base 32, and its check, which needs no key.

Symbols 0-1 are the layout's number, 2-13 are random (60 bits), 14-15 are the check: two Reed-Solomon symbols over
GF(32), so that any one or two wrong symbols, and any two swapped ones, are noticed.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
LAYOUT_NUMBERS = 32 * 32

_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_PRIMITIVE = 0b100101  # x^5 + x^2 + 1


def _powers() -> tuple[list[int], list[int]]:
    exponents, logarithms, value = [0] * 62, [0] * 32, 1
    for power in range(31):
        exponents[power] = exponents[power + 31] = value
        logarithms[value] = power
        value <<= 1
        if value & 32:
            value ^= _PRIMITIVE
    return exponents, logarithms


_EXP, _LOG = _powers()
# The generator (x - a)(x - a^2) = x^2 + (a + a^2) x + a^3
_G1, _G0 = _EXP[1] ^ _EXP[2], _EXP[3]


def _times(left: int, right: int) -> int:
    return 0 if 0 in (left, right) else _EXP[_LOG[left] + _LOG[right]]


def _check(values: list[int]) -> tuple[int, int]:
    high = low = 0
    for value in values:
        feedback = value ^ high
        high, low = low ^ _times(feedback, _G1), _times(feedback, _G0)
    return high, low


def make_serial(layout_number: int, random_bits: int | None = None) -> str:
    """A new serial of a layout; `random_bits` (60 bits) only where a test or the demo needs the same ones again."""
    if not 0 <= layout_number < LAYOUT_NUMBERS:
        raise ValueError(f"layout number {layout_number} is not in 0..{LAYOUT_NUMBERS - 1}")
    bits = secrets.randbits(60) if random_bits is None else random_bits
    values = [layout_number >> 5, layout_number & 31] + [(bits >> shift) & 31 for shift in range(55, -1, -5)]
    return "".join(ALPHABET[value] for value in (*values, *_check(values)))


def find_serial(written: str) -> str | None:
    """The serial in what was typed or read, in any case, with or without dashes; None unless its check holds."""
    symbols = read_symbols(written, LENGTH)
    if symbols is None:
        return None
    values = [_VALUES[symbol] for symbol in symbols]
    return symbols if _check(values[:-2]) == (values[-2], values[-1]) else None


def read_symbols(written: str, length: int) -> str | None:
    """So many symbols as a person wrote them: any case, with or without dashes, O for 0, I and L for 1; else None."""
    symbols = "".join(written.split()).replace("-", "").upper()
    if len(symbols) != length or any(symbol not in _VALUES for symbol in symbols):
        return None
    return "".join(ALPHABET[_VALUES[symbol]] for symbol in symbols)


def layout_number(serial: str) -> int:
    """The number of the layout that a valid serial names, 0..1023."""
    return _VALUES[serial[0]] * 32 + _VALUES[serial[1]]


def show_serial(serial: str) -> str:
    """Four groups of four, as it stands on the sheet."""
    return "-".join(serial[start : start + 4] for start in range(0, LENGTH, 4))
