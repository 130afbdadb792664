"""Tables for SPSS (.sav) and Stata (.dta): variable labels, value labels, and why a value is missing.

pyreadstat is an extra (`stats`) and is imported where it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from forms.errors import WorkFailed
from forms.words import text

Kind = Literal["sav", "dta"]
# Of SPSS three values may be missing ones; Stata has letters for them.
MISSING: dict[str, tuple[int, str]] = {"blank": (-9, "a"), "doubtful": (-8, "b"), "skipped": (-7, "c")}
_LONGEST_LABEL = 80  # Stata's limit in letters; SPSS takes 256 bytes
_LONGEST_NAME = 32  # Stata's


@dataclass(frozen=True)
class Variable:
    """A column: numbers with labels, or texts. `values` holds numbers, None, or a key of MISSING; texts as they are."""

    name: str
    label: str
    values: Sequence[Any]
    labels: Mapping[int, str] = field(default_factory=dict)
    is_text: bool = False


def make_names(codes: Iterable[str]) -> dict[str, str]:
    """Names that both programs take for codes of ours: letters, digits and _, different in any case of letters."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for code in codes:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", code)
        plain = (plain if plain[:1].isalpha() else f"v{plain}")[:_LONGEST_NAME]
        name, number = plain, 1
        while name.lower() in taken:
            number += 1
            name = f"{plain[: _LONGEST_NAME - 3]}_{number}"
        names[code] = name
        taken.add(name.lower())
    return names


def write_stat_file(path: Path, variables: Sequence[Variable], title: str, kind: Kind) -> None:
    """Write the variables to a file; WorkFailed where the library is not installed."""
    try:
        import pyreadstat
    except ModuleNotFoundError as error:
        raise WorkFailed(text("export.no_stats")) from error
    frame = pd.DataFrame({one.name: _column(one, kind) for one in variables})
    coded = [one for one in variables if not one.is_text]
    labels = {one.name: _value_labels(one, kind) for one in coded}
    given: dict[str, Any] = {
        "column_labels": {one.name: one.label[:_LONGEST_LABEL] for one in variables},
        "variable_value_labels": labels,
        "file_label": title[:_LONGEST_LABEL],
    }
    if kind == "sav":
        ranges: dict[str, Any] = {one.name: [code for code, _ in MISSING.values()] for one in coded}
        formats = {one.name: "F8.0" for one in coded}
        pyreadstat.write_sav(frame, path, missing_ranges=ranges, variable_format=formats, **given)
    else:
        letters = {one.name: [letter for _, letter in MISSING.values()] for one in coded}
        pyreadstat.write_dta(frame, path, missing_user_values=letters, version=15, **given)


def _column(one: Variable, kind: Kind) -> pd.Series:
    if one.is_text:
        return pd.Series(one.values, dtype=object)
    place = 0 if kind == "sav" else 1
    values = [MISSING[value][place] if isinstance(value, str) else value for value in one.values]
    is_mixed = any(isinstance(value, str) for value in values)
    return pd.Series(values, dtype=object if is_mixed else "float64")


def _value_labels(one: Variable, kind: Kind) -> dict[Any, str]:
    place = 0 if kind == "sav" else 1
    missing = {codes[place]: text(f"export.missing_{name}") for name, codes in MISSING.items()}
    labels: dict[Any, str] = {**one.labels, **missing}
    return {code: str(label) for code, label in labels.items()}  # pyreadstat takes no kind of str
