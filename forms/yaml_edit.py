"""Single values of a YAML file replaced in place: comments, order and spelling of everything else stay as they are."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from forms.source import Path
from forms.yaml_file import compose_yaml

# What YAML takes as it stands wherever it stands; everything else is put in quotes
_PLAIN = re.compile(r"[^\W_][\w./()-]*(?: [\w./()-]+)*")
Value = str | tuple[str, ...] | None
_WORDS = {"null", "true", "false", "yes", "no", "on", "off"}


def set_values(content: str, values: Mapping[Path, Value]) -> str:
    """The file with other scalars, or lists of them, at these paths; None for null.

    A key that its mapping lacks is added at its top. KeyError where what should hold the value is not there. The result
    says the same values, read again.
    """
    written = unicodedata.normalize("NFC", content.removeprefix("\ufeff"))
    for path, value in values.items():
        written = _set(written, compose_yaml(written), path, value)
    return written


def add_mapping(content: str, name: str, key: str, value: str) -> str:
    """The file with a mapping of one value at its top, unless it has that already; KeyError where it holds nothing."""
    written = unicodedata.normalize("NFC", content.removeprefix("\ufeff"))
    root = compose_yaml(written)
    if not isinstance(root, MappingNode) or not root.value:
        raise KeyError(name)
    if _child(root, name) is not None:
        return written
    return _add(written, root, f"{name}: {{{key}: {show_scalar(value)}}}")


def show_scalar(value: str | None) -> str:
    """A value as YAML writes it."""
    if value is None:
        return "null"
    is_plain = _PLAIN.fullmatch(value) and value.casefold() not in _WORDS
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _show(value: Value) -> str:
    return f"[{', '.join(map(show_scalar, value))}]" if isinstance(value, tuple) else show_scalar(value)


def _set(written: str, root: Node | None, path: Path, value: Value) -> str:
    holder = root
    for part in path[:-1]:
        holder = _child(holder, part)
    node = _child(holder, path[-1])
    if isinstance(node, ScalarNode) or (isinstance(node, SequenceNode) and isinstance(value, tuple)):
        start, end = node.start_mark.index, node.end_mark.index
        is_block = node.style in ("|", ">") if isinstance(node, ScalarNode) else not node.flow_style
        space = " " if start == end and written[start - 1 : start] == ":" else ""
        return written[:start] + space + _show(value) + ("\n" if is_block and start != end else "") + written[end:]
    if node is None and isinstance(holder, MappingNode) and holder.value:
        return _add(written, holder, f"{path[-1]}: {_show(value)}")
    raise KeyError(path)


def _add(written: str, holder: MappingNode, line: str) -> str:
    """A line at the top of a mapping that holds something."""
    first = holder.value[0][0].start_mark
    after = ", " if holder.flow_style else "\n" + " " * first.column
    return f"{written[: first.index]}{line}{after}{written[first.index :]}"


def _child(node: Node | None, part: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((child for key, child in node.value if key.value == part), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: Node = node.value[part]
        return found
    return None
