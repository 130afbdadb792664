"""`phieu print`, `phieu read`: sheets out, pages read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.cli.terminal import FOLDER, INPUT_WRONG, example, leave, progress, say
from forms.words import text

if TYPE_CHECKING:
    from forms.layout import LayoutBook
    from ocr.reading import PageReading

FILES = click.Path(path_type=Path)


@click.command("print", help=text("cli.print"), epilog=example("phieu print khao-sat --out phieu-in --agency SXD"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--out", required=True, type=FOLDER, help=text("cli.print_out"))
@click.option("--agency", "agencies", multiple=True, metavar="CODE", help=text("cli.print_agency"))
@click.option("--group", "groups", multiple=True, metavar="CODE", help=text("cli.print_group"))
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help=text("cli.print_limit"))
@click.option("--training", type=click.IntRange(min=1, max=999), metavar="N", help=text("cli.print_training"))
def print_command(
    folder: Path,
    out: Path,
    agencies: tuple[str, ...],
    groups: tuple[str, ...],
    limit: int | None,
    training: int | None,
) -> None:
    """Reserve serials and write the PDFs, then the papers that go with them; --training: only sheets for practice."""
    from collector.printing.issue import choose_quotas, print_sheets, reserve_run
    from collector.printing.packs import FOLDER as PACKS
    from collector.printing.packs import INDEX, write_packs
    from collector.printing.training import FOLDER, print_training
    from collector.spread import default_jobs
    from collector.store import open_store
    from forms.checkup import check_folder

    campaign = check_folder(folder, to_print=True)
    quotas = choose_quotas(campaign, agencies, groups)
    store = open_store(folder, campaign.settings)
    if training is not None:
        trained = print_training(store, campaign, out, training)
        click.echo(text("cli.print_training_done", out=out / FOLDER, sheets=trained.sheets, files=trained.files))
        return
    reserve_run(store, campaign, quotas)
    with progress(text("cli.printing")) as report:
        summary = print_sheets(store, campaign, out, quotas, limit, default_jobs(), report, say)
    counts = {"sheets": summary.sheets, "pages": summary.pages, "files": summary.files}
    click.echo(text("cli.print_done", out=out, **counts))
    numbered = sum(quota.target + quota.reserve for quota in quotas)
    if limit is not None and summary.sheets < numbered:
        say(text("cli.print_limited", numbered=numbered, sheets=summary.sheets))
    with progress(text("pack.packing")) as report:
        packed = write_packs(campaign, out, default_jobs(), report, say)
    counts = {"receivers": packed.receivers, "pages": packed.pages, "files": packed.files}
    click.echo(text("pack.packed", folder=out / PACKS, index=INDEX.file, **counts))


@click.command("read", help=text("cli.read"), epilog=example("phieu read quet.pdf --layout phieu-in/layout.json"))
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILES)
@click.option("--layout", required=True, type=click.Path(path_type=Path, dir_okay=False), help=text("cli.read_layout"))
def read_command(files: tuple[Path, ...], layout: Path) -> None:
    """One JSON object a page image on stdout; what cannot be opened is named on stderr and ends in 2."""
    from collector.scans.folder import list_files, show_name
    from forms.errors import InputWrong, Problem
    from forms.layout import load_layouts
    from ocr.pictures import FILE_REASONS, keep_memory

    keep_memory()
    try:
        book = load_layouts(layout.read_text(encoding="utf-8"), str(layout))
    except (OSError, UnicodeDecodeError) as error:
        missing = isinstance(error, FileNotFoundError)
        what = text("problem.layout_missing") if missing else text("problem.layout_file")
        problem = Problem(str(layout), what, text("problem.layout_file_fix"))
        raise InputWrong([problem]) from error
    found, problems = list_files(files)
    bad = [str(problem) for problem in problems]
    for file in found:
        name = show_name(file)
        for reading in _readings(file, book, name, bad):
            click.echo(json.dumps(reading.to_json(), ensure_ascii=False))
            if reading.reason in FILE_REASONS:
                bad.append(f"{name}: {text(f'reading.reason_{reading.reason}')}")
    for line in bad:
        say(line)
    if bad:
        leave(INPUT_WRONG)


def _readings(file: Path, book: LayoutBook, name: str, bad: list[str]) -> Iterator[PageReading]:
    """A file's readings; one that cannot be opened goes to `bad`. A closed pipe or a full disk is not the file's fault:
    what goes wrong with the output does not come by here.
    """
    from ocr.read import read_file

    try:
        yield from read_file(file, book, name)
    except OSError:
        bad.append(text("scan.file_refused", file=name))
