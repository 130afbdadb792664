"""The signs of quality as the internal report prints them: each beside what chance alone gives."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from aggregation.quality import FACTS, Quality, flagged_agencies
from aggregation.rounding import show_number
from aggregation.tables import ScoringTables
from forms.words import text

FEWEST_SHEETS = 30  # below them alpha's interval is about as wide as its scale


@dataclass(frozen=True)
class SignRow:
    """One sign: cells looked into, cells flagged, flags that chance alone would raise, from and to; as printed."""

    name: str
    cells: str
    flagged: str
    by_chance: str


@dataclass(frozen=True)
class QualityPage:
    """The table of signs, and the sentence that names the agencies to ask more people again.

    groups: name, complete sheets, alpha with its interval, share between agencies; as printed.
    """

    rows: tuple[SignRow, ...]
    named: str
    groups: tuple[tuple[str, ...], ...] = ()


def quality_page(quality: Quality, tables: ScoringTables, lang: str) -> QualityPage | None:
    """The section, or None where nothing was looked into."""
    if quality.summary.empty:
        return None
    rows = []
    for sign, cells, flagged, *by_chance in quality.summary.itertuples(index=False):
        shown = (
            show_number(0 if sign in FACTS else float(each), 0 if sign in FACTS else 1, lang) for each in by_chance
        )
        chance = "–".join(dict.fromkeys(shown))
        looked, raised = show_number(int(cells), 0, lang), show_number(int(flagged), 0, lang)
        rows.append(SignRow(text(f"report.sign_{sign}", lang), looked, raised, chance))
    return QualityPage(tuple(rows), _name_agencies(quality, tables, lang), tuple(_groups(quality, tables, lang)))


def _groups(quality: Quality, tables: ScoringTables, lang: str) -> Iterator[tuple[str, ...]]:
    names = dict(zip(tables.groups["group"], tables.groups["name"], strict=True))
    for row in quality.groups.to_dict("records"):
        figures = [float(row[name]) for name in ("alpha", "alpha_low", "alpha_high")]
        shown = [show_number(each, 2, lang) for each in figures]
        alpha = "–" if math.isnan(figures[0]) or row["n"] < FEWEST_SHEETS else f"{shown[0]} ({shown[1]}–{shown[2]})"
        icc = float(row["icc"])
        between = "–" if math.isnan(icc) else f"{show_number(100 * max(icc, 0.0), 0, lang)} %"
        yield names[row["group"]], show_number(int(row["n"]), 0, lang), alpha, between


def _name_agencies(quality: Quality, tables: ScoringTables, lang: str) -> str:
    flagged = flagged_agencies(quality)
    if not flagged:
        return text("report.quality_none", lang)
    names = dict(zip(tables.agencies["agency"], tables.agencies["name"], strict=True))
    shown = []
    for agency, signs in flagged.items():
        told = "; ".join(_lower_first(text(f"report.sign_{sign}", lang)) for sign in signs)
        shown.append(f"{names[agency]} ({told})")
    return text("report.quality_agencies", lang, agencies=", ".join(shown))


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
