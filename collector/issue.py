"""A print run: serials bound to quota cells, one PDF an agency and group, sheets.csv and layout.json.

Printing again gives the same serials; a run that was cut off is printed again, with nothing reserved twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection

from collector.files import unfinished_file, write_whole
from collector.print_folder import PrintFile, load_sheet_list, plan_files, settle_folder
from collector.spread import spread
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.layouts import find_printed_family, get_book, get_head, get_snapshot, save_layout
from collector.store.sheets import Sheet, list_sheets, reserve_sheets, start_print_run
from forms.campaign import Campaign, Head, Quota
from forms.code import code_address
from forms.compose import Plan, compose, make_layout, plan_id
from forms.errors import InputWrong, Problem, WorkFailed
from forms.layout import Layout, dump_layouts
from forms.pdf import PrintedSheet, SheetWriter
from forms.promises import make_head
from forms.questionnaire import Questionnaire
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
    head: Head
    asked: Questionnaire
    names: dict[str, str]
    fonts: tuple[Path, ...]


def reserve_run(
    store: Store, campaign: Campaign, quotas: Iterable[Quota], random_bits: Callable[[Quota, int], int] | None = None
) -> None:
    """Give every cell its serials, all cells or none; cells that have theirs stay as they are."""
    with store.write() as conn:
        sync_campaign(conn, campaign)
        run = start_print_run(conn, datetime.now(UTC), code_address(campaign.settings.public_address))
        layouts = RunLayouts(conn, campaign)
        for quota in quotas:
            bits = None if random_bits is None else _bits_of(random_bits, quota)
            large = layouts.get(quota.group, large=True) if quota.large_print else None
            reserve_sheets(conn, campaign, quota, layouts.get(quota.group), bits, run, large)


@dataclass
class RunLayouts:
    """The layouts of one run, composed and saved when first asked for.

    Without a typeface in the settings, a campaign keeps the one of its first run, whatever this machine has.
    """

    conn: Connection
    campaign: Campaign
    known: dict[tuple[str, bool, bool], Layout] = field(default_factory=dict)

    def get(self, group: str, *, large: bool = False, training: bool = False) -> Layout:
        """The layout of a group's sheets, of those in large print or for training, with its number."""
        key = group, large, training
        if key not in self.known:
            campaign, asked = self.campaign, self.campaign.get_questionnaire(group)
            family = campaign.settings.typeface or find_printed_family(self.conn)
            named = campaign.get_group(group)
            head = make_head(campaign, asked, named, family=family, large=large, training=training)
            layout, _ = make_layout(campaign, asked, head)
            self.known[key] = save_layout(self.conn, campaign.settings.id, layout, asked, head)
        return self.known[key]


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
    """`limit` sheets in turn over the cells, layouts in turn first, so that every layout is among them."""
    cells = [list(cell) for _, cell in groupby(sheets, lambda sheet: (sheet.agency, sheet.group, sheet.layout))]
    by_layout: dict[str, int] = {}
    ranked: list[tuple[int, int, Sheet]] = []
    for cell in cells:
        turn = by_layout[cell[0].layout] = by_layout.get(cell[0].layout, -1) + 1
        ranked += [(place, turn, sheet) for place, sheet in enumerate(cell)]
    ranked.sort(key=lambda entry: entry[:2])
    chosen = {sheet.serial for _, _, sheet in ranked[:limit]}
    return [sheet for sheet in sheets if sheet.serial in chosen]


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
    total = sum(len(file.sheets) * len(file.layout.pages) for file in files)
    names = {agency.code: agency.name for agency in campaign.agencies}
    title = campaign.settings.name
    todo = [_Job(out, file, title, address, *asked[file.layout.id], names, campaign.fonts) for file in files]
    done = 0
    for pages in spread(_write_file, todo, min(jobs, len(todo) or 1)):
        done += pages
        report(done, total)
    write_whole(out / "layout.json", dump_layouts(book).encode())
    settle_folder(out, files, cells, [sheet.serial for sheet in known])
    return PrintSummary(len(sheets), total, len(files))


@cache
def _plan(head: Head, asked_json: str, layout: str, fonts: tuple[Path, ...]) -> Plan:
    # JSON, because models that hold tables cannot be hashed
    asked = Questionnaire.model_validate_json(asked_json)
    plan = compose(head, asked, fonts)
    if plan_id(plan, head, asked) != layout:
        raise WorkFailed(text("print.layout_gone", layout=layout))
    return plan


def _write_file(job: _Job) -> int:
    plan = _plan(job.head, job.asked.model_dump_json(by_alias=True), job.file.layout.id, job.fonts)
    with unfinished_file(job.out / job.file.path) as unfinished:
        writer = SheetWriter(unfinished, plan, job.address, job.head.tongue, job.title, training=job.head.training)
        for sheet in job.file.sheets:
            writer.add(PrintedSheet(sheet.serial, sheet.number, job.names[sheet.agency], sheet.is_reserve))
        writer.close()
    return writer.pages
