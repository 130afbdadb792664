"""A posted form to answers: the fields of one sheet's form, and what is wrong with what was typed into them.

Plain values in, plain values out; knows no Flask, no store and no HTML. A field is named by its question, on a matrix
sheet by QUESTION:ROW, so that a paper sheet's layout and its phone form ask exactly the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from collector.web.as_above import PREFIX, take_from_above
from forms.layout import Layout
from forms.questionnaire import Level, Question, Questionnaire
from forms.response import MAX_TEXT, Answer, blank_answer, is_answered, is_number, set_skipped_aside


@dataclass(frozen=True)
class FormField:
    """One thing to fill in: a question, and on a matrix sheet the rated agency's row; `number` is the printed one."""

    question: Question
    levels: tuple[Level, ...]
    number: int
    row: str | None = None

    @property
    def name(self) -> str:
        """The name under which browsers send it."""
        return self.question.code if self.row is None else f"{self.question.code}:{self.row}"

    @property
    def words_name(self) -> str | None:
        """The name under which the words beside an option are sent; None where no option asks for any."""
        return f"{self.name}.words" if any(level.specify for level in self.levels) else None


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field: a catalogue key and the fields of its sentence."""

    key: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class FilledForm:
    """What a person sent: answers (one a field, blanks too, skipped ones set aside), and the faults by field name.

    `as_above`: which answers (question, row) of a matrix sheet were taken from the agency above.
    """

    answers: tuple[Answer, ...]
    typed: Mapping[str, Sequence[str]]
    faults: Mapping[str, Fault]
    as_above: frozenset[tuple[str, str]] = frozenset()

    @property
    def says_nothing(self) -> bool:
        """Whether not one question was answered."""
        return not any(is_answered(answer) for answer in self.answers)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing at all was marked or typed, so that nothing has to come back."""
        return not any(said or name.startswith(PREFIX) for name, said in self.typed.items())


def form_fields(layout: Layout, questionnaire: Questionnaire) -> tuple[FormField, ...]:
    """The fields of a sheet in printed order; rows of a matrix are those that were printed."""
    return tuple(
        FormField(question, questionnaire.levels(question), number, row)
        for number, question in enumerate(questionnaire.questions(), start=1)
        for row in _printed_rows(layout, question.code)
    )


def _printed_rows(layout: Layout, question: str) -> tuple[str | None, ...]:
    boxes = (box for page in layout.pages for box in page.boxes if box.question == question)
    return tuple(dict.fromkeys(box.row for box in boxes)) or (None,)


def fill_form(
    questionnaire: Questionnaire, fields: Iterable[FormField], posted: Mapping[str, Sequence[str]]
) -> FilledForm:
    """Answers and faults in a posted form (field name -> values); names that the form does not have are passed over."""
    answers: list[Answer] = []
    typed: dict[str, Sequence[str]] = {}
    faults: dict[str, Fault] = {}
    for form_field in fields:
        said = tuple(dict.fromkeys(value for value in map(_clean, posted.get(form_field.name, ())) if value))
        beside = posted.get(form_field.words_name, ()) if form_field.words_name is not None else ()
        words = tuple(filter(None, map(_clean, beside)))
        fault = _find_fault(form_field, said) or _find_words_fault(form_field, words)
        if fault is not None:
            faults[form_field.name] = fault
        typed[form_field.name] = said
        if form_field.words_name is not None:
            typed[form_field.words_name] = words
        blank = blank_answer(form_field.question, form_field.row)
        answers.append(blank if fault is not None else _make_answer(form_field, said, words))
    typed |= {name: () for name in posted if name.startswith(PREFIX)}
    filled, as_above = take_from_above(answers, typed)
    return FilledForm(set_skipped_aside(questionnaire, filled), typed, faults, as_above)


def _clean(value: str) -> str:
    """NFC, line feeds only, no control characters: what both databases can keep."""
    lines = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")).strip()


def _find_fault(form_field: FormField, said: Sequence[str]) -> Fault | None:
    question, number = form_field.question, form_field.number
    if question.kind in ("one", "many"):
        known = {level.code for level in form_field.levels}
        if not known.issuperset(said):
            return Fault("phone.fault_option", {"number": number})
        return Fault("phone.fault_two", {"number": number}) if question.kind == "one" and len(said) > 1 else None
    if len(said) > 1:
        return Fault("phone.fault_twice", {"number": number})
    if question.kind == "number" and said and not is_number(said[0], question.digits):
        return Fault("phone.fault_number", {"number": number, "digits": question.digits})
    if question.kind == "text" and said and len(said[0]) > MAX_TEXT:
        return Fault("phone.fault_long", {"number": number, "length": len(said[0]), "limit": MAX_TEXT})
    return None


def _find_words_fault(form_field: FormField, words: Sequence[str]) -> Fault | None:
    number = form_field.number
    if len(words) > 1:
        return Fault("phone.fault_twice", {"number": number})
    if words and len(words[0]) > MAX_TEXT:
        return Fault("phone.fault_long", {"number": number, "length": len(words[0]), "limit": MAX_TEXT})
    return None


def _make_answer(form_field: FormField, said: Sequence[str], words: Sequence[str]) -> Answer:
    question = form_field.question
    if not said and not words:
        return blank_answer(question, form_field.row)
    if question.kind in ("one", "many"):
        chosen = tuple(level.code for level in form_field.levels if level.code in said)
        return Answer(question.code, form_field.row, chosen, value=words[0] if words else None)
    return Answer(question.code, form_field.row, value=str(int(said[0])) if question.kind == "number" else said[0])
