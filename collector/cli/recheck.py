"""`phieu recheck DIR VERB`: the seed, the draw, the calls, what they came to, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from collector.cli.terminal import FOLDER, example, say
from collector.cli.verbs import agencies_option, folder_group, who_option
from forms.errors import InputWrong, Problem
from forms.words import text

_FILE = click.Path(path_type=Path, dir_okay=False)


def _why(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--why", default="", metavar="REASON", help=text("recheck.cli_why"))(command)


recheck_command = folder_group("recheck", text("recheck.cli"), "phieu recheck khao-sat draw --seed-file chuoi-rut.txt")


@recheck_command.command(
    "commit", help=text("recheck.cli_commit"), epilog=example("phieu recheck khao-sat commit --out chuoi-rut.txt")
)
@click.option("--seed", default="", metavar="TEXT", help=text("recheck.cli_commit_seed"))
@click.option("--commitment", default="", metavar="SHA256", help=text("recheck.cli_commit_hash"))
@click.option("--out", type=_FILE, help=text("recheck.cli_commit_out"))
@click.option("--why", default="", metavar="REASON", help=text("recheck.cli_commit_why"))
@who_option
@click.pass_obj
def commit_command(folder: Path, seed: str, commitment: str, out: Path | None, why: str, who: str) -> None:
    """Fix the seed before answers are in."""
    from collector.files import private_file
    from collector.opening import open_campaign
    from collector.recheck.drawing import commit
    from forms.recheck import make_seed

    if (bool(seed), bool(commitment), out is not None).count(True) != 1:
        raise click.UsageError(text("recheck.commit_one" if seed or commitment else "recheck.commit_out_needed"))
    _, store = open_campaign(folder)
    if out is None:
        made = commit(store, seed, commitment, who, why.strip())
    else:
        seed = make_seed()
        with private_file(out) as unfinished:  # the file stands only once the commitment is kept
            unfinished.write_text(f"{seed}\n", encoding="ascii")
            made = commit(store, seed, "", who, why.strip())
        say(text("recheck.commit_seed_kept", out=out))
    click.echo(text("recheck.commit_done", commitment=made.commitment, answers=made.answers))


@recheck_command.command(
    "contacts", help=text("recheck.cli_contacts"), epilog=example("phieu recheck khao-sat contacts cuong-phieu.xlsx")
)
@click.argument("file", metavar="FILE", type=_FILE)
@who_option
@click.pass_obj
def contacts_command(folder: Path, file: Path, who: str) -> None:
    """Take contacts of sheets in and remove the file."""
    from collector.opening import open_campaign
    from collector.recheck.contacts import import_contacts

    campaign, store = open_campaign(folder)
    click.echo(text("recheck.contacts_done", sheets=import_contacts(store, campaign, file, who)))


@recheck_command.command(
    "draw", help=text("recheck.cli_draw"), epilog=example("phieu recheck khao-sat draw --seed-file chuoi-rut.txt")
)
@click.option("--seed", default="", metavar="TEXT", help=text("recheck.cli_seed"))
@click.option("--seed-file", type=click.File(encoding="utf-8"), help=text("recheck.cli_seed_file"))
@agencies_option
@click.option("--flag", "flags", multiple=True, metavar="CODE=REASON", help=text("recheck.cli_flag"))
@click.option("--replaced", type=_FILE, help=text("recheck.cli_replaced"))
@who_option
@click.pass_obj
def draw_command(
    folder: Path,
    seed: str,
    seed_file: Any,
    agencies: tuple[str, ...],
    flags: tuple[str, ...],
    replaced: Path | None,
    who: str,
) -> None:
    """Draw, and say what so many calls detect."""
    from collector.opening import open_campaign
    from collector.recheck.drawing import draw_rechecks
    from collector.reports.scores import name_flagged

    named = dict(flag.partition("=")[::2] for flag in flags)
    if not all(code and why.strip() for code, why in named.items()):
        raise click.UsageError(text("recheck.flag_wrong"))
    if replaced is not None and not replaced.is_file():
        raise InputWrong([Problem(replaced.name, text("import.no_file"))])
    campaign, store = open_campaign(folder)
    seed = seed_file.read() if seed_file is not None else seed
    flagged = name_flagged(store, campaign) | named
    drawn = draw_rechecks(store, campaign, seed, who, agencies, flagged, replaced=replaced)
    names = ("agency", "frame", "size", "open", "flagged")
    rows = [
        [draw.agency, str(draw.frame), str(draw.size), str(one.open), draw.flagged or ""]
        for one in drawn
        for draw in [one.draw]
    ]
    _show_table([text(f"recheck.table_{name}") for name in names], rows)
    without = {agency.code for agency in campaign.agencies} - {one.draw.agency for one in drawn}
    if without and not agencies:
        say(text("recheck.no_units", agencies=", ".join(sorted(without))))
    _show_detections(campaign.settings.recheck)
    new, opened = sum(one.is_new for one in drawn), sum(one.open for one in drawn)
    click.echo(text("recheck.draw_done", agencies=len(drawn), new=new, open=opened))


def _show_detections(rules: Any) -> None:
    from aggregation.recheck import make_detections
    from aggregation.rounding import show_number

    calls = (rules.calls, rules.flagged_calls)
    heads = [text("recheck.column_share"), text("recheck.column_population"), text("recheck.column_forged")]
    heads += [text("recheck.column_chance", calls=number) for number in calls]
    rows = [
        [
            *(f"{show_number(100 * float(one.share), 0)} %", str(one.population), str(one.forged)),
            *(f"{show_number(100 * chance, 0)} %" for chance in one.chances),
            str(one.enough),
        ]
        for one in make_detections(calls)
    ]
    _show_table([*heads, text("recheck.column_enough")], rows)


@recheck_command.command(
    "calls",
    help=text("recheck.cli_calls"),
    epilog=example("phieu recheck khao-sat calls --agency SXD --out goi-SXD.xlsx --form ket-qua-SXD.xlsx"),
)
@agencies_option
@click.option("--out", required=True, type=_FILE, help=text("recheck.cli_calls_out"))
@click.option("--form", type=_FILE, help=text("recheck.cli_calls_form"))
@who_option
@click.pass_obj
def calls_command(folder: Path, agencies: tuple[str, ...], out: Path, form: Path | None, who: str) -> None:
    """The caller's list, and the form for what the calls come to."""
    from collector.opening import open_campaign
    from collector.recheck.contacts import list_callers
    from collector.recheck.files import check_kind, write_callers
    from collector.recheck.result_form import write_form

    for path in (out, form):
        if path is not None:
            check_kind(path)
    campaign, store = open_campaign(folder)
    callers = list_callers(store, campaign, agencies, who)
    write_callers(callers, out)
    if form is not None:
        write_form(campaign, callers, form)
    click.echo(text("recheck.calls_done", calls=len(callers)))
    say(text("recheck.calls_private"))


