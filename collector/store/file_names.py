"""Names of scan files as they are kept: never one that could name a person, where a group is unlinked.

A photograph that is called after whoever filled the sheet in would stand beside its answers on every screen, in every
export and backup. A name stays where it says no more than scanners, cameras and boxes do (IMG_2034.jpg, hop 3 xap
12.pdf, SXD-CC 01.pdf), for it leads to the paper; any other gives way to ten digits of the content's SHA-256.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from sqlalchemy import Connection, select, union

from collector.store.schema import agency, cell, respondent_group

_MACHINE = frozenset(
    [
        *("scan", "scans", "scanned", "scanner", "quet", "img", "image", "dsc", "dscn", "dscf", "pxl"),
        *("doc", "document", "batch", "stack", "box", "page"),
    ]
)
# Words for paper and where it came in count before a number alone: some are given names too
_PAPER = frozenset(
    [
        *("phieu", "xap", "chong", "hop", "to", "trang", "tep", "anh", "lo", "so", "mat"),
        *("quay", "ban", "phong", "ngay", "dot", "bo", "goi", "phan"),
    ]
)
_PART = re.compile(r"[^\W\d_]+|\d+")
_ENDING = re.compile(r"\.[A-Za-z]{2,4}$")
_KEPT = re.compile(r"tep-[0-9a-f]{10}(\.[a-z]{2,4})?")
_PHONE = re.compile(r"(0|84)\d{8,11}")


def neutral_name(conn: Connection, name: str, sha256: str) -> str:
    """The name under which a file is kept; `sha256` of its content, in hexadecimal."""
    unlinked = select(respondent_group.c.id).where(~respondent_group.c.linked).limit(1)
    if conn.scalar(unlinked) is None:
        return name
    codes = union(select(agency.c.code), select(respondent_group.c.code), select(cell.c.collector))
    known = {part for code in conn.scalars(codes) if code for part in _PART.findall(_plain(code))}
    if says_nothing(name, known):
        return name
    ending = _ENDING.search(name)
    return f"tep-{sha256[:10]}{ending[0].lower() if ending else ''}"


def says_nothing(name: str, codes: Collection[str]) -> bool:
    """Whether a name consists of numbers, single letters, words of machines and paper, and codes (small letters)."""
    if _KEPT.fullmatch(name):
        return True
    parts = _PART.findall(_plain(_ENDING.sub("", name)))
    before_number = {place for place, part in enumerate(parts[1:]) if part.isdigit()}
    return all(
        not _PHONE.fullmatch(part)
        if part.isdigit()
        else len(part) == 1 or part in _MACHINE or part in codes or (part in _PAPER and place in before_number)
        for place, part in enumerate(parts)
    )


def _plain(name: str) -> str:
    """Small letters without marks."""
    split = unicodedata.normalize("NFD", name.casefold().replace("\N{LATIN SMALL LETTER D WITH STROKE}", "d"))
    return "".join(sign for sign in split if not unicodedata.combining(sign))
