"""The chain of the log: every line carries a hash over itself and over the line before. Knows no database.

Canonical form of a line, for whoever writes a verifier of their own: its eight fields in this order, each as UTF-8,
written one behind the other as netstrings, that is the number of bytes in decimal digits, a colon, the bytes, a comma:

    "phieu-log-1", id, at, who, action, subject, detail, prev

id in decimal digits; at in UTC as 2014-03-20T13:30:00Z; prev is the hash of the line before in 64 lower-case
hexadecimal digits, 64 zeros for the first line. The hash of the line is the SHA-256 (FIPS 180-4) of these bytes,
written likewise. Lines count from 1 without a gap. The head, number and hash of the last line, stands for the whole
log: whoever wrote it down sees later whether lines before it were changed, or lines behind it cut off.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

START = "0" * 64
_FORM = "phieu-log-1"
_HEAD = re.compile(r"(\d{1,9}):([0-9a-f]{64})")

Fault = Literal["missing", "follows", "changed", "cut", "other"]


@dataclass(frozen=True)
class Event:
    """One line of the log; `at` is UTC without a zone, to the second."""

    id: int
    at: datetime.datetime
    who: str
    action: str
    subject: str
    detail: str
    prev: str
    hash: str


@dataclass(frozen=True)
class Head:
    """The last line's number and hash; written COUNT:HASH."""

    count: int
    hash: str

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"


@dataclass(frozen=True)
class Broken:
    """The first line that does not hold, and why.

    "missing": a line before it is gone; "follows": it does not name the line before; "changed": its own words are not
    those of its hash; "cut": the log ends before a head that was written down; "other": at that head it says otherwise.
    """

    id: int
    fault: Fault


def find_head(written: str) -> Head | None:
    """A head as somebody wrote it down; None where it is none."""
    found = _HEAD.fullmatch(written.strip().lower())
    return Head(int(found[1]), found[2]) if found else None


def hash_line(number: int, at: datetime.datetime, who: str, action: str, subject: str, detail: str, prev: str) -> str:
    """The hash of a line, see the canonical form above."""
    fields = (_FORM, str(number), f"{at:%Y-%m-%dT%H:%M:%S}Z", who, action, subject, detail, prev)
    encoded = (field.encode() for field in fields)
    return hashlib.sha256(b"".join(b"%d:%b," % (len(field), field) for field in encoded)).hexdigest()


def check_chain(lines: Iterable[Event], written: Head | None = None) -> tuple[Head, Broken | None]:
    """Follow the chain over the whole log, oldest first: the head that was reached, and the first line that is broken.

    `written`: a head that somebody wrote down, which the log must have passed.
    """
    head = Head(0, START)
    for line in lines:
        fault = _find_fault(line, head)
        if fault is not None:
            return head, Broken(line.id, fault)
        head = Head(line.id, line.hash)
        if written is not None and head.count == written.count and head != written:
            return head, Broken(line.id, "other")
    if written is not None and head.count < written.count:
        return head, Broken(head.count + 1, "cut")
    return head, None


def _find_fault(line: Event, head: Head) -> Fault | None:
    if line.id != head.count + 1:
        return "missing"
    if line.prev != head.hash:
        return "follows"
    own = hash_line(line.id, line.at, line.who, line.action, line.subject, line.detail, line.prev)
    # The hash covers seconds, and nothing of ours writes less
    return None if own == line.hash and not line.at.microsecond else "changed"
