"""`phieu quota`, `phieu score`, `phieu export`: what came in, and what it amounts to."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.answer_import import say_open_import
from collector.cli.frozen import SOURCE, is_frozen, score_edition
from collector.cli.terminal import FOLDER, example, progress, say
from forms.words import text

if TYPE_CHECKING:
    from collector.store import Store
    from forms.campaign import Campaign

_COUNTS = (
    *("target", "printed", "unused", "handed_out", "returned_paper", "by_phone", "imported", "refused", "spoiled"),
    *("lost", "outstanding", "void", "unissued", "held", "late", "accepted", "struck", "coming_in", "doubtful"),
    "conflicts",
)
_IF_ANY = frozenset(
    ("unused", "imported", "refused", "spoiled", "lost", "void", "unissued", "held", "late", "struck", "coming_in")
)
_OF_EDITION = (
    *("scores.csv", "totals.csv", "estimates.csv", "questions.csv", "grades.csv", "groups.csv"),
    *("report.html", "report.pdf", "quality.csv"),
)
_WIDE = 220
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("quota", help=text("cli.quota"), epilog=example("phieu quota khao-sat --json"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help=text("cli.quota_json"))
def quota_command(folder: Path, as_json: bool) -> None:
    """The quota table."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from collector.opening import open_campaign
    from collector.people.erasure import find_due
    from collector.review.reader_account import account_reader, show_account
    from collector.store.quota import quota_rows

    campaign, store = open_campaign(folder)  # the day on which sheets are due is the folder's
    due = find_due(store, campaign.settings)
    if due:
        say(due)
    say_open_import(store)
    with store.read() as conn:
        rows = [asdict(row) for row in quota_rows(conn)]
        account = account_reader(conn)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table(title=campaign.settings.name, box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(text("cli.quota_cell"), no_wrap=True)
    shown = [count for count in _COUNTS if count not in _IF_ANY or any(row[count] for row in rows)]
    for count in shown:
        table.add_column(text(f"cli.quota_{count}"), justify="right", min_width=5)
    table.add_column(text("cli.quota_agency"), no_wrap=True)
    for row in rows:
        counts = (str(row[count]) for count in shown)
        table.add_row(f"{row['agency']} {row['group']}", *counts, row["agency_name"])
    totals = (str(sum(row[count] for row in rows)) for count in shown)
    table.add_row(text("cli.quota_total"), *totals, style="bold")
    screen = Console()
    # into a file or a pipe, nothing is cut off
    (screen if screen.is_terminal else Console(width=_WIDE)).print(table)
    if account.bound.looked or account.waiting:
        click.echo(text("cli.quota_reader", said=" ".join(show_account(account))))


@click.command("score", help=text("cli.score"), epilog=example("phieu score khao-sat --out ket-qua"))
@click.argument("folder", metavar="DIR|FILE.zip", type=SOURCE)
@click.option("--out", required=True, type=FOLDER, help=text("cli.score_out"))
@click.option("--before", type=_FILE, help=text("cli.score_before"))
@click.option("--agency", "agencies", multiple=True, help=text("cli.score_agency"))
@click.option("--pages/--no-pages", default=None, help=text("cli.score_pages"))
@click.option("--word", is_flag=True, help=text("cli.score_word"))
def score_command(
    folder: Path, out: Path, before: Path | None, agencies: tuple[str, ...], pages: bool | None, word: bool
) -> None:
    """scores.csv, totals.csv, report.html, report.pdf and more; of a frozen edition what it gives again."""
    if is_frozen(folder):
        options = {"--before": before, "--agency": agencies, "--pages": pages, "--word": word}
        score_edition(folder, out, options, _OF_EDITION)
        return
    from collector.reports.results import write_results
    from collector.store import open_store
    from forms.folder import load_campaign

    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    say_open_import(store)
    wanted: tuple[str, ...] | None = agencies or None
    if wanted is None and pages is not None:
        wanted = tuple(agency.code for agency in campaign.agencies) if pages else ()
    with progress(text("cli.score_bar")) as report:
        summary = write_results(store, campaign, out, before=before, pages=wanted, word=word, progress=report)
    counts = {"valid": summary.scores.valid_sheets, "sheets": summary.sheets, "doubts": summary.open_doubts}
    click.echo(text("cli.score_done", out=out, **counts))
    if summary.unchecked:
        say(text("cli.score_unchecked", blocks=", ".join(summary.unchecked)))
    if wanted is None and not summary.pages:
        say(text("cli.score_no_pages", agencies=len(campaign.agencies)))


@click.command("export", help=text("cli.export"), epilog=example("phieu export khao-sat --out du-lieu --format csv"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--out", required=True, type=FOLDER, help=text("cli.export_out"))
@click.option(
    "--format", "kind", type=click.Choice(["csv", "xlsx", "sav", "dta"]), default="csv", help=text("cli.export_format")
)
def export_command(folder: Path, out: Path, kind: str) -> None:
    """answers.csv, words.csv and as_above.csv, answers.xlsx, or answers-GROUP.sav or .dta."""
    from collector.store import open_store
    from forms.folder import load_campaign

    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    say_open_import(store)
    files, rows = _write_export(store, campaign, out, kind)
    click.echo(text("cli.export_done", out=", ".join(map(str, files)) or out, rows=rows))


def _write_export(store: Store, campaign: Campaign, out: Path, kind: str) -> tuple[list[Path], int]:
    if kind == "csv":
        from collector.reports.scores import write_answers

        return [out / "answers.csv"], write_answers(store, out)
    if kind == "xlsx":
        from collector.reports.book_export import write_answer_book

        return [out / "answers.xlsx"], write_answer_book(store, campaign, out / "answers.xlsx")
    from collector.reports.stat_export import write_stat_files

    return write_stat_files(store, campaign, out, "sav" if kind == "sav" else "dta")
