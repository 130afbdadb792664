"""A strip for two years: last year's total as an open dot, this year's as a solid one, a line between them."""

from __future__ import annotations

from markupsafe import Markup

from aggregation.svg import HEIGHT_PX, Axis


def years_strip(axis: Axis, before: float | None, now: float, title: str) -> Markup:
    """Both totals on one axis; it needs no colour, and where last year is unknown only the solid dot stands."""
    middle = HEIGHT_PX // 2
    body = Markup("").join(
        Markup('<line class="grid" x1="{0}" x2="{0}" y1="0" y2="{1}"/>').format(axis.x(tick), HEIGHT_PX)
        for tick in axis.ticks
    )
    if before is not None:
        line = Markup('<line class="reach" x1="{}" x2="{}" y1="{m}" y2="{m}"/>')
        body += line.format(axis.x(before), axis.x(now), m=middle)
        body += Markup('<circle class="dot open" cx="{}" cy="{}" r="4"/>').format(axis.x(before), middle)
    body += Markup('<circle class="dot" cx="{}" cy="{}" r="4.5"/>').format(axis.x(now), middle)
    strip = Markup('<svg class="strip" role="img" width="100%" height="{}"><title>{}</title>{}</svg>')
    return strip.format(HEIGHT_PX, title, body)
