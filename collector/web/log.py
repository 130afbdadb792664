"""The log on the screen: what everybody did, newest first, and whether its chain holds. It tells no answer."""

from __future__ import annotations

import datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from collector.event_log import (
    ACTS,
    check_log,
    find_lines,
    find_number,
    find_numbers,
    say_act,
    say_broken,
    say_detail,
    say_subject,
)
from collector.store.clock import VIET_NAM
from collector.store.events import Filter, get_head, list_names
from collector.web import statuses
from collector.web.access import console_language, staff_only
from collector.web.site import asked_number, site
from forms.days import find_day
from forms.words import text

log = Blueprint("log", __name__, url_prefix="/quan-ly/nhat-ky")
log.before_request(staff_only)

_A_PAGE = 50


@log.get("/")
def show() -> ResponseReturnValue:
    """A page of lines, filtered by day, person, act and sheet."""
    wanted, number, faults = _read_filter()
    start = (asked_number("start") or 0) // _A_PAGE * _A_PAGE
    with site().store.read() as conn:
        lines, found = ([], 0) if faults else find_lines(conn, wanted, number, _A_PAGE, start)
        names, acts = list_names(conn)
        head, printed = get_head(conn), find_numbers(conn, lines)
    typed = {name: request.args.get(name, "") for name in ("from", "to", "number")}
    typed |= {"who": wanted.who, "act": wanted.action}
    page = render_template(
        "console/log.html",
        lines=lines,
        found=found,
        start=start,
        a_page=_A_PAGE,
        names=names,
        acts=[(one, _act(one)) for one in acts],
        typed=typed,
        narrowed={name: value for name, value in typed.items() if value},
        faults=faults,
        head=head,
        act=_act,
        subject=lambda line: say_subject(line, console_language()),
        detail=lambda line: say_detail(line, console_language(), printed),
        moment=_moment,
    )
    return (page, statuses.UNPROCESSABLE) if faults else page


@log.get("/kiem-tra")
def check() -> ResponseReturnValue:
    """Follow the whole chain and say whether it holds."""
    head, broken = check_log(site().store)
    what = "" if broken is None else say_broken(broken, console_language())
    return render_template("console/log_check.html", head=head, what=what)


def _read_filter() -> tuple[Filter, str, list[str]]:
    lang, faults = console_language(), []
    days: dict[str, datetime.date | None] = {}
    for name in ("from", "to"):
        written = request.args.get(name, "").strip()
        days[name] = find_day(written) if written else None
        if written and days[name] is None:
            faults.append(text("log.day_wrong", lang))
    typed = request.args.get("number", "").strip()
    number = find_number(typed)
    if typed and not number:
        faults.append(text("log.number_wrong", lang))
    action: Any = request.args.get("act", "")
    wanted = Filter(days["from"], days["to"], request.args.get("who", ""), action if action in ACTS else "")
    return wanted, number, list(dict.fromkeys(faults))


def _act(action: str) -> str:
    return say_act(action, console_language())


def _moment(at: datetime.datetime) -> str:
    return f"{at.replace(tzinfo=datetime.UTC).astimezone(VIET_NAM):%d/%m/%Y %H:%M:%S}"
