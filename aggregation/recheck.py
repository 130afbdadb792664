"""What a recheck found: outcomes of calls, shares with their intervals, agreement; by agency and by who handed out.

Counts and pairs in, lines out. A line of no party is a whole agency, one of no agency a party with all its agencies,
one of neither the whole campaign.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import pandas as pd

from aggregation.agreement import Agreement, Shift, measure_agreement, measure_shift
from aggregation.backcheck import bound_share, compare_shares, detect, find_calls, find_forged
from aggregation.csv_files import csv_bytes
from aggregation.tables import COMBINED
from forms.recheck import OUTCOMES, TALKED, Outcome

PAIR_COLUMNS = ("agency", "party", "sheet", "first", "again", "levels", "first_percent", "again_percent")
SHARES = (Fraction(1, 10), Fraction(1, 5), Fraction(3, 10))
FEWEST_SHEETS = 5  # below that, agreement tells of single people more than of an agency
POPULATIONS = (20, 30, 50, 100, 200, 500)
_LOST: tuple[Outcome, ...] = ("wrong_number", "unreachable")


@dataclass(frozen=True)
class Cell:
    """What was called of the sheets that one party handed out for one agency; `counting`: sheets that count there."""

    agency: str
    party: str
    frame: int
    open: int
    outcomes: Mapping[Outcome, int]
    counting: int = 0


@dataclass(frozen=True)
class Line:
    """One line of the report. `lost_p`: how rare so many lost calls are here if here were like elsewhere, else None."""

    agency: str
    party: str
    frame: int
    open: int
    outcomes: Mapping[Outcome, int]
    agreement: Agreement
    shift: Shift
    counting: int = 0
    lost_p: float | None = None
    bounds: tuple[float, float] = field(default=(0.0, 1.0))

    @property
    def called(self) -> int:
        """Calls with a result."""
        return sum(self.outcomes.values())

    @property
    def talked(self) -> int:
        """People who said whether they answered."""
        return sum(self.outcomes.get(outcome, 0) for outcome in TALKED)

    @property
    def forged(self) -> int:
        """Confirmed forgeries."""
        return self.outcomes.get("forged", 0)

    @property
    def is_told(self) -> bool:
        """Whether enough people were asked again for agreement to be shown."""
        return self.shift.clusters >= FEWEST_SHEETS

    @property
    def share(self) -> float | None:
        """Confirmed forgeries among people who talked; None where nobody did."""
        return self.forged / self.talked if self.talked else None

    def detects(self, share: Fraction) -> float | None:
        """The chance that so many talks meet a forgery if this share of the frame were forged."""
        if not self.frame:
            return None
        return float(detect(self.frame, find_forged(share, self.frame), self.talked))


def make_lines(cells: Sequence[Cell], pairs: pd.DataFrame) -> list[Line]:
    """The whole; every agency, with its parties where they are several; every party that is not the agency itself."""
    whole = _sum(cells)
    by_agency, by_party = _split(cells, "agency"), _split(cells, "party")
    about = dict(iter(pairs.groupby("agency")))
    given = dict(iter(pairs.groupby("party")))
    none = pairs.head(0)
    lines = [_line("", "", cells, pairs, None)]
    for agency, own in by_agency.items():
        rows = about.get(agency, none)
        lines.append(_line(agency, "", own, rows, whole - _sum(own)))
        if len(own) > 1:
            lines += [_line(agency, cell.party, [cell], rows[rows["party"] == cell.party], None) for cell in own]
    for party in sorted({cell.party for cell in cells if cell.party != cell.agency}):
        own = by_party[party]
        lines.append(_line("", party, own, given.get(party, none), whole - _sum(own)))
    return lines


def _split(cells: Iterable[Cell], name: str) -> dict[str, list[Cell]]:
    parts: dict[str, list[Cell]] = {}
    for cell in cells:
        parts.setdefault(getattr(cell, name), []).append(cell)
    return parts


def _line(
    agency: str, party: str, cells: Collection[Cell], pairs: pd.DataFrame, elsewhere: Counter[Outcome] | None
) -> Line:
    """`elsewhere`: outcomes of all other calls, to hold lost ones against."""
    outcomes = _sum(cells)
    first, again = pairs["first"].astype(float), pairs["again"].astype(float)
    levels = int(pairs["levels"].max()) if len(pairs) else 2
    shift = measure_shift(
        pairs["first_percent"].astype(float), pairs["again_percent"].astype(float), pairs["sheet"].tolist()
    )
    talked = sum(outcomes[outcome] for outcome in TALKED)
    return Line(
        agency=agency,
        party=party,
        frame=sum(cell.frame for cell in cells),
        open=sum(cell.open for cell in cells),
        outcomes={outcome: outcomes[outcome] for outcome in OUTCOMES},
        agreement=measure_agreement(first, again, levels),
        shift=shift,
        counting=sum(cell.counting for cell in cells),
        lost_p=None if elsewhere is None else _lost(outcomes, elsewhere),
        bounds=bound_share(outcomes["forged"], talked),
    )


def _sum(cells: Iterable[Cell]) -> Counter[Outcome]:
    outcomes: Counter[Outcome] = Counter()
    for cell in cells:
        outcomes.update(cell.outcomes)
    return outcomes


def _lost(here: Counter[Outcome], elsewhere: Counter[Outcome]) -> float | None:
    if not here.total() or not elsewhere.total():
        return None
    lost, lost_elsewhere = (sum(counts[outcome] for outcome in _LOST) for counts in (here, elsewhere))
    return compare_shares(lost, here.total(), lost_elsewhere, elsewhere.total())


def lines_csv(lines: Iterable[Line]) -> bytes:
    """recheck.csv: a row a line, "*" for all agencies or collectors together; shares 0..1, shifts in points of 100."""
    counts = ("counting", "frame", "open", "called", "talked", *OUTCOMES)
    found = ("forged_share", "forged_low", "forged_high", "detects_10", "lost_p")
    agreed = ("pairs", "exact", "within_one", "alpha", "shift_points", "shift_low", "shift_high")
    rows = (
        (
            *(line.agency or COMBINED, line.party or COMBINED),
            *(line.counting, line.frame, line.open, line.called, line.talked),
            *(line.outcomes[outcome] for outcome in OUTCOMES),
            *(line.share, *line.bounds, line.detects(SHARES[0]), line.lost_p),
            line.agreement.n,
            *(_agreed(line) if line.is_told else [None] * 6),
        )
        for line in lines
    )
    return csv_bytes(("agency", "collector", *counts, *found, *agreed), rows)


def _agreed(line: Line) -> list[float]:
    agreement, shift = line.agreement, line.shift
    return [agreement.exact, agreement.within_one, agreement.alpha_ordinal, shift.mean, shift.low, shift.high]


@dataclass(frozen=True)
class Detection:
    """What calls detect in a cell of `population` when `share` of it is forged; `enough`: calls for 90 per cent."""

    population: int
    share: Fraction
    forged: int
    chances: tuple[float, ...]
    enough: int


def make_detections(calls: Sequence[int], populations: Sequence[int] = POPULATIONS) -> list[Detection]:
    """The table of how many calls detect what share; `chances` follows `calls`."""
    table = []
    for share in SHARES:
        for population in populations:
            forged = find_forged(share, population)
            chances = tuple(float(detect(population, forged, number)) for number in calls)
            enough = find_calls(population, forged, Fraction(9, 10))
            assert enough is not None  # calling everybody meets a forgery
            table.append(Detection(population, share, forged, chances, enough))
    return table
