"""The worked examples of docs/scoring.md, scored as they stand on the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from aggregation.scores import score
from aggregation.tables import COMBINED, ScoringTables
from forms.rules import Scoring

PAGE = Path(__file__).parents[2] / "docs" / "scoring.md"
BANDS = [("Xuất sắc", 90), ("Tốt", 80), ("Khá", 70), ("Trung bình", 50), ("Yếu", 0)]


def read_tables(example: int) -> dict[str, list[dict[str, str]]]:
    """The tables of an example: title -> rows."""
    found = {}
    for title, block in re.findall(rf"^Example {example}, ([a-z ]+):\n\n((?:\|.*\n)+)", PAGE.read_text("utf-8"), re.M):
        lines = [[field.strip() for field in line.strip("|").split("|")] for line in block.splitlines()]
        found[title] = [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]
    return found


def build_example(page: dict[str, list[dict[str, str]]], make_tables: Callable[..., ScoringTables]) -> ScoringTables:
    """One sheet for each answer of a cell's longest question; the page's counts leave open who answered what."""
    answers = []
    cells = list(dict.fromkeys((row["agency"], row["group"]) for row in page["answers"]))
    for row in page["answers"]:
        options = [option for option in ("100", "60", "20", "0", "blank") for _ in range(int(row[option]))]
        for number, option in enumerate(options):
            sheet = 100 * cells.index((row["agency"], row["group"])) + number
            chosen = "" if option == "blank" else option
            answers.append((sheet, row["agency"], row["group"], row["question"], chosen))
    groups = [row["group"] for row in page["weights"]]
    return make_tables(
        answers,
        agencies=dict.fromkeys((row["agency"] for row in page["answers"]), "SN"),
        criteria={row["criterion"]: row["max_points"] for row in page["criteria"]},
        items=[(g, row[g], row["criterion"], 1) for g in groups for row in page["criteria"] if row[g]],
        cells=[(agency, group, 20) for agency, group in cells],
        levels={level: level for level in ("100", "60", "20", "0")},
    )


@pytest.mark.parametrize("example", [1, 2])
def test_the_examples_of_the_page_come_out_as_printed(example: int, make_tables: Callable[..., ScoringTables]) -> None:
    page = read_tables(example)
    rules = Scoring.model_validate(
        {
            "group_weights": {row["group"]: row["weight"] for row in page["weights"]},
            "bands": [{"name": name, "from": lower} for name, lower in BANDS],
        }
    )
    scored = score(build_example(page, make_tables), rules)
    combined = scored.scores[scored.scores["group"] == COMBINED].set_index(["agency", "criterion"])["points"]
    assert {key: f"{points:g}" for key, points in combined.items()} == {
        (row["agency"], row["criterion"]): row["points"] for row in page["criteria scored"]
    }
    totals = scored.totals[["agency", "survey_points", "rank", "grade"]].to_dict("records")
    shown = [{key: "" if pd.isna(value) else str(value) for key, value in row.items()} for row in totals]
    assert shown == page["totals"]
