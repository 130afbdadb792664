"""The account of a score for the agency that asks: figures as anybody may see them, pictures of marks without a trace.

A picture holds the boxes of one answer and nothing else; pictures stand in the order of their own hashes, which tells
neither sheet nor time.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregation.explanation import Asked, Explanation
from aggregation.explanation_paper import ExplanationPaper, LevelMarks, QuestionMarks, write_explanation
from aggregation.mark_choice import Mark, choose_marks
from aggregation.scores import score
from aggregation.trail import GroupTrail, QuestionTrail
from collector.editions.petitions import get_petition
from collector.files import unfinished_file
from collector.reports.scores import make_about, read_tables
from collector.store import Store, open_store
from collector.store.clock import day_of
from collector.store.editions import Petition
from collector.store.quota import quota_rows
from collector.trail.loading import Trail, load_trail
from collector.trail.pictures import Pictures, Report, cut_pictures
from forms.appraisal import TOTAL
from forms.campaign import Campaign
from forms.days import show_day
from forms.errors import InputWrong, Problem
from forms.fonts import find_office_typeface, setting_in
from forms.words import text

_REASONS = ("void", "struck", "contested", "set_aside", "over_quota", "held", "coming_in")
_PAGES = 2
# Height in mm and number of a question's pictures, tried in turn until all stands on two pages
_TRIES = ((6.0, 400), (4.2, 400), *((4.2, most) for most in (200, 120, 80, 50, 30, 20, 10)))


@dataclass(frozen=True)
class Explained:
    """What was written: pages, pictures shown, and answers that have one."""

    pages: int
    shown: int
    cut: int


def explain_points(
    store: Store,
    campaign: Campaign,
    agency: str,
    criterion: str | None,
    out: Path,
    petition: int | None = None,
    now: datetime.datetime | None = None,
    report: Report | None = None,
) -> Explained:
    """Write the paper; InputWrong for codes nobody knows and a petition about something else, NotFound without it.

    Of one criterion it takes two pages, fewer pictures where there is no room for all; of all criteria it has none.
    """
    with store.at_one_moment() as still, still.read() as conn:
        asked = None if petition is None else _get_petition(still, petition, agency, criterion)
        trail = load_trail(still, campaign, agency, criterion)
        tables = read_tables(campaign, conn)
        quotas = quota_rows(conn)
    explanation = Explanation(score(tables, campaign.settings.scoring), trail.points, _name_all(campaign, trail))
    questions = [
        (group, question)
        for one in trail.points.criteria
        for group in one.groups
        for question in group.questions
        if explanation.is_open(one.criterion, group.group)
    ]
    wanted = [(group.group, question.question) for group, question in questions]
    cut = {} if criterion is None else cut_pictures(store, trail, wanted, report, marks_alone=True)
    paper = ExplanationPaper(
        make_about(campaign, quotas, day_of(now)),
        f"{trail.points.name} ({agency})",
        _subject(campaign, trail, criterion),
        () if asked is None else tuple(_lead(asked)),
        tuple(explanation.sections(count_left_out(trail, set(wanted)))),
    )
    typeface = find_office_typeface(campaign.settings.typeface, campaign.fonts)
    with setting_in(typeface), unfinished_file(out) as unfinished:
        pages = write_explanation(unfinished, paper)
        for mark_mm, most in _TRIES if cut else ():
            marks = tuple(_show_marks(campaign, trail, group, one, cut, most) for group, one in questions)
            paper = replace(paper, marks=marks, mark_mm=mark_mm)
            pages = write_explanation(unfinished, paper)
            if pages <= _PAGES:
                break
    shown = sum(len(level.pictures) for one in paper.marks for level in one.levels)
    return Explained(pages, shown, len(cut))


def make_explanation(
    folder: Path, url: str, campaign: Campaign, agency: str, criterion: str | None, petition: int | None
) -> bytes:
    """The paper as bytes, for a process of its own that opens the store itself; raises as explain_points."""
    store = open_store(folder, campaign.settings, url)
    try:
        with TemporaryDirectory(prefix="phieu-") as made:
            explain_points(store, campaign, agency, criterion, Path(made) / "explanation.pdf", petition)
            return (Path(made) / "explanation.pdf").read_bytes()
    finally:
        store.close()


def count_left_out(trail: Trail, shown: Collection[tuple[str, str]]) -> dict[str, int]:
    """How many sheets did not count, and how many answers of those that did, by reason; nothing of any single one.

    `shown`: the questions, by group, whose answers are not hidden: what a few skipped tells what they said before it.
    """
    sheets = Counter(one.state for one in trail.left_out)
    asked = set(trail.asked()) & set(shown)
    answers = Counter(
        said.state
        for one in trail.sheets
        for question, said in one.said.items()
        if (one.sheet.group, question) in asked and not said.is_counted
    )
    found = {reason: sheets[reason] for reason in _REASONS if sheets[reason]}
    return found | ({"short": len(trail.short)} if trail.short else {}) | dict(sorted(answers.items()))


def _get_petition(store: Store, number: int, agency: str, criterion: str | None) -> Petition:
    found = get_petition(store, number)
    if found.agency != agency or found.criterion not in ((TOTAL,) if criterion is None else (criterion, TOTAL)):
        fields = {"number": number, "agency": found.agency, "criterion": found.criterion}
        raise _wrong("--petition", "petition_other", **fields)
    return found


def _name_all(campaign: Campaign, trail: Trail) -> Asked:
    questions = {
        (group.code, one.code): one.text
        for group in campaign.settings.groups
        for one in campaign.get_questionnaire(group.code).questions()
    }
    block = next(one.name for one in campaign.settings.blocks if one.code == trail.points.block)
    return Asked(block, {one.code: one.name for one in campaign.settings.groups}, questions)


def _subject(campaign: Campaign, trail: Trail, criterion: str | None) -> str:
    if criterion is None:
        return campaign.settings.name
    names = {one.criterion: one.name for one in trail.points.criteria}
    return text("explain.subject", "vi", code=criterion, name=names[criterion], campaign=campaign.settings.name)


def _lead(asked: Petition) -> Iterator[str]:
    fields = {"number": asked.number, "letter": asked.letter, "day": show_day(asked.day)}
    yield text("explain.lead", "vi", **fields, asks=asked.asks or "–")
    if asked.decision:
        yield text(f"explain.decision_{asked.decision}", "vi", reply=asked.reply, why=asked.why)


def _show_marks(
    campaign: Campaign, trail: Trail, group: GroupTrail, question: QuestionTrail, cut: Pictures, most: int
) -> QuestionMarks:
    """A question's levels with the pictures that may be shown; a level of several marks is called by all of them."""
    labels = {option.option: option.label for option in question.options} | {"": text("trail.head_blank", "vi")}
    marks = [
        Mark("+".join(said.options), cut.get((one.sheet.id, question.question)))
        for one in trail.of_group(group.group)
        for said in (one.said.get(question.question),)
        if said is not None and said.is_counted
    ]
    chosen = choose_marks(marks, campaign.settings.scoring.show_from, most)
    counts, shown = Counter(mark.level for mark in marks), defaultdict[str, list[bytes]](list)
    for mark in chosen:
        shown[mark.level].append(mark.picture or b"")
    levels = []
    places = {level: place for place, level in enumerate(labels)}
    for level in sorted(shown, key=lambda level: places.get(level, len(places))):
        label = text("explain.level", "vi", label=labels.get(level, level), count=counts[level])
        levels.append(LevelMarks(label, tuple(shown[level])))
    name = campaign.get_group(group.group).name
    words = campaign.get_questionnaire(group.group).get_question(question.question).text
    fields = {"shown": len(chosen), "count": len(marks)}
    said_of = text("explain.shown" if chosen else "explain.shown_none", "vi", **fields)
    boxes = " · ".join(label for code, label in labels.items() if code)
    if chosen:
        said_of += f" {text('explain.boxes', 'vi', labels=boxes)}"
    return QuestionMarks(f"{name}, {question.question}: {words}", said_of, tuple(levels))


def _wrong(where: str, key: str, /, **fields: object) -> InputWrong:
    return InputWrong([Problem(where, text(f"problem.{key}", **fields), text(f"problem.{key}_fix", **fields))])
