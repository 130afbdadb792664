"""Which sheet every row of an imported table answers: the one that it names, or a free one of its cell."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from collector.printing.issue import compose_layouts, reserve_run_on
from collector.store import Store
from collector.store.codes import Place
from collector.store.imports import (
    ImportSheet,
    find_cells,
    find_import_rows,
    find_named_sheets,
    list_free_sheets,
)
from forms.campaign import Campaign, Quota
from forms.errors import Problem
from forms.response import answers_digest
from forms.serial import find_serial
from forms.typed_sheets import TypedSheet
from forms.words import text

_SERIALS_AT_ONCE = 5_000


@dataclass(frozen=True)
class Placed:
    """A typed sheet and the sheet that it answers; `key` where it named none, `is_fresh` where that is a new one."""

    typed: TypedSheet
    sheet: ImportSheet
    key: str = ""
    is_fresh: bool = False


class Placing:
    """Finds the sheet of every row; `keys` of the rows without a serial, by where they stand (find_keys).

    `short`: cells that have to be given serials (give_serials) before rows of theirs can take any.
    """

    def __init__(self, conn: Connection, store: Store, campaign: Campaign, keys: Mapping[str, str]) -> None:
        self.conn, self.store, self.campaign, self.keys = conn, store, campaign, keys
        self.quotas = {(quota.agency, quota.group): quota for quota in campaign.quotas}
        self.places: dict[int, frozenset[Place]] = {}
        self.short: list[Quota] = []

    def place(self, typed: Sequence[TypedSheet], problems: list[Problem]) -> list[Placed]:
        """Sheets for all rows that can have one; the others are problems."""
        sound = []
        for one in typed:
            problem = self._check_cell(one)
            if problem is None:
                sound.append(one)
            else:
                problems.append(problem)
        named = self._place_named([one for one in sound if one.serial], problems)
        return named + self._place_unnamed([one for one in sound if one.where in self.keys], named, problems)

    def _check_cell(self, one: TypedSheet) -> Problem | None:
        fields = {"agency": one.agency, "group": one.group}
        if (one.agency, one.group) not in self.quotas:
            return Problem(one.where, text("store.no_cell", **fields), text("import.no_cell_fix"))
        return None

    def _place_named(self, typed: Sequence[TypedSheet], problems: list[Problem]) -> list[Placed]:
        names = [find_serial(one.serial) or one.serial.upper() for one in typed]
        sheets = find_named_sheets(self.conn, set(names))
        first: dict[int, TypedSheet] = {}
        placed = []
        for one, name in zip(typed, names, strict=True):
            sheet = sheets.get(name)
            problem = self._check_sheet(one, sheet, first)
            if problem is not None:
                problems.append(problem)
            elif sheet is not None:
                first[sheet.id] = one
                placed.append(Placed(one, sheet))
        return placed

    def _check_sheet(self, one: TypedSheet, sheet: ImportSheet | None, first: dict[int, TypedSheet]) -> Problem | None:
        fields = {"serial": one.serial, "agency": one.agency, "group": one.group}
        if sheet is None:
            return Problem(one.where, text("import.unknown_serial", **fields), text("import.unknown_serial_fix"))
        if sheet.state == "void":
            return Problem(one.where, text("import.void", **fields), text("import.void_fix"))
        if (sheet.agency, sheet.group) != (one.agency, one.group):
            own = text("import.other_sheet", **fields, own_agency=sheet.agency, own_group=sheet.group)
            return Problem(one.where, own, text("import.other_sheet_fix"))
        if sheet.id in first:
            what = text("import.sheet_twice", **fields, first=first[sheet.id].where)
            return Problem(one.where, what, text("import.sheet_twice_fix"))
        return None

    def _place_unnamed(
        self, typed: Sequence[TypedSheet], named: Iterable[Placed], problems: list[Problem]
    ) -> list[Placed]:
        known = find_import_rows(self.conn, {self.keys[one.where] for one in typed})
        cells: dict[tuple[str, str], list[TypedSheet]] = {}
        for one in typed:
            if self.keys[one.where] not in known:
                cells.setdefault((one.agency, one.group), []).append(one)
        taken = {one.sheet.id for one in named}
        every = find_cells(self.conn)
        placed = [Placed(one, known[key], key) for one in typed if (key := self.keys[one.where]) in known]
        free_of = list_free_sheets(self.conn, [every[cell][0] for cell in cells if cell in every])
        for cell, rows in cells.items():
            free = [sheet for sheet in free_of.get(cell, ()) if sheet.id not in taken]
            quota = self.quotas[cell]
            lacks = every[cell][1] if cell in every else quota.target + quota.reserve
            if len(free) + lacks < len(rows):
                fields = {"agency": cell[0], "group": cell[1], "rows": len(rows), "free": len(free) + lacks}
                problems.append(Problem(rows[0].where, text("import.no_room", **fields), text("import.no_room_fix")))
            if lacks:
                self.short.append(quota)
            else:  # the answers of rows for which there is room are held against a sheet all the same
                placed += [self._take_free(one, free) for one in rows[: len(free)]]
        return placed

    def _take_free(self, one: TypedSheet, free: list[ImportSheet]) -> Placed:
        """The first free sheet that asks all that was answered; matrix sheets differ in whom they ask about."""
        answered = {(answer.question, answer.row) for answer in one.answers}
        fitting = (sheet for sheet in free if answered <= self._places(sheet))
        sheet = next(fitting, free[0])
        free.remove(sheet)
        return Placed(one, sheet, self.keys[one.where], is_fresh=True)

    def _places(self, sheet: ImportSheet) -> frozenset[Place]:
        if sheet.layout not in self.places:
            self.places[sheet.layout] = frozenset(self.store.get_codes(self.conn, sheet.layout).places)
        return self.places[sheet.layout]


def give_serials(store: Store, campaign: Campaign, quotas: Sequence[Quota], pause: float) -> None:
    """Bring cells up to target and reserve, some at a time; `pause` behind each part, of the time that it took."""
    parts: list[list[Quota]] = [[]]
    for quota in quotas:
        if sum(one.target + one.reserve for one in parts[-1]) >= _SERIALS_AT_ONCE:
            parts.append([])
        parts[-1].append(quota)
    composed = compose_layouts(store, campaign, quotas)
    for part in filter(None, parts):
        began = time.monotonic()
        with store.write() as conn:
            reserve_run_on(conn, campaign, part, composed=composed)
        time.sleep(pause * (time.monotonic() - began))


def find_keys(typed: Iterable[TypedSheet], problems: list[Problem]) -> dict[str, str]:
    """A key for every row without a serial: its cell and its own id; without one its answers, and which of equal ones.

    By where the row stands; an id that a cell has twice is a problem.
    """
    equal: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], TypedSheet] = {}
    keys = {}
    for one in typed:
        if one.serial:
            continue
        said = f"id {one.id}" if one.id else f"answers {answers_digest(one.answers)}"
        row = one.agency, one.group, said
        if one.id and row in first:
            what = text("import.sheet_twice", serial=one.id, first=first[row].where)
            problems.append(Problem(one.where, what, text("import.sheet_twice_fix")))
            continue
        first.setdefault(row, one)
        equal[row] += 1
        keys[one.where] = hashlib.sha256(json.dumps([*row, equal[row]], ensure_ascii=False).encode()).hexdigest()
    return keys
