"""What was read, held against what the pretend pen wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from collector.demo.scans import ScannedPage
from forms.layout import Layout
from ocr.reading import AnswerReading, PageReading

Judgement = Literal["right", "doubtful", "wrong"]


@dataclass
class Verdict:
    """Counts of answers and pages; `wrong` lists every silent error as FILE:IMAGE question."""

    answers: Counter[Judgement] = field(default_factory=Counter)
    pages_read: int = 0
    pages_unread: int = 0
    bad_pages_caught: int = 0
    wrong_serials: int = 0
    wrong: list[str] = field(default_factory=list)


def judge(truth: Iterable[ScannedPage], readings: Iterable[PageReading], layouts: Mapping[str, Layout]) -> Verdict:
    """Every answer of every page read, and every page; numbers and free texts are pictures and not judged."""
    verdict = Verdict()
    read = {(reading.file, reading.image): reading for reading in readings}
    for page in truth:
        reading = read.get((page.file, page.image))
        if reading is None:
            continue
        if reading.status != "read":
            if page.spoiled or page.serial is None:
                verdict.bad_pages_caught += 1
            else:
                verdict.pages_unread += 1
            continue
        verdict.pages_read += 1
        if (reading.serial, reading.sheet_page) != (page.serial, page.page):
            verdict.wrong_serials += 1
            continue
        _judge_answers(page, reading, layouts[reading.layout or ""], verdict)
    return verdict


def _judge_answers(page: ScannedPage, reading: PageReading, layout: Layout, verdict: Verdict) -> None:
    said = {(answer.question, answer.row): answer for answer in reading.answers}
    for filled in page.answers:
        if layout.questions[filled.question] not in ("one", "many"):
            continue
        judgement = _judge(filled.truth, said[(filled.question, filled.row)])
        verdict.answers[judgement] += 1
        if judgement == "wrong":
            verdict.wrong.append(f"{page.file}:{page.image} {filled.question} ({filled.how})")


def _judge(truth: tuple[str, ...] | None, answer: AnswerReading) -> Judgement:
    if answer.state == "doubtful":
        return "doubtful"
    return "right" if truth is not None and set(truth) == set(answer.chosen) else "wrong"
