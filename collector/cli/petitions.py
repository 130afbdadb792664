"""`phieu petitions DIR ...`: what agencies ask about their points, what was decided, and the whole list."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import click

from collector.cli.sheets import OUT_FILE, read_day
from collector.cli.terminal import account_names, example
from collector.cli.verbs import folder_group
from forms.errors import InputWrong, Problem
from forms.words import text

_COLUMNS = (
    *("number", "agency", "criterion", "letter", "day", "asks"),
    *("decision", "before", "after", "reply", "why", "who"),
)


petitions_command = folder_group("petitions", text("petitions.help"), "phieu petitions khao-sat list")


@petitions_command.command(
    "add",
    help=text("petitions.help_add"),
    epilog=example("phieu petitions khao-sat add --agency SXD --criterion B1 --letter 12/SXD-VP --asks '...'"),
)
@click.option("--agency", required=True, metavar="CODE", help=text("petitions.help_agency"))
@click.option("--criterion", required=True, metavar="CODE", help=text("petitions.help_criterion"))
@click.option("--letter", required=True, metavar="NUMBER", help=text("petitions.help_letter"))
@click.option("--on", "day", default="", metavar="DATE", help=text("petitions.help_on"))
@click.option("--asks", default="", metavar="TEXT", help=text("petitions.help_asks"))
@click.option("--who", default=account_names, metavar="NAME", help=text("sheets.help_who"))
@click.pass_obj
def add_command(folder: Path, agency: str, criterion: str, letter: str, day: str, asks: str, who: str) -> None:
    """Keep a letter's petition; its number on stdout."""
    from collector.editions.petitions import take_petition
    from collector.store import open_store
    from collector.store.editions import Petition
    from forms.folder import load_campaign

    campaign = load_campaign(folder)
    asked = Petition(0, agency, criterion, letter.strip(), datetime.date.min, asks, who=who)
    unread: tuple[Problem, ...] = ()
    try:
        asked = replace(asked, day=read_day(day))
    except InputWrong as error:
        unread = error.problems
    number = take_petition(open_store(folder, campaign.settings), campaign, asked, None, unread)
    click.echo(text("petitions.added", number=number))


@petitions_command.command(
    "decide",
    help=text("petitions.help_decide"),
    epilog=example("phieu petitions khao-sat decide 1 --decision partly --points 2,5 --reply 45/HDTD --why '...'"),
)
@click.argument("number", type=int)
@click.option(
    "--decision",
    required=True,
    type=click.Choice(["granted", "partly", "refused"]),
    help=text("petitions.help_decision"),
)
@click.option("--points", default="", metavar="POINTS", help=text("petitions.help_points"))
@click.option("--reply", required=True, metavar="TEXT", help=text("petitions.help_reply"))
@click.option("--why", required=True, metavar="TEXT", help=text("petitions.help_why"))
@click.option("--who", default=account_names, metavar="NAME", help=text("sheets.help_who"))
@click.pass_obj
def decide_command(folder: Path, number: int, decision: str, points: str, reply: str, why: str, who: str) -> None:
    """Keep a decision; what it changes on stdout."""
    from collector.editions.petitions import decide_petition, show_points
    from collector.store import open_store
    from collector.store.editions import Petition
    from collector.store.signing import find_waiting
    from forms.index_points import load_index

    after = _read_points(points)
    campaign, given = load_index(folder)
    decided = Petition(number, "", "", "", datetime.date.min, "", decision, None, after, reply, why, who)
    store = open_store(folder, campaign.settings)
    done = decide_petition(store, campaign, given, decided)
    if not done.decision:
        with store.read() as conn:
            click.echo(text("sign.waiting", number=find_waiting(conn, petition=number)))
        return
    fields = {"number": number, "before": show_points(done.before)}
    if done.after is None:
        click.echo(text("petitions.decided_refused", **fields))
    else:
        click.echo(text("petitions.decided", **fields, after=show_points(done.after)))


@petitions_command.command("list", help=text("petitions.help_list"), epilog=example("phieu petitions khao-sat list"))
@click.pass_obj
def list_command(folder: Path) -> None:
    """Every petition as CSV on stdout."""
    from aggregation.csv_files import csv_bytes, plain_text
    from collector.store import open_store
    from collector.store.editions import list_petitions
    from forms.folder import load_campaign

    store = open_store(folder, load_campaign(folder).settings)
    with store.read() as conn:
        found = list_petitions(conn)
    rows = [
        [value if value is None else plain_text(str(value)) for value in map(one.__getattribute__, _COLUMNS)]
        for one in found
    ]
    click.echo(csv_bytes(_COLUMNS, rows).decode("utf-8-sig"), nl=False)


@petitions_command.command(
    "explain",
    help=text("explain.help_of_petition"),
    epilog=example("phieu petitions khao-sat explain 1 --out giai-trinh-1.pdf"),
)
@click.argument("number", type=int)
@click.option("--out", required=True, type=OUT_FILE, help=text("explain.help_out"))
@click.pass_obj
def explain_command(folder: Path, number: int, out: Path) -> None:
    """The account of the score that a petition is about, as `phieu explain` writes it."""
    from collector.cli.explain import write_explained

    write_explained(folder, None, None, out, number)


def _read_points(written: str) -> Decimal | None:
    from forms.numbers import find_number

    points = find_number(written) if written else None
    if written and points is None:
        fields = {"column": "--points", "given": written}
        raise InputWrong(
            [Problem("--points", text("problem.points_wrong", **fields), text("problem.points_wrong_fix"))]
        )
    return points
