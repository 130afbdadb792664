"""From an agency's points to the sheets behind them: what each counted sheet says, where it lies, who changed what.

Of an answer in an unlinked group neither number, serial nor the order in which it came in is told: such answers are
called by a running number in the order of what they say, and their paper is found by where it lies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aggregation.trail import AgencyTrail, trace_points
from collector.reports.scores import make_tables
from collector.store import Store
from collector.store.answers import ScoringRow, scoring_rows
from collector.store.edits import Edit, list_edits
from collector.store.layouts import get_snapshot
from collector.store.trail import (
    CountedPage,
    CountedSheet,
    LeftOut,
    list_counted_pages,
    list_counted_sheets,
    list_left_out,
)
from forms.boxes import find_boxes
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.layout import Layout
from forms.questionnaire import Questionnaire
from forms.words import text

# Acts on a mark before its picture; the log names no sheet of an unlinked group beside their times
_OF_MARKS = ("settled", "reopened", "agreed", "differed", "look_undone")


@dataclass(frozen=True)
class Said:
    """What a sheet answers to one question about the agency; `state` as in answers.csv."""

    options: tuple[str, ...]
    state: str

    @property
    def is_counted(self) -> bool:
        """Whether it stands in a count: an answer or a blank, neither skipped nor in doubt."""
        return self.state not in ("doubtful", "skipped")


@dataclass(frozen=True)
class SheetTrail:
    """One sheet's part in an agency's points; `name`: its number, or what stands for it where that stays unsaid."""

    sheet: CountedSheet
    name: str
    said: Mapping[str, Said]
    pages: tuple[CountedPage, ...]
    edits: tuple[Edit, ...]

    def find_page(self, layout: Layout, question: str, row: str | None) -> CountedPage | None:
        """The scanned page on which a question stands."""
        numbers = {
            page.page for page in layout.pages for box in page.boxes if (box.question, box.row) == (question, row)
        }
        return next((page for page in self.pages if page.sheet_page in numbers), None)


@dataclass(frozen=True)
class Trail:
    """Points of an agency, and the sheets behind them: those that count, and those that answer too little to.

    `left_out`: sheets with an answer that does not count at all. `printed`: layouts as they were printed. `problems`:
    what is wrong with the table of boxes, which stops nothing.
    """

    points: AgencyTrail
    sheets: tuple[SheetTrail, ...]
    short: tuple[SheetTrail, ...]
    left_out: tuple[LeftOut, ...]
    printed: Mapping[str, tuple[Layout, Questionnaire]]
    matrix_groups: frozenset[str]
    problems: tuple[Problem, ...] = ()

    def row_of(self, sheet: CountedSheet) -> str | None:
        """The row of the sheet's layout that is about the agency; None on a sheet about one agency."""
        return self.points.agency if sheet.group in self.matrix_groups else None

    def asked(self) -> list[tuple[str, str]]:
        """Group and question of all that the points come from, in their order."""
        return [
            (group.group, one.question)
            for criterion in self.points.criteria
            for group in criterion.groups
            for one in group.questions
        ]

    def number_question(self, group: str, question: str) -> tuple[int, ...]:
        """The numbers that stand before a question on the group's counted sheets, as printed; () where none has it."""
        layouts = {one.sheet.layout for one in self.of_group(group)}
        return tuple(sorted({number for one in layouts if (number := self.find_number(one, question))}))

    def find_number(self, layout: str, question: str) -> int | None:
        """The number that stands before a question on the sheets of a layout."""
        _, asked = self.printed[layout]
        return next((place for place, one in enumerate(asked.questions(), 1) if one.code == question), None)

    def of_group(self, group: str) -> tuple[SheetTrail, ...]:
        """The counted sheets of a group."""
        return tuple(one for one in self.sheets if one.sheet.group == group)


