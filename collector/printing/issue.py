"""A print run: serials bound to quota cells, one PDF an agency and group, sheets.csv and layout.json.

Printing again gives the same serials; a run that was cut off is printed again, with nothing reserved twice.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection

from collector.files import unfinished_file, write_whole
from collector.printing.folder import Cell, PrintFile, kind_of, load_sheet_list, plan_files, settle_folder
from collector.printing.journal import PrintJournal, hold_folder
from collector.spread import spread
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.layouts import find_printed_family, get_book, get_head, get_snapshot, save_layout
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
from forms.promises import make_head
from forms.questionnaire import Questionnaire
from forms.versions import Versions, find_turn, first_turns, plan_versions
from forms.words import text
from ocr.print_picture import with_print


@dataclass(frozen=True)
class PrintSummary:
    """What a run wrote."""

    sheets: int
    pages: int
    files: int


@dataclass(frozen=True)
class _Chosen:
    """What is to be printed, held as numbers: the sheets themselves are read when their file is written.

    `cells` in the campaign's order, each with the number of its sheets and of their pages; `ordinals` of the sheets
    taken in each, None for all of them.
    """

    conn: Connection
    book: LayoutBook
    cells: Mapping[Cell, tuple[int, int]]
    ordinals: Mapping[Cell, Collection[int]] | None

    @property
    def sheets(self) -> int:
        return sum(sheets for sheets, _ in self.cells.values())

    @property
    def pages(self) -> int:
        return sum(pages for _, pages in self.cells.values())

    def files_of(self, cell: Cell) -> Iterator[PrintFile]:
        return plan_files(_living_sheets(self.conn, cell, self.ordinals), self.book.layouts)


@dataclass(frozen=True)
class _Job:
    out: Path
    file: PrintFile
    title: str
    address: str
    asked: dict[str, tuple[Head, Questionnaire]]  # by layout
    names: dict[str, str]
    fonts: tuple[Path, ...]


def reserve_run(
    store: Store, campaign: Campaign, quotas: Iterable[Quota], random_bits: Callable[[Quota, int], int] | None = None
) -> None:
    """Give every cell its serials, all cells or none; cells that have theirs stay as they are."""
    with store.write() as conn:
        sync_campaign(conn, campaign)
        reserve_run_on(conn, campaign, quotas, random_bits)


def reserve_run_on(
    conn: Connection,
    campaign: Campaign,
    quotas: Iterable[Quota],
    random_bits: Callable[[Quota, int], int] | None = None,
    composed: Composed | None = None,
) -> None:
    """reserve_run inside a transaction of the caller's, which saw the campaign. `composed`: compose_layouts."""
    run = start_print_run(conn, datetime.now(UTC), code_address(campaign.settings.public_address))
    layouts = RunLayouts(conn, campaign, {} if composed is None else composed)
    for quota in quotas:
        bits = None if random_bits is None else _bits_of(random_bits, quota)
        reserve_sheets(conn, campaign, quota, partial(layouts.get, quota), bits, run)


Composed = dict[tuple[str, Head], Layout]  # by questionnaire


def compose_layouts(store: Store, campaign: Campaign, quotas: Iterable[Quota]) -> Composed:
    """The layouts that sheets of these cells will take: made without the store's lock, for which phones would wait."""
    composed: Composed = {}
    with store.read() as conn:
        layouts = RunLayouts(conn, campaign, composed)
        for group, large in {(one.group, large) for one in quotas for large in (False, one.large_print > 0)}:
            layouts.compose(group, large)
    return composed


