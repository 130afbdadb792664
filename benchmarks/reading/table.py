"""The table: a row a condition, what was counted, how sure it is, and whether what is to be reached holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.reading.bounds import WHOLE_ANSWER, design_effect, find_bounds
from benchmarks.reading.conditions import TARGETS, Family
from benchmarks.reading.tally import Tally, add_up

HEADINGS = (
    "condition",
    "pages",
    "not read (<=)",
    "wrong serial",
    "boxes",
    "to a person",
    "so on paper",
    "wrong",
    "<= per million, alone",
    "by sheet",
    "marks",
    "sheets",
    "wrong, person, read, serial",
)
NOTES = """\
Clean, hard and phone have targets; people is what people do to a sheet. `+ real` rows hold real pen marks pasted on
our pages: there `marks` counts distinct marks, and sheets and bounds are those of source pages instead of sheets.
not read: our pages, and the 95 % upper bound. to a person: percent of the boxes, and those among them where the paper
itself holds two marks (`so on paper`). wrong: boxes silently wrong (answers). Bounds: 95 % upper, a million boxes that
were decided, `alone` as if each box erred by itself, `by sheet` as benchmarks/reading/bounds.py says.
Last column: yes = the bound by sheet keeps the target; no = the count itself breaks it; open = too few boxes
to tell. to a person is held against it without what the paper forces."""


@dataclass(frozen=True)
class Figures:
    """One row's figures: shares 0..1, bounds by sheet where nothing else is said."""

    name: str
    family: Family
    total: Tally
    sheets: int
    not_read: float
    to_a_person: float
    undecidable: float
    wrong_alone: float
    wrong_by_sheet: float
    effect: float
    distinct_marks: int
    holds: tuple[str, str, str, str] | None

    def to_json(self) -> dict[str, Any]:
        """Plain values; the failures go to `look`, not here."""
        plain = {name: value for name, value in vars(self).items() if name not in ("total", "holds")}
        held = (
            None
            if self.holds is None
            else dict(zip(("wrong", "to_a_person", "read", "serial"), self.holds, strict=True))
        )
        return plain | {"holds": held, **{k: v for k, v in self.total.to_json().items() if k != "failures"}}


def figure(name: str, family: Family, tallies: Sequence[Tally], distinct_marks: int = 0) -> Figures:
    """What the sheets of one row, or of a whole family, came to. `distinct_marks`: of real ones, else 0."""
    total, groups = add_up(tallies), _by_cluster(tallies)
    decided = np.array([group.right + group.wrong for group in groups])
    doubts = design_effect([g.answers_doubtful for g in groups], [g.answers for g in groups])
    wrong = find_bounds([group.wrong for group in groups], decided, max(doubts, WHOLE_ANSWER))
    unread = find_bounds([group.pages_not_read for group in groups], [group.pages for group in groups]).by_sheet
    whole = total.boxes / max(1, total.answers)  # a question goes to a person with all of its boxes
    avoidable = find_bounds([g.doubtful - g.undecidable for g in groups], [g.boxes - g.not_read for g in groups], whole)
    return Figures(
        name,
        family,
        total,
        len(groups),
        unread,
        total.doubtful / max(1, total.boxes),
        total.undecidable / max(1, total.boxes),
        wrong.independent,
        wrong.by_sheet,
        wrong.design_effect,
        distinct_marks or total.marks,
        _holds(total, family, wrong.by_sheet, avoidable.by_sheet, unread),
    )


def _by_cluster(tallies: Sequence[Tally]) -> list[Tally]:
    """A tally for every sheet, or source page of real marks; the same sheet under several conditions is one."""
    groups: dict[str, list[Tally]] = {}
    for tally in tallies:
        groups.setdefault(tally.cluster, []).append(tally)
    return [add_up(group) for group in groups.values()]


def _holds(
    total: Tally, family: Family, wrong: float, person: float, unread: float
) -> tuple[str, str, str, str] | None:
    target = TARGETS.get(family)
    if target is None:
        return None
    decided = max(1, total.right + total.wrong)
    avoidable = (total.doubtful - total.undecidable) / max(1, total.boxes - total.not_read)
    return (
        _held(total.wrong / decided, wrong, target.wrong),
        _held(avoidable, person, target.to_a_person),
        _held(total.pages_not_read / max(1, total.pages), unread, target.not_read),
        "no" if total.wrong_serials else "yes",
    )


def _held(share: float, bound: float, target: float) -> str:
    return "yes" if bound <= target else "no" if share > target else "open"


def show_row(row: Figures) -> str:
    """One row in Markdown."""
    total = row.total
    cells = [
        row.name,
        f"{total.pages:,}",
        f"{total.pages_not_read} ({100 * row.not_read:.2f} %)",
        str(total.wrong_serials),
        f"{total.boxes:,}",
        f"{100 * row.to_a_person:.2f} %",
        f"{100 * row.undecidable:.2f} %",
        f"{total.wrong} ({total.answers_wrong})",
        f"{1e6 * row.wrong_alone:,.0f}",
        f"{1e6 * row.wrong_by_sheet:,.0f}",
        f"{row.distinct_marks:,}",
        f"{row.sheets:,}",
        " ".join(row.holds) if row.holds else "",
    ]
    widths = (24, 7, 13, 3, 9, 8, 7, 9, 9, 9, 7, 6, 1)
    first, *rest = (
        cell.ljust(width) if not place else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "| " + " | ".join([first, *rest]) + " |"


def show_head(family: str) -> str:
    """The two lines over a family's rows."""
    return f"\n| {family}: " + " | ".join(HEADINGS) + " |\n|---" + "|---:" * (len(HEADINGS) - 1) + "|"


def show_why(row: Figures) -> list[str]:
    """What went wrong in a row, a line a kind."""
    lines = []
    for name in ("wrong_how", "doubtful_why", "unread_why"):
        counted = getattr(row.total, name).most_common(6)
        if counted:
            lines.append(f"{row.name}: {name}: " + ", ".join(f"{what} {count}" for what, count in counted))
    return lines
