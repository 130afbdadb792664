"""From the scores to what an agency or the public may see of its groups."""

from __future__ import annotations

import math

import pandas as pd

from aggregation.csv_files import table_csv
from aggregation.scores import Scores
from aggregation.suppression import PublicTables, suppress
from aggregation.tables import COMBINED

_CELL = ["agency", "group", "criterion"]
_QUESTION = ["agency", "group", "question"]


def find_public(scores: Scores) -> PublicTables:
    """The public tables under the rule `show_from`; hidden says why and is for the office."""
    estimates = scores.estimates
    single = (estimates["criterion"] != COMBINED) & (estimates["group"] != COMBINED)
    cells = estimates.loc[single, ["agency", "block", "criterion", "group", "mean_percent", "weight"]]
    maximum = scores.leaf_maxima.reindex(cells["criterion"]).to_numpy()
    cells = cells.assign(worth=cells["weight"].to_numpy() * maximum)
    return suppress(cells.merge(_find_secrets(scores), on=_CELL, how="left"), scores.rules.show_from)


def _find_secrets(scores: Scores) -> pd.DataFrame:
    """Of each cell the fewest answers that one of its questions has, and whether one has all answers alike."""
    said = scores.counts[scores.counts["option"] != ""]
    options = said.groupby(_QUESTION, sort=False, observed=True)["n"].agg(["sum", "max"]).reset_index()
    asked = scores.questions[[*_QUESTION, "criterion"]].merge(options, on=_QUESTION)
    asked["unanimous"] = asked["sum"] == asked["max"]
    return asked.groupby(_CELL, sort=False).agg(n=("sum", "min"), unanimous=("unanimous", "any")).reset_index()


def widen(half_width: float, maximum: float) -> float:
    """Half an interval as it may stand beside hidden cells: up to the next half per cent of the maximum.

    To the last digit it would be the sum of all groups' spreads, from which those that are shown could be taken away:
    where nothing is left, the hidden ones are of one mind.
    """
    unit = maximum / 200
    return max(1, math.ceil(half_width / unit - 1e-9)) * unit


def public_csv(public: PublicTables) -> bytes:
    """groups.csv: what agencies may see of groups, agency by agency and, with agency "*", block by block."""
    bare = public.drop_reasons()
    blocks = bare.blocks.assign(agency=COMBINED)[list(bare.scores.columns)]
    table = pd.concat([bare.scores, blocks])
    table["hidden"] = table["hidden"].map({True: "yes", False: ""})
    return table_csv(table)
