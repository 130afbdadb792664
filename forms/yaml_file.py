"""A YAML file as plain text values with the line of each, so that a wrong value can be named as FILE:LINE.

Every scalar stays the text that was written (YAML would make `no` false and `012` ten); the models decide its meaning.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from forms.errors import Problem
from forms.source import Path, nearest
from forms.words import text

# `skip: {if: q1 in [0], to: q5}` is how people write it; strict YAML wants the condition in quotes.
_SKIP_CONDITION = re.compile(r"(\bif:[ \t]*)([\w-]+ in \[[^\]\n]*\])")
_DEEPEST = 20
_KEPT_CHARS = 50_000  # a tree takes 45 times its text
_NULLS = {"", "~", "null", "Null", "NULL"}


@dataclass
class YamlFile:
    """What stood in a file: its values, the line of every path, and what was wrong with it as YAML."""

    name: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    mended: set[Path] = field(default_factory=set)

    def where(self, path: Path = ()) -> str:
        """FILE:LINE of a path, or of the nearest part of it that stands in the file."""
        return f"{self.name}:{nearest(self.lines, path) or 1}"

    def shown(self, path: Path) -> str:
        """A path as people count: sections.1.questions.2.kind."""
        return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


def read_yaml(content: bytes, name: str) -> YamlFile:
    """The values of a YAML file; problems (not UTF-8, not YAML, a key twice) are in the result."""
    file = YamlFile(name)
    try:
        written = _SKIP_CONDITION.sub(r'\1"\2"', unicodedata.normalize("NFC", content.decode("utf-8-sig")))
        node = compose_yaml(written)
    except UnicodeDecodeError:
        file.problems.append(Problem(f"{name}:1", text("problem.not_utf8"), text("problem.not_utf8_fix")))
        return file
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        file.problems.append(Problem(f"{name}:{line}", text("problem.yaml_syntax"), text("problem.yaml_syntax_fix")))
        return file
    except yaml.YAMLError:
        file.problems.append(Problem(f"{name}:1", text("problem.yaml_syntax"), text("problem.yaml_syntax_fix")))
        return file
    file.data = _value(node, (), file) if node is not None else {}
    return file


def compose_yaml(written: str) -> Node | None:
    """The tree of a YAML text, not to be changed; YAMLError with the line.

    Kept, because a campaign is loaded far more often than anybody changes one of its few files.
    """
    return _compose_kept(written) if len(written) <= _KEPT_CHARS else _compose_any(written)


def _compose_any(written: str) -> Node | None:
    """libyaml is ten times as quick and gives the same tree; where it refuses a text, the reader in Python knows the
    line better.
    """
    try:
        return _compose(written, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return _compose(written, yaml.SafeLoader)


_compose_kept = lru_cache(maxsize=16)(_compose_any)


def _compose(written: str, loader: type[yaml.SafeLoader]) -> Node | None:
    _refuse_knots(written, loader)
    node: Node | None = yaml.compose(written, Loader=loader)
    return node


def _refuse_knots(written: str, loader: type[yaml.SafeLoader]) -> None:
    """Aliases can be circular or grow without bound, and no campaign is nested this deep; YAMLError with the line."""
    depth = 0
    for event in yaml.parse(written, Loader=loader):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if isinstance(event, AliasEvent) or depth > _DEEPEST:
            raise yaml.MarkedYAMLError(problem_mark=event.start_mark)  # type: ignore[arg-type]


def _value(node: Node, path: Path, file: YamlFile) -> Any:
    file.lines[path] = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        return _mapping(node, path, file)
    if isinstance(node, SequenceNode):
        return [_value(child, (*path, index), file) for index, child in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    is_plain = not node.style  # Python's reader says None, libyaml ''
    return None if is_plain and node.value in _NULLS else node.value


def _mapping(node: MappingNode, path: Path, file: YamlFile) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, child in node.value:
        key = str(key_node.value)
        if key in values:
            where = f"{file.name}:{key_node.start_mark.line + 1}"
            file.problems.append(Problem(where, text("problem.key_twice", key=key), text("problem.key_twice_fix")))
        values[key] = _value(child, (*path, key), file)
        file.lines[(*path, key)] = key_node.start_mark.line + 1
    return values
