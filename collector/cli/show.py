"""`phieu demo` and `phieu serve`: the whole job before one's eyes, and the pages people work with."""

from __future__ import annotations

import sys
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
        _tell_first_manager(folder, campaign.settings.id, *made)
    else:
        say(text("serve.forgotten", folder=folder))
    serve(store, campaign, host, port, say)


def _tell_first_manager(folder: Path, campaign_id: str, name: str, password: str) -> None:
    """A person at a terminal reads it there; where stderr goes to a journal or a file, it lies in one of its own."""
    from collector.settings import write_secret

    if sys.stderr.isatty():
        say(text("serve.first_manager", name=name, password=password, folder=folder))
        return
    lines = text("serve.first_manager_lines", name=name, password=password)
    say(text("serve.first_manager_file", path=write_secret(campaign_id, "first-manager.txt", lines), folder=folder))
