"""`phieu init` and `phieu check`: a campaign folder to begin with, and everything that is wrong with one."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.terminal import FOLDER, example, say
from forms.words import text


@click.command("init", help=text("cli.init"), epilog=example("phieu init khao-sat --example quang-ninh-2013"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--example", "name", required=True, help=text("cli.init_example"))
def init_command(folder: Path, name: str) -> None:
    """Copy an example."""
    from collector.example import copy_example

    copy_example(name, folder)
    click.echo(text("cli.init_done", folder=folder))


@click.command("check", help=text("cli.check"), epilog=example("phieu check khao-sat"))
@click.argument("folder", metavar="DIR", type=FOLDER)
def check_command(folder: Path) -> None:
    """Report every problem, or say what the campaign is."""
    from forms.checkup import check_folder

    campaign = check_folder(folder)
    for notice in campaign.notices:
        say(text("cli.check_notice", notice=notice))
    sheets = sum(quota.target + quota.reserve for quota in campaign.quotas)
    counts = {"agencies": len(campaign.agencies), "sheets": sheets, "groups": len(campaign.settings.groups)}
    click.echo(text("cli.check_done", name=campaign.settings.name, **counts))
