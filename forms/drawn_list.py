"""The list of drawn people that a clerk holds in hand, as PDF: who is invited, room to sign, whom to ask instead.

Personal data: every page says so, and when it is to be destroyed. Knows no store and no sheet: in no line does a
sheet's number stand beside a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reportlab.lib.colors import black, whitesmoke
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer, Table

from forms.drawing import Align, Prose, plain
from forms.fonts import REGULAR, current_typeface, text_width_mm
from forms.geometry import PT_PER_MM
from forms.words import text

_TOP_MM, _BOTTOM_MM, _LEFT_MM, _RIGHT_MM = 20.0, 22.0, 30.0, 17.0
_WIDE_MM = 297.0
_COLUMNS_MM = (10.0, 60.0, 54.0, 62.0, 26.0, 38.0)
_BODY_MM = sum(_COLUMNS_MM)
_ROW_MM = 11.0
_SMALL_PT, _BODY_PT, _TITLE_PT = 9.0, 11.0, 14.0
_UNLINKED_MM = (10.0, 60.0, 54.0, 62.0, 64.0)  # no day: it and the day on which a sheet came in would be one join
_HEADINGS = ("order", "name", "contact", "matter", "day", "signature")


@dataclass(frozen=True)
class DrawnPerson:
    """One line of the list; `order` counts from 1 among the drawn, and again from 1 among the reserves."""

    order: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)
    procedure: str = field(repr=False)
    file_code: str = field(repr=False)
    is_reserve: bool = False


@dataclass(frozen=True)
class ListHead:
    """What stands above the list; days as people write them, `frame` is how many people the draw was made from."""

    superior: str
    body: str
    campaign: str
    agency: str
    group: str
    linked: bool
    seed: str
    day: str
    round: int
    frame: int
    erase_day: str


def write_drawn_list(path: Path, head: ListHead, people: Sequence[DrawnPerson], lang: str = "vi") -> None:
    """The list as PDF, A4 on its side, the headings again on every page; the same list gives the same bytes."""
    document = SimpleDocTemplate(
        str(path),
        pagesize=landscape(A4),
        leftMargin=_LEFT_MM * PT_PER_MM - 6,  # the library keeps 6 points inside its frame
        rightMargin=_RIGHT_MM * PT_PER_MM - 6,
        topMargin=_TOP_MM * PT_PER_MM - 6,
        bottomMargin=_BOTTOM_MM * PT_PER_MM - 6,
        title=text("recipients.list_title", lang),
        invariant=1,
    )
    story = [*_heading(head, people, lang), _table(people, head.linked, lang)]
    notice = text("recipients.list_private", lang, day=head.erase_day)
    document.build(story, canvasmaker=_paged(notice, f"{head.agency} · {head.group}", lang))


def _heading(head: ListHead, people: Sequence[DrawnPerson], lang: str) -> list[Flowable]:
    drawn = sum(not person.is_reserve for person in people)
    counts = {"drawn": drawn, "reserves": len(people) - drawn, "frame": head.frame}
    how = text("recipients.list_how", lang, seed=head.seed, day=head.day, round=head.round, **counts)
    rule = text("recipients.list_linked" if head.linked else "recipients.list_unlinked", lang)
    lines = [
        Prose(plain(text("recipients.list_title", lang).upper()), _TITLE_PT, True, "centre"),
        Prose(plain(head.campaign), _BODY_PT, align="centre"),
        Prose(f"{plain(head.agency)} · {plain(head.group)}", _BODY_PT, True, "centre"),
    ]
    notes = [Prose(plain(how), _BODY_PT), Prose(plain(rule), _BODY_PT)]
    return [_bodies(head, lang), _gap(5), *(line.flow() for line in lines), _gap(3), *_spaced(notes), _gap(2)]


def _bodies(head: ListHead, lang: str) -> Table:
    """The issuing bodies on the left, the country and its motto on the right."""
    left = [_line(head.superior, False), _line(head.body, True)]
    motto = Prose(f"<u>{plain(text('sheet.motto', lang))}</u>", _BODY_PT, True, "centre").flow()
    right = [_line(text("sheet.country", lang), True), motto]
    half = _BODY_MM / 2 * PT_PER_MM
    return Table([[left, right]], colWidths=[half, half], style=[("VALIGN", (0, 0), (-1, -1), "TOP")])


def _line(words: str, bold: bool) -> Flowable:
    return Prose(plain(words), _BODY_PT, bold, "centre").flow()


def _spaced(lines: Sequence[Prose]) -> list[Flowable]:
    return [part for line in lines for part in (line.flow(), _gap(1))]


def _gap(height_mm: float) -> Spacer:
    return Spacer(1, height_mm * PT_PER_MM)


def _table(people: Sequence[DrawnPerson], linked: bool, lang: str) -> Table:
    headings = [name for name in _HEADINGS if linked or name != "day"]
    columns = _COLUMNS_MM if linked else _UNLINKED_MM
    rows: list[list[Any]] = [[_cell(text(f"recipients.list_{name}", lang), True, "centre") for name in headings]]
    style: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -2), 0.5, black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("BACKGROUND", (0, 0), (-1, 0), whitesmoke),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    for index, person in enumerate(people):
        if person.is_reserve and (index == 0 or not people[index - 1].is_reserve):
            style += [("SPAN", (0, len(rows)), (-1, len(rows))), ("NOSPLIT", (0, len(rows)), (0, len(rows) + 1))]
            rows.append([_cell(text("recipients.list_reserves", lang), True), *[""] * (len(columns) - 1)])
        rows.append(_row(person, linked))
    # The signatures are the last row: they never stand on a page without a name and the headings.
    style += [("SPAN", (0, len(rows)), (-1, len(rows))), ("NOSPLIT", (0, len(rows) - 1), (0, len(rows)))]
    rows.append([_signatures(lang), *[""] * (len(columns) - 1)])
    heights = [_row_height(row, columns) for row in rows]
    return Table(rows, [width * PT_PER_MM for width in columns], heights, repeatRows=1, style=style)


def _row(person: DrawnPerson, linked: bool) -> list[Any]:
    contact = [_cell(value) for value in (person.phone, *_email_lines(person.email)) if value]
    matter = [_cell(value) for value in (person.file_code, person.procedure) if value]
    return [
        _cell(str(person.order), align="centre"),
        _cell(person.name),
        contact,
        matter,
        *([""] if linked else []),
        "",
    ]


def _email_lines(email: str) -> tuple[str, ...]:
    """An address that is too wide for its column is parted before its @."""
    if text_width_mm(email, REGULAR, 10.0) <= _COLUMNS_MM[2] - 8 / PT_PER_MM:
        return (email,)
    name, at, place = email.partition("@")
    return name, at + place


def _row_height(row: Sequence[Any], columns: Sequence[float]) -> float:
    """As high as its fullest cell, and at least as high as a signature."""

    def height(cell: Any, width_mm: float) -> float:
        if isinstance(cell, list):
            return sum(height(part, width_mm) for part in cell)
        return float(cell.wrap(width_mm * PT_PER_MM - 8, 10_000)[1]) if isinstance(cell, Flowable) else 0.0

    spans = row[1] == ""
    widths = (_BODY_MM, *columns[1:]) if spans else columns
    needed = max(height(cell, width) for cell, width in zip(row, widths, strict=True)) + 7
    return float(needed if spans else max(needed, _ROW_MM * PT_PER_MM))


def _cell(words: str, bold: bool = False, align: Align = "left") -> Flowable:
    flow = Prose(plain(words), 10.0, bold, align).flow()
    flow.style.splitLongWords = 1  # an address without a space must stay in its column
    return flow


def _signatures(lang: str) -> Flowable:
    half = _BODY_MM / 2 * PT_PER_MM
    names = [_line(text(f"recipients.list_{who}", lang), True) for who in ("maker", "clerk")]
    hint = [Prose(f"<i>{plain(text('recipients.list_sign', lang))}</i>", 10.0, align="centre").flow() for _ in names]
    day = ["", _line(text("recipients.list_signed", lang), False)]
    table = Table([day, names, hint], colWidths=[half, half], style=[("TOPPADDING", (0, 0), (-1, -1), 0)])
    return Table([[table]], style=[("TOPPADDING", (0, 0), (-1, -1), 16), ("BOTTOMPADDING", (0, 0), (-1, -1), 34)])


def _paged(notice: str, cell: str, lang: str) -> type[Canvas]:
    """A canvas that knows at its end how many pages there are, and then writes the foot of each."""

    class Paged(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 the library's name
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            pages = len(self._kept)
            for page, state in enumerate(self._kept, 1):
                self.__dict__.update(state)
                _draw_foot(self, notice, cell, text("recipients.list_page", lang, page=page, pages=pages))
                super().showPage()
            super().save()

    return Paged


def _draw_foot(canvas: Canvas, notice: str, cell: str, page: str) -> None:
    right = _WIDE_MM - _RIGHT_MM
    size = min(_SMALL_PT, _SMALL_PT * (right - _LEFT_MM - 26) / text_width_mm(notice, REGULAR, _SMALL_PT))
    canvas.setFont(current_typeface().regular, size)
    canvas.drawString(_LEFT_MM * PT_PER_MM, 12 * PT_PER_MM, notice)
    canvas.setFont(current_typeface().regular, _SMALL_PT)
    canvas.drawString(_LEFT_MM * PT_PER_MM, 8 * PT_PER_MM, cell)
    canvas.drawRightString(right * PT_PER_MM, 12 * PT_PER_MM, page)
    canvas.setLineWidth(0.3)
    canvas.line(_LEFT_MM * PT_PER_MM, 17 * PT_PER_MM, right * PT_PER_MM, 17 * PT_PER_MM)
