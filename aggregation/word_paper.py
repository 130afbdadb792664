"""Word papers of the office: A4, Times New Roman, the head, tables whose headings repeat, page numbers above.

Form: Decree 30/2020/ND-CP, annex I: margins 20 mm above and below, 30 mm left, 15 mm right; pages numbered from the
second, centred above. The same content gives the same bytes.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from forms.words import text

FONT = "Times New Roman"
_BODY_PT, _TABLE_PT = 13, 12
_MARGINS_MM = {"top_margin": 20, "bottom_margin": 20, "left_margin": 30, "right_margin": 15}
_WIDTH_MM = 165
_HEAD_MM = (62, 103)
_DAY = (2000, 1, 1, 0, 0, 0)  # a time of its own would make every file another
LEFT, CENTRE, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


class WordPaper:
    """A paper that grows from top to bottom."""

    def __init__(self, title: str, lang: str) -> None:
        self.document, self.lang = Document(), lang
        self._set_up(title)

    def _set_up(self, title: str) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        for name, size_mm in _MARGINS_MM.items():
            setattr(section, name, Mm(size_mm))
        section.header_distance = Mm(10)
        section.different_first_page_header_footer = True
        _number_pages(section.header.paragraphs[0])
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(_BODY_PT)
        fonts = style.element.rPr.rFonts
        for kind in ("w:eastAsia", "w:cs", "w:hAnsi"):
            fonts.set(qn(kind), FONT)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "vi-VN" if self.lang == "vi" else "en-GB")
        style.element.rPr.append(language)
        style.paragraph_format.space_after = Pt(6)
        said = self.document.core_properties
        said.title, said.author, said.comments = title, "", ""
        said.created = said.modified = datetime.datetime(*_DAY)

    def head(self, superior: str, body: str, day: str) -> None:
        """The office on the left; country, motto, and `day` with its place on the right."""
        table = self.document.add_table(rows=1, cols=2)
        table.autofit = False
        left, right = table.rows[0].cells
        _set_widths(table, _HEAD_MM)
        if superior:
            _say(left.paragraphs[0], superior, CENTRE, size_pt=12)
        office = left.add_paragraph() if superior else left.paragraphs[0]
        _underline(_say(office, body, CENTRE, bold=True, size_pt=12), 22)
        _say(right.paragraphs[0], text("report.motto_country", self.lang), CENTRE, bold=True, size_pt=12)
        motto = _say(right.add_paragraph(), text("report.motto", self.lang), CENTRE, bold=True)
        _underline(motto, 16)
        _say(right.add_paragraph(), day, CENTRE, italic=True)
        self.document.add_paragraph()

    def title(self, *lines: str) -> None:
        """The title, bold and centred, and lines in italics below it."""
        for place, line in enumerate(lines):
            _say(
                self.document.add_paragraph(),
                line,
                CENTRE,
                bold=not place,
                italic=bool(place),
                size_pt=14 - bool(place),
            )

    def heading(self, said: str) -> None:
        """A heading inside the paper, which stays with what follows."""
        paragraph = self.document.add_heading(level=2)
        _say(paragraph, said, LEFT, bold=True)
        paragraph.paragraph_format.space_before = Pt(12)

    def say(self, said: str, *, italic: bool = False, bullet: bool = False) -> None:
        """A paragraph."""
        paragraph = self.document.add_paragraph(style="List Bullet" if bullet else None)
        _say(paragraph, said, LEFT if bullet else BOTH, italic=italic)

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths_mm: Sequence[float], left: int = 1
    ) -> None:
        """A table; `left`: the column of names, all others are centred. Widths are scaled to the paper's."""
        table = self.document.add_table(rows=1 + len(rows), cols=len(heads))
        table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
        scale = _WIDTH_MM / sum(widths_mm)
        _set_widths(table, [width_mm * scale for width_mm in widths_mm])
        for line, (row, said) in enumerate(zip(table.rows, (heads, *rows), strict=True)):
            _set_row(row, is_head=not line)
            for place, (cell, one) in enumerate(zip(row.cells, said, strict=True)):
                where = LEFT if place == left and line else CENTRE
                _say(cell.paragraphs[0], one, where, bold=not line, size_pt=_TABLE_PT)
        self.document.add_paragraph()

    def content(self) -> bytes:
        """The paper's bytes."""
        written, same = io.BytesIO(), io.BytesIO()
        self.document.save(written)
        with zipfile.ZipFile(written) as made, zipfile.ZipFile(same, "w", zipfile.ZIP_DEFLATED) as kept:
            for name in made.namelist():
                kept.writestr(zipfile.ZipInfo(name, _DAY), made.read(name), zipfile.ZIP_DEFLATED)
        return same.getvalue()


def _say(
    paragraph: Any, said: str, where: Any, *, bold: bool = False, italic: bool = False, size_pt: float = _BODY_PT
) -> Any:
    run = paragraph.add_run(said)
    run.bold, run.italic = bold, italic
    run.font.size, run.font.name = Pt(size_pt), FONT
    run.font.color.rgb = RGBColor(0, 0, 0)  # Word's own headings are blue
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:cs"), FONT)
    paragraph.alignment = where
    paragraph.paragraph_format.space_after = Pt(2)
    return paragraph


def _underline(paragraph: Any, inset_mm: float) -> None:
    """A thin line below a paragraph, shorter than it, as the decree draws it."""
    rule = paragraph.insert_paragraph_before("")  # keeps its place: moved behind the paragraph below
    paragraph._p.addnext(rule._p)
    rule.paragraph_format.left_indent = rule.paragraph_format.right_indent = Mm(inset_mm)
    rule.paragraph_format.space_after = rule.paragraph_format.space_before = Pt(0)
    rule.paragraph_format.line_spacing = Pt(3)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("w:val", "single"), ("w:sz", "6"), ("w:space", "1"), ("w:color", "000000")):
        top.set(qn(name), value)
    borders.append(top)
    rule._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr")


def _set_widths(table: Any, widths_mm: Sequence[float]) -> None:
    """Of the grid and of every cell: Word goes by the one, LibreOffice by the other."""
    for column, width_mm in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width_mm)
    for row in table.rows:
        for cell, width_mm in zip(row.cells, widths_mm, strict=True):
            cell.width = Mm(width_mm)


def _set_row(row: Any, is_head: bool) -> None:
    settings = row._tr.get_or_add_trPr()
    settings.append(OxmlElement("w:cantSplit"))
    if is_head:
        settings.append(OxmlElement("w:tblHeader"))


def _number_pages(paragraph: Any) -> None:
    paragraph.alignment = CENTRE
    for kind, said in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        if kind is None:
            part = OxmlElement("w:instrText")
            part.text = said
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)
