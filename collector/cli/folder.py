"""`phieu init` and `phieu check`: a campaign folder to begin with, and everything that is wrong with one."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from collector.cli.terminal import FOLDER, example
from forms.errors import InputWrong, Problem
from forms.words import text


def examples_folder() -> Path:
    """Where the examples lie: beside the installed package, or in the checkout."""
    installed = Path(__file__).resolve().parents[1] / "examples"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[2] / "examples"


def copy_example(name: str, folder: Path) -> None:
    """Copy an example into a folder that is new or empty; InputWrong otherwise, with nothing written."""
    source = examples_folder() / name
    if not source.is_dir():
        known = ", ".join(sorted(path.name for path in examples_folder().iterdir() if path.is_dir()))
        fix = text("cli.example_unknown_fix", known=known)
        raise InputWrong([Problem(f"--example {name}", text("cli.example_unknown"), fix)])
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputWrong([Problem(str(folder), text("cli.folder_taken"), text("cli.folder_taken_fix"))])
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("data"))


@click.command("init", help=text("cli.init"), epilog=example("phieu init khao-sat --example quang-ninh-2013"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--example", "name", required=True, help=text("cli.init_example"))
def init_command(folder: Path, name: str) -> None:
    """Copy an example."""
    copy_example(name, folder)
    click.echo(text("cli.init_done", folder=folder))


@click.command("check", help=text("cli.check"), epilog=example("phieu check khao-sat"))
@click.argument("folder", metavar="DIR", type=FOLDER)
def check_command(folder: Path) -> None:
    """Report every problem, or say what the campaign is."""
    from forms.checkup import check_folder

    campaign = check_folder(folder)
    sheets = sum(quota.target + quota.reserve for quota in campaign.quotas)
    counts = {"agencies": len(campaign.agencies), "sheets": sheets, "groups": len(campaign.settings.groups)}
    click.echo(text("cli.check_done", name=campaign.settings.name, **counts))
