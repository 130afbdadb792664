"""What the screens of scores show, settled into plain values: rows of agencies, of criteria, of sheets, of signs."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from aggregation.quality import FACTS, Quality
from aggregation.rounding import show_number
from aggregation.scores import Scores
from aggregation.tables import COMBINED
from aggregation.trail import CriterionTrail, QuestionTrail
from aggregation.trail_page import show_exact_number
from collector.store.chain import Event
from collector.store.editions import EDITIONS
from collector.trail.loading import SheetTrail, Trail
from collector.trail.words import say_edit, say_place, say_said
from forms.campaign import Campaign
from forms.words import text

_MOST = 200  # flagged cells of one sign


@dataclass(frozen=True)
class ScoreLine:
    """One agency in the table; figures as people read them, "" where there are none."""

    code: str
    name: str
    points: str
    interval: str
    rank: str
    reach: str
    grade: str
    sheets: str


@dataclass(frozen=True)
class ScoreBlock:
    """One block, best first."""

    code: str
    name: str
    maximum: str
    lines: tuple[ScoreLine, ...]


def view_blocks(campaign: Campaign, scores: Scores, lang: str) -> list[ScoreBlock]:
    """Every block that has agencies."""
    names = {one.code: one.name for one in campaign.agencies}
    found = []
    for block in campaign.settings.blocks:
        own = scores.totals[scores.totals["block"] == block.code].sort_values("rank", kind="stable")
        if len(own):
            lines = tuple(_score_line(row, names, scores, lang) for row in own.to_dict("records"))
            found.append(
                ScoreBlock(block.code, block.name, show_exact_number(scores.maxima[block.code], lang=lang), lines)
            )
    return found


def _score_line(row: dict[Hashable, Any], names: dict[str, str], scores: Scores, lang: str) -> ScoreLine:
    places = scores.rules.rounding.places
    code = str(row["agency"])
    if pd.isna(row["survey_points"]):
        return ScoreLine(code, names.get(code, code), "", "", "", "", "", "0")
    low, high = (show_number(row[name], places, lang) for name in ("ci_low", "ci_high"))
    interval = "" if pd.isna(row["ci_low"]) else f"{low} – {high}"
    rank = "–" if pd.isna(row["rank"]) else str(row["rank"])  # too few sheets
    reach = "" if pd.isna(row["rank_low"]) else f"{row['rank_low']} – {row['rank_high']}"
    points, sheets = show_number(row["survey_points"], places, lang), show_number(row["n_valid"], 0, lang)
    return ScoreLine(code, names.get(code, code), points, interval, rank, reach, str(row["grade"]), sheets)


@dataclass(frozen=True)
class Frozen:
    """The last frozen edition, or which edition of the index was kept; `digest` names the file."""

    provisional: bool
    edition: str
    digest: str
    event: Event


def view_frozen(event: Event) -> Frozen:
    """What the log says of a freezing."""
    said = json.loads(event.detail)
    edition = (said.get("edition") or {}).get("code", "")
    return Frozen(bool(said.get("provisional")), edition if edition in EDITIONS else "", event.subject, event)


@dataclass(frozen=True)
class CriterionLine:
    """One criterion of an agency: name, maximum, points, per cent with half its interval, answers."""

    code: str
    name: str
    maximum: str
    points: str
    percent: str
    answers: str


def view_criteria(trail: Trail, scores: Scores, lang: str) -> list[CriterionLine]:
    """The agency's criteria; a dash where nobody answered."""
    table = scores.estimates
    own = table[(table["agency"] == trail.points.agency) & (table["group"] == COMBINED)]
    bounds = {row["criterion"]: (row["ci_low"], row["ci_high"]) for row in own.to_dict("records")}
    return [_criterion_line(one, bounds.get(one.criterion, (None, None)), lang) for one in trail.points.criteria]


