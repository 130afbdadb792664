"""One step in a process of its own, so that its peak memory is its own: prints its figures as one line of JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from aggregation.csv_files import table_csv
from aggregation.influence import Sample, agency_levers, find_influences, sample_groups
from aggregation.points import average, score_agencies, tabulate
from aggregation.public import find_public, public_csv
from aggregation.quality import find_flags
from aggregation.report import About, make_report, report_html
from aggregation.scores import count, score
from aggregation.tables import ScoringTables
from aggregation.totals import rank_blocks
from benchmarks.scoring.engines import ENGINES
from benchmarks.scoring.made_answers import RULES, as_answers, load_columns, make_journeys, make_tables
from benchmarks.scoring.made_store import fill_store, make_campaign, open_made_store
from collector.report import read_tables

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
    timed(figures, "all of score", lambda: score(tables, RULES), rounds)
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
    """The signs of quality, from answers that are counted already."""
    figures: Figures = {}
    tables = _tables(folder, agencies)
    counted, journeys = count(tables, RULES), make_journeys(tables.answers)
    timed(figures, "signs of quality", lambda: find_flags(counted.tally, counted.plan, journeys))
    return figures


def report(folder: Path, agencies: int, _rounds: int) -> Figures:
    """The tables and the report in HTML."""
    figures: Figures = {}
    tables = _tables(folder, agencies)
    counted = count(tables, RULES)
    scores = score(tables, RULES, counted)
    flags = find_flags(counted.tally, counted.plan, make_journeys(tables.answers))
    about = About("UBND", "SNV", "benchmark", 2025, tables.cells.assign(accepted=1))
    written = (scores.scores, scores.estimates, scores.questions)
    timed(figures, "groups as shown", lambda: public_csv(find_public(scores)))
    timed(figures, "tables (CSV)", lambda: [table_csv(each) for each in written])
    timed(figures, "report (HTML)", lambda: report_html(make_report(scores, tables, about, quality=flags)))
    return figures


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
    "report": report,
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
