"""The tables of personal links: who was invited, by which sheet, and the letters that went out. Erased with the people.

Triggers of the migration refuse what Python alone could not promise. One person has one link, and never a second one
(`bound` is said once); a link is a sheet of the person's cell that is handed out. In an unlinked group the link goes
before an answer comes: no response and no page stands beside it, and its row is deleted rather than changed, so that no
living row carries the transaction of the answer. A reminder follows a letter that was sent; neither leaves for somebody
who opted out or answered, nor with a link to a void sheet; what was sent is not sent again, and a Message-ID is one for
good.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from collector.store.schema.columns import RandomKey, metadata

_STATES = ("queued", "sending", "unsure", "sent", "failed", "bounced", "opted_out", "answered", "void")

# reach: how the link comes to the person; "hand": a slip or a message, for who has no e-mail. token: opts out, and
# leads to no sheet. Bound and without a row in invitation_sheet: somebody of an unlinked group who answered.
invitation = Table(
    "invitation",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    Column("recipient", RandomKey, ForeignKey("recipient.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("cell", ForeignKey("cell.id"), nullable=False),
    Column("linked", Boolean, nullable=False),
    Column("reach", String, nullable=False),
    Column("token", String(20), nullable=False, unique=True),
    Column("bound", Boolean, nullable=False),
    Column("opted_out_day", Date),
    Column("opted_out_by", String),
    CheckConstraint("reach IN ('mail', 'hand')", name="reach"),
    CheckConstraint("opted_out_by IN ('link', 'command')", name="opted_out_by"),
    CheckConstraint("(opted_out_day IS NULL) = (opted_out_by IS NULL)", name="opted_out"),
)

invitation_sheet = Table(
    "invitation_sheet",
    metadata,
    Column(
        "invitation",
        RandomKey,
        ForeignKey("invitation.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("sheet", ForeignKey("sheet.id"), nullable=False, unique=True),
)

# number: 0 the invitation, 1 and on the reminders. sending: written down before the server is given the letter; unsure:
# the run ended before the server said whether it took it. reply: the server's last answer, its code alone.
letter = Table(
    "letter",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    Column("invitation", RandomKey, ForeignKey("invitation.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("message_id", String, nullable=False, unique=True),
    Column("tries", Integer, nullable=False),
    Column("not_before", DateTime),
    Column("last_try", DateTime),
    Column("reply", String, nullable=False),
    UniqueConstraint("invitation", "number"),
    CheckConstraint(f"state IN ({', '.join(map(repr, _STATES))})", name="state"),
    CheckConstraint("number BETWEEN 0 AND 3", name="number"),
    CheckConstraint("tries >= 0 AND (tries = 0) = (last_try IS NULL)", name="tries"),
    CheckConstraint("tries > 0 OR state NOT IN ('sending', 'unsure', 'sent', 'bounced')", name="tried"),
)
