"""The recheck's seed, committed beforehand, and its draw: for every agency once, for good, with reserves in order."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from collector.recheck.replacing import count_replaced, load_replaced
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.events import record_event
from collector.store.recheck_calls import last_calls
from collector.store.rechecks import (
    RecheckDraw,
    Seed,
    Unit,
    add_recheck,
    add_seed,
    count_answers,
    find_largest,
    list_rechecks,
    list_seeds,
    list_units,
)
from collector.store.recipients import hold_recipients
from forms.campaign import Campaign
from forms.draw import clean_seed, frame_digest
from forms.errors import InputWrong, Problem
from forms.recheck import SHORTEST_SEED, Outcome, RecheckRules, commit_seed, count_open, recheck_order
from forms.words import text

_COMMITMENT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Drawn:
    """The draw of an agency, whether it was made just now, and how many of its places are open."""

    draw: RecheckDraw
    is_new: bool
    open: int


def commit(store: Store, seed: str, commitment: str, who: str, why: str = "") -> Seed:
    """Fix the seed of the recheck: by its text, which is not kept, or by its commitment, so that nobody here knows it.

    InputWrong where the seed is too short, and where answers are in or another commitment holds without a reason.
    """
    problems = _check_commitment(seed, commitment)
    if not problems:
        with store.write() as conn:
            hold_recipients(conn)
            seeds, answers = list_seeds(conn), count_answers(conn)
            fixed = commitment or commit_seed(seed)
            problems = _check_moment(conn, seeds, answers, fixed, why)
            if not problems:
                reason = why if seeds or answers else ""
                add_seed(conn, fixed, answers, who, reason)
                record_event(conn, who, "recheck.commit", fixed, f"answers={answers}; {reason}".rstrip("; "))
                return list_seeds(conn)[-1]
    raise InputWrong(problems)


def _check_commitment(seed: str, commitment: str) -> list[Problem]:
    if commitment and not _COMMITMENT.fullmatch(commitment):
        return [_problem("--commitment", "commitment_wrong")]
    if not commitment and len(clean_seed(seed)) < SHORTEST_SEED:
        return [_problem("--seed", "seed_short", least=SHORTEST_SEED)]
    return []


def _check_moment(conn: Connection, seeds: list[Seed], answers: int, fixed: str, why: str) -> list[Problem]:
    if any(seed.commitment == fixed for seed in seeds):
        return [_problem("commit", "committed_same")]
    if list_rechecks(conn):
        return [_problem("commit", "committed_after_draw")]
    if seeds and not why:
        return [_problem("commit", "committed_before")]
    return [_problem("commit", "committed_late", answers=answers)] if answers and not why else []


def draw_rechecks(
    store: Store,
    campaign: Campaign,
    seed: str,
    who: str,
    agencies: Collection[str] = (),
    flagged: Mapping[str, str] | None = None,
    now: datetime.datetime | None = None,
    replaced: Path | None = None,
) -> list[Drawn]:
    """Draw in every agency (or those named) that has anybody to call; what was drawn before stays as it is.

    `flagged`: agency -> why more are called there. `replaced`: a table of who of a hand-out list was replaced by whom.
    InputWrong where the seed is not the one that was committed.
    """
    flagged, seed = flagged or {}, clean_seed(seed)
    with store.write() as conn:
        sync_campaign(conn, campaign)
        hold_recipients(conn)
        other = {} if replaced is None else load_replaced(conn, replaced, who)
        seeds, units = list_seeds(conn), list_units(conn, other)
        before = {draw.agency for draw in list_rechecks(conn)}
        problems = _problems(campaign, seeds, seed, (*agencies, *flagged))
        wanted = [code for code in units if (not agencies or code in agencies) and code not in before]
        if not problems and not wanted and not before:
            problems = [_problem("draw", "nobody_there")]
        if problems:
            raise InputWrong(problems)
        for code in wanted:
            _keep(conn, campaign.settings.recheck, seeds[-1], (code, units[code]), seed, flagged.get(code), who, now)
            if left := count_replaced(other, code):
                record_event(conn, who, "recheck.replaced", code, f"people={left}", now)
        return find_drawn(conn, wanted)


def _problems(campaign: Campaign, seeds: list[Seed], seed: str, codes: Collection[str]) -> list[Problem]:
    known = {agency.code for agency in campaign.agencies}
    problems = [
        Problem(code, text("problem.agency_missing", code=code), text("problem.code_unknown_fix"))
        for code in codes
        if code not in known
    ]
    if not seeds:
        problems.append(_problem("--seed", "not_committed"))
    elif commit_seed(seed) != seeds[-1].commitment:
        problems.append(_problem("--seed", "other_seed", commitment=seeds[-1].commitment))
    return problems


def _keep(
    conn: Connection,
    rules: RecheckRules,
    seed: Seed,
    found: tuple[str, list[Unit]],
    revealed: str,
    why: str | None,
    who: str,
    now: datetime.datetime | None,
) -> None:
    code, units = found[0], {unit.unit: unit for unit in found[1]}
    order = [units[name] for name in recheck_order(revealed, code, units)]
    size = min(len(order), rules.flagged_calls if why else rules.calls)
    made = {"recheck_seed": seed.id, "seed": revealed, "digest": frame_digest(units), "size": size, "who": who}
    add_recheck(conn, code, order, made | {"attempts": rules.attempts, "flagged": why}, now)
    record_event(conn, who, "recheck.draw", code, f"size={size}; frame={len(order)}; {why or ''}".rstrip("; "), now)


def list_drawn(store: Store) -> list[Drawn]:
    """Every draw, and how far it is open."""
    with store.read() as conn:
        return find_drawn(conn)


def find_drawn(
    conn: Connection, fresh: Collection[str] = (), agency: str | None = None, only_open: bool = False
) -> list[Drawn]:
    """Every draw, or that of one agency, and how far it is open; `fresh`: agencies that were drawn just now.

    `only_open`: places that nobody may call yet may be missing from its end.
    """
    called: dict[int, dict[int, Outcome]] = {}
    for (key, place), call in last_calls(conn).items():
        called.setdefault(key, {})[place] = call.outcome
    # A call opens one place at most.
    most = find_largest(conn) + max(map(len, called.values()), default=0) if only_open else None
    return [
        Drawn(draw, draw.agency in fresh, count_open(draw.size, draw.frame, called.get(draw.id, {}), draw.widened))
        for draw in list_rechecks(conn, agency, most)
    ]


def _problem(where: str, key: str, **fields: object) -> Problem:
    return Problem(where, text(f"recheck.{key}", **fields), text(f"recheck.{key}_fix", **fields))
