"""`phieu explain`: the two-page account of a score that an agency gets when it asks."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.sheets import OUT_FILE
from collector.cli.terminal import FOLDER, example, progress, say
from forms.words import text


@click.command("explain", help=text("explain.help"), epilog=example("phieu explain khao-sat SXD TC4.4 --out sxd.pdf"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("agency")
@click.argument("criterion", required=False)
@click.option("--out", required=True, type=OUT_FILE, help=text("explain.help_out"))
@click.option("--petition", type=click.IntRange(min=1), metavar="NUMBER", help=text("explain.help_petition"))
def explain_command(folder: Path, agency: str, criterion: str | None, out: Path, petition: int | None) -> None:
    """Write the PDF."""
    write_explained(folder, agency, criterion, out, petition)


def write_explained(folder: Path, agency: str | None, criterion: str | None, out: Path, petition: int | None) -> None:
    """Write the PDF and say what it holds; agency None: agency and criterion are those of the petition."""
    from collector.editions.petitions import find_survey_criterion, get_petition
    from collector.store import open_store
    from collector.trail.explaining import explain_points
    from forms.folder import load_campaign

    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    if agency is None:
        asked = get_petition(store, petition or 0)
        agency, criterion = asked.agency, find_survey_criterion(campaign, asked)
    with progress(text("trail.cutting")) as report:
        done = explain_points(store, campaign, agency, criterion, out, petition, report=report)
    click.echo(text("explain.done", out=out, pages=done.pages, shown=done.shown))
    if done.shown < done.cut:
        say(text("explain.fewer", shown=done.shown, cut=done.cut))
    say(text("explain.public"))
