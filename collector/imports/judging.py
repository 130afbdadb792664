"""What a table answers, held against the sheets that its rows take; rows that take none, against all they could.

An answer of a row without a sheet is a problem only where no questionnaire would take it: which one it is held against
is known once the row is mended, and nothing that will be right then is told as wrong before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

from collector.imports.places import Placed
from collector.store import Store
from collector.store.codes import Place
from collector.store.layouts import list_printed_questionnaires
from collector.store.typed import Asking, find_problems
from forms.campaign import Campaign
from forms.errors import Problem
from forms.questionnaire import Question, Questionnaire
from forms.response import Answer, Response
from forms.typed_sheets import TypedSheet, find_asked
from forms.words import text


@dataclass(frozen=True)
class _Form:
    """A questionnaire as a sheet of it asks, `rated` all agencies of which a matrix may ask."""

    questionnaire: Questionnaire
    rated: Sequence[str]

    @cached_property
    def by_code(self) -> dict[str, Question]:
        return {asked.code: asked for asked in self.questionnaire.questions()}

    @cached_property
    def options(self) -> frozenset[tuple[str, str]]:
        asked = self.by_code.values()
        return frozenset((one.code, level.code) for one in asked for level in self.questionnaire.levels(one))

    @cached_property
    def places(self) -> frozenset[Place]:
        return frozenset(
            (code, row)
            for code, asked in self.by_code.items()
            for row in (self.rated if self.rated and asked.kind in ("one", "many") else (None,))
        )


def find_wrong_answers(conn: Connection, store: Store, placed: Iterable[Placed]) -> list[Problem]:
    """Every answer that the sheet of its row does not take."""
    return [problem for one in placed for problem in _judge(one.typed, [store.get_codes(conn, one.sheet.layout)])]


def find_wrong_elsewhere(conn: Connection, campaign: Campaign, typed: Iterable[TypedSheet]) -> list[Problem]:
    """Every answer of rows without a sheet that no questionnaire of their group takes; without a group, none at all.

    Of the folder's questionnaires and of those that sheets were printed with.
    """
    forms_of: dict[str, list[_Form]] = {}
    printed: list[tuple[str, Questionnaire]] | None = None
    problems: list[Problem] = []
    for one in typed:
        printed = list_printed_questionnaires(conn) if printed is None else printed
        if one.group not in forms_of:
            forms_of[one.group] = list(_find_forms(campaign, printed, one.group))
        problems += _judge(one, forms_of[one.group])
    return problems


def _find_forms(campaign: Campaign, printed: Iterable[tuple[str, Questionnaire]], group: str) -> Iterator[_Form]:
    is_known = any(group == one.code for one in campaign.settings.groups)
    as_printed = (asked for of, asked in printed if not is_known or of == group)
    for asked in (*find_asked(campaign, group), *as_printed):
        yield _Form(asked, [one.code for one in campaign.agencies if asked.block == one.block])


def _judge(typed: TypedSheet, forms: Sequence[Asking]) -> Iterator[Problem]:
    """The answers that none of some forms takes, with what is wrong by the first that asks the question."""
    response = Response(typed.serial, "import", typed.answers)
    found = [dict(_by_place(find_problems(form, response))) for form in forms]
    for place in found[0]:
        if all(place in wrong for wrong in found):
            asking = [number for number, form in enumerate(forms) if place[0] in form.by_code] or [0]
            fix = _say_options([forms[number] for number in asking], place[0])
            yield Problem(typed.places.get(place, typed.where), found[asking[0]][place], fix)


def _by_place(wrong: Iterable[tuple[Answer, str]]) -> Iterator[tuple[Place, str]]:
    return (((answer.question, answer.row), what) for answer, what in wrong)


def _say_options(forms: Sequence[Asking], question: str) -> str:
    asking = [form for form in forms if question in form.by_code]
    if not asking:
        return text("import.not_asked_fix")
    codes = (level.code for form in asking for level in form.questionnaire.levels(form.by_code[question]))
    known = ", ".join(dict.fromkeys(codes))
    return text("import.options_fix", known=known) if known else ""
