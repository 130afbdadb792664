"""The tables. What must never happen is forbidden here, by UNIQUE and CHECK; the migrations make exactly these.

Triggers, which the migrations alone hold, refuse what would lose something: the logs are never changed, responses,
conflicts, doubts, pages and scan files never deleted, a decided conflict and answers that were not read off paper stay.

Answers are narrow rows of integer keys. A rated agency of 0 is none (a sheet about one agency), an option of 0 is none
(nothing was chosen, or it is a number or a text). Keys of responses and conflicts are random: no key, no column tells
who answered before whom. Storage still hints at it (where a row lies in its page; on PostgreSQL also ctid and xmin)
until collector.store.order.forget_order writes it anew.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.sql.elements import ColumnElement

REVISION = "0001"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# In SQLite only INTEGER is the row's own address; a BIGINT key would leave a hidden one that counts arrivals.
RandomKey = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _to(table: str, name: str | None = None, nullable: bool = False, key: bool = False) -> Column[int]:
    return Column(name or table, ForeignKey(f"{table}.id"), nullable=nullable, primary_key=key, autoincrement=False)


def _one_of(column: str, *values: str) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


def _only_where(name: str, column: Column[int], condition: ColumnElement[bool], *more: Column[int]) -> Index:
    return Index(name, column, *more, unique=True, sqlite_where=condition, postgresql_where=condition)


meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

agency = Table(
    "agency",
    metadata,
    _id(),
    Column("code", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("block", String, nullable=False),
    Column("position", Integer, nullable=False),
)

respondent_group = Table(
    "respondent_group",
    metadata,
    _id(),
    Column("code", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("linked", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
)

cell = Table(
    "cell",
    metadata,
    _id(),
    _to("agency"),
    _to("respondent_group"),
    Column("target", Integer, nullable=False),
    Column("reserve", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    UniqueConstraint("agency", "respondent_group"),
    CheckConstraint("target >= 0 AND reserve >= 0", name="size"),
    CheckConstraint("reserved BETWEEN 0 AND target + reserve", name="reserved"),
    CheckConstraint("accepted BETWEEN 0 AND target", name="accepted"),
)

questionnaire = Table(
    "questionnaire",
    metadata,
    _id(),
    Column("code", String, nullable=False),
    Column("digest", String, nullable=False, unique=True),
    Column("content", Text, nullable=False),
)

question = Table(
    "question",
    metadata,
    _id(),
    _to("questionnaire"),
    Column("code", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("questionnaire", "code"),
    _one_of("kind", "one", "many", "number", "text"),
)

option = Table(
    "option",
    metadata,
    _id(),
    _to("question"),
    Column("code", String, nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("question", "code"),
)

layout = Table(
    "layout",
    metadata,
    _id(),
    Column("code", String, nullable=False, unique=True),
    Column("number", Integer, nullable=False, unique=True),
    _to("questionnaire"),
    Column("content", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("training", Boolean, nullable=False, default=False, server_default=false()),
    UniqueConstraint("id", "training"),
    CheckConstraint("number BETWEEN 0 AND 1023", name="number"),
)

# address: what the codes of the run hold before /P/, "" without one; sheets keep it whatever the campaign says later.
print_run = Table(
    "print_run",
    metadata,
    _id(),
    Column("at", DateTime, nullable=False),
    Column("address", String, nullable=False),
)

# training repeats the layout's and is never true: no training sheet is one of ours, so no answer can be stored for one.
sheet = Table(
    "sheet",
    metadata,
    _id(),
    Column("serial", String(16), nullable=False, unique=True),
    _to("cell"),
    Column("ordinal", Integer, nullable=False),
    Column("number", String, nullable=False, unique=True),
    Column("layout", Integer, nullable=False),
    Column("training", Boolean, nullable=False, default=False, server_default=false()),
    _to("print_run", nullable=True),
    Column("is_reserve", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("void_reason", String),
    UniqueConstraint("cell", "ordinal"),
    CheckConstraint("ordinal >= 1", name="ordinal"),
    _one_of(
        "state", "printed", "handed_out", "returned", "answered_phone", "refused", "spoiled", "lost", "unused", "void"
    ),
    CheckConstraint("(state = 'void') = (void_reason IS NOT NULL)", name="void"),
    CheckConstraint("NOT training", name="training"),
    ForeignKeyConstraint(["layout", "training"], ["layout.id", "layout.training"]),
)

scan_file = Table(
    "scan_file",
    metadata,
    _id(),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("pages", Integer),
    Column("first_day", Date, nullable=False),
    _one_of("state", "taken", "refused"),
    CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="reason"),
)

page = Table(
    "page",
    metadata,
    _id(),
    _to("scan_file"),
    Column("image", Integer, nullable=False),
    Column("status", String, nullable=False),
    Column("reason", String),
    _to("sheet", nullable=True),
    Column("sheet_page", Integer),
    Column("copy", Integer),
    _to("layout", nullable=True),
    Column("rotation", Integer),
    Column("transform", Text),
    _to("page", "duplicate_of", nullable=True),
    UniqueConstraint("scan_file", "image"),
    _one_of(
        "status",
        "read",
        "duplicate",
        "conflict",
        "waiting",
        "unreadable",
        "foreign",
        "unknown_serial",
        "void",
        "training",
    ),
    CheckConstraint(
        "status IN ('unreadable', 'foreign', 'unknown_serial', 'void', 'training') "
        "OR (sheet IS NOT NULL AND copy IS NOT NULL AND copy > 0)",
        name="copy",
    ),
    Index("ix_page_sheet", "sheet"),
)
_only_where("uq_page_copy", page.c.sheet, page.c.duplicate_of.is_(None), page.c.copy, page.c.sheet_page)

page_answer = Table(
    "page_answer",
    metadata,
    _to("page", key=True),
    _to("question", key=True),
    Column("rated", Integer, primary_key=True, autoincrement=False),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("confidence", Float, nullable=False),
    _one_of("state", "clear", "blank", "doubtful"),
    sqlite_with_rowid=False,
)

page_choice = Table(
    "page_choice",
    metadata,
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("question", Integer, primary_key=True, autoincrement=False),
    Column("rated", Integer, primary_key=True, autoincrement=False),
    _to("option", key=True),
    ForeignKeyConstraint(
        ["page", "question", "rated"], ["page_answer.page", "page_answer.question", "page_answer.rated"]
    ),
    sqlite_with_rowid=False,
)

page_value = Table(
    "page_value",
    metadata,
    _to("page", key=True),
    _to("question", key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

# linked repeats the group's privacy, so that a CHECK can keep times of arrival out of unlinked groups.
response = Table(
    "response",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    _to("sheet"),
    Column("channel", String, nullable=False),
    Column("copy", Integer, nullable=False),
    Column("claims", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("linked", Boolean, nullable=False),
    Column("twin_of", RandomKey, ForeignKey("response.id")),
    Column("digest", String(64), nullable=False),
    Column("receipt", String(10), nullable=False, unique=True),
    Column("received_day", Date, nullable=False),
    Column("received_at", DateTime),
    _one_of("channel", "paper", "phone", "typed", "import"),
    _one_of("state", "accepted", "contested", "over_quota", "set_aside", "void"),
    CheckConstraint("(channel = 'paper') = (copy > 0)", name="copy"),
    CheckConstraint("state NOT IN ('accepted', 'over_quota') OR claims", name="counts_claims"),
    CheckConstraint("state IN ('accepted', 'over_quota', 'contested') OR NOT claims", name="aside_claims_not"),
    CheckConstraint("complete OR NOT claims", name="claims_complete"),
    CheckConstraint("twin_of IS NULL OR state = 'set_aside'", name="twin"),
    CheckConstraint("linked OR received_at IS NULL", name="no_time"),
    Index("ix_response_sheet", "sheet"),
)
_only_where("uq_response_claim", response.c.sheet, response.c.claims)
_only_where("uq_response_answers", response.c.sheet, response.c.copy == 0, response.c.digest)
_only_where("uq_response_copy", response.c.sheet, response.c.copy > 0, response.c.copy)

answer = Table(
    "answer",
    metadata,
    Column("response", RandomKey, ForeignKey("response.id"), primary_key=True, autoincrement=False),
    _to("question", key=True),
    Column("rated", Integer, primary_key=True, autoincrement=False),
    Column("option", Integer, primary_key=True, autoincrement=False),
    Column("state", String, nullable=False),
    _one_of("state", "clear", "blank", "doubtful", "settled", "skipped"),
    sqlite_with_rowid=False,
)

# Free text may hold personal data: a table of its own, never joined for scoring.
answer_value = Table(
    "answer_value",
    metadata,
    Column("response", RandomKey, ForeignKey("response.id"), primary_key=True, autoincrement=False),
    _to("question", key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

# moot: the skip rules lead past the question since another doubt was settled. chosen: a JSON list of codes.
doubt = Table(
    "doubt",
    metadata,
    _id(),
    Column("response", RandomKey, ForeignKey("response.id"), nullable=False),
    _to("question"),
    Column("rated", Integer, nullable=False),
    _to("page"),
    Column("reason", String),
    Column("state", String, nullable=False),
    Column("chosen", Text),
    UniqueConstraint("response", "question", "rated"),
    _one_of("state", "open", "settled", "moot"),
    CheckConstraint("state = 'moot' OR (state = 'settled') = (chosen IS NOT NULL)", name="chosen"),
)

# Append-only: triggers of the migration refuse changes and deletions. before and after are JSON lists, NULL for open;
# undoes names the line that this one takes back. session tells apart people of one name; it opens nothing.
settlement = Table(
    "settlement",
    metadata,
    _id(),
    _to("doubt"),
    Column("before", Text),
    Column("after", Text),
    Column("who", String, nullable=False),
    Column("session", Text),
    Column("why", String, nullable=False),
    Column("at", DateTime, nullable=False),
    _to("settlement", "undoes", nullable=True),
    Index("ix_settlement_doubt", "doubt"),
    Index("ix_settlement_who", "who"),
)

# moved: the losing side stood against a third response too; that conflict goes on with the side that was kept.
conflict = Table(
    "conflict",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    _to("sheet"),
    Column("first", RandomKey, ForeignKey("response.id"), nullable=False),
    Column("second", RandomKey, ForeignKey("response.id"), nullable=False),
    Column("state", String, nullable=False),
    Column("decision", String),
    Column("who", String),
    Column("why", String),
    Column("decided_at", DateTime),
    UniqueConstraint("first", "second"),
    CheckConstraint("first <> second", name="sides"),
    _one_of("state", "open", "decided"),
    _one_of("decision", "first", "second", "neither", "moved"),
    CheckConstraint("(state = 'decided') = (decision IS NOT NULL)", name="decided"),
    Index("ix_conflict_sheet", "sheet"),
)

# Append-only as well. Nothing here may tell when a person of an unlinked group answered.
event = Table(
    "event",
    metadata,
    _id(),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),
)
