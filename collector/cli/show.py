"""`phieu demo` and `phieu serve`: the whole job before one's eyes, and the pages people work with."""

from __future__ import annotations

from pathlib import Path

import click

from collector.cli.terminal import FOLDER, account_names, example, progress, say
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
def serve_command(folder: Path, host: str, port: int) -> None:
    """Serve the phone form and the console until Ctrl-C."""
    from collector.accounts.desk import make_first_manager
    from collector.erasure import find_due
    from collector.opening import open_campaign
    from collector.web.server import serve

    campaign, store = open_campaign(folder)
    due = find_due(store, campaign.settings)
    if due:
        say(due)
    made = make_first_manager(store, account_names())
    if made is not None:
        say(text("serve.first_manager", name=made[0], password=made[1], folder=folder))
    else:
        say(text("serve.forgotten", folder=folder))
    serve(store, campaign, host, port, say)
