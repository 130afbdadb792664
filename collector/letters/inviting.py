"""Inviting the people who were drawn: each gets one sheet of the cell, handed out by letter, and a letter in the queue.

Who gets which sheet is left to chance, the sheets of one act are handed out together and on one day, so neither numbers
nor days lead from a person to a sheet. In an unlinked group too small an act would: it is refused.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection, select

from collector.ledger.acts import hand_over_on
from collector.ledger.holding import Note, refuse
from collector.ledger.naming import Named
from collector.people.contact_keys import ContactKeys
from collector.people.sealed import find_keys, unseal_person
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.clock import day_of
from collector.store.draws import Draw, last_draws
from collector.store.events import record_event
from collector.store.invitations import NewInvitation, Reach, add_invitations, list_invitations
from collector.store.letters import queue_letters
from collector.store.recipients import Cell, SealedPerson, hold_recipients, list_people
from collector.store.schema import agency, cell, respondent_group, response, sheet
from collector.store.schema import page as pages
from forms.campaign import Campaign, Quota
from forms.errors import Problem
from forms.letters import LetterRules
from forms.words import text

BY_LETTER = "THU-MOI"  # who the accounting says has the sheet, until it is answered
FEWEST = 5  # people invited later to an unlinked group: fewer would be told by the day their sheets went out


@dataclass(frozen=True)
class Invited:
    """What was prepared in a cell: people invited now, how many by e-mail, and how many were invited before."""

    agency: str
    group: str
    fresh: int
    by_mail: int
    before: int


def get_rules(campaign: Campaign) -> LetterRules:
    """The campaign's `letters:`; InputWrong where it has none, no public address, or is closed."""
    settings = campaign.settings
    problems = []
    if settings.letters is None:
        problems.append(_problem("no_rules"))
    problems += [_problem(key) for key in find_address_faults(settings.public_address)]
    if settings.closed:
        problems.append(_problem("closed"))
    refuse(problems)
    assert settings.letters is not None
    return settings.letters


def find_address_faults(public_address: str | None) -> list[str]:
    """What keeps links of this address out of letters, as keys of the catalogue; this machine itself needs no TLS."""
    if not public_address:
        return ["no_address"]
    url = urlsplit(public_address)
    is_here = (url.hostname or "") in ("localhost", "127.0.0.1", "::1")
    return [] if url.scheme == "https" or is_here else ["address_not_https"]


def _problem(key: str, where: str = "campaign.yaml", **fields: object) -> Problem:
    return Problem(where, text(f"letters.{key}", **fields), text(f"letters.{key}_fix", **fields))


def prepare_invitations(
    store: Store, campaign: Campaign, quotas: Sequence[Quota], who: str, reserves: int = 0, few: bool = False
) -> list[Invited]:
    """Invite everybody drawn in the given cells who is not invited yet; all or nothing, and once more changes nothing.

    `reserves`: so many of the reserves in their order as well. `few`: also fewer than FEWEST people of an unlinked
    group that has been invited before. InputWrong with everything that is missing.
    """
    rules = get_rules(campaign)
    with store.write() as conn:
        sync_campaign(conn, campaign)
        hold_recipients(conn)
        plans = _plan(conn, campaign, quotas, reserves)
        refuse(_problems(plans, few))
        return [_invite(conn, campaign, rules, plan, who) for plan in plans]


@dataclass(frozen=True)
class _Plan:
    cell: Cell
    key: int
    linked: bool
    before: int
    people: dict[int, Reach]
    missing: int
    sheets: list[tuple[int, str]]


def _plan(conn: Connection, campaign: Campaign, quotas: Sequence[Quota], reserves: int) -> list[_Plan]:
    draws, keys = last_draws(conn), find_keys(conn, campaign.settings.id)
    invited = {one.recipient: (one.agency, one.group) for one in list_invitations(conn)}
    cells = [named for quota in quotas if (named := (quota.agency, quota.group)) in draws]
    refuse([] if cells and keys is not None else [_problem("nobody_drawn", "recipients")])
    assert keys is not None
    kept = {row.id: row for row in list_people(conn, cells)}
    plans = []
    for named in cells:
        wanted = [one for one in _wanted(draws[named], reserves) if one not in invited]
        people = {one: _reach(keys, kept[one]) for one in wanted if one in kept}
        linked = campaign.get_group(named[1]).privacy == "linked"
        before = sum(where == named for where in invited.values())
        key, sheets = _find_sheets(conn, named, len(people))
        plans.append(_Plan(named, key, linked, before, people, len(wanted) - len(people), sheets))
    return plans


def _wanted(draw: Draw, reserves: int) -> tuple[int, ...]:
    return draw.people[: draw.size + reserves]


def _reach(keys: ContactKeys, row: SealedPerson) -> Reach:
    """By mail where there is an address that every server takes."""
    email = unseal_person(keys, row).email
    return "mail" if email and email.isascii() else "hand"


def _find_sheets(conn: Connection, named: Cell, count: int) -> tuple[int, list[tuple[int, str]]]:
    """The cell's key, and its last sheets that nobody has and nothing is known of: key and number."""
    of_cell = (
        select(cell.c.id)
        .join_from(cell, agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .where(agency.c.code == named[0], respondent_group.c.code == named[1])
    )
    key = conn.execute(of_cell).scalar_one()
    free = (
        select(sheet.c.id, sheet.c.number)
        .where(sheet.c.cell == key, sheet.c.state.in_(("printed", "unused")), sheet.c.handover.is_(None))
        .where(~sheet.c.is_reserve | sheet.c.replaces.is_not(None))
        .where(~select(response.c.id).where(response.c.sheet == sheet.c.id).exists())
        .where(~select(pages.c.id).where(pages.c.sheet == sheet.c.id).exists())
        .order_by(sheet.c.ordinal.desc())
        .limit(count)
    )
    return key, [(row.id, row.number) for row in conn.execute(free)]


def _problems(plans: Collection[_Plan], few: bool) -> list[Problem]:
    problems = []
    for plan in plans:
        where, need = "-".join(plan.cell), len(plan.people)
        if plan.missing:
            problems.append(_problem("people_erased", where, people=plan.missing))
        if len(plan.sheets) < need:
            problems.append(_problem("sheets_short", where, need=need, free=len(plan.sheets)))
        if not plan.linked and plan.before and 0 < need < FEWEST and not few:
            problems.append(_problem("too_few", where, people=need, fewest=FEWEST))
    return problems


def _invite(conn: Connection, campaign: Campaign, rules: LetterRules, plan: _Plan, who: str) -> Invited:
    people = list(plan.people.items())
    if people:
        numbers = tuple(number for _, number in plan.sheets)
        today = datetime.datetime.now(datetime.UTC)
        hand_over_on(conn, campaign, Named(numbers), BY_LETTER, Note(who, day_of(today)))
        keys = [key for key, _ in plan.sheets]
        secrets.SystemRandom().shuffle(keys)
        fresh = [
            NewInvitation(person, plan.key, plan.linked, reach, key)
            for (person, reach), key in zip(people, keys, strict=True)
        ]
        made = add_invitations(conn, fresh)
        by_mail = [key for key, one in zip(made, fresh, strict=True) if one.reach == "mail"]
        queue_letters(conn, by_mail, 0, rules.address.rpartition("@")[2])
        record_event(conn, who, "invite.prepare", "/".join(plan.cell), f"people={len(people)}; mail={len(by_mail)}")
    mail = sum(reach == "mail" for reach in plan.people.values())
    return Invited(*plan.cell, len(people), mail, plan.before)
