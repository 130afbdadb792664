"""The typefaces of paper: a serif with every Vietnamese letter, registered once with the PDF library."""

from __future__ import annotations

from functools import cache

import fontpkg
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FAMILY = "IBM Plex Serif"
REGULAR, BOLD, ITALIC = "PhieuSerif", "PhieuSerif-Bold", "PhieuSerif-Italic"
_FACES = {REGULAR: (400, "normal"), BOLD: (700, "normal"), ITALIC: (400, "italic")}


@cache
def register_fonts() -> None:
    """Make the faces known to the PDF library; the package that carries them is a dependency, so they are there."""
    for name, (weight, style) in _FACES.items():
        pdfmetrics.registerFont(TTFont(name, str(fontpkg.path(FAMILY, weight=weight, style=style))))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=ITALIC, boldItalic=BOLD)


def missing_letters(text: str) -> set[str]:
    """The letters of a text that the sheet's typeface cannot draw."""
    register_fonts()
    widths = [pdfmetrics.getFont(name).face.charToGlyph for name in _FACES]
    return {letter for letter in text if not letter.isspace() and any(ord(letter) not in known for known in widths)}


def text_width_mm(text: str, font: str, size_pt: float) -> float:
    """How wide a text is, in mm."""
    register_fonts()
    return float(pdfmetrics.stringWidth(text, font, size_pt)) * 25.4 / 72
