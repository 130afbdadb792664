"""The `choices` sheet of an XLSForm: lists of levels, each value with its cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from forms.grids import fold
from forms.words import text
from forms.xlsform_sheets import FormRow

_YES = ("yes", "true", "true()", "1", "x", "co")
OTHER = "other"


@dataclass
class ChoiceList:
    """The levels of a list as a questionnaire's values, and the row of each."""

    levels: list[dict[str, Any]] = field(default_factory=list)
    rows: list[FormRow] = field(default_factory=list)


def read_lists(rows: list[FormRow], label: str) -> dict[str, ChoiceList]:
    """Every list by name; `label` is the column of the language that is printed."""
    lists: dict[str, ChoiceList] = {}
    for row in rows:
        name = row.get("list_name")
        if not name:
            continue
        level: dict[str, Any] = {"code": row.get("name"), "label": row.get(label)}
        if row.get("percent"):
            level["percent"] = row.get("percent").replace(",", ".")
        if asks_to_specify(row, label):
            level["specify"] = "true"
        lists.setdefault(name, ChoiceList()).levels.append(level)
        lists[name].rows.append(row)
    return lists


def asks_to_specify(row: FormRow, label: str) -> bool:
    """Whether an option wants words beside its box: the column `specify`, else a label such as "Khac (ghi ro)"."""
    if row.get("specify"):
        return is_yes(row.get("specify"))
    said = fold(row.get(label))
    return "khac" in said.split("(")[0] and "ghi ro" in said


def is_yes(written: str) -> bool:
    """Whether a cell says yes."""
    return fold(written) in _YES


def other_level() -> dict[str, Any]:
    """The level that `or_other` adds."""
    return {"code": OTHER, "label": text("xlsform.other", "vi"), "specify": "true"}
