"""`phieu index`: survey, appraised and external points become the index, its ranks and grades."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.answer_import import say_open_import
from collector.cli.frozen import SOURCE, is_frozen, score_edition
from collector.cli.terminal import FOLDER, account_names, example, progress, say
from forms.words import language, text

if TYPE_CHECKING:
    from aggregation.index_check import Comparison

EDITIONS = ("du-kien", "sau-kien-nghi", "chinh-thuc")  # collector.store.editions, which would slow --help down

_OF_EDITION = ("index.csv", "fields.csv", "index-notes.csv", "index.html", "index.pdf")


@click.command("index", help=text("cli.index"), epilog=example("phieu index khao-sat --out chi-so"))
@click.argument("folder", metavar="DIR|FILE.zip", type=SOURCE)
@click.option("--out", required=True, type=FOLDER, help=text("cli.index_out"))
@click.option("--edition", type=click.Choice(EDITIONS), help=text("cli.index_edition"))
@click.option("--word", is_flag=True, help=text("cli.index_word"))
@click.option("--who", default=account_names, metavar="NAME", help=text("sheets.help_who"))
def index_command(folder: Path, out: Path, edition: str | None, word: bool, who: str) -> None:
    """index.csv, fields.csv, index-notes.csv, index.html, index.pdf; with --word index-annex.docx."""
    if is_frozen(folder):
        score_edition(folder, out, {"--edition": edition, "--word": word}, _OF_EDITION, "index.csv")
        return
    from collector.editions.index import write_index
    from collector.store import open_store
    from forms.index_points import load_index

    campaign, points = load_index(folder)
    store = open_store(folder, campaign.settings)
    say_open_import(store)
    with progress(text("cli.index_bar")) as report:
        done = write_index(store, campaign, points, out, edition, who, word=word, report=report)
    ranked = sum(len(block.ranked) for block in done.index.blocks)
    agencies = sum(len(block.agencies) for block in done.index.blocks)
    click.echo(text("cli.index_done", out=out, ranked=ranked, agencies=agencies))
    differing = [one for one in done.comparisons if not one.agrees]
    if differing:
        say(text("cli.index_differs", figures="; ".join(map(_show_difference, differing))))


def _show_difference(one: Comparison) -> str:
    """A published figure beside the computed one, in words."""
    from aggregation.index_report import show_figure

    measure = text(f"index.measure_{one.figure.measure}")
    published = one.figure.value.replace(".", ",") if language() == "vi" else one.figure.value
    return text(
        "cli.index_difference",
        name=one.name,
        measure=measure,
        published=published,
        computed=show_figure(one, language()),
    )
