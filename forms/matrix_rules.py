"""What must hold of a questionnaire that rates every agency of a block, beyond what holds of every questionnaire."""

from __future__ import annotations

from collections.abc import Iterator

from forms.errors import Problem
from forms.matrix import COLUMNS
from forms.parts import Parts
from forms.questionnaire import Question, Questionnaire
from forms.source import Path, Source
from forms.words import text


def check_matrix(parts: Parts, asked: Questionnaire, file: Source) -> Iterator[Problem]:
    """Every problem of a matrix, where it can be mended; none for a questionnaire about one agency."""
    if asked.block is None:
        return
    yield from _check_block(parts, asked.block, file)
    yield from _check_cells(parts, asked)
    places = [
        (("sections", index, "questions", place), question)
        for index, section in enumerate(asked.sections)
        for place, question in enumerate(section.questions)
    ]
    last = max((number for number, (_, question) in enumerate(places) if question.kind == "one"), default=-1)
    if last < 0:
        yield _problem(file.where(("sections",)), "nothing_rated")
    for number, (path, question) in enumerate(places):
        if question.kind == "text" and number < last:
            yield _problem(file.where((*path, "code")), "text_early", code=question.code)
        yield from _check_question(parts, asked, question, file, path)


def _problem(where: str, key: str, **fields: object) -> Problem:
    return Problem(where, text(f"matrix.{key}", **fields), text(f"matrix.{key}_fix", **fields))


def _check_block(parts: Parts, block: str, file: Source) -> Iterator[Problem]:
    blocks = parts.codes("blocks")
    if blocks is not None and block not in blocks:
        yield _problem(file.where(("rates",)), "block_missing", block=block)
    elif parts.agencies and all(agency.block != block for agency in parts.agencies):
        yield _problem(file.where(("rates",)), "block_empty", block=block)


def _check_cells(parts: Parts, asked: Questionnaire) -> Iterator[Problem]:
    """Cells whose sheets could only rate the agency that their respondents work for, where that is not scored."""
    if parts.settings is None or parts.settings.scoring.own_agency == "count":
        return
    rated = [agency.code for agency in parts.agencies if agency.block == asked.block]
    groups = {group.code for group in parts.settings.groups if group.questionnaire == asked.code}
    for row in parts.rows.get("quotas", []):
        if row.get("group") in groups and rated == [row.get("agency")]:
            yield _problem(row.where("agency"), "only_own", agency=row.get("agency"))


def _check_question(
    parts: Parts, asked: Questionnaire, question: Question, file: Source, path: Path
) -> Iterator[Problem]:
    code = question.code
    if question.kind in ("many", "number"):
        yield _problem(file.where((*path, "kind")), "kind", code=code, kind=question.kind)
        return
    if question.skip is not None:
        yield _problem(file.where((*path, "skip")), "skip", code=code)
    if question.scale is None or question.scale in asked.scales:
        count = len(asked.levels(question))
        if count > COLUMNS:
            yield _problem(file.where((*path, "code")), "levels", code=code, count=count, most=COLUMNS)
    for criterion in parts.criteria:
        if criterion.code == question.criterion and criterion.block not in ("", asked.block):
            fields = {"criterion": criterion.code, "other": criterion.block, "block": asked.block}
            yield _problem(file.where((*path, "criterion")), "criterion_block", **fields)
