"""What the database itself refuses: changes that would lose what people said and decided."""

from __future__ import annotations

from alembic import op

from collector.store.migrations.first import (
    accounts,
    answer_imports,
    cells,
    doubts,
    editions,
    events,
    letters,
    looks,
    own_agency,
    paper_answers,
    recheck_calls,
    response_moves,
    responses,
    sheets,
    signing,
)

_APPEND_ONLY = (
    *("settlement", "event", "movement", "extension", "sheet_step"),
    *("recipient_import", "recipient_draw", "recipient_drawn"),
    *("edition", "edition_total", "edition_point", "petition", "petition_decision"),
    *("drawn_answer", "second_look", "look_undone", "import_row"),
    *("recheck_seed", "recheck_draw", "recheck_place", "recheck_call", "recheck_opinion"),
    *("recheck_widening", "recheck_decision", "recheck_struck"),
    *("typed_entry", "recheck_attempt", "doubt_reading", "reading_undone", "layout_row"),
    *("page_answer", "page_choice", "page_value", "skip_rule", "imported_answer"),
)
_READING = ("page", "question", "rated")
_KEYS = {
    "sheet_step": ("sheet", "step"),
    "layout_row": ("layout", "agency"),
    "skip_rule": ("question", "option"),
    "page_answer": _READING,
    "page_choice": (*_READING, "option"),
    "page_value": ("page", "question"),
    "imported_answer": ("response", "question", "rated", "option"),
}
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
    "answer_import",
)
# What a row is for good: neither moved to another sheet or cell, nor given another name, time or right to count.
_FOR_GOOD = {
    "sheet": ("id", "serial", "cell", "ordinal", "number", "layout", "training", "print_run", "is_reserve"),
    "response": (
        *("id", "sheet", "channel", "copy", "linked", "receipt"),
        *("received_day", "received_at", "seconds", "given"),
    ),
    "conflict": ("id", "sheet", "first", "second"),
    "doubt": ("id", "response", "question", "rated", "page", "source", "reason", "draw"),
    "cell": ("id", "agency", "respondent_group"),
    "layout": ("id", "code", "number", "questionnaire", "content", "head", "training"),
    "questionnaire": ("id", "code", "digest", "content"),
    "question": ("id", "questionnaire", "code", "kind", "position"),
    "option": ("id", "question", "code", "position"),
    "answer_import": ("id", "name", "sha256", "new_serials", "who", "at"),
    "pending_act": (
        *("id", "kind", "agency", "subject", "asked", "doubt", "conflict", "petition"),
        *("who", "account", "why", "at"),
    ),
}
# As given by phone or typed in they never change; paper follows its reading and its doubts (paper_answers), and so does
# what a table left undecided in part.
_GIVEN = ("answer", "answer_value", "answer_as_above")
_IS_GIVEN = (
    "(SELECT copy FROM response WHERE id = OLD.response) = 0"
    " AND NOT EXISTS (SELECT 1 FROM imported_answer AS said WHERE said.response = OLD.response)"
)


def forbid_changes() -> None:
    """Have the database itself refuse what would change or lose what people said and decided."""
    if op.get_bind().dialect.name == "postgresql":
        _forbid_changes_on_postgresql()
    else:
        _forbid_changes_on_sqlite()


def _changed(names: tuple[str, ...]) -> str:
    return " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in names)


def _list_refusals() -> list[tuple[str, str, str, str, str]]:
    for_good = [
        (f"other_{table}", table, "UPDATE", _changed(names), f"a {table} stays what it is")
        for table, names in _FOR_GOOD.items()
    ]
    return [
        *responses.COUNTS,
        *for_good,
        *recheck_calls.REFUSALS,
        *letters.REFUSALS,
        *sheets.REFUSALS,
        *looks.REFUSALS,
        *responses.REFUSALS,
        *response_moves.REFUSALS,
        *paper_answers.REFUSALS,
        *editions.REFUSALS,
        *accounts.REFUSALS,
        *signing.REFUSALS,
        *own_agency.REFUSALS,
        *doubts.REFUSALS,
        *events.REFUSALS,
        *cells.REFUSALS,
        *answer_imports.REFUSALS,
    ]


def _forbid_changes_on_postgresql() -> None:
    refuse = "RAISE EXCEPTION '% of % is refused', TG_OP, TG_TABLE_NAME"
    given = f"{_IS_GIVEN} AND OLD IS DISTINCT FROM NEW"
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
        op.execute(f"CREATE FUNCTION refuse_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$")
        op.execute(
            f'CREATE TRIGGER refuse_{name} BEFORE {verb} ON "{table}" FOR EACH ROW EXECUTE FUNCTION refuse_{name}()'
        )


def _on_postgresql(table: str, verb: str, each: str, function: str, when: str = "") -> None:
    name = f"{table}_no_{verb.lower()}"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {each} {when} EXECUTE FUNCTION {function}()")


def _forbid_changes_on_sqlite() -> None:
    given = f"WHEN {_IS_GIVEN}"
    for table in (*_APPEND_ONLY, *_NEVER_DELETED):
        _on_sqlite(table, "DELETE")
        # REPLACE deletes a row without asking the triggers of DELETE.
        key = " AND ".join(f"{name} = NEW.{name}" for name in _KEYS.get(table, ("id",)))
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
        op.execute(f'CREATE TRIGGER refuse_{name} BEFORE {verb} ON "{table}" WHEN {asked} BEGIN {refuse}; END')


def _on_sqlite(table: str, verb: str, when: str = "") -> None:
    name, words = f"{table}_no_{verb.lower()}", f"{verb} of {table} is refused"
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON \"{table}\" {when} BEGIN SELECT RAISE(ABORT, '{words}'); END")
