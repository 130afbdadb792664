"""A print run: serials bound to quota cells, one PDF an agency and group, sheets.csv and layout.json.

Printing again gives the same serials; a run that was cut off is printed again, with nothing reserved twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection

from collector.files import unfinished_file, write_whole
from collector.print_folder import Cell, PrintFile, load_sheet_list, plan_files, settle_folder
from collector.spread import spread
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.layouts import get_book, get_head, get_snapshot, save_layout
from collector.store.sheets import Sheet, list_sheets, reserve_sheets, start_print_run
from forms.campaign import Campaign, Head, Quota
from forms.code import code_address
from forms.compose import Plan, compose, make_layout, plan_id
from forms.errors import InputWrong, Problem, WorkFailed
from forms.layout import Layout, dump_layouts
from forms.pdf import PrintedSheet, SheetWriter
from forms.questionnaire import Questionnaire
from forms.versions import Versions, find_turn, first_turns, plan_versions
from forms.words import text


@dataclass(frozen=True)
class PrintSummary:
    """What a run wrote."""

    sheets: int
    pages: int
    files: int


@dataclass(frozen=True)
class _Job:
    out: Path
    file: PrintFile
    title: str
    address: str
    asked: dict[str, tuple[Head, Questionnaire]]  # by layout
    names: dict[str, str]


def reserve_run(
    store: Store, campaign: Campaign, quotas: Iterable[Quota], random_bits: Callable[[Quota, int], int] | None = None
) -> None:
    """Give every cell its serials, all cells or none; cells that have theirs stay as they are."""
    with store.write() as conn:
        sync_campaign(conn, campaign)
        run = start_print_run(conn, datetime.now(UTC), code_address(campaign.settings.public_address))
        layouts = _Layouts(conn, campaign)
        for quota in quotas:
            bits = None if random_bits is None else _bits_of(random_bits, quota)
            reserve_sheets(conn, campaign, quota, partial(layouts.get, quota), bits, run)


class _Layouts:
    """The layouts that new sheets take, each drawn and saved with the first sheet that takes it."""

    def __init__(self, conn: Connection, campaign: Campaign) -> None:
        self._conn, self._campaign = conn, campaign
        self._versions: dict[str, tuple[Versions, dict[Cell, tuple[int, int]]]] = {}
        self._saved: dict[tuple[str, Head], Layout] = {}

    def get(self, quota: Quota, ordinal: int) -> Layout:
        """The saved layout of a cell's sheet."""
        campaign, asked = self._campaign, self._campaign.get_questionnaire(quota.group)
        if asked.code not in self._versions:
            self._versions[asked.code] = plan_versions(campaign, asked), first_turns(campaign, asked)
        versions, firsts = self._versions[asked.code]
        head = versions.head(find_turn(firsts[quota.agency, quota.group], quota, ordinal))
        if (asked.code, head) not in self._saved:
            layout, _ = make_layout(campaign, asked, head)
            self._saved[asked.code, head] = save_layout(self._conn, campaign.settings.id, layout, asked, head)
        return self._saved[asked.code, head]


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


def take_in_turn(sheets: list[Sheet], limit: int) -> list[Sheet]:
    """`limit` sheets in turn over the cells, each layout once before all others, from as many cells as there are."""
    by_layout: dict[str, dict[Cell, Sheet]] = {}
    for sheet in sheets:
        by_layout.setdefault(sheet.layout, {}).setdefault((sheet.agency, sheet.group), sheet)
    taken: Counter[Cell] = Counter()
    chosen: dict[str, None] = {}
    for found in by_layout.values():
        cell = min(found, key=lambda cell: taken[cell])
        taken[cell] += 1
        chosen[found[cell].serial] = None
    turns: Counter[str] = Counter()
    ranked: list[tuple[int, int, Sheet]] = []
    for cell, same in groupby(sheets, lambda sheet: (sheet.agency, sheet.group)):
        others = [sheet for sheet in same if sheet.serial not in chosen]
        turn = turns[others[0].layout] if others else 0
        ranked += [(place, turn, sheet) for place, sheet in enumerate(others, taken[cell])]
        turns.update([sheet.layout for sheet in others[:1]])
    ranked.sort(key=lambda entry: entry[:2])
    chosen.update((sheet.serial, None) for _, _, sheet in ranked)
    wanted = set(list(chosen)[:limit])
    return [sheet for sheet in sheets if sheet.serial in wanted]


def print_sheets(
    store: Store,
    campaign: Campaign,
    out: Path,
    quotas: Collection[Quota],
    limit: int | None = None,
    jobs: int = 1,
    report: Callable[[int, int], None] = lambda *_: None,
) -> PrintSummary:
    """Write the PDFs, sheets.csv and layout.json of the given cells; `report` hears of pages done and in all.

    What earlier runs wrote for other cells stays. InputWrong, with nothing written, where OUT holds a sheets.csv that
    is not ours.
    """
    load_sheet_list(out)
    cells = {(quota.agency, quota.group) for quota in quotas}
    with store.read() as conn:
        known = list_sheets(conn)
        sheets = [sheet for sheet in known if (sheet.agency, sheet.group) in cells and sheet.state != "void"]
        if limit is not None:
            sheets = take_in_turn(sheets, limit)
            cells = {(sheet.agency, sheet.group) for sheet in sheets}
        address = code_address(campaign.settings.public_address)
        book = get_book(conn, campaign.settings.id, address)
        used = {sheet.layout for sheet in sheets}
        asked = {layout: (get_head(conn, layout), get_snapshot(conn, layout)[1]) for layout in used}
    files = plan_files(sheets, book.layouts)
    total = sum(file.pages for file in files)
    names = {agency.code: agency.name for agency in campaign.agencies}
    title = campaign.settings.name
    todo = [
        _Job(out, file, title, address, {layout.id: asked[layout.id] for layout in file.layouts}, names)
        for file in files
    ]
    done = 0
    for pages in spread(_write_file, todo, min(jobs, len(todo) or 1)):
        done += pages
        report(done, total)
    write_whole(out / "layout.json", dump_layouts(book).encode())
    settle_folder(out, files, cells, [sheet.serial for sheet in known])
    return PrintSummary(len(sheets), total, len(files))


@cache
def _plan(head: Head, asked_json: str, layout: str) -> Plan:
    # JSON, because models that hold tables cannot be hashed
    asked = Questionnaire.model_validate_json(asked_json)
    plan = compose(head, asked)
    if plan_id(plan, head, asked) != layout:
        raise WorkFailed(text("print.layout_gone", layout=layout))
    return plan


def _write_file(job: _Job) -> int:
    plans = {
        layout: _plan(head, asked.model_dump_json(by_alias=True), layout) for layout, (head, asked) in job.asked.items()
    }
    first = job.file.layouts[0].id
    lang = job.asked[first][0].lang
    with unfinished_file(job.out / job.file.path) as unfinished:
        writer = SheetWriter(unfinished, plans[first], job.address, lang, job.title)
        for sheet in job.file.sheets:
            writer.turn_to(plans[sheet.layout])
            writer.add(PrintedSheet(sheet.serial, sheet.number, job.names[sheet.agency], sheet.is_reserve))
        writer.close()
    return writer.pages