@recheck_command.command(
    "record", help=text("recheck.cli_record"), epilog=example("phieu recheck khao-sat record ket-qua-SXD.xlsx")
)
@click.argument("file", metavar="[FILE]", required=False, type=_FILE)
@click.option("--call", default="", metavar="CALL", help=text("recheck.cli_record_call"))
@click.option("--set", "fields", multiple=True, metavar="COLUMN=VALUE", help=text("recheck.cli_record_set"))
@click.option("--correct", default="", metavar="REASON", help=text("recheck.cli_correct"))
@who_option
@click.pass_obj
def record_command(folder: Path, file: Path | None, call: str, fields: tuple[str, ...], correct: str, who: str) -> None:
    """Take results in, of a file or of one call."""
    from collector.opening import open_campaign
    from collector.recheck.recording import list_question_codes, record_call, record_calls
    from forms.recheck_tables import RESULTS, read_results

    if (file is None) == (not call):
        raise click.UsageError(text("recheck.record_one"))
    campaign, store = open_campaign(folder)
    questions = list_question_codes(campaign)
    if file is not None:
        rows, problems = read_results(file, questions)
        done = record_calls(store, campaign, rows, problems, who, correct.strip())
    else:
        known = (*RESULTS.columns, *questions)
        values = dict(field.partition("=")[::2] for field in fields)
        if not set(values) <= set(known):
            raise click.UsageError(text("recheck.set_wrong", known=", ".join(known)))
        done = record_call(store, campaign, f"--call {call}", values | {"call": call}, who, correct.strip())
    click.echo(text("recheck.record_done", new=done.new, corrected=done.corrected, known=done.known, open=done.open))
    if done.widened:
        say(text("recheck.record_widened", agencies=", ".join(done.widened)))


