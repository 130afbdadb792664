"""What follows from confirmed forgeries: the campaign's rule proposes, a person decides, any decision can be undone.

Struck sheets stay accepted and keep their places; they only do not count while a decision holds. What touches sheets
that rate the agency which runs the survey waits for a second signature (collector.signatures).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from collector.store import Store
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
from collector.store.signing import ask_signature, find_own_sheets, find_runner, list_acts
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
        return find_proposals(conn, rules)


def find_proposals(conn: Connection, rules: VoidRules) -> list[Proposal]:
    """list_proposals inside a transaction."""
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

    What waits for a second signature is not among the result: list_waiting names it.
    """
    with store.write() as conn:
        hold_recipients(conn)
        proposals = {one.name: one for one in find_proposals(conn, rules)}
        problems = [] if why else [_problem("--why", "no_why")]
        problems += [_problem(name, "not_proposed") for name in names if name not in proposals]
        if problems:
            raise InputWrong(problems)
        made = {_strike(conn, proposals[name], who, why, signed=False) for name in dict.fromkeys(names)}
        return [decision for decision in list_decisions(conn) if decision.id in made]


def strike_on(conn: Connection, rules: VoidRules, name: str, who: str, why: str, *, signed: bool) -> None:
    """One of apply_proposals inside a transaction; `signed`: the second signature is there."""
    hold_recipients(conn)
    found = next((one for one in find_proposals(conn, rules) if one.name == name), None)
    if found is None:
        raise InputWrong([_problem(name, "not_proposed")])
    _strike(conn, found, who, why, signed=signed)


def _strike(conn: Connection, one: Proposal, who: str, why: str, *, signed: bool) -> int | None:
    """The number of the decision; None where it waits for a second signature."""
    runner = find_runner(conn)
    if not signed and find_own_sheets(conn, runner, one.sheets):
        ask_signature(conn, "strike", runner, one.subject, {"name": one.name}, who, why)
        return None
    number = add_decision(conn, one.scope, one.subject, one.sheets, who, why)
    record_event(conn, who, "recheck.apply", one.name, f"sheets={len(one.sheets)}; {why}")
    return number


def undo(store: Store, number: int, who: str, why: str) -> Decision:
    """Take a decision back: its sheets count again, unless another decision strikes them too.

    It may wait for a second signature, as list_waiting then says.
    """
    with store.write() as conn:
        return unstrike_on(conn, number, who, why, signed=False)


def unstrike_on(conn: Connection, number: int, who: str, why: str, *, signed: bool) -> Decision:
    """undo inside a transaction; `signed`: the second signature is there."""
    hold_recipients(conn)
    found = {one.id: one for one in list_decisions(conn)}.get(number)
    problems = [] if why else [_problem("--why", "no_why")]
    if found is None or found.undone is not None:
        problems.append(_problem(str(number), "decision_unknown" if found is None else "decision_undone"))
    if problems or found is None:
        raise InputWrong(problems)
    runner = find_runner(conn)
    if not signed and find_own_sheets(conn, runner, found.sheets):
        asked = {"decision": number}
        ask_signature(conn, "unstrike", runner, found.subject, asked, who, why, recheck_decision=number)
        return found
    undo_decision(conn, found, who, why)
    record_event(conn, who, "recheck.undo", f"{found.scope}:{found.subject}", f"decision={number}; {why}")
    return found


def list_waiting(store: Store) -> dict[str | int, int]:
    """What waits for a second signature: the name of a proposal, or the number of a decision to undo -> the act's."""
    with store.read() as conn:
        acts = list_acts(conn, True, None)
    return {
        act.asked["name"] if act.kind == "strike" else act.asked["decision"]: act.id
        for act in acts
        if act.kind in ("strike", "unstrike")
    }


def list_made(store: Store) -> list[Decision]:
    """Every decision, those too that were undone."""
    with store.read() as conn:
        return list_decisions(conn)


def _problem(where: str, key: str, **fields: object) -> Problem:
    return Problem(where, text(f"recheck.{key}", **fields), text(f"recheck.{key}_fix", **fields))
