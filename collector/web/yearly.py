"""The settings that change every year, as a form."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from collector.prepare.yearly import LONGEST, change_settings, list_fields, quota_totals
from collector.web import statuses
from collector.web.access import get_person, say_done, take_draft
from collector.web.preview import prepare as prepare  # the same blueprint, with these pages
from collector.web.site import site
from forms.errors import InputWrong, Problem


@prepare.get("/thong-tin")
def yearly() -> ResponseReturnValue:
    """The form, with what holds now."""
    return _show(take_draft() or {}, ())


@prepare.post("/thong-tin")
def keep_yearly() -> ResponseReturnValue:
    """Keep what was typed, all of it or nothing."""
    try:
        changed = change_settings(site().store, site().campaign.settings, request.form, get_person().name)
    except InputWrong as wrong:
        return _show(request.form, wrong.problems), statuses.UNPROCESSABLE
    if changed is not None:
        site().served.take(changed)
    say_done("prepare.kept" if changed is not None else "prepare.nothing_changed")
    return redirect(url_for(".yearly"), statuses.SEE_OTHER)


def _show(typed: Mapping[str, str], problems: tuple[Problem, ...]) -> str:
    return render_template(
        "console/yearly.html",
        fields=list(list_fields(site().campaign.settings)),
        typed=typed,
        problems=problems,
        totals=quota_totals(site().campaign),
        longest=LONGEST,
    )
