"""The print packs of a print folder: what sheets.csv says lies there, gathered by receiver, and a paper of each kind.

Packs follow the folder, not the run: after a second run for other cells each pack names all that the folder holds for
its receiver. Knows no store; sheets.csv is what the run wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from collector.files import remove_leftovers, unfinished_file
from collector.printing.folder import SheetRow, load_sheet_list
from collector.printing.journal import hold_folder
from collector.spread import spread
from forms.campaign import Campaign
from forms.fonts import find_office_typeface, setting_in
from forms.pack.content import Office, Pack, Share, office_of
from forms.pack.cover import write_cover
from forms.pack.handout import write_handout
from forms.pack.index import PaperKind, write_index
from forms.pack.labels import write_labels
from forms.pack.records import write_handover, write_return
from forms.pack.scanning import write_scanning
from forms.pack.stack_covers import write_stack_covers
from forms.words import text

FOLDER = "ho-so"  # in small letters: no agency's code, so no agency's folder
INDEX = PaperKind("MUC-LUC.pdf", "index_short", "index_one_sided")
SCANNING = PaperKind("cach-quet-phieu.pdf", "scan_short", "index_once")
_WRITERS: dict[PaperKind, Callable[..., int]] = {
    PaperKind("bia.pdf", "cover_short", "index_one_sided"): write_cover,
    PaperKind("bien-ban-giao-nhan.pdf", "handover_short", "index_one_sided"): write_handover,
    PaperKind("bien-ban-thu-phieu.pdf", "return_short", "index_one_sided"): write_return,
    PaperKind("danh-sach-phat-phieu.pdf", "handout_short", "index_one_sided"): write_handout,
    PaperKind("bia-xap.pdf", "stack_short", "index_thick"): write_stack_covers,
    PaperKind("nhan-phong-bi.pdf", "labels_short", "index_labels"): write_labels,
}


@dataclass(frozen=True)
class PackSummary:
    """What was written: receivers, pages of all their papers, PDFs."""

    receivers: int
    pages: int
    files: int


@dataclass(frozen=True)
class _Job:
    folder: Path
    office: Office
    pack: Pack
    typeface: str | None
    fonts: tuple[Path, ...]


def gather_packs(campaign: Campaign, rows: Iterable[SheetRow]) -> list[Pack]:
    """The rows of sheets.csv by receiver: the quota's collector, else the agency; in the order of the rows.

    Cells that are no longer in the campaign go to their agency.
    """
    receivers: dict[str, list[Share]] = {}
    collectors = {(quota.agency, quota.group): quota.collector for quota in campaign.quotas}
    for (agency, group), cell in groupby(rows, lambda row: (row["agency"], row["group"])):
        receiver = collectors.get((agency, group)) or agency
        receivers.setdefault(receiver, []).append(_share(campaign, agency, group, list(cell)))
    names = {agency.code: agency.name for agency in campaign.agencies}
    names |= {collector.code: collector.name for collector in campaign.collectors}
    return [Pack(code, names.get(code, code), tuple(shares)) for code, shares in receivers.items()]


def _share(campaign: Campaign, agency: str, group: str, rows: list[SheetRow]) -> Share:
    agencies = {known.code: known.name for known in campaign.agencies}
    groups = {known.code: known for known in campaign.settings.groups}
    reserves = [row for row in rows if row["reserve"] == "1"]
    originals = [row for row in rows if row["reserve"] != "1"]
    return Share(
        agency=agency,
        agency_name=agencies.get(agency, agency),
        group=group,
        group_name=groups[group].name if group in groups else group,
        linked=group in groups and groups[group].privacy == "linked",
        originals=_ordinals(originals),
        reserves=_ordinals(reserves),
        original_pages=sum(int(row["pages"]) for row in originals),
        reserve_pages=sum(int(row["pages"]) for row in reserves),
        files=tuple(dict.fromkeys(row["file"] for row in rows)),
    )


def _ordinals(rows: Iterable[SheetRow]) -> tuple[int, ...]:
    return tuple(sorted(int(row["number"].rpartition("-")[2]) for row in rows))


def write_packs(
    campaign: Campaign,
    out: Path,
    jobs: int = 1,
    report: Callable[[int, int], None] = lambda *_: None,
    say: Callable[[str], None] = lambda _: None,
) -> PackSummary:
    """Write the packs of all that lies in a print folder, their index and how to scan; `report` hears of receivers.

    Packs of receivers that have nothing there any more are removed. The same folder gives the same bytes. `say` hears
    that a print run has the folder, which is waited for.
    """
    with hold_folder(out, lambda: say(text("print.waiting", out=out))):
        return _write_packs(campaign, out, jobs, report)


def _write_packs(campaign: Campaign, out: Path, jobs: int, report: Callable[[int, int], None]) -> PackSummary:
    office = office_of(campaign)
    packs = gather_packs(campaign, load_sheet_list(out))
    folder = out / FOLDER
    _remove_packs(folder, {pack.receiver for pack in packs})
    if not packs:
        return PackSummary(0, 0, 0)
    wanted, fonts = campaign.settings.typeface, campaign.fonts
    todo = [_Job(folder, office, pack, wanted, fonts) for pack in packs]
    written: list[tuple[Pack, dict[str, int]]] = []
    for pack, pages in zip(packs, spread(_write_pack, todo, min(jobs, len(todo))), strict=True):
        written.append((pack, pages))
        report(len(written), len(packs))
    with setting_in(find_office_typeface(wanted, fonts)), unfinished_file(folder / INDEX.file) as unfinished:
        shared = [(SCANNING, _written(folder / SCANNING.file, partial(write_scanning, office=office, pack=packs[0])))]
        write_index(unfinished, office, FOLDER, written, list(_WRITERS), shared)
    count = sum(sum(files.values()) for _, files in written)
    return PackSummary(len(packs), count, len(packs) * len(_WRITERS))


def _write_pack(job: _Job) -> dict[str, int]:
    """The pages of each file of one pack."""
    folder = job.folder / job.pack.receiver
    if folder.is_dir():
        remove_leftovers(folder)
    with setting_in(find_office_typeface(job.typeface, job.fonts)):
        return {
            kind.file: _written(folder / kind.file, partial(write, office=job.office, pack=job.pack))
            for kind, write in _WRITERS.items()
        }


def find_papers(folder: Path) -> list[PaperKind]:
    """The papers of a pack that lie in its folder, in the order of their use."""
    return [kind for kind in _WRITERS if (folder / kind.file).is_file()]


def _written(path: Path, write: Callable[[Path], int]) -> int:
    with unfinished_file(path) as unfinished:
        return write(unfinished)


def _remove_packs(folder: Path, receivers: set[str]) -> None:
    """Take away what earlier runs wrote for receivers that have no sheets now, and nothing that others put there."""
    if not folder.is_dir():
        return
    for place in sorted(folder.iterdir()):
        if place.is_dir() and place.name not in receivers:
            for kind in _WRITERS:
                (place / kind.file).unlink(missing_ok=True)
            if not any(place.iterdir()):
                place.rmdir()
