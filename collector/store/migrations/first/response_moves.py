"""How a response comes to count or to count no more: with a line that says why, or not at all.

Set aside are a side that lost a conflict, and a paper that was left blank, or what a table left undecided and was so;
contested is a side of an open conflict; void are the answers of a sheet that a void says so of; held is what waits for
a hand-over. Whoever lost stays aside.
"""

from __future__ import annotations

_BECOMES = "NEW.state <> OLD.state AND NEW.state"
_LOST = (
    "EXISTS (SELECT 1 FROM conflict AS lost WHERE lost.state = 'decided' AND lost.sheet = NEW.sheet AND"
    " ((lost.first = NEW.id AND lost.decision IN ('second', 'neither'))"
    " OR (lost.second = NEW.id AND lost.decision IN ('first', 'neither'))))"
)
_FIGHTS = (
    "EXISTS (SELECT 1 FROM conflict AS fought WHERE fought.state = 'open' AND fought.sheet = NEW.sheet"
    " AND NEW.id IN (fought.first, fought.second))"
)
_BLANK = (
    "((NEW.copy > 0 OR EXISTS (SELECT 1 FROM imported_answer AS came WHERE came.response = NEW.id))"
    " AND NOT EXISTS (SELECT 1 FROM answer AS said WHERE said.response = NEW.id"
    " AND (said.option <> 0 OR said.state NOT IN ('blank', 'settled')))"
    " AND NOT EXISTS (SELECT 1 FROM answer_value AS said WHERE said.response = NEW.id))"
)
_VOIDED = "EXISTS (SELECT 1 FROM sheet_step AS step WHERE step.sheet = NEW.sheet AND step.after = 'void')"
_HANDED_OUT = "EXISTS (SELECT 1 FROM sheet AS own WHERE own.id = NEW.sheet AND own.handover IS NOT NULL)"
_STANDS = f"{_BECOMES} IN ('accepted', 'over_quota', 'held')"
WORDS = "a response counts no more, or again, by a decision"
REFUSALS = tuple(
    (f"response_{name}", "response", "UPDATE", when, WORDS)
    for name, when in (
        ("aside", f"{_BECOMES} = 'set_aside' AND NOT {_LOST} AND NOT {_BLANK}"),
        ("contested", f"{_BECOMES} = 'contested' AND NOT {_FIGHTS}"),
        ("void", f"{_BECOMES} = 'void' AND NOT {_VOIDED}"),
        ("unvoid", f"{_BECOMES} <> 'void' AND OLD.state = 'void'"),
        ("again", f"{_STANDS} AND OLD.state IN ('contested', 'set_aside') AND ({_LOST} OR {_FIGHTS})"),
        ("crowded", f"{_BECOMES} = 'over_quota' AND OLD.state = 'accepted'"),
        ("held", f"{_BECOMES} = 'held' AND OLD.state IN ('accepted', 'over_quota') AND {_HANDED_OUT}"),
    )
)
