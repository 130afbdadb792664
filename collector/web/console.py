"""The console's first page: how far every agency and group is, what is behind the plan, and what waits for a person."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from collector.imports.parts import find_under_way
from collector.store.arrivals import count_arrivals
from collector.store.clock import day_of
from collector.store.deadlines import find_cell_due_days
from collector.store.events import Filter, find_events
from collector.store.quota import quota_rows
from collector.store.scans import count_unread
from collector.store.signing import count_waiting
from collector.store.typed_entries import count_typed_pages
from collector.web.access import console_language, get_person, staff_only
from collector.web.curve import Curve, make_curve
from collector.web.numbers import show_moment
from collector.web.plan import Plan, make_plan
from collector.web.quota_files import quota_csv, quota_workbook
from collector.web.quota_table import CHANNELS, QuotaTable, Sieve, make_required, make_table
from collector.web.site import asked_code, site, utc_now
from forms.days import show_day
from forms.errors import Problem
from forms.words import text

console = Blueprint("console", __name__, url_prefix="/quan-ly")
console.before_request(staff_only)

_MOST_LETTERS = 60
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Overview:
    """Everything that the page and its files show, of one moment.

    `unread`: pages that came to nothing and whose sheet was not typed in. `unsigned`: acts that wait for a signature.
    `coming_in`: an import that is not finished. `backup`: what is to be said of backups.
    """

    sieve: Sieve
    table: QuotaTable
    plan: Plan | None
    curve: Curve | None
    unread: int
    unsigned: int
    coming_in: Problem | None
    backup: str


@console.get("/")
def quota() -> ResponseReturnValue:
    """Agencies by groups, filtered; the curve of the same cells; the ways to all that waits."""
    settings, view = site().campaign.settings, _overview()
    return render_template(
        "console/quota.html",
        view=view,
        table=view.table,
        sieve=view.sieve,
        channels=CHANNELS,
        blocks=settings.blocks,
        groups=settings.groups,
        asked=_asked(view.sieve),
        most_letters=_MOST_LETTERS,
        moment=show_moment(utc_now()),
    )


@console.get("/tong-quan.csv")
def quota_table() -> ResponseReturnValue:
    """The cells shown, for scripts."""
    return _file(quota_csv(_overview().table), "tong-quan.csv", "text/csv; charset=utf-8")


@console.get("/tong-quan.xlsx")
def quota_book() -> ResponseReturnValue:
    """The same for people."""
    lang, campaign = console_language(), site().campaign
    moment = show_moment(utc_now())
    title = f"{campaign.settings.name}. {text('console.quota_moment', lang, moment=moment)}"
    return _file(quota_workbook(_overview().table, title, lang), "tong-quan.xlsx", _XLSX)


def _overview() -> Overview:
    today, sieve = day_of(utc_now()), _sieve()
    plan = make_plan(site().campaign.settings.phases)
    with site().store.read() as conn:
        cells, arrivals, due = quota_rows(conn), count_arrivals(conn), find_cell_due_days(conn)
        pages = count_unread(conn)
        pages.subtract(count_typed_pages(conn))
        unsigned = count_waiting(conn)
        coming_in = find_under_way(conn, console_language())
        backup = _find_backup(conn) if arrivals else ""
    if own := get_person().agency:
        cells = [cell for cell in cells if cell.agency == own]
    table = make_table(cells, arrivals, sieve, make_required(plan, today, due))
    shown = [line.cell for line in table.cells()]
    curve = make_curve(shown, arrivals, plan, due, today)
    unread = 0 if own else pages.total()  # of no agency
    return Overview(sieve, table, plan, curve, unread, unsigned, coming_in, backup)


def _find_backup(conn: Connection) -> str:
    """That the last backup is too long ago, in words for a manager; "" where it is not, or nobody wants to know."""
    most = site().campaign.settings.backup.warn_after_days
    if not most or "manager" not in get_person().roles:
        return ""
    last = next(iter(find_events(conn, Filter(action="backup.make"), 1)), None)
    if last is None:
        return text("console.backup_none", console_language())
    made = day_of(last.at.replace(tzinfo=datetime.UTC))
    days = (day_of(utc_now()) - made).days
    if days <= most:
        return ""
    return text("console.backup_old", console_language(), day=show_day(made), days=days)


def _sieve() -> Sieve:
    settings = site().campaign.settings
    block, group = asked_code("block", settings.blocks), asked_code("group", settings.groups)
    words = " ".join(request.args.get("q", "")[:_MOST_LETTERS].split())
    order = "list" if request.args.get("order") == "list" else "behind"
    return Sieve(block, group, words, request.args.get("behind") == "1", order)  # type: ignore[arg-type]


def _asked(sieve: Sieve) -> dict[str, Any]:
    """A sieve as query fields."""
    fields = {"block": sieve.block, "group": sieve.group, "q": sieve.words, "behind": "1" if sieve.only_behind else ""}
    return {name: value for name, value in (*fields.items(), ("order", sieve.order)) if value}


def _file(content: bytes, name: str, kind: str) -> Response:
    return Response(content, headers={"Content-Disposition": f'attachment; filename="{name}"'}, content_type=kind)
