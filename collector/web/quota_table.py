"""The grid of quotas, agencies by groups: what is accepted, what the plan asks for, what is behind. Knows no Flask."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from collector.store.arrivals import Arrivals
from collector.store.quota import QuotaRow
from collector.web.plan import Plan
from forms.grids import fold

Order = Literal["behind", "list"]
CHANNELS = ("paper", "phone", "typed", "import")


@dataclass(frozen=True)
class Tally:
    """Sums over cells, named as in QuotaRow. `behind`: of every cell what the plan asks for by now and is not there; a
    cell that is ahead makes up for no other. `channels`: accepted responses by how they came.
    """

    target: int = 0
    accepted: int = 0
    required: int = 0
    behind: int = 0
    doubtful: int = 0
    conflicts: int = 0
    over_quota: int = 0
    channels: Mapping[str, int] = field(default_factory=dict)

    @property
    def per_cent(self) -> float:
        """Accepted responses in per cent of the target, 0..100; nothing to reach is reached."""
        return 100 * self.accepted / self.target if self.target else 100.0

    @property
    def missing(self) -> int:
        """How many accepted responses are still to come."""
        return max(0, self.target - self.accepted)


@dataclass(frozen=True)
class CellLine:
    """One cell and its counts."""

    cell: QuotaRow
    tally: Tally


@dataclass(frozen=True)
class AgencyLine:
    """One line of the grid: an agency, its cell in every group that has one, and their sum."""

    agency: str
    name: str
    cells: Mapping[str, CellLine]
    tally: Tally


@dataclass(frozen=True)
class GroupLine:
    """The sum over one respondent group."""

    code: str
    name: str
    tally: Tally


@dataclass(frozen=True)
class QuotaTable:
    """What the screen shows: lines in order, a sum a group, and the sum of all, each over the chosen cells."""

    lines: tuple[AgencyLine, ...]
    groups: tuple[GroupLine, ...]
    total: Tally

    def cells(self) -> list[CellLine]:
        """Every cell shown, line by line."""
        return [cell for line in self.lines for cell in line.cells.values()]


@dataclass(frozen=True)
class Sieve:
    """Which cells are wanted: of a block, a group ("" for all), of agencies with these words in name or code."""

    block: str = ""
    group: str = ""
    words: str = ""
    only_behind: bool = False
    order: Order = "behind"

    def takes(self, cell: QuotaRow) -> bool:
        """Whether a cell is wanted; letters count without case and diacritics."""
        if self.block not in ("", cell.block) or self.group not in ("", cell.group):
            return False
        named = f"{fold(cell.agency_name)} {fold(cell.agency)} {cell.agency.casefold()}"
        return all(word in named for word in fold(self.words).split())


def make_table(
    cells: Sequence[QuotaRow],
    arrivals: Iterable[Arrivals] = (),
    sieve: Sieve | None = None,
    required: Callable[[QuotaRow], int] = lambda _: 0,
) -> QuotaTable:
    """The grid of the wanted cells. `required`: what the plan asks of a cell by now; the order "behind" puts agencies
    first that are behind by most sheets, then those that reached the least.
    """
    sieve = sieve or Sieve()
    channels: dict[tuple[str, str], Counter[str]] = {}
    for one in arrivals:
        channels.setdefault((one.agency, one.group), Counter())[one.channel] += one.number
    by_agency: dict[str, dict[str, CellLine]] = {}
    for cell in filter(sieve.takes, cells):
        tally = _tally(cell, required(cell), channels.get((cell.agency, cell.group), Counter()))
        by_agency.setdefault(cell.agency, {})[cell.group] = CellLine(cell, tally)
    lines = [_agency_line(agency, of_agency) for agency, of_agency in by_agency.items()]
    if sieve.only_behind:
        lines = [line for line in lines if line.tally.behind]
    if sieve.order == "behind":
        lines.sort(key=lambda line: (-line.tally.behind, line.tally.per_cent))
    names = {one.cell.group: one.cell.group_name for line in lines for one in line.cells.values()}
    order = [code for code in dict.fromkeys(cell.group for cell in cells) if code in names]
    groups = (GroupLine(code, names[code], _sum(of for line in lines for of in _of(line, code))) for code in order)
    return QuotaTable(tuple(lines), tuple(groups), _sum(line.tally for line in lines))


def make_required(
    plan: Plan | None, day: datetime.date, due: Mapping[tuple[str, str], datetime.date]
) -> Callable[[QuotaRow], int]:
    """What the plan asks of a cell before a day, each by its own last day; nothing without a plan."""

    def required(cell: QuotaRow) -> int:
        return plan.required(cell.target, day, due.get((cell.agency, cell.group))) if plan is not None else 0

    return required


def _agency_line(agency: str, cells: dict[str, CellLine]) -> AgencyLine:
    name = next(iter(cells.values())).cell.agency_name
    return AgencyLine(agency, name, cells, _sum(one.tally for one in cells.values()))


def _of(line: AgencyLine, group: str) -> Iterable[Tally]:
    return (line.cells[group].tally,) if group in line.cells else ()


def _tally(cell: QuotaRow, required: int, channels: Mapping[str, int]) -> Tally:
    behind = max(0, required - cell.accepted)
    counts = cell.target, cell.accepted, required, behind, cell.doubtful, cell.conflicts, cell.over_quota
    return Tally(*counts, channels={name: channels.get(name, 0) for name in CHANNELS})


def _sum(tallies: Iterable[Tally]) -> Tally:
    names = ("target", "accepted", "required", "behind", "doubtful", "conflicts", "over_quota")
    found = list(tallies)
    sums = {name: sum(getattr(one, name) for one in found) for name in names}
    return Tally(**sums, channels={name: sum(one.channels.get(name, 0) for one in found) for name in CHANNELS})
