"""An answer on paper is what was read or what was decided, whoever writes it; one that was given stays whole.

The reading itself is only added to (guards), and a decision stands in the log of its doubt. So an answer that counts
changes with a line that says who changed it and what it was before, or not at all. Aside (`skipped`) are those, and
only those, that a skip rule of the questionnaire leads past by what was chosen before.

The same holds of a sheet that a table left undecided in part: its answers are what the table said or what was decided.
"""

from __future__ import annotations

_ON_PAPER = "(SELECT copy FROM response WHERE id = {row}.response) > 0"
_PAGE = "page.sheet = own.sheet AND page.copy = own.copy AND page.duplicate_of IS NULL"
# Pages may move to another copy of their sheet, and their doubts go with them.
_DECIDED = (
    "EXISTS (SELECT 1 FROM response AS own JOIN response AS other ON other.sheet = own.sheet"
    " JOIN doubt ON doubt.response = other.id AND doubt.question = {row}.question AND doubt.rated = {rated}"
    f" JOIN page ON page.id = doubt.page AND {_PAGE}"
    " WHERE own.id = {row}.response AND doubt.chosen IS NOT NULL AND {so})"
)
_CHOSEN = (
    "CASE WHEN {row}.option = 0"
    " THEN doubt.chosen = '[]' OR (SELECT kind FROM question WHERE id = {row}.question) IN ('number', 'text')"
    " ELSE replace(doubt.chosen, '\"' || (SELECT code FROM option WHERE id = {row}.option) || '\"', '')"
    " <> doubt.chosen END"
)
_CHOICE = (
    "EXISTS (SELECT 1 FROM page_choice WHERE page_choice.page = page.id AND page_choice.question = {row}.question"
    " AND page_choice.rated = {row}.rated"
)
_DISPUTED = (
    "EXISTS (SELECT 1 FROM drawn_answer JOIN second_look ON second_look.drawn_answer = drawn_answer.id"
    " WHERE drawn_answer.page = page.id AND drawn_answer.question = {row}.question"
    " AND drawn_answer.rated = {row}.rated AND NOT second_look.agrees)"
)
_READ = (
    f"EXISTS (SELECT 1 FROM response AS own JOIN page ON {_PAGE} JOIN page_answer AS seen ON seen.page = page.id"
    " AND seen.question = {row}.question AND seen.rated = {row}.rated WHERE own.id = {row}.response"
    " AND ({row}.state IN ('skipped', seen.state) OR ({row}.state = 'doubtful' AND " + _DISPUTED + "))"
    " AND CASE WHEN {row}.option = 0 THEN NOT " + _CHOICE + ")"
    " ELSE " + _CHOICE + " AND page_choice.option = {row}.option) END)"
)
_WRITTEN = (
    f"EXISTS (SELECT 1 FROM response AS own JOIN page ON {_PAGE} JOIN page_value ON page_value.page = page.id"
    " AND page_value.question = {row}.question AND page_value.value = {row}.value WHERE own.id = {row}.response)"
)
_VALUE_CHOSEN = (
    "((SELECT kind FROM question WHERE id = {row}.question) = 'text'"
    " OR ltrim(replace(replace(doubt.chosen, '[\"', ''), '\"]', ''), '0') = ltrim({row}.value, '0'))"
)


_PAST = (
    "EXISTS (SELECT 1 FROM skip_rule JOIN option AS leads ON leads.id = skip_rule.option"
    " JOIN answer AS earlier ON earlier.response = {row}.response AND earlier.question = leads.question"
    " AND earlier.option = leads.id AND earlier.state IN ('clear', 'settled')"
    " WHERE skip_rule.question = {row}.question)"
)


_IN_PART = "EXISTS (SELECT 1 FROM imported_answer AS said WHERE said.response = {row}.response)"
_OF_TABLE = (
    "EXISTS (SELECT 1 FROM doubt WHERE doubt.response = {row}.response AND doubt.question = {row}.question"
    " AND doubt.rated = {rated} AND doubt.page IS NULL AND doubt.chosen IS NOT NULL AND {so})"
)
_SAID = (
    "EXISTS (SELECT 1 FROM imported_answer AS said WHERE said.response = {row}.response"
    " AND said.question = {row}.question AND said.rated = {row}.rated AND said.option = {row}.option"
    " AND {row}.state IN ('skipped', said.state))"
)
_SAID_BESIDE = (
    "EXISTS (SELECT 1 FROM imported_answer AS said WHERE said.response = {row}.response"
    " AND said.question = {row}.question AND said.value = {row}.value)"
)


def _stands(row: str, decided: str, else_: str) -> str:
    """The condition that a row of an answer says what was read or, once that was decided, what was decided."""
    any_way = decided.format(row=row, rated=f"{row}.rated", so="doubt.chosen IS NOT NULL")
    this = decided.format(row=row, rated=f"{row}.rated", so=_CHOSEN.format(row=row))
    read = else_.format(row=row)
    return f"(CASE WHEN {any_way} THEN {row}.state IN ('settled', 'skipped') AND {this} ELSE {read} END)"


