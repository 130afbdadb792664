"""Acts that wait for a second signature: what they would do, who asked, and the form for somebody from outside."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from collector.editions.petitions import show_points
from collector.review.deciding import get_doubt
from collector.signatures import find_hindrance, refuse, sign
from collector.store.accounts import list_accounts
from collector.store.editions import list_petitions
from collector.store.recheck_decisions import list_decisions
from collector.store.signing import PendingAct, list_acts
from collector.web import statuses
from collector.web.access import console_language, find_typed, get_person, say_done, staff_only
from collector.web.drafts import OF
from collector.web.numbers import show_moment
from collector.web.permits import PERMITS
from collector.web.pictures import shows_body
from collector.web.rows import RowView, view_doubt
from collector.web.site import KEY, agency_name, criterion_name, site, utc_now
from forms.errors import InputWrong
from forms.words import text

signatures = Blueprint("signatures", __name__, url_prefix="/quan-ly/chu-ky")
signatures.before_request(staff_only)

_MOST = 100


@dataclass(frozen=True)
class ActView:
    """An act as the screen shows it; `row` is the question of a doubt, `hindrance` why this person may not sign.

    `source`: FILE:ROW of the table that left the doubt undecided, where there is no picture; `body_of`: the page
    of the sheet whose body is shown beside the row, None where the row tells enough.
    """

    act: PendingAct
    says: str
    row: RowView | None
    hindrance: str
    source: str | None = None
    body_of: int | None = None


@signatures.get("/")
def show() -> ResponseReturnValue:
    """All that waits, and what was decided lately."""
    return _show()


@signatures.post(f"/<{KEY}:number>")
def decide(number: int) -> ResponseReturnValue:
    """Sign an act, which is done at once, or refuse it for a reason."""
    account, refuses = get_person().account, request.form.get("answer") == "refuse"
    try:
        if refuses:
            act = refuse(site().store, number, account, " ".join(request.form.get("reply", "").split()), utc_now())
        else:
            act = sign(site().store, site().campaign, number, account, utc_now())
    except InputWrong as wrong:
        fault = "; ".join(
            f"{problem.what} ({problem.fix})" if problem.fix else problem.what for problem in wrong.problems
        )
        return _show(number, fault), statuses.UNPROCESSABLE
    say_done("sign.refused_done" if refuses else "sign.signed_done", subject=act.subject)
    return redirect(url_for(".show"), statuses.SEE_OTHER)


def _show(fault_at: int | None = None, fault: str = "") -> str:
    with site().store.read() as conn:
        waiting = [_view(conn, act) for act in list_acts(conn, True, _MOST)]
        decided = [_view(conn, act) for act in list_acts(conn, False, _MOST)]
        stranded = any(_has_no_signer(conn, view.act) for view in waiting)
    typed = find_typed()
    return render_template(
        "console/signatures.html",
        waiting=waiting,
        decided=decided,
        stranded=stranded,
        fault_at=fault_at if any(view.act.id == fault_at for view in waiting) else None,
        fault=fault,
        typed=typed,
        typed_at=fault_at or typed.get(OF, type=int),
        agency=lambda code: agency_name(site().campaign, code),
        moment=lambda at: show_moment(at.replace(tzinfo=datetime.UTC)),
    )


def _view(conn: Connection, act: PendingAct) -> ActView:
    lang, person = console_language(), get_person()
    hindrance = find_hindrance(conn, act, person.account) or ""
    if act.kind == "doubt" and act.doubt is not None:
        doubt = get_doubt(conn, act.doubt)
        row = view_doubt(conn, doubt)
        is_own = person.works_at(doubt.agency, doubt.row)  # no answer about their own workplace
        said = "" if is_own else row.say(tuple(act.asked["chosen"]), lang)
        says = text("sign.says_doubt", lang, number=row.number, said=said)
        body_of = doubt.sheet_page if shows_body(conn, doubt) else None
        return ActView(act, says, None if is_own else row, hindrance, doubt.source, body_of)
    if act.kind == "conflict" and act.conflict is not None:
        said = text(f"console.keep_{act.asked['keep']}", lang)
        return ActView(act, said, None, hindrance)
    if act.kind == "petition":
        return ActView(act, _say_petition(conn, act, lang), None, hindrance)
    if act.kind == "strike":
        return ActView(act, text("sign.says_strike", lang, sheets=len(act.asked["sheets"])), None, hindrance)
    if act.kind == "restore":
        number = act.asked["decision"]
        struck = next(len(one.sheets) for one in list_decisions(conn) if one.id == number)
        return ActView(act, text("sign.says_restore", lang, decision=number, sheets=struck), None, hindrance)
    if act.kind == "correction":
        return ActView(act, text(f"sheets.kind_{act.asked['what']}", lang), None, hindrance)
    return ActView(act, "", None, hindrance)


def _has_no_signer(conn: Connection, act: PendingAct) -> bool:
    """Whether nobody who has an account today could sign an act, however long it waits."""
    able = (one for one in list_accounts(conn) if not one.disabled and one.roles & PERMITS["signatures.decide"])
    return all(find_hindrance(conn, act, one) for one in able)


def _say_petition(conn: Connection, act: PendingAct, lang: str) -> str:
    asked = next(one for one in list_petitions(conn) if one.number == act.petition)
    said = act.asked
    fields = {
        "letter": asked.letter,
        "criterion": criterion_name(site().campaign, asked.criterion, lang),
        "decision": text(f"petitions.decision_{said['decision']}", lang),
        "points": show_points(Decimal(said["points"]) if said["points"] else None, lang),
        "reply": said["reply"],
    }
    return text("sign.says_petition", lang, **fields)
