"""Where the paper of a sheet lies: in which stack, file and image each of its pages was scanned."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from collector.store.scans import PageStatus, stack_of_page
from collector.store.schema import page as pages
from collector.store.schema import scan_file as files
from collector.store.schema import sheet as sheets


@dataclass(frozen=True)
class Whereabouts:
    """One scanned page of a sheet. `stack`: None where no cover lay before it; `leaf`: the sheet's place behind the
    cover, or in its file where there is none, counted from 1 over the sheets whose codes could be read.
    """

    stack: str | None
    leaf: int
    file_name: str
    image: int
    sheet_page: int | None
    status: PageStatus


def list_whereabouts(conn: Connection, serial: str) -> list[Whereabouts]:
    """Every page image of a sheet, duplicates too, file by file."""
    before = pages.alias("before")
    cover = pages.alias("cover")
    first = (
        select(func.coalesce(func.max(cover.c.image), 0))
        .where(cover.c.scan_file == pages.c.scan_file, cover.c.image <= pages.c.image, cover.c.stack.is_not(None))
        .correlate(pages)
        .scalar_subquery()
    )
    leaf = (
        select(func.count(before.c.sheet.distinct()))
        .where(before.c.scan_file == pages.c.scan_file, before.c.image > first, before.c.image <= pages.c.image)
        .correlate(pages)
        .scalar_subquery()
    )
    query = (
        select(
            stack_of_page().label("stack"),
            leaf.label("leaf"),
            files.c.name.label("file_name"),
            pages.c.image,
            pages.c.sheet_page,
            pages.c.status,
        )
        .join_from(pages, sheets, sheets.c.id == pages.c.sheet)
        .join(files, files.c.id == pages.c.scan_file)
        .where(sheets.c.serial == serial)
        .order_by(pages.c.scan_file, pages.c.image)
    )
    return [Whereabouts(**row._mapping) for row in conn.execute(query)]
