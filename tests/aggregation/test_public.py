"""The groups that agencies may see, from answers to file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from aggregation.public import find_public, public_csv
from aggregation.scores import score
from aggregation.tables import ScoringTables
from forms.rules import Scoring

Make = Callable[..., ScoringTables]


def make_province(make_tables: Make, leaders: str) -> ScoringTables:
    """Six agencies with the same answers; leaders: one option a leader."""
    answers: list[tuple[Any, ...]] = []
    for agency in "ABCDEF":
        for group, options in (("LD", leaders), ("CC", "554433"), ("CD", "5544332211")):
            answers += [(len(answers) + n, agency, group, "q1", option) for n, option in enumerate(options)]
    return make_tables(
        answers,
        agencies=dict.fromkeys("ABCDEF", "SN"),
        criteria={"TC1": 10},
        items=[(group, "q1", "TC1", 1) for group in ("LD", "CC", "CD")],
        cells=[(agency, group, 10) for agency in "ABCDEF" for group in ("LD", "CC", "CD")],
    )


def test_few_leaders_are_hidden_behind_another_group(make_tables: Make) -> None:
    found = find_public(score(make_province(make_tables, "543"), Scoring())).scores.set_index(["agency", "group"])
    assert found.loc[("A", "LD"), "hidden"] == "small"
    assert found.loc[("A", "CC"), "hidden"] == "complement"
    assert found.loc[("A", "CD"), ["mean_percent", "hidden"]].tolist() == [50.0, ""]


def test_a_unanimous_group_is_hidden_however_large(make_tables: Make) -> None:
    found = find_public(score(make_province(make_tables, "4" * 12), Scoring())).scores
    assert set(found.loc[found["group"] == "LD", "hidden"]) == {"unanimous"}
    blocks = find_public(score(make_province(make_tables, "4" * 12), Scoring())).blocks.set_index("group")
    assert blocks["hidden"].to_dict() == {"LD": "small", "CC": "", "CD": ""}


def test_the_setting_turns_it_off_and_the_score_never_changes(make_tables: Make) -> None:
    tables = make_province(make_tables, "543")
    open_, shut = (score(tables, Scoring(show_from=smallest)) for smallest in (0, 5))
    assert (find_public(open_).scores["hidden"] == "").all()
    assert open_.totals.equals(shut.totals)


def test_the_file_says_that_a_cell_is_hidden_and_not_why(make_tables: Make) -> None:
    content = public_csv(find_public(score(make_province(make_tables, "543"), Scoring())))
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {row["hidden"] for row in rows} == {"yes", ""}
    assert all((row["mean_percent"] == "") == (row["hidden"] == "yes") for row in rows)
    unsaid = {row["group"] for row in rows if row["agency"] == "A" and row["n"] == ""}
    assert unsaid == {"LD", "CC", "*"}, "who of a few said nothing, and what one group has, follow from numbers too"
    assert [row["n"] for row in rows if (row["agency"], row["group"]) == ("A", "CD")] == ["10"]
    block = next(row for row in rows if (row["agency"], row["group"]) == ("*", "LD"))
    assert (block["n"], block["mean_percent"], block["hidden"]) == ("18", "75", "")
