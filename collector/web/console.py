"""The console's first page: how far every quota cell is, and the way to all that waits for a person."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from collector.store.quota import quota_rows
from collector.web.access import get_person, staff_only
from collector.web.numbers import show_moment
from collector.web.quota_table import make_table
from collector.web.site import asked_code, site, utc_now

console = Blueprint("console", __name__, url_prefix="/quan-ly")
console.before_request(staff_only)


@console.get("/")
def quota() -> ResponseReturnValue:
    """Quota completion, filtered by block and group, what is most behind first."""
    settings = site().campaign.settings
    with site().store.read() as conn:
        cells = quota_rows(conn)
    if own := get_person().agency:
        cells = [cell for cell in cells if cell.agency == own]
    block, group = asked_code("block", settings.blocks), asked_code("group", settings.groups)
    order = request.args.get("order", "behind")
    table = make_table(cells, block, group, "list" if order == "list" else "behind")
    return render_template(
        "console/quota.html",
        table=table,
        blocks=settings.blocks,
        groups=settings.groups,
        block=block,
        group=group,
        order=order,
        moment=show_moment(utc_now()),
    )
