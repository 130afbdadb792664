"""Passwords: Argon2id (RFC 9106, the second recommended option: 64 MiB, 3 passes, 4 lanes), checked in equal work."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from forms.errors import Problem, WorkFailed
from forms.serial import ALPHABET
from forms.words import text

SHORTEST, LONGEST = 10, 200
_FEWEST_SYMBOLS = 5
_GROUPS, _GROUP = 4, 4  # 16 symbols of 5 bits
_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
# Each check takes 64 MiB, and a thread of the server: whoever knocks often must neither fill the machine nor keep
# respondents waiting. Two are worked at, two more wait, whoever comes then is asked to try again.
_at_once, _at_hand = threading.BoundedSemaphore(2), threading.BoundedSemaphore(4)


class PasswordsBusy(WorkFailed):
    """So many passwords are being checked that this one has to be sent again, in a few seconds."""


@contextmanager
def take_turn() -> Iterator[None]:
    """A turn at the passwords; PasswordsBusy at once where too many wait already."""
    if not _at_hand.acquire(blocking=False):
        raise PasswordsBusy(text("account.busy"))
    try:
        with _at_once:
            yield
    finally:
        _at_hand.release()


def make_password() -> str:
    """A random password of 80 bits that a person can copy from a screen: four groups of four symbols."""
    symbols = [secrets.choice(ALPHABET) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(symbols[start : start + _GROUP]) for start in range(0, len(symbols), _GROUP))


def hash_password(password: str) -> str:
    """The hash to keep, with its parameters and its salt; PasswordsBusy."""
    with take_turn():
        return _hasher.hash(_normal(password))


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether a password fits. None, for a name that nobody has, costs as much and never fits. PasswordsBusy."""
    try:
        with take_turn():
            _hasher.verify(password_hash or _nobody(), _normal(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check_password(password: str, *names: str) -> list[Problem]:
    """What is wrong with a new password of somebody of these names; a sentence is welcome, signs are not asked for."""
    where, known = text("account.new_password"), [name.lower() for name in names if name]
    problems = []
    if not SHORTEST <= len(password) <= LONGEST:
        fix = text("account.password_length_fix", least=SHORTEST, most=LONGEST)
        problems.append(Problem(where, text("account.password_length"), fix))
    plain = _normal(password).lower()
    if any(name in plain for name in known):
        problems.append(Problem(where, text("account.password_name"), text("account.password_name_fix")))
    if password and len(set(plain)) < _FEWEST_SYMBOLS:
        problems.append(Problem(where, text("account.password_same"), text("account.password_same_fix")))
    return problems


def _normal(password: str) -> str:
    """One spelling for what looks alike: keyboards write Vietnamese letters composed or not."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
