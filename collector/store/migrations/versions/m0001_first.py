"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_RANDOM_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = (
    *("settlement", "event", "movement", "extension", "sheet_step"),
    *("recipient_import", "recipient_draw", "recipient_drawn"),
    *("edition", "edition_total", "edition_point", "petition", "petition_decision"),
    *("drawn_answer", "second_look", "look_undone", "import_row"),
    *("recheck_seed", "recheck_draw", "recheck_place", "recheck_call", "recheck_opinion"),
    *("recheck_widening", "recheck_decision", "recheck_struck"),
    *("typed_entry", "recheck_attempt"),
)
_NEVER_DELETED = (
    "response",
    "conflict",
    "doubt",
    "page",
    "scan_file",
    "sheet",
    "account",
    "account_session",
    "pending_act",
)
_MOVES = (
    ("printed", "'printed', 'handed_out', 'returned', 'answered_phone', 'void'"),
    (
        "handed_out",
        "'handed_out', 'printed', 'returned', 'answered_phone', 'refused', 'spoiled', 'lost', 'unused', 'void'",
    ),
    ("returned", "'returned', 'handed_out', 'answered_phone', 'refused', 'spoiled', 'lost', 'void'"),
    ("answered_phone", "'answered_phone', 'returned', 'void'"),
    ("refused", "'refused', 'returned', 'answered_phone', 'handed_out', 'lost', 'void'"),
    ("spoiled", "'spoiled', 'returned', 'answered_phone', 'handed_out', 'lost', 'void'"),
    ("lost", "'lost', 'returned', 'answered_phone', 'refused', 'spoiled', 'unused', 'handed_out', 'void'"),
    ("unused", "'unused', 'handed_out', 'lost', 'returned', 'answered_phone', 'void'"),
)
_CLAIMS_NOWHERE = (
    "(NEW.claims AND EXISTS (SELECT 1 FROM sheet WHERE id = NEW.sheet AND state = 'void'))"
    " OR (NEW.state = 'accepted' AND EXISTS (SELECT 1 FROM sheet WHERE replaces = NEW.sheet))"
)
_NOTHING_COUNTS = (
    ("response", "INSERT", _CLAIMS_NOWHERE),
    ("response", "UPDATE OF state, claims", _CLAIMS_NOWHERE),
    (
        "sheet",
        "UPDATE OF state, replaces",
        "(NEW.state = 'void' AND EXISTS (SELECT 1 FROM response WHERE sheet = NEW.id AND claims))"
        " OR (NEW.replaces IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM response WHERE sheet = NEW.replaces AND state = 'accepted'))",
    ),
)
# What a row is for good: neither moved to another sheet or cell, nor given another name, time or right to count.
_FOR_GOOD = {
    "sheet": ("id", "serial", "cell", "ordinal", "number", "layout", "training", "print_run", "is_reserve"),
    "response": ("id", "sheet", "channel", "copy", "linked", "receipt", "received_day", "received_at", "seconds"),
    "conflict": ("id", "sheet", "first", "second"),
    "cell": ("id", "agency", "respondent_group"),
    "layout": ("id", "code", "number", "questionnaire", "content", "head", "training"),
    "questionnaire": ("id", "code", "digest", "content"),
    "question": ("id", "questionnaire", "code", "kind", "position"),
    "option": ("id", "question", "code", "position"),
    "pending_act": (
        *("id", "kind", "agency", "subject", "asked", "doubt", "conflict", "petition", "recheck_decision"),
        *("who", "account", "why", "at"),
    ),
}
_BY_LOG = ("state", "step", "handover", "received", "received_day", "replaces")
_LOGGED = " AND ".join(f"line.{name} IS NOT DISTINCT FROM NEW.{name}" for name in _BY_LOG[1:])
_UNLOGGED = (
    "({changed}) AND NOT EXISTS (SELECT 1 FROM sheet_step AS line WHERE line.sheet = NEW.id AND line.after = NEW.state"
    f" AND {_LOGGED} AND NOT EXISTS (SELECT 1 FROM sheet_step WHERE sheet = NEW.id AND step > NEW.step))"
)
_OTHER_PRIVACY = (
    "NEW.linked IS DISTINCT FROM (SELECT respondent_group.linked FROM sheet JOIN cell ON cell.id = sheet.cell"
    " JOIN respondent_group ON respondent_group.id = cell.respondent_group WHERE sheet.id = NEW.sheet)"
)
_ANSWERED = (
    "OLD.linked <> NEW.linked AND EXISTS (SELECT 1 FROM response JOIN sheet ON sheet.id = response.sheet"
    " JOIN cell ON cell.id = sheet.cell WHERE cell.respondent_group = NEW.id)"
)
_NEXT_STEP = "SELECT 1 FROM sheet WHERE id = NEW.sheet AND state = NEW.before AND COALESCE(step, 0) = NEW.step - 1"
_OUT_OF_ORDER = (
    "EXISTS (SELECT 1 FROM edition WHERE place >= NEW.place)"
    " OR (NEW.place > 1 AND EXISTS (SELECT 1 FROM petition AS asked WHERE NOT EXISTS"
    " (SELECT 1 FROM petition_decision WHERE petition = asked.id)))"
)
_LAST_EDITION = "EXISTS (SELECT 1 FROM edition WHERE place = 3)"
_OTHER_LOOK = (
    "NEW.round <> 1 + (SELECT COUNT(*) FROM second_look JOIN look_undone ON look_undone.second_look = second_look.id"
    " WHERE second_look.drawn_answer = NEW.drawn_answer) OR EXISTS"
    " (SELECT 1 FROM second_look WHERE drawn_answer = NEW.drawn_answer AND round = NEW.round)"
)
_DECIDED_LOOK = (
    "EXISTS (SELECT 1 FROM look_undone WHERE second_look = NEW.second_look)"
    " OR EXISTS (SELECT 1 FROM second_look JOIN drawn_answer ON drawn_answer.id = second_look.drawn_answer"
    " JOIN doubt ON doubt.page = drawn_answer.page AND doubt.question = drawn_answer.question"
    " AND doubt.rated = drawn_answer.rated WHERE second_look.id = NEW.second_look AND doubt.chosen IS NOT NULL)"
)
_DRAWN_BEFORE = (
    "EXISTS (SELECT 1 FROM drawn_answer WHERE page = NEW.page AND question = NEW.question AND rated = NEW.rated)"
)
_UNLINKED_SHEET = (
    "EXISTS (SELECT 1 FROM sheet JOIN cell ON cell.id = sheet.cell"
    " JOIN respondent_group ON respondent_group.id = cell.respondent_group"
    " WHERE sheet.id = NEW.sheet AND NOT respondent_group.linked)"
)
_LATER_CALL = (
    "SELECT 1 FROM recheck_call AS later WHERE later.recheck_draw = one.recheck_draw AND later.place = one.place"
    " AND later.version > one.version"
)
_CALLS = f"recheck_call AS one WHERE one.recheck_draw = NEW.recheck_draw AND NOT EXISTS ({_LATER_CALL})"
_NOT_OPEN = (
    "NEW.place > (SELECT size FROM recheck_draw WHERE id = NEW.recheck_draw)"
    f" + (SELECT count(*) FROM {_CALLS} AND one.outcome IN ('unreachable', 'wrong_number'))"
    " AND NEW.version = 1"
    " AND NOT EXISTS (SELECT 1 FROM recheck_call WHERE recheck_draw = NEW.recheck_draw AND place > NEW.place)"
    " AND NOT EXISTS (SELECT 1 FROM recheck_widening WHERE recheck_draw = NEW.recheck_draw)"
)
_TOO_FEW_ATTEMPTS = (
    "NEW.outcome = 'unreachable' AND NEW.attempts < (SELECT attempts FROM recheck_draw WHERE id = NEW.recheck_draw)"
)
_OTHER_VERSION = (
    "NEW.version <> 1 + (SELECT count(*) FROM recheck_call WHERE recheck_draw = NEW.recheck_draw AND place = NEW.place)"
)
_LAST_MANAGER = (
    "OLD.manager AND NOT OLD.disabled AND (NEW.disabled OR NOT NEW.manager)"
    " AND NOT EXISTS (SELECT 1 FROM account WHERE manager AND NOT disabled AND id <> OLD.id)"
)
_USED_CODE = "NEW.totp_step <= OLD.totp_step AND NEW.totp_sealed IS NOT DISTINCT FROM OLD.totp_sealed"
_ENDED = (
    "OLD.ended_at IS NOT NULL OR NEW.account <> OLD.account OR NEW.digest <> OLD.digest OR NEW.ends_at <> OLD.ends_at"
)
_OFF_CHAIN = (
    "NEW.id <> 1 + (SELECT COALESCE(MAX(id), 0) FROM event)"
    " OR NEW.prev <> COALESCE((SELECT hash FROM event ORDER BY id DESC LIMIT 1), '" + "0" * 64 + "')"
)
_SIGNER_INSIDE = (
    "NEW.signer_account IS NOT NULL AND NOT EXISTS (SELECT 1 FROM account WHERE id = NEW.signer_account"
    " AND shown_name = NEW.signer AND NOT disabled AND (workplace IS NULL OR workplace <> NEW.agency))"
)
_OWN_PETITION = (  # decided by whom it concerns
    "EXISTS (SELECT 1 FROM petition JOIN agency ON agency.id = petition.agency"
    " JOIN account ON account.workplace = agency.code"
    " WHERE petition.id = NEW.petition AND account.shown_name = NEW.who)"
)
_UNSIGNED_PETITION = (
    "EXISTS (SELECT 1 FROM petition JOIN agency ON agency.id = petition.agency"
    " JOIN meta ON meta.key = 'runs' AND meta.value = agency.code WHERE petition.id = NEW.petition)"
    " AND NOT EXISTS (SELECT 1 FROM pending_act WHERE petition = NEW.petition AND state = 'signed')"
)
_PETITION_DECISIONS = (
    ("refuse_own_petition", "petition_decision", "INSERT", _OWN_PETITION, "others decide about their petition"),
    ("refuse_unsigned", "petition_decision", "INSERT", _UNSIGNED_PETITION, "it needs a second signature"),
)
_UNDOES_UNDO = "EXISTS (SELECT 1 FROM recheck_decision WHERE id = NEW.{key} AND scope = 'undo')"
_RECHECK = (
    ("contact", _UNLINKED_SHEET, "nobody of an unlinked group is called about a sheet"),
    ("place", _UNLINKED_SHEET, "no sheet of an unlinked group is rechecked"),
    ("call", _NOT_OPEN, "this place is not open yet"),
    ("call", _TOO_FEW_ATTEMPTS, "nobody is unreachable after so few attempts"),
    ("call", _OTHER_VERSION, "a correction follows what it corrects"),
    ("widening", f"NOT EXISTS (SELECT 1 FROM {_CALLS} AND one.outcome = 'forged')", "no forgery is confirmed"),
    ("decision", _UNDOES_UNDO.format(key="undoes"), "an undoing is not undone"),
    ("struck", _UNDOES_UNDO.format(key="recheck_decision"), "an undoing strikes nothing"),
)
_OF_PERSON = "SELECT 1 FROM invitation_sheet WHERE sheet = NEW.sheet"
_PERSON_KNOWN = f"({_UNLINKED_SHEET}) AND EXISTS ({_OF_PERSON})"
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
_NOTHING_SENT = (
    "NEW.number > 0 AND NOT EXISTS (SELECT 1 FROM letter AS earlier WHERE earlier.invitation = NEW.invitation"
    " AND earlier.number = NEW.number - 1 AND earlier.state = 'sent')"
)
_LETTERS = (  # name, table, verb, condition, words
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
# As given by phone or typed in they never change; paper is read anew when settled.
_GIVEN = ("answer", "answer_value", "answer_as_above")


def upgrade() -> None:
    """Make every table."""
    _make_cells()
    _make_questionnaires()
    _make_layouts()
    _make_print_runs()
    _make_movements()
    _make_sheets()
    _make_sheet_steps()
    _make_scan_files()
    _make_pages()
    _make_page_answers()
    _make_responses()
    _limit_responses()
    _make_answers()
    _make_import_rows()
    _make_doubts()
    _make_looks()
    _make_conflicts()
    _make_recipients()
    _make_draws()
    _make_editions()
    _make_petitions()
    _make_recheck_frames()
    _make_recheck_draws()
    _make_recheck_calls()
    _make_recheck_opinions()
    _make_recheck_decisions()
    _make_accounts()
    _make_account_sessions()
    _make_invitations()
    _make_letters()
    _make_as_above()
    _make_uploads()
    _make_typed_entries()
    _make_pending_acts()
    _make_recheck_attempts()
    _forbid_changes()


def _make_cells() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agency"),
        sa.UniqueConstraint("code", name="uq_agency_code"),
    )
    op.create_table(
        "respondent_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_respondent_group"),
        sa.UniqueConstraint("code", name="uq_respondent_group_code"),
    )
    op.create_table(
        "cell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("respondent_group", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("collector", sa.String(), nullable=False),
        sa.CheckConstraint("accepted BETWEEN 0 AND target", name=op.f("ck_cell_accepted")),
        sa.CheckConstraint("reserved BETWEEN 0 AND target + reserve", name=op.f("ck_cell_reserved")),
        sa.CheckConstraint("target >= 0 AND reserve >= 0", name=op.f("ck_cell_size")),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_cell_agency"),
        sa.ForeignKeyConstraint(["respondent_group"], ["respondent_group.id"], name="fk_cell_respondent_group"),
        sa.PrimaryKeyConstraint("id", name="pk_cell"),
        sa.UniqueConstraint("agency", "respondent_group", name="uq_cell_agency_respondent_group"),
    )


