"""What follows from confirmed forgeries: the campaign's rule proposes, a person decides, any decision can be undone.

Struck sheets stay accepted and keep their places; they only do not count while a decision holds. Sheets that rate the
agency which runs the survey are struck, and count again, once a second person has signed.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from collector.store import Store
from collector.store.accounts import find_workplace
from collector.store.events import record_event
from collector.store.recheck_calls import last_calls
from collector.store.recheck_decisions import (
    CountedSheet,
    Decision,
    Scope,
    add_decision,
    list_counted,
    list_decisions,
    undo_decision,
)
from collector.store.rechecks import list_rechecks
from collector.store.recipients import hold_recipients
from collector.store.signing import PendingAct, ask_signature, find_own_sheets, find_runner, list_waiting
from forms.errors import InputWrong, Problem
from forms.recheck import VoidRules
from forms.words import text


@dataclass(frozen=True)
class Proposal:
    """Sheets that the rule lets a person strike; `forged` confirmed forgeries stand behind it, `fresh` still count.

    `subject`: a sheet's number, COLLECTOR/AGENCY, or an agency.
    """

    scope: Scope
    subject: str
    forged: int
    sheets: frozenset[int]
    fresh: frozenset[int]

    @property
    def name(self) -> str:
        """How it is named on the command line."""
        return f"{self.scope}:{self.subject}"


def list_proposals(store: Store, rules: VoidRules) -> list[Proposal]:
    """What the rule proposes that would strike a sheet which still counts."""
    with store.read() as conn:
        return _propose(conn, rules)


def _propose(conn: Connection, rules: VoidRules) -> list[Proposal]:
    draws, counted = {draw.id: draw for draw in list_rechecks(conn)}, list_counted(conn)
    forged = [key for key, call in last_calls(conn).items() if call.outcome == "forged"]
    places = [(draws[draw].agency, draws[draw].places[place - 1]) for draw, place in forged]
    return [one for one in _find(rules, places, counted) if one.fresh]


def _find(rules: VoidRules, forged: Collection[tuple[str, object]], counted: list[CountedSheet]) -> Iterator[Proposal]:
    sheets = {place.sheet for _, place in forged if place.sheet is not None}  # type: ignore[attr-defined]
    if rules.sheet is not None:
        yield from (_proposal("sheet", one.number, 1, [one]) for one in counted if one.key in sheets)
    parties = Counter((place.party, agency) for agency, place in forged)  # type: ignore[attr-defined]
    for (party, agency), number in sorted(parties.items()):
        if rules.collector is not None and number >= rules.collector:
            own = [one for one in counted if (one.party, one.agency) == (party, agency)]
            yield _proposal("collector", f"{party}/{agency}", number, own)
    for agency, number in sorted(Counter(agency for agency, _ in forged).items()):
        if rules.agency is not None and number >= rules.agency:
            yield _proposal("agency", agency, number, [one for one in counted if one.agency == agency])


def _proposal(scope: Scope, subject: str, forged: int, sheets: Collection[CountedSheet]) -> Proposal:
    fresh = frozenset(one.key for one in sheets if not one.is_struck)
    return Proposal(scope, subject, forged, frozenset(one.key for one in sheets), fresh)


def apply_proposals(store: Store, rules: VoidRules, names: Collection[str], who: str, why: str) -> list[Decision]:
    """Strike what a person decided on; InputWrong without a reason, or for what the rule does not propose.

    Gives the decisions that were made; what strikes sheets of the agency that runs the survey waits (find_waits).
    """
    with store.write() as conn:
        hold_recipients(conn)
        proposals = {one.name: one for one in _propose(conn, rules)}
        problems = [] if why else [_problem("--why", "no_why")]
        problems += [_problem(name, "not_proposed") for name in names if name not in proposals]
        known = [proposals[name] for name in names if name in proposals]
        problems += [_problem(one.name, "own_workplace") for one in known if _is_own(conn, who, one.sheets)]
        if problems:
            raise InputWrong(problems)
        made = set()
        for name in dict.fromkeys(names):
            one, runner = proposals[name], find_runner(conn)
            if find_own_sheets(conn, runner, one.sheets):
                asked = {"name": name, "sheets": sorted(one.sheets)}
                ask_signature(conn, "strike", runner, name, asked, who, why)
            else:
                made.add(_strike(conn, one, who, why))
        return [decision for decision in list_decisions(conn) if decision.id in made]


def strike_on(conn: Connection, rules: VoidRules, act: PendingAct, now: datetime.datetime) -> None:
    """Strike what was signed; InputWrong where the rule no longer proposes those very sheets."""
    one = {one.name: one for one in _propose(conn, rules)}.get(act.asked["name"])
    if one is None or sorted(one.sheets) != act.asked["sheets"]:
        raise InputWrong([_problem(act.subject, "not_proposed")])
    _strike(conn, one, act.who, act.why, now, act.id)


def _is_own(conn: Connection, who: str, keys: Collection[int]) -> bool:
    """Whether somebody works where one of these sheets is from, is rated in a row, or was handed out."""
    own = find_workplace(conn, who)
    handed_out = {one.key for one in list_counted(conn) if own and one.party == own}
    return bool(handed_out.intersection(keys) or find_own_sheets(conn, own, keys))


def _strike(
    conn: Connection, one: Proposal, who: str, why: str, now: datetime.datetime | None = None, act: int | None = None
) -> int:
    made = add_decision(conn, one.scope, one.subject, one.sheets, who, why, now, act)
    record_event(conn, who, "recheck.apply", one.name, f"sheets={len(one.sheets)}; {why}", now)
    return made


def undo(store: Store, number: int, who: str, why: str) -> Decision:
    """Take a decision back: its sheets count again, unless another decision strikes them too.

    Where they are of the agency that runs the survey, that waits for a second signature.
    """
    with store.write() as conn:
        hold_recipients(conn)
        found = {one.id: one for one in list_decisions(conn)}.get(number)
        problems = [] if why else [_problem("--why", "no_why")]
        if found is None or found.undone is not None:
            problems.append(_problem(str(number), "decision_unknown" if found is None else "decision_undone"))
        if found is not None and _is_own(conn, who, found.sheets):
            problems.append(_problem(str(number), "own_workplace"))
        if problems or found is None:
            raise InputWrong(problems)
        runner = find_runner(conn)
        if find_own_sheets(conn, runner, found.sheets):
            ask_signature(conn, "restore", runner, found.name, {"decision": number}, who, why)
        else:
            _restore(conn, found, who, why)
    return found


def restore_on(conn: Connection, act: PendingAct, now: datetime.datetime) -> None:
    """Take a decision back for which somebody signed; InputWrong where it was taken back meanwhile."""
    found = {one.id: one for one in list_decisions(conn)}[act.asked["decision"]]
    if found.undone is not None:
        raise InputWrong([_problem(str(found.id), "decision_undone")])
    _restore(conn, found, act.who, act.why, now, act.id)


def _restore(
    conn: Connection,
    found: Decision,
    who: str,
    why: str,
    now: datetime.datetime | None = None,
    act: int | None = None,
) -> None:
    undo_decision(conn, found, who, why, now, act)
    record_event(conn, who, "recheck.undo", found.name, f"decision={found.id}; {why}", now)


def find_waits(store: Store) -> dict[str, int]:
    """The numbers of acts that wait for a second signature, by the name of a proposal or the number of a decision."""
    with store.read() as conn:
        acts = list_waiting(conn, "strike", "restore")
    return {act.asked["name"] if act.kind == "strike" else str(act.asked["decision"]): act.id for act in acts}


def list_made(store: Store) -> list[Decision]:
    """Every decision, those too that were undone."""
    with store.read() as conn:
        return list_decisions(conn)


def _problem(where: str, key: str, **fields: object) -> Problem:
    return Problem(where, text(f"recheck.{key}", **fields), text(f"recheck.{key}_fix", **fields))
