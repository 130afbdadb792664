"""The questionnaire: sections of questions, their levels, and the rule that lets a respondent skip some."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Kind = Literal["one", "many", "number", "text"]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")]
Text = Annotated[str, Field(min_length=1)]

_RATES = re.compile(r"agency|block:[A-Z0-9_-]{1,20}")
_SKIP = re.compile(r"(?P<question>[A-Za-z0-9_-]+) in \[(?P<options>[^\]]*)\]")


class Frozen(BaseModel):
    """A model that cannot change and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Level(Frozen):
    """One level or option; `percent` 0..100 of the points, None where it is no answer for scoring.

    `specify`: whoever chooses it is asked for words of their own ("other, please specify").
    """

    code: Code
    label: Text
    percent: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    specify: bool = False


class Skip(Frozen):
    """`if: q1 in [0]`, `to: q5`: whoever answers so goes on at `to`; what lies between does not concern them."""

    condition: str = Field(alias="if", pattern=_SKIP.pattern)
    to: Code

    @property
    def question(self) -> str:
        """The question that decides."""
        return self._parts()[0]

    @property
    def options(self) -> tuple[str, ...]:
        """The answers that send the respondent on."""
        return self._parts()[1]

    def _parts(self) -> tuple[str, tuple[str, ...]]:
        match = _SKIP.fullmatch(self.condition)
        assert match is not None  # the field's pattern holds
        return match["question"], tuple(code.strip(" \"'") for code in match["options"].split(",") if code.strip())


class Question(Frozen):
    """One question; `one` and `many` have a scale by name or options of their own, `number` has digits.

    `personal`: it asks who the respondent is, so that no sheet may say that it does not.
    """

    code: Code
    text: Text
    kind: Kind
    scale: str | None = None
    options: tuple[Level, ...] | None = None
    digits: Annotated[int, Field(ge=1, le=9)] = 3
    lines: Annotated[int, Field(ge=1, le=20)] = 3
    criterion: str | None = None
    weight: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    skip: Skip | None = None
    personal: bool = False

    @model_validator(mode="after")
    def _levels_fit_the_kind(self) -> Question:
        given = (self.scale is not None) + (self.options is not None)
        if self.kind in ("one", "many") and given != 1:
            raise PydanticCustomError("levels_missing", "one of scale or options")
        if self.kind in ("number", "text") and given:
            raise PydanticCustomError("levels_extra", "no scale and no options")
        return self


class Section(Frozen):
    """A titled part of a questionnaire."""

    title: Text
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class Questionnaire(Frozen):
    """What one respondent group is asked; `rates` is "agency", or "block:CODE" for a matrix of its agencies."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
    title: Text
    intro: str = ""
    rates: Annotated[str, Field(pattern=rf"^(?:{_RATES.pattern})$")] = "agency"
    scales: dict[str, Annotated[tuple[Level, ...], Field(min_length=2)]] = {}
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]

    @property
    def block(self) -> str | None:
        """The block whose agencies a matrix rates; None for a sheet about one agency."""
        return self.rates.partition(":")[2] or None

    def questions(self) -> Iterator[Question]:
        """Every question in the order in which it is asked."""
        for section in self.sections:
            yield from section.questions

    def get_question(self, code: str) -> Question:
        """The question of a code; KeyError where there is none."""
        return next((question for question in self.questions() if question.code == code), None) or _unknown(code)

    def levels(self, question: Question) -> tuple[Level, ...]:
        """The levels of a question as they are printed, left to right; empty for numbers and texts."""
        if question.options is not None:
            return question.options
        return self.scales[question.scale] if question.scale is not None else ()

    def find_specify(self, question: Question) -> Level | None:
        """The level of a question that asks for words of one's own; None where none does."""
        return next((level for level in self.levels(question) if level.specify), None)

    def printed_digest(self) -> str:
        """SHA-256 over all that is printed; points, weights and criteria may still change after printing."""
        printed = self.model_dump(mode="json")
        for question in (question for section in printed["sections"] for question in section["questions"]):
            del question["criterion"], question["weight"]
            for level in question["options"] or ():
                del level["percent"]
        for scale in printed["scales"].values():
            for level in scale:
                del level["percent"]
        return hashlib.sha256(json.dumps(printed, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _unknown(code: str) -> Question:
    raise KeyError(code)
