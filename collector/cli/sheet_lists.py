"""`phieu sheets DIR missing|where|extend|reprint`: what is missing, where paper lies, later days, printing again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from collector.cli.sheets import OUT_FILE, named_options, read_day, sheets_command
from collector.cli.terminal import INPUT_WRONG, example, leave, say
from collector.cli.verbs import who_option
from forms.days import show_day
from forms.words import text


@sheets_command.command(
    "missing", help=text("sheets.help_missing"), epilog=example("phieu sheets khao-sat missing --out con-thieu.pdf")
)
@click.option("--agency", default="", metavar="CODE", help=text("sheets.help_agency"))
@click.option("--out", type=OUT_FILE, help=text("sheets.help_missing_out"))
@click.pass_obj
def missing_command(folder: Path, agency: str, out: Path | None) -> None:
    """The list, on the screen, as a paper or as a table in a file."""
    from collector.files import write_whole
    from collector.ledger.holding import refuse
    from collector.ledger.missing import list_missing, missing_csv
    from collector.ledger.missing_paper import write_missing_paper
    from collector.ledger.naming import Named, check_named
    from collector.opening import open_campaign
    from collector.store.clock import day_of

    campaign, store = open_campaign(folder)
    refuse(check_named(campaign, Named(("",), agency)))
    with store.read() as conn:
        lines = list_missing(conn, agency)
    if out is not None and out.suffix.lower() == ".pdf":
        paper = write_missing_paper(out, campaign, lines, day_of())
        click.echo(text("sheets.missing_paper", out=out, count=paper.sheets, pages=paper.pages))
        return
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, missing_csv(lines))
        click.echo(text("sheets.missing_written", out=out, count=sum(line.count for line in lines)))
        return
    last = ""
    for line in lines:
        if line.agency_name != last:
            click.echo(f"{line.agency_name} ({line.agency})")
            last = line.agency_name
        fields = {"group": line.group_name, "count": line.count, "numbers": line.numbers, "party": line.party}
        day = show_day(line.day) if line.day else text("sheets.no_record")
        click.echo("  " + text(f"sheets.missing_{line.lack}", day=day, **fields))
    click.echo(text("sheets.missing_total", count=sum(line.count for line in lines)))


@sheets_command.command(
    "where", help=text("sheets.help_where"), epilog=example("phieu sheets khao-sat where SXD-CD-007")
)
@click.argument("names", metavar="NUMBER|RANGE|SERIAL...", nargs=-1, required=True)
@click.pass_obj
def where_command(folder: Path, names: tuple[str, ...]) -> None:
    """Every scanned page of some sheets: stack, file and image."""
    from collector.ledger.naming import Named, find_sheets
    from collector.opening import open_campaign
    from collector.store.sheets import stream_sheets
    from collector.store.whereabouts import list_whereabouts

    _, store = open_campaign(folder)
    with store.read() as conn:
        wanted = set(find_sheets(conn, Named(names)))
        for sheet in [sheet for sheet in stream_sheets(conn) if sheet.id in wanted]:
            pages = list_whereabouts(conn, sheet.serial)
            if not pages:
                click.echo(text("sheets.where_nowhere", number=sheet.number))
            for page in pages:
                key = "sheets.where_stack" if page.stack else "sheets.where_file"
                status = text(f"scan.status_{page.status}")
                place = {"stack": page.stack, "leaf": page.leaf, "file": page.file_name, "image": page.image}
                click.echo(text(key, number=sheet.number, page=page.sheet_page, status=status, **place))


@sheets_command.command(
    "extend",
    help=text("sheets.help_extend"),
    epilog=example("phieu sheets khao-sat extend --agency SXD --until 5/4/2014 --letter 41/SNV-CCHC"),
)
@click.option("--agency", default="", metavar="CODE", help=text("sheets.help_extend_agency"))
@click.option("--collector", default="", metavar="CODE", help=text("sheets.help_extend_collector"))
@click.option("--until", required=True, metavar="DATE", help=text("sheets.help_until"))
@click.option("--letter", required=True, metavar="NUMBER", help=text("sheets.help_extend_letter"))
@who_option
@click.pass_obj
def extend_command(folder: Path, agency: str, collector: str, until: str, letter: str, who: str) -> None:
    """Record a later day."""
    from collector.ledger.extensions import extend
    from collector.opening import open_campaign

    if bool(agency) == bool(collector):
        say(text("sheets.one_party"))
        leave(INPUT_WRONG)
    day = read_day(until)
    campaign, store = open_campaign(folder)
    fresh = extend(store, campaign, "agency" if agency else "collector", agency or collector, day, letter, who)
    click.echo(
        text("sheets.extended" if fresh else "sheets.extended_before", party=agency or collector, day=show_day(day))
    )


@sheets_command.command(
    "reprint",
    help=text("sheets.help_reprint"),
    epilog=example("phieu sheets khao-sat reprint HLO-CD-007 --page 2 --out in-lai.pdf"),
)
@named_options
@click.option("--page", type=click.IntRange(min=1), metavar="N", help=text("sheets.help_page"))
@click.option("--note", default="", metavar="TEXT", help=text("sheets.help_note"))
@click.option("--out", required=True, type=OUT_FILE, help=text("sheets.help_reprint_out"))
def reprint_command(folder: Path, page: int | None, note: str, out: Path, who: str, **named: Any) -> None:
    """Write the PDF and log it."""
    from collector.cli.sheets import name_sheets, write_note
    from collector.ledger.reprinting import reprint
    from collector.opening import open_campaign

    wanted, words = name_sheets(**named), write_note(who, "", "", note)
    campaign, store = open_campaign(folder)
    pages = reprint(store, campaign, wanted, page, out, words)
    click.echo(text("sheets.reprinted", pages=pages, out=out))
