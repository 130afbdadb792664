"""What a scan of the trial sheet says about printer, pen and scanner: findings, each a setting to mend, never a guess.

Bounds are wide of what good office machines do and short of where reading begins to suffer; docs/decisions.md tells
where each comes from. Knows no words: a finding is a code with fields, and forms/catalogue/trial.yaml says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from forms.layout import question_rect
from forms.trial import BACK, FRONT, Task, trial_book
from ocr.files import BadImage, PageImage
from ocr.read import read_image
from ocr.reading import AnswerReading, PageReading
from ocr.register import Registration, find_registration
from ocr.trial_picture import PagePicture, measure_page

MIN_DPI = 150
SCALE_OFF = 0.025  # the pretend scanner's own scale stays within 2 %, "fit to page" begins at 4 %
STRETCH_OFF = 0.012
SKEW_DEG = 2.5  # reading was measured up to 5 degrees; a feeder that is set right stays below 1
BEND_MM = 0.8
DARK_SHARE = 0.55  # of the paper's light that printed black takes away
MIN_QUALITY = 45  # JPEG, by the standard tables
CUT_MM = 6.0
_UNMARKED_SHARE = 0.5
_FEW_FAINT = 2  # one weak mark is named by its line, two are the pen's doing
_EMPTY = ("empty", "no_digits", "no_words")
_STREAK = ("line_through",)
_DUST = ("speck", "beside")
_FAINT = ("faint", "small", "speck")

Code = Literal[
    "scaled",
    "stretched",
    "coarse",
    "black_white",
    "squeezed",
    "skewed",
    "bent",
    "scanned_one_side",
    "printed_one_side",
    "mixed",
    "twice",
    "light",
    "cut",
    "marker",
    "unreadable",
    "nothing",
    "unmarked",
    "pen",
    "streak",
]


@dataclass(frozen=True)
class Finding:
    """One thing to mend: the words are trial.found_CODE and trial.mend_CODE with these fields."""

    code: Code
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class MarkFinding:
    """A task that was read otherwise than asked; x, y: its place, mm from the left and upper edge of the picture."""

    task: Task
    answer: AnswerReading
    file: str
    image: int
    x_mm: float
    y_mm: float


@dataclass(frozen=True)
class TrialPage:
    """One page of the sheet as it came in: what was measured, and how many of its tasks were read as asked."""

    page: int
    picture: PagePicture
    right: int
    tasks: int


@dataclass(frozen=True)
class TrialVerdict:
    """All that a scan showed."""

    pages: tuple[TrialPage, ...]
    findings: tuple[Finding, ...]
    marks: tuple[MarkFinding, ...]

    @property
    def passes(self) -> bool:
        """Whether nothing is to be mended."""
        return not self.findings and not self.marks


def check_trial(images: Iterable[PageImage | BadImage]) -> TrialVerdict:
    """Every problem that the page images of one trial sheet show, at once."""
    book = trial_book()
    seen: list[tuple[PageReading, PageImage]] = []
    others: list[tuple[int, PageReading]] = []
    for number, loaded in enumerate(images, 1):
        reading = read_image(loaded, book)
        if reading.status == "read" and isinstance(loaded, PageImage):
            seen.append((reading, loaded))
        else:
            others.append((number, reading))
    findings = [*_about_pages([reading.sheet_page for reading, _ in seen], others)]
    pages: list[TrialPage] = []
    marks: list[MarkFinding] = []
    for reading, image in seen:
        page, wrong = _check_page(reading, image)
        pages.append(page)
        findings += _about_picture(page)
        about_marks = {finding.code: finding for finding in _about_marks(page, wrong)}
        findings += about_marks.values()
        marks += [mark for mark in wrong if not _is_told(mark, about_marks)]
    return TrialVerdict(tuple(pages), tuple(findings), tuple(marks))


def _about_pages(seen: list[int | None], others: list[tuple[int, PageReading]]) -> Iterator[Finding]:
    """Which pages are there, which are missing, and what else lies among them."""
    blank = [number for number, reading in others if reading.reason == "blank_page"]
    foreign = [number for number, reading in others if reading.status == "foreign" and number not in blank]
    unreadable = [(number, reading) for number, reading in others if reading.status == "unreadable"]
    if foreign and (seen or unreadable):
        yield Finding("mixed", {"images": ", ".join(map(str, foreign))})
    for number, reading in unreadable:
        yield Finding("unreadable", {"images": number, "reason": reading.reason})
    if not seen and not unreadable:
        yield Finding("nothing")
    for page in (1, 2):
        if seen.count(page) > 1:
            yield Finding("twice", {"page": page, "count": seen.count(page)})
    missing = {1, 2} - set(seen)
    if len(missing) == 1 and not unreadable:
        yield Finding("printed_one_side" if blank else "scanned_one_side", {"page": missing.pop()})


def _about_picture(page: TrialPage) -> Iterator[Finding]:
    """The settings of printer and scanner that a page betrays."""
    seen, number = page.picture, {"page": page.page}
    if seen.scale is not None and abs(seen.scale - 1) > SCALE_OFF:
        yield Finding("scaled", {"scale": 100 * seen.scale, **number})
    if abs(seen.stretch - 1) > STRETCH_OFF:
        yield Finding("stretched", {"percent": 100 * abs(seen.stretch - 1), **number})
    if seen.dpi < MIN_DPI:
        yield Finding("coarse", {"dpi": seen.dpi, **number})
    if seen.black_white:
        yield Finding("black_white", number)
    elif seen.darkness < DARK_SHARE:
        yield Finding("light", {"percent": 100 * seen.darkness, **number})
    if seen.quality is not None and seen.quality < MIN_QUALITY:
        yield Finding("squeezed", {"quality": seen.quality, **number})
    if abs(seen.skew_deg) > SKEW_DEG:
        yield Finding("skewed", {"degrees": abs(seen.skew_deg), **number})
    if seen.bend_mm > BEND_MM:
        yield Finding("bent", {"mm": seen.bend_mm, **number})
    for side, mm in seen.cut_mm.items():
        if mm > CUT_MM:
            yield Finding("cut", {"side": side, "mm": mm, **number})
    for corner in seen.lost_markers:
        yield Finding("marker", {"side": corner, **number})


def _check_page(reading: PageReading, image: PageImage) -> tuple[TrialPage, list[MarkFinding]]:
    place = find_registration(image.pixels)
    assert isinstance(place, Registration), "a page that was read has its place"
    layout = trial_book().layouts[reading.layout or ""]
    page = layout.pages[(reading.sheet_page or 1) - 1]
    picture = measure_page(image, place, page.page)
    tasks = FRONT if page.page == 1 else BACK
    answers = {answer.question: answer for answer in reading.answers}
    wrong = []
    for task in tasks:
        answer = answers[task.question]
        lost = picture.black_white and answer.reason == "black_and_white"  # said once, not for every line
        if not is_as_asked(task, answer) and not lost:
            rect = question_rect(page, task.question, None)
            assert rect is not None
            x, y = picture.place_mm(rect.centre)
            wrong.append(MarkFinding(task, answer, reading.file, reading.image, x, y))
    return TrialPage(page.page, picture, len(tasks) - len(wrong), len(tasks)), wrong


def is_as_asked(task: Task, answer: AnswerReading) -> bool:
    """Whether a line was read as it asks to be filled; a correction or a circle may go to a person, guessed right.

    So may an empty line with a speck of dust: one is no setting to mend.
    """
    if task.action in _EMPTY:
        return answer.state == "blank" or answer.reason in _DUST
    if task.action in ("digits", "words"):
        return answer.state != "blank"
    if task.action == "corrected" and answer.reason == "two_marks":
        return set(task.options) <= set(answer.chosen)  # two marks go to a person, whatever their order
    settled = answer.state == "clear" or task.action == "circle"
    return settled and answer.chosen == task.options


def _is_told(mark: MarkFinding, about_marks: Mapping[Code, Finding]) -> bool:
    """Whether a finding about the whole page says already why this line was read otherwise."""
    if "unmarked" in about_marks:
        return True
    if "streak" in about_marks and (mark.answer.reason in _STREAK or mark.task.action in _EMPTY):
        return True
    return "pen" in about_marks and mark.answer.reason in _FAINT


def _about_marks(page: TrialPage, wrong: list[MarkFinding]) -> Iterator[Finding]:
    asked = [task for task in (FRONT if page.page == 1 else BACK) if task.options]
    blank = [mark for mark in wrong if mark.task in asked and mark.answer.state == "blank"]
    if len(blank) > _UNMARKED_SHARE * len(asked):
        yield Finding("unmarked", {"right": page.right, "tasks": page.tasks, "page": page.page})
    if page.picture.streaked or any(mark.answer.reason in _STREAK for mark in wrong):
        yield Finding("streak", {"page": page.page})
    faint = [mark for mark in wrong if mark.answer.reason in _FAINT]
    if len(faint) >= _FEW_FAINT:
        yield Finding("pen", {"count": len(faint), "page": page.page})
