"""What a report shows of a block: agencies ranked, fields in per cent, answers by level. Knows no page, no words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from aggregation.plan import exact, is_missing
from aggregation.rounding import show_exact
from aggregation.scores import Scores
from aggregation.svg import LEVELS
from aggregation.tables import COMBINED, ScoringTables

_FIFTHS = ("80–100 %", "60–<80 %", "40–<60 %", "20–<40 %", "0–<20 %")


@dataclass(frozen=True)
class RankedAgency:
    """One agency of a block; None where nothing is known. `fields`: per cent of the maximum by field."""

    code: str
    name: str
    points: float | None
    half_width: float | None
    bounds: tuple[float, float] | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    grade: str
    n_valid: int
    fields: dict[str, float]


@dataclass(frozen=True)
class Distribution:
    """The valid answers of a field or a group: their shares by level, highest level first, and their number."""

    code: str
    name: str
    shares: tuple[float, ...]
    n: int


@dataclass(frozen=True)
class Findings:
    """One block; `fields` code -> name in the order of the criteria; `levels` what the shares' levels are called."""

    code: str
    name: str
    maximum: Decimal
    agencies: tuple[RankedAgency, ...]
    fields: dict[str, str]
    levels: tuple[str, ...]
    by_field: tuple[Distribution, ...]
    by_group: tuple[Distribution, ...]

    @property
    def ranked(self) -> tuple[RankedAgency, ...]:
        """The agencies that have points."""
        return tuple(agency for agency in self.agencies if agency.points is not None)

    @property
    def placed(self) -> tuple[RankedAgency, ...]:
        """The agencies that have a rank: those with points from enough sheets."""
        return tuple(agency for agency in self.agencies if agency.rank is not None)


def find_fields(tables: ScoringTables) -> dict[str, str]:
    """The field (topmost criterion) of every criterion."""
    parent = {str(row.criterion): row.parent for row in tables.criteria.itertuples(index=False)}

    def top(code: str) -> str:
        above = parent.get(code)
        return code if is_missing(above) else top(str(above))

    return {code: top(code) for code in parent}


def find_findings(scores: Scores, tables: ScoringTables, lang: str = "vi") -> list[Findings]:
    """Every block that is rated, in the campaign's order: not one whose agencies rate others and nobody them.

    `lang`: of the numbers in names of levels.
    """
    used = set(find_rated(scores, tables)["block"])
    rows = [row for row in _rows(tables.blocks) if row["block"] in used]
    return [_block(scores, tables, row["block"], row["name"], lang) for row in rows]


def find_rated(scores: Scores, tables: ScoringTables) -> pd.DataFrame:
    """The totals of agencies whose block is rated: somebody is to rate one of them, or did."""
    totals = scores.totals
    known = totals["agency"].isin(tables.cells["agency"]) | totals["survey_points"].notna()
    return totals[totals["block"].isin(totals.loc[known, "block"])]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _block(scores: Scores, tables: ScoringTables, block: str, name: str, lang: str) -> Findings:
    top = find_fields(tables)
    combined = scores.scores[(scores.scores["block"] == block) & (scores.scores["group"] == COMBINED)]
    shown = dict.fromkeys(top[code] for code in combined["criterion"])
    names = {str(row["criterion"]): str(row["name"]) for row in _rows(tables.criteria)}
    agencies = _agencies(scores, tables, block, _field_percents(combined, tables, top))
    levels, by_field, by_group = _distributions(scores, tables, block, top, lang)
    return Findings(
        code=block,
        name=name,
        maximum=scores.maxima[block],
        agencies=agencies,
        fields={code: names[code] for code in shown},
        levels=levels,
        by_field=tuple(_named(by_field, {code: names[code] for code in shown})),
        by_group=tuple(_named(by_group, dict(zip(tables.groups["group"], tables.groups["name"], strict=True)))),
    )


