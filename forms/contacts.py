"""How a person can be reached, each in one normal form: telephone, e-mail. Knows no table and no person."""

from __future__ import annotations

import re
import unicodedata

# Mobile numbers of ten digits; of eleven as they were until 2018; fixed lines of eleven with an area code from 02.
_PHONE = re.compile(r"0[35789]\d{8}|01[2689]\d{8}|02\d{9}")
_PHONE_SIGNS = re.compile(r"[\s.\-()/]+")
_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\"\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")


def find_phone(written: str) -> str | None:
    """A telephone number of Viet Nam as 0912345678, from +84, 0084, 84 or 0, or as a workbook that ate the 0."""
    digits = _PHONE_SIGNS.sub("", written)
    digits = re.sub(r"^(\+|00)84", "84", digits)
    if not digits.isascii() or not digits.isdigit():
        return None
    for candidate in (digits, f"0{digits}", f"0{digits.removeprefix('84').removeprefix('0')}"):
        if _PHONE.fullmatch(candidate):
            return candidate
    return None


def find_email(written: str) -> str | None:
    """A plausible e-mail address in small letters."""
    address = written.casefold()
    return address if _EMAIL.fullmatch(address) else None


def find_name(written: str) -> str | None:
    """A name with a letter in it that no spreadsheet would take for a formula."""
    bad = any(unicodedata.category(letter) in ("Cc", "Cf") for letter in written) or written[:1] in ("=", "+", "-", "@")
    return written if not bad and any(letter.isalpha() for letter in written) and len(written) <= 120 else None
