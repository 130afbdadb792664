"""Answers that were typed elsewhere: one row a sheet (wide), or one row an answer as `phieu export` writes (long).

A wide table has agency, group, one column a question, and may have serial and id. A matrix question has one column a
rated agency, `q1/SXD`; words beside an option stand in `q3/words`. Options are given by code or by label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from forms.campaign import Campaign
from forms.errors import Problem
from forms.grids import UNREADABLE, fold, read_grids
from forms.headings import find_head, known_headings
from forms.questionnaire import Question, Questionnaire
from forms.response import Answer
from forms.tables import Row, read_table
from forms.typed_rows import load_typed_rows
from forms.words import text

WORDS = "words"  # small letters: no agency's code, so q3/words is never the row of a matrix
NAMES = ("serial", "id")
Asking = Mapping[str, Sequence[tuple[Questionnaire, Question]]]
_PARTS = re.compile(r"\s*[,;|\n]\s*")


@dataclass(frozen=True)
class TypedSheet:
    """What a table says of one sheet; `places` tells where each answer stands, by question and row.

    serial: as written, a serial or a sheet's number, "" where the table has none. id: the table's own mark of the row.
    """

    where: str
    agency: str
    group: str
    serial: str
    id: str
    answers: tuple[Answer, ...]
    places: Mapping[tuple[str, str | None], str]


def load_typed_sheets(path: Path, campaign: Campaign) -> tuple[list[TypedSheet], list[Problem]]:
    """The sheets of a table, and everything that is wrong with the table itself; options are not judged here."""
    if is_long(path):
        rows, problems = load_typed_rows(path, campaign)
        return [TypedSheet(**vars(row)) for row in rows], problems
    columns = tuple(
        dict.fromkeys(column for asked in campaign.questionnaires.values() for column in columns_of(asked, campaign))
    )
    entries, problems = read_table(path, "answers", ("agency", "group"), (*NAMES, *columns))
    if not entries and not problems:
        problems.append(Problem(path.name, text("import.nothing"), text("import.nothing_fix")))
    asking_of = cache(lambda group: _find_asking(campaign, group))
    return [_read_sheet(row, asking_of(row.get("group")), problems) for row in entries], problems


def is_long(path: Path) -> bool:
    """Whether a table has one row an answer: the columns question and option tell."""
    known = known_headings("answers", ("question", "option"))
    try:
        return any(find_head(grid, known)[1] == len(set(known.values())) for grid in read_grids(path))
    except (UnicodeDecodeError, *UNREADABLE):
        return False


def columns_of(asked: Questionnaire, campaign: Campaign) -> Iterator[str]:
    """The columns that a questionnaire has in a wide table."""
    rated = [agency.code for agency in campaign.agencies if agency.block == asked.block]
    for question in asked.questions():
        is_matrix = asked.block is not None and question.kind in ("one", "many")
        yield from (f"{question.code}/{code}" for code in rated) if is_matrix else (question.code,)
        if asked.find_specify(question) is not None:
            yield f"{question.code}/{WORDS}"


def _read_sheet(row: Row, asking_of: Asking, problems: list[Problem]) -> TypedSheet:
    answers: dict[tuple[str, str | None], Answer] = {}
    places: dict[tuple[str, str | None], str] = {}
    for column in row.columns:
        written = row.get(column)
        question, _, rated = column.partition("/")
        if not written or column in ("agency", "group", *NAMES):
            continue
        place = question, None if rated in ("", WORDS) else rated
        asking = asking_of.get(question, ())
        if not asking:
            what, fix = text("import.not_asked", question=column, group=row.get("group")), text("import.not_asked_fix")
            problems.append(Problem(row.where(column), what, fix))
        elif rated == WORDS:
            answers[place] = Answer(question, None, answers[place].chosen if place in answers else (), "clear", written)
            places.setdefault(place, row.where(column))
        else:
            words = answers[place].value if place in answers else None
            read = [_read_answer(form, one, place[1], written, words) for form, one in asking]
            answers[place] = next(filter(None, map(_find_known, asking, read)), read[0])
            places[place] = row.where(column)
    names = {name: row.get(name) for name in ("agency", "group", *NAMES)}
    return TypedSheet(where=row.where(), **names, answers=tuple(answers.values()), places=places)


def find_asked(campaign: Campaign, group: str) -> tuple[Questionnaire, ...]:
    """The questionnaire of a group's code; where there is no such group, those of all groups: it may be any."""
    known = [one.questionnaire for one in campaign.settings.groups if one.code == group]
    codes = known or dict.fromkeys(one.questionnaire for one in campaign.settings.groups)
    return tuple(campaign.questionnaires[code] for code in codes)


def _find_asking(campaign: Campaign, group: str) -> Asking:
    """By question's code, the questionnaires of find_asked that ask it, and how."""
    asking: dict[str, list[tuple[Questionnaire, Question]]] = {}
    for form in find_asked(campaign, group):
        for one in form.questions():
            asking.setdefault(one.code, []).append((form, one))
    return asking


def _find_known(asking: tuple[Questionnaire, Question], answer: Answer) -> Answer | None:
    """An answer whose options are all known to the question that it was read by."""
    form, question = asking
    return answer if set(answer.chosen) <= {level.code for level in form.levels(question)} else None


def _read_answer(
    asked: Questionnaire, question: Question, rated: str | None, written: str, words: str | None
) -> Answer:
    if question.kind in ("number", "text"):
        return Answer(question.code, rated, (), "clear", written)
    codes = {level.code: level.code for level in asked.levels(question)}
    labels = [fold(level.label) for level in asked.levels(question)]
    codes |= {
        label: code
        for label, code in zip(labels, tuple(codes), strict=True)
        if labels.count(label) == 1 and label not in codes
    }
    whole = find_option(codes, written)
    parts = (written,) if question.kind == "one" or whole else tuple(filter(None, _PARTS.split(written)))
    if len(parts) == 1 and whole is None and question.kind == "many" and all(p in codes for p in written.split()):
        parts = tuple(written.split())
    return Answer(question.code, rated, tuple(find_option(codes, part) or part for part in parts), "clear", words)


def find_option(codes: Mapping[str, str], written: str) -> str | None:
    """The code of an option by its code or its label; None for neither."""
    return codes.get(written) or codes.get(fold(written))