@dataclass
class RunLayouts:
    """The layouts that new sheets take, each composed and saved with the first sheet that takes it.

    Without a typeface in the settings, a campaign keeps the one of its first run, whatever this machine has.
    """

    conn: Connection
    campaign: Campaign
    composed: Composed = field(default_factory=dict)
    versions: dict[tuple[str, bool, bool], Versions] = field(default_factory=dict)
    turns: dict[str, dict[Cell, tuple[int, int]]] = field(default_factory=dict)
    saved: Composed = field(default_factory=dict)

    def get(self, quota: Quota, ordinal: int) -> Layout:
        """The saved layout of a cell's sheet."""
        asked = self.campaign.get_questionnaire(quota.group)
        if asked.code not in self.turns:
            self.turns[asked.code] = first_turns(self.campaign, asked)
        turn = find_turn(self.turns[asked.code][quota.agency, quota.group], quota, ordinal)
        return self._save(asked, self._versions(quota.group, large=ordinal <= quota.large_print).head(turn))

    def get_training(self, group: str) -> Layout:
        """The saved layout of a group's sheets for practice."""
        return self._save(self.campaign.get_questionnaire(group), self._versions(group, training=True).head(0))

    def compose(self, group: str, large: bool) -> None:
        """Compose every version of a group's sheets and save none."""
        for head in self._versions(group, large=large).heads:
            self._compose(self.campaign.get_questionnaire(group), head)

    def _versions(self, group: str, *, large: bool = False, training: bool = False) -> Versions:
        key = group, large, training
        if key not in self.versions:
            campaign, asked = self.campaign, self.campaign.get_questionnaire(group)
            family = campaign.settings.typeface or find_printed_family(self.conn)
            named = campaign.get_group(group)
            head = make_head(campaign, asked, named, family=family, large=large, training=training)
            self.versions[key] = plan_versions(campaign, asked, head)
        return self.versions[key]

    def _save(self, asked: Questionnaire, head: Head) -> Layout:
        if (asked.code, head) not in self.saved:
            layout = self._compose(asked, head)
            self.saved[asked.code, head] = save_layout(self.conn, self.campaign.settings.id, layout, asked, head)
        return self.saved[asked.code, head]

    def _compose(self, asked: Questionnaire, head: Head) -> Layout:
        if (asked.code, head) not in self.composed:
            self.composed[asked.code, head] = with_print(*make_layout(self.campaign, asked, head))
        return self.composed[asked.code, head]


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


def take_in_turn(sheets: Iterable[tuple[Cell, int, Layout]], limit: int) -> dict[Cell, set[int]]:
    """`limit` sheets, each with its cell, ordinal and layout, in turn over the cells: the ordinals taken in each.

    First one of every questionnaire, then one of every other layout, from as many cells as there are.
    """
    cells: dict[Cell, list[tuple[int, Layout]]] = {}
    firsts: dict[str, dict[Cell, int]] = {}
    kinds: dict[str, dict[Cell, int]] = {}
    for cell, ordinal, layout in sheets:
        cells.setdefault(cell, []).append((ordinal, layout))
        firsts.setdefault(layout.id, {}).setdefault(cell, ordinal)
        kinds.setdefault(kind_of(layout), {}).setdefault(cell, ordinal)
    taken: dict[Cell, dict[int, None]] = {cell: {} for cell in cells}
    order: list[tuple[Cell, int]] = []
    for first in (*kinds.values(), *firsts.values()):
        if not any(ordinal in taken[cell] for cell, ordinal in first.items()):
            cell = min(first, key=lambda cell: len(taken[cell]))
            taken[cell][first[cell]] = None
            order.append((cell, first[cell]))
    order += _others_in_turn(cells, taken)
    chosen: dict[Cell, set[int]] = {}
    for cell, ordinal in order[:limit]:
        chosen.setdefault(cell, set()).add(ordinal)
    return {cell: chosen[cell] for cell in cells if cell in chosen}


