"""Invitations and the letters sent to people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.keys import RANDOM_KEY
from collector.store.migrations.first.sheets import UNLINKED_SHEET

_OF_PERSON = "SELECT 1 FROM invitation_sheet WHERE sheet = NEW.sheet"
_PERSON_KNOWN = f"({UNLINKED_SHEET}) AND EXISTS ({_OF_PERSON})"
_NO_LINK = (
    "(SELECT bound FROM invitation WHERE id = NEW.invitation)"
    " OR (SELECT cell FROM invitation WHERE id = NEW.invitation) <> (SELECT cell FROM sheet WHERE id = NEW.sheet)"
    " OR (SELECT state FROM sheet WHERE id = NEW.sheet) <> 'handed_out'"
    " OR EXISTS (SELECT 1 FROM response WHERE sheet = NEW.sheet)"
    " OR EXISTS (SELECT 1 FROM page WHERE sheet = NEW.sheet)"
)
_GONE_OR_ANSWERED = (
    "EXISTS (SELECT 1 FROM invitation AS one WHERE one.id = NEW.invitation AND (one.opted_out_day IS NOT NULL"
    " OR NOT EXISTS (SELECT 1 FROM invitation_sheet WHERE invitation_sheet.invitation = one.id)"
    " OR EXISTS (SELECT 1 FROM invitation_sheet AS held JOIN response ON response.sheet = held.sheet"
    " WHERE held.invitation = one.id)))"
)
_VOID_LINK = (
    "EXISTS (SELECT 1 FROM invitation_sheet AS held JOIN sheet ON sheet.id = held.sheet"
    " WHERE held.invitation = NEW.invitation AND sheet.state = 'void')"
)
_NOTHING_SENT = (
    "NEW.number > 0 AND NOT EXISTS (SELECT 1 FROM letter AS earlier WHERE earlier.invitation = NEW.invitation"
    " AND earlier.number = NEW.number - 1 AND earlier.state = 'sent')"
)
REFUSALS = (
    ("link", "invitation_sheet", "INSERT", _NO_LINK, "a person has one link: a sheet of the cell that is handed out"),
    ("other_link", "invitation_sheet", "UPDATE", "1 = 1", "a link stays what it is"),
    (
        "link_at_home",
        "sheet",
        "UPDATE OF state, handover",
        "NEW.handover IS NULL AND NEW.state <> 'void' AND EXISTS (SELECT 1 FROM invitation_sheet WHERE sheet = NEW.id)",
        "a sheet that is the link of a person stays out",
    ),
    (
        "lost_link",
        "invitation_sheet",
        "DELETE",
        "EXISTS (SELECT 1 FROM invitation WHERE id = OLD.invitation AND linked)",
        "the link of a linked group stays as long as the person",
    ),
    (
        "other_invitation",
        "invitation",
        "UPDATE",
        "OLD.bound AND NOT NEW.bound OR NEW.id <> OLD.id OR NEW.recipient <> OLD.recipient OR NEW.cell <> OLD.cell"
        " OR NEW.linked <> OLD.linked OR NEW.token <> OLD.token",
        "an invitation stays what it is",
    ),
    (
        "invitation_privacy",
        "invitation",
        "INSERT",
        "NEW.linked IS DISTINCT FROM (SELECT respondent_group.linked FROM cell JOIN respondent_group"
        " ON respondent_group.id = cell.respondent_group WHERE cell.id = NEW.cell)",
        "an invitation is linked as its group is",
    ),
    ("known_response", "response", "INSERT", _PERSON_KNOWN, "no answer of an unlinked group beside its person"),
    ("known_page", "page", "INSERT", _PERSON_KNOWN, "no answer of an unlinked group beside its person"),
    ("known_page_later", "page", "UPDATE OF sheet", _PERSON_KNOWN, "no answer of an unlinked group beside its person"),
    ("reminder", "letter", "INSERT", _NOTHING_SENT, "a reminder follows a letter that was sent"),
    ("late_reminder", "letter", "INSERT", f"NEW.number > 0 AND {_GONE_OR_ANSWERED}", "nobody is reminded in vain"),
    (
        "late_letter",
        "letter",
        "UPDATE OF state",
        f"NEW.state = 'sending' AND {_GONE_OR_ANSWERED}",
        "no letter to who opted out or answered",
    ),
    ("void_reminder", "letter", "INSERT", f"NEW.number > 0 AND {_VOID_LINK}", "nobody is reminded of a void sheet"),
    (
        "void_letter",
        "letter",
        "UPDATE OF state",
        f"NEW.state = 'sending' AND {_VOID_LINK}",
        "no letter leads to a void sheet",
    ),
    (
        "second_sending",
        "letter",
        "UPDATE",
        "OLD.state IN ('sent', 'bounced') AND NEW.state IN ('queued', 'sending', 'unsure', 'failed')",
        "what was sent is not sent again",
    ),
    (
        "other_letter",
        "letter",
        "UPDATE",
        "NEW.id <> OLD.id OR NEW.invitation <> OLD.invitation OR NEW.number <> OLD.number"
        " OR NEW.message_id <> OLD.message_id OR NEW.tries < OLD.tries",
        "a letter stays what it is",
    ),
)


def make_invitations() -> None:
    """Make invitations, and the sheet each holds."""
    op.create_table(
        "invitation",
        sa.Column("id", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("recipient", RANDOM_KEY, nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("reach", sa.String(), nullable=False),
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("bound", sa.Boolean(), nullable=False),
        sa.Column("opted_out_day", sa.Date(), nullable=True),
        sa.Column("opted_out_by", sa.String(), nullable=True),
        sa.CheckConstraint("reach IN ('mail', 'hand')", name=op.f("ck_invitation_reach")),
        sa.CheckConstraint("opted_out_by IN ('link', 'command')", name=op.f("ck_invitation_opted_out_by")),
        sa.CheckConstraint("(opted_out_day IS NULL) = (opted_out_by IS NULL)", name=op.f("ck_invitation_opted_out")),
        sa.ForeignKeyConstraint(["recipient"], ["recipient.id"], name="fk_invitation_recipient", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["cell"], ["cell.id"], name="fk_invitation_cell"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("recipient", name="uq_invitation_recipient"),
        sa.UniqueConstraint("token", name="uq_invitation_token"),
    )
    op.create_table(
        "invitation_sheet",
        sa.Column("invitation", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation"], ["invitation.id"], name="fk_invitation_sheet_invitation", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_invitation_sheet_sheet"),
        sa.PrimaryKeyConstraint("invitation", name="pk_invitation_sheet"),
        sa.UniqueConstraint("sheet", name="uq_invitation_sheet_sheet"),
    )


def make_letters() -> None:
    """Make letters."""
    states = "'queued', 'sending', 'unsure', 'sent', 'failed', 'bounced', 'opted_out', 'answered', 'void'"
    checks = {
        "state": f"state IN ({states})",
        "number": "number BETWEEN 0 AND 3",
        "tries": "tries >= 0 AND (tries = 0) = (last_try IS NULL)",
        "tried": "tries > 0 OR state NOT IN ('sending', 'unsure', 'sent', 'bounced')",
    }
    op.create_table(
        "letter",
        sa.Column("id", RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("invitation", RANDOM_KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=True),
        sa.Column("last_try", sa.DateTime(), nullable=True),
        sa.Column("reply", sa.String(), nullable=False),
        *[sa.CheckConstraint(rule, name=op.f(f"ck_letter_{name}")) for name, rule in checks.items()],
        sa.ForeignKeyConstraint(["invitation"], ["invitation.id"], name="fk_letter_invitation", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
        sa.UniqueConstraint("message_id", name="uq_letter_message_id"),
        sa.UniqueConstraint("invitation", "number", name="uq_letter_invitation_number"),
    )
