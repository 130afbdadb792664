"""A question and row as screens show it beside its picture: its words, its number, its levels, and answers in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from collector.review.deciding import Doubt
from collector.review.second_look import Seen
from collector.store.layouts import get_snapshot
from collector.web.pictures import OF_PAGE
from forms.geometry import PAGE_W_MM
from forms.layout import Layout, question_rect
from forms.questionnaire import Level, Question, Questionnaire
from forms.words import text

_IN_WORDS = OF_PAGE | {"struck_words", "elsewhere", "words_beside"}
"""Reasons whose ink stands by the words: a narrow screen shows these first."""
# What was printed, by layout. Its id is a hash over geometry and words, so what is known once holds for ever.
_PRINTED: dict[str, tuple[Layout, Questionnaire]] = {}


@dataclass(frozen=True)
class RowView:
    """A question of a layout; `number` counts from 1 through the questionnaire.

    `starts_right`: its boxes stand in the right half of the sheet, so a narrow screen shows that half first.
    """

    question: Question
    number: int
    levels: tuple[Level, ...]
    starts_right: bool

    def say(self, seen: Seen, lang: str) -> str:
        """An answer in words."""
        if seen is None or seen == "several":
            return text("look.unsure" if seen is None else "look.several", lang)
        labels = {level.code: level.label for level in self.levels}
        return ", ".join(labels.get(code, code) for code in seen) or text("console.blank", lang)


def view_row(conn: Connection, layout_id: str, asked: str, row: str | None) -> RowView:
    """The view of a question and row of a printed layout."""
    if layout_id not in _PRINTED:
        _PRINTED[layout_id] = get_snapshot(conn, layout_id)
    layout, questionnaire = _PRINTED[layout_id]
    question = questionnaire.get_question(asked)
    number = 1 + [one.code for one in questionnaire.questions()].index(asked)
    rects = [question_rect(page, asked, row) for page in layout.pages]
    starts_right = any(rect.x > PAGE_W_MM / 2 for rect in rects if rect is not None)
    return RowView(question, number, questionnaire.levels(question), starts_right)


def view_doubt(conn: Connection, doubt: Doubt) -> RowView:
    """The view of a doubt's question and row, from the side where what is doubted stands."""
    row = view_row(conn, doubt.layout, doubt.question, doubt.row)
    return replace(row, starts_right=False) if doubt.reason in _IN_WORDS else row
