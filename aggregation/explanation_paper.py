"""The account of a score as an office paper: its sections, then pictures of marks by question and level."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.utils import ImageReader
from reportlab.platypus import CondPageBreak, Flowable, PageBreak

from aggregation.part_paper import section_flow
from aggregation.parts import Section
from aggregation.report import About, date_line
from forms.drawing import plain
from forms.geometry import PT_PER_MM
from forms.pack import paper
from forms.words import text

_GAP_MM, _LINE_GAP_MM = 1.6, 0.9
_LABEL_MM = 36.0
_BODY_PT = 10.0


@dataclass(frozen=True)
class LevelMarks:
    """The pictures shown of one level, and how its name and count read."""

    label: str
    pictures: tuple[bytes, ...]


@dataclass(frozen=True)
class QuestionMarks:
    """One question of one group: its heading, what is to be said of its pictures, its levels; `said` alone where none
    are shown.
    """

    heading: str
    said: str
    levels: tuple[LevelMarks, ...]


@dataclass(frozen=True)
class ExplanationPaper:
    """All that stands on it. `lead`: which letter it answers, and what was decided; may be empty.

    mark_mm: the height of a picture; 6 is a box with its frame as large as on the sheet.
    """

    about: About
    agency: str
    subject: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    marks: tuple[QuestionMarks, ...] = ()
    mark_mm: float = 6.0


class _Strips(Flowable):  # type: ignore[misc]  # the PDF library has no types
    """A level's name, and its pictures side by side in as many lines as they need."""

    def __init__(self, marks: LevelMarks, mark_mm: float) -> None:
        super().__init__()
        self.high_pt, self.step_pt = mark_mm * PT_PER_MM, (mark_mm + _LINE_GAP_MM) * PT_PER_MM
        self.label = paper.say(plain(marks.label), 8.5, after_mm=0)
        self.pictures = [ImageReader(io.BytesIO(one)) for one in marks.pictures]
        sizes = [picture.getSize() for picture in self.pictures]
        self.wide_pt = max((width / height for width, height in sizes), default=1.0) * self.high_pt

    def wrap(self, width_pt: float, height_pt: float) -> tuple[float, float]:
        """All the width, and as many lines as the pictures take."""
        room = width_pt - _LABEL_MM * PT_PER_MM
        self.columns = max(1, int((room + _GAP_MM * PT_PER_MM) / (self.wide_pt + _GAP_MM * PT_PER_MM)))
        lines = -(-len(self.pictures) // self.columns)
        below = self.label.wrap((_LABEL_MM - 2) * PT_PER_MM, height_pt)[1]
        self.width, self.height = width_pt, max(lines * self.step_pt, below + 2)
        return self.width, self.height

    def draw(self) -> None:
        """The name on the left, the pictures in their order."""
        self.label.drawOn(self.canv, 0, self.height - self.label.height)
        for number, picture in enumerate(self.pictures):
            line, column = divmod(number, self.columns)
            x = _LABEL_MM * PT_PER_MM + column * (self.wide_pt + _GAP_MM * PT_PER_MM)
            y = self.height - self.high_pt - line * self.step_pt
            width, height = picture.getSize()
            self.canv.drawImage(picture, x, y, width / height * self.high_pt, self.high_pt)


def write_explanation(path: Path, one: ExplanationPaper, lang: str = "vi") -> int:
    """Write the paper; gives its number of pages."""
    title = text("explain.title", lang)
    flow: list[Flowable] = [
        *paper.official_head(one.about.superior, one.about.body, lang, "", plain(date_line(one.about, lang))),
        *paper.paper_title(title, one.agency, one.subject),
        *(paper.say(plain(words), _BODY_PT, "justify", after_mm=1) for words in one.lead),
    ]
    for section in one.sections:
        flow += section_flow(section, 11)
    if one.marks:
        flow += _marks(one.marks, one.mark_mm, lang)
    return paper.write_paper(path, f"{title} – {one.agency}", f"{title} – {one.agency}", lang, flow)


def _marks(marks: Sequence[QuestionMarks], mark_mm: float, lang: str) -> Iterator[Flowable]:
    yield PageBreak()
    yield paper.say(plain(text("explain.pictures", lang)), 11, face="bold")
    yield paper.say(plain(text("explain.pictures_note", lang)), 9, after_mm=1)
    for one in marks:
        yield CondPageBreak(14 * PT_PER_MM)
        yield paper.say(plain(one.heading), 9.5, face="bold", after_mm=0.3)
        yield paper.say(plain(one.said), 9, after_mm=0.8)
        for level in one.levels:
            yield _Strips(level, mark_mm)
