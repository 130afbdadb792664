"""The code tables of one printed layout: question, option and agency codes to integer keys and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection, select

from collector.store.schema import agency, layout, option, question, questionnaire
from forms.layout import Layout, layout_from_json
from forms.questionnaire import Question, Questionnaire
from forms.response import Answer, State

NO_KEY = 0
Place = tuple[str, str | None]
"""Where an answer stands: a question's code, and on a matrix sheet the rated agency's."""


@dataclass(frozen=True)
class Codes:
    """A layout as printed with its questionnaire, and the store's keys of their codes."""

    key: int
    layout: Layout
    questionnaire: Questionnaire
    questions: Mapping[str, int]
    options: Mapping[tuple[str, str], int]
    agencies: Mapping[str, int]

    @cached_property
    def by_code(self) -> dict[str, Question]:
        """Question by code, in the order in which they are asked."""
        return {asked.code: asked for asked in self.questionnaire.questions()}

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Everything a complete response answers, in the questionnaire's order; rows of a matrix as printed."""
        rows: dict[str, dict[str | None, None]] = {}
        for page in self.layout.pages:
            for box in page.boxes:
                rows.setdefault(box.question, {})[box.row] = None
        return tuple((code, row) for code in self.by_code for row in rows.get(code) or {None: None})

    @cached_property
    def page_places(self) -> dict[int, frozenset[Place]]:
        """What each page, counted from 1, asks."""
        return {
            page.page: frozenset(
                [(box.question, box.row) for box in page.boxes]
                + [(digit.question, None) for digit in page.digits]
                + [(region.question, None) for region in page.texts]
            )
            for page in self.layout.pages
        }

    @cached_property
    def place_of(self) -> dict[tuple[int, int], Place]:
        """The place of a question's and a rated agency's key."""
        return {self.keys(place): place for place in self.places}

    @cached_property
    def option_of(self) -> dict[int, str]:
        """The option code of a key."""
        return {key: code for (_, code), key in self.options.items()}

    @cached_property
    def positions(self) -> dict[tuple[str, str], int]:
        """Where each option stands among those of its question."""
        return {
            (asked.code, level.code): position
            for asked in self.by_code.values()
            for position, level in enumerate(self.questionnaire.levels(asked))
        }

    def in_order(self, asked: str, chosen: Iterable[str]) -> tuple[str, ...]:
        """Option codes of a question as they are printed; a number or a text as it is."""
        return tuple(sorted(chosen, key=lambda code: self.positions.get((asked, code), 0)))

    def answer(self, asked: str, row: str | None, given: Sequence[str], state: State) -> Answer:
        """An answer out of option codes or, where a number or a text is asked for, out of the one thing written."""
        if self.by_code[asked].kind in ("one", "many"):
            return Answer(asked, row, tuple(given), state)
        value = given[0] if given else None
        if value is not None and value.isascii() and value.isdigit() and self.by_code[asked].kind == "number":
            value = str(int(value))  # 007 on paper is 7 on the phone
        return Answer(asked, row, (), state, value)

    def keys(self, place: Place) -> tuple[int, int]:
        """The keys of a place: question, and rated agency or 0."""
        asked, row = place
        return self.questions[asked], NO_KEY if row is None else self.agencies[row]


def load_codes(conn: Connection, layout_key: int) -> Codes:
    """The code tables of a layout by its key in the store."""
    found = conn.execute(
        select(layout.c.code, layout.c.content, questionnaire.c.id, questionnaire.c.content.label("asked"))
        .join_from(layout, questionnaire)
        .where(layout.c.id == layout_key)
    ).one()
    printed = layout_from_json(found.code, json.loads(found.content))
    questions = conn.execute(select(question.c.code, question.c.id).where(question.c.questionnaire == found.id))
    options = conn.execute(
        select(question.c.code, option.c.code.label("option"), option.c.id)
        .join_from(question, option)
        .where(question.c.questionnaire == found.id)
    )
    rows = {box.row for page in printed.pages for box in page.boxes if box.row is not None}
    agencies = conn.execute(select(agency.c.code, agency.c.id).where(agency.c.code.in_(rows)))
    return Codes(
        layout_key,
        printed,
        Questionnaire.model_validate_json(found.asked),
        {row.code: row.id for row in questions},
        {(row.code, row.option): row.id for row in options},
        {row.code: row.id for row in agencies},
    )
