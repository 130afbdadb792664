"""What the scoring benchmark times side by side is the same aggregation, and every step of it runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aggregation.points import average
from aggregation.scores import count
from benchmarks.scoring.__main__ import run_step
from benchmarks.scoring.engines import KEYS, with_pandas
from benchmarks.scoring.made_answers import (
    GROUPS,
    QUESTIONS,
    RULES,
    as_answers,
    load_columns,
    make_tables,
    save_answers,
)

SHEETS, AGENCIES = 400, 7


@pytest.fixture
def made(tmp_path: Path) -> Path:
    save_answers(tmp_path, SHEETS, AGENCIES)
    return tmp_path


def test_the_engine_beside_gives_the_means_that_scoring_starts_from(made: Path) -> None:
    columns = load_columns(made)
    beside = with_pandas(columns)()
    counted = count(make_tables(as_answers(columns, AGENCIES)), RULES)
    means = average(counted.tally.counts, counted.plan, RULES)
    ours = (means.sums / means.sizes / means.unit).reshape(AGENCIES, len(GROUPS), len(QUESTIONS))
    table = beside.rename_axis(KEYS).reset_index(name="percent")  # type: ignore[attr-defined]
    theirs = np.full(ours.shape, np.nan)
    theirs[table["agency"], table["group"], table["question"]] = table["percent"]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.slow
def test_every_step_runs_in_a_process_of_its_own(made: Path) -> None:
    run_step("fill", made, AGENCIES, SHEETS)
    for step in ("load", "means", "pandas", "scoring", "quality", "tables", "report", "commands"):
        seconds, peak_mb = run_step(step, made, AGENCIES, 1)
        assert seconds
        assert peak_mb > 50
