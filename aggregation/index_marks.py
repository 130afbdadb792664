"""What of an index is made up ("minh hoa"): its row's note or source says so, or that of what it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from aggregation.index_values import AgencyIndex, Index
from forms.index_points import GivenPoints
from forms.words import text

WHOLE = ("total", "rank", "grade")  # what is made up as a total is


def is_made_up(one: GivenPoints | None) -> bool:
    """Whether a row of a table says of itself that it is made up."""
    return one is not None and says_made_up(one.note, one.source)


def says_made_up(*remarks: str) -> bool:
    """Whether a remark says so."""
    return any(text("index.mark", "vi") in remark.casefold() for remark in remarks)


def kinds_made_up(each: AgencyIndex, kinds: Sequence[str] | None) -> list[bool]:
    """Whether each part of these kinds is made up; of all kinds and of a stated total where none are named."""
    found = [is_made_up(one) for one in each.parts if kinds is None or one.kind in kinds]
    return found if kinds is not None else [*found, is_made_up(each.stated)]


def total_made_up(each: AgencyIndex) -> bool:
    """A stated total is what its own row says, whatever its parts are; else it is like its parts."""
    return is_made_up(each.stated) if each.stated is not None else any(kinds_made_up(each, None))


def previous_made_up(each: AgencyIndex) -> bool:
    """Whether last year's total is."""
    return each.previous is not None and says_made_up(each.previous.note, each.previous.source)


def change_made_up(each: AgencyIndex) -> bool:
    """Whether the change on last year is, by either of its ends."""
    return each.change is not None and (total_made_up(each) or previous_made_up(each))


def row_mark(each: AgencyIndex) -> str:
    """The note of an agency's row in index.csv: the columns whose figure is made up; "" where none is."""
    kinds = {
        "survey": ("survey",),
        "appraised": ("appraised", "external"),
        "bonus": ("bonus",),
        "penalty": ("penalty",),
    }
    marked = {column: any(kinds_made_up(each, those)) for column, those in kinds.items()}
    whole = each.published is not None and total_made_up(each)
    marked |= {"total": whole, "change": change_made_up(each), "rank": whole and each.rank is not None}
    marked["grade"] = whole and bool(each.grade)
    named = [column for column, made_up in marked.items() if made_up]
    return f"{text('index.mark', 'vi')}: {', '.join(named)}" if named else ""


def points_made_up(index: Index) -> frozenset[tuple[str, str, str]]:
    """(agency, criterion, kind) of the points that are made up, as editions keep them."""
    return frozenset(
        (each.agency.code, one.criterion or one.kind.upper(), one.kind)
        for block in index.blocks
        for each in block.agencies
        for one in each.parts
        if is_made_up(one)
    )


def figures_made_up(index: Index) -> frozenset[tuple[str, str]]:
    """(agency, what) of every figure that editions are compared by (total, rank, grade, a criterion) and is made up."""
    found = {(agency, criterion) for agency, criterion, _ in points_made_up(index)}
    for block in index.blocks:
        for each in block.agencies:
            found |= {(each.agency.code, what) for what in WHOLE if total_made_up(each)}
    return frozenset(found)
