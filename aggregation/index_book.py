"""The index as a workbook: the ranking sums its criteria with live formulas, whose results are stored beside them.

A total that is no plain sum (stated, or with criteria left out) stands as a number. What is made up says so in its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from aggregation.index_files import find_field
from aggregation.index_page import IndexPage
from aggregation.index_values import AgencyIndex, BlockIndex, Index
from aggregation.rounding import half_up
from forms.campaign import Criterion
from forms.words import text
from forms.workbook import write_workbook

_RANKING = (
    *("block", "rank", "code", "agency", "survey", "appraised", "bonus", "penalty", "total", "previous", "change"),
    *("grade", "note", "source", "noise", "told"),
)
_POINTS = ("agency", "code", "field", "criterion", "name", "kind", "max", "given", "note", "source")
_KINDS = (("survey",), ("appraised", "external"), ("bonus",), ("penalty",))
_WIDTHS = {"agency": 12, "name": 44, "told": 24, "note": 34, "source": 34}
_WIDTH, _NAME_WIDTH = 11, 38
_FIRST = 4  # the row of the first agency: title, warning, headings stand above it
_EXACT_PLACES = 10


def index_workbook(index: Index, page: IndexPage, criteria: tuple[Criterion, ...]) -> bytes:
    """The workbook's bytes; same index, same bytes."""

    def fill(book: Any, styles: dict[str, Any]) -> None:
        _Book(book, styles, index, page, criteria).write()

    return write_workbook(fill)


class _Book:
    """The two sheets: ranking, and the points that it sums."""

    def __init__(
        self, book: Any, styles: dict[str, Any], index: Index, page: IndexPage, criteria: tuple[Criterion, ...]
    ) -> None:
        self.styles, self.index, self.page, self.lang = styles, index, page, page.lang
        self.criteria = {one.code: one for one in criteria}
        self.fields = find_field(criteria)
        self.parts = sum(len(each.parts) for block in index.blocks for each in block.agencies)
        self.points_name = text("index.book_points", self.lang)
        self.ranking = book.add_worksheet(text("index.ranking", self.lang))
        self.points = book.add_worksheet(self.points_name)

    def write(self) -> None:
        """Both sheets."""
        for sheet, columns in ((self.ranking, _RANKING), (self.points, _POINTS)):
            self._head(sheet, columns)
        row = _FIRST - 1
        for block in self.index.blocks:
            first = row
            for each in block.agencies:
                self._agency(row, each, block, first, first + max(1, len(block.placed)) - 1)
                row += 1
        for row, cells in enumerate(self._parts(), _FIRST - 1):
            for place, cell in enumerate(cells):
                self._put(self.points, row, place, cell)

    def _head(self, sheet: Any, columns: tuple[str, ...]) -> None:
        sheet.write_string(0, 0, f"{text('index.title', self.lang)} – {self.page.about.campaign}", self.styles["title"])
        if self.page.made_up:
            said = f"{text('index.warning', self.lang)}. {text('index.book_warning', self.lang)}"
            sheet.write_string(1, 0, said, self.styles["title"])
        for place, column in enumerate(columns):
            width = _NAME_WIDTH if column == "agency" and columns is _RANKING else _WIDTHS.get(column, _WIDTH)
            sheet.set_column(place, place, width)
            sheet.write_string(_FIRST - 2, place, text(f"index.book_{column}", self.lang), self.styles["head"])
        sheet.freeze_panes(_FIRST - 1, 4)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_FIRST - 2)

    def _agency(self, row: int, each: AgencyIndex, block: BlockIndex, first: int, last: int) -> None:
        line, places = row + 1, self.index.scoring.rounding.places
        for place, cell in enumerate((block.name, None, each.agency.code, each.agency.name)):
            self._put(self.ranking, row, place, cell)
        sums = (each.survey, each.appraised, each.bonus, each.penalty)
        for place, (kinds, value) in enumerate(zip(_KINDS, sums, strict=True), 4):
            if value is not None:
                self._formula(row, place, self._sum(line, kinds), half_up(value, _EXACT_PLACES))
        if each.published is not None:
            plain = sum((one or Fraction(0) for one in (*sums[:3], -each.penalty)), Fraction(0))
            if half_up(plain, places) == each.published:
                self._formula(
                    row, 8, f"=ROUND(ROUND(E{line}+F{line}+G{line}-H{line},{_EXACT_PLACES}),{places})", each.published
                )
            else:
                self._put(self.ranking, row, 8, each.published)
            if each.rank is not None:  # those without a rank stand last in their block, outside the range of ranks
                self._formula(row, 1, f"=RANK(I{line},I${first + 1}:I${last + 1})", each.rank)
        if each.previous is not None:
            self._put(self.ranking, row, 9, half_up(each.previous.total, _EXACT_PLACES))
        noise = (None, None) if each.noise is None else (each.noise.half_width, self._told(each))
        last_cells: tuple[object, ...] = (each.change, each.grade, *self._remarks(each), *noise)
        for place, said in enumerate(last_cells, 10):
            self._put(self.ranking, row, place, said)

    def _told(self, each: AgencyIndex) -> str | None:
        return None if each.noise is None else text(f"index.told_{each.noise.told}", self.lang)

    def _sum(self, line: int, kinds: tuple[str, ...]) -> str:
        last = max(_FIRST, _FIRST - 1 + self.parts)
        points, codes, said = (f"'{self.points_name}'!${place}${_FIRST}:${place}${last}" for place in "HBF")
        parts = [f'SUMIFS({points},{codes},C{line},{said},"{kind}")' for kind in kinds]
        rules = self.index.rules
        most = {"bonus": rules.bonus_at_most, "penalty": rules.penalty_at_most}.get(kinds[0])
        return "=" + "+".join(parts) if most is None else f"=MIN({parts[0]},{most})"

    def _remarks(self, each: AgencyIndex) -> tuple[str, str]:
        """Of the total, where it is stated; else of all parts that are remarked upon, each remark once."""
        if each.stated is not None:
            return each.stated.note, each.stated.source
        notes = dict.fromkeys(one.note for one in each.parts if one.note)
        sources = dict.fromkeys(one.source for one in each.parts if one.source)
        return "; ".join(notes), "; ".join(sources)

    def _parts(self) -> Iterator[tuple[object, ...]]:
        for block in self.index.blocks:
            for each in block.agencies:
                for one in each.parts:
                    name = self.criteria[one.criterion].name if one.criterion in self.criteria else ""
                    maximum = half_up(one.maximum, _EXACT_PLACES) if one.criterion else None
                    points = None if one.points is None else half_up(one.points, _EXACT_PLACES)
                    place = each.agency.name, each.agency.code, self.fields.get(one.criterion, ""), one.criterion, name
                    yield (*place, one.kind, maximum, points, one.note, one.source)

    def _formula(self, row: int, place: int, formula: str, value: object) -> None:
        self.ranking.write_formula(
            row, place, formula, self.styles["decimal"], value if isinstance(value, int) else float(str(value))
        )

    def _put(self, sheet: Any, row: int, place: int, cell: object) -> None:
        if isinstance(cell, str):
            sheet.write_string(row, place, cell, self.styles["text"])
        elif cell is not None:
            sheet.write_number(row, place, float(str(cell)), self.styles["decimal"])
