"""`phieu sheets DIR ...`: who took sheets, what came back, what is missing; void, released, printed again."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from collector.cli.terminal import account_names, example, say
from collector.cli.verbs import folder_group
from forms.days import find_day
from forms.errors import InputWrong, Problem
from forms.words import text

if TYPE_CHECKING:
    from collector.ledger.holding import Done, Note
    from collector.ledger.naming import Named

OUT_FILE = click.Path(path_type=Path, dir_okay=False)
_STACK = text("sheets.help_stack")
_WHAT = ("handover", "return", "release")
_AS = ("returned", "unused", "refused", "spoiled", "lost")


sheets_command = folder_group("sheets", text("sheets.help"), "phieu sheets khao-sat missing")


def named_options(verb: Callable[..., None]) -> Callable[..., None]:
    """The options that name sheets, and the person."""
    for option in (
        click.argument("names", metavar="[NUMBER|RANGE|SERIAL]...", nargs=-1),
        click.option("--agency", default="", metavar="CODE", help=text("sheets.help_agency")),
        click.option("--group", default="", metavar="CODE", help=text("sheets.help_group")),
        click.option(
            "--stack", "pictures", multiple=True, type=OUT_FILE, metavar="IMAGE", help=text("sheets.help_stack")
        ),
        click.option("--who", default=account_names, metavar="NAME", help=text("sheets.help_who")),
        click.pass_obj,
    ):
        verb = option(verb)
    return verb


def dated_options(verb: Callable[..., None]) -> Callable[..., None]:
    """The options that say when and on what paper."""
    for option in (
        click.option("--on", "day", default="", metavar="DATE", help=text("sheets.help_on")),
        click.option("--letter", default="", metavar="NUMBER", help=text("sheets.help_letter")),
        click.option("--note", default="", metavar="TEXT", help=text("sheets.help_note")),
    ):
        verb = option(verb)
    return verb


def read_day(written: str) -> datetime.date:
    """A day as people type it; today in Viet Nam for nothing; InputWrong."""
    from collector.store.clock import day_of

    day = find_day(written) if written else day_of()
    if day is None:
        raise InputWrong([Problem(written, text("sheets.day_wrong"), text("sheets.day_wrong_fix"))])
    return day


def name_sheets(names: tuple[str, ...], agency: str, group: str, pictures: tuple[Path, ...]) -> Named:
    """What was named; serials out of pictures of stacks are told on stderr."""
    from collector.ledger.naming import Named

    found: list[str] = []
    for picture in pictures:
        from ocr.stacks import read_stack

        try:
            serials = [code.serial for code in read_stack(picture)]
        except OSError as error:
            raise InputWrong(
                [Problem(str(picture), text("sheets.picture_refused"), text("sheets.picture_fix"))]
            ) from error
        if not serials:
            raise InputWrong([Problem(str(picture), text("sheets.no_codes"), text("sheets.no_codes_fix"))])
        say(text("sheets.codes_found", file=picture, count=len(serials)))
        found += serials
    return Named((*names, *found), agency, group)


def write_note(who: str, day: str, letter: str, note: str) -> Note:
    """What is written down with an act."""
    from collector.ledger.holding import Note

    return Note(who, read_day(day), letter, note)


def _account(verb: str, done: Done) -> None:
    """What an act came to, on stdout."""
    from collector.ledger.ranges import show_ranges

    if done.changed:
        click.echo(text(f"sheets.done_{verb}", count=done.changed, numbers=show_ranges(done.numbers)))
    if done.waits:
        click.echo(text("sign.waiting", number=done.waits))
        return
    if done.shares:
        click.echo(text("sheets.done_shares", shares=done.show_shares()))
    if done.known:
        click.echo(text("sheets.known", count=done.known))
    elif not done.changed:
        click.echo(text("sheets.nothing_to_do"))


@sheets_command.command(
    "handover",
    help=text("sheets.help_handover"),
    epilog=example("phieu sheets khao-sat handover --agency SXD --letter 12/BB-SNV --on 20/3/2014"),
)
@named_options
@dated_options
@click.option("--to", default="", metavar="CODE", help=text("sheets.help_to"))
def handover_command(folder: Path, to: str, day: str, letter: str, note: str, who: str, **named: Any) -> None:
    """Record a hand-over."""
    from collector.ledger.acts import hand_over
    from collector.opening import open_campaign

    wanted, words = name_sheets(**named), write_note(who, day, letter, note)
    campaign, store = open_campaign(folder)
    _account("handover", hand_over(store, campaign, wanted, to, words))


@sheets_command.command(
    "return",
    help=text("sheets.help_return"),
    epilog=example("phieu sheets khao-sat return HLO-CD-001..HLO-CD-018 --as returned --on 28/3/2014"),
)
@named_options
@dated_options
@click.option(
    "--as", "state", type=click.Choice(_AS), default="returned", show_default=True, help=text("sheets.help_as")
)
@click.option("--from", "bringer", default="", metavar="CODE", help=text("sheets.help_from"))
def return_command(
    folder: Path, state: Any, bringer: str, day: str, letter: str, note: str, who: str, **named: Any
) -> None:
    """Record what came back."""
    from collector.ledger.acts import take_back
    from collector.opening import open_campaign

    wanted, words = name_sheets(**named), write_note(who, day, letter, note)
    campaign, store = open_campaign(folder)
    _account("return", take_back(store, campaign, wanted, state, words, bringer))


@sheets_command.command(
    "void", help=text("sheets.help_void"), epilog=example('phieu sheets khao-sat void HLO-CD-007 --reason "..."')
)
@named_options
@click.option("--reason", required=True, metavar="TEXT", help=text("sheets.help_reason"))
def void_command(folder: Path, reason: str, who: str, **named: Any) -> None:
    """Make sheets void."""
    from collector.ledger.voiding import void_sheets
    from collector.opening import open_campaign

    wanted, words = name_sheets(**named), write_note(who, "", "", reason)
    campaign, store = open_campaign(folder)
    _account("void", void_sheets(store, campaign, wanted, words))


@sheets_command.command(
    "correct",
    help=text("sheets.help_correct"),
    epilog=example('phieu sheets khao-sat correct HLO-CD-007 --what return --reason "..."'),
)
@named_options
@click.option("--what", type=click.Choice(_WHAT), required=True, help=text("sheets.help_what"))
@click.option("--reason", required=True, metavar="TEXT", help=text("sheets.help_reason"))
def correct_command(folder: Path, what: Any, reason: str, who: str, **named: Any) -> None:
    """Take an entry back by another one."""
    from collector.ledger.mistakes import put_right
    from collector.opening import open_campaign

    wanted, words = name_sheets(**named), write_note(who, "", "", reason)
    campaign, store = open_campaign(folder)
    _account("correct", put_right(store, campaign, wanted, what, words))


@sheets_command.command(
    "release", help=text("sheets.help_release"), epilog=example("phieu sheets khao-sat release --agency HLO --group CD")
)
@named_options
@dated_options
def release_command(folder: Path, day: str, letter: str, note: str, who: str, **named: Any) -> None:
    """Release reserve sheets by rule."""
    from collector.ledger.reserves import release_reserves
    from collector.opening import open_campaign

    wanted, words = name_sheets(**named), write_note(who, day, letter, note)
    campaign, store = open_campaign(folder)
    released = release_reserves(store, campaign, wanted, words)
    for gone, reserve in released.pairs:
        click.echo(text("sheets.released", reserve=reserve, gone=gone))
    for gone, reserve in released.known:
        click.echo(text("sheets.released_before", reserve=reserve, gone=gone))
    for gone in released.lacking:
        click.echo(text("sheets.released_none", gone=gone))
    if not (released.pairs or released.known or released.lacking):
        click.echo(text("sheets.released_nothing"))
