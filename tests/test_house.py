"""The house's own rules: who may import whom, how sources are written, what must never be in a tracked file."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("forms", "ocr", "aggregation", "collector")
OURS = (*ROOMS, "benchmarks", "docs")
MADE = {".git", ".venv", "__pycache__", ".hypothesis", "demo", "dist"}
HOMELESS_NAMES = {"utils", "util", "common", "core", "helpers", "helper", "manager", "managers", "misc"}
LONGEST_FUNCTION = 50

# Put together here, so that this file does not hold what it looks for
FORBIDDEN = {
    # The stroke first: whatever begins with a look behind it is tried at every letter
    "a path of somebody's machine": r"/(?<![\w.~-]/)(?:work|root|tmp|home/\w+)/",
    "a package registry's host": "|".join(
        re.escape(f"{name}.{ending}")
        for name, ending in (
            ("py" + "pi", "org"),
            ("python" + "hosted", "org"),
            ("npm" + "js", "org"),
            ("deb." + "debian", "org"),
            ("security." + "debian", "org"),
        )
    ),
    "a private key": "BEGIN [A-Z ]*" + "PRIVATE KEY",
    "what wrote the text": r"\b(" + "|".join(("Clau" + "de", "Chat" + "GPT", "Co" + "pilot", "L" + "LM")) + r")\b",
}
TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{40,}")


def tracked_files() -> list[Path]:
    """Every file that is, or would be, committed; of an unpacked archive every file that nobody makes."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split("\0")
        return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]
    files = (path for path in sorted(ROOT.rglob("*")) if path.is_file())
    return [path for path in files if not any(_is_made(part) for part in path.relative_to(ROOT).parts)]


def _is_made(name: str) -> bool:
    return name in MADE or name.endswith("_cache")


def readable_files() -> Iterator[tuple[str, str]]:
    """Name and content of every tracked text file."""
    for path in tracked_files():
        content = path.read_bytes()
        if b"\0" not in content:
            yield path.relative_to(ROOT).as_posix(), content.decode("utf-8")


def sources() -> list[Path]:
    """Every Python file of ours outside the tests."""
    return [path for place in OURS for path in sorted((ROOT / place).rglob("*.py"))]


@cache
def trees() -> dict[Path, ast.Module]:
    """Each of them as Python sees it."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources()}


@pytest.mark.slow  # `make lint` runs it too
def test_every_import_follows_the_plan_of_the_house() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_module_is_named_after_what_has_no_home() -> None:
    assert [str(path) for path in sources() if path.stem in HOMELESS_NAMES or path.parent.name in HOMELESS_NAMES] == []


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines"
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == [], "\n".join(long)


# Asked for by tests alone, for now or for good
FOR_TESTS = {
    "CODE_QUIET_MM",  # what the printed codes must keep clear, held by the test of the geometry
    "list_events",  # the log, which no screen shows yet
    # Figures that whoever analyses the answers asks for, held to R's; no output prints them yet
    *("contrast_agencies", "measure_clustering", "measure_reliability", "pairwise_alpha"),
    *("mean_runs", "answer_spread", "distances", "most_alike"),
}
MADE_BY_A_NAME = {"revision", "down_revision", "branch_labels", "depends_on", "upgrade", "downgrade"}  # Alembic's


def test_everything_a_module_offers_is_used_by_another_line_of_ours() -> None:
    said: Counter[str] = Counter()
    places = [*sources(), *(path for room in ROOMS for path in (ROOT / room).rglob("templates/**/*.html"))]
    for path in places:
        said.update(re.findall(r"[A-Za-z_]\w*", path.read_text(encoding="utf-8")))
    offered = {
        name: f"{path.relative_to(ROOT)}: {name}"
        for path, tree in trees().items()
        for node in tree.body
        if not getattr(node, "decorator_list", [])  # a command or a route is called by its decorator
        for name in _names(node)
    }
    unused = {name for name in offered if said[name] == 1} - FOR_TESTS - MADE_BY_A_NAME
    assert sorted(offered[name] for name in unused) == []


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def test_code_is_written_in_ascii_letters() -> None:
    foreign = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if not line.isascii() and any(letter > "\x7f" and unicodedata.category(letter)[0] in "LM" for letter in line)
    ]
    assert foreign == [], "words people read belong in forms/catalogue:\n" + "\n".join(foreign)


def test_tests_are_no_packages() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == [], "they would shadow the rooms of the same name"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(what: str) -> None:
    needle = re.compile(FORBIDDEN[what])
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, content in readable_files()
        if needle.search(content)
        for number, line in enumerate(content.splitlines(), 1)
        if needle.search(line)
    ]
    assert found == [], "\n".join(found)


def looks_secret(word: str) -> bool:
    """Forty and more characters of the kind that keys are made of: hex, or letters of both cases among digits."""
    digits = sum(letter.isdigit() for letter in word)
    mixed = any(letter.isupper() for letter in word) and any(letter.islower() for letter in word)
    return digits >= 4 and (mixed or re.fullmatch("[0-9a-fA-F]+", word) is not None)


def test_a_key_is_told_from_a_long_name() -> None:
    assert looks_secret("9f86d081884c7d65" * 4)
    assert looks_secret("q3Zr7TtV0a" * 4)
    assert not looks_secret("test_a_sheet_that_was_answered_on_paper_and_on_the_phone_is_a_conflict")


def test_no_tracked_file_holds_a_long_secret() -> None:
    found = [
        f"{name}:{number}: {word[:12]}.."
        for name, content in readable_files()
        if not name.startswith("requirements/")  # hashes, and nothing else: tests/test_requirements.py
        for number, line in enumerate(content.splitlines(), 1)
        for word in TOKEN.findall(line)
        if looks_secret(word)
    ]
    assert found == [], "\n".join(found)
