"""One step in a process of its own, so that its peak memory is its own: prints its figures as one line of JSON."""

from __future__ import annotations

import io
import json
import pickle
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from aggregation.csv_files import table_csv
from aggregation.influence import Sample, agency_levers, find_influences, sample_groups
from aggregation.points import average, score_agencies, tabulate
from aggregation.public import find_public, public_csv
from aggregation.quality import Quality, find_flags
from aggregation.report import About, make_report, report_html
from aggregation.scores import Scores, count, score
from aggregation.tables import ScoringTables
from aggregation.totals import rank_blocks
from benchmarks.scoring.engines import ENGINES
from benchmarks.scoring.made_answers import (
    COLUMNS,
    RULES,
    agency_codes,
    as_answers,
    load_columns,
    make_journeys,
    make_tables,
)
from benchmarks.scoring.made_store import fill_store, make_campaign, open_made_store
from collector.editions.frozen_results import dump_answers, load_answers
from collector.reports.manifest import AnswerHash
from collector.reports.scores import make_tables_of, read_tables
from collector.store.answer_columns import ScoringColumns
from collector.store.answers import scoring_rows

Figures = dict[str, float]


def timed(figures: Figures, name: str, work: Callable[[], object], rounds: int = 1) -> None:
    """The least processor seconds of the rounds, over all threads."""
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    figures[name] = min(seconds)


def load(folder: Path, agencies: int, _rounds: int) -> Figures:
    """From the database to the tables of scoring."""
    figures: Figures = {}
    campaign = make_campaign(agencies)
    store = open_made_store(folder, campaign)
    with store.read() as conn:
        timed(figures, "load from the database", lambda: read_tables(campaign, conn))
    return figures


def fill(folder: Path, agencies: int, sheets: int) -> Figures:
    fill_store(folder, sheets, agencies)
    return {}


def _tables(folder: Path, agencies: int) -> ScoringTables:
    return make_tables(as_answers(load_columns(folder), agencies))


def means(folder: Path, agencies: int, rounds: int) -> Figures:
    """What the engines compute: no more than counting and averaging."""
    figures: Figures = {}
    tables = _tables(folder, agencies)

    def work() -> object:
        counted = count(tables, RULES)
        return average(counted.tally.counts, counted.plan, RULES)

    timed(figures, "counts and means", work, rounds)
    return figures


def scoring(folder: Path, agencies: int, rounds: int) -> Figures:
    """Everything that `phieu score` computes, and its stages alone."""
    figures: Figures = {}
    tables = _tables(folder, agencies)
    made: list[Scores] = []
    timed(figures, "all of score", lambda: made.append(score(tables, RULES)), rounds)
    _keep(folder, "scores", made[-1])
    made.clear()
    counted = count(tables, RULES)
    plan, tally = counted.plan, counted.tally
    averages = average(tally.counts, plan, RULES)
    points = score_agencies(tally.counts, averages, plan, RULES)
    timed(figures, "  exact points", lambda: score_agencies(tally.counts, averages, plan, RULES), rounds)
    levers = agency_levers(tabulate(points, plan), plan)

    def errors() -> list[Sample]:
        return sample_groups(find_influences(tally, averages, plan), levers, plan, RULES.small_cell.pool_below)

    timed(figures, "  standard errors", errors, rounds)
    samples = errors()
    timed(figures, "  rank sets", partial(rank_blocks, samples, points, plan), rounds)
    return figures


def quality(folder: Path, agencies: int, _rounds: int) -> Figures:
    """The signs of quality, from answers that are counted already; they are kept for the report."""
    figures: Figures = {}
    tables = _tables(folder, agencies)
    counted, journeys = count(tables, RULES), make_journeys(tables.answers)
    made: list[Quality] = []
    timed(figures, "signs of quality", lambda: made.append(find_flags(counted.tally, counted.plan, journeys)))
    _keep(folder, "quality", made[0])
    return figures


def tables(folder: Path, _agencies: int, _rounds: int) -> Figures:
    """The tables as files, of scores that the step before kept: no answer is read for them."""
    figures: Figures = {}
    scores: Scores = _kept(folder, "scores")
    written = (scores.scores, scores.estimates, scores.questions)
    timed(figures, "groups as shown", lambda: public_csv(find_public(scores)))
    timed(figures, "tables (CSV)", lambda: [table_csv(each) for each in written])
    return figures


def report(folder: Path, agencies: int, _rounds: int) -> Figures:
    """The report in HTML, of scores and signs of quality that the steps before kept."""
    figures: Figures = {}
    scores: Scores = _kept(folder, "scores")
    made = make_tables(as_answers({name: np.zeros(0, dtype=kind) for name, kind in COLUMNS.items()}, agencies))
    about = About("UBND", "SNV", "benchmark", 2025, made.cells.assign(accepted=1))
    flags: Quality = _kept(folder, "quality")
    timed(figures, "report (HTML)", lambda: report_html(make_report(scores, made, about, quality=flags)))
    return figures


def commands(folder: Path, agencies: int, _rounds: int) -> Figures:
    """What other commands read of the database: for the index, a frozen edition and its table again, a trace."""
    figures: Figures = {}
    campaign = make_campaign(agencies)
    opened = open_made_store(folder, campaign)
    with opened.read() as conn:
        answers = AnswerHash()
        timed(figures, "index: load and hash", lambda: (read_tables(campaign, conn, answers.passing), answers.digest()))
        timed(figures, "trace: one agency", lambda: list(scoring_rows(conn, agency_codes(agencies)[0], ())))
        frozen: list[bytes] = []
        timed(figures, "freeze: write answers", lambda: frozen.extend(dump_answers(ScoringColumns(conn))))
    timed(figures, "freeze: read answers", lambda: make_tables_of(campaign, load_answers(io.BytesIO(b"".join(frozen)))))
    return figures


def _keep(folder: Path, name: str, content: object) -> None:
    (folder / f"{name}.pickle").write_bytes(pickle.dumps(content))


def _kept(folder: Path, name: str) -> Any:
    path = folder / f"{name}.pickle"
    if not path.is_file():
        raise SystemExit(f"{path} is made by the step {'scoring' if name == 'scores' else name}: run that first")
    return pickle.loads(path.read_bytes())


def engine(name: str, folder: Path, _agencies: int, rounds: int) -> Figures:
    figures: Figures = {}
    try:
        work = ENGINES[name](load_columns(folder))
    except ImportError:
        return figures
    timed(figures, f"{name}: the same means", work, rounds)
    return figures


STEPS: dict[str, Callable[[Path, int, int], Figures]] = {
    "fill": fill,
    "load": load,
    "means": means,
    **{name: partial(engine, name) for name in ENGINES},
    "scoring": scoring,
    "quality": quality,
    "tables": tables,
    "report": report,
    "commands": commands,
}


def peak_mb() -> float:
    """The most memory this process ever held; getrusage would begin with what its parent held."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    name, folder, agencies, number = sys.argv[1:]
    figures = STEPS[name](Path(folder), int(agencies), int(number))
    print(json.dumps({"seconds": figures, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
