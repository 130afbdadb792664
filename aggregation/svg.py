"""Strips of inline SVG: an interval with its point, bars stacked to 100 per cent. No script, no outside resource.

A strip has a height in px and takes the width it is given; x is in per cent, so that text and dots keep their shape on
a phone and on paper. Colours are classes of the page's style sheet; patterns make them differ in black and white too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

HEIGHT_PX = 22
LEVELS = 6
# Below this share a number does not fit into its bar on a 360 px screen.
LABEL_SHARE = 0.09

_STRIP = Markup('<svg class="strip" role="img" width="100%" height="{height}"><title>{title}</title>{body}</svg>')


@dataclass(frozen=True)
class Axis:
    """A scale with its ticks; the first and the last tick are its ends."""

    ticks: tuple[float, ...]

    def x(self, value: float) -> str:
        """Where a value stands, in per cent of the width, kept inside it."""
        share = (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])
        return f"{100 * min(max(share, 0.0), 1.0):.2f}%"


def make_axis(values: Sequence[float], maximum: float) -> Axis:
    """An axis around the values with 3 to 8 round ticks, inside 0..maximum."""
    low, high = min(values, default=0.0), max(values, default=maximum)
    span = max(high - low, maximum / 100)
    step = next(unit * 10.0**power for power in range(-3, 6) for unit in (1, 2, 5) if unit * 10.0**power * 6 >= span)
    first, last = max(math.floor(low / step), 0), math.ceil(high / step)
    return Axis(tuple(round(tick * step, 6) for tick in range(first, max(last, first + 1) + 1)))


def axis_strip(axis: Axis, labels: Sequence[str], title: str) -> Markup:
    """The numbers of an axis, over the strips that share it."""
    body = Markup("")
    for number, (tick, label) in enumerate(zip(axis.ticks, labels, strict=True)):
        anchor = "start" if number == 0 else "end" if number == len(axis.ticks) - 1 else "middle"
        body += Markup('<text x="{}" y="15" text-anchor="{}">{}</text>').format(axis.x(tick), anchor, label)
    return _STRIP.format(height=HEIGHT_PX, title=title, body=body)


def interval_strip(axis: Axis, point: float, bounds: tuple[float, float] | None, title: str) -> Markup:
    """A point with its interval as a line between two stops; without bounds an open point."""
    middle = HEIGHT_PX // 2
    body = Markup("").join(
        Markup('<line class="grid" x1="{0}" x2="{0}" y1="0" y2="{1}"/>').format(axis.x(tick), HEIGHT_PX)
        for tick in axis.ticks
    )
    if bounds is not None:
        low, high = (axis.x(bound) for bound in bounds)
        body += Markup('<line class="reach" x1="{}" x2="{}" y1="{m}" y2="{m}"/>').format(low, high, m=middle)
        for stop in (low, high):
            body += Markup('<line class="reach" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(
                stop, middle - 4, middle + 4
            )
    kind = "dot" if bounds is not None else "dot open"
    body += Markup('<circle class="{}" cx="{}" cy="{}" r="4.5"/>').format(kind, axis.x(point), middle)
    return _STRIP.format(height=HEIGHT_PX, title=title, body=body)


def stacked_strip(shares: Sequence[float], labels: Sequence[str], title: str) -> Markup:
    """Shares of 1 side by side from the left, at most LEVELS of them, each with its label where there is room."""
    body, start = Markup(""), 0.0
    for level, (share, label) in enumerate(zip(shares, labels, strict=True)):
        if share <= 0:
            continue
        at, width = f"{100 * start:.2f}%", f"{100 * share:.2f}%"
        rect = Markup('<rect class="level-{}" x="{}" width="{}" y="0" height="{}"/>')
        body += rect.format(level, at, width, HEIGHT_PX)
        if share >= LABEL_SHARE:
            text = Markup('<text class="on-{}" x="{:.2f}%" y="15" text-anchor="middle">{}</text>')
            body += text.format(level, 100 * (start + share / 2), label)
        start += share
    return _STRIP.format(height=HEIGHT_PX, title=title, body=body)
