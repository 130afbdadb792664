"""Invitations: which person has which sheet, who opted out, who answered. Rows only: names need the keys.

In an unlinked group the row that leads from a person to a sheet is deleted before an answer of that sheet is kept, in
the same transaction; that it is gone is all that tells that this person answered.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, or_, select, update

from collector.store.schema import agency, cell, invitation, invitation_sheet, respondent_group, response, sheet
from collector.store.steps import in_parts
from forms.serial import ALPHABET

Reach = Literal["mail", "hand"]
OptedOutBy = Literal["link", "command"]
_TOKEN_SYMBOLS = 20  # 100 random bits


@dataclass(frozen=True)
class Invitation:
    """An invited person: `serial` is "" once somebody of an unlinked group answered; `recipient` is the person's id.

    `void`: the sheet was made void, so its link opens nothing any more.
    """

    id: int
    recipient: int
    agency: str
    group: str
    linked: bool
    reach: Reach
    token: str
    serial: str
    opted_out_day: datetime.date | None
    answered: bool
    void: bool


def has_answered() -> ColumnElement[bool]:
    """The condition that the person of an invitation answered, by whatever way."""
    held = select(invitation_sheet.c.sheet).where(invitation_sheet.c.invitation == invitation.c.id)
    came_in = exists(
        select(response.c.id)
        .join_from(response, invitation_sheet, invitation_sheet.c.sheet == response.c.sheet)
        .where(invitation_sheet.c.invitation == invitation.c.id)
    ).correlate(invitation)
    return or_(~exists(held.correlate(invitation)), came_in)


def is_void() -> ColumnElement[bool]:
    """The condition that the sheet of an invitation was made void: its link opens nothing any more."""
    held = select(invitation_sheet.c.sheet).join(sheet, sheet.c.id == invitation_sheet.c.sheet)
    return exists(held.where(invitation_sheet.c.invitation == invitation.c.id, sheet.c.state == "void")).correlate(
        invitation
    )


def list_invitations(
    conn: Connection, cells: Collection[tuple[str, str]] | None = None, token: str | None = None
) -> list[Invitation]:
    """The invitations of some cells, or all, by their random ids; with `token` the one that bears it."""
    names = ("id", "recipient", "linked", "reach", "token", "opted_out_day")
    query = (
        select(*(invitation.c[name] for name in names), agency.c.code.label("agency"))
        .add_columns(respondent_group.c.code.label("group"), sheet.c.serial, has_answered().label("answered"))
        .add_columns((sheet.c.state == "void").label("void"))
        .join_from(invitation, cell, cell.c.id == invitation.c.cell)
        .join(agency, agency.c.id == cell.c.agency)
        .join(respondent_group, respondent_group.c.id == cell.c.respondent_group)
        .outerjoin(invitation_sheet, invitation_sheet.c.invitation == invitation.c.id)
        .outerjoin(sheet, sheet.c.id == invitation_sheet.c.sheet)
        .where(invitation.c.bound)
        .order_by(invitation.c.id)
    )
    if token is not None:
        query = query.where(invitation.c.token == token)
    found = [
        Invitation(**{**one._mapping, "serial": one.serial or "", "void": bool(one.void)})
        for one in conn.execute(query)
    ]
    return found if cells is None else [one for one in found if (one.agency, one.group) in set(cells)]


@dataclass(frozen=True)
class NewInvitation:
    """A person to be invited; `cell` and `sheet` are keys."""

    recipient: int
    cell: int
    linked: bool
    reach: Reach
    sheet: int


def add_invitations(conn: Connection, fresh: Sequence[NewInvitation]) -> list[int]:
    """Keep invitations and bind each to its sheet, which must be handed out; their ids.

    IntegrityError where a person has one already, or a sheet belongs to somebody or was answered.
    """
    keys = [secrets.randbits(63) for _ in fresh]
    rows = [
        {"id": key, "recipient": one.recipient, "cell": one.cell, "linked": one.linked, "reach": one.reach}
        | {"token": make_token(), "bound": False}
        for key, one in zip(keys, fresh, strict=True)
    ]
    links = [{"invitation": key, "sheet": one.sheet} for key, one in zip(keys, fresh, strict=True)]
    if rows:
        # By their random ids: in which order people were bound tells whose sheet is whose.
        conn.execute(insert(invitation), sorted(rows, key=lambda row: int(str(row["id"]))))
        conn.execute(insert(invitation_sheet), sorted(links, key=lambda row: row["invitation"]))
        conn.execute(update(invitation).where(invitation.c.id.in_(keys)).values(bound=True))
    return keys


def make_token() -> str:
    """What opts a person out, and nothing else: 20 symbols that nobody guesses."""
    return "".join(secrets.choice(ALPHABET) for _ in range(_TOKEN_SYMBOLS))


def part_from_person(conn: Connection, sheet_key: int) -> None:
    """Destroy what leads from a person to a held sheet of an unlinked group; run it before anything of it is kept."""
    of_sheet = invitation_sheet.c.sheet == sheet_key
    if conn.scalar(select(invitation_sheet.c.sheet).where(of_sheet)) is None:
        return
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA secure_delete = ON")  # freed space is overwritten with zeros
    conn.execute(delete(invitation_sheet).where(of_sheet))


def is_invited(conn: Connection, sheet_key: int) -> bool:
    """Whether a sheet is somebody's link."""
    return conn.scalar(select(invitation_sheet.c.sheet).where(invitation_sheet.c.sheet == sheet_key)) is not None


def find_invited(conn: Connection, sheet_keys: Collection[int]) -> frozenset[int]:
    """Those of some sheets that are links of people."""
    query = select(invitation_sheet.c.sheet)
    return frozenset(
        key for part in in_parts(sheet_keys) for key in conn.scalars(query.where(invitation_sheet.c.sheet.in_(part)))
    )


def opt_out(conn: Connection, key: int, by: OptedOutBy, day: datetime.date) -> bool:
    """Note that a person wants no more letters; False where that is on record."""
    fresh = update(invitation).where(invitation.c.id == key, invitation.c.opted_out_day.is_(None))
    return bool(conn.execute(fresh.values(opted_out_day=day, opted_out_by=by)).rowcount)
