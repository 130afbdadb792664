"""`phieu init` and `phieu check`: a campaign folder to begin with, and everything that is wrong with one."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.terminal import FOLDER, example, say
from forms.errors import InputWrong, Problem
from forms.words import text


@click.command("init", help=text("cli.init"), epilog=example("phieu init khao-sat --example quang-ninh-2013 --excel"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--example", "name", help=text("cli.init_example"))
@click.option("--excel", is_flag=True, help=text("cli.init_excel"))
def init_command(folder: Path, name: str | None, excel: bool) -> None:
    """Copy an example, or add templates to a campaign folder that is there."""
    from collector.example import copy_example, example_names
    from collector.prepare.templates import turn_into_excel, write_templates

    if name is None:
        if excel or not (folder / "campaign.yaml").is_file():
            fix = text("cli.example_unknown_fix", known=", ".join(example_names()))
            raise InputWrong([Problem("--example", text("cli.example_missing"), fix)])
        click.echo(text("cli.init_templates", folder=write_templates(folder)))
        return
    copy_example(name, folder)
    if excel:
        turn_into_excel(folder)
    click.echo(text("cli.init_done", folder=folder, templates=write_templates(folder)))


@click.command("check", help=text("cli.check"), epilog=example("phieu check khao-sat"))
@click.argument("folder", metavar="DIR", type=FOLDER)
def check_command(folder: Path) -> None:
    """Report every problem, or say what the campaign is."""
    from collector.belonging import check_belonging
    from forms.checkup import check_folder
    from forms.recipients import find_recipients_file

    campaign = check_folder(folder)
    if problems := check_belonging(folder, campaign.settings):
        raise InputWrong(problems)
    for notice in campaign.notices:
        say(text("cli.check_notice", notice=notice))
    sheets = sum(quota.target + quota.reserve for quota in campaign.quotas)
    counts = {"agencies": len(campaign.agencies), "sheets": sheets, "groups": len(campaign.settings.groups)}
    click.echo(text("cli.check_done", name=campaign.settings.name, **counts))
    listed = find_recipients_file(folder)
    if listed is not None:
        say(text("recipients.not_imported", file=listed.name, folder=folder))
