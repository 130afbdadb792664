"""Scores on screen, from the table of agencies down to the picture of a mark; the paper for an agency; a draw; signs.

Whoever works at a rated agency sees nothing of that agency here.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, current_app, render_template, request, send_file
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from aggregation.quality import FALSE_SHARE
from aggregation.quality_page import quality_page
from aggregation.trail import CriterionTrail, GroupTrail, QuestionTrail
from aggregation.trail_page import show_exact_number
from collector.editions.petitions import find_survey_criterion
from collector.imports.parts import find_under_way
from collector.store.editions import EDITIONS, Petition, find_edition, list_petitions
from collector.store.events import Filter, find_events
from collector.store.layouts import get_snapshot
from collector.store.trail import find_counted_page
from collector.trail.draw import DrawnPage, draw_pages
from collector.trail.loading import Trail, check_codes, load_trail
from collector.trail.words import say_left_out
from collector.web import statuses
from collector.web.access import console_language, get_person, staff_only
from collector.web.evidence import PictureFailed, RowPicture
from collector.web.numbers import show_moment
from collector.web.pictures import send_picture
from collector.web.score_shelf import ScoreShelf
from collector.web.score_views import (
    call_questions,
    view_blocks,
    view_criteria,
    view_flags,
    view_frozen,
    view_sheets,
)
from collector.web.site import KEY, asked_number, site, utc_now
from forms.draw import clean_seed
from forms.errors import InputWrong

scores = Blueprint("scores", __name__, url_prefix="/quan-ly/diem")
scores.before_request(staff_only)

_SHELF = "phieu.scores"
_SHEETS = 60  # on one screen
_MOST_DRAWN = 200
_AGENCIES = 300
_MOST_LINES = 300  # of sheets that do not count


@scores.record_once
def _put_up_shelf(state: BlueprintSetupState) -> None:
    state.app.extensions[_SHELF] = ScoreShelf()


def _shelf() -> ScoreShelf:
    found = current_app.extensions[_SHELF]
    assert isinstance(found, ScoreShelf)
    return found


@scores.get("/")
def show() -> ResponseReturnValue:
    """Every agency: points, interval, rank, rank interval, grade; which edition there is."""
    moment, found = _shelf().get_scores(site().store, site().campaign, utc_now())
    with site().store.read() as conn:
        frozen = [view_frozen(line) for line in find_events(conn, Filter(action="freeze"), limit=1)]
        coming_in = find_under_way(conn, console_language())
        editions = [code for code in EDITIONS if find_edition(conn, code) is not None]
    blocks = view_blocks(site().campaign, found, console_language())
    is_large = sum(len(block.lines) for block in blocks) > _AGENCIES
    chosen = next((block for block in blocks if block.code == request.args.get("block")), blocks[0])
    start = max(0, (asked_number("page") or 1) - 1) * _AGENCIES
    return render_template(
        "console/scores.html",
        blocks=[replace(chosen, lines=chosen.lines[start : start + _AGENCIES])] if is_large else blocks,
        tabs=blocks if is_large else (),
        chosen=chosen.code,
        page=start // _AGENCIES + 1,
        pages=-(-len(chosen.lines) // _AGENCIES) if is_large else 1,
        moment=show_moment(moment),
        coming_in=coming_in,
        frozen=frozen[0] if frozen else None,
        edition=editions[-1].replace("-", "_") if editions else "",
        has_unranked=any(line.rank == "–" for block in blocks for line in block.lines),
    )


@scores.get("/dau-hieu")
def quality() -> ResponseReturnValue:
    """The signs of quality, each beside what chance alone gives, and the flagged cells."""
    moment, (found, tables) = _shelf().get_quality(site().store, site().campaign, utc_now())
    lang = console_language()
    return render_template(
        "console/quality.html",
        page=quality_page(found, tables, lang),
        flags=list(view_flags(site().campaign, found, FALSE_SHARE, lang)),
        moment=show_moment(moment),
    )


@scores.get("/<agency>/")
def agency(agency: str) -> ResponseReturnValue:
    """One agency: its criteria, what was left out, petitions, papers."""
    trail = _get_trail(agency)
    _, found = _shelf().get_scores(site().store, site().campaign, utc_now())
    lang = console_language()
    return render_template(
        "console/score_agency.html",
        trail=trail,
        lines=view_criteria(trail, found, lang),
        left_out=[say_left_out(one, lang) for one in trail.left_out],
        most=_MOST_LINES,
        petitions=_list_petitions(agency),
        number=_number,
    )


@scores.get("/<agency>/rut")
def draw(agency: str) -> ResponseReturnValue:
    """An inspector's draw of counted paper sheets, to be laid beside the paper."""
    trail, seed = _get_trail(agency), clean_seed(request.args.get("seed", ""))
    size = min(asked_number("n") or 0, _MOST_DRAWN)
    drawn: list[DrawnPage] = draw_pages(trail, seed, size, in_words=True) if seed and size else []
    fields = {"trail": trail, "seed": seed, "size": size or 20, "drawn": drawn, "most": _MOST_DRAWN}
    return render_template("console/score_draw.html", **fields, moment=show_moment(utc_now()))


