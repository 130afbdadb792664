"""What a report consists of, settled once: sentences, tables and charts that HTML and PDF only set.

Every cell is text as a person reads it. Nothing here knows a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from aggregation.svg import Axis


@dataclass(frozen=True)
class Words:
    """A paragraph; `small`: a remark below a table."""

    words: str
    small: bool = False


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table. The first column holds names; `centred` columns hold ranks and words, all others figures.

    spans: headings over the head, each with the columns it covers. bold: rows from 0. shades: (row, column) -> 0..4,
    the darkest 4. widths: shares of the width by column, else the names have 2.5 and every other column 1.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[str, int], ...] = ()
    bold: frozenset[int] = frozenset()
    centred: frozenset[int] = frozenset()
    shades: tuple[tuple[int, int, int], ...] = ()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Interval:
    """A line of a chart: a point and its interval on the chart's axis."""

    label: str
    value: str
    point: float
    bounds: tuple[float, float] | None
    title: str


@dataclass(frozen=True)
class Stack:
    """A line of a chart: shares of 1, highest level first, each with its label."""

    label: str
    value: str
    shares: tuple[float, ...]
    labels: tuple[str, ...]
    title: str


@dataclass(frozen=True)
class Chart:
    """Lines over one axis (intervals), or stacked to 100 per cent below a legend of levels."""

    caption: str
    rows: tuple[Interval, ...] | tuple[Stack, ...]
    axis: Axis | None = None
    ticks: tuple[str, ...] = ()
    legend: tuple[str, ...] = ()


Part: TypeAlias = Words | Items | Grid | Chart


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    parts: tuple[Part, ...]
