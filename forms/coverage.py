"""Whether what is asked and what is scored meet: criteria that nobody asks for, questionnaires that nobody gets."""

from __future__ import annotations

from collections.abc import Iterator

from forms.campaign import Criterion
from forms.errors import Problem
from forms.parts import Parts
from forms.tables import Row
from forms.words import text


def check_coverage(parts: Parts) -> Iterator[Problem]:
    """Survey criteria with points that no questionnaire asks for in a block: their points would be lost unseen.

    Blocks without quotas are left alone: nothing is surveyed there. Says nothing while a file that it would need is
    wrong.
    """
    if parts.settings is None or not parts.quotas or not _is_whole(parts):
        return
    asked = _asked(parts)
    parents = {criterion.parent for criterion in parts.criteria}
    for row, criterion in zip(parts.rows.get("criteria", ()), parts.criteria, strict=True):
        if criterion.source != "survey" or criterion.code in parents or not criterion.max_points:
            continue
        yield from _unasked(row, criterion, asked)


def _unasked(row: Row, criterion: Criterion, asked: dict[str, set[str]]) -> Iterator[Problem]:
    blocks = [block for block, codes in asked.items() if criterion.block in ("", block) and criterion.code not in codes]
    if blocks:
        fields = {"code": criterion.code, "blocks": ", ".join(blocks)}
        what, fix = text("problem.criterion_unasked", **fields), text("problem.criterion_unasked_fix", **fields)
        yield Problem(row.where("code"), what, fix)


def find_only_raters(parts: Parts) -> set[str]:
    """Blocks whose agencies rate others and have no points of their own, so that no criterion is about them.

    None of them while a file that it would need is wrong.
    """
    if parts.settings is None or not _is_whole(parts):
        return set()
    block_of = {agency.code: agency.block for agency in parts.agencies}
    surveyed = {block_of[quota.agency] for quota in parts.quotas if quota.agency in block_of}
    named = {criterion.block for criterion in parts.criteria}
    if any(criterion.source != "survey" and not criterion.block for criterion in parts.criteria):
        return set()  # points that every block is given
    return surveyed - _asked(parts).keys() - named


def note_unused(parts: Parts) -> Iterator[Problem]:
    """Questionnaires that no respondent group is given."""
    if parts.settings is None:
        return
    given = {group.questionnaire for group in parts.settings.groups}
    for code, file in parts.questionnaire_files.items():
        if code not in given:
            what, fix = text("problem.questionnaire_unused", code=code), text("problem.questionnaire_unused_fix")
            yield Problem(file.where(("code",)), what, fix)


def note_runner(parts: Parts) -> Iterator[Problem]:
    """A rated agency that has the name of the body that issues the survey, where nobody is said to run it.

    Its own people would decide about its own sheets. Only the very same name tells: whether an office that is called
    otherwise runs the survey is not in the folder.
    """
    settings = parts.settings
    if settings is None or settings.accounts.runs:
        return
    body = _plain(settings.issuer.body)
    for agency in parts.agencies:
        if _plain(agency.name) == body:
            what, fix = (
                text(f"problem.{key}", name=agency.name, code=agency.code) for key in ("no_runs", "no_runs_fix")
            )
            yield Problem(parts.settings_file.where(("issuer", "body")), what, fix)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _is_whole(parts: Parts) -> bool:
    return parts.questionnaires.keys() == parts.questionnaire_files.keys() and not any(
        file.mended for file in (parts.settings_file, *parts.questionnaire_files.values())
    )


def _asked(parts: Parts) -> dict[str, set[str]]:
    """Block with quotas -> the criteria asked for its agencies."""
    assert parts.settings is not None
    of_group = {group.code: parts.questionnaires.get(group.questionnaire) for group in parts.settings.groups}
    block_of = {agency.code: agency.block for agency in parts.agencies}
    asked: dict[str, set[str]] = {}
    for agency, group in sorted({(quota.agency, quota.group) for quota in parts.quotas if quota.target}):
        questionnaire = of_group.get(group)
        if questionnaire is None or agency not in block_of:
            continue
        rated = block_of[agency] if questionnaire.rates == "agency" else questionnaire.rates.partition(":")[2]
        if rated not in (parts.codes("blocks") or ()):  # told with the agency
            continue
        codes = {question.criterion for question in questionnaire.questions() if question.criterion}
        asked.setdefault(rated, set()).update(codes)
    return asked
