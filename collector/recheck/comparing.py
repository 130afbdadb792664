"""From the store to the recheck's report: outcomes by agency and party, first and second answers side by side."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection

from aggregation.agreement import compare_sheets
from aggregation.csv_files import csv_bytes
from aggregation.recheck import PAIR_COLUMNS, Cell, Line, lines_csv, make_detections, make_lines
from aggregation.recheck_report import DecisionLine, RecheckAbout, recheck_html
from collector.files import write_whole
from collector.ledger.ranges import show_ranges
from collector.recheck.deciding import list_made, list_proposals
from collector.recheck.drawing import Drawn, list_drawn
from collector.store import Store
from collector.store.clock import day_of
from collector.store.recheck_calls import last_calls, list_originals
from collector.store.recheck_decisions import CountedSheet, list_counted
from forms.campaign import Campaign
from forms.days import show_day
from forms.questionnaire import Question
from forms.recheck import Outcome


@dataclass(frozen=True)
class RecheckSummary:
    """What the report says in one line: agencies drawn, calls with a result, people who talked, forgeries."""

    agencies: int
    called: int
    talked: int
    forged: int


def write_report(store: Store, campaign: Campaign, out: Path, now: datetime.datetime | None = None) -> RecheckSummary:
    """recheck.csv, recheck-sheets.csv and recheck.html, all computed before the first is written."""
    summary, files = make_report(store, campaign, now)
    for name, content in files.items():
        write_whole(out / name, content)
    return summary


def make_report(
    store: Store, campaign: Campaign, now: datetime.datetime | None = None
) -> tuple[RecheckSummary, dict[str, bytes]]:
    """The report's line, and its files by name, all of one moment."""
    with store.at_one_moment() as still, still.read() as conn:
        drawn, counted = list_drawn(still), list_counted(conn)
        cells, pairs = _make_cells(conn, drawn, counted), _make_pairs(conn, campaign, drawn)
        about = _about(still, campaign, drawn, counted, day_of(now))
    lines = make_lines(cells, pairs)
    rules = campaign.settings.recheck
    detections = make_detections((rules.calls, rules.flagged_calls))
    sheets = compare_sheets(pairs)
    files = {
        "recheck.csv": lines_csv(lines),
        "recheck-sheets.csv": csv_bytes(list(sheets.columns), sheets.itertuples(index=False)),
        "recheck.html": recheck_html(lines, detections, about),
    }
    whole = lines[0]
    return RecheckSummary(len(drawn), whole.called, whole.talked, whole.forged), files


def find_lines(store: Store, campaign: Campaign) -> list[Line]:
    """The report's lines, the whole first; none where nobody was drawn."""
    with store.at_one_moment() as still, still.read() as conn:
        drawn = list_drawn(still)
        if not drawn:
            return []
        return make_lines(_make_cells(conn, drawn, list_counted(conn)), _make_pairs(conn, campaign, drawn))


def _make_cells(conn: Connection, drawn: list[Drawn], counted: list[CountedSheet]) -> list[Cell]:
    calls, counting = last_calls(conn), Counter((one.agency, one.party) for one in counted)
    cells = []
    for one in drawn:
        agency = one.draw.agency
        # those too whose sheets have no contact: how much cannot be checked at all must show
        parties: dict[str, Counter[Outcome]] = {party: Counter() for own, party in counting if own == agency}
        sizes: Counter[str] = Counter(place.party for place in one.draw.places)
        opened = Counter(place.party for place in one.draw.places[: one.open])
        for place in one.draw.places:
            outcomes = parties.setdefault(place.party, Counter())
            call = calls.get((one.draw.id, place.place))
            if call is not None:
                outcomes[call.outcome] += 1
        cells += [
            Cell(agency, party, sizes[party], opened[party], dict(parties[party]), counting[agency, party])
            for party in sorted(parties)
        ]
    return cells


def _make_pairs(conn: Connection, campaign: Campaign, drawn: list[Drawn]) -> pd.DataFrame:
    """First and second answers of people who say that the sheet is theirs: ranks from the worst, and per cents."""
    calls = last_calls(conn)
    places = {(one.draw.id, place.place): (one.draw.agency, place) for one in drawn for place in one.draw.places}
    rows = []
    for original in list_originals(conn):
        call = calls.get((original.draw, original.place))
        if call is None or call.outcome != "confirmed" or original.question not in call.opinions:
            continue
        agency, place = places[original.draw, original.place]
        ranks = _ranks(campaign, original.group, original.question)
        (first, first_percent), (again, again_percent) = (
            ranks.get(option, (None, None)) for option in (original.option, call.opinions[original.question])
        )
        if first is not None and again is not None:
            levels = max(rank for rank, _ in ranks.values())
            rows.append((agency, place.party, place.number, first, again, levels, first_percent, again_percent))
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS))


def _ranks(campaign: Campaign, group: str, code: str) -> dict[str, tuple[int, float]]:
    """Every level that scores: its rank, 1 the worst, and its per cent; levels that are worth the same share a rank."""
    asked = campaign.get_questionnaire(group)
    question: Question = asked.get_question(code)
    worth = {level.code: level.percent for level in asked.levels(question) if level.percent is not None}
    order: list[Decimal] = sorted(set(worth.values()))
    return {option: (order.index(percent) + 1, float(percent)) for option, percent in worth.items()}


def _about(
    store: Store, campaign: Campaign, drawn: list[Drawn], counted: list[CountedSheet], day: datetime.date
) -> RecheckAbout:
    settings = campaign.settings
    numbers = {one.key: one.number for one in counted}
    decisions = tuple(
        DecisionLine(
            one.id,
            one.scope,
            one.subject,
            show_ranges(numbers[key] for key in one.sheets if key in numbers),
            len(one.sheets),
            one.why,
            one.who,
            show_day(day_of(one.at.replace(tzinfo=datetime.UTC))),
            one.undone is not None,
        )
        for one in list_made(store)
    )
    seeds = {one.draw.seed.id: one.draw.seed for one in drawn}
    names = {agency.code: agency.name for agency in campaign.agencies}
    return RecheckAbout(
        superior=settings.issuer.superior,
        body=settings.issuer.body,
        campaign=settings.name,
        place=settings.issuer.place,
        date=day,
        names=names | {collector.code: collector.name for collector in campaign.collectors},
        seeds=tuple((one.draw.revealed, one.draw.seed.commitment) for one in drawn[:1]),
        late=max((seed.answers for seed in seeds.values()), default=0),
        flagged={one.draw.agency: one.draw.flagged for one in drawn if one.draw.flagged},
        widened=tuple(one.draw.agency for one in drawn if one.draw.widened),
        calls=(settings.recheck.calls, settings.recheck.flagged_calls),
        attempts=settings.recheck.attempts,
        decisions=decisions,
        proposals=tuple((one.name, one.forged, len(one.fresh)) for one in list_proposals(store, settings.recheck.void)),
    )
