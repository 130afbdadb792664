"""Second signatures: what was asked for about the runner's own sheets is done, or refused, by somebody from outside.

An act that waits has changed nothing. With the signature it is done exactly as it was asked, under the name of who
asked, and both names stand in the log; a refusal and its reason stay on record. Where the act can be done no more, as
when the sheet is void by now, nothing is signed and the act still waits.
"""

from __future__ import annotations

import datetime
from typing import Literal

from sqlalchemy import Connection

from collector.ledger.holding import Note
from collector.ledger.mistakes import put_right_on
from collector.ledger.naming import Named
from collector.ledger.voiding import void_on
from collector.petitions import carry_out
from collector.recheck.deciding import strike_on, unstrike_on
from collector.review import decide_on, settle_on
from collector.store import Store
from collector.store.accounts import Account
from collector.store.clock import store_time
from collector.store.settlements import Signature
from collector.store.signing import PendingAct, close_act, hold_act, list_acts
from forms.campaign import Campaign
from forms.errors import InputWrong, NotFound, Problem
from forms.index_points import load_index
from forms.words import text

Hindrance = Literal["own", "inside"]


def find_hindrance(act: PendingAct, signer: Account) -> Hindrance | None:
    """Why an act is not this person's to sign: it is their own, or they work at the agency that it is about."""
    if signer.id == act.account or signer.shown_name == act.who:
        return "own"
    return "inside" if signer.workplace == act.agency else None


def sign(store: Store, campaign: Campaign, key: int, signer: Account, now: datetime.datetime) -> PendingAct:
    """Sign an act and do it, both or neither; InputWrong where it is not theirs to sign or cannot be done any more."""
    with store.read() as conn:
        is_petition = any(act.id == key and act.kind == "petition" for act in list_acts(conn, True, None))
    points = load_index(store.folder)[1] if is_petition else None  # tables of the folder: read before others wait
    with store.write() as conn:
        act = _take(conn, key, signer)
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
    if hindrance := find_hindrance(act, signer):
        what = text("sign.own" if hindrance == "own" else "sign.inside")
        raise InputWrong([Problem(act.subject, what, text("sign.other_fix"))])
    return act


def _do(conn: Connection, store: Store, campaign: Campaign, act: PendingAct, now: datetime.datetime) -> None:
    asked = act.asked
    if act.kind == "doubt":
        assert act.doubt is not None
        by = Signature(act.who, None, act.why, store_time(now))  # of no session: nobody takes it back by a key
        settle_on(conn, store, act.doubt, tuple(asked["chosen"]), by, signed=True)
    elif act.kind == "conflict":
        assert act.conflict is not None
        decide_on(conn, act.conflict, asked["keep"], act.who, act.why, now, signed=True)
    elif act.kind == "strike":
        strike_on(conn, campaign.settings.recheck.void, act.asked["name"], act.who, act.why, signed=True)
    elif act.kind == "unstrike":
        assert act.recheck_decision is not None
        unstrike_on(conn, act.recheck_decision, act.who, act.why, signed=True)
    else:
        note = Note(act.who, datetime.date.fromisoformat(asked["day"]), asked["letter"], asked["note"])
        named = Named(tuple(asked["numbers"]))
        if act.kind == "void":
            void_on(conn, campaign, named, note, signed=True)
        else:
            put_right_on(conn, campaign, named, asked["what"], note, signed=True)