@recheck_command.command(
    "attempt", help=text("recheck.cli_attempt"), epilog=example("phieu recheck khao-sat attempt SXD-02")
)
@click.argument("call", metavar="CALL")
@who_option
@click.pass_obj
def attempt_command(folder: Path, call: str, who: str) -> None:
    """Note a call that reached nobody."""
    from collector.opening import open_campaign
    from collector.recheck.calling import note_attempt

    _, store = open_campaign(folder)
    name = call.strip().upper()
    click.echo(text("recheck.attempt_done", call=name, attempts=note_attempt(store, name, who)))


@recheck_command.command(
    "report", help=text("recheck.cli_report"), epilog=example("phieu recheck khao-sat report --out phuc-tra")
)
@click.option("--out", required=True, type=FOLDER, help=text("recheck.cli_report_out"))
@click.pass_obj
def report_command(folder: Path, out: Path) -> None:
    """The report and its tables."""
    from collector.opening import open_campaign
    from collector.recheck.comparing import write_report

    campaign, store = open_campaign(folder)
    found = write_report(store, campaign, out)
    counts = {"agencies": found.agencies, "called": found.called, "talked": found.talked, "forged": found.forged}
    click.echo(text("recheck.report_done", out=out, **counts))


@recheck_command.command(
    "export", help=text("recheck.cli_export"), epilog=example("phieu recheck khao-sat export --out giam-sat")
)
@click.option("--out", required=True, type=FOLDER, help=text("recheck.cli_report_out"))
@click.pass_obj
def export_command(folder: Path, out: Path) -> None:
    """What an auditor draws from, and what was drawn."""
    from collector.opening import open_campaign
    from collector.recheck.files import write_draws, write_frame

    _, store = open_campaign(folder)
    units = write_frame(store, out / "frame.csv")
    click.echo(text("recheck.export_done", out=out, units=units, agencies=write_draws(store, out / "draws.csv")))


@recheck_command.command(
    "apply",
    help=text("recheck.cli_apply"),
    epilog=example('phieu recheck khao-sat apply sheet:SXD-CD-007 --why "QD 12"'),
)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@_why
@who_option
@click.pass_obj
def apply_command(folder: Path, names: tuple[str, ...], why: str, who: str) -> None:
    """Say what the rule proposes, or strike what a person decided on."""
    from collector.opening import open_campaign
    from collector.recheck.deciding import apply_proposals, find_waits, list_made, list_proposals

    campaign, store = open_campaign(folder)
    rules = campaign.settings.recheck.void
    if names:
        for made in apply_proposals(store, rules, names, who, why.strip()):
            click.echo(_show_decision(made))
        waits = find_waits(store)
        for name in dict.fromkeys(name for name in names if name in waits):
            click.echo(f"{name}: {text('sign.waiting', number=waits[name])}")
        return
    proposals, decisions = list_proposals(store, rules), list_made(store)
    for one in proposals:
        click.echo(text("recheck.apply_proposal", name=one.name, forged=one.forged, sheets=len(one.fresh)))
    if not proposals:
        click.echo(text("recheck.apply_nothing"))
    for made in decisions:
        click.echo(_show_decision(made))


@recheck_command.command(
    "undo", help=text("recheck.cli_undo"), epilog=example('phieu recheck khao-sat undo 1 --why "QD 15"')
)
@click.argument("number", metavar="NUMBER", type=click.IntRange(min=1))
@_why
@who_option
@click.pass_obj
def undo_command(folder: Path, number: int, why: str, who: str) -> None:
    """Take a decision back."""
    from collector.opening import open_campaign
    from collector.recheck.deciding import find_waits, undo

    _, store = open_campaign(folder)
    undone = undo(store, number, who, why.strip())
    if (waits := find_waits(store).get(str(number))) is not None:
        click.echo(text("sign.waiting", number=waits))
        return
    click.echo(text("recheck.undo_done", id=number, sheets=len(undone.sheets)))


def _show_decision(made: Any) -> str:
    name = f"{made.scope}:{made.subject}"
    line = text("recheck.apply_decision", id=made.id, name=name, sheets=len(made.sheets), who=made.who, why=made.why)
    return f"{line} {text('recheck.apply_undone')}" if made.undone is not None else line


def _show_table(headings: list[str], rows: list[list[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left", no_wrap=not place)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
