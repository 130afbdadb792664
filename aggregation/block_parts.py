"""What the internal report says of a block beyond its ranking: groups, chances of grades, change on last year."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas as pd

from aggregation.findings import Findings
from aggregation.parts import Grid, Part, Words
from aggregation.rounding import show_number
from aggregation.scores import Scores
from aggregation.tables import COMBINED, ScoringTables
from forms.words import text


def block_parts(
    block: Findings, scores: Scores, tables: ScoringTables, change: pd.DataFrame | None, lang: str
) -> Iterator[Part]:
    """The parts in their order, each only where it has something to say."""
    if not block.ranked:
        return
    yield from _groups(block, scores, tables, lang)
    yield from _chances(block, scores, lang)
    if change is not None:
        yield from _changes(block, scores, change, lang)


def show_mean(mean: float, low: float, high: float, lang: str, places: int = 1) -> str:
    """A mean with half its interval: 78,4 ± 3,2; alone where the interval is unknown."""
    shown = show_number(mean, places, lang)
    # a bound may be cut off at 0 or 100; the other one then tells the width
    return (
        shown if low != low or high != high else f"{shown} ± {show_number(max(mean - low, high - mean), places, lang)}"
    )


def show_change(value: Any, places: int, lang: str) -> str:
    """A change with its sign: +5,15, −0,30, 0,00."""
    shown = show_number(value, places, lang)
    if value is None or value != value:
        return shown
    return shown.replace("-", "−") if shown.startswith("-") else shown if not shown.strip("0,.") else f"+{shown}"


def _groups(block: Findings, scores: Scores, tables: ScoringTables, lang: str) -> Iterator[Part]:
    own = scores.estimates
    own = own[(own["block"] == block.code) & (own["criterion"] == COMBINED) & (own["group"] != COMBINED)]
    used = set(own["group"])
    groups = [(code, name) for code, name in tables.groups[["group", "name"]].itertuples(index=False) if code in used]
    columns = ["agency", "group", "mean_percent", "ci_low", "ci_high"]
    cells = {
        (agency, group): show_mean(mean, low, high, lang)
        for agency, group, mean, low, high in own[columns].itertuples(index=False)
    }
    rows = tuple((each.name, *(cells.get((each.code, code), "–") for code, _ in groups)) for each in block.ranked)
    head = text("report.head_agency", lang), *(name for _, name in groups)
    yield Grid(f"{text('report.groups', lang)} (%)", head, rows)
    yield Words(text("report.groups_note", lang), small=True)


def _chances(block: Findings, scores: Scores, lang: str) -> Iterator[Part]:
    own = scores.chances[scores.chances["block"] == block.code]
    found = own.groupby("grade", sort=False)["chance"].max()
    grades = [str(grade) for grade, most in found.items() if most >= 0.005]
    if not grades:
        return
    cells = {(agency, grade): value for agency, grade, value in own[["agency", "grade", "chance"]].itertuples(False)}
    show = partial(_show_chance, lang=lang)
    rows = tuple(
        (each.name, each.grade or "–", *(show(cells.get((each.code, grade))) for grade in grades))
        for each in block.ranked
    )
    named = [grade or text("report.chances_none", lang) for grade in grades]
    head = text("report.head_agency", lang), text("report.head_grade", lang), *named
    yield Grid(f"{text('report.chances', lang)} (%)", head, rows, centred=frozenset({1}))
    yield Words(text("report.chances_note", lang), small=True)


def _show_chance(chance: float | None, lang: str) -> str:
    """Never 0 or 100 where it is not quite: a rounded certainty would be read as one."""
    if chance is None or chance != chance:
        return "–"
    if 0 < chance < 0.005:
        return "<1"
    return ">99" if 0.995 <= chance < 1 else show_number(100 * chance, 0, lang)


def _changes(block: Findings, scores: Scores, change: pd.DataFrame, lang: str) -> Iterator[Part]:
    own = change[change["block"] == block.code].set_index("agency")
    rows = []
    for each in block.ranked:
        row = own.loc[each.code]
        told = text(f"report.change_{row['verdict']}", lang) if row["verdict"] else "–"
        now, before, noise = (show_number(row[name], 2, lang) for name in ("percent", "before", "noise"))
        rows.append((each.name, before, now, show_change(row["change"], 2, lang), noise, told))
    names = ("before", "now", "change", "noise", "told")
    head = text("report.head_agency", lang), *(text(f"report.change_head_{name}", lang) for name in names)
    widths = (2.5, 1.0, 1.0, 1.0, 1.0, 2.0)
    yield Grid(text("report.changes", lang), head, tuple(rows), centred=frozenset({5}), widths=widths)
    limit = f" {text('report.change_population', lang)}" if scores.rules.population == "quota" else ""
    yield Words(text("report.change_note", lang) + limit, small=True)
