"""Next year's survey on the screen: made from this one, then served beside it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from collector.beside import next_survey
from collector.beside.work import Work, find_work, start_work
from collector.prepare.next_server import LOCAL, begin_next, find_next, is_this_machine
from collector.prepare.succession import NextCampaign, check_wish, suggest_next
from collector.web import statuses
from collector.web.access import get_person, say_done, take_draft
from collector.web.press import prepare as prepare  # the same blueprint, with these pages
from collector.web.site import site
from forms.errors import Problem

LISTENING = "PHIEU_LISTENING"  # in the app's config: the host and port on which it is served
BEHIND_PROXY = "PHIEU_BEHIND_PROXY"  # and whether a proxy of ours, with its certificate, stands before it


@prepare.get("/dot-sau")
def next_year() -> ResponseReturnValue:
    """What next year's survey is to be, or how far it is."""
    work, draft = find_work(site().store.folder, "next_survey"), take_draft()
    if draft is not None:
        return _show(_read_wish(draft), ())
    if work is None or work.stage == "done":
        return _show(suggest_next(site().campaign.settings), ())
    return _show(NextCampaign(**work.asked["wish"]), work.problems, work)


@prepare.post("/dot-sau")
def make() -> ResponseReturnValue:
    """Have its folder made; what is wrong at first sight is told at once."""
    wish, store = _read_wish(request.form), site().store
    problems = tuple(check_wish(store.folder, site().campaign.settings, wish))
    if problems:
        return _show(wish, problems), statuses.UNPROCESSABLE
    start_work(store, "next_survey", get_person().name, next_survey.ask(wish, get_person().account.name))
    return redirect(url_for(".next_year"), statuses.SEE_OTHER)


@prepare.post("/dot-sau/mo")
def open_it() -> ResponseReturnValue:
    """Begin to serve it beside this one."""
    made, listening = find_next(site().store.folder), current_app.config.get(LISTENING)
    if not _may_open():
        say_done("prepare.next_apart")
    elif made is not None and listening is not None:
        begin_next(site().store.folder, made, *listening)
    return redirect(url_for(".next_year"), statuses.SEE_OTHER)


def _may_open() -> bool:
    """Whether another port may be opened: not on a network, past the proxy that keeps this one's words secret."""
    listening = current_app.config.get(LISTENING)
    return listening is not None and (not current_app.config[BEHIND_PROXY] or is_this_machine(listening[0]))


def _read_wish(form: Mapping[str, str]) -> NextCampaign:
    def typed(name: str) -> str:
        return " ".join(form.get(name, "").split())[:300]

    year = typed("year")
    return NextCampaign(
        typed("id"),
        typed("name"),
        int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0,
        typed("document"),
        form.get("everybody") == "1",
    )


def _show(wish: NextCampaign, problems: tuple[Problem, ...], work: Work | None = None) -> str:
    made = find_next(site().store.folder)
    address, behind = "", ""
    if made is not None and made.is_open and current_app.config[BEHIND_PROXY]:
        behind = f"{LOCAL}:{made.port}"  # the proxy alone may lead there, under a name of its own
    elif made is not None and made.is_open:
        name = request.host.rpartition(":")[0] if ":" in request.host else request.host
        address = f"http://{name}:{made.port}/quan-ly/"
    return render_template(
        "console/next_year.html",
        wish=wish,
        problems=problems,
        is_making=work is not None and work.is_running,
        made=made,
        address=address,
        behind=behind,
        can_open=_may_open(),
        apart=current_app.config[BEHIND_PROXY] and not _may_open(),
    )
