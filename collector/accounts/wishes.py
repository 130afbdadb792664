"""What somebody wishes an account to be, and everything that is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from collector.store.accounts import Account
from forms.account_rules import ALONE, HELD, Role
from forms.campaign import Campaign
from forms.errors import Problem
from forms.words import text

SHOWN_LIMIT = 80
OUTSIDE = "-"  # as it is written for a workplace: at none of the rated agencies
_SCRIPTS = "LATIN", "KHMER"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True)
class Wish:
    """An account as asked for; `agency`: the one they are held to.

    `workplace`: the rated agency they work at, "" for none of them, None where nobody said: only a viewer, who decides
    nothing, may have an account then.
    """

    name: str
    shown_name: str
    roles: frozenset[Role]
    agency: str = ""
    workplace: str | None = ""
    wants_totp: bool = False


def check_wish(campaign: Campaign, others: Iterable[Account], wish: Wish) -> list[Problem]:
    """Every reason why there can be no such account beside the others; what the database would refuse, in words."""
    others = list(others)
    return [*_check_names(others, wish), *_check_roles(wish), *_check_agencies(campaign, wish)]


def _check_names(others: list[Account], wish: Wish) -> list[Problem]:
    problems = []
    if not _NAME.fullmatch(wish.name):
        problems.append(_problem("name", "name_wrong"))
    if any(one.name == wish.name for one in others):
        problems.append(_problem("name", "name_taken"))
    if not 2 <= len(wish.shown_name) <= SHOWN_LIMIT or not wish.shown_name.isprintable():
        problems.append(_problem("shown_name", "shown_wrong"))
    elif not wish.shown_name[0].isalnum():  # =HOA() would be a formula in whatever table names who did something
        problems.append(_problem("shown_name", "shown_begins"))
    elif not _is_written_here(wish.shown_name):
        problems.append(_problem("shown_name", "shown_foreign"))
    if any(one.shown_name.casefold() == wish.shown_name.casefold() for one in others):
        problems.append(_problem("shown_name", "shown_taken"))
    return problems


def _is_written_here(name: str) -> bool:
    """Whether all letters are Latin or Khmer: those of other scripts look like them, and two names like one."""
    letters = (unicodedata.name(sign, "") for sign in name if unicodedata.category(sign)[0] in "LM")
    return all(letter.startswith(_SCRIPTS) for letter in letters)


def _check_roles(wish: Wish) -> list[Problem]:
    problems = []
    if not wish.roles:
        problems.append(_problem("role", "role_missing"))
    if len(wish.roles) > 1 and wish.roles & set(ALONE):
        problems.append(_problem("role", "role_alone"))
    if "viewer" in wish.roles and not wish.agency:
        problems.append(_problem("agency", "agency_needed"))
    if wish.agency and wish.roles - set(HELD):
        problems.append(_problem("agency", "agency_needless"))
    return problems


def clean_shown_name(written: str) -> str:
    """A person's name as it is kept: composed (NFC), one space between words."""
    return " ".join(unicodedata.normalize("NFC", written).split())


def find_workplace_said(written: str | None) -> str | None:
    """A workplace as a form or a command line says it."""
    return "" if written == OUTSIDE else written or None


def find_workplace_known(account: Account) -> str | None:
    """The workplace of an account that is there; None for a viewer's, of whom nobody need have said it."""
    return None if "viewer" in account.roles and not account.workplace else account.workplace


def _check_agencies(campaign: Campaign, wish: Wish) -> list[Problem]:
    if wish.workplace is None and "viewer" not in wish.roles:
        return [_problem("workplace", "workplace_missing"), *_check_known(campaign, wish)]
    return _check_known(campaign, wish)


def _check_known(campaign: Campaign, wish: Wish) -> list[Problem]:
    known = {agency.code for agency in campaign.agencies} | {"", None}
    given = {"agency": wish.agency, "workplace": wish.workplace}
    return [_problem(where, "agency_unknown") for where, code in given.items() if code not in known]


def _problem(where: str, what: str) -> Problem:
    return Problem(text(f"account.{where}"), text(f"account.{what}"), text(f"account.{what}_fix"))
