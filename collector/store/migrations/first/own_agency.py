"""Nobody decides about where they work, and about who runs the survey two people do: one pattern for every decision.

A decision is a line with a name (`who`), about something that concerns agencies (`_CONCERNED`). It is refused where
the account of that name works at one of them, and where one of them runs the survey itself, unless an act was signed
that was asked for under the same name and says that very thing.
"""

from __future__ import annotations

# Of {key}: the ids of the agencies that it is about. A sheet is about its own agency and every row printed on it, one
# mark of it about its agency and the mark's row.
_OF_SHEET = (
    "SELECT cell.agency FROM sheet JOIN cell ON cell.id = sheet.cell WHERE sheet.id = {key}"
    " UNION ALL SELECT layout_row.agency FROM sheet JOIN layout_row ON layout_row.layout = sheet.layout"
    " WHERE sheet.id = {key}"
)
_OF_DOUBT = (
    "SELECT cell.agency FROM doubt JOIN response ON response.id = doubt.response"
    " JOIN sheet ON sheet.id = response.sheet JOIN cell ON cell.id = sheet.cell WHERE doubt.id = {key}"
    " UNION ALL SELECT rated FROM doubt WHERE id = {key}"
)
_OF_DRAWN = (
    "SELECT cell.agency FROM drawn_answer JOIN page ON page.id = drawn_answer.page JOIN sheet ON sheet.id = page.sheet"
    " JOIN cell ON cell.id = sheet.cell WHERE drawn_answer.id = {key}"
    " UNION ALL SELECT rated FROM drawn_answer WHERE id = {key}"
)
# Of what a recheck tries, whoever handed the sheet out is judged too.
_OF_HANDED_OUT = (
    _OF_SHEET + " UNION ALL SELECT agency.id FROM sheet JOIN cell ON cell.id = sheet.cell"
    " JOIN agency ON agency.code = cell.collector WHERE sheet.id = {key}"
)
_OF_PLACE = (
    "SELECT recheck_draw.agency FROM recheck_place JOIN recheck_draw ON recheck_draw.id = recheck_place.recheck_draw"
    " WHERE recheck_place.id = {key}"
    " UNION ALL SELECT agency.id FROM recheck_place JOIN cell ON cell.id = recheck_place.cell"
    " JOIN agency ON agency.code = cell.collector WHERE recheck_place.id = {key}"
)
_CONCERNED = {
    "sheet": _OF_SHEET,
    "doubt": _OF_DOUBT,
    "drawn_answer": _OF_DRAWN,
    "handed_out": _OF_HANDED_OUT,
    "recheck_place": _OF_PLACE,
}
# The agency of whose quota a sheet is: what an account may be held to.
_AT = {kind: _CONCERNED[kind].partition(" UNION ALL ")[0] for kind in ("sheet", "doubt", "drawn_answer")}
_DECIDED = "OLD.state = 'open' AND NEW.state = 'decided'"


def is_own(kind: str, key: str, who: str) -> str:
    """The condition that somebody, by the name that is shown, works at an agency that something is about."""
    concerned = _CONCERNED[kind].format(key=key)
    return (
        "EXISTS (SELECT 1 FROM account JOIN agency AS own ON own.code = account.workplace"
        f" WHERE account.shown_name = {who} AND own.id IN ({concerned}))"
    )


def is_outside(kind: str, key: str, who: str) -> str:
    """The condition that somebody is held to one agency, and something is of another one's sheets."""
    return (
        "EXISTS (SELECT 1 FROM account JOIN agency AS held ON held.code = account.agency"
        f" WHERE account.shown_name = {who} AND held.id NOT IN ({_AT[kind].format(key=key)}))"
    )


def is_runners(kind: str, key: str) -> str:
    """The condition that something is about the agency which runs the survey."""
    concerned = _CONCERNED[kind].format(key=key)
    return (
        "EXISTS (SELECT 1 FROM meta JOIN agency AS own ON own.code = meta.value"
        f" WHERE meta.key = 'runs' AND own.id IN ({concerned}))"
    )


def is_unsigned(who: str, *asked: str) -> str:
    """The condition that no act was signed which `who` had asked for, and of which all of `asked` holds."""
    signed = " AND ".join((f"act.state = 'signed' AND act.who = {who}", *asked))
    return f"NOT EXISTS (SELECT 1 FROM pending_act AS act WHERE {signed})"


def says(words: str) -> str:
    """The condition on an act that some JSON stands in what was asked for; both engines know replace()."""
    return f"replace(act.asked, {words}, '') <> act.asked"


def lists(item: str) -> str:
    """The condition on an act that an item, as JSON, is one of a list; what people wrote is quoted otherwise."""
    listed = "replace(replace(act.asked, '[', ', '), ']', ',')"
    return f"replace({listed}, ', ' || {item} || ',', '') <> {listed}"


