"""Answers counted: counts[agency, item, option], and which sheet each counted answer came from.

A part is one sheet's answers about one agency: the whole sheet, or one row of a matrix sheet. Points need only the
counts; the parts are kept because standard errors need to know which answers one person gave.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aggregation.plan import Plan, exact
from aggregation.tables import Bools, Ints, ScoringTables, find_codes
from forms.errors import InputWrong, Problem
from forms.rules import Scoring
from forms.words import text

_STATES = ("doubtful", "skipped", "blank")
_ROWS = 3_000_000  # answers held in wide numbers at once, where they come sheet by sheet


@dataclass(frozen=True)
class Parts:
    """One entry a part: where it belongs, how many questions it answers, leaves blank, leaves in doubt.

    `valid`: enough is answered, its answers count. `counted`: its sheet is valid for at least one agency, so that the
    part belongs to the sample, with no answer where it is not valid itself.
    """

    sheet: Ints
    agency: Ints
    group: Ints
    answered: Ints
    blank: Ints
    doubtful: Ints
    valid: Bools
    counted: Bools


@dataclass(frozen=True)
class Tally:
    """counts[agency, item, option] of valid parts, blanks in the last slot; per counted answer its part and slot."""

    counts: Ints
    parts: Parts
    row_part: NDArray[np.int32]
    row_slot: NDArray[np.int32]


@dataclass(frozen=True)
class _Rows:
    """The answers to scored questions that apply, as positions."""

    part: NDArray[np.int32]
    slot: NDArray[np.int32]
    blank: Bools
    said: Bools
    doubtful: Bools


def count_answers(tables: ScoringTables, plan: Plan, rules: Scoring) -> Tally:
    """The counts of all valid parts; InputWrong for answers that name an unknown agency or option."""
    shape = (len(plan.agencies), len(plan.items), plan.blank_slot + 1)
    counts, most = np.zeros(int(np.prod(shape)), dtype=np.int64), exact(rules.valid_sheet.min_answered)
    found: list[tuple[Parts, NDArray[np.int32], NDArray[np.int32]]] = []
    problems: dict[Problem, None] = {}
    for start, end in _stretches(tables.answers["sheet"].to_numpy(dtype=np.int64)):
        try:
            parts, row_part, slot = _count_stretch(tables.answers.iloc[start:end], plan, most)
        except InputWrong as wrong:
            problems |= dict.fromkeys(wrong.problems)
            continue
        counts += np.bincount(slot, minlength=len(counts))
        found.append((parts, row_part, slot))
    if problems:
        raise InputWrong(sorted(problems, key=lambda problem: problem.what))
    return _join(found, counts.reshape(shape))


def _stretches(sheet: Ints) -> list[tuple[int, int]]:
    """Stretches of rows with whole sheets in each; one of all rows where they do not come sheet by sheet."""
    if len(sheet) <= _ROWS or (sheet[1:] < sheet[:-1]).any():
        return [(0, len(sheet))]
    wanted = np.arange(_ROWS, len(sheet), _ROWS)
    bounds = np.unique([0, *np.searchsorted(sheet, sheet[wanted]), len(sheet)]).tolist()
    return list(pairwise(bounds))


def _count_stretch(
    answers: pd.DataFrame, plan: Plan, min_answered: Fraction
) -> tuple[Parts, NDArray[np.int32], NDArray[np.int32]]:
    rows, sheet, agency, group = _read_rows(answers, plan)
    parts = _weigh_parts(rows, sheet, agency, group, min_answered)
    kept = (rows.said | rows.blank) & parts.valid[rows.part]
    return parts, rows.part[kept], rows.slot[kept]


def _join(found: list[tuple[Parts, NDArray[np.int32], NDArray[np.int32]]], counts: Ints) -> Tally:
    """The stretches one after the other, their parts numbered on."""
    if len(found) == 1:
        return Tally(counts, *found[0])
    sizes = np.cumsum([0, *(len(parts.sheet) for parts, _, _ in found)], dtype=np.int32)
    names = [each.name for each in fields(Parts)]
    parts = Parts(**{name: np.concatenate([getattr(each, name) for each, _, _ in found]) for name in names})
    row_part = np.concatenate([part + first for (_, part, _), first in zip(found, sizes, strict=False)])
    return Tally(counts, parts, row_part, np.concatenate([slot for _, _, slot in found]))


def _read_rows(answers: pd.DataFrame, plan: Plan) -> tuple[_Rows, Ints, NDArray[np.int32], NDArray[np.int32]]:
    agency = find_codes(answers["agency"], plan.agencies)
    group = find_codes(answers["group"], plan.groups)
    item = _find_items(answers, group, plan)
    problems = _unknown(answers["agency"], (agency < 0) & (item >= 0), "report.unknown_agency")
    if problems:
        raise InputWrong(problems)
    applies = (item >= 0) & plan.applies()[agency, item]
    kept = slice(None) if applies.all() else applies
    agency, group, item, answers = agency[kept], group[kept], item[kept], answers.loc[kept]
    option = _find_options(answers["option"], item, plan)
    state = find_codes(answers["state"], _STATES)
    aside = (state == 0) | (state == 1)
    blank = ~aside & ((option == plan.blank_slot) | (state == 2))
    problems = _unknown(answers["option"], (option < 0) & ~aside & ~blank, "report.unknown_option")
    if problems:
        raise InputWrong(problems)
    option[blank] = plan.blank_slot
    # A province has fewer slots than 32 bits count; the answers are too many to be held wider than that.
    slot = (agency * np.int32(len(plan.items)) + item) * np.int32(plan.blank_slot + 1) + option
    sheet = answers["sheet"].to_numpy(dtype=np.int64)
    part = _number_parts(sheet * np.int64(len(plan.agencies)) + agency.astype(np.int64))
    return _Rows(part, slot, blank, ~aside & ~blank, state == 0), sheet, agency, group


def _number_parts(key: Ints) -> NDArray[np.int32]:
    """The parts numbered from 0 by first appearance; answers mostly come sheet by sheet, which needs no hashing."""
    steps = np.diff(key)
    if (steps >= 0).all():
        return np.concatenate((np.zeros(min(len(key), 1), np.int32), np.cumsum(steps > 0, dtype=np.int32)))
    return pd.factorize(key)[0].astype(np.int32)


def _find_items(answers: pd.DataFrame, group: NDArray[np.int32], plan: Plan) -> NDArray[np.int32]:
    questions = tuple(sorted({item.question for item in plan.items}))
    # One row and column more than there are codes: position -1, an unknown group or question, finds -1 there.
    table = np.full((len(plan.groups) + 1, len(questions) + 1), -1, dtype=np.int32)
    for position, item in enumerate(plan.items):
        table[item.group, questions.index(item.question)] = position
    return table[group, find_codes(answers["question"], questions)]


def _find_options(column: pd.Series, item: NDArray[np.int32], plan: Plan) -> NDArray[np.int32]:
    options = ("", *sorted({option for item in plan.items for option in item.options}))
    table = np.full((len(plan.items) + 1, len(options) + 1), -1, dtype=np.int32)
    table[:, 0] = plan.blank_slot
    for position, entry in enumerate(plan.items):
        for slot, option in enumerate(entry.options):
            table[position, options.index(option)] = slot
    return table[item, find_codes(column, options)]


def _weigh_parts(
    rows: _Rows, sheet: Ints, agency: NDArray[np.int32], group: NDArray[np.int32], min_answered: Fraction
) -> Parts:
    size = int(rows.part.max(initial=-1)) + 1
    first: dict[str, Ints] = {}
    for name, column in (("sheet", sheet), ("agency", agency), ("group", group)):
        first[name] = np.zeros(size, dtype=np.int64)
        first[name][rows.part] = column
    answered, blank, doubtful = (
        np.bincount(rows.part[chosen], minlength=size) for chosen in (rows.said, rows.blank, rows.doubtful)
    )
    asked = answered + blank
    needed = np.array([math.ceil(min_answered * number) for number in range(int(asked.max(initial=0)) + 1)])
    valid = (answered > 0) & (answered >= needed[asked])
    sheets, _ = pd.factorize(first["sheet"])
    alive = np.bincount(sheets, weights=valid, minlength=1) > 0
    return Parts(first["sheet"], first["agency"], first["group"], answered, blank, doubtful, valid, alive[sheets])


def _unknown(column: pd.Series, wrong: Bools, key: str) -> list[Problem]:
    values = sorted({str(value) for value in column[wrong]})
    return [Problem("answers", text(key, code=value)) for value in values]
