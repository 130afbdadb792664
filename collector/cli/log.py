"""`phieu log DIR`: what everybody did, and whether the chain of the log holds."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from collector.cli.sheets import OUT_FILE, read_day
from collector.cli.terminal import FOLDER, WORK_FAILED, example, leave, say
from forms.errors import InputWrong, Problem
from forms.words import text


@click.command("log", help=text("log.help"), epilog=example("phieu log khao-sat --verify"))
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--verify", is_flag=True, help=text("log.help_verify"))
@click.option("--head", default="", metavar="COUNT:HASH", help=text("log.help_head"))
@click.option("--since", default="", metavar="DAY", help=text("log.help_since"))
@click.option("--who", default="", metavar="NAME", help=text("log.help_who"))
@click.option("--act", default="", metavar="ACT", help=text("log.help_act"))
@click.option("--number", default="", metavar="NUMBER", help=text("log.help_number"))
@click.option("--out", type=OUT_FILE, metavar="FILE.csv", help=text("log.help_out"))
def log_command(
    folder: Path, verify: bool, head: str, since: str, who: str, act: str, number: str, out: Path | None
) -> None:
    """Print lines, write them as a table, or check the chain."""
    if verify or head:
        _verify(folder, head)
    else:
        _print(folder, since, (who, act, number), out)


def _verify(folder: Path, written: str) -> None:
    from collector.event_log import check_log, say_broken
    from collector.opening import open_campaign
    from collector.store.chain import find_head

    known = find_head(written)
    if written and known is None:
        raise InputWrong([Problem("--head", text("log.head_wrong"), text("log.head_wrong_fix"))])
    reached, broken = check_log(open_campaign(folder)[1], known)
    if broken is not None:
        say(text("log.broken", what=say_broken(broken)))
        say(text("log.broken_fix"))
        leave(WORK_FAILED)
    click.echo(text("log.holds", count=reached.count))
    click.echo(text("log.head_now", head=reached))


def _print(folder: Path, since: str, asked: tuple[str, str, str], out: Path | None) -> None:
    from collector.event_log import find_lines, find_number, find_numbers, lines_csv, say_act, say_detail, say_subject
    from collector.files import write_whole
    from collector.opening import open_campaign
    from collector.store.clock import VIET_NAM
    from collector.store.events import Filter, get_head

    who, act, typed = asked
    number = find_number(typed)
    if typed and not number:
        raise InputWrong([Problem("--number", text("log.number_wrong"))])
    wanted = Filter(read_day(since) if since else None, None, who, act)
    _, store = open_campaign(folder)
    with store.read() as conn:
        lines, head = list(reversed(find_lines(conn, wanted, number)[0])), get_head(conn)
        printed = find_numbers(conn, lines if out is None else ())
    if out is not None:
        write_whole(out, lines_csv(lines))
        say(text("log.written", count=len(lines), out=out))
    for line in lines if out is None else ():
        at = f"{line.at.replace(tzinfo=datetime.UTC).astimezone(VIET_NAM):%d/%m/%Y %H:%M:%S}"
        words = (str(line.id), at, line.who, say_act(line.action), say_subject(line), say_detail(line, None, printed))
        click.echo("  ".join(word for word in words if word))
    say(text("log.head_now", head=head))