def _field_percents(combined: pd.DataFrame, tables: ScoringTables, top: dict[str, str]) -> dict[str, dict[str, float]]:
    maximum = {str(row["criterion"]): float(exact(row["max_points"])) for row in _rows(tables.criteria)}
    scored = combined[combined["mean_percent"].notna()]
    table = pd.DataFrame(
        {
            "agency": scored["agency"],
            "field": [top[code] for code in scored["criterion"]],
            "points": scored["mean_percent"] / 100 * [maximum[code] for code in scored["criterion"]],
            "maximum": [maximum[code] for code in scored["criterion"]],
        }
    )
    sums = table.groupby(["agency", "field"], sort=False)[["points", "maximum"]].sum()
    percents: dict[str, dict[str, float]] = {}
    for row in _rows(sums.reset_index()):
        percents.setdefault(row["agency"], {})[row["field"]] = 100 * row["points"] / row["maximum"]
    return percents


def _agencies(
    scores: Scores, tables: ScoringTables, block: str, percents: dict[str, dict[str, float]]
) -> tuple[RankedAgency, ...]:
    names = dict(zip(tables.agencies["agency"], tables.agencies["name"], strict=True))
    found = []
    for row in _rows(scores.totals[scores.totals["block"] == block].astype(object)):
        value: dict[str, Any] = {key: None if pd.isna(each) else each for key, each in row.items()}
        low, high, points = value["ci_low"], value["ci_high"], value["survey_points"]
        known = low is not None and high is not None and points is not None
        # A bound may be cut off at 0 or at the maximum; the other one then tells the width.
        half_width = max(points - low, high - points) if known else None
        found.append(
            RankedAgency(
                code=value["agency"],
                name=names[value["agency"]],
                points=points,
                half_width=half_width,
                bounds=(low, high) if known else None,
                rank=value["rank"],
                rank_low=value["rank_low"],
                rank_high=value["rank_high"],
                grade=value["grade"] or "",
                n_valid=value["n_valid"],
                fields=percents.get(value["agency"], {}),
            )
        )
    return tuple(sorted(found, key=lambda agency: (agency.rank is None, agency.rank or 0, agency.points is None)))


def _distributions(
    scores: Scores, tables: ScoringTables, block: str, top: dict[str, str], lang: str
) -> tuple[tuple[str, ...], dict[str, list[int]], dict[str, list[int]]]:
    inside = set(tables.agencies.loc[tables.agencies["block"] == block, "agency"])
    counts = scores.counts[scores.counts["agency"].isin(inside) & (scores.counts["option"] != "")]
    names, slot_of = find_levels(tables, lang)
    key = ["group", "question", "option"]
    field_of = {(row["group"], row["question"]): top[row["criterion"]] for row in _rows(tables.items)}
    by_field: dict[str, list[int]] = {}
    by_group: dict[str, list[int]] = {}
    whole = counts.groupby(key, sort=False, observed=True)["n"].sum().reset_index()
    for group, question, option, n in zip(*(whole[name].tolist() for name in (*key, "n")), strict=True):
        slot = slot_of.get((group, question, option))
        if slot is not None:
            by_field.setdefault(field_of[group, question], [0] * len(names))[slot] += n
            by_group.setdefault(group, [0] * len(names))[slot] += n
    return names, by_field, by_group


def find_levels(tables: ScoringTables, lang: str = "vi") -> tuple[tuple[str, ...], dict[tuple[str, str, str], int]]:
    """What the levels are called, highest first, and the place of every (group, question, option) that scores."""
    levels = tables.levels[[not is_missing(each) for each in tables.levels["percent"]]]
    percents = sorted({exact(each) for each in levels["percent"]}, reverse=True)
    names = tuple(_level_name(levels, percent, lang) for percent in percents)
    slots = {percent: slot for slot, percent in enumerate(percents)}
    if len(percents) > LEVELS:
        names = _FIFTHS
        slots = {percent: max(0, 4 - int(percent // 20)) for percent in percents}
    place = {(row["group"], row["question"], row["option"]): slots[exact(row["percent"])] for row in _rows(levels)}
    return names, place


def _level_name(levels: pd.DataFrame, percent: Fraction, lang: str) -> str:
    shown = f"{show_exact(percent, lang)} %"
    if "label" not in levels.columns:
        return shown
    labels = dict.fromkeys(levels.loc[[exact(each) == percent for each in levels["percent"]], "label"])
    return f"{shown}: {', '.join(str(label) for label in labels)}"


def _named(counts: dict[str, list[int]], names: dict[str, str]) -> list[Distribution]:
    found = []
    for code, name in names.items():
        each = counts.get(code)
        if each:
            whole = sum(each)
            found.append(Distribution(code, name, tuple(number / whole for number in each), whole))
    return found
