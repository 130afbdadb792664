"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_RANDOM_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_APPEND_ONLY = ("settlement", "event")
_NEVER_DELETED = ("response", "conflict", "doubt", "page", "scan_file")
_GIVEN = ("answer", "answer_value")  # as given by phone or typed in they never change; paper is read anew when settled


def upgrade() -> None:
    """Make every table."""
    _make_cells()
    _make_questionnaires()
    _make_layouts()
    _make_sheets()
    _make_scan_files()
    _make_pages()
    _make_page_answers()
    _make_responses()
    _limit_responses()
    _make_answers()
    _make_doubts()
    _make_conflicts()
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


def _make_sheets() -> None:
    op.create_table(
        "print_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_print_run"),
    )
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), nullable=False),
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
        sa.CheckConstraint("(state = 'void') = (void_reason IS NOT NULL)", name=op.f("ck_sheet_void")),
        sa.CheckConstraint(
            "state IN ('printed', 'handed_out', 'returned', 'answered_phone', "
            "'refused', 'spoiled', 'lost', 'unused', 'void')",
            name=op.f("ck_sheet_state"),
        ),
        sa.CheckConstraint("ordinal >= 1", name=op.f("ck_sheet_ordinal")),
        sa.CheckConstraint("NOT training", name=op.f("ck_sheet_training")),
        sa.ForeignKeyConstraint(["cell"], ["cell.id"], name="fk_sheet_cell"),
        sa.ForeignKeyConstraint(
            ["layout", "training"], ["layout.id", "layout.training"], name="fk_sheet_layout_training"
        ),
        sa.ForeignKeyConstraint(["print_run"], ["print_run.id"], name="fk_sheet_print_run"),
        sa.PrimaryKeyConstraint("id", name="pk_sheet"),
        sa.UniqueConstraint("cell", "ordinal", name="uq_sheet_cell_ordinal"),
        sa.UniqueConstraint("number", name="uq_sheet_number"),
        sa.UniqueConstraint("serial", name="uq_sheet_serial"),
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
        sa.CheckConstraint(
            "status IN ('read', 'duplicate', 'conflict', 'waiting', 'unreadable', "
            "'foreign', 'unknown_serial', 'void', 'training')",
            name=op.f("ck_page_status"),
        ),
        sa.CheckConstraint(
            "status IN ('unreadable', 'foreign', 'unknown_serial', 'void', 'training') "
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
        sa.CheckConstraint("(channel = 'paper') = (copy > 0)", name=op.f("ck_response_copy")),
        sa.CheckConstraint("channel IN ('paper', 'phone', 'typed', 'import')", name=op.f("ck_response_channel")),
        sa.CheckConstraint(
            "state IN ('accepted', 'contested', 'over_quota', 'set_aside', 'void')", name=op.f("ck_response_state")
        ),
        sa.CheckConstraint(
            "state IN ('accepted', 'over_quota', 'contested') OR NOT claims", name=op.f("ck_response_aside_claims_not")
        ),
        sa.CheckConstraint("state NOT IN ('accepted', 'over_quota') OR claims", name=op.f("ck_response_counts_claims")),
        sa.CheckConstraint("twin_of IS NULL OR state = 'set_aside'", name=op.f("ck_response_twin")),
        sa.CheckConstraint("complete OR NOT claims", name=op.f("ck_response_claims_complete")),
        sa.CheckConstraint("linked OR received_at IS NULL", name=op.f("ck_response_no_time")),
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
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )


def _forbid_changes() -> None:
    """Have the database itself refuse what would change or lose what people said and decided."""
    if op.get_bind().dialect.name == "postgresql":
        _forbid_changes_on_postgresql()
    else:
        _forbid_changes_on_sqlite()


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
        _on_postgresql(table, "UPDATE", "ROW", "refuse_change")
    for table in _GIVEN:
        _on_postgresql(table, "DELETE", "ROW", "refuse_given_change")
        _on_postgresql(table, "UPDATE", "ROW", "refuse_given_change")
    for table in (*_APPEND_ONLY, *_NEVER_DELETED, *_GIVEN):
        _on_postgresql(table, "TRUNCATE", "STATEMENT", "refuse_change")
    _on_postgresql("conflict", "UPDATE", "ROW", "refuse_change", "WHEN (OLD.state = 'decided')")


def _on_postgresql(table: str, verb: str, each: str, function: str, when: str = "") -> None:
    name = f"{table}_no_{verb.lower()}"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {each} {when} EXECUTE FUNCTION {function}()")


def _forbid_changes_on_sqlite() -> None:
    given = "WHEN (SELECT copy FROM response WHERE id = OLD.response) = 0"
    for table in (*_APPEND_ONLY, *_NEVER_DELETED):
        _on_sqlite(table, "DELETE")
        # REPLACE deletes a row without asking the triggers of DELETE.
        _on_sqlite(table, "INSERT", f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE id = NEW.id)')
    for table in _APPEND_ONLY:
        _on_sqlite(table, "UPDATE")
    for table in _GIVEN:
        _on_sqlite(table, "DELETE", given)
        _on_sqlite(table, "UPDATE", given)
    _on_sqlite("conflict", "UPDATE", "WHEN OLD.state = 'decided'")


def _on_sqlite(table: str, verb: str, when: str = "") -> None:
    name, words = f"{table}_no_{verb.lower()}", f"{verb} of {table} is refused"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON \"{table}\" {when} BEGIN SELECT RAISE(ABORT, '{words}'); END")


def downgrade() -> None:
    """There is nothing before the first schema: start from a backup instead."""
    raise NotImplementedError