def load_trail(store: Store, campaign: Campaign, agency: str, criterion: str | None = None) -> Trail:
    """The trail of an agency's points, of one criterion where it is named; InputWrong for codes nobody knows."""
    matrix = frozenset(
        group.code for group in campaign.settings.groups if campaign.get_questionnaire(group.code).block is not None
    )
    check_codes(campaign, agency, criterion)
    boxes, problems = find_boxes(store.folder)
    with store.read() as conn:
        rows = list(scoring_rows(conn, agency, matrix))
        points = trace_points(make_tables(campaign, rows), campaign.settings.scoring, agency)
        if criterion is not None:
            points = replace(points, criteria=tuple(one for one in points.criteria if one.criterion == criterion))
        keys = points.valid_sheets | points.short_sheets
        sheets = list_counted_sheets(conn, keys)
        pages, edits = defaultdict[int, list[CountedPage]](list), defaultdict[int, list[Edit]](list)
        for page in list_counted_pages(conn, keys):
            pages[page.sheet].append(replace(page, box=_name_box(boxes.get(page.stack or "", ()))))
        for edit in list_edits(conn, keys):
            edits[edit.sheet].append(edit)
        block = {group for group in matrix if campaign.get_questionnaire(group).block == points.block}
        left_out = tuple(list_left_out(conn, agency, block))
        printed = {layout: get_snapshot(conn, layout) for layout in sorted({one.layout for one in sheets})}
    said = _gather(rows)
    made = [_sheet_trail(one, said[one.id], pages[one.id], edits[one.id], agency) for one in sheets]
    made = _name_hidden(made)
    return Trail(
        points,
        tuple(one for one in made if one.sheet.id in points.valid_sheets),
        tuple(one for one in made if one.sheet.id not in points.valid_sheets),
        left_out,
        printed,
        matrix,
        tuple(problems),
    )


def _name_box(boxes: tuple[str, ...]) -> str:
    """The box of a stack; where the table names several, that it is not known which."""
    return text("trail.box_unclear", boxes=", ".join(boxes)) if len(boxes) > 1 else "".join(boxes)


def check_codes(campaign: Campaign, agency: str, criterion: str | None) -> None:
    """InputWrong for codes of an agency or a criterion that nobody knows."""
    problems = []
    agencies = {one.code: one.block for one in campaign.agencies}
    if agency not in agencies:
        problems.append(Problem("AGENCY", text("trail.no_agency", agency=agency, known=", ".join(agencies))))
    parents = {one.parent for one in campaign.criteria}
    leaves = [one for one in campaign.criteria if one.source == "survey" and one.code not in parents]
    known = [one.code for one in leaves if not one.block or one.block == agencies.get(agency, one.block)]
    if criterion is not None and criterion not in known:
        problems.append(Problem("CRITERION", text("trail.no_criterion", criterion=criterion, known=", ".join(known))))
    if problems:
        raise InputWrong(problems)


def _gather(rows: list[ScoringRow]) -> dict[int, dict[str, Said]]:
    found: dict[int, dict[str, Said]] = defaultdict(dict)
    for row in rows:
        known = found[row.sheet].get(row.question)
        chosen = () if row.option is None else (row.option,)
        found[row.sheet][row.question] = Said((*known.options, *chosen) if known else chosen, row.state)
    return found


def _sheet_trail(
    sheet: CountedSheet, said: Mapping[str, Said], pages: list[CountedPage], edits: list[Edit], agency: str
) -> SheetTrail:
    """Acts about other agencies' rows on a matrix sheet have no part in this agency's points."""
    own = tuple(edit for edit in edits if edit.row in ("", agency))
    return SheetTrail(sheet, sheet.number, said, tuple(pages), own)


def _name_hidden(made: list[SheetTrail]) -> list[SheetTrail]:
    """Those that stay unnamed behind all others, in the order of what they say.

    When anybody acted on the sheet is left out, for the ledger tells by days which numbers that was; when somebody
    decided about a mark stays.
    """
    open_ = [one for one in made if not one.sheet.is_hidden]
    hidden = sorted(
        (one for one in made if one.sheet.is_hidden),
        key=lambda one: (one.sheet.group, sorted((name, said.options) for name, said in one.said.items())),
    )
    numbers: dict[str, int] = defaultdict(int)
    for one in hidden:
        numbers[one.sheet.group] += 1
        name = text("trail.unnamed", group=one.sheet.group, number=numbers[one.sheet.group])
        edits = tuple(edit if edit.kind in _OF_MARKS else replace(edit, at="") for edit in one.edits)
        open_.append(replace(one, name=name, edits=edits))
    return open_