def lists_number(sheet: str) -> str:
    """The condition on an act that it names a sheet, by its number."""
    return f"EXISTS (SELECT 1 FROM sheet AS named WHERE named.id = {sheet} AND {lists(_NUMBER)})"


_NUMBER = "'\"' || named.number || '\"'"
_MOVED = "EXISTS (SELECT 1 FROM movement AS moved WHERE moved.id = NEW.movement AND {so})"
_OWN_STEP = _MOVED.format(
    so="moved.kind IN ('void', 'correction', 'release') AND " + is_own("sheet", "NEW.sheet", "moved.who")
)
_HELD_STEP = _MOVED.format(so=is_outside("sheet", "NEW.sheet", "moved.who"))
_UNSIGNED_STEP = _MOVED.format(
    so=f"moved.kind IN ('void', 'correction') AND {is_runners('sheet', 'NEW.sheet')} AND "
    + is_unsigned("moved.who", "act.id = moved.act", "act.kind = moved.kind", lists_number("NEW.sheet"))
)
_OTHERWISE_VOID = "NEW.after = 'void' AND NOT " + _MOVED.format(so="moved.kind = 'void'")
_CHOSEN = "'\"chosen\": ' || NEW.after || ','"
_KEPT = "'\"keep\": \"' || NEW.decision || '\"'"
_UNSIGNED_DOUBT = f"{is_runners('doubt', 'NEW.doubt')} AND " + is_unsigned(
    "NEW.who", "act.id = NEW.act", "act.doubt = NEW.doubt", says(_CHOSEN)
)
# A conflict is decided once, so its act is found by it. Whatever stood against the loser moves on with the decision,
# and a void decides all that is open about its sheet.
_ABOUT_CONFLICT = (
    f"((act.conflict = NEW.id AND {says(_KEPT)})"
    " OR (NEW.decision = 'moved' AND act.conflict IN (SELECT id FROM conflict WHERE sheet = NEW.sheet))"
    f" OR (NEW.decision = 'neither' AND act.kind = 'void' AND {lists_number('NEW.sheet')}))"
)
_UNSIGNED_CONFLICT = f"{is_runners('sheet', 'NEW.sheet')} AND " + is_unsigned("NEW.who", _ABOUT_CONFLICT)
_STAGED = "(SELECT id FROM sheet WHERE serial = NEW.serial)"
_IMPORTER = "(SELECT who FROM answer_import WHERE id = NEW.answer_import)"
OWN = "nobody decides about where they work"
OUTSIDE = "who is held to one agency touches no other sheets"
TWO = "what is about who runs the survey needs a second signature"
REFUSALS = (
    ("own_step", "sheet_step", "INSERT", _OWN_STEP, OWN),
    ("unsigned_step", "sheet_step", "INSERT", _UNSIGNED_STEP, TWO),
    ("otherwise_void", "sheet_step", "INSERT", _OTHERWISE_VOID, "sheets are made void by a void"),
    ("own_settlement", "settlement", "INSERT", is_own("doubt", "NEW.doubt", "NEW.who"), OWN),
    ("unsigned_settlement", "settlement", "INSERT", _UNSIGNED_DOUBT, TWO),
    ("own_conflict", "conflict", "UPDATE", f"{_DECIDED} AND {is_own('sheet', 'NEW.sheet', 'NEW.who')}", OWN),
    ("unsigned_conflict", "conflict", "UPDATE", f"{_DECIDED} AND {_UNSIGNED_CONFLICT}", TWO),
    ("own_look", "second_look", "INSERT", is_own("drawn_answer", "NEW.drawn_answer", "NEW.who"), OWN),
    ("own_mark", "doubt_reading", "INSERT", is_own("doubt", "NEW.doubt", "NEW.who"), OWN),
    ("own_import", "staged_sheet", "INSERT", is_own("sheet", _STAGED, _IMPORTER), OWN),
    ("own_typed", "typed_entry", "INSERT", is_own("sheet", "NEW.sheet", "NEW.who"), OWN),
    ("held_step", "sheet_step", "INSERT", _HELD_STEP, OUTSIDE),
    ("held_settlement", "settlement", "INSERT", is_outside("doubt", "NEW.doubt", "NEW.who"), OUTSIDE),
    ("held_conflict", "conflict", "UPDATE", f"{_DECIDED} AND {is_outside('sheet', 'NEW.sheet', 'NEW.who')}", OUTSIDE),
    ("held_look", "second_look", "INSERT", is_outside("drawn_answer", "NEW.drawn_answer", "NEW.who"), OUTSIDE),
    ("held_mark", "doubt_reading", "INSERT", is_outside("doubt", "NEW.doubt", "NEW.who"), OUTSIDE),
    ("held_import", "staged_sheet", "INSERT", is_outside("sheet", _STAGED, _IMPORTER), OUTSIDE),
    ("held_typed", "typed_entry", "INSERT", is_outside("sheet", "NEW.sheet", "NEW.who"), OUTSIDE),
)
