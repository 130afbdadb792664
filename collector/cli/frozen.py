"""Scoring a frozen edition again, without the campaign it came from: what `phieu score` and `phieu index` share."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from collector.cli.terminal import say
from forms.days import show_day
from forms.errors import InputWrong, Problem
from forms.words import text

SOURCE = click.Path(path_type=Path)  # a campaign folder, or a frozen edition


def is_frozen(source: Path) -> bool:
    """Whether a path is a file: a campaign is a folder. InputWrong for an edition that is not there."""
    if source.suffix.lower() == ".zip" and not source.exists():
        raise InputWrong([Problem(str(source), text("freeze.no_file"), text("freeze.no_file_fix"))])
    return source.is_file()


def score_edition(
    source: Path, out: Path, options: Mapping[str, object], names: Iterable[str], wanted: str = ""
) -> None:
    """Score an edition again and write what `names` names; InputWrong for options that say how to score otherwise.

    `wanted`: a file without which there is nothing to write.
    """
    from importlib.metadata import version

    from collector.editions.frozen import load_frozen, write_results_of

    given = [name for name, value in options.items() if value not in (None, False, ())]
    if given:
        raise InputWrong([Problem(name, text("freeze.option"), text("freeze.option_fix")) for name in given])
    frozen = load_frozen(source)
    if wanted and wanted not in frozen.part("results/"):
        raise InputWrong([Problem(str(source), text("freeze.no_index"), text("freeze.no_index_fix"))])
    files = write_results_of(frozen, out, names)
    click.echo(text("freeze.scored", digest=frozen.digest[:12], out=out, files=", ".join(files)))
    kept = frozen.manifest["program"]
    if kept != version("phieu"):
        say(text("freeze.other_version", kept=kept, made=version("phieu")))
    if any(name in files for name in frozen.part("reports/")):
        say(text("freeze.kept_reports", day=show_day(datetime.date.fromisoformat(frozen.manifest["day"]))))
