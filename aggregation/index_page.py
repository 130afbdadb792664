"""What the index's report shows, settled once for screen and paper: columns, cells, marks. Knows no HTML and no PDF.

A figure that is made up carries a mark wherever it stands: its note or source says so, or that of what it is made of.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from aggregation.index_changes import SIDES, Change
from aggregation.index_check import Comparison
from aggregation.index_files import find_field
from aggregation.index_marks import kinds_made_up, previous_made_up, total_made_up
from aggregation.index_values import AgencyIndex, BlockIndex, Index
from aggregation.rounding import half_up, show_exact, show_number
from forms.campaign import Campaign, Criterion
from forms.words import text

_PLACES = 4
_LONG = re.compile(r"-?[0-9]+\.[0-9]{5,}")

SAME = "≈"  # a change that cannot be told from last year's total


@dataclass(frozen=True)
class IndexAbout:
    """What the report says that is not in the index; `doubts`: answers that still wait for a person."""

    superior: str
    body: str
    campaign: str
    year: int
    document: str = ""
    place: str = ""
    date: datetime.date | None = None
    doubts: int = 0
    edition: str = ""


@dataclass(frozen=True)
class Cell:
    """A figure as people read it, and whether it is made up."""

    text: str
    made_up: bool = False


@dataclass(frozen=True)
class RankRow:
    """One agency of the ranking: cells by column; told: what its change's noise says in words, "" where nothing.

    veiled: its points are not for the public.
    """

    name: str
    rank: str
    cells: dict[str, Cell]
    told: str = ""
    veiled: bool = False


@dataclass(frozen=True)
class FieldRow:
    """One agency's fields in per cent of their maximum, None where nothing is known."""

    name: str
    percents: tuple[Fraction | None, ...]


@dataclass(frozen=True)
class BlockPage:
    """One block; `dots`: name, last year's and this year's total, of all that have one; made_up: some part of it is.

    unranked: the sentence about agencies that have a total and no rank, "" where there are none. least: how many valid
    sheets the public is told a total from.
    """

    name: str
    maximum: str
    columns: tuple[str, ...]
    rows: tuple[RankRow, ...]
    fields: tuple[Criterion, ...]
    field_rows: tuple[FieldRow, ...]
    dots: tuple[tuple[str, Fraction | None, Fraction, str], ...]
    top: Fraction
    made_up: bool
    summary: tuple[str, ...]
    unranked: str = ""
    least: int = 0


@dataclass(frozen=True)
class IndexPage:
    """The whole report; `sources` are numbered from 1 as the column of sources names them.

    changes: agency, figure, before, after, petition, why; None where there is no edition to differ from.
    """

    about: IndexAbout
    lang: str
    blocks: tuple[BlockPage, ...]
    sources: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    made_up: bool
    places: int
    changes: tuple[tuple[str, ...], ...] | None = None


def make_page(
    index: Index,
    campaign: Campaign,
    comparisons: Sequence[Comparison],
    about: IndexAbout,
    changes: Sequence[Change] | None = None,
    lang: str = "vi",
) -> IndexPage:
    """The report of an index, in a language."""
    sources: list[str] = []
    making = _Making(index, campaign, sources, lang)
    blocks = tuple(making.block(block) for block in index.blocks)
    made_up = any(block.made_up for block in blocks)
    places = index.scoring.rounding.places
    shown = None if changes is None else show_changes(changes, campaign, lang)
    return IndexPage(about, lang, blocks, tuple(sources), tuple(comparisons), made_up, places, shown)


def show_changes(changes: Sequence[Change], campaign: Campaign, lang: str) -> tuple[tuple[str, ...], ...]:
    """Changes in words: agency, figure, before, after, petition, why; a figure that is made up says so."""
    mark = text("index.mark_short", lang)
    agencies = {one.code: one.name for one in campaign.agencies}
    said = {what: text(f"index.what_{what}", lang) for what in ("total", "rank", "grade")}
    criteria = said | {one.code: f"{one.code} {one.name}" for one in campaign.criteria}
    return tuple(
        (
            agencies.get(one.agency, one.agency),
            criteria.get(one.what, one.what),
            *(
                (said.replace(".", ",") if lang == "vi" else said) + (f" ({mark})" if side in one.made_up else "")
                for side, said in zip(SIDES, _shorten(one.before, one.after), strict=True)
            ),
            one.petition,
            one.why,
        )
        for one in changes
    )


