"""What the documents tell people to type is typed here.

A ```sh block right under a line `<!-- run -->` is run; the blocks of one document run in turn, in one empty folder,
with this tree's programs on the PATH, and stop at the first command that fails. `<!-- run: tree -->` runs in the tree
itself, for commands that only look.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", "benchmarks/**/*.md")
    for path in ROOT.glob(pattern)
)
MARKED = re.compile(r"^<!-- run(?P<tree>: tree)? -->\n```sh\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL)
MINUTES_AT_MOST = 10


@dataclass(frozen=True)
class Block:
    """Commands of a document, the line they begin on, and whether they run in the tree."""

    line: int
    commands: str
    in_tree: bool


def find_blocks(document: str) -> list[Block]:
    """Every block marked to be run, in reading order."""
    return [
        Block(document.count("\n", 0, match.start("commands")) + 1, match["commands"], bool(match["tree"]))
        for match in MARKED.finditer(document)
    ]


def run_blocks(document: str, folder: Path) -> None:
    """Run every marked block; AssertionError with the line and what was said at the first that fails."""
    programs = str(Path(sys.executable).parent)
    surroundings = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PHIEU_LANG": "vi"}
    for block in find_blocks(document):
        done = subprocess.run(
            ["sh", "-eu", "-c", block.commands],
            cwd=ROOT if block.in_tree else folder,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=MINUTES_AT_MOST * 60,
        )
        assert done.returncode == 0, f"line {block.line}: exit status {done.returncode}\n{done.stdout}"


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in DOCUMENTS if find_blocks((ROOT / name).read_text(encoding="utf-8"))])
def test_what_a_document_tells_to_type_works(name: str, tmp_path: Path) -> None:
    run_blocks((ROOT / name).read_text(encoding="utf-8"), tmp_path)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_into_the_tree_leads_somewhere(name: str) -> None:
    text = re.sub(r"^```.*?^```$", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)|<img[^>]* src=\"([^\"]+)\"", text)
    paths = [
        target for pair in targets for target in pair if target and "://" not in target and "mailto:" not in target
    ]
    assert [path for path in paths if not (ROOT / name).parent.joinpath(path).exists()] == []


def test_only_marked_blocks_are_run() -> None:
    document = "```sh\nexit 1\n```\n\n<!-- run -->\n```sh\ntrue\n```\n\n<!-- run: tree -->\n```sh\nls\n```\n"
    assert find_blocks(document) == [Block(7, "true\n", False), Block(12, "ls\n", True)]


def test_blocks_of_a_document_share_a_folder(tmp_path: Path) -> None:
    run_blocks("<!-- run -->\n```sh\necho 1 > seen\n```\n<!-- run -->\n```sh\ngrep 1 seen\n```\n", tmp_path)
    assert (tmp_path / "seen").read_text(encoding="utf-8") == "1\n"


def test_a_command_that_fails_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"(?s)line 4: exit status 3.*before"):
        run_blocks("#\n<!-- run -->\n```sh\necho before; exit 3\n```\n", tmp_path)
