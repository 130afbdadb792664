"""Files as a browser sends them: told by what they hold, never by their name, and given the name that they get here."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.folder_swap import Swap
from collector.prepare.shelf import SETTINGS, SHOWN_TABLES, Item
from forms.errors import InputWrong, Problem
from forms.grids import fold
from forms.words import text

# A table of 168 agencies by 6 groups is some 60 kB, a questionnaire of 200 questions some 100 kB
LARGEST_FILE_BYTES = 4 * 1024 * 1024
_LARGEST_UNPACKED_BYTES = 64 * 1024 * 1024
_WORKBOOK, _WORDS = ".xlsx", "words"
_QUESTIONNAIRES = "questionnaires"
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Arrival:
    """What came for an item: `slot` is its KIND/NAME, "questionnaire/" for a new one; `name` is only spoken of."""

    slot: str
    name: str
    content: bytes


def make_swap(items: Sequence[Item], arrivals: Sequence[Arrival]) -> Swap:
    """What these files put into the folder and what they take the place of; InputWrong with every file that is none."""
    by_slot = {f"{item.kind}/{item.name}": item for item in items}
    put: dict[str, bytes] = {}
    remove: list[str] = []
    problems: list[Problem] = []
    for arrival in arrivals:
        kind = _kind_of(arrival, problems)
        path = _path_of(arrival, kind, by_slot) if kind else None
        if kind and path is None:
            problems.append(Problem(show_file(arrival), text("prepare.wrong_slot"), text("prepare.wrong_slot_fix")))
        if path is None:
            continue
        former = by_slot[arrival.slot].file if arrival.slot in by_slot else ""
        put[path] = arrival.content
        if former and former != path:
            remove.append(former)
    if problems:
        raise InputWrong(problems)
    return Swap(put, remove)


def show_file(arrival: Arrival) -> str:
    """The name that the sender's machine has for a file, shortened, without folders."""
    name = "".join(letter for letter in arrival.name if letter.isprintable())
    return unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])[:80] or "?"


def find_table_ending(arrival: Arrival, most_bytes: int) -> str:
    """.xlsx or .csv, as a table's content tells; InputWrong where it is none or larger than allowed."""
    problems: list[Problem] = []
    kind = _kind_of(arrival, problems, most_bytes)
    if problems:
        raise InputWrong(problems)
    return _WORKBOOK if kind == _WORKBOOK else ".csv"


def _kind_of(arrival: Arrival, problems: list[Problem], most_bytes: int = LARGEST_FILE_BYTES) -> str:
    """What a file is by its content: a workbook or words; "" with the problem noted."""
    found, key = "", ""
    if len(arrival.content) > most_bytes:
        key = "too_big"
    elif not arrival.content.strip():
        key = "empty"
    elif arrival.content.startswith(b"PK\x03\x04"):
        found, key = (_WORKBOOK, "") if _is_workbook(arrival.content) else ("", "not_workbook")
    elif arrival.content.startswith(b"\xd0\xcf\x11\xe0"):
        key = "old_excel"
    elif arrival.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        key = "web_page"
    else:
        found, key = (_WORDS, "") if _is_words(arrival.content) else ("", "not_words")
    if key:
        fix = text(f"prepare.file_{key}_fix", most=most_bytes // 1024**2)
        problems.append(Problem(show_file(arrival), text(f"prepare.file_{key}"), fix))
    return found


def _is_workbook(content: bytes) -> bool:
    """An Excel file whose parts, unpacked, stay within bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            sizes: Mapping[str, int] = {part.filename: part.file_size for part in parts.infolist()}
    except (zipfile.BadZipFile, ValueError):
        return False
    return "xl/workbook.xml" in sizes and sum(sizes.values()) <= _LARGEST_UNPACKED_BYTES


def _is_words(content: bytes) -> bool:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return "\0" not in content.decode(encoding)
    except UnicodeDecodeError:
        return False


def _path_of(arrival: Arrival, found: str, items: Mapping[str, Item]) -> str | None:
    """Where in the folder a file belongs; None where its slot takes no such file. Made of our own names alone."""
    kind, _, name = arrival.slot.partition("/")
    if kind == "settings":
        return SETTINGS if found == _WORDS and name == SETTINGS else None
    if kind == "table" and name in {form.name for form in SHOWN_TABLES}:
        return f"{name}{_WORKBOOK if found == _WORKBOOK else '.csv'}"
    ending = _WORKBOOK if found == _WORKBOOK else ".yaml"
    if kind == "questionnaire" and not name:
        return f"{_QUESTIONNAIRES}/{_new_name(arrival, items)}{ending}"
    if arrival.slot in items and kind == "questionnaire":
        stem = items[arrival.slot].file.removeprefix(f"{_QUESTIONNAIRES}/").rpartition(".")[0]
        return f"{_QUESTIONNAIRES}/{stem}{ending}"
    return None


def _new_name(arrival: Arrival, items: Mapping[str, Item]) -> str:
    """A name for a questionnaire that the folder does not have: that of the file, in plain letters, and free."""
    wanted = _SLUG.sub("-", fold(show_file(arrival).rpartition(".")[0])).strip("-")[:40] or "bo-cau-hoi"
    taken = {item.file.removeprefix(f"{_QUESTIONNAIRES}/").rpartition(".")[0].lower() for item in items.values()}
    return next(
        name for number in range(1, len(taken) + 2) if (name := wanted + (f"-{number}" * (number > 1))) not in taken
    )
