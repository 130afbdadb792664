"""What must fit together inside a questionnaire and with the criteria: codes, scales, skips, what is scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from forms.campaign import Criterion
from forms.errors import Problem
from forms.parts import Parts
from forms.questionnaire import Level, Question, Questionnaire
from forms.source import Path, Source, is_mended
from forms.words import text


def make_problem(where: str, key: str, **fields: object) -> Problem:
    """A problem by its name in the catalogue: what is wrong, and what to do."""
    return Problem(where, text(f"problem.{key}", **fields), text(f"problem.{key}_fix", **fields))


def find_repeated(codes: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Every code that stood before, with its place."""
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if code and code in seen:
            yield index, code
        seen.add(code)


def check_questionnaire(parts: Parts, questionnaire: Questionnaire, file: Source) -> Iterator[Problem]:
    """Every problem of a questionnaire, where it can be mended."""
    for name, levels in questionnaire.scales.items():
        yield from _check_levels(levels, file, ("scales", name))
        yield from _check_specify(levels, file, ("scales", name), questionnaire.rates)
    places = [
        (index, place, question)
        for index, section in enumerate(questionnaire.sections)
        for place, question in enumerate(section.questions)
    ]
    order = [question.code for _, _, question in places]
    for index, code in find_repeated(order):
        section, place, _ = places[index]
        yield make_problem(file.where(("sections", section, "questions", place, "code")), "code_twice", code=code)
    for section, place, question in places:
        path = ("sections", section, "questions", place)
        if question.scale is not None and question.scale not in questionnaire.scales:
            if not is_mended(file, ("scales", question.scale)):
                yield make_problem(file.where((*path, "scale")), "scale_missing", code=question.scale)
            continue
        yield from _check_levels(question.options or (), file, (*path, "options"))
        yield from _check_specify(question.options or (), file, (*path, "options"), questionnaire.rates)
        yield from _check_criterion(parts.criteria, question, file.where((*path, "criterion")))
        if is_mended(file, path):
            continue
        yield from _check_percents(questionnaire, question, file.where((*path, "criterion")))
        if not any(place[-1] == "code" for place in file.mended):
            unsure = {
                question.code for at, on, question in places if is_mended(file, ("sections", at, "questions", on))
            }
            yield from _check_skip(questionnaire, question, order, unsure, file.where((*path, "skip")))


def _check_levels(levels: Iterable[Level], file: Source, path: Path) -> Iterator[Problem]:
    for index, code in find_repeated(level.code for level in levels):
        yield make_problem(file.where((*path, index, "code")), "code_twice", code=code)


def _check_specify(levels: Iterable[Level], file: Source, path: tuple[str | int, ...], rates: str) -> Iterator[Problem]:
    """One answer has room for the words of one option, and a matrix sheet for none."""
    asking = [index for index, level in enumerate(levels) if level.specify]
    if rates != "agency":
        for index in asking:
            yield make_problem(file.where((*path, index, "specify")), "specify_on_matrix")
        return
    for index in asking[1:]:
        yield make_problem(file.where((*path, index, "specify")), "specify_twice")


def _check_criterion(criteria: tuple[Criterion, ...], question: Question, where: str) -> Iterator[Problem]:
    if question.criterion is None or not criteria:  # no table to hold it against: reported already
        return
    criterion = next((one for one in criteria if one.code == question.criterion), None)
    if criterion is None:
        yield make_problem(where, "criterion_missing", code=question.criterion)
    elif criterion.source != "survey" or any(other.parent == criterion.code for other in criteria):
        yield make_problem(where, "criterion_not_a_leaf", code=question.criterion)


def _check_percents(asked: Questionnaire, question: Question, where: str) -> Iterator[Problem]:
    without = question.kind != "one" or all(level.percent is None for level in asked.levels(question))
    if question.criterion is not None and without:
        yield make_problem(where, "criterion_without_percent", code=question.code)


def _check_skip(
    asked: Questionnaire, question: Question, order: list[str], unsure: set[str], where: str
) -> Iterator[Problem]:
    rule = question.skip
    if rule is None:
        return
    here = order.index(question.code)
    if rule.to not in order[here + 1 :]:
        yield make_problem(where, "skip_to_wrong", code=rule.to)
    if rule.question not in order[: here + 1]:
        yield make_problem(where, "skip_if_wrong", code=rule.question)
        return
    if rule.question in unsure:
        return
    codes = {level.code for level in asked.levels(asked.get_question(rule.question))}
    for option in rule.options:
        if option not in codes:
            yield make_problem(where, "skip_option_wrong", code=rule.question, option=option)
