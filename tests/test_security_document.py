"""docs/security.md names a test for every threat, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
WRITTEN = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(WRITTEN)
    lost = []
    for file, name in named:
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        if name not in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}:
            lost.append(f"{file}::{name}")
    assert named
    assert lost == []


def test_every_threat_names_a_test_of_its_own() -> None:
    rows = [line for line in WRITTEN.splitlines() if line.startswith("| ") and not line.startswith(("| They", "|--"))]
    named = [NAMED.findall(row) for row in rows]
    assert len(rows) > 25
    assert [row for row, found in zip(rows, named, strict=True) if len(found) != 1] == []
    each = [found[0] for found in named]
    assert len(each) == len(set(each))
