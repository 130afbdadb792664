"""Which sheets are meant by what people type, say, scan by hand or lay before a camera.

A number (SXD-CD-007), a range of numbers (SXD-CD-001..SXD-CD-020, or 1-20 where one cell is chosen), a serial, or the
payload of a sheet's code. Nothing typed: all sheets of the cells that are chosen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select

from collector.store.schema import agency as agencies
from collector.store.schema import cell, respondent_group
from collector.store.schema import sheet as sheets
from forms.campaign import Campaign
from forms.code import find_code
from forms.errors import InputWrong, Problem
from forms.serial import find_serial
from forms.words import text

_CODE = r"[A-Z0-9_-]+"
_TO = r"(?:\s*(?:\.\.\.?|…|–|—)\s*|\s+(?:-|\u0111\u1ebfn|to)\s+)"
_RANGE = re.compile(rf"(?P<first>{_CODE}){_TO}(?P<last>{_CODE})", re.IGNORECASE)
_JOINED = re.compile(r"(?P<first>.+-\d{3,6})-(?P<last>[^\d].*-\d{3,6})")
_ORDINALS = re.compile(r"(?P<first>\d{1,6})-(?P<last>\d{1,6})")
_NUMBER = re.compile(r"(?:(?P<cell>.+)-)?(?P<ordinal>\d{1,6})")


@dataclass(frozen=True)
class Named:
    """What was asked for: names as they were typed, and the cells that are chosen, by code ("" for all)."""

    names: tuple[str, ...] = ()
    agency: str = ""
    group: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether whole cells are meant."""
        return not self.names


def split_names(typed: str) -> tuple[str, ...]:
    """Names out of a text: one a line, or several with commas or semicolons between them."""
    return tuple(name for part in re.split(r"[\n,;]", typed) if (name := " ".join(part.split())))


def check_named(campaign: Campaign, named: Named) -> list[Problem]:
    """What is wrong with the chosen cells."""
    problems = []
    if named.agency and named.agency not in {agency.code for agency in campaign.agencies}:
        what = text("problem.agency_missing", code=named.agency)
        problems.append(Problem(named.agency, what, text("problem.code_unknown_fix")))
    if named.group and named.group not in {group.code for group in campaign.settings.groups}:
        problems.append(
            Problem(named.group, text("problem.group_missing", code=named.group), text("problem.code_unknown_fix"))
        )
    if named.is_whole and not named.agency:
        problems.append(Problem(text("sheets.names"), text("sheets.no_names"), text("sheets.no_names_fix")))
    return problems


def find_sheets(conn: Connection, named: Named) -> list[int]:
    """The keys of the sheets that are meant, each once; InputWrong with every name that is none."""
    if named.is_whole:
        return list(conn.scalars(_in_cells(named).order_by(sheets.c.id)))
    cells = _Cells(conn, named)
    found: dict[int, None] = {}
    problems: list[Problem] = []
    for name in named.names:
        keys = cells.find(name)
        if isinstance(keys, str):
            problems.append(Problem(name, keys, text("sheets.unknown_fix")))
        else:
            found.update(dict.fromkeys(keys))
    if problems:
        raise InputWrong(problems)
    return list(found)


def _in_cells(named: Named) -> Select[tuple[int]]:
    query = select(sheets.c.id).join_from(sheets, cell, cell.c.id == sheets.c.cell).join(agencies)
    query = query.join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
    if named.agency:
        query = query.where(agencies.c.code == named.agency)
    return query.where(respondent_group.c.code == named.group) if named.group else query


class _Cells:
    """The numbers of the cells that are named, each cell looked up once."""

    def __init__(self, conn: Connection, named: Named) -> None:
        self._conn = conn
        self._chosen = f"{named.agency}-{named.group}" if named.agency and named.group else ""
        codes = select(cell.c.id, agencies.c.code, respondent_group.c.code.label("group"))
        rows = conn.execute(codes.join_from(cell, agencies).join(respondent_group))
        self._keys = {f"{row.code}-{row.group}": row.id for row in rows}
        self._ordinals: dict[str, dict[int, int]] = {}

    def find(self, name: str) -> list[int] | str:
        """The keys under a name, or what is wrong with it."""
        name = name.upper()
        number = self._split(name)
        if number and (key := self._sheets_of(number[0]).get(number[1])):
            return [key]
        code = find_code(name)
        serial = code.serial if code else find_serial(name)
        if serial is not None:
            known = self._conn.scalar(select(sheets.c.id).where(sheets.c.serial == serial))
            return text("sheets.unknown_serial") if known is None else [known]
        ends = _RANGE.fullmatch(name) or _JOINED.fullmatch(name) or _ORDINALS.fullmatch(name)
        first = self._split(ends["first"]) if ends else None
        if ends and first:
            return self._find_range(first, self._split(ends["last"], first[0]))
        if number is None and (ends or _NUMBER.fullmatch(name)):
            return text("sheets.no_cell")
        return text("sheets.unknown" if number else "sheets.unreadable")

    def _find_range(self, first: tuple[str, int], last: tuple[str, int] | None) -> list[int] | str:
        if last is None or last[0] != first[0]:
            return text("sheets.range_over_cells")
        if last[1] < first[1]:
            return text("sheets.range_backwards")
        known = self._sheets_of(first[0])
        lacking = [ordinal for ordinal in (first[1], last[1]) if ordinal not in known]
        if lacking:
            return text("sheets.range_unknown", number=f"{first[0]}-{lacking[0]:03d}")
        return [known[ordinal] for ordinal in range(first[1], last[1] + 1)]

    def _split(self, number: str, cell_name: str = "") -> tuple[str, int] | None:
        """The cell and the ordinal of a number; a bare ordinal is of the chosen cell, or of the range's."""
        match = _NUMBER.fullmatch(number)
        name = (match["cell"] or cell_name or self._chosen) if match else ""
        return (name, int(match["ordinal"])) if match and name in self._keys else None

    def _sheets_of(self, name: str) -> dict[int, int]:
        if name not in self._ordinals:
            query = select(sheets.c.ordinal, sheets.c.id).where(sheets.c.cell == self._keys[name])
            self._ordinals[name] = {row.ordinal: row.id for row in self._conn.execute(query)}
        return self._ordinals[name]
