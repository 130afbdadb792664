"""`phieu import`: answers typed elsewhere, through the same door as paper and phone."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collector.cli.terminal import FOLDER, account_names, example, progress, say
from forms.errors import InputWrong, Problem
from forms.words import text

if TYPE_CHECKING:
    from collector.imports.parts import ImportSummary
    from collector.store import Store

_FILE = click.Path(path_type=Path, dir_okay=False)
_COUNTS = ("accepted", "same", "conflict", "over_quota", "held", "void", "empty", "placed", "doubtful")


@click.command("import", help=text("import.help"), epilog=example("phieu import khao-sat nhap-tay.xlsx"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("file", metavar="FILE", type=_FILE)
@click.option("--dry-run", is_flag=True, help=text("import.help_dry_run"))
@click.option("--new-serials", is_flag=True, help=text("import.help_new_serials"))
@click.option("--who", default=account_names, metavar="NAME", help=text("sheets.help_who"))
def import_command(folder: Path, file: Path, dry_run: bool, new_serials: bool, who: str) -> None:
    """Take a table of answers in, all of it or nothing."""
    from collector.imports.answers import import_answers
    from collector.opening import open_campaign

    if not file.is_file():
        raise InputWrong([Problem(file.name, text("import.no_file"))])
    campaign, store = open_campaign(folder)
    now = datetime.datetime.now(datetime.UTC)
    with progress(text("import.importing")) as report:
        given = store, campaign, file, who, now
        how: dict[str, Any] = {"dry_run": dry_run, "new_serials": new_serials, "report": report, "staging": report}
        done = import_answers(*given, **how, resumed=_say_resumed)
    key = "import.tried" if dry_run else "import.done"
    _say(text(key, file=file.name, sheets=done.sheets), done)


def _say_resumed(name: str, done: ImportSummary) -> None:
    _say(text("import.resumed", file=name, sheets=done.sheets), done)


def _say(line: str, done: ImportSummary) -> None:
    click.echo(line)
    for name in _COUNTS:
        count = getattr(done, name)
        if count:
            click.echo(text(f"import.count_{name}", n=count))


def say_open_import(store: Store) -> None:
    """Warn that an import is under way or was cut off, whose answers are not in what is computed."""
    from collector.imports.parts import find_under_way

    with store.read() as conn:
        under_way = find_under_way(conn)
    if under_way is not None:
        say(str(under_way))
