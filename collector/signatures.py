"""Second signatures: what was asked for about the runner's own sheets is done, or refused, by somebody from outside.

An act that waits has changed nothing. With the signature it is done exactly as it was asked, under the name of who
asked, and both names stand in the log; a refusal and its reason stay on record. Where the act can be done no more, as
when the sheet is void by now, nothing is signed and the act still waits.
"""

from __future__ import annotations

import datetime
from typing import Literal

from sqlalchemy import Connection, select

from collector.editions.petitions import carry_out
from collector.ledger.holding import Note
from collector.ledger.mistakes import put_right_on
from collector.ledger.naming import Named
from collector.ledger.voiding import void_on
from collector.recheck.deciding import restore_on, strike_on
from collector.review.deciding import decide_on, get_doubt, settle_on
from collector.store import Store
from collector.store.accounts import Account, find_workplace
from collector.store.clock import store_time
from collector.store.recheck_decisions import list_decisions
from collector.store.schema import conflict, sheet
from collector.store.settlements import Signature
from collector.store.signing import PendingAct, close_act, find_own_sheets, hold_act, list_waiting
from forms.campaign import Campaign
from forms.errors import InputWrong, NotFound, Problem
from forms.index_points import load_index
from forms.words import text

Hindrance = Literal["own", "inside", "hand"]


def find_hindrance(conn: Connection, act: PendingAct, signer: Account) -> Hindrance | None:
    """Why an act is not this person's to sign: it is their own, or they work at an agency that it is about, or their
    account rests on the same word as that of who asked (a person could make a second one and sign with it).
    """
    if signer.id == act.account or signer.shown_name == act.who:
        return "own"
    if signer.workplace and (signer.workplace == act.agency or _rates(conn, act, signer.workplace)):
        return "inside"
    return "hand" if act.account is not None and signer.rests_on == act.rests_on else None


def _rates(conn: Connection, act: PendingAct, agency: str) -> bool:
    """Whether an act is about a sheet of an agency, or one that rates it; of a doubt, its sheet or its own row."""
    if act.doubt is not None:
        doubt = get_doubt(conn, act.doubt)
        return agency in (doubt.agency, doubt.row)
    if act.conflict is not None:
        keys = conn.scalars(select(conflict.c.sheet).where(conflict.c.id == act.conflict)).all()
    elif act.kind == "strike":
        keys = act.asked["sheets"]
    elif act.kind == "petition":
        keys = []  # about the runner's points, no sheet
    elif act.kind == "restore":
        keys = [key for one in list_decisions(conn) if one.id == act.asked["decision"] for key in one.sheets]
    else:
        keys = conn.scalars(select(sheet.c.id).where(sheet.c.number.in_(act.asked["numbers"]))).all()
    return bool(find_own_sheets(conn, agency, keys))


def sign(store: Store, campaign: Campaign, key: int, signer: Account, now: datetime.datetime) -> PendingAct:
    """Sign an act and do it, both or neither; InputWrong where it is not theirs to sign or cannot be done any more."""
    with store.read() as conn:
        is_petition = any(act.id == key for act in list_waiting(conn, "petition"))
    points = load_index(store.folder)[1] if is_petition else None  # tables of the folder: read before others wait
    with store.write() as conn:
        act = _take(conn, key, signer)
        _check_asker(conn, act)
        close_act(conn, act, "signed", (signer.id, signer.shown_name), "", now)
        if act.kind == "petition" and points is not None:
            carry_out(conn, campaign, points, act, now)
        else:
            _do(conn, store, campaign, act, now)
    return act


def refuse(store: Store, key: int, signer: Account, reply: str, now: datetime.datetime) -> PendingAct:
    """Refuse an act for a reason, for good; whoever still wants it asks anew. InputWrong."""
    if not reply.strip():
        raise InputWrong([Problem(text("sign.reply"), text("sign.no_reply"), text("sign.no_reply_fix"))])
    with store.write() as conn:
        act = _take(conn, key, signer)
        close_act(conn, act, "refused", (signer.id, signer.shown_name), reply.strip(), now)
    return act


def _take(conn: Connection, key: int, signer: Account) -> PendingAct:
    act = hold_act(conn, key)
    if act is None:
        raise NotFound(text("sign.unknown", number=key))
    if act.state != "waiting":
        raise InputWrong([Problem(act.subject, text("sign.decided"), text("sign.decided_fix"))])
    if hindrance := find_hindrance(conn, act, signer):
        fix = text("sign.hand_fix" if hindrance == "hand" else "sign.other_fix")
        raise InputWrong([Problem(act.subject, text(f"sign.{hindrance}"), fix)])
    return act


def _check_asker(conn: Connection, act: PendingAct) -> None:
    """It is done under the name of who asked, who may have come to work there since."""
    place = find_workplace(conn, act.who)
    if place and (place == act.agency or _rates(conn, act, place)):
        raise InputWrong([Problem(act.subject, text("sign.moved", who=act.who), text("sign.moved_fix"))])


def _do(conn: Connection, store: Store, campaign: Campaign, act: PendingAct, now: datetime.datetime) -> None:
    asked = act.asked
    if act.kind == "doubt":
        assert act.doubt is not None
        by = Signature(act.who, None, act.why, store_time(now), act.id)  # of no session: no key takes it back
        settle_on(conn, store, act.doubt, tuple(asked["chosen"]), by)
    elif act.kind == "conflict":
        assert act.conflict is not None
        decide_on(conn, act.conflict, asked["keep"], act.who, act.why, now, signed=True)
    elif act.kind == "strike":
        strike_on(conn, campaign.settings.recheck.void, act, now)
    elif act.kind == "restore":
        restore_on(conn, act, now)
    else:
        note = Note(act.who, datetime.date.fromisoformat(asked["day"]), asked["letter"], asked["note"], act.id)
        named = Named(tuple(asked["numbers"]))
        if act.kind == "void":
            void_on(conn, campaign, named, note)
        else:
            put_right_on(conn, campaign, named, asked["what"], note)
