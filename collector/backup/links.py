"""What leads from a person of an unlinked group to a sheet, while nobody answered: it leaves the house sealed alone.

An answer deletes such a row. A copy made before would join the person to the answer later, by the Message-ID of their
letter even without a name. So a backup holds these rows under the key of the list of people and nowhere else: once that
key is destroyed, with the list, no backup leads from a person to a sheet.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, delete, insert, select

from collector.people.contact_keys import ContactKeys
from collector.store.row_copy import triggers_aside
from collector.store.schema import invitation, invitation_sheet

_PLACE = ("", "backup links", 0)  # what the seal is bound to beside the campaign


def take_links(conn: Connection) -> list[tuple[int, int]]:
    """Take the links of unlinked groups out of a copy of the store: (invitation, sheet), the space overwritten."""
    unlinked = select(invitation.c.id).where(~invitation.c.linked)
    of_unlinked = invitation_sheet.c.invitation.in_(unlinked)
    query = select(invitation_sheet.c.invitation, invitation_sheet.c.sheet).where(of_unlinked)
    found = [(row.invitation, row.sheet) for row in conn.execute(query.order_by(invitation_sheet.c.invitation))]
    conn.execute(delete(invitation_sheet).where(of_unlinked))
    return found


def seal_links(keys: ContactKeys, links: list[tuple[int, int]]) -> bytes:
    """The links as a backup holds them."""
    return keys.seal({"links": json.dumps(links)}, *_PLACE)


def put_links_back(conn: Connection, keys: ContactKeys, sealed: bytes) -> None:
    """Bring sealed links into a restored store; WorkFailed where they were sealed with another key."""
    links = json.loads(keys.unseal(sealed, *_PLACE)["links"])
    if links:
        with triggers_aside(conn):  # a link is bound once, and these were
            conn.execute(insert(invitation_sheet), [{"invitation": one, "sheet": sheet} for one, sheet in links])