def _others_in_turn(
    cells: Mapping[Cell, list[tuple[int, Layout]]], taken: Mapping[Cell, Collection[int]]
) -> list[tuple[Cell, int]]:
    """The sheets that are not taken yet: the first of each cell, then the second, layouts in turn."""
    turns: Counter[str] = Counter()
    ranked: list[tuple[int, int, Cell, int]] = []
    for cell, sheets in cells.items():
        others = [(ordinal, layout) for ordinal, layout in sheets if ordinal not in taken[cell]]
        turn = turns[others[0][1].id] if others else 0
        ranked += [(place, turn, cell, ordinal) for place, (ordinal, _) in enumerate(others, len(taken[cell]))]
        turns.update([layout.id for _, layout in others[:1]])
    ranked.sort(key=lambda entry: entry[:2])
    return [(cell, ordinal) for _, _, cell, ordinal in ranked]


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
        for pages in _write_files(_list_jobs(campaign, out, chosen), min(jobs, len(chosen.cells) or 1), journal):
            done, files = done + pages, files + 1
            report(done, chosen.pages)
        write_whole(out / "layout.json", dump_layouts(chosen.book).encode())
        settle_folder(out, list_cells(conn), chosen.cells, chosen.files_of, partial(known_serials, conn))
    return PrintSummary(chosen.sheets, done, files)


def _choose_sheets(conn: Connection, campaign: Campaign, quotas: Collection[Quota], limit: int | None) -> _Chosen:
    wanted = {(quota.agency, quota.group) for quota in quotas}
    cells = [cell for cell in list_cells(conn) if cell in wanted]
    book = get_book(conn, campaign.settings.id, code_address(campaign.settings.public_address))
    layouts, ordinals = book.layouts, None
    if limit is not None:
        living = (sheet for cell in cells for sheet in _living_sheets(conn, cell))
        ordinals = take_in_turn(
            (((sheet.agency, sheet.group), sheet.ordinal, layouts[sheet.layout]) for sheet in living), limit
        )
        cells = list(ordinals)
    sizes = {}
    for cell in cells:
        counted = Counter(sheet.layout for sheet in _living_sheets(conn, cell, ordinals))
        pages = sum(count * len(layouts[layout].pages) for layout, count in counted.items())
        sizes[cell] = counted.total(), pages
    return _Chosen(conn, book, {cell: size for cell, size in sizes.items() if size[0]}, ordinals)


def _living_sheets(
    conn: Connection, cell: Cell, ordinals: Mapping[Cell, Collection[int]] | None = None
) -> Iterator[Sheet]:
    for sheet in stream_sheets(conn, *cell):
        if sheet.state != "void" and (ordinals is None or sheet.ordinal in ordinals[cell]):
            yield sheet


def _list_jobs(campaign: Campaign, out: Path, chosen: _Chosen) -> Iterator[_Job]:
    names = {agency.code: agency.name for agency in campaign.agencies}
    title, address, fonts = campaign.settings.name, chosen.book.addresses[0], campaign.fonts
    asked = cache(lambda layout: (get_head(chosen.conn, layout), get_snapshot(chosen.conn, layout)[1]))
    for cell in chosen.cells:
        for file in chosen.files_of(cell):
            snapshots = {layout.id: asked(layout.id) for layout in file.layouts}
            yield _Job(out, file, title, address, snapshots, names, fonts)


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
def _plan(head: Head, asked_json: str, layout: str, fonts: tuple[Path, ...]) -> Plan:
    # JSON, because models that hold tables cannot be hashed
    asked = Questionnaire.model_validate_json(asked_json)
    plan = compose(head, asked, fonts)
    if plan_id(plan, head, asked) != layout:
        raise WorkFailed(text("print.layout_gone", layout=layout))
    return plan


def _write_file(job: _Job) -> int:
    plans = {
        layout: _plan(head, asked.model_dump_json(by_alias=True), layout, job.fonts)
        for layout, (head, asked) in job.asked.items()
    }
    first = job.file.layouts[0].id
    tongue = job.asked[first][0].tongue
    with unfinished_file(job.out / job.file.path) as unfinished:
        writer = SheetWriter(unfinished, plans[first], job.address, tongue, job.title)
        for sheet in job.file.sheets:
            writer.turn_to(plans[sheet.layout])
            writer.add(PrintedSheet(sheet.serial, sheet.number, job.names[sheet.agency], sheet.is_reserve))
        writer.close()
    return writer.pages
