"""What reading one page image gives: data, doubts included, never an exception for a bad page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

PageStatus = Literal["read", "unreadable", "foreign"]
ReadState = Literal["clear", "blank", "doubtful"]
Matrix = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True)
class AnswerReading:
    """One question and row of a page. "clear" and "blank" are promises; "doubtful" holds the best guess in `chosen`."""

    question: str
    row: str | None
    chosen: tuple[str, ...]
    state: ReadState
    reason: str | None
    confidence: float


@dataclass(frozen=True)
class PageReading:
    """One page image. `transform` takes sheet mm to pixels of the image as stored (homography, rows first).

    `stack`: the code of the stack whose cover this is; the page is "foreign" then, for it is no sheet.
    """

    file: str
    image: int
    status: PageStatus
    reason: str | None = None
    serial: str | None = None
    sheet_page: int | None = None
    layout: str | None = None
    rotation: int | None = None
    ms: float = 0.0
    answers: tuple[AnswerReading, ...] = ()
    transform: Matrix | None = None
    stack: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The object that `phieu read` prints for this page."""
        answers = [
            {
                "question": answer.question,
                "row": answer.row,
                "chosen": list(answer.chosen),
                "state": answer.state,
                "reason": answer.reason,
                "confidence": round(answer.confidence, 4),
            }
            for answer in self.answers
        ]
        return {
            "file": self.file,
            "image": self.image,
            "status": self.status,
            "reason": self.reason,
            "serial": self.serial,
            "sheet_page": self.sheet_page,
            "layout": self.layout,
            "stack": self.stack,
            "rotation": self.rotation,
            "ms": round(self.ms, 1),
            "answers": answers,
        }
