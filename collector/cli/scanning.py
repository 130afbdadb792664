"""`phieu scan`: pages in, once or as the scanner writes them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.paper import FILES
from collector.cli.terminal import FOLDER, INPUT_WRONG, example, leave, progress, say
from forms.words import text

if TYPE_CHECKING:
    from collector.scans.jobs import ScanSummary
    from collector.store import Store


@click.command("scan", help=text("cli.scan"), epilog=example("phieu scan khao-sat quet/"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("files", metavar="FILE|FOLDER...", nargs=-1, required=True, type=FILES)
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help=text("cli.scan_jobs"))
@click.option("--again", is_flag=True, help=text("cli.scan_again"))
@click.option("--engine", metavar="ADDRESS", help=text("cli.scan_engine"))
@click.option("--watch", is_flag=True, help=text("cli.scan_watch"))
def scan_command(
    folder: Path, files: tuple[Path, ...], jobs: int | None, again: bool, engine: str | None, watch: bool
) -> None:
    """Take scan files in and say what became of every page; --watch: go on with those that come, until Ctrl-C."""
    from collector.opening import open_campaign
    from collector.scans.jobs import take_files_in
    from collector.spread import default_jobs

    campaign, store = open_campaign(folder)

    def take(found: tuple[Path, ...]) -> ScanSummary:
        with progress(text("cli.scanning")) as report:
            return take_files_in(store, campaign, found, jobs or default_jobs(), report, again=again, engine=engine)

    if watch:
        _watch(store, files, take)
        return
    summary = take(files)
    _show(store, summary, every=False)
    if summary.bad_files:
        leave(INPUT_WRONG)


def _show(store: Store, summary: ScanSummary, every: bool) -> None:
    from collector.scans.batches import account_batch, show_batch

    for line in summary.notes:
        say(line)
    click.echo(summary.account())
    for line in show_batch(account_batch(store, summary.taken), every):
        click.echo(line)


def _watch(store: Store, files: tuple[Path, ...], take: Callable[[tuple[Path, ...]], ScanSummary]) -> None:
    """Take in what the scanner finished, look after look; between two files Ctrl-C is the way to end."""
    from collector.scans.watch import EVERY_S, Watch

    watch, is_reading = Watch(files), False
    say(text("scan.watching"))
    try:
        while True:
            found, problems = watch.look(time.monotonic())
            for problem in problems:
                say(str(problem))
            if not found:
                time.sleep(EVERY_S)
                continue
            is_reading = True
            summary = take(tuple(found))
            is_reading = False
            if summary.taken or summary.bad_files:
                _show(store, summary, every=True)
            else:
                say(summary.account())  # known ones, as after a new start
    except KeyboardInterrupt:
        if is_reading:
            raise
        say(text("scan.watch_ended"))
