"""The signs of quality as the internal report prints them: each beside what chance alone gives."""

from __future__ import annotations

from dataclasses import dataclass

from aggregation.quality import FACTS, Quality, flagged_agencies
from aggregation.rounding import show_number
from aggregation.tables import ScoringTables
from forms.words import text


@dataclass(frozen=True)
class SignRow:
    """One sign: cells looked into, cells flagged, flags that chance alone would raise; as printed."""

    name: str
    cells: str
    flagged: str
    by_chance: str


@dataclass(frozen=True)
class QualityPage:
    """The table of signs, and the sentence that names the agencies to ask more people again."""

    rows: tuple[SignRow, ...]
    named: str


def quality_page(quality: Quality, tables: ScoringTables, lang: str) -> QualityPage | None:
    """The section, or None where nothing was looked into."""
    if quality.summary.empty:
        return None
    rows = []
    for sign, cells, flagged, by_chance in quality.summary.itertuples(index=False):
        chance = show_number(0 if sign in FACTS else float(by_chance), 0 if sign in FACTS else 1, lang)
        looked, raised = show_number(int(cells), 0, lang), show_number(int(flagged), 0, lang)
        rows.append(SignRow(text(f"report.sign_{sign}", lang), looked, raised, chance))
    return QualityPage(tuple(rows), _name_agencies(quality, tables, lang))


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
