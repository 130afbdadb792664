"""The tables. What must never happen is forbidden here, by UNIQUE and CHECK; the migrations make exactly these.

Triggers, which the migrations alone hold, refuse what would lose something: the logs are never changed, a line of the
event log continues its chain, sheets,
responses, conflicts, doubts, pages and scan files never deleted, a decided conflict and answers that were not read off
paper stay; nothing counts on a void sheet or on one whose place a reserve sheet took; a sheet is what the last line of
its log says, and that line follows what the sheet was; no response, sheet, cell or printed layout becomes another; and
a response is linked as its group is, which stays so once it answered. Editions of the index come in their order, with
no petition open but for the first, and nothing is asked or decided after the last.

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
    LargeBinary,
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

# What was published when: the editions of the index follow each other, and each keeps its figures for good. Points are
# exact decimals as text; a figure that is not known is NULL.
edition = Table(
    "edition",
    metadata,
    _id(),
    Column("place", Integer, nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    CheckConstraint("place BETWEEN 1 AND 3", name="place"),
)

edition_total = Table(
    "edition_total",
    metadata,
    _id(),
    _to("edition"),
    _to("agency"),
    Column("block", String, nullable=False),
    Column("total", String),
    Column("rank", Integer),
    Column("grade", String, nullable=False),
    UniqueConstraint("edition", "agency"),
    CheckConstraint("rank >= 1 AND (rank IS NULL OR total IS NOT NULL)", name="rank"),
)

edition_point = Table(
    "edition_point",
    metadata,
    _id(),
    _to("edition"),
    _to("agency"),
    Column("criterion", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("points", String),
    UniqueConstraint("edition", "agency", "criterion", "kind"),
    _one_of("kind", "survey", "appraised", "external", "bonus", "penalty"),
)

petition = Table(
    "petition",
    metadata,
    _id(),
    _to("agency"),
    Column("criterion", String, nullable=False),
    Column("letter", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("asks", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    UniqueConstraint("agency", "criterion", "letter"),
    CheckConstraint("letter <> '' AND criterion <> ''", name="letter"),
)

# before and after: the points of its criterion; a refusal changes none.
petition_decision = Table(
    "petition_decision",
    metadata,
    _id(),
    Column("petition", ForeignKey("petition.id"), nullable=False, unique=True),
    Column("decision", String, nullable=False),
    Column("before", String),
    Column("after", String),
    Column("reply", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    _one_of("decision", "granted", "partly", "refused"),
    CheckConstraint("(decision = 'refused') = (after IS NULL)", name="after"),
    CheckConstraint("before <> after", name="changes"),
    CheckConstraint("reply <> '' AND why <> '' AND who <> ''", name="said"),
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
    Column("collector", String, nullable=False),
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

# What people did with sheets outside the house: one row an act, however many sheets it moved. A random key and days, no
# times: a row may stand for one sheet of an unlinked group.
movement = Table(
    "movement",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("party", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("letter", String, nullable=False),
    Column("who", String, nullable=False),
    Column("note", String, nullable=False),
    Column("recorded_day", Date, nullable=False),
    _one_of("kind", "handover", "return", "void", "release", "reprint", "correction"),
    CheckConstraint("kind <> 'handover' OR party <> ''", name="party"),
    CheckConstraint("kind NOT IN ('void', 'correction') OR note <> ''", name="reason"),
)

# Append-only. A later day for what an agency or a collector has to send back; the last one recorded holds.
extension = Table(
    "extension",
    metadata,
    _id(),
    Column("party_kind", String, nullable=False),
    Column("party", String, nullable=False),
    Column("until", Date, nullable=False),
    Column("letter", String, nullable=False),
    Column("who", String, nullable=False),
    Column("recorded_day", Date, nullable=False),
    _one_of("party_kind", "agency", "collector"),
    CheckConstraint("letter <> ''", name="letter"),
)

# state, handover, received, received_day and replaces are what the last line of the sheet's log (sheet_step) says;
# its `step` points there, NULL as long as nothing ever happened to the sheet. handover: under which it is out of the
# house; received: the record of its coming back, where there is one; replaces: why a reserve sheet was released.
# training repeats the layout's and is never true: no training sheet is one of ours, so no answer can be stored for one.
sheet = Table(
    "sheet",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),  # said, for it is a part of the key to its last step
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
    Column("handover", RandomKey, ForeignKey("movement.id")),
    Column("received", RandomKey, ForeignKey("movement.id")),
    Column("received_day", Date),
    Column("replaces", Integer, ForeignKey("sheet.id"), unique=True),
    Column("step", Integer),
    UniqueConstraint("cell", "ordinal"),
    ForeignKeyConstraint(
        ["id", "step", "state"], ["sheet_step.sheet", "sheet_step.step", "sheet_step.after"], use_alter=True
    ),
    CheckConstraint("ordinal >= 1", name="ordinal"),
    CheckConstraint("state NOT IN ('handed_out', 'refused', 'spoiled', 'lost') OR handover IS NOT NULL", name="out"),
    CheckConstraint("state NOT IN ('printed', 'unused') OR handover IS NULL", name="in"),
    CheckConstraint("state NOT IN ('returned', 'answered_phone') OR received_day IS NOT NULL", name="received_day"),
    CheckConstraint("replaces IS NULL OR (is_reserve AND replaces <> id)", name="replaces"),
    CheckConstraint("handover IS NULL OR NOT is_reserve OR replaces IS NOT NULL", name="released"),
    CheckConstraint(
        "step IS NOT NULL OR (state = 'printed' AND received_day IS NULL AND replaces IS NULL)", name="step"
    ),
    _one_of(
        "state", "printed", "handed_out", "returned", "answered_phone", "refused", "spoiled", "lost", "unused", "void"
    ),
    CheckConstraint("(state = 'void') = (void_reason IS NOT NULL)", name="void"),
    CheckConstraint("NOT training", name="training"),
    ForeignKeyConstraint(["layout", "training"], ["layout.id", "layout.training"]),
)

# From state to state: what may happen to a sheet, by people, by a page that comes in, or by a mistake put right.
MOVES = {
    "printed": ("printed", "handed_out", "returned", "answered_phone", "void"),
    "handed_out": (
        "handed_out", "printed", "returned", "answered_phone", "refused", "spoiled", "lost", "unused", "void",
    ),
    "returned": ("returned", "handed_out", "answered_phone", "refused", "spoiled", "lost", "void"),
    "answered_phone": ("answered_phone", "returned", "void"),
    "refused": ("refused", "returned", "answered_phone", "handed_out", "lost", "void"),
    "spoiled": ("spoiled", "returned", "answered_phone", "handed_out", "lost", "void"),
    "lost": ("lost", "returned", "answered_phone", "refused", "spoiled", "unused", "handed_out", "void"),
    "unused": ("unused", "handed_out", "lost", "returned", "answered_phone", "void"),
}  # fmt: skip

# Append-only: every change of a sheet, and what the sheet was after it. movement: the act of a person; channel: how an
# answer came in that moved it. The day alone; a sheet's own steps are counted, no order leads over two sheets.
sheet_step = Table(
    "sheet_step",
    metadata,
    _to("sheet", key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("before", String, nullable=False),
    Column("after", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("movement", RandomKey, ForeignKey("movement.id")),
    Column("channel", String),
    Column("handover", RandomKey, ForeignKey("movement.id")),
    Column("received", RandomKey, ForeignKey("movement.id")),
    Column("received_day", Date),
    Column("replaces", Integer, ForeignKey("sheet.id")),
    UniqueConstraint("sheet", "step", "after"),
    _one_of("channel", "paper", "phone", "typed", "import"),
    CheckConstraint("step >= 1", name="step"),
    CheckConstraint("(movement IS NULL) <> (channel IS NULL)", name="cause"),
    CheckConstraint(
        " OR ".join(f"(before = '{one}' AND after IN ({', '.join(map(repr, next_))}))" for one, next_ in MOVES.items()),
        name="move",
    ),
    Index("ix_sheet_step_movement", "movement"),
    sqlite_with_rowid=False,
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

# stack: of a cover, the stack that begins here: the pages behind it in the same file lie in it, until the next cover.
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
    Column("stack", String),
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
        "stack_cover",
    ),
    CheckConstraint("(status = 'stack_cover') = (stack IS NOT NULL)", name="stack"),
    CheckConstraint(
        "status IN ('unreadable', 'foreign', 'unknown_serial', 'void', 'training', 'stack_cover') "
        "OR (sheet IS NOT NULL AND copy IS NOT NULL AND copy > 0)",
        name="copy",
    ),
    Index("ix_page_sheet", "sheet"),
)
_IS_COVER = page.c.stack.is_not(None)
Index("ix_page_cover", page.c.scan_file, page.c.image, sqlite_where=_IS_COVER, postgresql_where=_IS_COVER)
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

# linked repeats the group's privacy, so that a CHECK can keep times of arrival out of unlinked groups. held: the
# sheet was never recorded as handed out, and the campaign's rule keeps such answers waiting. seconds: how long a phone
# had the form open, 600 for longer; it tells how, not when.
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
    Column("seconds", Integer),
    _one_of("channel", "paper", "phone", "typed", "import"),
    _one_of("state", "accepted", "contested", "over_quota", "held", "set_aside", "void"),
    CheckConstraint("(channel = 'paper') = (copy > 0)", name="copy"),
    CheckConstraint("state NOT IN ('accepted', 'over_quota', 'held') OR claims", name="counts_claims"),
    CheckConstraint("state IN ('accepted', 'over_quota', 'held', 'contested') OR NOT claims", name="aside_claims_not"),
    CheckConstraint("complete OR NOT claims", name="claims_complete"),
    CheckConstraint("twin_of IS NULL OR state = 'set_aside'", name="twin"),
    CheckConstraint("linked OR received_at IS NULL", name="no_time"),
    CheckConstraint("seconds IS NULL OR (channel = 'phone' AND seconds BETWEEN 0 AND 600)", name="seconds"),
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

# Append-only. key: a hash of a row of an imported table that named no sheet, so that it takes one sheet and never two.
import_row = Table(
    "import_row",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    Column("key", String(64), nullable=False, unique=True),
    Column("sheet", ForeignKey("sheet.id"), nullable=False, unique=True),
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

# Answers that were drawn, as their page came in, for a person who looks a second time and is not shown `read`: a JSON
# list of codes. draw: the first 16 digits of the hash that drew them, and the order in which they are looked at.
drawn_answer = Table(
    "drawn_answer",
    metadata,
    _id(),
    Column("page", Integer, nullable=False),
    Column("question", Integer, nullable=False),
    Column("rated", Integer, nullable=False),
    Column("read", Text, nullable=False),
    Column("draw", String(16), nullable=False),
    UniqueConstraint("page", "question", "rated"),
    UniqueConstraint("id", "read"),
    ForeignKeyConstraint(
        ["page", "question", "rated"], ["page_answer.page", "page_answer.question", "page_answer.rated"]
    ),
    Index("ix_drawn_answer_draw", "draw"),
)

# Append-only. seen: what the person saw, as `read`; "several" marks where one is asked for; NULL: they cannot tell.
# round: 1, and one more for every look at the same answer that was taken back; no second look stands beside a first.
second_look = Table(
    "second_look",
    metadata,
    _id(),
    Column("drawn_answer", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("read", Text, nullable=False),
    Column("seen", Text),
    Column("agrees", Boolean, nullable=False),
    Column("who", String, nullable=False),
    Column("session", Text),
    Column("at", DateTime, nullable=False),
    UniqueConstraint("drawn_answer", "round"),
    ForeignKeyConstraint(["drawn_answer", "read"], ["drawn_answer.id", "drawn_answer.read"]),
    CheckConstraint("round >= 1", name="round"),
    CheckConstraint("agrees = (seen IS NOT NULL AND seen = read)", name="agrees"),
    Index("ix_second_look_who", "who"),
)

# Append-only as well: looks that whoever looked took back, which stay on record.
look_undone = Table(
    "look_undone",
    metadata,
    _id(),
    Column("second_look", ForeignKey("second_look.id"), nullable=False, unique=True),
    Column("at", DateTime, nullable=False),
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

# Append-only as well, and a chain: ids count from 1 without a gap, prev is the hash of the line before, hash covers the
# line (collector.store.chain). Nothing here may tell when a person of an unlinked group answered.
event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("prev", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    CheckConstraint("id >= 1 AND length(prev) = 64 AND length(hash) = 64", name="chain"),
)

# People to be asked stand apart: nothing here refers to a sheet or a response. Their ids follow from a key, not from
# the order of a file. Lists imported and draws made are append-only; the people themselves are erased at the date set.
recipient_import = Table(
    "recipient_import",
    metadata,
    _id(),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    Column("people", Integer, nullable=False),
)

recipient = Table(
    "recipient",
    metadata,
    Column("id", RandomKey, primary_key=True, autoincrement=False),
    _to("agency"),
    _to("respondent_group"),
    _to("recipient_import"),
    Column("key", String(16), nullable=False),
    Column("digest", String(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    UniqueConstraint("id", "agency", "respondent_group"),
    Index("ix_recipient_agency_respondent_group", "agency", "respondent_group"),
)

# A keyed hash of what tells a person from others: nobody stands twice in a cell, and no key opens it.
recipient_mark = Table(
    "recipient_mark",
    metadata,
    Column("recipient", RandomKey, primary_key=True, autoincrement=False),
    Column("kind", String, primary_key=True),
    Column("agency", Integer, nullable=False),
    Column("respondent_group", Integer, nullable=False),
    Column("mark", String(32), nullable=False),
    ForeignKeyConstraint(
        ["recipient", "agency", "respondent_group"],
        ["recipient.id", "recipient.agency", "recipient.respondent_group"],
        name="fk_recipient_mark_recipient",
        ondelete="CASCADE",
    ),
    UniqueConstraint("agency", "respondent_group", "kind", "mark"),
    _one_of("kind", "file_code", "phone", "email", "name"),
)

# frame: how many people stood in the cell, digest: which ones. A second draw gives its reason.
recipient_draw = Table(
    "recipient_draw",
    metadata,
    _id(),
    _to("agency"),
    _to("respondent_group"),
    Column("round", Integer, nullable=False),
    Column("seed", Text, nullable=False),
    Column("frame", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("reserve", Integer, nullable=False),
    _to("recipient_import"),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    Column("why", String),
    UniqueConstraint("agency", "respondent_group", "round"),
    CheckConstraint("round >= 1 AND (round = 1) = (why IS NULL)", name="why"),
    CheckConstraint("size >= 0 AND reserve >= 0 AND size + reserve BETWEEN 1 AND frame", name="size"),
)

# recipient refers to nothing on purpose: the draw outlives the people, and then names nobody.
recipient_drawn = Table(
    "recipient_drawn",
    metadata,
    _id(),
    _to("recipient_draw"),
    Column("place", Integer, nullable=False),
    Column("recipient", RandomKey, nullable=False),
    UniqueConstraint("recipient_draw", "place"),
    UniqueConstraint("recipient_draw", "recipient"),
    CheckConstraint("place >= 1", name="place"),
)
