"""Whether the reader's confidence tells the truth: the error it claims against the error that was found, by bin.

A clear or blank answer is a promise; it has to err at most as often as one minus its confidence says. The best guess of
a doubtful one may err as often as it likes, but its confidence should say how often. Answers that nobody can decide
on paper are left out. Both axes are logarithmic: promises live between one wrong in ten and one in ten thousand.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reading.bounds import interval, upper_bound
from benchmarks.reading.tally import EDGES, Tally

STATES = ("clear", "blank", "doubtful")


@dataclass(frozen=True)
class Bin:
    """Answers of one state whose confidence lies in one bin."""

    state: str
    number: int
    count: int
    right: int
    claimed: float

    @property
    def wrong(self) -> float:
        """The share that was wrong."""
        return 1 - self.right / self.count

    @property
    def span(self) -> tuple[float, float]:
        """The 95 % interval of that share."""
        low, high = interval(self.count - self.right, self.count)
        return low, high


def list_bins(tally: Tally) -> list[Bin]:
    """The bins that hold answers, by state and confidence."""
    bins = []
    for key, count in tally.claimed.items():
        state, number = key.split()
        mean = tally.claimed_sum[key] / count
        bins.append(Bin(state, int(number), count, tally.claimed_right[key], mean))
    return sorted(bins, key=lambda made: (STATES.index(made.state), made.number))


def calibration_error(bins: list[Bin]) -> float:
    """The expected calibration error: how far claimed and found shares lie apart, weighted by answers."""
    count = sum(made.count for made in bins)
    return sum(made.count * abs(made.claimed - made.right / made.count) for made in bins) / max(1, count)


def summary(family: str, tally: Tally) -> dict[str, object]:
    """Of one family: the calibration error, and for promises the wrong answers claimed, found, and at most."""
    bins = list_bins(tally)
    promises = [made for made in bins if made.state != "doubtful"]
    count, right = sum(made.count for made in promises), sum(made.right for made in promises)
    return {
        "family": family,
        "answers": sum(made.count for made in bins),
        "calibration_error": round(calibration_error(bins), 5),
        "calibration_error_of_doubts": round(calibration_error([b for b in bins if b.state == "doubtful"]), 4),
        "promises": count,
        "wrong_per_million_claimed": round(1e6 * sum(b.count * (1 - b.claimed) for b in promises) / max(1, count)),
        "wrong_per_million_found": round(1e6 * (count - right) / max(1, count)),
        "wrong_per_million_at_most": round(1e6 * upper_bound(count - right, count)),
    }


def show(claims: Mapping[str, Tally], folder: Path | None, as_json: bool) -> None:
    """Print what was claimed and found, and draw it where a folder is given."""
    for family, tally in claims.items():
        figures, bins = summary(family, tally), list_bins(tally)
        if as_json:
            print(json.dumps({"reliability": figures, "bins": [vars(made) for made in bins]}))
            continue
        print(f"\nreliability, {family}: " + ", ".join(f"{k} {v:,}" for k, v in figures.items() if k != "family"))
        print("| state | confidence | answers | wrong | claimed % wrong | found % wrong, 95 % interval |")
        print("|---|---|---:|---:|---:|---:|")
        for made in bins:
            low, high = made.span
            print(
                f"| {made.state} | {_name(made.number)} | {made.count:,} | {made.count - made.right} | "
                f"{100 * (1 - made.claimed):.3f} | {100 * made.wrong:.3f} ({100 * low:.3f} to {100 * high:.3f}) |"
            )
    if folder is not None and claims:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "reliability.svg").write_text(draw(claims), encoding="utf-8")


def _name(number: int) -> str:
    return f"{EDGES[number - 1] if number else 0:g} to {EDGES[number]:g}"


_SIDE, _GAP, _LEFT, _TOP, _DECADES = 300, 84, 74, 54, 5


def draw(claims: Mapping[str, Tally]) -> str:
    """An SVG, a panel a family: claimed error across, found error upwards, whiskers for the 95 % interval."""
    across, down = min(2, len(claims)), -(-len(claims) // 2)
    width, step = _LEFT + across * (_SIDE + _GAP) - _GAP + 30, _TOP + _SIDE + 52
    height = down * step + 56
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12" fill="#000" stroke="none">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for place, (family, tally) in enumerate(claims.items()):
        panel = _panel(_LEFT + place % 2 * (_SIDE + _GAP), family, tally)
        parts += [f'<g transform="translate(0 {place // 2 * step})">', *panel, "</g>"]
    for place, state in enumerate(STATES):
        x = _LEFT + 10 + place * 90
        parts += [_sign(state, x, height - 38), _words(x + 12, height - 34, state)]
    parts.append(_words(_LEFT, height - 12, "arrow: none was wrong; the sign stands at the 95 % upper bound"))
    return "\n".join([*parts, "</svg>", ""])


def _panel(left: float, family: str, tally: Tally) -> list[str]:
    bottom = _TOP + _SIDE
    parts = [
        f'<rect x="{left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#000"/>',
        _words(left, _TOP - 26, family, 'font-weight="bold" font-size="14"'),
        _words(left, _TOP - 9, "below the line: errs less often than it says", 'fill="#444"'),
        f'<path d="M{left} {_TOP}L{left + _SIDE} {bottom}" stroke="#000" stroke-dasharray="5 4" fill="none"/>',
    ]
    for decade in range(_DECADES + 1):
        at, name = decade * _SIDE / _DECADES, f"{100 * 10.0**-decade:g} %"
        parts.append(_words(left + at, bottom + 17, name, 'text-anchor="middle"'))
        parts.append(_words(left - 6, _TOP + at + 4, name, 'text-anchor="end"'))
        grid = f"M{left + at} {_TOP}v{_SIDE}M{left} {_TOP + at}h{_SIDE}"
        parts.append(f'<path d="{grid}" stroke="#ccc" fill="none"/>')
    parts.append(_words(left + _SIDE / 2, bottom + 38, "wrong, as the reader claims", 'text-anchor="middle"'))
    turned = f'transform="rotate(-90 {left - 54} {_TOP + _SIDE / 2})" text-anchor="middle"'
    parts.append(_words(left - 54, _TOP + _SIDE / 2, "wrong, as found", turned))
    return parts + [line for made in list_bins(tally) for line in _point(made, left)]


def _point(made: Bin, left: float) -> list[str]:
    x, (low, high) = left + _down(1 - made.claimed), made.span
    if made.right == made.count:
        top = _TOP + _down(upper_bound(0, made.count))
        arrow = f"M{x:.1f} {top:.1f}v16m-3 -5l3 5l3 -5"
        return [f'<path d="{arrow}" stroke="#000" fill="none"/>', _sign(made.state, x, top)]
    whisker = f"M{x:.1f} {_TOP + _down(high):.1f}V{_TOP + _down(low):.1f}"
    return [f'<path d="{whisker}" stroke="#000" fill="none"/>', _sign(made.state, x, _TOP + _down(made.wrong))]


def _down(share: float) -> float:
    """How far from the upper or left edge a share lies."""
    return min(_DECADES, -math.log10(max(share, 10.0**-_DECADES))) * _SIDE / _DECADES


def _sign(state: str, x: float, y: float) -> str:
    if state == "clear":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    if state == "blank":
        return f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" fill="#777" stroke="#000"/>'
    return f'<path d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z" fill="#fff" stroke="#000" stroke-width="1.4"/>'


def _words(x: float, y: float, words: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{words}</text>'