def _shorten(*sides: str) -> tuple[str, ...]:
    """Figures to four places, as every page shows points; in full where they differ behind these, or are no points."""
    short = tuple(f"{half_up(Fraction(one), _PLACES):f}" if _LONG.fullmatch(one) else one for one in sides)
    return tuple(one or "–" for one in (short if len(set(short)) == len(set(sides)) else sides))


class _Making:
    """One block after the other; sources get their numbers in the order in which they are met."""

    def __init__(self, index: Index, campaign: Campaign, sources: list[str], lang: str) -> None:
        self.campaign, self.sources, self.lang = campaign, sources, lang
        self.places, self.rank_from = index.scoring.rounding.places, index.scoring.rank_from.n_valid
        self.least = max(self.rank_from, index.scoring.show_from)
        self.field_of = find_field(campaign.criteria)

    def block(self, block: BlockIndex) -> BlockPage:
        """One block as it is shown."""
        fields = tuple(one for one in self.campaign.criteria if not one.parent and one.block in ("", block.code))
        return BlockPage(
            name=block.name,
            maximum=show_exact(block.maximum, self.lang),
            columns=self._columns(block),
            rows=tuple(self._row(block, each) for each in block.agencies),
            fields=fields,
            field_rows=tuple(self._fields(each, fields) for each in block.agencies if each.parts),
            dots=tuple(self._dot(each) for each in block.ranked),
            top=block.maximum,
            made_up=any(previous_made_up(each) or any(kinds_made_up(each, None)) for each in block.agencies),
            summary=tuple(self._summary(block)),
            unranked=self._unranked(block),
            least=self.least,
        )

    def _unranked(self, block: BlockIndex) -> str:
        names = [each.agency.name for each in block.ranked if each.too_few]
        return text("index.unranked", self.lang, n=self.rank_from, agencies="; ".join(names)) if names else ""

    def _columns(self, block: BlockIndex) -> tuple[str, ...]:
        extras = [kind for kind in ("bonus", "penalty") if any(getattr(each, kind) for each in block.agencies)]
        given = {"survey": "survey", "appraised": "council", "external": "external"}
        known = [kind for kind, name in given.items() if any(getattr(each, name) for each in block.agencies)]
        share = ["percent"] if block.maximum != 100 else []
        years = ["previous", "change", "rank_change"] if any(each.previous for each in block.agencies) else []
        if any(each.noise for each in block.agencies):
            years.insert(2, "noise")
        sources = ["source"] if any(each.stated or any(kinds_made_up(each, None)) for each in block.agencies) else []
        return (*known, *extras, "total", *share, *years, "grade", *sources)

    def _row(self, block: BlockIndex, each: AgencyIndex) -> RankRow:
        whole = total_made_up(each)
        signed = show_signed(each.change, self.places, self.lang)
        unit = " %" if block.unit == "percent" and each.change is not None else ""
        previous = None if each.previous is None else each.previous.total
        cells = {
            "survey": self._cell(each.survey, any(kinds_made_up(each, ("survey",)))),
            "appraised": self._cell(each.council, any(kinds_made_up(each, ("appraised",)))),
            "external": self._cell(each.external, any(kinds_made_up(each, ("external",)))),
            "bonus": self._cell(each.bonus, any(kinds_made_up(each, ("bonus",)))),
            "penalty": self._cell(-each.penalty, any(kinds_made_up(each, ("penalty",)))),
            "total": self._cell(None if each.published is None else Fraction(each.published), whole),
            "percent": self._cell(each.percent, whole),
            "previous": self._cell(previous, previous_made_up(each)),
            "change": Cell(signed + unit, each.change is not None and (whole or previous_made_up(each))),
            "noise": self._noise(each, whole or previous_made_up(each)),
            "rank_change": Cell(show_places(each.rank_change), each.rank_change is not None and previous_made_up(each)),
            "grade": Cell(each.grade or "–"),
            "source": Cell(self._source(each)),
        }
        told = "" if each.noise is None else text(f"index.told_{each.noise.told}", self.lang)
        return RankRow(each.agency.name, "–" if each.rank is None else str(each.rank), cells, told, each.veiled)

    def _cell(self, value: Fraction | None, made_up: bool) -> Cell:
        return Cell(show_number(value, self.places, self.lang), made_up and value is not None)

    def _noise(self, each: AgencyIndex, made_up: bool) -> Cell:
        """The half width of the noise band, and a sign where the change cannot be told from it."""
        if each.noise is None:
            return Cell("–")
        width = f"±{show_number(each.noise.half_width, self.places, self.lang)}"
        return Cell(f"{width}\N{NO-BREAK SPACE}{SAME}" if each.noise.told == "same" else width, made_up)

    def _source(self, each: AgencyIndex) -> str:
        """Where the total comes from: made up, a numbered source, or nothing to say where it is a plain sum."""
        if each.published is None:
            return "–"
        if total_made_up(each):
            return text("index.mark", self.lang)
        source = each.stated.source if each.stated is not None else ""
        if not source:
            return ""
        if source not in self.sources:
            self.sources.append(source)
        return f"[{self.sources.index(source) + 1}]"

    def _fields(self, each: AgencyIndex, fields: Iterable[Criterion]) -> FieldRow:
        percents = []
        for field in fields:
            inside = [one for one in each.parts if self.field_of.get(one.criterion) == field.code]
            known = [(one.points, one.maximum) for one in inside if one.points is not None]
            whole = sum((maximum for _, maximum in known), Fraction(0))
            reached = sum((points for points, _ in known), Fraction(0))
            percents.append(reached * 100 / whole if whole else None)
        return FieldRow(each.agency.name, tuple(percents))

    def _dot(self, each: AgencyIndex) -> tuple[str, Fraction | None, Fraction, str]:
        """Name, both years' per cent of the maximum, and the total as shown."""
        before = None
        if each.previous is not None:
            before = each.previous.total * 100 / (each.previous.maximum or each.maximum)
        now = each.percent or Fraction(0)
        return each.agency.name, before, now, show_number(each.published, self.places, self.lang)

    def _summary(self, block: BlockIndex) -> Iterable[str]:
        ranked, mean, change = block.placed, block.mean(), block.mean_change()
        if not ranked or mean is None:
            yield text("index.summary_nothing", self.lang)
            return
        number = [show_number(value, self.places, self.lang) for value in (mean, *_ends(ranked))]
        yield text(
            "index.summary_block",
            self.lang,
            agencies=len(ranked),
            mean=number[0],
            maximum=show_exact(block.maximum, self.lang),
            best=", ".join(each.agency.name for each in ranked if each.rank == 1),
            best_points=number[1],
            least=number[2],
        )
        if change is not None:
            unit = text(f"index.unit_{block.unit}", self.lang)
            yield text("index.summary_change", self.lang, change=show_signed(change, self.places, self.lang), unit=unit)
        told = [each.noise.told for each in block.agencies if each.noise is not None]
        if told:
            counts = {side: told.count(side) for side in ("up", "down", "same")}
            yield text("index.summary_noise", self.lang, **counts)
        grades = [each.grade for each in ranked if each.grade]
        if grades:
            shown = "; ".join(f"{grade} {grades.count(grade)}" for grade in dict.fromkeys(grades))
            yield text("report.summary_grades", self.lang, grades=shown)


def show_signed(value: object, places: int, lang: str) -> str:
    """A change with its sign: +5,15, −0,30, 0,00; "–" where there is none."""
    shown = show_number(value, places, lang)
    if value is None:
        return shown
    return shown.replace("-", "−") if shown.startswith("-") else shown if not shown.strip("0,.") else f"+{shown}"


def show_places(gained: int | None) -> str:
    """Places gained or lost: an arrow and a number, which black ink prints as well."""
    if gained is None:
        return "–"
    return "=" if gained == 0 else f"↑ {gained}" if gained > 0 else f"↓ {-gained}"


def _ends(ranked: Sequence[AgencyIndex]) -> tuple[Fraction, Fraction]:
    totals = [Fraction(each.published) for each in ranked if each.published is not None]
    return max(totals), min(totals)
