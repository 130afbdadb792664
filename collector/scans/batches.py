"""The account of a batch of scan files: every page by what it came to, and what is still missing, in words and numbers.

A batch is what one call of `phieu scan` read, or the files that came in on one day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from collector.ledger.ranges import show_in_cell
from collector.store import Store
from collector.store.batches import (
    FileAccount,
    PagePlace,
    ToCome,
    account_files,
    find_sheets,
    list_lacking,
    list_to_come,
)
from collector.store.scans import PAGE_STATUSES
from forms.words import text


@dataclass(frozen=True)
class Incomplete:
    """A sheet of which only some pages came in, the pages that did not, and where the paper of the others lies.

    `name`: its number, that of its cell in an unlinked group.
    """

    name: str
    missing: tuple[int, ...]
    places: tuple[PagePlace, ...]


@dataclass(frozen=True)
class Batch:
    """The account of some scan files. `read`, `doubtful` count sheets; `to_come` is about the cells of these sheets."""

    files: tuple[FileAccount, ...]
    read: int
    doubtful: int
    incomplete: tuple[Incomplete, ...]
    to_come: tuple[ToCome, ...]

    @property
    def missing(self) -> int:
        """How many sheets are still to come."""
        return sum(len(one.numbers) for one in self.to_come)


def account_batch(store: Store, keys: Sequence[int]) -> Batch:
    """The account of scan files, by their ids in the store."""
    with store.read() as conn:
        read, doubtful, cells = find_sheets(conn, keys)
        incomplete = []
        for one in list_lacking(conn, keys):
            asking = {page for page, places in store.get_codes(conn, one.layout).page_places.items() if places}
            missing = tuple(sorted(asking - one.there.keys()))
            incomplete.append(Incomplete(one.name, missing, tuple(one.there.values())))
        files = tuple(account_files(conn, keys))
        return Batch(files, len(read), len(doubtful), tuple(incomplete), tuple(list_to_come(conn, cells)))


def sum_files(files: Sequence[FileAccount]) -> dict[str, int]:
    """The pages of files by kind, those that are there, in a fixed order: statuses, blank; doubtful are among them."""
    total: Counter[str] = Counter()
    for one in files:
        total.update(one.pages)
        total.update({"blank": one.blank, "doubtful": one.doubtful})
    return {kind: total[kind] for kind in (*PAGE_STATUSES, "blank", "doubtful") if total[kind]}


def show_counts(counts: dict[str, int], lang: str | None = None) -> str:
    """Counts of sum_files in words."""
    kinds = {kind: count for kind, count in counts.items() if kind != "doubtful"}
    line = ", ".join(f"{count} {text(f'scan.status_{kind}', lang)}" for kind, count in kinds.items())
    return line + (text("scan.among_doubtful", lang, count=counts["doubtful"]) if "doubtful" in counts else "")


def show_incomplete(lack: Incomplete, lang: str | None = None) -> str:
    """Which pages of a sheet did not come, and where its others lie."""
    places = [
        text("scan.place_in_stack", lang, stack=one.stack, file_name=one.file_name, image=one.image)
        if one.stack
        else text("scan.place", lang, file_name=one.file_name, image=one.image)
        for one in lack.places
    ]
    pages = ", ".join(map(str, lack.missing))
    return text("scan.incomplete", lang, number=lack.name, pages=pages, places="; ".join(places))


def show_to_come(cell: ToCome, lang: str | None = None) -> str:
    """Which sheets of a cell did not come."""
    prefix, numbers = show_in_cell(cell.numbers)
    names = {"agency": cell.agency_name, "group": cell.group_name, "cell": prefix}
    return text("scan.to_come", lang, count=len(cell.numbers), numbers=numbers, **names)


def show_batch(batch: Batch, every: bool = False) -> Iterator[str]:
    """The account as lines. Files of one page that was plainly read are only in the sum, unless all are asked for."""
    for one in batch.files:
        counts = sum_files([one])
        if counts and (every or counts != {"read": 1}):
            line = text("scan.file_line", file=one.file.name, counts=show_counts(counts))
            yield line + (text("scan.file_stacks", stacks=", ".join(one.stacks)) if one.stacks else "")
    yield from map(show_incomplete, batch.incomplete)
    yield from map(show_to_come, batch.to_come)
    fields = {"incomplete": len(batch.incomplete), "missing": batch.missing}
    if batch.files:
        yield text("scan.batch", read=batch.read, doubtful=batch.doubtful, **fields)
