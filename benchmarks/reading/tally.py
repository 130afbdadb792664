"""What one sheet, or many, came to: every box of a page is right, silently wrong, sent to a person or not read."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from forms.layout import Layout
from ocr.pretend.deeds import UNTOLD
from ocr.pretend.respondent import FilledAnswer
from ocr.reading import AnswerReading, PageReading

EDGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 1.0)
"""Upper edges of the bins of claimed confidence; the last bins are where promises live."""

# On paper, two marks stand there, or one that was taken back: whatever is read, a person has to look
UNDECIDABLE = ("two_marks", "corrected", "other_correction", "beside", "elsewhere", "braced", "crossed_out", *UNTOLD)


@dataclass
class Tally:
    """Counts of one condition, or of one of its sheets. A doubt covers all boxes of its question.

    `cluster` is what its boxes share: the sheet, or the source page of its real marks. `undecidable`: boxes sent to a
    person where the paper itself holds two marks. `claimed`, `claimed_right`, `claimed_sum`: answers, right ones and
    the sum of the confidence by "state bin". `failures`: page, question, row, how, truth, chosen, state, reason.
    """

    seed: int = 0
    cluster: str = ""
    pages: int = 0
    pages_not_read: int = 0
    strangers_read: int = 0
    wrong_serials: int = 0
    boxes: int = 0
    right: int = 0
    doubtful: int = 0
    undecidable: int = 0
    not_read: int = 0
    wrong: int = 0
    answers: int = 0
    answers_doubtful: int = 0
    answers_wrong: int = 0
    marks: int = 0
    wrong_how: Counter[str] = field(default_factory=Counter)
    doubtful_how: Counter[str] = field(default_factory=Counter)
    doubtful_why: Counter[str] = field(default_factory=Counter)
    unread_why: Counter[str] = field(default_factory=Counter)
    claimed: Counter[str] = field(default_factory=Counter)
    claimed_right: Counter[str] = field(default_factory=Counter)
    claimed_sum: Counter[str] = field(default_factory=Counter)
    failures: list[list[Any]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add another tally; seed and cluster stay."""
        for part in fields(self):
            if part.name not in ("seed", "cluster"):
                setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))

    def to_json(self) -> dict[str, Any]:
        """Plain values, empty ones left out."""
        return {name: value for name, value in vars(self).items() if value or name == "seed"}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Tally:
        """The tally that to_json gave."""
        made = cls()
        for name, value in row.items():
            setattr(made, name, Counter(value) if isinstance(value, dict) else value)
        return made


def add_up(tallies: Iterable[Tally]) -> Tally:
    """The sum of many."""
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total


def count_page(
    tally: Tally,
    reading: PageReading,
    page: int | None,
    filled: Iterable[FilledAnswer],
    layout: Layout,
    serial: str,
    spoiled: str | None = None,
) -> None:
    """Add one page image: what was read of it against what it says; `page` None: a page of no sheet of ours."""
    tally.wrong_serials += reading.serial is not None and (reading.serial, reading.sheet_page) != (serial, page)
    if page is None:
        tally.strangers_read += reading.status == "read"
        return
    found = {(answer.question, answer.row): answer for answer in reading.answers}
    boxes = Counter((box.question, box.row) for printed in layout.pages for box in printed.boxes)
    tally.pages += 1
    if reading.status != "read":
        tally.pages_not_read += 1
        tally.unread_why[f"{spoiled or 'sound page'}: {reading.status}/{reading.reason}"] += 1
    for truth in filled:
        count = boxes.get((truth.question, truth.row), 0)
        if count:
            tally.answers += 1
            tally.boxes += count
            tally.marks += _marks(truth)
            how = f"{spoiled}/{truth.how}" if spoiled else truth.how
            _count_answer(tally, truth, found.get((truth.question, truth.row)), count, how, page)


def _marks(truth: FilledAnswer) -> int:
    return 2 if truth.how in ("two_marks", "corrected") else len(truth.truth or ())


def _count_answer(
    tally: Tally, truth: FilledAnswer, found: AnswerReading | None, boxes: int, how: str, page: int
) -> None:
    if found is None:
        tally.not_read += boxes
        return
    right = truth.truth is not None and set(found.chosen) == set(truth.truth)
    if truth.truth is not None:
        _claim(tally, found, right)
    if found.state == "doubtful":
        tally.doubtful += boxes
        tally.undecidable += boxes * (truth.how in UNDECIDABLE)
        tally.answers_doubtful += 1
        tally.doubtful_how[how] += 1
        tally.doubtful_why[str(found.reason)] += 1
        return
    # A decision on two marks that nobody can decide is one box wrong at least
    wrong = 1 if truth.truth is None else len(set(found.chosen) ^ set(truth.truth))
    tally.wrong += wrong
    tally.right += boxes - wrong
    if wrong:
        tally.answers_wrong += 1
        tally.wrong_how[how] += 1
        said = None if truth.truth is None else list(truth.truth)
        row = [page, truth.question, truth.row, how, said, list(found.chosen), found.state, found.reason]
        tally.failures.append(row)


def _claim(tally: Tally, found: AnswerReading, right: bool) -> None:
    key = f"{found.state} {bisect_left(EDGES, min(1.0, found.confidence))}"
    tally.claimed[key] += 1
    tally.claimed_right[key] += right
    tally.claimed_sum[key] += found.confidence  # type: ignore[assignment]
