"""The typefaces of paper: found once, registered with the PDF library, and asked for letters and widths.

The office's own typeface (Times New Roman, which Decree 30/2020 asks for and no open package may carry) is looked for
in the campaign's folder `fonts/` and where systems keep theirs. IBM Plex Serif and Noto Sans Khmer come as packages.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import fontpkg
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont, TTFontFile, shapeStr

from forms.errors import InputWrong, Problem
from forms.words import text

OFFICE, OURS = "Times New Roman", "IBM Plex Serif"
REGULAR, BOLD, ITALIC = "regular", "bold", "italic"
KHMER = "PhieuKhmer"
_PLEX = {REGULAR: (400, "normal"), BOLD: (700, "normal"), ITALIC: (400, "italic")}
_STYLES = {"regular": REGULAR, "roman": REGULAR, "normal": REGULAR, "bold": BOLD, "italic": ITALIC, "oblique": ITALIC}
_KHMER_RUN = re.compile("[\u1780-\u17ff\u19e0-\u19ff][\u1780-\u17ff\u19e0-\u19ff\u200b-\u200d]*")
_SYSTEM = (
    r"C:\Windows\Fonts",
    "~/AppData/Local/Microsoft/Windows/Fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "~/Library/Fonts",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
)


@dataclass(frozen=True)
class Typeface:
    """A family with its three faces, by the names under which the PDF library knows them."""

    family: str
    regular: str
    bold: str
    italic: str

    def name(self, face: str) -> str:
        """The PDF library's name of REGULAR, BOLD or ITALIC."""
        return {REGULAR: self.regular, BOLD: self.bold, ITALIC: self.italic}[face]

    def missing(self, written: str) -> set[str]:
        """The letters of a text that one of its faces cannot draw; Khmer has a face of its own."""
        _register_khmer()
        known = [pdfmetrics.getFont(name).face.charToGlyph for name in (self.regular, self.bold, self.italic)]
        khmer = pdfmetrics.getFont(KHMER).face.charToGlyph
        latin = _KHMER_RUN.sub("", written)
        lacking = {letter for letter in latin if not letter.isspace() and any(ord(letter) not in one for one in known)}
        runs = "".join(_KHMER_RUN.findall(written))
        return lacking | {letter for letter in runs if ord(letter) not in khmer and letter not in "\u200b\u200c\u200d"}


def find_typeface(family: str, folders: tuple[Path, ...] = ()) -> Typeface | None:
    """The typeface of a family; `folders` are looked through before the system's. None where a face is missing."""
    return _find_typeface(family, folders)


def get_typeface(family: str, folders: tuple[Path, ...] = ()) -> Typeface:
    """The typeface of a family; InputWrong where this machine has not all of its faces."""
    found = _find_typeface(family, folders)
    if found is None:
        fix = text("problem.typeface_missing_fix", family=family, ours=OURS)
        raise InputWrong([Problem("campaign.yaml", text("problem.typeface_missing", family=family), fix)])
    return found


def choose_family(wanted: str | None, folders: tuple[Path, ...] = ()) -> str:
    """The family that sheets are set in: the one asked for, else the office's where it is there, else ours."""
    return wanted or (OFFICE if _find_typeface(OFFICE, folders) else OURS)


def find_office_typeface(wanted: str | None, folders: tuple[Path, ...] = ()) -> Typeface:
    """The typeface of an office's papers: the one asked for, else the office's, and ours where neither is there."""
    return _find_typeface(wanted or OFFICE, folders) or get_typeface(OURS)


@cache
def _find_typeface(family: str, folders: tuple[Path, ...]) -> Typeface | None:
    if family == OURS:
        files = {face: Path(fontpkg.path(OURS, weight=weight, style=style)) for face, (weight, style) in _PLEX.items()}
    else:
        files = _find_files(family, folders)
    if set(files) != {REGULAR, BOLD, ITALIC}:
        return None
    names = {face: f"{family.replace(' ', '')}-{face}" for face in files}
    for face, path in files.items():
        pdfmetrics.registerFont(TTFont(names[face], str(path), shapable=True))
    bold = names[BOLD]
    pdfmetrics.registerFontFamily(
        names[REGULAR], normal=names[REGULAR], bold=bold, italic=names[ITALIC], boldItalic=bold
    )
    return Typeface(family, names[REGULAR], bold, names[ITALIC])


@cache
def _register_khmer() -> None:
    # one weight only: the package's file is variable, and the PDF library takes its default instance
    pdfmetrics.registerFont(TTFont(KHMER, str(fontpkg.path("Noto Sans Khmer")), shapable=True))
    pdfmetrics.registerFontFamily(KHMER, normal=KHMER, bold=KHMER, italic=KHMER, boldItalic=KHMER)


def _find_files(family: str, folders: tuple[Path, ...]) -> dict[str, Path]:
    """Face -> file, the first found; files are told by the names inside them, and only those worth opening opened."""
    start = family.split()[0].casefold()
    files: dict[str, Path] = {}
    for folder in (*folders, *(Path(name).expanduser() for name in _SYSTEM)):
        for path in sorted(_walk(folder)):
            if path.name.casefold().startswith(start) and path.suffix.casefold() == ".ttf":
                face = _find_face(path, family)
                if face is not None:
                    files.setdefault(face, path)
    return files


def _walk(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)


def _find_face(path: Path, family: str) -> str | None:
    try:
        file = TTFontFile(str(path), validate=0, charInfo=0)
    except (TTFError, OSError, ValueError, KeyError, IndexError):
        return None
    found, style = (_decoded(name) for name in (file.familyName, file.styleName))
    return _STYLES.get(style.casefold()) if found.casefold() == family.casefold() else None


def _decoded(name: bytes | str) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


_CURRENT: ContextVar[Typeface | None] = ContextVar("typeface", default=None)


@contextmanager
def setting_in(face: Typeface) -> Iterator[None]:
    """Paragraphs made within are set in this typeface, and widths asked for are its widths."""
    token = _CURRENT.set(face)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current_typeface() -> Typeface:
    """The typeface in which text is set at the moment: ours unless `setting_in` says otherwise."""
    return _CURRENT.get() or get_typeface(OURS)


def is_khmer(written: str) -> bool:
    """Whether any letter is Khmer."""
    return _KHMER_RUN.search(written) is not None


def mark_khmer(markup: str) -> str:
    """The same markup with every run of Khmer letters in the Khmer typeface."""
    if not is_khmer(markup):
        return markup
    _register_khmer()
    return _KHMER_RUN.sub(lambda run: f'<font name="{KHMER}">{run[0]}</font>', markup)


def split_runs(written: str, size_pt: float) -> list[tuple[str, bool]]:
    """A text in runs of other letters and of Khmer, the latter shaped for that size; (run, whether it is Khmer)."""
    runs, end = [], 0
    for match in _KHMER_RUN.finditer(written):
        _register_khmer()
        runs += [(written[end : match.start()], False), (shapeStr(match[0], KHMER, size_pt), True)]
        end = match.end()
    return [(run, khmer) for run, khmer in (*runs, (written[end:], False)) if run]


def text_width_mm(written: str, face: str, size_pt: float) -> float:
    """How wide a text is in a face of the current typeface, in mm; Khmer as it is once shaped."""
    name = current_typeface().name(face)
    runs = split_runs(written, size_pt)
    return sum(float(pdfmetrics.stringWidth(run, KHMER if khmer else name, size_pt)) for run, khmer in runs) * 25.4 / 72
