"""Who of a hand-out list was replaced by whom, as the office's returned lists say, so that the right people are called.

Nobody but the paper list knows it where people were asked without a letter or a slip. It goes into the frame of the
draw, which is kept; the table itself is not, and holds no name.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection

from collector.store.accounts import find_workplace
from collector.store.draws import Draw, last_draws
from collector.store.rechecks import Replaced
from collector.store.recipients import Cell, list_cells_of
from forms.errors import InputWrong, Problem
from forms.numbers import find_count
from forms.table_forms import TableForm
from forms.tables import Row, read_table
from forms.words import text

REPLACED = TableForm("recheck_replaced", ("agency", "group", "person"), ("reserve",))


def load_replaced(conn: Connection, path: Path, who: str) -> dict[Cell, Replaced]:
    """By cell, the people who left their places and those who took them; InputWrong with every problem of the table.

    Rows about lists of, or handed out by, the agency where `who` works are among them: nobody takes people off these.
    """
    rows, problems = read_table(path, REPLACED.name, REPLACED.required, REPLACED.more)
    if not rows and not problems:
        problems.append(_problem(f"{path.name}:1", "contacts_none"))
    draws, found, seen = last_draws(conn), dict[Cell, Replaced](), dict[int, str]()
    own = find_workplace(conn, who)
    theirs = list_cells_of(conn, own) if own else frozenset()
    for row in rows:
        cell = row.get("agency").upper(), row.get("group").upper()
        draw = draws.get(cell)
        if draw is None:
            problems.append(_problem(row.where("agency"), "replaced_cell", agency=cell[0], group=cell[1]))
            continue
        if cell in theirs:
            problems.append(_problem(row.where("agency"), "replaced_own", agency=own))
        left = _find(row, "person", draw, draw.people[: draw.size], problems)
        took = _find(row, "reserve", draw, draw.people[draw.size :], problems) if row.get("reserve") else None
        for person, column in ((left, "person"), (took, "reserve")):
            if person is not None and seen.setdefault(person, row.where(column)) != row.where(column):
                problems.append(_problem(row.where(column), "replaced_twice", first=seen[person]))
        known = found.get(cell, Replaced())
        found[cell] = Replaced(known.left | _only(left), known.took | _only(took))
    if problems:
        raise InputWrong(problems)
    return found


def _only(person: int | None) -> frozenset[int]:
    return frozenset() if person is None else frozenset({person})


def _find(row: Row, column: str, draw: Draw, people: tuple[int, ...], problems: list[Problem]) -> int | None:
    """The person of a place on the list, counted from 1 among the drawn or among the reserves."""
    place = find_count(row.get(column))
    if place is None or not 1 <= place <= len(people):
        fields = {"given": row.get(column), "most": len(people), "round": draw.round}
        problems.append(_problem(row.where(column), f"replaced_{column}", **fields))
        return None
    return people[place - 1]


def count_replaced(replaced: Mapping[Cell, Replaced], agency: str) -> int:
    """How many people of an agency's lists left their places."""
    return sum(len(one.left) for (code, _), one in replaced.items() if code == agency)


def _problem(where: str, key: str, **fields: object) -> Problem:
    return Problem(where, text(f"recheck.{key}", **fields), text(f"recheck.{key}_fix", **fields))
