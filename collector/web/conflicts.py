"""Sheets answered twice, differently: both sides beside each other, and a person's decision with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from collector.review.deciding import Conflict, Keep, count_conflicts, decide_conflict, get_conflict, list_conflicts
from collector.store.layouts import get_snapshot
from collector.store.scans import Page, list_pages_of_response
from collector.store.signing import find_waiting
from collector.store.whereabouts import list_whereabouts
from collector.web import statuses
from collector.web.access import console_language, find_typed, get_person, staff_only
from collector.web.drafts import OF
from collector.web.pictures import is_about_workplace
from collector.web.site import RANDOM_KEY, agency_name, asked_code, asked_number, site, utc_now
from forms.errors import InputWrong
from forms.geometry import PAGE_W_MM
from forms.layout import Layout, question_rect
from forms.questionnaire import Questionnaire
from forms.response import Answer, is_answered
from forms.words import text

conflicts = Blueprint("conflicts", __name__, url_prefix="/quan-ly/phieu-trung")
conflicts.before_request(staff_only)

_A_PAGE = 20
_KEEPS: dict[str, Keep] = {"first": "first", "second": "second", "neither": "neither"}


@dataclass(frozen=True)
class Line:
    """One question of a sheet and what each side says to it; `seen`: the sides whose paper shows it."""

    number: int
    question: str
    row_name: str
    first: str
    second: str
    code: str = ""
    row: str | None = None
    seen: frozenset[str] = frozenset()
    starts_right: bool = False

    @property
    def differs(self) -> bool:
        """Whether the sides differ."""
        return self.first != self.second


@dataclass(frozen=True)
class ConflictView:
    """A conflict as the screen shows it; `is_own`: it concerns the person's own workplace, others decide it.

    `waits`: it was decided, and waits for a second signature. `places`: side -> where each page of its paper lies.
    """

    conflict: Conflict
    agency: str
    group: str
    lines: tuple[Line, ...]
    is_own: bool
    waits: bool
    places: dict[str, list[str]]


@conflicts.get("/")
def show() -> ResponseReturnValue:
    """The open conflicts."""
    return _show()


@conflicts.post(f"/<{RANDOM_KEY}:conflict_id>")
def decide(conflict_id: int) -> ResponseReturnValue:
    """Keep the first, the second or neither, for a reason."""
    lang, keep, why = console_language(), _KEEPS.get(request.form.get("keep", "")), request.form.get("why", "").strip()
    with site().store.read() as conn:
        found = get_conflict(conn, conflict_id)
    if is_about_workplace(found):
        abort(statuses.FORBIDDEN)
    if keep is None or not why:
        return _show(conflict_id, text("console.conflict_incomplete", lang)), statuses.UNPROCESSABLE
    try:
        decide_conflict(site().store, conflict_id, keep, get_person().name, why, utc_now())
    except InputWrong as wrong:
        fault = "; ".join(problem.what for problem in wrong.problems)  # where: a serial, which no screen shows
        return _show(conflict_id, f"{found.name}: {fault}"), statuses.UNPROCESSABLE
    with site().store.read() as conn:
        waits = find_waiting(conn, conflict=conflict_id)
    asked = text("sign.waiting", lang, number=waits)
    flash(asked if waits is not None else text(f"console.kept_{keep}", lang, number=found.name))
    return redirect(url_for(".show", **_narrowed()), statuses.SEE_OTHER)


def _narrowed() -> dict[str, Any]:
    agency, start = asked_code("agency", site().campaign.agencies), asked_number("start")
    return {name: value for name, value in (("agency", agency), ("start", start)) if value}


def _show(fault_at: int | None = None, fault: str = "") -> str:
    agency = asked_code("agency", site().campaign.agencies)
    with site().store.read() as conn:
        number = count_conflicts(conn, agency or None)
        start = min(asked_number("start") or 0, max(0, number - 1) // _A_PAGE * _A_PAGE)
        views = [_view(conn, known) for known in list_conflicts(conn, agency or None, limit=_A_PAGE, offset=start)]
    typed = find_typed()
    return render_template(
        "console/conflicts.html",
        views=views,
        number=number,
        start=start,
        a_page=_A_PAGE,
        narrowed=_narrowed(),
        scope_agency=agency_name(site().campaign, agency) if agency else "",
        # One that a colleague has decided is no longer in the list
        fault_at=fault_at if any(view.conflict.id == fault_at for view in views) else None,
        fault=fault,
        typed=typed,
        typed_at=fault_at or typed.get(OF, type=int),
    )


def _view(conn: Connection, conflict: Conflict) -> ConflictView:
    campaign = site().campaign
    layout, questionnaire = get_snapshot(conn, conflict.layout)
    is_own = is_about_workplace(conflict)
    sides = {"first": conflict.first, "second": conflict.second}
    pages = {} if is_own else {name: list_pages_of_response(conn, side.response) for name, side in sides.items()}
    return ConflictView(
        conflict,
        agency_name(campaign, conflict.agency),
        next((group.name for group in campaign.settings.groups if group.code == conflict.group), conflict.group),
        () if is_own else tuple(_lines(layout, questionnaire, conflict, pages)),
        is_own,
        find_waiting(conn, conflict=conflict.id) is not None,
        _say_places(conn, conflict.serial, pages) if any(pages.values()) else {},
    )


def _say_places(conn: Connection, serial: str, pages: Mapping[str, list[Page]]) -> dict[str, list[str]]:
    """Where the paper of each side lies: stack, leaf, file and image, page by page."""
    lang = console_language()
    leaves = {(one.file_name, one.image): one.leaf for one in list_whereabouts(conn, serial)}
    return {
        name: [
            text(
                "console.paper_in_stack" if page.stack else "console.paper_in_file",
                lang,
                page=page.sheet_page,
                stack=page.stack,
                leaf=leaves.get((page.file_name, page.image), 0),
                file=page.file_name,
                image=page.image,
            )
            for page in found
        ]
        for name, found in pages.items()
    }


def _lines(
    layout: Layout, questionnaire: Questionnaire, conflict: Conflict, pages: Mapping[str, list[Page]]
) -> Iterator[Line]:
    sides = [{(one.question, one.row): one for one in side.answers} for side in (conflict.first, conflict.second)]
    rows: dict[str, dict[str | None, None]] = {}
    for code, row in (*sides[0], *sides[1]):
        rows.setdefault(code, {})[row] = None
    for number, question in enumerate(questionnaire.questions(), start=1):
        labels = {level.code: level.label for level in questionnaire.levels(question)}
        for row in rows.get(question.code, {}):
            first, second = (_say(side.get((question.code, row)), labels) for side in sides)
            row_name = agency_name(site().campaign, row) if row is not None else ""
            rects = {page.page: question_rect(page, question.code, row) for page in layout.pages}
            seen = frozenset(name for name, own in pages.items() if any(rects.get(one.sheet_page or 0) for one in own))
            starts_right = any(rect is not None and rect.x > PAGE_W_MM / 2 for rect in rects.values())
            yield Line(number, question.text, row_name, first, second, question.code, row, seen, starts_right)


def _say(answer: Answer | None, labels: dict[str, str]) -> str:
    """What one side says to a question, in words."""
    lang = console_language()
    if answer is None:
        return text("console.answer_missing", lang)
    if not is_answered(answer):
        return text("console.answer_doubtful" if answer.state == "doubtful" else "console.answer_blank", lang, said="")
    said = ", ".join([*(labels.get(code, code) for code in answer.chosen), *filter(None, [answer.value])])
    if answer.state in ("doubtful", "skipped"):
        return text(f"console.answer_{answer.state}", lang, said=said)
    return said