def _make_questionnaires() -> None:
    op.create_table(
        "questionnaire",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_questionnaire"),
        sa.UniqueConstraint("digest", name="uq_questionnaire_digest"),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("questionnaire", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('one', 'many', 'number', 'text')", name=op.f("ck_question_kind")),
        sa.ForeignKeyConstraint(["questionnaire"], ["questionnaire.id"], name="fk_question_questionnaire"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.UniqueConstraint("questionnaire", "code", name="uq_question_questionnaire_code"),
    )
    op.create_table(
        "option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_option_question"),
        sa.PrimaryKeyConstraint("id", name="pk_option"),
        sa.UniqueConstraint("question", "code", name="uq_option_question_code"),
    )


def _make_movements() -> None:
    op.create_table(
        "movement",
        sa.Column("id", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('handover', 'return', 'void', 'release', 'reprint', 'correction')", name=op.f("ck_movement_kind")
        ),
        sa.CheckConstraint("kind <> 'handover' OR party <> ''", name=op.f("ck_movement_party")),
        sa.CheckConstraint("kind NOT IN ('void', 'correction') OR note <> ''", name=op.f("ck_movement_reason")),
        sa.PrimaryKeyConstraint("id", name="pk_movement"),
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_kind", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("recorded_day", sa.Date(), nullable=False),
        sa.CheckConstraint("letter <> ''", name=op.f("ck_extension_letter")),
        sa.CheckConstraint("party_kind IN ('agency', 'collector')", name=op.f("ck_extension_party_kind")),
        sa.PrimaryKeyConstraint("id", name="pk_extension"),
    )


def _make_layouts() -> None:
    op.create_table(
        "layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questionnaire", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("training", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("number BETWEEN 0 AND 1023", name=op.f("ck_layout_number")),
        sa.ForeignKeyConstraint(["questionnaire"], ["questionnaire.id"], name="fk_layout_questionnaire"),
        sa.PrimaryKeyConstraint("id", name="pk_layout"),
        sa.UniqueConstraint("code", name="uq_layout_code"),
        sa.UniqueConstraint("id", "training", name="uq_layout_id_training"),
        sa.UniqueConstraint("number", name="uq_layout_number"),
    )


def _make_print_runs() -> None:
    op.create_table(
        "print_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_print_run"),
    )


def _make_sheets() -> None:
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("serial", sa.String(length=16), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("layout", sa.Integer(), nullable=False),
        sa.Column("training", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("print_run", sa.Integer(), nullable=True),
        sa.Column("is_reserve", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("void_reason", sa.String(), nullable=True),
        sa.Column("handover", _RANDOM_KEY, nullable=True),
        sa.Column("received", _RANDOM_KEY, nullable=True),
        sa.Column("received_day", sa.Date(), nullable=True),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'void') = (void_reason IS NOT NULL)", name=op.f("ck_sheet_void")),
        sa.CheckConstraint(
            "state IN ('printed', 'handed_out', 'returned', 'answered_phone', "
            "'refused', 'spoiled', 'lost', 'unused', 'void')",
            name=op.f("ck_sheet_state"),
        ),
        sa.CheckConstraint("ordinal >= 1", name=op.f("ck_sheet_ordinal")),
        *_check_accounting(),
        sa.ForeignKeyConstraint(["handover"], ["movement.id"], name="fk_sheet_handover"),
        sa.ForeignKeyConstraint(["received"], ["movement.id"], name="fk_sheet_received"),
        sa.ForeignKeyConstraint(["replaces"], ["sheet.id"], name="fk_sheet_replaces"),
        *_point_at_steps(),
        sa.CheckConstraint("NOT training", name=op.f("ck_sheet_training")),
        sa.ForeignKeyConstraint(["cell"], ["cell.id"], name="fk_sheet_cell"),
        sa.ForeignKeyConstraint(
            ["layout", "training"], ["layout.id", "layout.training"], name="fk_sheet_layout_training"
        ),
        sa.ForeignKeyConstraint(["print_run"], ["print_run.id"], name="fk_sheet_print_run"),
        sa.PrimaryKeyConstraint("id", name="pk_sheet"),
        sa.UniqueConstraint("cell", "ordinal", name="uq_sheet_cell_ordinal"),
        sa.UniqueConstraint("number", name="uq_sheet_number"),
        sa.UniqueConstraint("replaces", name="uq_sheet_replaces"),
        sa.UniqueConstraint("serial", name="uq_sheet_serial"),
    )


def _check_accounting() -> list[sa.CheckConstraint]:
    """What must be on record of a sheet in its state."""
    return [
        sa.CheckConstraint(
            "state NOT IN ('handed_out', 'refused', 'spoiled', 'lost') OR handover IS NOT NULL",
            name=op.f("ck_sheet_out"),
        ),
        sa.CheckConstraint("state NOT IN ('printed', 'unused') OR handover IS NULL", name=op.f("ck_sheet_in")),
        sa.CheckConstraint(
            "state NOT IN ('returned', 'answered_phone') OR received_day IS NOT NULL",
            name=op.f("ck_sheet_received_day"),
        ),
        sa.CheckConstraint("replaces IS NULL OR (is_reserve AND replaces <> id)", name=op.f("ck_sheet_replaces")),
        sa.CheckConstraint(
            "handover IS NULL OR NOT is_reserve OR replaces IS NOT NULL", name=op.f("ck_sheet_released")
        ),
        sa.CheckConstraint(
            "step IS NOT NULL OR (state = 'printed' AND received_day IS NULL AND replaces IS NULL)",
            name=op.f("ck_sheet_step"),
        ),
    ]


_STEP_KEYS = (["id", "step", "state"], ["sheet_step.sheet", "sheet_step.step", "sheet_step.after"])


def _point_at_steps() -> list[sa.ForeignKeyConstraint]:
    """A sheet's state is what its last step says. SQLite takes a key to a table to come, PostgreSQL does not."""
    if op.get_bind().dialect.name == "postgresql":
        return []
    return [sa.ForeignKeyConstraint(*_STEP_KEYS, name="fk_sheet_id_step_state")]


def _make_sheet_steps() -> None:
    op.create_table(
        "sheet_step",
        sa.Column("sheet", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("movement", _RANDOM_KEY, nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("handover", _RANDOM_KEY, nullable=True),
        sa.Column("received", _RANDOM_KEY, nullable=True),
        sa.Column("received_day", sa.Date(), nullable=True),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.CheckConstraint("(movement IS NULL) <> (channel IS NULL)", name=op.f("ck_sheet_step_cause")),
        sa.CheckConstraint("channel IN ('paper', 'phone', 'typed', 'import')", name=op.f("ck_sheet_step_channel")),
        sa.CheckConstraint("step >= 1", name=op.f("ck_sheet_step_step")),
        sa.CheckConstraint(
            " OR ".join(f"(before = '{one}' AND after IN ({after}))" for one, after in _MOVES),
            name=op.f("ck_sheet_step_move"),
        ),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_sheet_step_sheet"),
        sa.ForeignKeyConstraint(["movement"], ["movement.id"], name="fk_sheet_step_movement"),
        sa.ForeignKeyConstraint(["handover"], ["movement.id"], name="fk_sheet_step_handover"),
        sa.ForeignKeyConstraint(["received"], ["movement.id"], name="fk_sheet_step_received"),
        sa.ForeignKeyConstraint(["replaces"], ["sheet.id"], name="fk_sheet_step_replaces"),
        sa.PrimaryKeyConstraint("sheet", "step", name="pk_sheet_step"),
        sa.UniqueConstraint("sheet", "step", "after", name="uq_sheet_step_sheet_step_after"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sheet_step_movement", "sheet_step", ["movement"])
    if op.get_bind().dialect.name == "postgresql":
        op.create_foreign_key(
            "fk_sheet_id_step_state", "sheet", "sheet_step", _STEP_KEYS[0], ["sheet", "step", "after"]
        )


def _make_scan_files() -> None:
    op.create_table(
        "scan_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name=op.f("ck_scan_file_reason")),
        sa.CheckConstraint("state IN ('taken', 'refused')", name=op.f("ck_scan_file_state")),
        sa.PrimaryKeyConstraint("id", name="pk_scan_file"),
        sa.UniqueConstraint("sha256", name="uq_scan_file_sha256"),
    )


def _make_pages() -> None:
    op.create_table(
        "page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scan_file", sa.Integer(), nullable=False),
        sa.Column("image", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("sheet", sa.Integer(), nullable=True),
        sa.Column("sheet_page", sa.Integer(), nullable=True),
        sa.Column("copy", sa.Integer(), nullable=True),
        sa.Column("layout", sa.Integer(), nullable=True),
        sa.Column("rotation", sa.Integer(), nullable=True),
        sa.Column("transform", sa.Text(), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("stack", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status IN ('read', 'duplicate', 'conflict', 'waiting', 'unreadable', "
            "'foreign', 'unknown_serial', 'void', 'training', 'stack_cover')",
            name=op.f("ck_page_status"),
        ),
        sa.CheckConstraint("(status = 'stack_cover') = (stack IS NOT NULL)", name=op.f("ck_page_stack")),
        sa.CheckConstraint(
            "status IN ('unreadable', 'foreign', 'unknown_serial', 'void', 'training', 'stack_cover') "
            "OR (sheet IS NOT NULL AND copy IS NOT NULL AND copy > 0)",
            name=op.f("ck_page_copy"),
        ),
        sa.ForeignKeyConstraint(["duplicate_of"], ["page.id"], name="fk_page_duplicate_of"),
        sa.ForeignKeyConstraint(["layout"], ["layout.id"], name="fk_page_layout"),
        sa.ForeignKeyConstraint(["scan_file"], ["scan_file.id"], name="fk_page_scan_file"),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_page_sheet"),
        sa.PrimaryKeyConstraint("id", name="pk_page"),
        sa.UniqueConstraint("scan_file", "image", name="uq_page_scan_file_image"),
    )
    op.create_index("ix_page_sheet", "page", ["sheet"])
    op.create_index(
        "ix_page_cover",
        "page",
        ["scan_file", "image"],
        sqlite_where=sa.text("stack IS NOT NULL"),
        postgresql_where=sa.text("stack IS NOT NULL"),
    )
    op.create_index(
        "uq_page_copy",
        "page",
        ["sheet", "copy", "sheet_page"],
        unique=True,
        sqlite_where=sa.text("duplicate_of IS NULL"),
        postgresql_where=sa.text("duplicate_of IS NULL"),
    )


def _make_page_answers() -> None:
    op.create_table(
        "page_answer",
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rated", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.CheckConstraint("state IN ('clear', 'blank', 'doubtful')", name=op.f("ck_page_answer_state")),
        sa.ForeignKeyConstraint(["page"], ["page.id"], name="fk_page_answer_page"),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_page_answer_question"),
        sa.PrimaryKeyConstraint("page", "question", "rated", name="pk_page_answer"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "page_choice",
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rated", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("option", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["option"], ["option.id"], name="fk_page_choice_option"),
        sa.ForeignKeyConstraint(
            ["page", "question", "rated"],
            ["page_answer.page", "page_answer.question", "page_answer.rated"],
            name="fk_page_choice_page_question_rated",
        ),
        sa.PrimaryKeyConstraint("page", "question", "rated", "option", name="pk_page_choice"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "page_value",
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["page"], ["page.id"], name="fk_page_value_page"),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_page_value_question"),
        sa.PrimaryKeyConstraint("page", "question", name="pk_page_value"),
        sqlite_with_rowid=False,
    )


def _make_responses() -> None:
    op.create_table(
        "response",
        sa.Column("id", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("sheet", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("twin_of", _RANDOM_KEY, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.String(length=10), nullable=False),
        sa.Column("received_day", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.CheckConstraint("(channel = 'paper') = (copy > 0)", name=op.f("ck_response_copy")),
        sa.CheckConstraint("channel IN ('paper', 'phone', 'typed', 'import')", name=op.f("ck_response_channel")),
        sa.CheckConstraint(
            "state IN ('accepted', 'contested', 'over_quota', 'held', 'set_aside', 'void')",
            name=op.f("ck_response_state"),
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'over_quota', 'held', 'contested') OR NOT claims",
            name=op.f("ck_response_aside_claims_not"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'over_quota', 'held') OR claims", name=op.f("ck_response_counts_claims")
        ),
        sa.CheckConstraint("twin_of IS NULL OR state = 'set_aside'", name=op.f("ck_response_twin")),
        sa.CheckConstraint("complete OR NOT claims", name=op.f("ck_response_claims_complete")),
        sa.CheckConstraint("linked OR received_at IS NULL", name=op.f("ck_response_no_time")),
        sa.CheckConstraint(
            "seconds IS NULL OR (channel = 'phone' AND seconds BETWEEN 0 AND 600)", name=op.f("ck_response_seconds")
        ),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_response_sheet"),
        sa.ForeignKeyConstraint(["twin_of"], ["response.id"], name="fk_response_twin_of"),
        sa.PrimaryKeyConstraint("id", name="pk_response"),
        sa.UniqueConstraint("receipt", name="uq_response_receipt"),
    )
    op.create_index("ix_response_sheet", "response", ["sheet"])


def _limit_responses() -> None:
    op.create_index(
        "uq_response_answers",
        "response",
        ["sheet", "digest"],
        unique=True,
        sqlite_where=sa.text("copy = 0"),
        postgresql_where=sa.text("copy = 0"),
    )
    op.create_index(
        "uq_response_claim",
        "response",
        ["sheet"],
        unique=True,
        sqlite_where=sa.text("claims"),
        postgresql_where=sa.text("claims"),
    )
    op.create_index(
        "uq_response_copy",
        "response",
        ["sheet", "copy"],
        unique=True,
        sqlite_where=sa.text("copy > 0"),
        postgresql_where=sa.text("copy > 0"),
    )


def _make_answers() -> None:
    op.create_table(
        "answer",
        sa.Column("response", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rated", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("option", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('clear', 'blank', 'doubtful', 'settled', 'skipped')", name=op.f("ck_answer_state")
        ),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_answer_question"),
        sa.ForeignKeyConstraint(["response"], ["response.id"], name="fk_answer_response"),
        sa.PrimaryKeyConstraint("response", "question", "rated", "option", name="pk_answer"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "answer_value",
        sa.Column("response", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_answer_value_question"),
        sa.ForeignKeyConstraint(["response"], ["response.id"], name="fk_answer_value_response"),
        sa.PrimaryKeyConstraint("response", "question", name="pk_answer_value"),
        sqlite_with_rowid=False,
    )


def _make_import_rows() -> None:
    op.create_table(
        "import_row",
        sa.Column("id", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_import_row_sheet"),
        sa.PrimaryKeyConstraint("id", name="pk_import_row"),
        sa.UniqueConstraint("key", name="uq_import_row_key"),
        sa.UniqueConstraint("sheet", name="uq_import_row_sheet"),
    )


def _make_doubts() -> None:
    op.create_table(
        "doubt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response", _RANDOM_KEY, nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("rated", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state = 'moot' OR (state = 'settled') = (chosen IS NOT NULL)", name=op.f("ck_doubt_chosen")
        ),
        sa.CheckConstraint("state IN ('open', 'settled', 'moot')", name=op.f("ck_doubt_state")),
        sa.ForeignKeyConstraint(["page"], ["page.id"], name="fk_doubt_page"),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_doubt_question"),
        sa.ForeignKeyConstraint(["response"], ["response.id"], name="fk_doubt_response"),
        sa.PrimaryKeyConstraint("id", name="pk_doubt"),
        sa.UniqueConstraint("response", "question", "rated", name="uq_doubt_response_question_rated"),
    )
    op.create_table(
        "settlement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["doubt"], ["doubt.id"], name="fk_settlement_doubt"),
        sa.ForeignKeyConstraint(["undoes"], ["settlement.id"], name="fk_settlement_undoes"),
        sa.PrimaryKeyConstraint("id", name="pk_settlement"),
    )
    op.create_index("ix_settlement_doubt", "settlement", ["doubt"])
    op.create_index("ix_settlement_who", "settlement", ["who"])


def _make_looks() -> None:
    op.create_table(
        "drawn_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("rated", sa.Integer(), nullable=False),
        sa.Column("read", sa.Text(), nullable=False),
        sa.Column("draw", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["page", "question", "rated"],
            ["page_answer.page", "page_answer.question", "page_answer.rated"],
            name="fk_drawn_answer_page_question_rated",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_drawn_answer"),
        sa.UniqueConstraint("id", "read", name="uq_drawn_answer_id_read"),
        sa.UniqueConstraint("page", "question", "rated", name="uq_drawn_answer_page_question_rated"),
    )
    op.create_index("ix_drawn_answer_draw", "drawn_answer", ["draw"])
    op.create_table(
        "second_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drawn_answer", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("read", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("round >= 1", name=op.f("ck_second_look_round")),
        sa.CheckConstraint("agrees = (seen IS NOT NULL AND seen = read)", name=op.f("ck_second_look_agrees")),
        sa.ForeignKeyConstraint(
            ["drawn_answer", "read"], ["drawn_answer.id", "drawn_answer.read"], name="fk_second_look_drawn_answer_read"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_second_look"),
        sa.UniqueConstraint("drawn_answer", "round", name="uq_second_look_drawn_answer_round"),
    )
    op.create_index("ix_second_look_who", "second_look", ["who"])
    op.create_table(
        "look_undone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("second_look", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["second_look"], ["second_look.id"], name="fk_look_undone_second_look"),
        sa.PrimaryKeyConstraint("id", name="pk_look_undone"),
        sa.UniqueConstraint("second_look", name="uq_look_undone_second_look"),
    )


def _make_conflicts() -> None:
    op.create_table(
        "conflict",
        sa.Column("id", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("first", _RANDOM_KEY, nullable=False),
        sa.Column("second", _RANDOM_KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(state = 'decided') = (decision IS NOT NULL)", name=op.f("ck_conflict_decided")),
        sa.CheckConstraint("decision IN ('first', 'second', 'neither', 'moved')", name=op.f("ck_conflict_decision")),
        sa.CheckConstraint("state IN ('open', 'decided')", name=op.f("ck_conflict_state")),
        sa.CheckConstraint("first <> second", name=op.f("ck_conflict_sides")),
        sa.ForeignKeyConstraint(["first"], ["response.id"], name="fk_conflict_first"),
        sa.ForeignKeyConstraint(["second"], ["response.id"], name="fk_conflict_second"),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_conflict_sheet"),
        sa.PrimaryKeyConstraint("id", name="pk_conflict"),
        sa.UniqueConstraint("first", "second", name="uq_conflict_first_second"),
    )
    op.create_index("ix_conflict_sheet", "conflict", ["sheet"])
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id >= 1 AND length(prev) = 64 AND length(hash) = 64", name=op.f("ck_event_chain")),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("prev", name="uq_event_prev"),
        sa.UniqueConstraint("hash", name="uq_event_hash"),
    )


def _make_recipients() -> None:
    op.create_table(
        "recipient_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_import"),
    )
    op.create_table(
        "recipient",
        sa.Column("id", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("respondent_group", sa.Integer(), nullable=False),
        sa.Column("recipient_import", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_recipient_agency"),
        sa.ForeignKeyConstraint(["respondent_group"], ["respondent_group.id"], name="fk_recipient_respondent_group"),
        sa.ForeignKeyConstraint(["recipient_import"], ["recipient_import.id"], name="fk_recipient_recipient_import"),
        sa.PrimaryKeyConstraint("id", name="pk_recipient"),
        sa.UniqueConstraint("id", "agency", "respondent_group", name="uq_recipient_id_agency_respondent_group"),
    )
    op.create_index("ix_recipient_agency_respondent_group", "recipient", ["agency", "respondent_group"])
    op.create_table(
        "recipient_mark",
        sa.Column("recipient", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("respondent_group", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.CheckConstraint("kind IN ('file_code', 'phone', 'email', 'name')", name=op.f("ck_recipient_mark_kind")),
        sa.ForeignKeyConstraint(
            ["recipient", "agency", "respondent_group"],
            ["recipient.id", "recipient.agency", "recipient.respondent_group"],
            name="fk_recipient_mark_recipient",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recipient", "kind", name="pk_recipient_mark"),
        sa.UniqueConstraint(
            "agency", "respondent_group", "kind", "mark", name="uq_recipient_mark_agency_respondent_group_kind_mark"
        ),
    )


def _make_draws() -> None:
    op.create_table(
        "recipient_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("respondent_group", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("recipient_import", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.CheckConstraint("round >= 1 AND (round = 1) = (why IS NULL)", name=op.f("ck_recipient_draw_why")),
        sa.CheckConstraint(
            "size >= 0 AND reserve >= 0 AND size + reserve BETWEEN 1 AND frame", name=op.f("ck_recipient_draw_size")
        ),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_recipient_draw_agency"),
        sa.ForeignKeyConstraint(
            ["respondent_group"], ["respondent_group.id"], name="fk_recipient_draw_respondent_group"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_import"], ["recipient_import.id"], name="fk_recipient_draw_recipient_import"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_draw"),
        sa.UniqueConstraint(
            "agency", "respondent_group", "round", name="uq_recipient_draw_agency_respondent_group_round"
        ),
    )
    op.create_table(
        "recipient_drawn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient_draw", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("recipient", _RANDOM_KEY, nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f("ck_recipient_drawn_place")),
        sa.ForeignKeyConstraint(["recipient_draw"], ["recipient_draw.id"], name="fk_recipient_drawn_recipient_draw"),
        sa.PrimaryKeyConstraint("id", name="pk_recipient_drawn"),
        sa.UniqueConstraint("recipient_draw", "place", name="uq_recipient_drawn_recipient_draw_place"),
        sa.UniqueConstraint("recipient_draw", "recipient", name="uq_recipient_drawn_recipient_draw_recipient"),
    )


def _make_editions() -> None:
    """What was published of the index, and when."""
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 3", name=op.f("ck_edition_place")),
        sa.PrimaryKeyConstraint("id", name="pk_edition"),
        sa.UniqueConstraint("place", name="uq_edition_place"),
    )
    op.create_table(
        "edition_total",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(), nullable=False),
        sa.Column("total", sa.String(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(), nullable=False),
        sa.CheckConstraint("rank >= 1 AND (rank IS NULL OR total IS NOT NULL)", name=op.f("ck_edition_total_rank")),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_edition_total_agency"),
        sa.ForeignKeyConstraint(["edition"], ["edition.id"], name="fk_edition_total_edition"),
        sa.PrimaryKeyConstraint("id", name="pk_edition_total"),
        sa.UniqueConstraint("edition", "agency", name="uq_edition_total_edition_agency"),
    )
    op.create_table(
        "edition_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("points", sa.String(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('survey', 'appraised', 'external', 'bonus', 'penalty')", name=op.f("ck_edition_point_kind")
        ),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_edition_point_agency"),
        sa.ForeignKeyConstraint(["edition"], ["edition.id"], name="fk_edition_point_edition"),
        sa.PrimaryKeyConstraint("id", name="pk_edition_point"),
        sa.UniqueConstraint(
            "edition", "agency", "criterion", "kind", name="uq_edition_point_edition_agency_criterion_kind"
        ),
    )


def _make_petitions() -> None:
    """What was asked about points, and what was decided."""
    op.create_table(
        "petition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.CheckConstraint("letter <> '' AND criterion <> ''", name=op.f("ck_petition_letter")),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_petition_agency"),
        sa.PrimaryKeyConstraint("id", name="pk_petition"),
        sa.UniqueConstraint("agency", "criterion", "letter", name="uq_petition_agency_criterion_letter"),
    )
    op.create_table(
        "petition_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("petition", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.CheckConstraint("decision IN ('granted', 'partly', 'refused')", name=op.f("ck_petition_decision_decision")),
        sa.CheckConstraint("(decision = 'refused') = (after IS NULL)", name=op.f("ck_petition_decision_after")),
        sa.CheckConstraint("before <> after", name=op.f("ck_petition_decision_changes")),
        sa.CheckConstraint("reply <> '' AND why <> '' AND who <> ''", name=op.f("ck_petition_decision_said")),
        sa.ForeignKeyConstraint(["petition"], ["petition.id"], name="fk_petition_decision_petition"),
        sa.PrimaryKeyConstraint("id", name="pk_petition_decision"),
        sa.UniqueConstraint("petition", name="uq_petition_decision_petition"),
    )


def _make_recheck_frames() -> None:
    op.create_table(
        "recheck_seed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.CheckConstraint("round >= 1 AND answers >= 0", name=op.f("ck_recheck_seed_round")),
        sa.CheckConstraint("(round = 1 AND answers = 0) = (why IS NULL)", name=op.f("ck_recheck_seed_why")),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_seed"),
        sa.UniqueConstraint("round", name="uq_recheck_seed_round"),
        sa.UniqueConstraint("commitment", name="uq_recheck_seed_commitment"),
    )
    op.create_table(
        "recheck_contact",
        sa.Column("sheet", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("source IN ('linked', 'stub')", name=op.f("ck_recheck_contact_source")),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_recheck_contact_sheet"),
        sa.PrimaryKeyConstraint("sheet", name="pk_recheck_contact"),
    )


def _make_recheck_draws() -> None:
    op.create_table(
        "recheck_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("recheck_seed", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.CheckConstraint("size BETWEEN 1 AND frame", name=op.f("ck_recheck_draw_size")),
        sa.CheckConstraint("attempts >= 1", name=op.f("ck_recheck_draw_attempts")),
        sa.CheckConstraint("flagged <> ''", name=op.f("ck_recheck_draw_flagged")),
        sa.ForeignKeyConstraint(["agency"], ["agency.id"], name="fk_recheck_draw_agency"),
        sa.ForeignKeyConstraint(["recheck_seed"], ["recheck_seed.id"], name="fk_recheck_draw_recheck_seed"),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_draw"),
        sa.UniqueConstraint("agency", name="uq_recheck_draw_agency"),
    )
    op.create_table(
        "recheck_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recheck_draw", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=True),
        sa.Column("recipient", _RANDOM_KEY, nullable=True),
        sa.CheckConstraint("place >= 1", name=op.f("ck_recheck_place_place")),
        sa.CheckConstraint("(sheet IS NULL) <> (recipient IS NULL)", name=op.f("ck_recheck_place_unit")),
        sa.ForeignKeyConstraint(["recheck_draw"], ["recheck_draw.id"], name="fk_recheck_place_recheck_draw"),
        sa.ForeignKeyConstraint(["cell"], ["cell.id"], name="fk_recheck_place_cell"),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_recheck_place_sheet"),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_place"),
        sa.UniqueConstraint("sheet", name="uq_recheck_place_sheet"),
        sa.UniqueConstraint("recipient", name="uq_recheck_place_recipient"),
        sa.UniqueConstraint("recheck_draw", "place", name="uq_recheck_place_recheck_draw_place"),
        sa.UniqueConstraint("recheck_draw", "place", "sheet", name="uq_recheck_place_recheck_draw_place_sheet"),
    )


def _make_recheck_calls() -> None:
    op.create_table(
        "recheck_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recheck_draw", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("took_part", sa.Boolean(), nullable=True),
        sa.Column("filled_self", sa.Boolean(), nullable=True),
        sa.Column("right_procedure", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        *_check_calls(),
        sa.ForeignKeyConstraint(
            ["recheck_draw", "place"],
            ["recheck_place.recheck_draw", "recheck_place.place"],
            name="fk_recheck_call_recheck_draw_place",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_call"),
        sa.UniqueConstraint("recheck_draw", "place", "version", name="uq_recheck_call_recheck_draw_place_version"),
    )


def _make_recheck_opinions() -> None:
    op.create_table(
        "recheck_opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recheck_draw", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_recheck_opinion_question"),
        sa.ForeignKeyConstraint(["option"], ["option.id"], name="fk_recheck_opinion_option"),
        sa.ForeignKeyConstraint(
            ["recheck_draw", "place", "version"],
            ["recheck_call.recheck_draw", "recheck_call.place", "recheck_call.version"],
            name="fk_recheck_opinion_call",
        ),
        sa.ForeignKeyConstraint(
            ["recheck_draw", "place", "sheet"],
            ["recheck_place.recheck_draw", "recheck_place.place", "recheck_place.sheet"],
            name="fk_recheck_opinion_sheet",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_opinion"),
        sa.UniqueConstraint(
            *("recheck_draw", "place", "version", "question"),
            name="uq_recheck_opinion_recheck_draw_place_version_question",
        ),
    )


def _check_calls() -> list[sa.CheckConstraint]:
    checks = {
        "outcome": "outcome IN ('confirmed', 'denies', 'forged', 'wrong_number', 'unreachable', 'refused')",
        "version": "attempts >= 1 AND version >= 1 AND (version = 1) = (why IS NULL)",
        "caller": "caller <> ''",
        "no_facts": "outcome IN ('confirmed', 'denies', 'forged')"
        " OR (took_part IS NULL AND filled_self IS NULL AND right_procedure IS NULL)",
        "confirmed": "outcome <> 'confirmed'"
        " OR (took_part IS NOT NULL AND filled_self IS NOT NULL AND took_part AND filled_self)",
        "denied": "outcome NOT IN ('denies', 'forged') OR (took_part IS NOT NULL AND NOT took_part)"
        " OR (filled_self IS NOT NULL AND NOT filled_self)",
        "evidence": "outcome <> 'forged' OR note <> ''",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_recheck_call_{name}")) for name, rule in checks.items()]


def _make_recheck_decisions() -> None:
    op.create_table(
        "recheck_widening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recheck_draw", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["recheck_draw"], ["recheck_draw.id"], name="fk_recheck_widening_recheck_draw"),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_widening"),
        sa.UniqueConstraint("recheck_draw", name="uq_recheck_widening_recheck_draw"),
    )
    op.create_table(
        "recheck_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.CheckConstraint("scope IN ('sheet', 'collector', 'agency', 'undo')", name=op.f("ck_recheck_decision_scope")),
        sa.CheckConstraint("(scope = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_recheck_decision_undoes")),
        sa.CheckConstraint("who <> '' AND why <> ''", name=op.f("ck_recheck_decision_why")),
        sa.ForeignKeyConstraint(["undoes"], ["recheck_decision.id"], name="fk_recheck_decision_undoes"),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_decision"),
        sa.UniqueConstraint("undoes", name="uq_recheck_decision_undoes"),
    )
    op.create_table(
        "recheck_struck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recheck_decision", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recheck_decision"], ["recheck_decision.id"], name="fk_recheck_struck_recheck_decision"
        ),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_recheck_struck_sheet"),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_struck"),
        sa.UniqueConstraint("recheck_decision", "sheet", name="uq_recheck_struck_recheck_decision_sheet"),
    )


def _make_accounts() -> None:
    alone = (
        "NOT (viewer AND (manager OR clerk OR verifier OR rechecker OR observer OR auditor))"
        " AND NOT (observer AND (manager OR clerk OR verifier OR rechecker OR viewer OR auditor))"
        " AND NOT (auditor AND (manager OR clerk OR verifier OR rechecker OR viewer OR observer))"
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("shown_name", sa.String(length=80), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("manager", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("clerk", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("verifier", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("rechecker", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("viewer", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("observer", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("auditor", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("agency", sa.String(), nullable=True),
        sa.Column("workplace", sa.String(), nullable=True),
        sa.Column("wants_totp", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("name <> '' AND name = lower(name) AND shown_name <> ''", name=op.f("ck_account_name")),
        sa.CheckConstraint("password_hash LIKE '$argon2id$%'", name=op.f("ck_account_password_hash")),
        sa.CheckConstraint(
            "manager OR clerk OR verifier OR rechecker OR viewer OR observer OR auditor", name=op.f("ck_account_role")
        ),
        sa.CheckConstraint(alone, name=op.f("ck_account_alone")),
        sa.CheckConstraint("viewer = (agency IS NOT NULL)", name=op.f("ck_account_agency")),
        sa.CheckConstraint("totp_step IS NULL OR totp_sealed IS NOT NULL", name=op.f("ck_account_totp")),
        sa.CheckConstraint("failed >= 0", name=op.f("ck_account_failed")),
        sa.CheckConstraint("changed_at >= created_at", name=op.f("ck_account_changed_at")),
        sa.ForeignKeyConstraint(["agency"], ["agency.code"], name="fk_account_agency"),
        sa.ForeignKeyConstraint(["workplace"], ["agency.code"], name="fk_account_workplace"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name", name="uq_account_name"),
        sa.UniqueConstraint("shown_name", name="uq_account_shown_name"),
    )


def _make_account_sessions() -> None:
    op.create_table(
        "account_recovery",
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_account_recovery_account"),
        sa.PrimaryKeyConstraint("account", "digest", name="pk_account_recovery"),
    )
    op.create_table(
        "account_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.CheckConstraint("begun_at <= seen_at AND begun_at < ends_at", name=op.f("ck_account_session_times")),
        sa.CheckConstraint("(ended_at IS NULL) = (why IS NULL)", name=op.f("ck_account_session_ended")),
        sa.CheckConstraint(
            "why IN ('left', 'password', 'reset', 'disabled', 'changed')", name=op.f("ck_account_session_why")
        ),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_account_session_account"),
        sa.PrimaryKeyConstraint("id", name="pk_account_session"),
        sa.UniqueConstraint("digest", name="uq_account_session_digest"),
    )
    op.create_index("ix_account_session_account", "account_session", ["account"])


def _make_invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("recipient", _RANDOM_KEY, nullable=False),
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
        sa.Column("invitation", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation"], ["invitation.id"], name="fk_invitation_sheet_invitation", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_invitation_sheet_sheet"),
        sa.PrimaryKeyConstraint("invitation", name="pk_invitation_sheet"),
        sa.UniqueConstraint("sheet", name="uq_invitation_sheet_sheet"),
    )


def _make_letters() -> None:
    states = "'queued', 'sending', 'unsure', 'sent', 'failed', 'bounced', 'opted_out', 'answered'"
    checks = {
        "state": f"state IN ({states})",
        "number": "number BETWEEN 0 AND 3",
        "tries": "tries >= 0 AND (tries = 0) = (last_try IS NULL)",
        "tried": "tries > 0 OR state NOT IN ('sending', 'unsure', 'sent', 'bounced')",
    }
    op.create_table(
        "letter",
        sa.Column("id", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("invitation", _RANDOM_KEY, nullable=False),
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


def _make_as_above() -> None:
    key = ("response", "question", "rated", "option")
    op.create_table(
        "answer_as_above",
        sa.Column("response", _RANDOM_KEY, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), autoincrement=False, nullable=False) for name in key[1:]),
        sa.CheckConstraint("rated <> 0 AND option <> 0", name=op.f("ck_answer_as_above_rated")),
        sa.ForeignKeyConstraint(key, [f"answer.{name}" for name in key], name="fk_answer_as_above_answer"),
        sa.PrimaryKeyConstraint(*key, name="pk_answer_as_above"),
        sqlite_with_rowid=False,
    )


def _make_pending_acts() -> None:
    op.create_table(
        "pending_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("doubt", sa.Integer(), nullable=True),
        sa.Column("conflict", _RANDOM_KEY, nullable=True),
        sa.Column("petition", sa.Integer(), nullable=True),
        sa.Column("recheck_decision", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("signer", sa.String(), nullable=True),
        sa.Column("signer_account", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        *_check_pending_acts(),
        sa.ForeignKeyConstraint(["agency"], ["agency.code"], name="fk_pending_act_agency"),
        sa.ForeignKeyConstraint(["doubt"], ["doubt.id"], name="fk_pending_act_doubt"),
        sa.ForeignKeyConstraint(["conflict"], ["conflict.id"], name="fk_pending_act_conflict"),
        sa.ForeignKeyConstraint(["petition"], ["petition.id"], name="fk_pending_act_petition"),
        sa.ForeignKeyConstraint(["recheck_decision"], ["recheck_decision.id"], name="fk_pending_act_recheck_decision"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_pending_act_account"),
        sa.ForeignKeyConstraint(["signer_account"], ["account.id"], name="fk_pending_act_signer_account"),
        sa.PrimaryKeyConstraint("id", name="pk_pending_act"),
    )
    waits = sa.text("state = 'waiting'")
    for name in ("doubt", "conflict", "petition", "recheck_decision", "asked"):
        index = f"uq_pending_act_{name}"
        op.create_index(index, "pending_act", [name], unique=True, sqlite_where=waits, postgresql_where=waits)


def _check_pending_acts() -> list[sa.CheckConstraint]:
    checks = {
        "kind": "kind IN ('void', 'correction', 'doubt', 'conflict', 'petition', 'strike', 'unstrike')",
        "of": "(kind = 'doubt') = (doubt IS NOT NULL) AND (kind = 'conflict') = (conflict IS NOT NULL)"
        " AND (kind = 'petition') = (petition IS NOT NULL) AND (kind = 'unstrike') = (recheck_decision IS NOT NULL)",
        "state": "state IN ('waiting', 'signed', 'refused')",
        "signed": "(state = 'waiting') = (signer IS NULL) AND (signer IS NULL) = (signer_account IS NULL)"
        " AND (signer IS NULL) = (decided_at IS NULL)",
        "two": "signer IS NULL OR (signer <> who AND (account IS NULL OR account <> signer_account))",
        "reply": "state <> 'refused' OR (reply IS NOT NULL AND reply <> '')",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_pending_act_{name}")) for name, rule in checks.items()]


def _forbid_changes() -> None:
    """Have the database itself refuse what would change or lose what people said and decided."""
    if op.get_bind().dialect.name == "postgresql":
        _forbid_changes_on_postgresql()
    else:
        _forbid_changes_on_sqlite()


def _changed(names: tuple[str, ...]) -> str:
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in names)


def _list_refusals() -> list[tuple[str, str, str, str, str]]:
    """Name, table, verb, condition and words of the triggers that both databases have alike."""
    words = "nothing counts on a void or replaced sheet"
    counts = [
        (f"refuse_count_{table}_{verb.split()[0].lower()}", table, verb, when, words)
        for table, verb, when in _NOTHING_COUNTS
    ]
    for_good = [
        (f"refuse_other_{table}", table, "UPDATE", _changed(names), f"a {table} stays what it is")
        for table, names in _FOR_GOOD.items()
    ]
    unlogged = _UNLOGGED.format(changed=_changed(_BY_LOG))
    other_reason = "OLD.state = 'void' AND NEW.void_reason IS DISTINCT FROM OLD.void_reason"
    recheck = [
        (f"refuse_recheck_{table}_{number}", f"recheck_{table}", "INSERT", when, words)
        for number, (table, when, words) in enumerate(_RECHECK)
    ]
    return [
        *counts,
        *for_good,
        *recheck,
        *((f"refuse_{name}", table, verb, when, words) for name, table, verb, when, words in _LETTERS),
        ("refuse_reason", "sheet", "UPDATE", other_reason, "the reason of a void sheet stays"),
        ("refuse_unlogged_sheet", "sheet", "UPDATE", unlogged, "a sheet is what the last line of its log says"),
        ("refuse_step", "sheet_step", "INSERT", f"NOT EXISTS ({_NEXT_STEP})", "a step follows what its sheet is"),
        ("refuse_drawn", "drawn_answer", "INSERT", _DRAWN_BEFORE, "an answer is drawn once"),
        ("refuse_look", "second_look", "INSERT", _OTHER_LOOK, "one look at an answer stands"),
        ("refuse_undone", "look_undone", "INSERT", _DECIDED_LOOK, "a look that was decided about stands"),
        ("refuse_privacy", "response", "INSERT", _OTHER_PRIVACY, "a response is linked as its group is"),
        (
            "refuse_edition",
            "edition",
            "INSERT",
            _OUT_OF_ORDER,
            "editions follow each other, with every petition decided",
        ),
        ("refuse_petition", "petition", "INSERT", _LAST_EDITION, "nothing is asked after the last edition"),
        ("refuse_decision", "petition_decision", "INSERT", _LAST_EDITION, "nothing is decided after the last edition"),
        *_PETITION_DECISIONS,
        ("refuse_no_manager", "account", "UPDATE OF manager, disabled", _LAST_MANAGER, "the last manager stays one"),
        ("refuse_used_code", "account", "UPDATE OF totp_step", _USED_CODE, "a code counts once"),
        ("refuse_ended", "account_session", "UPDATE", _ENDED, "an ended session stays ended"),
        ("refuse_used_way", "account_recovery", "UPDATE", "OLD.used_at IS NOT NULL", "a code counts once"),
        ("refuse_signed", "pending_act", "UPDATE", "OLD.state <> 'waiting'", "a signature stays what it is"),
        ("refuse_signer", "pending_act", "UPDATE", _SIGNER_INSIDE, "who signs works elsewhere"),
        ("refuse_off_chain", "event", "INSERT", _OFF_CHAIN, "a line follows the last one of the log"),
        ("refuse_group", "respondent_group", "UPDATE OF linked", _ANSWERED, "the privacy of what was answered stays"),
    ]


def _forbid_changes_on_postgresql() -> None:
    refuse = "RAISE EXCEPTION '% of % is refused', TG_OP, TG_TABLE_NAME"
    given = "(SELECT copy FROM response WHERE id = OLD.response) = 0 AND OLD IS DISTINCT FROM NEW"
    for name, body in (
        ("refuse_change", refuse),
        ("refuse_given_change", f"IF {given} THEN {refuse}; END IF; RETURN COALESCE(NEW, OLD)"),
    ):
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$")
    for table in (*_APPEND_ONLY, *_NEVER_DELETED):
        _on_postgresql(table, "DELETE", "ROW", "refuse_change")
    for table in _APPEND_ONLY:
        # Writing a row again as it is, which forgets when it was written, changes nothing.
        _on_postgresql(table, "UPDATE", "ROW", "refuse_change", "WHEN (OLD.* IS DISTINCT FROM NEW.*)")
    for table in _GIVEN:
        _on_postgresql(table, "DELETE", "ROW", "refuse_given_change")
        _on_postgresql(table, "UPDATE", "ROW", "refuse_given_change")
    for table in (*_APPEND_ONLY, *_NEVER_DELETED, *_GIVEN):
        _on_postgresql(table, "TRUNCATE", "STATEMENT", "refuse_change")
    _on_postgresql("conflict", "UPDATE", "ROW", "refuse_change", "WHEN (OLD.state = 'decided')")
    for name, table, verb, when, words in _list_refusals():
        row = "OLD" if verb == "DELETE" else "NEW"
        body = f"IF {when} THEN RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation'; END IF; RETURN {row}"
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$")
        op.execute(f'CREATE TRIGGER {name} BEFORE {verb} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}()')


def _on_postgresql(table: str, verb: str, each: str, function: str, when: str = "") -> None:
    name = f"{table}_no_{verb.lower()}"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {each} {when} EXECUTE FUNCTION {function}()")


def _forbid_changes_on_sqlite() -> None:
    given = "WHEN (SELECT copy FROM response WHERE id = OLD.response) = 0"
    for table in (*_APPEND_ONLY, *_NEVER_DELETED):
        _on_sqlite(table, "DELETE")
        # REPLACE deletes a row without asking the triggers of DELETE.
        key = "sheet = NEW.sheet AND step = NEW.step" if table == "sheet_step" else "id = NEW.id"
        _on_sqlite(table, "INSERT", f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {key})')
    for table in _APPEND_ONLY:
        _on_sqlite(table, "UPDATE")
    for table in _GIVEN:
        _on_sqlite(table, "DELETE", given)
        _on_sqlite(table, "UPDATE", given)
    _on_sqlite("conflict", "UPDATE", "WHEN OLD.state = 'decided'")
    for name, table, verb, when, words in _list_refusals():
        asked = when.replace("IS NOT DISTINCT FROM", "IS").replace("IS DISTINCT FROM", "IS NOT")
        refuse = f"SELECT RAISE(ABORT, '{words}')"
        op.execute(f'CREATE TRIGGER {name} BEFORE {verb} ON "{table}" WHEN {asked} BEGIN {refuse}; END')


def _on_sqlite(table: str, verb: str, when: str = "") -> None:
    name, words = f"{table}_no_{verb.lower()}", f"{verb} of {table} is refused"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON \"{table}\" {when} BEGIN SELECT RAISE(ABORT, '{words}'); END")


def downgrade() -> None:
    """There is nothing before the first schema: start from a backup instead."""
    raise NotImplementedError


def _make_uploads() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("images", sa.Integer),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.UniqueConstraint("token", name="uq_upload_token"),
        sa.CheckConstraint(
            "state IN ('waiting', 'reading', 'done', 'known', 'refused', 'failed')", name=op.f("ck_upload_state")
        ),
        sa.CheckConstraint("kind IN ('pdf', 'tiff', 'jpeg', 'png', 'other')", name=op.f("ck_upload_kind")),
        sa.CheckConstraint("(state IN ('refused', 'failed')) = (reason IS NOT NULL)", name=op.f("ck_upload_reason")),
        sa.CheckConstraint(
            "size >= 0 AND attempts >= 0 AND (images IS NULL OR images > 0)", name=op.f("ck_upload_counts")
        ),
    )


def _make_typed_entries() -> None:
    op.create_table(
        "typed_entry",
        sa.Column("id", _RANDOM_KEY, autoincrement=False, nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint("who <> ''", name=op.f("ck_typed_entry_who")),
        sa.ForeignKeyConstraint(["sheet"], ["sheet.id"], name="fk_typed_entry_sheet"),
        sa.ForeignKeyConstraint(["page"], ["page.id"], name="fk_typed_entry_page"),
        sa.PrimaryKeyConstraint("id", name="pk_typed_entry"),
    )
    op.create_index("ix_typed_entry_sheet", "typed_entry", ["sheet"])
    op.create_index("ix_typed_entry_page", "typed_entry", ["page"])


def _make_recheck_attempts() -> None:
    op.create_table(
        "recheck_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recheck_draw", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.CheckConstraint("who <> ''", name=op.f("ck_recheck_attempt_who")),
        sa.ForeignKeyConstraint(
            ["recheck_draw", "place"],
            ["recheck_place.recheck_draw", "recheck_place.place"],
            name="fk_recheck_attempt_recheck_draw_place",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_attempt"),
    )
