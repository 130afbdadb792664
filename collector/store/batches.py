"""What scan files came to: their pages by kind, sheets with pages missing, and sheets of their cells still to come."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from collector.store.doubts import IN_QUEUE
from collector.store.scans import BLANK, PageStatus, TakenFile, stack_of_page
from collector.store.schema import agency as agencies
from collector.store.schema import cell, respondent_group
from collector.store.schema import doubt as doubts
from collector.store.schema import page as pages
from collector.store.schema import response as responses
from collector.store.schema import scan_file as files
from collector.store.schema import sheet as sheets
from collector.store.sheet_cells import CELL_NAMES
from collector.store.shown import call_sheet, shown_number
from collector.store.steps import in_parts
from collector.store.traces import is_scanned


@dataclass
class FileAccount:
    """What the pages of a file came to. `blank` counts empty pages, which are not among the foreign ones; `doubtful`
    the pages with marks that a person has yet to decide; `stacks` are those whose covers lie in the file.
    """

    file: TakenFile
    pages: Counter[PageStatus] = field(default_factory=Counter)
    blank: int = 0
    doubtful: int = 0
    stacks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PagePlace:
    """Where the paper of a scanned page lies: the stack of its cover, None without one, and the image that shows it."""

    stack: str | None
    file_name: str
    image: int


@dataclass(frozen=True)
class Lacking:
    """A copy of a sheet of which only some pages came in: its name, its layout's key, the pages that are there.

    `name`: what a sheet is called beside the place of its paper.
    """

    name: str
    layout: int
    there: dict[int, PagePlace]


@dataclass(frozen=True)
class ToCome:
    """Sheets of a cell that were to come on paper and did not, by number."""

    agency: str
    agency_name: str
    group: str
    group_name: str
    numbers: tuple[str, ...]


def list_days(conn: Connection) -> list[tuple[datetime.date, int]]:
    """The days on which scan files came in, and how many did; the latest first."""
    query = select(files.c.first_day, func.count().label("files")).group_by(files.c.first_day)
    return [(row.first_day, row.files) for row in conn.execute(query.order_by(files.c.first_day.desc()))]


def list_keys(conn: Connection, day: datetime.date) -> list[int]:
    """The scan files that came in on a day, in Viet Nam, in their order."""
    return list(conn.scalars(select(files.c.id).where(files.c.first_day == day).order_by(files.c.id)))


def account_files(conn: Connection, keys: Sequence[int]) -> list[FileAccount]:
    """The account of every file, in their order."""
    found: dict[int, FileAccount] = {}
    for part in in_parts(keys):
        for row in conn.execute(select(files).where(files.c.id.in_(part)).order_by(files.c.id)):
            found[row.id] = FileAccount(TakenFile(**row._mapping))
        kinds = select(pages.c.scan_file, pages.c.status, pages.c.reason, func.count().label("number"))
        kinds = kinds.where(pages.c.scan_file.in_(part)).group_by(pages.c.scan_file, pages.c.status, pages.c.reason)
        for row in conn.execute(kinds):
            if (row.status, row.reason) == ("foreign", BLANK):
                found[row.scan_file].blank += row.number
            else:
                found[row.scan_file].pages[row.status] += row.number
        covers = select(pages.c.scan_file, pages.c.stack).where(pages.c.scan_file.in_(part), pages.c.stack.is_not(None))
        for key, stack in conn.execute(covers.order_by(pages.c.scan_file, pages.c.image)):
            found[key].stacks.append(stack)
        waiting = _select_doubtful(pages.c.scan_file, func.count(pages.c.id.distinct()).label("number"))
        for row in conn.execute(waiting.where(pages.c.scan_file.in_(part)).group_by(pages.c.scan_file)):
            found[row.scan_file].doubtful = row.number
    return [found[key] for key in sorted(found)]


def _select_doubtful(*columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).join_from(doubts, pages, pages.c.id == doubts.c.page).join(responses).where(IN_QUEUE)


def find_sheets(conn: Connection, keys: Sequence[int]) -> tuple[set[int], set[int], set[int]]:
    """The sheets with a page in these files: all that were read, those with open doubts, and the cells of all."""
    read: set[int] = set()
    doubtful: set[int] = set()
    cells: set[int] = set()
    for part in in_parts(keys):
        within = pages.c.scan_file.in_(part)
        read |= set(conn.scalars(select(pages.c.sheet).where(within, pages.c.status == "read").distinct()))
        doubtful |= set(conn.scalars(_select_doubtful(pages.c.sheet).where(within).distinct()))
        ours = select(sheets.c.cell).join_from(pages, sheets, sheets.c.id == pages.c.sheet).where(within)
        cells |= set(conn.scalars(ours.distinct()))
    return read, doubtful, cells


def list_lacking(conn: Connection, keys: Sequence[int]) -> list[Lacking]:
    """The copies of which a page of these files waits for others, by name."""
    waiting: set[int] = set()
    for part in in_parts(keys):
        query = select(pages.c.sheet).where(pages.c.scan_file.in_(part), pages.c.status == "waiting")
        waiting |= set(conn.scalars(query.distinct()))
    there: dict[tuple[str, int, int, int], dict[int, PagePlace]] = defaultdict(dict)
    for part in in_parts(sorted(waiting)):
        place = (stack_of_page().label("stack"), files.c.name, pages.c.image)
        own = sheets.c.layout, pages.c.sheet, pages.c.copy, pages.c.sheet_page
        query = select(shown_number(), *CELL_NAMES, *own, *place)
        query = query.join_from(pages, sheets, sheets.c.id == pages.c.sheet)
        query = query.join(files, files.c.id == pages.c.scan_file)
        query = query.join(cell, cell.c.id == sheets.c.cell).join(agencies, agencies.c.id == cell.c.agency)
        query = query.join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        query = query.where(sheets.c.id.in_(part), pages.c.status == "waiting").order_by(pages.c.sheet_page)
        for row in conn.execute(query):
            name = call_sheet(row.number, row.agency, row.group)
            there[name, row.layout, row.sheet, row.copy][row.sheet_page] = PagePlace(row.stack, row.name, row.image)
    return [Lacking(*key[:2], there=there[key]) for key in sorted(there)]


def list_to_come(conn: Connection, cells: set[int]) -> list[ToCome]:
    """Sheets of these cells that were to come on paper and are not scanned.

    Those handed out or brought back; where nobody ever recorded a hand-over in the cell, all its printed originals.
    """
    other = sheets.alias("other")
    recorded = exists().where(other.c.cell == sheets.c.cell, other.c.handover.is_not(None)).correlate(sheets)
    printed = (sheets.c.state == "printed") & ~sheets.c.is_reserve & ~recorded
    query = (
        select(
            agencies.c.code,
            agencies.c.name,
            respondent_group.c.code.label("group"),
            respondent_group.c.name.label("group_name"),
            sheets.c.number,
        )
        .join_from(sheets, cell, cell.c.id == sheets.c.cell)
        .join(agencies, agencies.c.id == cell.c.agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .where(sheets.c.state.in_(("handed_out", "returned")) | printed, ~is_scanned())
        .order_by(agencies.c.position, respondent_group.c.position, sheets.c.ordinal)
    )
    found: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for part in in_parts(sorted(cells)):
        for row in conn.execute(query.where(sheets.c.cell.in_(part))):
            found[row.code, row.name, row.group, row.group_name].append(row.number)
    return [ToCome(*names, numbers=tuple(numbers)) for names, numbers in found.items()]
