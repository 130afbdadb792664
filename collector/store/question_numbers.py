"""The number of a question on the sheet that was printed, whatever the campaign's questionnaire says today."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from collector.store.schema import agency, cell, layout, question, respondent_group
from collector.store.schema import sheet as sheets

_AT_ONCE = 500
Numbers = dict[str, int]


def number_questions(conn: Connection, named: Collection[str]) -> dict[str, Numbers]:
    """By sheet (SXD-CD-007) or cell (SXD-CD) the number before each of its questions, by code.

    Of a cell whose sheets were printed from several questionnaires those questions alone that have one number in all.
    What is neither a sheet nor a cell has none.
    """
    found = _find_printed(conn, sorted(named))
    positions = _load_positions(conn, {key for keys in found.values() for key in keys})
    return {name: _agree([positions[key] for key in sorted(keys)]) for name, keys in found.items()}


def _find_printed(conn: Connection, named: list[str]) -> dict[str, set[int]]:
    """Sheet or cell -> the keys of the questionnaires that were printed."""
    found: dict[str, set[int]] = {}
    of_sheet = select(sheets.c.number, layout.c.questionnaire).join_from(sheets, layout, layout.c.id == sheets.c.layout)
    for start in range(0, len(named), _AT_ONCE):
        some = named[start : start + _AT_ONCE]
        for number, key in conn.execute(of_sheet.where(sheets.c.number.in_(some))):
            found.setdefault(number, set()).add(key)
    cells = {name for name in named if name not in found}
    if cells:
        codes = select(cell.c.id, agency.c.code, respondent_group.c.code.label("group"))
        rows = conn.execute(codes.join_from(cell, agency).join(respondent_group))
        keys = {row.id: name for row in rows if (name := f"{row.code}-{row.group}") in cells}
        of_cell = select(sheets.c.cell, layout.c.questionnaire).join(layout, layout.c.id == sheets.c.layout)
        for place, key in conn.execute(of_cell.where(sheets.c.cell.in_(list(keys))).distinct()):
            found.setdefault(keys[place], set()).add(key)
    return found


def _load_positions(conn: Connection, questionnaires: Collection[int]) -> dict[int, Numbers]:
    found: dict[int, Numbers] = {key: {} for key in questionnaires}
    asked = select(question.c.questionnaire, question.c.code, question.c.position)
    for row in conn.execute(asked.where(question.c.questionnaire.in_(list(questionnaires)))):
        found[row.questionnaire][row.code] = row.position + 1
    return found


def _agree(printed: list[Numbers]) -> Numbers:
    first, *others = printed
    return {code: number for code, number in first.items() if all(one.get(code) == number for one in others)}
