"""A matrix sheet's "the same as the agency above", without a script: what was left open is taken from above.

Plain values in, plain values out. A row that is ticked keeps what was answered in it; its other questions take the
answers of the nearest row above that says anything, so one's own agency, left out, does not break the chain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from forms.response import Answer, is_answered

PREFIX = "-same:"  # no question's code begins so

Place = tuple[str, str]


def same_name(row: str) -> str:
    """The name under which a row's tick is sent."""
    return PREFIX + row


def take_from_above(
    answers: Sequence[Answer], posted: Mapping[str, Sequence[str]]
) -> tuple[tuple[Answer, ...], frozenset[Place]]:
    """The answers with those of ticked rows filled in, and which places (question, row) were."""
    rows = list(dict.fromkeys(one.row for one in answers if one.row is not None))
    given = {(one.question, one.row): one for one in answers}
    taken: dict[tuple[str, str | None], Answer] = {}
    above: dict[str, Answer] = {}  # question -> the answer of the nearest row that says anything
    for row in rows:
        own = {one.question: one for one in answers if one.row == row}
        if same_name(row) in posted:
            for asked, answer in above.items():
                if asked in own and not is_answered(own[asked]):
                    own[asked] = taken[asked, row] = replace(answer, row=row)
        if any(is_answered(one) for one in own.values()):
            above = {asked: one for asked, one in own.items() if is_answered(one)}
    filled = tuple(taken.get(place, one) for place, one in given.items())
    return filled, frozenset((asked, row) for asked, row in taken if row is not None)
