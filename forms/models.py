"""The values of a source as a model, with every problem at its place.

A wrong part hides nothing else: it is left out, or a stand-in takes its place, so that the rest can still be checked.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from forms.errors import Problem
from forms.source import Path, Source
from forms.words import catalogue, text

Model = TypeVar("Model", bound=BaseModel)

_ROUNDS = 8
# What may stand for a required value that is wrong; codes get a number so that no two are alike
_STAND_INS: Mapping[str, Any] = {
    "id": "x",
    "name": "?",
    "title": "?",
    "text": "?",
    "label": "?",
    "body": "?",
    "kind": "text",
    "privacy": "unlinked",
    "questionnaire": "?",
    "assessed_year": 2000,
    "from": "2000-01-01",
    "to": "2000-01-01",
    "questions": [{}],
    "sections": [{}],
    "blocks": [{}],
    "groups": [{}],
}


def load_model(model: type[Model], source: Source) -> Model | None:
    """The source as a model; every problem is added to the source's, and what was mended to its `mended`."""
    if source.data is None and source.problems:
        return None
    if not isinstance(source.data, dict):
        source.problems.append(Problem(source.where(), text("problem.not_a_mapping"), text("problem.yaml_syntax_fix")))
        return None
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        found = list(_without_echoes(error.errors(include_url=False)))
        source.problems.extend(_problem(source, details) for details in found)
        return _mend(model, source, found)


def _mend(model: type[Model], source: Source, found: Sequence[Any]) -> Model | None:
    """The model with stand-ins for what is wrong; None where too much is."""
    values = copy.deepcopy(source.data)
    for _ in range(_ROUNDS):
        for details in found:
            path = _path(details)
            if path and not _replace(values, path, details["type"]):
                return None
            source.mended.add(path)
        try:
            return model.model_validate(values)
        except ValidationError as error:
            found = list(_without_echoes(error.errors(include_url=False)))
    return None


def _replace(values: Any, path: Path, kind: str) -> bool:
    """Take a wrong value away, or put a stand-in where one must be; False where none is known."""
    parent: Any = values
    for key in path[:-1]:
        try:
            parent = parent[key]
        except (KeyError, IndexError, TypeError):
            return True  # taken away with an error before this one
    here = path[-1]
    if kind in ("levels_missing", "levels_extra"):
        question = parent[here]
        question.update(kind="text", scale=None, options=None)
    elif isinstance(parent, list) and isinstance(here, int) and parent[here] != {}:
        parent[here] = {}
    elif isinstance(parent, list):
        return _replace(values, path[:-1], kind)
    elif isinstance(parent, dict):
        if here in parent:
            del parent[here]
        elif here == "code":
            parent[here] = "X-" + "-".join(str(part) for part in path if isinstance(part, int))
        elif here in _STAND_INS:
            parent[str(here)] = copy.deepcopy(_STAND_INS[str(here)])
        else:
            return len(path) > 1 and _replace(values, path[:-1], kind)
    return True


def _without_echoes(found: Sequence[Any]) -> Iterator[Any]:
    """One error a place: a value that fits neither of two forms is one, a list short of its wrong entries none."""
    paths = {_path(details) for details in found}
    seen = set()
    for details in found:
        path = _path(details)
        inside = any(len(other) > len(path) and other[: len(path)] == path for other in paths)
        if path not in seen and not (inside and details["type"] == "too_short"):
            yield details
        seen.add(path)


def _path(details: Any) -> Path:
    return tuple(part for part in details["loc"] if part not in ("decimal", "dict[str,decimal]"))


def _problem(source: Source, details: Any) -> Problem:
    path = _path(details)
    shown = source.shown(path)
    kind, context = details["type"], details.get("ctx", {})
    key = f"problem.field_{kind}"
    if key not in catalogue():
        key = "problem.field_other"
    given = details.get("input")
    expected = str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")
    fields = {"field": shown, "given": _shorten(given), "expected": expected, **_limits(context)}
    hint = f"problem.form_{path[-1]}" if path and kind == "string_pattern_mismatch" else ""
    fix = text(hint) if hint in catalogue() else text("problem.field_fix", field=shown)
    return Problem(source.where(path), text(key, **fields), fix)


def _limits(context: dict[str, Any]) -> dict[str, Any]:
    lower = context.get("ge", context.get("gt", ""))
    return {"lower": lower, "upper": context.get("le", ""), "least": context.get("min_length", 1)}


def _shorten(given: object) -> str:
    shown = str(given)
    return shown if len(shown) <= 40 else shown[:37] + "..."
