"""A print run: serials bound to quota cells, one PDF an agency and group, sheets.csv and layout.json.

Printing again gives the same serials; a run that was cut off is printed again, with nothing reserved twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import version
from itertools import chain, groupby, islice
from pathlib import Path

from sqlalchemy import Connection

from collector.files import unfinished_file, write_whole
from collector.print_folder import Cell, PrintFile, load_sheet_list, plan_files, settle_folder
from collector.print_journal import PrintJournal, hold_folder
from collector.spread import spread
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.layouts import get_book, get_head, get_snapshot, save_layout
from collector.store.sheets import (
    Sheet,
    known_serials,
    list_cells,
    reserve_sheets,
    start_print_run,
    stream_sheets,
)
from forms.campaign import Campaign, Head, Quota
from forms.code import code_address
from forms.compose import Plan, compose, make_layout, plan_id
from forms.errors import InputWrong, Problem, WorkFailed
from forms.layout import Layout, LayoutBook, dump_layouts
from forms.pdf import PrintedSheet, SheetWriter
from forms.questionnaire import Questionnaire
from forms.words import text


@dataclass(frozen=True)
class PrintSummary:
    """What a run wrote."""

    sheets: int
    pages: int
    files: int


@dataclass(frozen=True)
class Run:
    """Sheets of a cell that follow each other and have one layout: how many are taken from its beginning."""

    cell: Cell
    layout: str
    sheets: int


@dataclass(frozen=True)
class _Chosen:
    """What is to be printed, held as numbers: the sheets themselves are read when their file is written."""

    conn: Connection
    book: LayoutBook
    runs: Mapping[Cell, tuple[Run, ...]]  # in the campaign's order

    @property
    def sheets(self) -> int:
        return sum(run.sheets for runs in self.runs.values() for run in runs)

    @property
    def pages(self) -> int:
        return sum(run.sheets * len(self.book.layouts[run.layout].pages) for runs in self.runs.values() for run in runs)

    def files_of(self, cell: Cell) -> Iterator[PrintFile]:
        same_layout = groupby(_living_sheets(self.conn, cell), lambda sheet: sheet.layout)
        sheets = (islice(same, run.sheets) for run, (_, same) in zip(self.runs[cell], same_layout, strict=True))
        return plan_files(chain.from_iterable(sheets), self.book.layouts)


@dataclass(frozen=True)
class _Job:
    out: Path
    file: PrintFile
    title: str
    address: str
    head: Head
    asked: Questionnaire
    names: dict[str, str]


def reserve_run(
    store: Store, campaign: Campaign, quotas: Iterable[Quota], random_bits: Callable[[Quota, int], int] | None = None
) -> None:
    """Give every cell its serials, all cells or none; cells that have theirs stay as they are."""
    with store.write() as conn:
        sync_campaign(conn, campaign)
        run = start_print_run(conn, datetime.now(UTC), code_address(campaign.settings.public_address))
        layouts: dict[str, Layout] = {}
        for quota in quotas:
            asked = campaign.get_questionnaire(quota.group)
            if asked.code not in layouts:
                layout, _ = make_layout(campaign, asked)
                head = campaign.settings.head()
                layouts[asked.code] = save_layout(conn, campaign.settings.id, layout, asked, head)
            bits = None if random_bits is None else _bits_of(random_bits, quota)
            reserve_sheets(conn, campaign, quota, layouts[asked.code], bits, run)


def _bits_of(random_bits: Callable[[Quota, int], int], quota: Quota) -> Callable[[int], int]:
    return lambda ordinal: random_bits(quota, ordinal)


def choose_quotas(campaign: Campaign, agencies: Collection[str], groups: Collection[str]) -> list[Quota]:
    """The cells named by --agency and --group (all where none is named); InputWrong with every unknown code."""
    known_agencies = {agency.code for agency in campaign.agencies}
    known_groups = {group.code for group in campaign.settings.groups}
    problems = [
        Problem(f"--agency {code}", text("problem.agency_missing", code=code), text("problem.code_unknown_fix"))
        for code in agencies
        if code not in known_agencies
    ] + [
        Problem(f"--group {code}", text("problem.group_missing", code=code), text("problem.code_unknown_fix"))
        for code in groups
        if code not in known_groups
    ]
    if problems:
        raise InputWrong(problems)
    return [
        quota
        for quota in campaign.quotas
        if (not agencies or quota.agency in agencies) and (not groups or quota.group in groups)
    ]


def take_in_turn(runs: Sequence[Run], limit: int) -> list[int]:
    """How many sheets of each run of one cell and layout make `limit` sheets in turn; layouts take turns first.

    So that every layout is among them.
    """
    by_layout: dict[str, int] = {}
    turns = []
    for run in runs:
        turns.append(by_layout.get(run.layout, 0))
        by_layout[run.layout] = turns[-1] + 1
    taken = [0] * len(runs)
    open_runs = sorted(range(len(runs)), key=turns.__getitem__)
    while limit and open_runs:
        for place in open_runs[:limit]:
            taken[place] += 1
        limit -= min(limit, len(open_runs))
        open_runs = [place for place in open_runs if taken[place] < runs[place].sheets]
    return taken


def print_sheets(
    store: Store,
    campaign: Campaign,
    out: Path,
    quotas: Collection[Quota],
    limit: int | None = None,
    jobs: int = 1,
    report: Callable[[int, int], None] = lambda *_: None,
    say: Callable[[str], None] = lambda _: None,
) -> PrintSummary:
    """Write the PDFs, sheets.csv and layout.json of the given cells; `report` hears of pages done and in all.

    What earlier runs wrote for other cells stays; PDFs that a run which was cut off had finished are not written again.
    `say` hears that another run has the folder, which is waited for. InputWrong, with nothing written, where OUT holds
    a sheets.csv that is not ours.
    """
    with hold_folder(out, lambda: say(text("print.waiting", out=out))) as journal, store.read() as conn:
        load_sheet_list(out)
        chosen = _choose_sheets(conn, campaign, quotas, limit)
        done = files = 0
        for pages in _write_files(_list_jobs(campaign, out, chosen), min(jobs, len(chosen.runs) or 1), journal):
            done, files = done + pages, files + 1
            report(done, chosen.pages)
        write_whole(out / "layout.json", dump_layouts(chosen.book).encode())
        settle_folder(out, list_cells(conn), chosen.runs, chosen.files_of, partial(known_serials, conn))
    return PrintSummary(chosen.sheets, done, files)


def _choose_sheets(conn: Connection, campaign: Campaign, quotas: Collection[Quota], limit: int | None) -> _Chosen:
    wanted = {(quota.agency, quota.group) for quota in quotas}
    cells = [cell for cell in list_cells(conn) if cell in wanted]
    book = get_book(conn, campaign.settings.id, code_address(campaign.settings.public_address))
    runs = [
        Run(cell, layout, sum(1 for _ in same))
        for cell in cells
        for layout, same in groupby(_living_sheets(conn, cell), lambda sheet: sheet.layout)
    ]
    if limit is not None:
        runs = [replace(run, sheets=taken) for run, taken in zip(runs, take_in_turn(runs, limit), strict=True)]
        touched = {run.cell for run in runs if run.sheets}
        runs = [run for run in runs if run.cell in touched]
    by_cell = {cell: tuple(same) for cell, same in groupby(runs, lambda run: run.cell)}
    return _Chosen(conn, book, by_cell)


def _living_sheets(conn: Connection, cell: Cell) -> Iterator[Sheet]:
    return (sheet for sheet in stream_sheets(conn, *cell) if sheet.state != "void")


def _list_jobs(campaign: Campaign, out: Path, chosen: _Chosen) -> Iterator[_Job]:
    names = {agency.code: agency.name for agency in campaign.agencies}
    title, address = campaign.settings.name, chosen.book.addresses[0]
    asked = cache(lambda layout: (get_head(chosen.conn, layout), get_snapshot(chosen.conn, layout)[1]))
    for cell in chosen.runs:
        for file in chosen.files_of(cell):
            yield _Job(out, file, title, address, *asked(file.layout.id), names)


def _write_files(todo: Iterator[_Job], jobs: int, journal: PrintJournal) -> Iterator[int]:
    """The pages of each file, as it stands; what the journal knows as finished stands already."""
    waiting: deque[tuple[_Job, str]] = deque()
    finished: deque[int] = deque()

    def unwritten() -> Iterator[_Job]:
        for job in todo:
            made_of = f"{version('phieu')} {job}"
            if journal.is_finished(job.file.path, made_of):
                finished.append(job.file.pages)
            else:
                waiting.append((job, made_of))
                yield job

    for pages in spread(_write_file, unwritten(), jobs):
        job, made_of = waiting.popleft()
        journal.note_finished(job.file.path, made_of)
        yield pages
    yield from finished


@cache
def _plan(head: Head, asked_json: str, layout: str) -> Plan:
    # JSON, because models that hold tables cannot be hashed
    asked = Questionnaire.model_validate_json(asked_json)
    plan = compose(head, asked)
    if plan_id(plan, head, asked) != layout:
        raise WorkFailed(text("print.layout_gone", layout=layout))
    return plan


def _write_file(job: _Job) -> int:
    plan = _plan(job.head, job.asked.model_dump_json(by_alias=True), job.file.layout.id)
    with unfinished_file(job.out / job.file.path) as unfinished:
        writer = SheetWriter(unfinished, plan, job.address, job.head.lang, job.title)
        for sheet in job.file.sheets:
            writer.add(PrintedSheet(sheet.serial, sheet.number, job.names[sheet.agency], sheet.is_reserve))
        writer.close()
    return writer.pages
