"""The table of quota completion: chosen cells, their order, their sums. Knows no Flask and no HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from collector.store.quota import QuotaRow

Order = Literal["behind", "list"]


@dataclass(frozen=True)
class Tally:
    """Sums over cells, named as in QuotaRow."""

    target: int
    printed: int
    returned_paper: int
    by_phone: int
    accepted: int
    doubtful: int
    conflicts: int
    over_quota: int

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
    """One line of the table."""

    cell: QuotaRow
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

    lines: tuple[CellLine, ...]
    groups: tuple[GroupLine, ...]
    total: Tally


def make_table(cells: Sequence[QuotaRow], block: str = "", group: str = "", order: Order = "behind") -> QuotaTable:
    """The table of the cells of a block and a group ("" for all); `behind` puts the lowest per cent first."""
    chosen = [cell for cell in cells if block in ("", cell.block) and group in ("", cell.group)]
    lines = [CellLine(cell, _tally([cell])) for cell in chosen]
    if order == "behind":
        lines.sort(key=lambda line: (line.tally.per_cent, -line.tally.missing))
    names = {cell.group: cell.group_name for cell in chosen}
    groups = (
        GroupLine(code, name, _tally(cell for cell in chosen if cell.group == code)) for code, name in names.items()
    )
    return QuotaTable(tuple(lines), tuple(groups), _tally(chosen))


def _tally(cells: Iterable[QuotaRow]) -> Tally:
    counts = [
        (
            cell.target,
            cell.printed,
            cell.returned_paper,
            cell.by_phone,
            cell.accepted,
            cell.doubtful,
            cell.conflicts,
            cell.over_quota,
        )
        for cell in cells
    ]
    return Tally(*map(sum, zip(*counts, strict=True))) if counts else Tally(0, 0, 0, 0, 0, 0, 0, 0)
