"""Seconds to score 300,000 sheets of 30 questions stage by stage, beside engines that only average the same answers.

    .venv/bin/python -m benchmarks.scoring [--sheets 300000] [--agencies 3400] [--rounds 3]

All start from the same table in the same process. The engines (pandas; polars and duckdb where they are installed, they
are no dependency) give the mean per cent by agency, group and question and nothing else; scoring gives exact points,
standard errors of everything, rank sets, grades, signs of quality, files and a report. The best of the rounds is
printed as processor time, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from aggregation.csv_files import table_csv
from aggregation.influence import agency_levers, find_influences, sample_groups
from aggregation.points import average, score_agencies, tabulate
from aggregation.public import find_public
from aggregation.quality import find_flags
from aggregation.quality_sheets import JOURNEY
from aggregation.report import About, make_report, report_html
from aggregation.scores import count, score
from aggregation.tables import ScoringTables
from aggregation.totals import rank_blocks
from forms.rules import Scoring

GROUPS = ("CC", "CD", "DN")
QUESTIONS = tuple(f"q{number}" for number in range(1, 31))
PERCENTS = {"5": 100, "4": 75, "3": 50, "2": 25, "1": 0, "0": None}


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


def average_with_polars(answers: pd.DataFrame) -> object:
    import polars  # type: ignore[import-not-found, unused-ignore]

    percents = polars.DataFrame({"option": list(PERCENTS), "percent": [PERCENTS[option] for option in PERCENTS]})
    columns = {name: answers[name].astype(str).to_numpy() for name in ("agency", "group", "question", "option")}
    frame = polars.DataFrame(columns).join(percents, on="option", how="left")
    return frame.group_by(["agency", "group", "question"]).agg(polars.col("percent").mean())


def average_with_duckdb(answers: pd.DataFrame) -> object:
    import duckdb  # type: ignore[import-not-found, unused-ignore]

    worth = " ".join(f"WHEN '{option}' THEN {percent}" for option, percent in PERCENTS.items() if percent is not None)
    query = f'SELECT agency, "group", question, avg(CASE option {worth} END) FROM answers GROUP BY ALL'
    return duckdb.query_df(answers, "answers", query).fetchall()


ENGINES = {"pandas": average_only, "polars": average_with_polars, "duckdb": average_with_duckdb}


def best_of(rounds: int, work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def make_journeys(answers: pd.DataFrame) -> pd.DataFrame:
    """Sheets scanned in the order of their numbers, 250 a file, days at random."""
    first = answers.drop_duplicates("sheet")
    rng = np.random.default_rng(7)
    known = {"sheet": first["sheet"].to_numpy(), "unreleased": False, "handed_day": 10.0, "seconds": np.nan}
    journeys = pd.DataFrame(known).assign(**{name: first[name].astype(str).to_numpy() for name in ("agency", "group")})
    journeys["received_day"] = rng.integers(11, 30, len(first)).astype(float)
    journeys["file"], journeys["image"] = journeys["sheet"] // 250, journeys["sheet"] % 250
    return journeys[list(JOURNEY)]


def measure_stages(tables: ScoringTables, rules: Scoring, rounds: int) -> None:
    counted = count(tables, rules)
    plan, tally = counted.plan, counted.tally
    means = average(tally.counts, plan, rules)
    points = score_agencies(tally.counts, means, plan, rules)
    influences = find_influences(tally, means, plan)
    levers = agency_levers(tabulate(points, plan), plan)
    samples = sample_groups(influences, levers, plan, rules.small_cell.pool_below)
    scores = score(tables, rules, counted)
    quality = find_flags(tally, plan, journeys := make_journeys(tables.answers))
    quota = tables.cells.assign(accepted=1)
    about = About("UBND", "SNV", "benchmark", 2025, quota)
    stages: dict[str, Callable[[], object]] = {
        "counting": lambda: count(tables, rules),
        "exact points": lambda: score_agencies(tally.counts, means, plan, rules),
        "standard errors": lambda: sample_groups(find_influences(tally, means, plan), levers, plan, 10),
        "rank sets": lambda: rank_blocks(samples, points, plan),
        "all of score": lambda: score(tables, rules, counted),
        "signs of quality": lambda: find_flags(tally, plan, journeys),
        "groups as shown": lambda: find_public(scores),
        "csv files": lambda: [table_csv(each) for each in (scores.scores, scores.estimates, scores.questions)],
        "report": lambda: report_html(make_report(scores, tables, about, quality=quality)),
    }
    for name, work in stages.items():
        print(f"{name:>24} {best_of(rounds, work):7.2f} s")


def measure_engines(answers: pd.DataFrame, rounds: int) -> None:
    for name, work in ENGINES.items():
        try:
            seconds = best_of(rounds, partial(work, answers))
        except ImportError:
            print(f"{name + ', means alone':>24}  (not installed)")
        else:
            print(f"{name + ', means alone':>24} {seconds:7.2f} s")


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=300_000)
    parser.add_argument("--agencies", type=int, default=3_400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rules = Scoring.model_validate({"group_weights": {"CC": "0.4", "CD": "0.4", "DN": "0.2"}})
    tables = make_tables(make_answers(options.sheets, options.agencies))
    made = peak_mb()
    print(f"{options.sheets:,} sheets x {len(QUESTIONS)} questions, {options.agencies} agencies, {len(GROUPS)} groups")
    measure_stages(tables, rules, options.rounds)
    print(f"peak memory {made:,.0f} MB with the answers made, {peak_mb():,.0f} MB after scoring")
    measure_engines(tables.answers, options.rounds)


if __name__ == "__main__":
    main()
