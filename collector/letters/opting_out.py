"""Wanting no more letters: by the link of a letter, or because somebody said so. The form stays open all the same."""

from __future__ import annotations

import datetime
import re

from collector.people.sealed import find_keys, unseal_person
from collector.store import Store
from collector.store.clock import day_of
from collector.store.events import record_event
from collector.store.invitations import Invitation, OptedOutBy, list_invitations, opt_out
from collector.store.letters import drop_needless
from collector.store.recipients import list_people
from forms.campaign import Campaign
from forms.contacts import find_email
from forms.errors import NotFound
from forms.words import text

_TOKEN = re.compile(r"[0-9A-Z]{20}")


def find_invitation(store: Store, token: str) -> Invitation | None:
    """The invitation that a token opts out of, written in any case."""
    written = token.upper()
    if not _TOKEN.fullmatch(written):
        return None
    with store.read() as conn:
        return next(iter(list_invitations(conn, token=written)), None)


def accept_opt_out(store: Store, found: Invitation, by: OptedOutBy, now: datetime.datetime | None = None) -> bool:
    """Send this person no more letters; False where that is on record. What waits in the queue is taken out."""
    with store.write() as conn:
        fresh = opt_out(conn, found.id, by, day_of(now))
        drop_needless(conn)
        return fresh


def opt_out_address(store: Store, campaign: Campaign, address: str, who: str) -> int:
    """The same for an e-mail address, in every cell where it is invited; how many invitations it was. NotFound."""
    wanted = find_email(address.strip())
    with store.read() as conn:
        keys = find_keys(conn, campaign.settings.id)
        people = {row.id: row for row in list_people(conn)}
        invited = list_invitations(conn) if keys else []
        found = [one for one in invited if keys and unseal_person(keys, people[one.recipient]).email == wanted]
    if not found or wanted is None:
        raise NotFound(text("letters.nobody_there"))
    fresh = sum(accept_opt_out(store, one, "command") for one in found)
    with store.write() as conn:
        record_event(conn, who, "invite.opt-out", "", f"people={fresh}")
    return fresh
