"""The example campaigns that `phieu init` and the demo begin with."""

from __future__ import annotations

import shutil
from pathlib import Path

from forms.errors import InputWrong, Problem
from forms.words import text


def examples_folder() -> Path:
    """Where the examples lie: in the installed package, or in the checkout."""
    installed = Path(__file__).resolve().parent / "examples"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[1] / "examples"


def example_names() -> list[str]:
    """The examples there are."""
    return sorted(path.name for path in examples_folder().iterdir() if path.is_dir())


def copy_example(name: str, folder: Path) -> None:
    """Copy an example into a folder that is new or empty; InputWrong otherwise, with nothing written."""
    known = example_names()
    if name not in known:
        fix = text("cli.example_unknown_fix", known=", ".join(known))
        raise InputWrong([Problem(f"--example {name}", text("cli.example_unknown"), fix)])
    check_new(folder)
    shutil.copytree(examples_folder() / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("data"))


def check_new(folder: Path) -> None:
    """InputWrong unless a folder is not there yet or empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputWrong([Problem(str(folder), text("cli.folder_taken"), text("cli.folder_taken_fix"))])
