"""The accounting of sheets on the screen: where every sheet is, what is missing, what was recorded. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from collector.ledger.missing import MissingLine, list_acts, list_missing, missing_csv
from collector.prepare.parcels import list_parcels
from collector.store.deadlines import find_due_day, list_extensions
from collector.store.quota import QuotaRow, quota_rows
from collector.web.access import get_person, staff_only
from collector.web.numbers import show_moment
from collector.web.site import agency_name, asked_code, site, utc_now

sheets = Blueprint("sheets", __name__, url_prefix="/quan-ly/giao-nhan")
sheets.before_request(staff_only)

# As they add up: printed is the next two, handed_out the seven after it; what follows stands beside the sums.
COUNTS = (
    *("printed", "unused", "handed_out", "returned_paper", "by_phone", "imported", "refused", "spoiled", "lost"),
    "outstanding",
    *("void", "unissued", "held", "unscanned", "late"),
)
_SUMS = ("printed", "handed_out")
_TO_SEE = ("outstanding", "unissued", "held", "unscanned", "late")
_IF_ANY = ("imported", "held")
_MOST_ACTS = 200


@dataclass(frozen=True)
class Account:
    """A line of the table: its cell, None for the sum, and its counts by name."""

    cell: QuotaRow | None
    counts: dict[str, int]


def make_account(rows: Sequence[QuotaRow], agency: str = "") -> tuple[list[Account], Account]:
    """The lines of an agency's cells ("": of all), and their sum."""
    lines = [Account(row, {name: getattr(row, name) for name in COUNTS}) for row in rows if agency in ("", row.agency)]
    return lines, Account(None, {name: sum(line.counts[name] for line in lines) for name in COUNTS})


@sheets.get("/")
def show() -> ResponseReturnValue:
    """The accounting table, filtered by agency."""
    agency = find_asked()
    with site().store.read() as conn:
        lines, total = make_account(quota_rows(conn), agency)
        due, later = find_due_day(conn), list_extensions(conn)
    return render_template(
        "console/sheets.html",
        lines=lines,
        total=total,
        counts=[name for name in COUNTS if name not in _IF_ANY or total.counts[name]],
        sums=_SUMS,
        to_see=_TO_SEE,
        agency=agency,
        due=due,
        extensions=[(one, party_name(one.party)) for one in later],
        moment=show_moment(utc_now()),
        is_held=bool(get_person().agency),
        parcel=_find_parcel(get_person().agency),
    )


def _find_parcel(agency: str) -> str:
    """The unit whose printed files whoever is held to it takes here, where they are made; "" for others."""
    parcels = list_parcels(site().campaign, site().store.folder) if agency else ()
    return next((one.code for one in parcels if one.code == agency), "")


@sheets.get("/con-thieu")
def missing() -> ResponseReturnValue:
    """What is still out and what was not scanned, by unit, to be printed."""
    agency, lines = _missing()
    units: dict[str, list[MissingLine]] = {}
    for line in lines:
        units.setdefault(line.agency_name, []).append(line)
    return render_template(
        "console/sheets_missing.html",
        units=units,
        total=sum(line.count for line in lines),
        agency=agency,
        party_name=party_name,
        moment=show_moment(utc_now()),
    )


@sheets.get("/con-thieu.csv")
def missing_table() -> ResponseReturnValue:
    """The same as a table for a spreadsheet."""
    _, lines = _missing()
    name = {"Content-Disposition": 'attachment; filename="con-thieu.csv"'}
    return Response(missing_csv(lines), headers=name, content_type="text/csv; charset=utf-8")


def _missing() -> tuple[str, list[MissingLine]]:
    agency = find_asked()
    with site().store.read() as conn:
        return agency, list_missing(conn, agency)


@sheets.get("/nhat-ky")
def log() -> ResponseReturnValue:
    """The acts on record, latest first."""
    agency = find_asked()
    with site().store.read() as conn:
        acts = list_acts(conn, agency, _MOST_ACTS)
    return render_template("console/sheets_log.html", acts=acts, agency=agency, party_name=party_name, most=_MOST_ACTS)


def find_asked() -> str:
    """The agency that the page is about: the one that a person is held to, else the one of ?agency=, "" for all."""
    return get_person().agency or asked_code("agency", site().campaign.agencies)


def party_name(code: str) -> str:
    """The name of an agency or a collector; its code where it has left the campaign."""
    collectors = {one.code: one.name for one in site().campaign.collectors}
    return agency_name(site().campaign, code) if code not in collectors else collectors[code]
