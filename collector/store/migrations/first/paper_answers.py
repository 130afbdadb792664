"""An answer on paper is what was read or what was decided, whoever writes it; one that was given stays whole.

The reading itself is only added to (guards), and a decision stands in the log of its doubt. So an answer that counts
changes with a line that says who changed it and what it was before, or not at all. Aside (`skipped`) are those, and
only those, that a skip rule of the questionnaire leads past by what was chosen before.
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


def _stands(row: str) -> str:
    """The condition that a row of an answer says what was read or, once that was decided, what was decided."""
    any_way = _DECIDED.format(row=row, rated=f"{row}.rated", so="doubt.chosen IS NOT NULL")
    this = _DECIDED.format(row=row, rated=f"{row}.rated", so=_CHOSEN.format(row=row))
    read = _READ.format(row=row)
    return f"CASE WHEN {any_way} THEN {row}.state IN ('settled', 'skipped') AND {this} ELSE {read} END"


def _is_said(row: str) -> str:
    """The same of a number or words."""
    any_way = _DECIDED.format(row=row, rated="0", so="doubt.chosen IS NOT NULL")
    this = _DECIDED.format(row=row, rated="0", so=_VALUE_CHOSEN.format(row=row))
    return f"CASE WHEN {any_way} THEN {this} ELSE {_WRITTEN.format(row=row)} END"


def _refuse(table: str, is_so: str, was_so: str, differs: str) -> list[tuple[str, str, str, str, str]]:
    words = "what paper says changes with a decision"
    new, old = _ON_PAPER.format(row="NEW"), _ON_PAPER.format(row="OLD")
    return [
        (f"other_paper_{table}", table, "INSERT", f"{new} AND NOT {is_so}", words),
        (f"edited_paper_{table}", table, "UPDATE", f"{new} AND ({differs}) AND NOT {is_so}", words),
        (f"lost_paper_{table}", table, "DELETE", f"{old} AND {was_so}", words),
    ]


# Aside without a rule that leads past it, or counted although one does.
_MISLED = f"{_ON_PAPER} AND (({{row}}.state = 'skipped') <> ({_PAST}))".format(row="NEW")
# Of a choice of many, and of two marks that an import tells as doubtful, an option more would pass for one that was
# given; all of them come with the response.
_ONE_MORE = (
    "((SELECT kind FROM question WHERE id = NEW.question) = 'many' OR NEW.state = 'doubtful')"
    " AND (SELECT given FROM response WHERE id = NEW.response)"
    " <= (SELECT COUNT(*) FROM answer AS given WHERE given.response = NEW.response)"
)
_ADDED = (
    "(SELECT copy FROM response WHERE id = NEW.response) = 0 AND EXISTS (SELECT 1 FROM answer AS given"
    " WHERE given.response = NEW.response AND given.question = NEW.question AND given.rated = NEW.rated"
    " AND (given.option = 0 OR NEW.option = 0 OR ((SELECT kind FROM question WHERE id = NEW.question) = 'one'"
    " AND NOT (given.state = 'doubtful' AND NEW.state = 'doubtful'))))"
)
_DIFFERS = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("response", "question", "rated", "option", "state"))
_OTHER_VALUE = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("response", "question", "value"))
_ASIDE = "a skip rule sets aside what it leads past with a decision, and nothing else"
REFUSALS = (
    ("added_answer", "answer", "INSERT", _ADDED, "nothing is added to what was given"),
    ("added_option", "answer", "INSERT", _ONE_MORE, "nothing is added to what was given"),
    ("misled_answer", "answer", "INSERT", _MISLED, _ASIDE),
    ("misled_change", "answer", "UPDATE", f"({_DIFFERS}) AND {_MISLED}", _ASIDE),
    *_refuse("answer", f"({_stands('NEW')})", f"({_stands('OLD')})", _DIFFERS),
    *_refuse("answer_value", f"({_is_said('NEW')})", f"({_is_said('OLD')})", _OTHER_VALUE),
)
