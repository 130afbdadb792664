"""The sentences below the index's tables: how it was computed, and what a reader has to know about this one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from aggregation.index_check import Comparison
from aggregation.index_values import AgencyIndex, Index
from aggregation.rounding import show_exact, show_number
from aggregation.wording import NAMES
from forms.words import text


def index_method(index: Index, lang: str) -> list[str]:
    """How the index was computed, one sentence or two a rule."""
    rules, scoring = index.rules, index.scoring
    said = [text("index.method_sum", lang), text("index.method_external", lang)]
    for kind, most in (("bonus", rules.bonus_at_most), ("penalty", rules.penalty_at_most)):
        if most is not None:
            said.append(text(f"index.method_{kind}_limit", lang, most=show_exact(most, lang)))
    said.append(text(f"index.method_missing_{rules.missing}", lang))
    said.append(text(f"index.method_survey_{rules.no_survey}", lang))
    said.append(text(f"report.method_round_{scoring.rounding.at}", lang, places=scoring.rounding.places))
    said.append(text("index.method_ranks", lang))
    if any(each.too_few for block in index.blocks for each in block.agencies):
        said.append(text("report.method_rank_from", lang, n=scoring.rank_from.n_valid))
    if scoring.bands:
        bands = [text("report.band", lang, name=one.name, percent=show_exact(one.lower, lang)) for one in scoring.bands]
        said.append(text("report.method_bands", lang, bands=", ".join(bands)))
    percent = any(block.unit == "percent" for block in index.blocks)
    if any(each.previous for block in index.blocks for each in block.agencies):
        said.append(text("index.method_change_percent" if percent else "index.method_change_points", lang))
    if any(each.noise for block in index.blocks for each in block.agencies):
        said.append(text("index.method_noise", lang))
    return said


def index_notes(index: Index, doubts: int, lang: str, published: Sequence[Comparison] = ()) -> list[str]:
    """What the reader has to know about the figures; `published`: these beside what was published of them."""
    agencies = [each for block in index.blocks for each in block.agencies]
    said = [text("report.note_doubtful", lang, n=show_number(doubts, 0, lang))] if doubts else []
    differing = sum(not one.agrees for one in published)
    if differing:
        said.append(text("index.note_published", lang, n=show_number(differing, 0, lang)))
    for key, found in (
        ("unranked", [each.agency.name for each in agencies if each.published is None]),
        ("stated", [each.agency.name for each in agencies if each.stated and _has_gaps(each)]),
        ("missing", list(_missing(agencies))),
        ("left_out", list(_left_out(index, agencies))),
        ("no_previous", [each.agency.name for each in agencies if each.previous is None]),
        ("no_error", _without_noise(agencies)),
        ("limited_bonus", [each.agency.name for each in agencies if _cut(each, "bonus")]),
        ("limited_penalty", [each.agency.name for each in agencies if _cut(each, "penalty")]),
    ):
        if found and not (key == "no_previous" and len(found) == len(agencies)):
            said.append(text(f"index.note_{key}", lang, agencies=_list(found, lang)))
    if not _without_noise(agencies) and any(each.change is not None and each.noise is None for each in agencies):
        said.append(text("index.note_no_errors", lang))
    return said or [text("index.note_none", lang)]


def _without_noise(agencies: list[AgencyIndex]) -> list[str]:
    """Whose change has no noise beside it, where others' have."""
    lacking = [each.agency.name for each in agencies if each.change is not None and each.noise is None]
    return lacking if any(each.noise for each in agencies) else []


def _missing(agencies: list[AgencyIndex]) -> Iterator[str]:
    for each in agencies:
        codes = [one.criterion for one in each.parts if not one.where and one.kind != "survey"]
        if codes and each.stated is None:
            yield f"{each.agency.name} ({', '.join(codes)})"


def _left_out(index: Index, agencies: list[AgencyIndex]) -> Iterator[str]:
    for each in agencies:
        codes = [one.criterion for one in each.parts if (each.agency.code, one.criterion) in index.left_out]
        if codes:
            yield f"{each.agency.name} ({', '.join(codes)})"


def _has_gaps(each: AgencyIndex) -> bool:
    return any(one.points is None for one in each.parts) or not each.parts


def _cut(each: AgencyIndex, kind: str) -> bool:
    given = sum((one.points or Fraction(0) for one in each.parts if one.kind == kind), Fraction(0))
    return given > (each.bonus if kind == "bonus" else each.penalty)


def _list(names: list[str], lang: str) -> str:
    if len(names) > NAMES:
        return text("report.and_more", lang, names="; ".join(names[: NAMES - 1]), n=len(names) - NAMES + 1)
    return "; ".join(names)