def _is_said(row: str, decided: str, else_: str) -> str:
    """The same of a number or words."""
    any_way = decided.format(row=row, rated="0", so="doubt.chosen IS NOT NULL")
    this = decided.format(row=row, rated="0", so=_VALUE_CHOSEN.format(row=row))
    return f"(CASE WHEN {any_way} THEN {this} ELSE {else_.format(row=row)} END)"


def _refuse(source: str, table: str, is_so: str, was_so: str, differs: str) -> list[tuple[str, str, str, str, str]]:
    where, words = _SOURCES[source]
    new, old = where.format(row="NEW"), where.format(row="OLD")
    return [
        (f"other_{source}_{table}", table, "INSERT", f"{new} AND NOT {is_so}", words),
        (f"edited_{source}_{table}", table, "UPDATE", f"{new} AND ({differs}) AND NOT {is_so}", words),
        (f"lost_{source}_{table}", table, "DELETE", f"{old} AND {was_so}", words),
    ]


_SOURCES = {
    "paper": (_ON_PAPER, "what paper says changes with a decision"),
    "table": (_IN_PART, "what a table said changes with a decision"),
}
# Aside without a rule that leads past it, or counted although one does.
_MISLED = f"({_ON_PAPER} OR {_IN_PART}) AND (({{row}}.state = 'skipped') <> ({_PAST}))".format(row="NEW")
_IS_IN_PART = _IN_PART.format(row="NEW")  # held against the table itself
# Of a choice of many, and of two marks that an import tells as doubtful, an option more would pass for one that was
# given; all of them come with the response.
_ONE_MORE = (
    f"NOT {_IS_IN_PART} AND ((SELECT kind FROM question WHERE id = NEW.question) = 'many' OR NEW.state = 'doubtful')"
    " AND (SELECT given FROM response WHERE id = NEW.response)"
    " <= (SELECT COUNT(*) FROM answer AS given WHERE given.response = NEW.response)"
)
_ADDED = (
    f"(SELECT copy FROM response WHERE id = NEW.response) = 0 AND NOT {_IS_IN_PART} AND EXISTS"
    " (SELECT 1 FROM answer AS given"
    " WHERE given.response = NEW.response AND given.question = NEW.question AND given.rated = NEW.rated"
    " AND (given.option = 0 OR NEW.option = 0 OR ((SELECT kind FROM question WHERE id = NEW.question) = 'one'"
    " AND NOT (given.state = 'doubtful' AND NEW.state = 'doubtful'))))"
)
_DIFFERS = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("response", "question", "rated", "option", "state"))
_OTHER_VALUE = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("response", "question", "value"))
_ASIDE = "a skip rule sets aside what it leads past with a decision, and nothing else"
# What a table said comes before its answers, and a doubt without a page is about what one left undecided.
_TOO_LATE = (
    "(SELECT channel FROM response WHERE id = NEW.response) <> 'import'"
    " OR EXISTS (SELECT 1 FROM answer WHERE answer.response = NEW.response)"
)
_UNDOUBTED = (
    "NEW.page IS NULL AND NOT EXISTS (SELECT 1 FROM imported_answer AS said WHERE said.response = NEW.response"
    " AND said.question = NEW.question AND said.rated = NEW.rated AND said.state = 'doubtful')"
)
REFUSALS = (
    ("late_imported", "imported_answer", "INSERT", _TOO_LATE, "what a table said comes before its answers"),
    ("undoubted", "doubt", "INSERT", _UNDOUBTED, "a doubt is about a page, or about what a table left undecided"),
    ("added_answer", "answer", "INSERT", _ADDED, "nothing is added to what was given"),
    ("added_option", "answer", "INSERT", _ONE_MORE, "nothing is added to what was given"),
    ("misled_answer", "answer", "INSERT", _MISLED, _ASIDE),
    ("misled_change", "answer", "UPDATE", f"({_DIFFERS}) AND {_MISLED}", _ASIDE),
    *_refuse("paper", "answer", _stands("NEW", _DECIDED, _READ), _stands("OLD", _DECIDED, _READ), _DIFFERS),
    *_refuse("table", "answer", _stands("NEW", _OF_TABLE, _SAID), _stands("OLD", _OF_TABLE, _SAID), _DIFFERS),
    *_refuse(
        *("paper", "answer_value", _is_said("NEW", _DECIDED, _WRITTEN), _is_said("OLD", _DECIDED, _WRITTEN)),
        _OTHER_VALUE,
    ),
    *_refuse(
        *("table", "answer_value", _is_said("NEW", _OF_TABLE, _SAID_BESIDE), _is_said("OLD", _OF_TABLE, _SAID_BESIDE)),
        _OTHER_VALUE,
    ),
)
