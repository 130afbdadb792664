"""Calls of a recheck, and what was decided by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from collector.store.migrations.first.own_agency import OWN, TWO, is_own, is_runners, is_unsigned, lists, says
from collector.store.migrations.first.sheets import UNLINKED_SHEET

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
_STRIKES = "EXISTS (SELECT 1 FROM recheck_decision AS made WHERE made.id = NEW.recheck_decision AND {so})"
_RESTORES = "EXISTS (SELECT 1 FROM recheck_struck AS struck WHERE struck.recheck_decision = NEW.undoes AND {so})"
_STRIKES_UNSIGNED = _STRIKES.format(
    so=f"{is_runners('sheet', 'NEW.sheet')} AND "
    + is_unsigned("made.who", "act.id = made.act", "act.kind = 'strike'", lists("NEW.sheet"))
)
_RESTORES_UNSIGNED = (
    _RESTORES.format(so=is_runners("sheet", "struck.sheet"))
    + " AND "
    + is_unsigned("NEW.who", "act.id = NEW.act", "act.kind = 'restore'", says("'\"decision\": ' || NEW.undoes || ','"))
)
_STRIKES_OWN = _STRIKES.format(so=is_own("handed_out", "NEW.sheet", "made.who"))
_RESTORES_OWN = _RESTORES.format(so=is_own("handed_out", "struck.sheet", "NEW.who"))
_PLACE = "(SELECT id FROM recheck_place WHERE recheck_draw = NEW.recheck_draw AND place = NEW.place)"
_CALLS_OWN = is_own("recheck_place", _PLACE, "NEW.who")
_UNDOES_UNDO = "EXISTS (SELECT 1 FROM recheck_decision WHERE id = NEW.{key} AND scope = 'undo')"
_RECHECK = (
    ("contact", UNLINKED_SHEET, "nobody of an unlinked group is called about a sheet"),
    ("place", UNLINKED_SHEET, "no sheet of an unlinked group is rechecked"),
    ("call", _NOT_OPEN, "this place is not open yet"),
    ("call", _TOO_FEW_ATTEMPTS, "nobody is unreachable after so few attempts"),
    ("call", _OTHER_VERSION, "a correction follows what it corrects"),
    ("widening", f"NOT EXISTS (SELECT 1 FROM {_CALLS} AND one.outcome = 'forged')", "no forgery is confirmed"),
    ("decision", _UNDOES_UNDO.format(key="undoes"), "an undoing is not undone"),
    ("struck", _UNDOES_UNDO.format(key="recheck_decision"), "an undoing strikes nothing"),
    ("struck", _STRIKES_UNSIGNED, TWO),
    ("decision", _RESTORES_UNSIGNED, TWO),
    ("struck", _STRIKES_OWN, OWN),
    ("decision", _RESTORES_OWN, OWN),
    ("call", _CALLS_OWN, OWN),
    ("attempt", _CALLS_OWN, OWN),
)
REFUSALS = tuple(
    (f"recheck_{table}_{number}", f"recheck_{table}", "INSERT", when, words)
    for number, (table, when, words) in enumerate(_RECHECK)
)


def make_recheck_calls() -> None:
    """Make calls."""
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


def make_recheck_opinions() -> None:
    """Make what people called said of their sheet."""
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


def make_recheck_decisions() -> None:
    """Make widenings, decisions and the sheets they strike."""
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
        sa.Column("act", sa.Integer(), nullable=True),
        sa.CheckConstraint("scope IN ('sheet', 'collector', 'agency', 'undo')", name=op.f("ck_recheck_decision_scope")),
        sa.CheckConstraint("(scope = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_recheck_decision_undoes")),
        sa.CheckConstraint("who <> '' AND why <> ''", name=op.f("ck_recheck_decision_why")),
        sa.ForeignKeyConstraint(["undoes"], ["recheck_decision.id"], name="fk_recheck_decision_undoes"),
        sa.ForeignKeyConstraint(["act"], ["pending_act.id"], name="fk_recheck_decision_act"),
        sa.PrimaryKeyConstraint("id", name="pk_recheck_decision"),
        sa.UniqueConstraint("undoes", name="uq_recheck_decision_undoes"),
        sa.UniqueConstraint("act", name="uq_recheck_decision_act"),
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


def make_recheck_attempts() -> None:
    """Make attempts at a place."""
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
