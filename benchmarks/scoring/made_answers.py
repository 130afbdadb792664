"""Made-up answers of a province: the same narrow arrays for scoring and for every engine, kept in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aggregation.quality_sheets import JOURNEY
from aggregation.tables import ScoringTables
from forms.rules import Scoring

GROUPS = ("CC", "CD", "DN")
QUESTIONS = tuple(f"q{number}" for number in range(1, 31))
PERCENTS = {"5": 100, "4": 75, "3": 50, "2": 25, "1": 0, "0": None}
OPTIONS = ("", *PERCENTS)
CHANCES = (0.05, 0.25, 0.40, 0.20, 0.05, 0.03, 0.02)
COLUMNS = {"sheet": np.int64, "agency": np.int16, "group": np.int8, "question": np.int8, "option": np.int8}
RULES = Scoring.model_validate({"group_weights": {"CC": "0.4", "CD": "0.4", "DN": "0.2"}})

Columns = dict[str, NDArray[np.int64]]


def save_answers(folder: Path, sheets: int, agencies: int) -> None:
    """One row a sheet and question, 5 % blank, in the order of the sheets, every column an array of whole numbers."""
    rng = np.random.default_rng(20140320)
    width = len(QUESTIONS)
    columns = {
        "sheet": np.repeat(np.arange(sheets), width),
        "agency": np.repeat(rng.integers(0, agencies, sheets), width),
        "group": np.repeat(rng.integers(0, len(GROUPS), sheets), width),
        "question": np.tile(np.arange(width), sheets),
    }
    for name, column in columns.items():
        np.save(folder / f"{name}.npy", column.astype(COLUMNS[name]))
    columns.clear()
    edges = np.cumsum(CHANCES)[:-1].astype(np.float32)
    parts = [
        np.searchsorted(edges, rng.random(min(1_000_000, sheets * width - start), dtype=np.float32)).astype(np.int8)
        for start in range(0, sheets * width, 1_000_000)
    ]
    np.save(folder / "option.npy", np.concatenate(parts))


def load_columns(folder: Path) -> Columns:
    return {name: np.load(folder / f"{name}.npy") for name in COLUMNS}


def as_answers(columns: Columns, agencies: int) -> pd.DataFrame:
    """The table that scoring takes: text columns as categories, as the store's rows become them too."""
    known = {"agency": agency_codes(agencies), "group": GROUPS, "question": QUESTIONS, "option": OPTIONS}
    table = pd.DataFrame({"sheet": columns["sheet"]})
    for name, codes in known.items():
        table[name] = pd.Categorical.from_codes(columns[name], pd.Index(list(codes), dtype=object))
    blank = (columns["option"] == 0).astype(np.int8)
    table["state"] = pd.Categorical.from_codes(blank, ["clear", "blank"])
    return table


def agency_codes(agencies: int) -> tuple[str, ...]:
    return tuple(f"A{number:04d}" for number in range(agencies))


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


def make_journeys(answers: pd.DataFrame) -> pd.DataFrame:
    """Sheets scanned in the order of their numbers, 250 a file, days at random."""
    first = answers.iloc[:: len(QUESTIONS)]
    rng = np.random.default_rng(7)
    known = {
        "sheet": first["sheet"].to_numpy(),
        "unreleased": False,
        "handed_day": 10.0,
        "seconds": np.nan,
        "as_above": np.nan,
    }
    journeys = pd.DataFrame(known).assign(**{name: first[name].astype(str).to_numpy() for name in ("agency", "group")})
    journeys["received_day"] = rng.integers(11, 30, len(first)).astype(float)
    journeys["file"], journeys["image"] = first["sheet"].to_numpy() // 250, first["sheet"].to_numpy() % 250
    return journeys[list(JOURNEY)]
