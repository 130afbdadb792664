"""Small scoring tables to build tests from, and the reference survey in oracle/."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from aggregation.tables import ScoringTables
from forms.rules import Scoring

ORACLE = Path(__file__).parent / "oracle"
FIVE = {"5": "100", "4": "75", "3": "50", "2": "25", "1": "0", "0": None}
COLUMNS = ["sheet", "agency", "group", "question", "option", "state"]


def build_tables(
    answers: Iterable[Sequence[Any]],
    *,
    agencies: Mapping[str, str],
    criteria: Mapping[str, object],
    items: Iterable[Sequence[Any]],
    cells: Iterable[Sequence[Any]],
    levels: Mapping[str, object] = FIVE,
    criterion_blocks: Mapping[str, str] | None = None,
) -> ScoringTables:
    """Tables from short forms: agencies {code: block}, criteria {code: points}, cells (agency, group, target, ...)."""
    items = list(items)
    blocks = list(dict.fromkeys(agencies.values()))
    groups = list(dict.fromkeys(item[0] for item in items))
    inside = criterion_blocks or {}
    rows = [(*row, "clear" if row[4] else "blank") if len(row) == 5 else tuple(row) for row in answers]
    return ScoringTables(
        agencies=pd.DataFrame(
            [(a, f"Cơ quan {a}", b) for a, b in agencies.items()], columns=["agency", "name", "block"]
        ),
        blocks=pd.DataFrame([(b, f"Khối {b}") for b in blocks], columns=["block", "name"]),
        groups=pd.DataFrame([(g, f"Nhóm {g}") for g in groups], columns=["group", "name"]),
        criteria=pd.DataFrame(
            [(c, f"Tiêu chí {c}", "", inside.get(c, ""), "survey", points) for c, points in criteria.items()],
            columns=["criterion", "name", "parent", "block", "source", "max_points"],
        ),
        items=pd.DataFrame(items, columns=["group", "question", "criterion", "weight"]),
        levels=pd.DataFrame(
            [(item[0], item[1], option, percent) for item in items for option, percent in levels.items()],
            columns=["group", "question", "option", "percent"],
        ),
        cells=pd.DataFrame(
            [(*cell, None)[:4] for cell in cells], columns=["agency", "group", "target", "population"], dtype=object
        ),
        answers=pd.DataFrame(rows, columns=COLUMNS).astype({"sheet": "int64"}),
    )


def read_oracle(name: str) -> pd.DataFrame:
    """A table of oracle/, every field as it is written; "" where it is empty."""
    return pd.read_csv(ORACLE / f"{name}.csv", dtype=str, keep_default_na=False)


def oracle_answers(year: int) -> list[tuple[Any, ...]]:
    """The sheets of one year, one row a question."""
    responses = read_oracle(f"responses_year{year}")
    questions = [column for column in responses.columns if column.startswith("q")]
    return [
        (sheet, row["agency"], row["group"], question, row[question])
        for sheet, row in enumerate(responses.to_dict("records"))
        for question in questions
    ]


def oracle_tables(year: int) -> ScoringTables:
    """The reference survey; several questions share a criterion's points in proportion to their own maximum."""
    items, levels, frame = read_oracle("items"), read_oracle("levels"), read_oracle("frame")
    groups = list(read_oracle("group_weights")["group"])
    points = items.assign(max_points=items["max_points"].astype(float)).groupby("criterion")["max_points"].sum()
    return build_tables(
        oracle_answers(year),
        agencies=dict.fromkeys(frame["agency"].unique(), "K"),
        criteria={criterion: str(maximum) for criterion, maximum in points.items()},
        items=[
            (g, row["item"], row["criterion"], row["max_points"]) for g in groups for row in items.to_dict("records")
        ],
        cells=[(row["agency"], row["group"], row["n"], row["N"]) for row in frame.to_dict("records")],
        levels={row["level"]: str(float(row["share"]) * 100) for row in levels.to_dict("records")},
    )


def oracle_rules(**changes: Any) -> Scoring:
    """Policy weights of the reference survey; no pooling, as R has none."""
    weights = {row["group"]: row["weight"] for row in read_oracle("group_weights").to_dict("records")}
    return Scoring.model_validate({"group_weights": weights, "small_cell": {"pool_below": 0}, **changes})


@pytest.fixture(scope="session")
def make_tables() -> Callable[..., ScoringTables]:
    return build_tables


@pytest.fixture(scope="session")
def oracle() -> Callable[..., Any]:
    """A function: what ("tables", "rules" or the name of a file) -> the thing."""

    def get(what: str, *args: Any, **changes: Any) -> Any:
        known: dict[str, Callable[..., Any]] = {"tables": oracle_tables, "rules": oracle_rules}
        return known[what](*args, **changes) if what in known else read_oracle(what)

    return get


@pytest.fixture(scope="session")
def one_question(make_tables: Callable[..., ScoringTables]) -> Callable[..., ScoringTables]:
    """A function: {agency: options, one a sheet} -> tables of one group, one question, one criterion of 10 points."""

    def build(chosen: Mapping[str, str], **changes: Any) -> ScoringTables:
        answers, sheet = [], 0
        for agency, options in chosen.items():
            for option in options:
                sheet += 1
                answers.append((sheet, agency, "CD", "q1", option.strip()))
        tables: ScoringTables = make_tables(
            answers,
            agencies=dict.fromkeys(chosen, "SN"),
            criteria={"TC1": 10},
            items=[("CD", "q1", "TC1", 1)],
            cells=[(agency, "CD", 10) for agency in chosen],
        )
        return replace(tables, **changes)

    return build
