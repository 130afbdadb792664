"""What the check of the survey looks into: right people, right time, right number of sheets.

Counts come from the record of sheets and from the recheck; this puts them under the three headings. Judging is left to
people: a heading without facts says that there are none.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from aggregation.parts import Grid, Items, Part, Section, Words
from aggregation.recheck import Line
from aggregation.rounding import show_number
from forms.days import show_day
from forms.words import text

_HEADS = (
    *("handed_out", "returned", "accepted", "short"),
    *("first", "last", "late", "early"),
    *("unissued", "unreleased", "called", "forged"),
)
_WIDTHS = (33.0, 10.0, 9.5, 15.5, 11.0, 12.0, 12.0, 11.0, 11.0, 10.0, 10.0, 8.5, 11.5)


@dataclass(frozen=True)
class CheckRow:
    """The sheets of one agency's cells, all groups together; counts are sheets.

    short: places of the quota still empty. early: answered before the day of the hand-over on record. unreleased:
    reserves answered without taking anybody's place. imported: sheets answered in a table, of which no paper came;
    never_out: those of them that nobody handed out, which handed_out counts too. first, last: days on which the first
    and the last answer came in.
    """

    agency: str
    target: int
    handed_out: int = 0
    returned: int = 0
    by_phone: int = 0
    accepted: int = 0
    short: int = 0
    outstanding: int = 0
    over_quota: int = 0
    conflicts: int = 0
    unissued: int = 0
    late: int = 0
    early: int = 0
    unreleased: int = 0
    outside: int = 0
    first: datetime.date | None = None
    last: datetime.date | None = None
    imported: int = 0
    never_out: int = 0


@dataclass(frozen=True)
class Fieldwork:
    """How the survey was held. planned: first and last day of collecting; outside of CheckRow counts by it.

    lines: the recheck's, the whole first, none where nobody was drawn. reader: sentences on the reader's errors.
    """

    rows: tuple[CheckRow, ...] = ()
    planned: tuple[datetime.date, datetime.date] | None = None
    lines: Sequence[Line] = field(default=())
    reader: tuple[str, ...] = ()

    def sum(self, name: str) -> int:
        """One count over all agencies."""
        return sum(getattr(row, name) for row in self.rows)


def check_section(work: Fieldwork, names: Mapping[str, str], lang: str) -> Section:
    """The three headings in sentences, and a line an agency."""
    parts: list[Part] = []
    for heading, sentences in (("people", _people), ("time", _time), ("number", _number)):
        said = text(f"report.check_{heading}", lang)
        told = tuple(sentences(work, lang))
        parts += [Words(f"{said}: {told[0]}"), Items(told[1:])] if told[1:] else [Words(f"{said}: {told[0]}")]
    parts += [_table(work, names, lang), Words(text("report.check_note", lang), small=True)]
    return Section(text("report.check", lang), tuple(parts))


def _people(work: Fieldwork, lang: str) -> Iterator[str]:
    if work.lines and work.lines[0].called:
        whole = work.lines[0]
        counts = {name: show_number(value, 0, lang) for name, value in whole.outcomes.items()}
        called, talked = show_number(whole.called, 0, lang), show_number(whole.talked, 0, lang)
        yield text("report.check_recheck", lang, called=called, talked=talked, **counts)
    else:
        yield text("report.check_no_recheck", lang)
    yield from _counts(work, ("unissued", "unreleased", "conflicts"), lang)


def _time(work: Fieldwork, lang: str) -> Iterator[str]:
    days = [day for row in work.rows for day in (row.first, row.last) if day is not None]
    if not days:
        yield text("report.check_no_days", lang)
    else:
        yield text("report.check_days", lang, first=show_day(min(days)), last=show_day(max(days)))
    if work.planned:
        first, last = map(show_day, work.planned)
        outside = show_number(work.sum("outside"), 0, lang)
        yield text("report.check_planned", lang, first=first, last=last, n=outside)
    yield from _counts(work, ("late", "early"), lang)


def _number(work: Fieldwork, lang: str) -> Iterator[str]:
    number = partial(show_number, places=0, lang=lang)
    accepted, target = work.sum("accepted"), work.sum("target")
    behind = sum(1 for row in work.rows if row.short)
    yield text(
        "report.check_counts",
        lang,
        target=number(target),
        handed=number(work.sum("handed_out") - work.sum("never_out")),
        paper=number(work.sum("returned")),
        phone=number(work.sum("by_phone")),
        accepted=number(accepted),
        percent=show_number(100 * accepted / target if target else None, 1, lang),
        behind=number(behind),
    )
    if imported := work.sum("imported"):
        never_out = number(work.sum("never_out"))
        yield text("report.check_imported", lang, n=number(imported), never_out=never_out)
    yield from _counts(work, ("outstanding", "over_quota"), lang)


def _counts(work: Fieldwork, names: Sequence[str], lang: str) -> Iterator[str]:
    for name in names:
        if number := work.sum(name):
            yield text(f"report.check_{name}", lang, n=show_number(number, 0, lang))


def _table(work: Fieldwork, names: Mapping[str, str], lang: str) -> Grid:
    calls = {line.agency: line for line in work.lines if line.agency and not line.party}
    rows = tuple((names[row.agency], *_cells(row, calls.get(row.agency), lang)) for row in work.rows)
    spans = ("", 1), *((text(f"report.check_{name}", lang), 4) for name in ("number", "time", "people"))
    head = text("report.head_agency", lang), *(text(f"report.check_head_{name}", lang) for name in _HEADS)
    return Grid(text("report.check_table", lang), head, rows, spans, widths=_WIDTHS)


def _cells(row: CheckRow, line: Line | None, lang: str) -> Iterator[str]:
    number = partial(show_number, places=0, lang=lang)
    yield number(row.handed_out - row.never_out)
    yield number(row.returned + row.by_phone + row.imported)
    yield f"{number(row.accepted)}/{number(row.target)}"
    yield number(row.short)
    for day in (row.first, row.last):
        yield "–" if day is None else show_day(day).rpartition("/")[0]
    for count in (row.late, row.early, row.unissued, row.unreleased):
        yield number(count)
    yield "–" if line is None else number(line.called)
    yield "–" if line is None else number(line.forged)


def recheck_section(work: Fieldwork, names: Mapping[str, str], lang: str) -> Section | None:
    """What the recheck found, agency by agency; None where nobody was called."""
    lines = [line for line in work.lines if line.called and not line.party]
    if not lines:
        return None
    heads = ("called", "talked", "forged_share", "exact", "within_one", "shift")
    head = text("report.head_agency", lang), *(text(f"report.recheck_{name}", lang) for name in heads)
    rows = tuple((_line_name(line, names, lang), *_line_cells(line, lang)) for line in lines)
    grid = Grid("", head, rows, bold=frozenset({0}), widths=(3.0, 0.8, 0.8, 1.6, 1.0, 1.0, 1.7))
    parts = Words(text("report.recheck_why", lang)), grid, Words(text("report.recheck_note", lang), small=True)
    return Section(text("report.recheck", lang), parts)


def _line_name(line: Line, names: Mapping[str, str], lang: str) -> str:
    return names.get(line.agency, line.agency) if line.agency else text("report.quota_total", lang)


def _line_cells(line: Line, lang: str) -> Iterator[str]:
    def percent(value: float | None) -> str:
        return show_number(None if value is None else 100 * value, 0, lang)

    yield show_number(line.called, 0, lang)
    yield show_number(line.talked, 0, lang)
    low, high = line.bounds
    yield f"{percent(line.share)} ({percent(low)}–{percent(high)})" if line.talked else "–"
    if not line.is_told:
        yield from ("–", "–", "–")
        return
    yield percent(line.agreement.exact)
    yield percent(line.agreement.within_one)
    below, mean, above = (show_number(value, 1, lang).replace("-", "−") for value in _shift(line))
    yield f"{mean} ({below}; {above})"


def _shift(line: Line) -> tuple[float, float, float]:
    return line.shift.low, line.shift.mean, line.shift.high


def reader_section(work: Fieldwork, lang: str) -> Section | None:
    """What the standing check says of the reader; None where nothing was drawn."""
    if not work.reader:
        return None
    return Section(text("report.reader", lang), (Items(work.reader), Words(text("look.how", lang), small=True)))
