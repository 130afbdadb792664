"""What scoring takes in: plain tables of a campaign and of its accepted answers. Knows no store and no files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

COMBINED = "*"  # the group of a row that holds all groups together: no table code can be written so


@dataclass(frozen=True)
class ScoringTables:
    """The tables that scores come from; codes are text, exact numbers are Decimal, text or int, never binary floats.

    agencies: agency, name, block; in the order of the campaign.
    blocks: block, name.
    groups: group, name.
    criteria: criterion, name, parent, block ("" for every block), source, max_points; leaves and parents.
    items: group, question, criterion, weight; the scored questions of each group.
    levels: group, question, option, percent (0..100, None: no answer for scoring).
    cells: agency, group, target, population (None where unknown); for a group that rates every agency of a block, one
    row a rated agency.
    answers: sheet (int), agency (the rated one), group, question, option ("" for a blank), state; one row a sheet,
    rated agency and question; state "skipped" for all that the sheet's skip rules led past, blanks among them,
    "doubtful" for open doubts.
    Text columns may be pandas categories, which spares hashing every row.
    """

    agencies: pd.DataFrame
    blocks: pd.DataFrame
    groups: pd.DataFrame
    criteria: pd.DataFrame
    items: pd.DataFrame
    levels: pd.DataFrame
    cells: pd.DataFrame
    answers: pd.DataFrame


def find_codes(column: pd.Series, known: tuple[str, ...]) -> NDArray[np.int32]:
    """The position of every value among the known codes, -1 where it is none of them."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, values = column.cat.codes.to_numpy(), list(column.cat.categories)
    else:
        codes, uniques = pd.factorize(column)
        values = list(uniques)
    positions = {code: position for position, code in enumerate(known)}
    # A missing value has the code -1, which picks the last entry.
    lookup = np.array([*(positions.get(str(value), -1) for value in values), -1], dtype=np.int32)
    return lookup[codes]
