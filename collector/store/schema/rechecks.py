"""The tables of the recheck: seeds, draws, results of calls, and what follows from them. All but contacts append-only.

Triggers of the migration refuse what Python alone could not promise: no sheet of an unlinked group has a contact or is
drawn, no place is called before it is open, no cell is widened without a confirmed forgery, no undoing is undone.
Places of sheets and of people are kept apart: `sheet` or `recipient`, never both.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from collector.store.schema.columns import RandomKey, metadata
from forms.recheck import OUTCOMES

_TALKED = "outcome IN ('confirmed', 'denies', 'forged')"
_NO_FACTS = "took_part IS NULL AND filled_self IS NULL AND right_procedure IS NULL"


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _to(table: str, name: str | None = None, nullable: bool = False) -> Column[int]:
    return Column(name or table, ForeignKey(f"{table}.id"), nullable=nullable)


# commitment: SHA-256 of a seed that nobody has shown yet. answers: how many counted when it was made; a commitment that
# came after the first answer, or after another one, gives its reason.
recheck_seed = Table(
    "recheck_seed",
    metadata,
    _id(),
    Column("round", Integer, nullable=False, unique=True),
    Column("commitment", String(64), nullable=False, unique=True),
    Column("answers", Integer, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    Column("why", String),
    CheckConstraint("round >= 1 AND answers >= 0", name="round"),
    CheckConstraint("(round = 1 AND answers = 0) = (why IS NULL)", name="why"),
)

# How the person of a sheet is reached, sealed like the list of people: linked (found on that list) or left on a stub.
recheck_contact = Table(
    "recheck_contact",
    metadata,
    Column("sheet", ForeignKey("sheet.id"), primary_key=True, autoincrement=False),
    Column("at", DateTime, nullable=False),
    Column("source", String, nullable=False),
    Column("key", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    CheckConstraint("source IN ('linked', 'stub')", name="source"),
)

# One draw an agency, for good. frame: how many may be called; digest: which ones; size: how many are called first;
# attempts: how often somebody is called before they are unreachable; flagged: why more are called here.
recheck_draw = Table(
    "recheck_draw",
    metadata,
    _id(),
    Column("agency", ForeignKey("agency.id"), nullable=False, unique=True),
    _to("recheck_seed"),
    Column("seed", Text, nullable=False),
    Column("frame", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("flagged", String),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    CheckConstraint("size BETWEEN 1 AND frame", name="size"),
    CheckConstraint("attempts >= 1", name="attempts"),
    CheckConstraint("flagged <> ''", name="flagged"),
)

# The whole order: the first `size` are called, the rest are reserves in their order. unit: what was hashed, a sheet's
# serial or a person's id. recipient refers to nothing on purpose: the draw outlives the people.
recheck_place = Table(
    "recheck_place",
    metadata,
    _id(),
    _to("recheck_draw"),
    Column("place", Integer, nullable=False),
    Column("unit", String(16), nullable=False),
    _to("cell"),
    Column("sheet", ForeignKey("sheet.id"), unique=True),
    Column("recipient", RandomKey, unique=True),
    UniqueConstraint("recheck_draw", "place"),
    UniqueConstraint("recheck_draw", "place", "sheet"),
    CheckConstraint("place >= 1", name="place"),
    CheckConstraint("(sheet IS NULL) <> (recipient IS NULL)", name="unit"),
)

# What a call came to; a later version corrects an earlier one and gives its reason. Facts are told by who was reached.
recheck_call = Table(
    "recheck_call",
    metadata,
    _id(),
    Column("recheck_draw", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("outcome", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("caller", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("took_part", Boolean),
    Column("filled_self", Boolean),
    Column("right_procedure", Boolean),
    Column("note", String, nullable=False),
    Column("who", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("why", String),
    ForeignKeyConstraint(["recheck_draw", "place"], ["recheck_place.recheck_draw", "recheck_place.place"]),
    UniqueConstraint("recheck_draw", "place", "version"),
    CheckConstraint(f"outcome IN ({', '.join(map(repr, OUTCOMES))})", name="outcome"),
    CheckConstraint("attempts >= 1 AND version >= 1 AND (version = 1) = (why IS NULL)", name="version"),
    CheckConstraint("caller <> ''", name="caller"),
    CheckConstraint(f"{_TALKED} OR ({_NO_FACTS})", name="no_facts"),
    CheckConstraint(
        "outcome <> 'confirmed' OR (took_part IS NOT NULL AND filled_self IS NOT NULL AND took_part AND filled_self)",
        name="confirmed",
    ),
    CheckConstraint(
        "outcome NOT IN ('denies', 'forged') OR (took_part IS NOT NULL AND NOT took_part)"
        " OR (filled_self IS NOT NULL AND NOT filled_self)",
        name="denied",
    ),
    CheckConstraint("outcome <> 'forged' OR note <> ''", name="evidence"),
)

# The questions asked again, of whoever says that the sheet is theirs; sheet stands here so that no list has opinions.
recheck_opinion = Table(
    "recheck_opinion",
    metadata,
    _id(),
    Column("recheck_draw", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sheet", Integer, nullable=False),
    _to("question"),
    _to("option"),
    UniqueConstraint("recheck_draw", "place", "version", "question"),
    ForeignKeyConstraint(
        ["recheck_draw", "place", "version"],
        ["recheck_call.recheck_draw", "recheck_call.place", "recheck_call.version"],
        name="fk_recheck_opinion_call",
    ),
    ForeignKeyConstraint(
        ["recheck_draw", "place", "sheet"],
        ["recheck_place.recheck_draw", "recheck_place.place", "recheck_place.sheet"],
        name="fk_recheck_opinion_sheet",
    ),
)

# The second stage: after a confirmed forgery every place of the agency is open.
recheck_widening = Table(
    "recheck_widening",
    metadata,
    _id(),
    Column("recheck_draw", ForeignKey("recheck_draw.id"), nullable=False, unique=True),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
)

# What a person decided by the campaign's rule; `undo` takes one decision back. Struck sheets do not count meanwhile.
# act: what was signed, where a sheet rates the agency that runs the survey; triggers ask for it.
recheck_decision = Table(
    "recheck_decision",
    metadata,
    _id(),
    Column("scope", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("who", String, nullable=False),
    Column("why", String, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("undoes", ForeignKey("recheck_decision.id"), unique=True),
    Column("act", ForeignKey("pending_act.id"), unique=True),
    CheckConstraint("scope IN ('sheet', 'collector', 'agency', 'undo')", name="scope"),
    CheckConstraint("(scope = 'undo') = (undoes IS NOT NULL)", name="undoes"),
    CheckConstraint("who <> '' AND why <> ''", name="why"),
)

recheck_struck = Table(
    "recheck_struck",
    metadata,
    _id(),
    _to("recheck_decision"),
    _to("sheet"),
    UniqueConstraint("recheck_decision", "sheet"),
)

recheck_attempt = Table(
    "recheck_attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("recheck_draw", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("who", String, nullable=False),
    ForeignKeyConstraint(["recheck_draw", "place"], ["recheck_place.recheck_draw", "recheck_place.place"]),
    CheckConstraint("who <> ''", name="who"),
)
