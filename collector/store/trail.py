"""The sheets behind a score: which response of each counts, and where its pages were scanned."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, exists, select

from collector.store.clock import day_of
from collector.store.counting import is_accepted, is_coming_in
from collector.store.scans import matrix, stack_of_page
from collector.store.schema import agency as agencies
from collector.store.schema import (
    cell,
    movement,
    page,
    recheck_decision,
    recheck_struck,
    respondent_group,
    scan_file,
    sheet_step,
)
from collector.store.schema import layout as layouts
from collector.store.schema import response as responses
from collector.store.schema import sheet as sheets
from collector.store.sheet_cells import CELL_NAMES, SHEET_NAMES, SHEETS_IN_CELLS
from collector.store.steps import in_parts
from forms.response import Channel
from ocr.reading import Matrix


@dataclass(frozen=True)
class CountedSheet:
    """A sheet whose response is accepted; `id` is its key, `agency` the one that it was issued to.

    In an unlinked group (`is_hidden`) nothing may be shown beside an answer that leads to a person: no number, no
    serial, no place among others. Paper is found by where it lies.
    """

    id: int
    serial: str
    number: str
    agency: str
    group: str
    layout: str
    channel: Channel
    linked: bool

    @property
    def is_hidden(self) -> bool:
        """Whether its number and serial stay unsaid."""
        return not self.linked


@dataclass(frozen=True)
class CountedPage:
    """A scanned page of the response that counts; `transform` takes sheet mm to pixels of the image.

    `box`: where its stack was put away, "" where nobody said so."""

    id: int
    sheet: int
    sheet_page: int
    sha256: str
    file_name: str
    image: int
    stack: str | None
    transform: Matrix | None
    box: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A sheet of which an answer came in that does not count, or that was made void; who and why where a person did it.

    `state`: of the response (set_aside, contested, over_quota, held, void), "coming_in" of one that waits for the end
    of its import, "void" of a sheet without one, or "struck" by a recheck's decision. `day` is that of the act, never
    that of an answer.
    """

    number: str
    agency: str
    group: str
    state: str
    who: str = ""
    day: str = ""
    why: str = ""


def list_counted_sheets(conn: Connection, keys: Collection[int]) -> list[CountedSheet]:
    """The sheets, of these, with an accepted response, by cell and number."""
    found = []
    for part in in_parts(keys):
        query = (
            select(
                sheets.c.id,
                *SHEET_NAMES,
                responses.c.channel,
                respondent_group.c.linked,
            )
            .select_from(SHEETS_IN_CELLS)
            .join(responses, responses.c.sheet == sheets.c.id)
            .join(layouts, layouts.c.id == sheets.c.layout)
            .where(sheets.c.id.in_(part), is_accepted())
        )
        found += [CountedSheet(**row._mapping) for row in conn.execute(query)]
    return sorted(found, key=lambda one: (one.group, one.number))


def list_counted_pages(conn: Connection, keys: Collection[int]) -> list[CountedPage]:
    """The pages of the accepted response of these sheets, file by file; answers that are not on paper have none."""
    found = []
    for part in in_parts(keys):
        query = (
            select(
                page.c.id,
                page.c.sheet,
                page.c.sheet_page,
                scan_file.c.sha256,
                scan_file.c.name.label("file_name"),
                page.c.image,
                stack_of_page().label("stack"),
                page.c.transform,
            )
            .join_from(page, responses, and_(responses.c.sheet == page.c.sheet, responses.c.copy == page.c.copy))
            .join(scan_file, scan_file.c.id == page.c.scan_file)
            .where(page.c.sheet.in_(part), page.c.duplicate_of.is_(None), is_accepted())
        )
        found += [CountedPage(**{**row._mapping, "transform": matrix(row.transform)}) for row in conn.execute(query)]
    return sorted(found, key=lambda one: (one.sha256, one.image))


def find_counted_page(conn: Connection, page_id: int) -> tuple[CountedSheet, CountedPage] | None:
    """A page of an accepted response by its key, with its sheet."""
    key = conn.execute(select(page.c.sheet).where(page.c.id == page_id)).scalar_one_or_none()
    if key is None:
        return None
    sheet = next(iter(list_counted_sheets(conn, [key])), None)
    found = next((one for one in list_counted_pages(conn, [key]) if one.id == page_id), None)
    return None if sheet is None or found is None else (sheet, found)


def list_left_out(conn: Connection, agency: str, groups: Collection[str]) -> list[LeftOut]:
    """Sheets of an agency's own cells, and of groups that rate its block, whose answers do not count; by number."""
    chosen = select(cell.c.id).join_from(cell, agencies, agencies.c.id == cell.c.agency).join(respondent_group)
    chosen = chosen.where((agencies.c.code == agency) | respondent_group.c.code.in_(groups))
    about = sheets.c.cell.in_(chosen.correlate(None))  # by keys: no other agency's sheets are looked at
    voided = and_(sheet_step.c.sheet == sheets.c.id, sheet_step.c.after == "void", sheet_step.c.before != "void")
    accepting = responses.alias("accepting")
    accepted = exists().where(accepting.c.sheet == sheets.c.id, is_accepted(accepting))
    coming = is_coming_in() & (responses.c.state == "accepted")
    query = (
        select(
            sheets.c.number,
            *CELL_NAMES,
            case((coming, "coming_in"), else_=responses.c.state).label("state"),
            movement.c.who,
            movement.c.day,
            movement.c.note.label("why"),
        )
        .select_from(SHEETS_IN_CELLS)
        .outerjoin(responses, responses.c.sheet == sheets.c.id)
        .outerjoin(sheet_step, voided)
        .outerjoin(movement, movement.c.id == sheet_step.c.movement)
        .where(about, ~accepted, (sheets.c.state == "void") | responses.c.id.is_not(None))
    )
    found = set(_struck(conn, about)) | {
        LeftOut(
            row.number,
            row.agency,
            row.group,
            row.state or "void",
            row.who or "",
            row.day.isoformat() if row.day else "",
            row.why or "",
        )
        for row in conn.execute(query)
    }
    return sorted(found, key=lambda one: (one.agency, one.group, one.number, one.state))


def _struck(conn: Connection, about: ColumnElement[bool]) -> Iterator[LeftOut]:
    """Accepted sheets that a decision which holds strikes."""
    undone = select(recheck_decision.c.undoes).where(recheck_decision.c.undoes.is_not(None))
    query = (
        select(
            sheets.c.number,
            *CELL_NAMES,
            recheck_decision.c.who,
            recheck_decision.c.at,
            recheck_decision.c.why,
        )
        .select_from(SHEETS_IN_CELLS)
        .join(recheck_struck, recheck_struck.c.sheet == sheets.c.id)
        .join(recheck_decision, recheck_decision.c.id == recheck_struck.c.recheck_decision)
        .join(responses, responses.c.sheet == sheets.c.id)
        .where(about, is_accepted(), recheck_decision.c.id.not_in(undone))
    )
    for row in conn.execute(query):
        yield LeftOut(
            row.number,
            row.agency,
            row.group,
            "struck",
            row.who,
            day_of(row.at.replace(tzinfo=datetime.UTC)).isoformat(),
            row.why,
        )
