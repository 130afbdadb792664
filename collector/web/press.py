"""Printing for every unit on the screen: begin, watch, go on, and take each unit's files down."""

from __future__ import annotations

import tempfile
import zipfile
from collections import Counter
from typing import IO, cast

from flask import abort, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from collector.prepare.parcels import get_parcel, get_printed_file, list_parcels, list_shared, list_training
from collector.prepare.press import PressState, find_press, print_folder, start_press
from collector.store.quota import quota_rows
from collector.web import statuses
from collector.web.access import console_language, get_person, say_done
from collector.web.numbers import show_count
from collector.web.prepare import prepare as prepare  # the same blueprint, with these pages
from collector.web.site import agency_name, site
from forms.campaign import Campaign
from forms.words import text

_MOST_TRAINING = 999  # as at the command line
_HELD_BYTES = 8 * 1024 * 1024  # of a unit's archive; a larger one lies on the disk while it is sent


@prepare.get("/in")
def press() -> ResponseReturnValue:
    """How far the run is, and every unit's files; its own alone for whoever is held to one agency."""
    folder, campaign, own = site().store.folder, site().campaign, get_person().agency
    with site().store.read() as conn:
        printed = sum(row.printed for row in quota_rows(conn) if own in ("", row.agency))
    return render_template(
        "console/press.html",
        state=(state := find_press(folder)),
        said=_say(state),
        parcels=[one for one in list_parcels(campaign, folder) if own in ("", one.code)],
        shared={} if own else list_shared(folder),
        printed=printed,
        sheets=sum(quota.target + quota.reserve for quota in campaign.quotas if own in ("", quota.agency)),
        blocks=[] if own else _list_units(campaign),
        training={} if own else list_training(campaign, folder),
        may_go_on=state is not None and _is_theirs(state),
        own=agency_name(campaign, own) if own else "",
    )


@prepare.post("/in")
def begin() -> ResponseReturnValue:
    """Begin a run for every unit or for those that were ticked, or go on with one that was cut off.

    Whoever is held to one agency prints its sheets, and lets a run for others that was cut off stand.
    """
    found, own = find_press(site().store.folder), get_person().agency
    wanted = {own} if own else set(request.form.getlist("agency"))
    agencies = tuple(agency.code for agency in site().campaign.agencies if agency.code in wanted)
    is_cut = found is not None and not found.is_over and not found.is_alive
    if found is not None and own and is_cut and not _is_theirs(found):
        say_done("prepare.press_cut_others")
    elif found is not None and not found.is_over and "go_on" in request.form:
        start_press(site().store, get_person().name, found.agencies, found.training)
    elif (own or "some" in request.form) and not agencies:
        say_done("prepare.units_none")
    else:
        start_press(site().store, get_person().name, agencies)
    return redirect(url_for(".press"), statuses.SEE_OTHER)


def _is_theirs(state: PressState) -> bool:
    """Whether the person may go on with a run: whoever is held to one agency with one for it alone."""
    own = get_person().agency
    return not own or (state.agencies == (own,) and not state.training)


@prepare.post("/in/tap-huan")
def practise() -> ResponseReturnValue:
    """Write sheets for practice: the same questions, a mark across them, and nothing of them ever counts."""
    written = request.form.get("count", "")
    count = int(written) if written.isascii() and written.isdigit() and len(written) <= len(str(_MOST_TRAINING)) else 0
    if not 1 <= count <= _MOST_TRAINING:
        say_done("prepare.training_wrong", most=_MOST_TRAINING)
    else:
        start_press(site().store, get_person().name, training=count)
    return redirect(url_for(".press"), statuses.SEE_OTHER)


def _list_units(campaign: Campaign) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """Every block with its agencies that have sheets: code, name, how many."""
    sheets: Counter[str] = Counter()
    for quota in campaign.quotas:
        sheets[quota.agency] += quota.target + quota.reserve
    units = [
        (block.name, [(one.code, one.name, sheets[one.code]) for one in campaign.agencies if one.block == block.code])
        for block in campaign.settings.blocks
    ]
    return [(name, chosen) for name, listed in units if (chosen := [one for one in listed if one[2]])]


@prepare.get("/in/den-dau")
def progress() -> ResponseReturnValue:
    """How far the run is, for the page's script."""
    state = find_press(site().store.folder)
    running = state is not None and state.is_alive and not state.is_over
    share = state.done / state.total if state is not None and state.total else 0
    return jsonify(running=running, said=_say(state), share=round(share, 3))


@prepare.get("/in/tep/<path:name>")
def printed(name: str) -> ResponseReturnValue:
    """One file of the run."""
    path = get_printed_file(site().campaign, site().store.folder, name)
    shown = name.replace("/", "-").removeprefix("ho-so-")
    return send_file(path.resolve(), "application/pdf", as_attachment=True, download_name=shown, max_age=0)


@prepare.get("/in/don-vi/<code>.zip")
def parcel(code: str) -> ResponseReturnValue:
    """All of a unit's files in one archive."""
    if get_person().is_outside(code):
        abort(statuses.FORBIDDEN)
    found, out = get_parcel(site().campaign, site().store.folder, code), print_folder(site().store.folder)
    archive = cast(IO[bytes], tempfile.SpooledTemporaryFile(_HELD_BYTES))  # noqa: SIM115 the reply closes it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as parts:  # PDFs are compressed already
        for name in (*found.files, *found.papers):
            parts.write(out / name, f"{code}/{name.removeprefix(f'ho-so/{code}/').replace('/', '-')}")
    archive.seek(0)
    return send_file(archive, "application/zip", as_attachment=True, download_name=f"{code}.zip", max_age=0)


def _say(state: PressState | None) -> str:
    lang = console_language()
    if state is None:
        return text("prepare.press_none", lang)
    if not state.is_over and not state.is_alive:
        return text("prepare.press_cut", lang)
    if state.stage == "sheets" and not state.total:
        return text("prepare.press_waiting", lang)
    counts = {name: show_count(getattr(state, name), lang) for name in ("done", "total", "sheets", "pages", "units")}
    if state.stage == "done" and state.training:
        return text("prepare.trained", lang, **counts)
    return text(f"prepare.press_{state.stage}", lang, **counts)