@scores.get("/<agency>/giai-trinh.pdf")
def paper(agency: str) -> ResponseReturnValue:
    """The account for the agency, of ?criterion= and in reply to ?petition= where they are given."""
    trail = _get_trail(agency)
    criterion, petition = request.args.get("criterion"), asked_number("petition")
    if criterion is not None and criterion not in {one.criterion for one in trail.points.criteria}:
        abort(statuses.NOT_FOUND)
    asked = {one.number: about for one, about in _list_petitions(agency)}
    if petition is not None and (petition not in asked or asked[petition] != criterion):
        abort(statuses.NOT_FOUND)
    store = site().store
    given = store.folder, store.url, site().campaign, agency, criterion, petition
    try:
        content = site().evidence.make_paper(_explain, *given)
    except PictureFailed:
        abort(statuses.UNAVAILABLE)
    name = "-".join(part for part in ("giai-trinh", agency, criterion) if part)
    return send_file(io.BytesIO(content), "application/pdf", as_attachment=True, download_name=f"{name}.pdf")


@scores.get("/<agency>/<criterion>")
def criterion(agency: str, criterion: str) -> ResponseReturnValue:
    """One criterion: groups, questions, counts, and the sheets of the question that is asked for."""
    trail = _get_trail(agency, criterion)
    one = trail.points.criteria[0]
    group, question = _asked_question(one)
    lang = console_language()
    sheets = view_sheets(trail, group.group, question, lang)
    start = max(0, (asked_number("page") or 1) - 1) * _SHEETS
    settings = site().campaign.settings
    return render_template(
        "console/score_criterion.html",
        trail=trail,
        criterion=one,
        group=group,
        question=question,
        words=site().campaign.get_questionnaire(group.group).get_question(question.question).text,
        groups={each.code: each.name for each in settings.groups},
        called=call_questions(trail, site().campaign, one, lang),
        sheets=sheets[start : start + _SHEETS],
        count_all=len(sheets),
        page=start // _SHEETS + 1,
        pages=max(1, -(-len(sheets) // _SHEETS)),
        number=_number,
    )


@scores.get(f"/<agency>/hinh/<{KEY}:page_id>/<question>.png")
def picture(agency: str, page_id: int, question: str) -> ResponseReturnValue:
    """The row of a counted answer about the agency."""
    if get_person().works_at(agency):
        abort(statuses.FORBIDDEN)
    with site().store.read() as conn:
        found = find_counted_page(conn, page_id)
        if found is None or found[1].transform is None:
            abort(statuses.NOT_FOUND)
        sheet, page = found
        layout, _ = get_snapshot(conn, sheet.layout)
    row = None if site().campaign.get_questionnaire(sheet.group).block is None else agency
    drawn = next((one for one in layout.pages if one.page == page.sheet_page), None)
    is_there = drawn is not None and any((box.question, box.row) == (question, row) for box in drawn.boxes)
    if drawn is None or not is_there or (row is None and sheet.agency != agency):
        abort(statuses.NOT_FOUND)
    original, transform = site().store.scan_path(page.sha256), found[1].transform
    return send_picture(RowPicture(original, page.sha256, page.image, transform, sheet.layout, drawn, question, row))


def _explain(*given: Any) -> bytes:
    """Runs in the worker, which alone pays for the image libraries."""
    from collector.trail.explaining import make_explanation

    return make_explanation(*given)


def _get_trail(agency: str, criterion: str | None = None) -> Trail:
    """The trail; forbidden to whoever works there, not found for codes that are none."""
    if get_person().works_at(agency):
        abort(statuses.FORBIDDEN)
    try:
        check_codes(site().campaign, agency, criterion)
    except InputWrong:
        abort(statuses.NOT_FOUND)
    return load_trail(site().store, site().campaign, agency, criterion)


def _asked_question(one: CriterionTrail) -> tuple[GroupTrail, QuestionTrail]:
    wanted = request.args.get("group"), request.args.get("question")
    both = [(group, question) for group in one.groups for question in group.questions]
    if not both:
        abort(statuses.NOT_FOUND)
    return next((pair for pair in both if (pair[0].group, pair[1].question) == wanted), both[0])


def _list_petitions(agency: str) -> list[tuple[Petition, str | None]]:
    """The agency's petitions about survey points, each with the criterion that it is about (None: the total)."""
    with site().store.read() as conn:
        known = [one for one in list_petitions(conn) if one.agency == agency]
    found = []
    for one in known:
        try:
            found.append((one, find_survey_criterion(site().campaign, one)))
        except InputWrong:
            continue
    return found


def _number(value: object, places: int = 4) -> str:
    return show_exact_number(value, places, console_language())  # type: ignore[arg-type]  # what a template shows
