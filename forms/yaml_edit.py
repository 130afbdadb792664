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
_WORDS = {"null", "true", "false", "yes", "no", "on", "off"}


def set_values(content: str, values: Mapping[Path, str | None]) -> str:
    """The file with other scalars at these paths; None for null. A key that its mapping lacks is added at its top.

    KeyError where what should hold the value is not there. The result says the same values, read again.
    """
    written = unicodedata.normalize("NFC", content.removeprefix("\ufeff"))
    for path, value in values.items():
        written = _set(written, compose_yaml(written), path, value)
    return written


def show_scalar(value: str | None) -> str:
    """A value as YAML writes it."""
    if value is None:
        return "null"
    is_plain = _PLAIN.fullmatch(value) and value.casefold() not in _WORDS
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _set(written: str, root: Node | None, path: Path, value: str | None) -> str:
    holder = root
    for part in path[:-1]:
        holder = _child(holder, part)
    node = _child(holder, path[-1])
    if isinstance(node, ScalarNode):
        start, end = node.start_mark.index, node.end_mark.index
        rest = written[end:]
        is_block = node.style in ("|", ">") or start == end
        space = " " if start == end and written[start - 1 : start] == ":" else ""
        return written[:start] + space + show_scalar(value) + ("\n" if is_block and start != end else "") + rest
    if node is None and isinstance(holder, MappingNode) and holder.value:
        first = holder.value[0][0].start_mark
        after = ", " if holder.flow_style else "\n" + " " * first.column
        return f"{written[: first.index]}{path[-1]}: {show_scalar(value)}{after}{written[first.index :]}"
    raise KeyError(path)


def _child(node: Node | None, part: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((child for key, child in node.value if key.value == part), None)
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        found: Node = node.value[part]
        return found
    return None
