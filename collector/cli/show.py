"""`phieu demo` and `phieu serve`: the whole job before one's eyes, and the pages people work with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from collector.cli.terminal import FOLDER, account_names, example, progress, say
from forms.errors import InputWrong, Problem
from forms.words import text


@click.command("demo", help=text("cli.demo"), epilog=example("phieu demo --sheets 300 --out demo"))
@click.option("--sheets", type=click.IntRange(min=1), default=300, show_default=True, help=text("cli.demo_sheets"))
@click.option("--out", type=FOLDER, default=Path("demo"), show_default=True, help=text("cli.demo_out"))
def demo_command(sheets: int, out: Path) -> None:
    """Print, fill, scan, read, take in, score, and compare with the truth."""
    from collector.demo import run_demo

    for line in run_demo(out, sheets, progress, say):
        click.echo(line)


@click.command("receipt", help=text("receipt.help"), epilog=example("phieu receipt khao-sat 7K3M9-TQX2B-VAF8N"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("written", metavar="RECEIPT")
@click.option("--sheet", default="", metavar="SERIAL", help=text("receipt.help_sheet"))
def receipt_command(folder: Path, written: str, sheet: str) -> None:
    """Say what became of a receipt; fail where it is none of ours or its answers are gone."""
    from collector.hotline import check_receipt
    from collector.receipts import load_seals
    from collector.store import open_store
    from forms.errors import WorkFailed
    from forms.folder import load_campaign

    settings = load_campaign(folder).settings
    account = check_receipt(open_store(folder, settings), load_seals(settings.id), written, sheet)
    said = text(f"receipt.status_{account.status}", number=account.number)
    if account.status in ("lost", "false"):
        raise WorkFailed(said)
    click.echo(said)


@click.command("serve", help=text("cli.serve"), epilog=example("phieu serve khao-sat --port 8080"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--host", default="127.0.0.1", show_default=True, help=text("cli.serve_host"))
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help=text("cli.serve_port"))
@click.option("--only", type=click.Choice(["public", "console"]), help=text("cli.serve_only"))
@click.option("--console-port", type=click.IntRange(0, 65535), help=text("cli.serve_console_port"))
@click.option("--console-host", default="127.0.0.1", show_default=True, help=text("cli.serve_console_host"))
@click.option("--watch", multiple=True, type=FOLDER, help=text("cli.serve_watch"))
def serve_command(
    folder: Path,
    host: str,
    port: int,
    only: Any,
    console_port: int | None,
    console_host: str,
    watch: tuple[Path, ...],
) -> None:
    """Serve the phone form and the console until Ctrl-C."""
    from collector.accounts.desk import make_first_manager
    from collector.belonging import claim_keys
    from collector.imports.staging import put_away_cut_off
    from collector.opening import open_campaign
    from collector.people.erasure import find_due
    from collector.web.server import Door, serve

    if only == "public" and watch:
        raise InputWrong([Problem("--watch", text("cli.serve_watch_public"), text("cli.serve_watch_public_fix"))])
    if only and console_port is not None:
        raise InputWrong([Problem("--console-port", text("cli.serve_only_port"), text("cli.serve_only_port_fix"))])
    doors = [Door(host, port, (only,))] if only else [Door(host, port)]
    if console_port is not None:
        doors = [Door(host, port, ("public",)), Door(console_host, console_port, ("console",))]
    campaign, store = open_campaign(folder)
    put_away_cut_off(store)
    claim_keys(store, campaign.settings)
    due = find_due(store, campaign.settings)
    if due:
        say(due)
    made = make_first_manager(store, account_names()) if only != "public" else None
    if made is not None:
        _tell_first_manager(folder, campaign.settings.id, *made)
    elif only != "public":
        say(text("serve.forgotten", folder=folder))
    serve(store, campaign, doors, say, watch)


def _tell_first_manager(folder: Path, campaign_id: str, name: str, password: str) -> None:
    """A person at a terminal reads it there; where stderr goes to a journal or a file, it lies in one of its own."""
    from collector.settings import FIRST_MANAGER, write_secret

    if sys.stderr.isatty():
        say(text("serve.first_manager", name=name, password=password, folder=folder))
    else:
        lines = text("serve.first_manager_lines", name=name, password=password)
        say(text("serve.first_manager_file", path=write_secret(campaign_id, FIRST_MANAGER, lines), folder=folder))
    say(text("serve.first_manager_workplace", name=name, folder=folder))