def _criterion_line(one: CriterionTrail, bounds: tuple[float | None, float | None], lang: str) -> CriterionLine:
    percent = show_exact_number(one.mean_percent, 1, lang)
    if not any(pd.isna(bound) for bound in bounds):
        low, high = (show_number(bound, 1, lang) for bound in bounds)
        percent += f" ({low} – {high})"
    shown = show_exact_number(one.maximum, lang=lang), show_exact_number(one.points, lang=lang)
    return CriterionLine(one.criterion, one.name, *shown, percent, show_number(one.n_valid, 0, lang))


@dataclass(frozen=True)
class SheetView:
    """One sheet's answer to one question; `page`: the key of the page with its picture, None where there is none."""

    name: str
    said: str
    is_counted: bool
    place: str
    edits: tuple[str, ...]
    page: int | None


def call_questions(
    trail: Trail, campaign: Campaign, criterion: CriterionTrail, lang: str
) -> dict[tuple[str, str], str]:
    """By group and question what people call it: by its numbers on the counted sheets, else by today's."""
    today = campaign.number_questions()
    asked = ((group.group, one.question) for group in criterion.groups for one in group.questions)
    return {
        (group, question): _call(trail.number_question(group, question) or (today[group][question],), lang)
        for group, question in asked
    }


def _call(numbers: Iterable[int], lang: str) -> str:
    return text("phone.question", lang, number=" / ".join(map(str, numbers))).rstrip(".")


def view_sheets(trail: Trail, group: str, question: QuestionTrail, lang: str) -> list[SheetView]:
    """Every counted sheet of a group that was asked the question."""
    labels = {option.option: option.label for option in question.options}
    return [
        _sheet_view(trail, one, question.question, labels, lang)
        for one in trail.of_group(group)
        if question.question in one.said
    ]


def _sheet_view(trail: Trail, one: SheetTrail, question: str, labels: dict[str, str], lang: str) -> SheetView:
    layout, _ = trail.printed[one.sheet.layout]
    page = one.find_page(layout, question, trail.row_of(one.sheet))
    said = one.said[question]
    place = say_place(page, lang) if page else text(f"trail.channel_{one.sheet.channel}", lang)
    number = trail.find_number(one.sheet.layout, question)
    called = _call((number,), lang) if number else question
    edits = tuple(say_edit(edit, lang, called, labels) for edit in one.edits if edit.question in ("", question))
    shown = page.id if page is not None and page.transform is not None else None
    return SheetView(one.name, say_said(said, labels, lang), said.is_counted, place, edits, shown)


@dataclass(frozen=True)
class FlagLine:
    """One flagged cell: agency, group, sheets, what was found and what chance gives, whether it stands."""

    agency: str
    group: str
    sheets: str
    found: str
    expected: str
    chance: str
    stands: bool


def view_flags(campaign: Campaign, quality: Quality, sure: float, lang: str) -> Iterator[tuple[str, list[FlagLine]]]:
    """The flagged cells, sign by sign; `stands`: also after the adjustment for looking everywhere, and facts."""
    names = {one.code: one.name for one in campaign.agencies}
    groups = {one.code: one.name for one in campaign.settings.groups}
    flagged = quality.cells[quality.cells["flagged"].astype(bool)]
    for sign in dict.fromkeys(flagged["sign"]):
        lines = []
        for row in flagged[flagged["sign"] == sign].sort_values("p", kind="stable")[:_MOST].to_dict("records"):
            places = 0 if float(row["found"]).is_integer() and sign in (*FACTS, "near_copies") else 2
            fact = sign in FACTS
            lines.append(
                FlagLine(
                    names.get(str(row["agency"]), str(row["agency"])),
                    groups.get(str(row["group"]), str(row["group"])),
                    show_number(row["n"], 0, lang),
                    show_number(row["found"], places, lang),
                    "" if fact else show_number(row["expected"], 2, lang),
                    "" if fact else f"{show_number(100 * float(row['p']), 2, lang)}\N{NO-BREAK SPACE}%",
                    fact or float(row["p_adjusted"]) <= sure,
                )
            )
        yield str(sign), lines
