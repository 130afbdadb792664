"""What commands of several verbs share: the campaign folder they all work on, and who does what to which cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from collector.cli.terminal import FOLDER, account_names, example
from forms.words import text

_Command = TypeVar("_Command", bound=Callable[..., Any])


def folder_group(name: str, words: str, shown: str) -> click.Group:
    """`phieu NAME DIR VERB`: a group that holds the folder for the verb that follows; `shown` is its example."""

    @click.group(name, help=words, epilog=example(shown))
    @click.argument("folder", metavar="DIR", type=FOLDER)
    @click.pass_context
    def hold(ctx: click.Context, folder: Path) -> None:
        ctx.obj = folder

    return hold


def who_option(command: _Command) -> _Command:
    """--who: a person's name, for the log."""
    return click.option("--who", default=account_names, metavar="NAME", help=text("sheets.help_who"))(command)


def agencies_option(command: _Command) -> _Command:
    """--agency, as often as wanted."""
    words = text("recipients.cli_agency")
    return click.option("--agency", "agencies", multiple=True, metavar="CODE", help=words)(command)


def groups_option(command: _Command) -> _Command:
    """--group, as often as wanted."""
    return click.option("--group", "groups", multiple=True, metavar="CODE", help=text("recipients.cli_group"))(command)
