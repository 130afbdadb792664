"""Petitions against points of the index: taken down, decided, and what their decisions make of the points.

The tables of the folder keep what the council said first; a decision stands beside it with who and why, and is applied
whenever the index is computed.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from aggregation.rounding import half_up
from collector.store import Store
from collector.store.accounts import find_workplace
from collector.store.campaigns import sync_campaign
from collector.store.editions import EDITIONS, Petition, add_decision, add_petition, find_edition, list_petitions
from collector.store.events import record_event
from collector.store.signing import PendingAct, ask_signature, find_runner
from forms.appraisal import BONUS, PENALTY, TOTAL
from forms.campaign import Campaign
from forms.errors import InputWrong, NotFound, Problem
from forms.index_points import GivenPoints, IndexPoints
from forms.words import language, text

_EXTRA = {BONUS: "bonus", PENALTY: "penalty", TOTAL: "total"}
_EXACT_PLACES = 10


def take_petition(
    store: Store,
    campaign: Campaign,
    asked: Petition,
    now: datetime.datetime | None = None,
    unread: Sequence[Problem] = (),
) -> int:
    """Keep what a letter asks; gives its number. InputWrong where it names nothing that is, or is kept already.

    `unread`: what could not be read of it, told with all else that is wrong.
    """
    problems = [*check_petition(campaign, asked), *unread]
    with store.read() as conn:
        known = {(one.agency, one.criterion, one.letter) for one in list_petitions(conn)}
        if find_edition(conn, EDITIONS[-1]):
            problems.append(_problem(asked.letter, "petition_over"))
    if (asked.agency, asked.criterion, asked.letter) in known:
        problems.append(_problem(asked.letter, "petition_twice", letter=asked.letter))
    if problems:
        raise InputWrong(problems)
    with store.write() as conn:
        sync_campaign(conn, campaign)
        if find_edition(conn, EDITIONS[-1]):
            raise _wrong(asked.letter, "petition_over")
        try:
            number = add_petition(conn, asked, now)
        except IntegrityError as error:
            raise _wrong(asked.letter, "petition_twice", letter=asked.letter) from error
        record_event(conn, asked.who, "petition.take", asked.agency, f"number={number}; letter={asked.letter}", now)
        return number


def check_petition(campaign: Campaign, asked: Petition) -> list[Problem]:
    """What is wrong with a petition as it is typed, all of it."""
    problems = []
    agency = next((one for one in campaign.agencies if one.code == asked.agency), None)
    blocks = {one.code: one.block for one in campaign.criteria}
    fitting = ("", agency.block) if agency is not None else tuple({"", *blocks.values()})
    if agency is None:
        problems.append(_problem(asked.agency or "--agency", "petition_agency", code=asked.agency))
    if asked.criterion not in _EXTRA and blocks.get(asked.criterion, "?") not in fitting:
        problems.append(_problem(asked.criterion or "--criterion", "petition_criterion", code=asked.criterion))
    if not asked.letter:
        problems.append(_problem("--letter", "petition_letter"))
    return problems


def decide_petition(
    store: Store, campaign: Campaign, points: IndexPoints, decided: Petition, now: datetime.datetime | None = None
) -> Petition:
    """Keep a decision with the points before and after; InputWrong where it cannot be, NotFound without a petition.

    Nobody decides about their own agency. What the agency that runs the survey asks waits for a second signature: the
    petition then comes back without a decision.
    """
    with store.write() as conn:
        return decide_on(conn, campaign, points, decided, now)


def decide_on(
    conn: Connection,
    campaign: Campaign,
    points: IndexPoints,
    decided: Petition,
    now: datetime.datetime | None = None,
    *,
    signed: bool = False,
) -> Petition:
    """decide_petition inside a transaction; `signed`: the second signature is there."""
    known = list_petitions(conn)
    asked = next((one for one in known if one.number == decided.number), None)
    if asked is None:
        raise NotFound(text("petitions.not_found", number=decided.number))
    if asked.decision:
        raise _wrong(str(decided.number), "petition_decided", number=decided.number)
    if find_edition(conn, EDITIONS[-1]):
        raise _wrong(str(decided.number), "petition_over")
    if find_workplace(conn, decided.who) == asked.agency:
        raise _wrong(str(decided.number), "petition_own", code=asked.agency)
    one = find_points(apply_decisions(campaign, points, known), asked)
    full = replace(asked, decision=decided.decision, reply=decided.reply, why=decided.why, who=decided.who)
    full = replace(full, before=_points_of(one), after=None if decided.after is None else decided.after.normalize())
    _check_decision(full, one)
    if asked.agency == find_runner(conn) and not signed:
        _wait(conn, full, now)
        return asked
    add_decision(conn, full, now)
    said = f"number={full.number}; decision={full.decision}; {full.why}"
    record_event(conn, full.who, "petition.decide", full.agency, said, now)
    return full


def _wait(conn: Connection, full: Petition, now: datetime.datetime | None) -> None:
    points = "" if full.after is None else f"{full.after:f}"
    asked = {"petition": full.number, "decision": full.decision, "points": points, "reply": full.reply}
    given = full.agency, str(full.number), asked, full.who, full.why
    try:
        ask_signature(conn, "petition", *given, now, petition=full.number)
    except IntegrityError as error:
        raise InputWrong([Problem(str(full.number), text("sign.waits"), text("sign.waits_fix"))]) from error


def carry_out(
    conn: Connection, campaign: Campaign, points: IndexPoints, act: PendingAct, now: datetime.datetime | None = None
) -> Petition:
    """The decision that an act waited with, now that it is signed, under the name of who decided."""
    assert act.petition is not None
    after, said = act.asked["points"], (act.asked["reply"], act.why, act.who)
    kept = Petition(act.petition, "", "", "", datetime.date.min, "", act.asked["decision"], None, None, *said)
    return decide_on(conn, campaign, points, replace(kept, after=Decimal(after) if after else None), now, signed=True)


def apply_decisions(campaign: Campaign, points: IndexPoints, petitions: Sequence[Petition]) -> IndexPoints:
    """The points after every decision, in turn; InputWrong where a table says other points than were decided upon."""
    given, problems = list(points.given), []
    for one in sorted(petitions, key=lambda one: one.turn):
        if one.after is None:
            continue
        found = _find(given, one)
        if _points_of(found) != one.before:
            where = found.where if found is not None and found.where else one.agency
            fields = {"number": one.number, "before": show_points(one.before), "code": one.criterion}
            problems.append(_wrong(where, "petition_moved", **fields).problems[0])
            continue
        if found is not None:
            given.remove(found)
        shown = {"before": show_points(one.before, "vi"), "after": show_points(one.after, "vi")}
        said = text("petitions.note", "vi", letter=one.letter, **shown)  # files say the same whoever computes them
        given.append(_changed(campaign, one, found, said))
    if problems:
        raise InputWrong(problems)
    changed = {one.agency for one in petitions if one.after is not None and one.criterion != TOTAL}
    return replace(points, given=tuple(one for one in given if one.kind != "total" or one.agency not in changed))


def find_survey_criterion(campaign: Campaign, petition: Petition) -> str | None:
    """The criterion that a petition is about, None for the total; InputWrong where no sheet stands behind it."""
    if petition.criterion == TOTAL:
        return None
    sources = {one.code: one.source for one in campaign.criteria}
    if petition.criterion in (BONUS, PENALTY) or sources.get(petition.criterion) != "survey":
        raise _wrong(str(petition.number), "petition_not_survey", code=petition.criterion)
    return petition.criterion


def get_petition(store: Store, number: int) -> Petition:
    """A petition by its number; NotFound."""
    with store.read() as conn:
        found = next((one for one in list_petitions(conn) if one.number == number), None)
    if found is None:
        raise NotFound(text("petitions.not_found", number=number))
    return found


def find_points(points: IndexPoints, petition: Petition) -> GivenPoints | None:
    """What the tables give at present for what a petition is about; None where they give nothing."""
    return _find(points.given, petition)


def show_points(points: Decimal | None, lang: str | None = None) -> str:
    """Points as people write them, without zeros at the end; without a language in that of whoever reads."""
    if points is None:
        return "–"
    shown = f"{points.normalize():f}"
    return shown.replace(".", ",") if (lang or language()) == "vi" else shown


def _changed(campaign: Campaign, one: Petition, found: GivenPoints | None, said: str) -> GivenPoints:
    after = Fraction(one.after or 0)
    if found is not None:
        return replace(found, points=after, note="; ".join(filter(None, (found.note, said))))
    kind = {BONUS: "bonus", PENALTY: "penalty", TOTAL: "total"}.get(one.criterion, "appraised")
    maximum = next((Fraction(each.max_points) for each in campaign.criteria if each.code == one.criterion), Fraction(0))
    criterion = "" if one.criterion in _EXTRA else one.criterion
    return GivenPoints(one.agency, criterion, kind, maximum, after, said)  # type: ignore[arg-type]  # a Kind


def _find(given: Sequence[GivenPoints], one: Petition) -> GivenPoints | None:
    kind = _EXTRA.get(one.criterion)
    for each in given:
        named = each.kind == kind if kind else each.criterion == one.criterion
        if each.agency == one.agency and named:
            return each
    return None


def _points_of(given: GivenPoints | None) -> Decimal | None:
    return None if given is None or given.points is None else half_up(given.points, _EXACT_PLACES).normalize()


def _check_decision(full: Petition, one: GivenPoints | None) -> None:
    where, code, problems = str(full.number), full.criterion, []
    if not (full.reply and full.why):
        problems.append(_problem(where, "petition_unsaid"))
    if (full.decision == "refused") != (full.after is None):
        problems.append(_problem("--points", "petition_points"))
    if full.after is not None:
        most = one.maximum if one is not None and code not in _EXTRA else None
        if full.after == full.before:
            problems.append(_problem("--points", "petition_same", given=show_points(full.after)))
        if one is None and code not in (BONUS, PENALTY):
            problems.append(_problem(where, "petition_no_points", code=code))
        if full.after < 0 or (most is not None and full.after > most):
            problems.append(_problem("--points", "petition_too_many", given=show_points(full.after), code=code))
    if problems:
        raise InputWrong(problems)


def _wrong(where: str, key: str, /, **fields: object) -> InputWrong:
    return InputWrong([_problem(where, key, **fields)])


def _problem(where: str, key: str, /, **fields: object) -> Problem:
    return Problem(where, text(f"problem.{key}", **fields), text(f"problem.{key}_fix", **fields))
