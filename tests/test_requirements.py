"""The requirement files: every library pinned and hashed, no address, in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
FILES = sorted(path.name for path in (ROOT / "requirements").iterdir())
PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^ ]+)( ; [^\\]+)?( --hash=sha256:[0-9a-f]{64})+")


def pins(file: str) -> list[re.Match[str] | str]:
    """Every library of a requirement file: its match, or the line that is none."""
    logical = (ROOT / "requirements" / file).read_text(encoding="ascii").replace("\\\n", " ").splitlines()
    lines = [" ".join(line.split()) for line in logical if line.strip()]
    return [PIN.fullmatch(line) or line for line in lines]


def versions(file: str) -> dict[str, set[str]]:
    """Name -> pinned versions; more than one where they differ by Python or system."""
    found: dict[str, set[str]] = {}
    for pin in pins(file):
        assert isinstance(pin, re.Match), pin
        found.setdefault(pin["name"], set()).add(pin["version"])
    return found


def test_the_four_files_are_there() -> None:
    assert FILES == ["build.txt", "dev.txt", "run.txt", "uv.txt"]


@pytest.mark.parametrize("file", FILES)
def test_every_line_is_a_pinned_and_hashed_library(file: str) -> None:
    found = pins(file)
    assert found
    assert [line for line in found if isinstance(line, str)] == []


@pytest.mark.parametrize("file", FILES)
def test_no_requirement_file_names_an_address(file: str) -> None:
    content = (ROOT / "requirements" / file).read_text(encoding="ascii")
    assert [word for word in ("://", "index", "find-links", " @ ", "trusted") if word in content] == []


def test_the_tools_are_built_on_the_same_versions_as_the_program() -> None:
    run, dev, build = versions("run.txt"), versions("dev.txt"), versions("build.txt")
    assert run.items() <= dev.items()
    assert {name: dev.get(name) for name in build if name in dev} == {
        name: build[name] for name in build if name in dev
    }


@pytest.mark.parametrize("file", ["run.txt", "dev.txt"])
def test_what_pyproject_asks_for_is_pinned_within_its_bounds(file: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = list(project["dependencies"])
    if file == "dev.txt":
        extras = project["optional-dependencies"].items()
        asked += [line for name, extra in extras if name != "bench" for line in extra]  # bench: only measured beside
    pinned = versions(file)
    astray = []
    for requirement in map(Requirement, asked):
        found = pinned.get(canonicalize_name(requirement.name), set())
        if not found or not all(requirement.specifier.contains(version) for version in found):
            astray.append(f"{requirement}: {sorted(found)}")
    assert astray == [], "run `make lock`"
