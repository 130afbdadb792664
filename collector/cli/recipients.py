"""`phieu recipients DIR VERB`: the list of people to be asked, from its import to its end."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from collector.cli.terminal import example, progress, say
from collector.cli.verbs import agencies_option, folder_group, groups_option, who_option
from forms.days import show_day
from forms.words import text

_FILE = click.Path(path_type=Path, dir_okay=False)


class _Margin(click.ParamType[Decimal]):
    name = "E"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            margin = Decimal(str(value).replace(",", "."))
            if 0 < margin < 1:
                return margin
        except InvalidOperation:
            pass
        return self.fail(text("recipients.margin_wrong"), param, ctx)


def _out(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--out", required=True, type=_FILE, help=text("recipients.cli_out"))(command)


recipients_command = folder_group(
    "recipients", text("recipients.cli"), "phieu recipients khao-sat import recipients.xlsx"
)


@recipients_command.command(
    "import", help=text("recipients.cli_import"), epilog=example("phieu recipients khao-sat import")
)
@click.argument("file", metavar="[FILE]", required=False, type=_FILE)
@click.option("--once", is_flag=True, help=text("recipients.cli_once"))
@who_option
@click.pass_obj
def import_command(folder: Path, file: Path | None, once: bool, who: str) -> None:
    """Take a list in and remove the file."""
    from collector.belonging import claim_keys
    from collector.opening import open_campaign
    from collector.people.erasure import erase_day
    from collector.people.recipients import import_recipients

    campaign, store = open_campaign(folder)
    claim_keys(store, campaign.settings)
    with progress(text("recipients.importing")) as report:
        summary = import_recipients(store, campaign, file, who, report, once)
    for note in summary.notes:
        say(str(note))
    last = erase_day(store, campaign.settings)
    assert last is not None  # people are there
    click.echo(text("recipients.import_done", people=summary.people, added=summary.added, day=show_day(last)))
    if summary.left_out:
        say(text("recipients.left_out", rows=summary.left_out))
    say(text("recipients.import_copies"))
    if campaign.settings.recipients.erase_after is None:
        say(text("recipients.no_date"))


@recipients_command.command(
    "size", help=text("recipients.cli_size"), epilog=example("phieu recipients khao-sat size --margin 0.05")
)
@agencies_option
@groups_option
@click.option("--margin", type=_Margin(), default="0.05", show_default=True, help=text("recipients.cli_margin"))
@click.pass_obj
def size_command(folder: Path, agencies: tuple[str, ...], groups: tuple[str, ...], margin: Decimal) -> None:
    """How many people there are, what the quota says, and what the formula says."""
    from collector.people.drawing import list_sizes
    from collector.printing.issue import choose_quotas

    campaign, store = _open(folder)
    columns = ("people", "target", "reserve", "sipas", "drawn")
    rows = [
        [f"{row.agency} {row.group}", *(str(getattr(row, column)) for column in columns)]
        for row in list_sizes(store, choose_quotas(campaign, agencies, groups), margin)
    ]
    show_table([text("recipients.column_cell"), *(text(f"recipients.column_{name}") for name in columns)], rows)


@recipients_command.command(
    "draw",
    help=text("recipients.cli_draw"),
    epilog=example('phieu recipients khao-sat draw --seed "XSMB 18/03/2014: 48291"'),
)
@click.option("--seed", default="", metavar="TEXT", help=text("recipients.cli_seed"))
@agencies_option
@groups_option
@click.option("--size", type=click.IntRange(min=1), metavar="N", help=text("recipients.cli_draw_size"))
@click.option("--margin", type=_Margin(), help=text("recipients.cli_draw_margin"))
@click.option("--reserve", type=click.IntRange(min=0), metavar="N", help=text("recipients.cli_draw_reserve"))
@click.option("--again", default="", metavar="REASON", help=text("recipients.cli_again"))
@who_option
@click.pass_obj
def draw_command(
    folder: Path,
    seed: str,
    agencies: tuple[str, ...],
    groups: tuple[str, ...],
    size: int | None,
    margin: Decimal | None,
    reserve: int | None,
    again: str,
    who: str,
) -> None:
    """Draw, and say what was drawn."""
    from collector.people.drawing import SizeRule, draw_people
    from collector.printing.issue import choose_quotas

    if size is not None and margin is not None:
        raise click.UsageError(text("recipients.size_or_margin"))
    campaign, store = _open(folder)
    quotas = choose_quotas(campaign, agencies, groups)
    drawings = draw_people(store, campaign, quotas, seed, SizeRule(size, margin, reserve), who, again.strip())
    rows = [
        [f"{draw.agency} {draw.group}", str(draw.frame), str(draw.size), str(draw.reserve), str(draw.round)]
        for draw in (drawing.draw for drawing in drawings)
    ]
    names = ("cell", "people", "drawn", "reserve", "round")
    show_table([text(f"recipients.column_{name}") for name in names], rows)
    new = sum(drawing.is_new for drawing in drawings)
    click.echo(text("recipients.draw_done", cells=len(drawings), new=new))


@recipients_command.command(
    "list",
    help=text("recipients.cli_list"),
    epilog=example("phieu recipients khao-sat list --agency HLO --group CD --out HLO-CD.pdf"),
)
@agencies_option
@groups_option
@click.option("--out", required=True, type=click.Path(path_type=Path), help=text("recipients.cli_list_out"))
@who_option
@click.pass_obj
def list_command(folder: Path, agencies: tuple[str, ...], groups: tuple[str, ...], out: Path, who: str) -> None:
    """The drawn lists: one file of one cell, or a PDF a cell in a folder."""
    from collector.people.drawing import drawn_cells, list_drawn
    from collector.people.drawn_files import check_kind, write_list
    from collector.printing.issue import choose_quotas

    campaign, store = _open(folder)
    quotas = choose_quotas(campaign, agencies, groups)
    cells = drawn_cells(store, quotas)
    if out.suffix:
        check_kind(out)
        if len(quotas) != 1:
            raise click.UsageError(text("recipients.one_cell"))
        cells = [(quotas[0].agency, quotas[0].group)]
    for draw, people in list_drawn(store, campaign, cells, who):
        path = out if out.suffix else out / draw.agency / f"{draw.group}.pdf"
        write_list(store, campaign, draw, people, path)
        click.echo(path)
    say(text("recipients.list_done", files=len(cells)))


@recipients_command.command(
    "frame", help=text("recipients.cli_frame"), epilog=example("phieu recipients khao-sat frame --out frame.csv")
)
@_out
@click.pass_obj
def frame_command(folder: Path, out: Path) -> None:
    """What is published before the draw."""
    import hashlib

    from collector.people.drawn_files import write_frame

    _, store = _open(folder)
    people = write_frame(store, out)
    click.echo(
        text("recipients.frame_done", out=out, people=people, sha256=hashlib.sha256(out.read_bytes()).hexdigest())
    )


@recipients_command.command(
    "draws", help=text("recipients.cli_draws"), epilog=example("phieu recipients khao-sat draws --out draws.csv")
)
@_out
@click.pass_obj
def draws_command(folder: Path, out: Path) -> None:
    """What was drawn, for whoever wants to check it."""
    from collector.people.drawn_files import write_draws

    _, store = _open(folder)
    click.echo(text("recipients.draws_done", out=out, draws=write_draws(store, out)))


@recipients_command.command(
    "erase", help=text("recipients.cli_erase"), epilog=example("phieu recipients khao-sat erase")
)
@agencies_option
@groups_option
@click.option("--early", default="", metavar="REASON", help=text("recipients.cli_early"))
@who_option
@click.pass_obj
def erase_command(folder: Path, agencies: tuple[str, ...], groups: tuple[str, ...], early: str, who: str) -> None:
    """Destroy the people of the list, all or of some cells."""
    from collector.people.erasure import erase_recipients
    from collector.printing.issue import choose_quotas

    campaign, store = _open(folder)
    chosen = choose_quotas(campaign, agencies, groups) if agencies or groups else None
    cells = None if chosen is None else [(quota.agency, quota.group) for quota in chosen]
    people = erase_recipients(store, campaign.settings, who, cells, early.strip())
    click.echo(text("recipients.erase_done", people=people))
    say(text("recipients.erase_copies"))


@recipients_command.command(
    "rekey", help=text("recipients.cli_rekey"), epilog=example("phieu recipients khao-sat rekey")
)
@who_option
@click.pass_obj
def rekey_command(folder: Path, who: str) -> None:
    """Put a new key in the place of the one in use."""
    from collector.people.erasure import change_key

    campaign, store = _open(folder)
    click.echo(text("recipients.rekey_done", people=change_key(store, campaign.settings, who)))


def _open(folder: Path) -> tuple[Any, Any]:
    """The campaign and its store, a change of the key that was cut off finished; says so when the people are due."""
    from collector.opening import open_campaign
    from collector.people.erasure import destroy_old_keys, find_due

    campaign, store = open_campaign(folder)
    destroy_old_keys(store, campaign.settings)
    due = find_due(store, campaign.settings)
    if due:
        say(due)
    return campaign, store


def show_table(headings: list[str], rows: list[list[str]]) -> None:
    """A table on stdout, its first column to the left."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left", no_wrap=not place)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
