"""Seconds to score 300,000 sheets of 30 questions, against a pandas groupby that only averages the same answers.

    .venv/bin/python -m benchmarks.scoring [--sheets 300000] [--agencies 150] [--rounds 3]

Both start from the same table in the same process, once with text columns as categories (as a database's integer keys
give them), once as plain text. The groupby gives mean per cent by agency, group and question and nothing else; scoring
gives exact points, standard errors, rank sets, grades and counts. The best of the rounds is printed.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from aggregation.scores import score
from aggregation.tables import ScoringTables
from forms.rules import Scoring

GROUPS = ("CC", "CD", "DN")
QUESTIONS = tuple(f"q{number}" for number in range(1, 31))
PERCENTS = {"5": 100, "4": 75, "3": 50, "2": 25, "1": 0, "0": None}
TEXT = ("agency", "group", "question", "option", "state")


def make_answers(sheets: int, agencies: int) -> pd.DataFrame:
    """Made-up answers, 5 % blank, one row a sheet and question, text columns as categories."""
    rng = np.random.default_rng(20140320)
    size, width = sheets * len(QUESTIONS), len(QUESTIONS)
    options = ("", *PERCENTS)
    option = rng.choice(len(options), size=size, p=[0.05, 0.25, 0.40, 0.20, 0.05, 0.03, 0.02])
    columns = {
        "agency": (np.repeat(rng.integers(0, agencies, sheets), width), tuple(f"A{n:04d}" for n in range(agencies))),
        "group": (np.repeat(rng.integers(0, len(GROUPS), sheets), width), GROUPS),
        "question": (np.tile(np.arange(width), sheets), QUESTIONS),
        "option": (option, options),
        "state": ((option == 0).astype(int), ("clear", "blank")),
    }
    table = pd.DataFrame({"sheet": np.repeat(np.arange(sheets), width)})
    for name, (codes, values) in columns.items():
        table[name] = pd.Categorical.from_codes(codes, list(values))
    return table


def make_tables(answers: pd.DataFrame) -> ScoringTables:
    agencies = list(answers["agency"].cat.categories)
    criteria = [f"TC{number}" for number in range(1, 16)]
    items = [(g, q, criteria[n // 2], 1) for g in GROUPS for n, q in enumerate(QUESTIONS)]
    levels = [(g, q, option, percent) for g in GROUPS for q in QUESTIONS for option, percent in PERCENTS.items()]
    return ScoringTables(
        agencies=pd.DataFrame({"agency": agencies, "name": agencies, "block": "SN"}),
        blocks=pd.DataFrame({"block": ["SN"], "name": ["SN"]}),
        groups=pd.DataFrame({"group": GROUPS, "name": GROUPS}),
        criteria=pd.DataFrame(
            {"criterion": criteria, "name": criteria, "parent": "", "block": "", "source": "survey", "max_points": "2"}
        ),
        items=pd.DataFrame(items, columns=["group", "question", "criterion", "weight"]),
        levels=pd.DataFrame(levels, columns=["group", "question", "option", "percent"], dtype=object),
        cells=pd.DataFrame(
            [(a, g, 1, None) for a in agencies for g in GROUPS], columns=["agency", "group", "target", "population"]
        ),
        answers=answers,
    )


def average_only(answers: pd.DataFrame) -> pd.Series:
    percent = answers["option"].astype(object).map(PERCENTS).astype(float)
    keys = [answers["agency"], answers["group"], answers["question"]]
    return percent.groupby(keys, observed=True).mean()


def best_of(rounds: int, work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def measure(kind: str, tables: ScoringTables, rules: Scoring, rounds: int) -> None:
    scoring = best_of(rounds, lambda: score(tables, rules))
    grouping = best_of(rounds, lambda: average_only(tables.answers))
    print(f"{kind:>10}: scoring {scoring:6.2f} s   pandas groupby mean {grouping:6.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=300_000)
    parser.add_argument("--agencies", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rules = Scoring.model_validate({"group_weights": {"CC": "0.4", "CD": "0.4", "DN": "0.2"}})
    tables = make_tables(make_answers(options.sheets, options.agencies))
    print(f"{options.sheets:,} sheets x {len(QUESTIONS)} questions, {options.agencies} agencies, {len(GROUPS)} groups")
    measure("categories", tables, rules, options.rounds)
    measure("text", replace(tables, answers=tables.answers.astype(dict.fromkeys(TEXT, "str"))), rules, options.rounds)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
