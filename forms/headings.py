"""The row of headings among the first rows of a grid, and the rows that are no entries: numbered columns, sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from forms.grids import Line, clean_text, fold
from forms.numbers import find_count, find_number
from forms.words import catalogue, language, text

_HIGHEST_HEAD = 20  # a title, the name of the office, a date: headings come soon after
_SUM_WORDS = "heading.sum"
SOURCES = ("survey", "appraised", "external")


def known_headings(name: str, columns: Iterable[str]) -> dict[str, str]:
    """Every way to write a heading of a table, folded -> its English column."""
    return {fold(alias): column for column in columns for alias in (column, *heading_aliases(name, column))}


def heading_aliases(name: str, column: str) -> list[str]:
    """The Vietnamese headings of a column, the usual one first."""
    entry = catalogue().get(f"heading.{name}_{column}") or catalogue().get(f"heading.{column}")
    return entry["vi"].split(" | ") if entry else []


def shown_heading(name: str, column: str) -> str:
    """A column as people are told of it: its usual heading, in Vietnamese with the English one beside it."""
    aliases = heading_aliases(name, column)
    return f"{aliases[0]} ({column})" if aliases and language() == "vi" else column


def find_source(written: str) -> str | None:
    """Where a criterion takes its points, survey, appraised or external, from the word a table has for it."""
    return next((source for source in SOURCES if fold(written) in map(fold, (source, *source_words(source)))), None)


def source_words(source: str) -> list[str]:
    """The Vietnamese words for where a criterion takes its points, the usual one first."""
    return text(f"heading.source_{source}", "vi").split(" | ")


def is_ignored(heading: str) -> bool:
    """Columns that lists carry for people's eyes: a running number, remarks."""
    return fold(heading) in {fold(alias) for alias in text("heading.ignored", "vi").split(" | ")}


def find_head(lines: Sequence[Line], known: Mapping[str, str]) -> tuple[int, int]:
    """Where the headings stand among the lines, and how many are known; the first line where none is."""
    scores = [
        len({known[folded] for cell in cells if (folded := fold(cell)) in known}) for _, cells in lines[:_HIGHEST_HEAD]
    ]
    best = max(scores, default=0)
    return (scores.index(best), best) if best else (0, 0)


def numbers_the_columns(head: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether a row only counts the columns, (1) (2) (3), as forms of the administration have it."""
    written = [cell.strip("()[]") for cell in cells if cell]
    counted = [str(number) for number in range(1, sum(map(bool, head)) + 1)]
    return len(written) > 2 and written == counted


def is_sum(cells: Sequence[str]) -> bool:
    """Whether a row is the sum below a list. A code cannot be mistaken for one: it has no diacritics and no space."""
    first = next((cell for cell in cells if cell), "").casefold().strip(": ")
    return clean_text(first) in text(_SUM_WORDS, "vi").split(" | ")


def adds_up(given: str, values: Sequence[str], since: int, roots: Sequence[bool]) -> bool:
    """Whether a sum is that of all values above it, of those `since` the last sum, or of those that have no parent."""
    wanted = _number(given)
    numbers = [_number(value) or Decimal(0) for value in values]
    of_roots = sum((number for number, root in zip(numbers, roots, strict=True) if root), Decimal(0))
    return wanted is not None and wanted in (sum(numbers), sum(numbers[since:]), of_roots)


def _number(written: str) -> Decimal | None:
    count = find_count(written)
    return Decimal(count) if count is not None else find_number(written)
