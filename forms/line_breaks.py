"""Where the lines of a heading, a label and a question end: no word alone on a last line, no compound torn apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from forms.drawing import Prose, plain
from forms.fonts import REGULAR, Typeface, current_typeface, setting_in, text_width_mm
from forms.geometry import PT_PER_MM

SHORTEST, SHORTEST_END = 0.24, 0.12  # of the column: a shorter line below others, or below many, looks lost
_STEP_MM = 1.0
_LEAST_MM = 30.0
_MOST_WORDS = 8  # of a label whose breaks are all tried
_BOUND = "\u00a0"


@lru_cache(maxsize=4096)
def evened_mm(prose: Prose, width_mm: float) -> float:
    """The narrowest width in which a paragraph takes no more lines: they come out about as long as each other."""
    height = prose.height_mm(width_mm)
    while width_mm > _LEAST_MM and prose.height_mm(width_mm - _STEP_MM) <= height:
        width_mm -= _STEP_MM
    return width_mm


@lru_cache(maxsize=4096)
def settled_mm(prose: Prose, width_mm: float) -> float:
    """The width itself, or as much less as leaves no short line among others and costs no line."""
    height, narrower = prose.height_mm(width_mm), width_mm
    while narrower > _LEAST_MM and prose.height_mm(narrower) <= height:
        if not _has_short_line(prose, narrower):
            return narrower
        narrower -= _STEP_MM
    return width_mm


def _has_short_line(prose: Prose, width_mm: float, shortest: float = SHORTEST) -> bool:
    flow = prose.flow()
    flow.wrap(width_mm * PT_PER_MM, 10_000)
    indent = flow.style.leftIndent
    lines = [float(width) - indent for width in flow.getActualLineWidths0()]
    column = width_mm * PT_PER_MM - indent
    return len(lines) > 1 and min(lines) < shortest * column


def bound_end(words: str, size_pt: float, width_mm: float) -> str:
    """A text whose last words are bound to each other until its last line is no longer short."""
    tried, height = words, Prose(plain(words), size_pt).height_mm(width_mm)
    for _ in range(4):
        prose = Prose(plain(tried), size_pt)
        if prose.height_mm(width_mm) > height:
            return words
        if not _has_short_line(prose, width_mm, SHORTEST_END):
            return tried
        tried = _BOUND.join(tried.rsplit(" ", 1))
    return words


def break_label(label: str, width_mm: float, size_pt: float) -> list[str] | None:
    """The lines of a label in a narrow column, as few as can be; None where a word is wider than the column.

    Most words of Vietnamese are two syllables and the modifier stands first ("not | content"), so syllables are
    paired from the end, and among as few lines those are taken that tear the fewest pairs, then the evenest.
    """
    lines = _broken(label, width_mm, size_pt, current_typeface())
    return None if lines is None else list(lines)


@lru_cache(maxsize=4096)  # the same few labels stand above every table, and every look of a sheet is tried
def _broken(label: str, width_mm: float, size_pt: float, face: Typeface) -> tuple[str, ...] | None:
    """As break_label, in this typeface."""
    words = label.split()
    if len(words) > _MOST_WORDS:
        words = [*words[: _MOST_WORDS - 1], " ".join(words[_MOST_WORDS - 1 :])]
    ways = []
    with setting_in(face):
        if any(text_width_mm(word, REGULAR, size_pt) > width_mm for word in words):
            return None
        for lines in _ways(words):
            longest = max(text_width_mm(line, REGULAR, size_pt) for line in lines)
            if longest <= width_mm:
                ways.append((len(lines), torn_pairs(lines), longest, lines))
    return tuple(min(ways)[-1])


def torn_pairs(lines: Sequence[str]) -> int:
    """How many breaks fall within a pair of syllables, counted from the end."""
    sizes = [len(line.split()) for line in lines]
    total, torn, seen = sum(sizes), 0, 0
    for size, _ in pairwise(sizes):
        seen += size
        torn += (total - seen) % 2
    return torn


def _ways(words: list[str]) -> Iterator[list[str]]:
    """Every way to cut words into lines."""
    for cuts in range(2 ** (len(words) - 1)):
        lines = [words[0]]
        for place, word in enumerate(words[1:]):
            if cuts >> place & 1:
                lines.append(word)
            else:
                lines[-1] += " " + word
        yield lines
