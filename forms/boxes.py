"""In which box a stack of sheets lies: table `boxes`, filled in as stacks are put away; a trace leads there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from forms.errors import InputWrong, Problem
from forms.parts import Parts
from forms.table_forms import BOXES
from forms.tables import Row, find_table, read_table
from forms.words import text


def find_boxes(folder: Path) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    """Stack -> every box in which the folder now says that it lies, and what is wrong with the table.

    Nothing where there is no table.
    """
    path = find_table(folder, BOXES.name)
    if path is None:
        return {}, []
    rows, problems = read_table(path, BOXES.name, BOXES.required, BOXES.more)
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.get("box"):
            found.setdefault(_stack(row), {})[row.get("box")] = None
    return {stack: tuple(boxes) for stack, boxes in found.items()}, [*problems, *_check_rows(rows)]


def require_boxes(folder: Path) -> None:
    """InputWrong with every problem of the table, where there is one."""
    _, problems = find_boxes(folder)
    if problems:
        raise InputWrong(problems)


def check_boxes(parts: Parts) -> Iterator[Problem]:
    """Every problem of `boxes`, where it is there."""
    yield from _check_rows(parts.rows.get(BOXES.name, ()))


def _check_rows(rows: Sequence[Row]) -> Iterator[Problem]:
    first: dict[str, Row] = {}
    for row in rows:
        stack, box = _stack(row), row.get("box")
        known = first.setdefault(stack, row)
        if known.get("box") != box:
            what = text("problem.boxes_twice", stack=stack, box=box, first=known.where("box"), other=known.get("box"))
            yield Problem(row.where("box"), what, text("problem.boxes_twice_fix"))


def _stack(row: Row) -> str:
    """A stack as its cover has it, however it was typed."""
    return "".join(row.get("stack").split()).upper()
