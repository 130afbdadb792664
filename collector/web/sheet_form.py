"""What the phone form shows of one sheet: sections, questions, rows, levels, what was typed and what is wrong with it.

Builds plain view-models for the template; knows no Flask, store or campaign. The questionnaire is the printed snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.web.answers import Fault, FormField
from collector.web.as_above import same_name
from collector.web.numbers import show_count
from forms.questionnaire import Kind, Level, Question, Questionnaire
from forms.response import MAX_TEXT
from forms.skip_words import skip_words
from forms.words import text


@dataclass(frozen=True)
class FieldView:
    """One thing to fill in.

    `words_name` is where the words beside an option are typed, None where no option asks for any; `words` were typed.
    """

    name: str
    levels: tuple[Level, ...]
    typed: Sequence[str]
    fault: Fault | None
    words_name: str | None = None
    words: Sequence[str] = ()


@dataclass(frozen=True)
class QuestionView:
    """One question; `css` holds an after-CODE class for every question whose skip rule may lead past this one."""

    code: str
    number: int
    text: str
    kind: Kind
    fields: tuple[FieldView, ...]
    css: str
    hint: str
    described: str
    skip: str
    skip_to: str
    digits: int
    lines: int
    limit: int = MAX_TEXT


@dataclass(frozen=True)
class SectionView:
    """A titled part; `css` as with questions, where all of its questions share it."""

    title: str
    questions: tuple[QuestionView, ...]
    css: str


@dataclass(frozen=True)
class AskedView:
    """One question about one rated agency."""

    number: int
    text: str
    field: FieldView


@dataclass(frozen=True)
class CardView:
    """A rated agency with all that is asked about it; `same` names the tick "as above", "" where nothing is above."""

    name: str
    place: int
    same: str
    is_same: bool
    asked: tuple[AskedView, ...]

    @property
    def key(self) -> str:
        """The name of the card inside the page."""
        return f"card-{self.place}"


@dataclass(frozen=True)
class SkipStyle:
    """The skip rule of `owner` for a style sheet: once an option is chosen, what it leads past is not shown."""

    owner: str
    question: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class FormWords:
    """What the parts of one form share: questionnaire, agencies' names, language, what was typed and what is wrong."""

    questionnaire: Questionnaire
    names: Mapping[str, str]
    lang: str
    typed: Mapping[str, Sequence[str]]
    faults: Mapping[str, Fault]


def view_sections(fields: Sequence[FormField], words: FormWords) -> tuple[SectionView, ...]:
    """Every section with its questions, in printed order; what a matrix asks about each agency stands on its cards."""
    questionnaire = words.questionnaire
    of_question: dict[str, list[FormField]] = {}
    for form_field in fields:
        of_question.setdefault(form_field.question.code, []).append(form_field)
    past = _past_of(questionnaire)
    sections = []
    for section in questionnaire.sections:
        own = [question for question in section.questions if of_question[question.code][0].row is None]
        views = tuple(_view_question(question, of_question, past, words) for question in own)
        shared = set.intersection(*(past[question.code] for question in own)) if own else set()
        if views:
            sections.append(SectionView(section.title, views, _after(shared)))
    return tuple(sections)


def view_cards(fields: Sequence[FormField], words: FormWords) -> tuple[CardView, ...]:
    """Every rated agency of a matrix sheet with its questions, in printed order; none where it is no matrix."""
    cards = []
    for place, row in enumerate(dict.fromkeys(one.row for one in fields if one.row is not None), start=1):
        asked = tuple(
            AskedView(one.number, one.question.text, _view_field(one, words)) for one in fields if one.row == row
        )
        same = same_name(row)
        cards.append(CardView(words.names.get(row, row), place, same if place > 1 else "", same in words.typed, asked))
    return tuple(cards)


def skip_rules(questionnaire: Questionnaire) -> list[tuple[str, str, tuple[str, ...]]]:
    """Every skip rule in printed order, for a script: its owner, the question and the options that decide."""
    rules = [(question.code, question.skip) for question in questionnaire.questions()]
    return [(owner, rule.question, tuple(rule.options)) for owner, rule in rules if rule is not None]


def skip_styles(questionnaire: Questionnaire) -> tuple[SkipStyle, ...]:
    """The skip rules that a style sheet can follow; a rule that another may lead past is left to the reader."""
    past = _past_of(questionnaire)
    styles = []
    for question in questionnaire.questions():
        rule = question.skip
        if rule is not None and not past[rule.question]:
            known = {level.code for level in questionnaire.levels(questionnaire.get_question(rule.question))}
            options = tuple(option for option in rule.options if option in known)
            styles.append(SkipStyle(question.code, rule.question, options))
    return tuple(style for style in styles if style.options)


def _past_of(questionnaire: Questionnaire) -> dict[str, set[str]]:
    """Question -> the questions whose skip rules may lead past it."""
    order = list(questionnaire.questions())
    codes = [question.code for question in order]
    past: dict[str, set[str]] = {code: set() for code in codes}
    for place, question in enumerate(order, start=1):
        if question.skip is not None:
            for code in codes[place : codes.index(question.skip.to)]:
                past[code].add(question.code)
    return past


def _after(owners: set[str]) -> str:
    return " ".join(f"after-{code}" for code in sorted(owners))


def _view_question(
    question: Question, of_question: Mapping[str, list[FormField]], past: Mapping[str, set[str]], words: FormWords
) -> QuestionView:
    fields = of_question[question.code]
    views = tuple(_view_field(form_field, words) for form_field in fields)
    wrong = any(view.fault is not None for view in views)
    hint = _hint(question, words.lang)
    described = [f"h-{question.code}"] if hint else []
    described += [f"e-{view.name}" for view in views if view.fault is not None]
    skip = question.skip
    target = of_question[skip.to][0] if skip is not None and skip.to in of_question else None
    numbers = {code: same[0].number for code, same in of_question.items()}
    return QuestionView(
        code=question.code,
        number=fields[0].number,
        text=question.text,
        kind=question.kind,
        fields=views,
        css=" ".join(filter(None, (_after(past[question.code]), "wrong" if wrong else ""))),
        hint=hint,
        described=" ".join(described),
        skip=skip_words(words.questionnaire, question, numbers, words.lang) if target is not None else "",
        skip_to=target.name if target is not None else "",
        digits=question.digits,
        lines=max(2, question.lines),
    )


def _view_field(form_field: FormField, words: FormWords) -> FieldView:
    typed = words.typed.get(form_field.name, ())
    fault, asked = words.faults.get(form_field.name), form_field.words_name
    beside = words.typed.get(asked, ()) if asked is not None else ()
    return FieldView(form_field.name, form_field.levels, typed, fault, asked, beside)


def _hint(question: Question, lang: str) -> str:
    if question.kind == "many":
        return text("phone.many", lang)
    if question.kind == "number":
        return text("phone.number", lang)
    return text("phone.text", lang, limit=show_count(MAX_TEXT, lang)) if question.kind == "text" else ""
