"""What every command shares with its terminal: exit codes, problems on stderr, progress where work takes long."""

from __future__ import annotations

import getpass
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from collector.cli import help_words  # noqa: F401 it gives click's help our words
from collector.cli.usage import explain_usage
from forms.errors import InputWrong, PhieuError
from forms.words import text

DONE, WORK_FAILED, INPUT_WRONG = 0, 1, 2
_SILENT_S = 2.0  # work shorter than this needs no bar
_LINE_EVERY_S = 10.0  # where there is no terminal, a line now and then

Report = Callable[[int, int], None]
FOLDER = click.Path(path_type=Path, file_okay=False)


def example(command: str) -> str:
    """The epilog of a --help: one command to copy. The mark keeps click from folding the line."""
    return f"\b\n{text('cli.example')}\n    {command}"


def account_names() -> str:
    """Who works at this terminal, unless --who says so: the name of the account."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return "?"


class PhieuGroup(click.Group):
    """Turns our errors into lines on stderr and the exit codes 1 and 2; Ctrl-C into 1, with what to do next."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the part of the command line before the command."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            say(explain_usage(error))
            leave(INPUT_WRONG)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            say(explain_usage(error))
            leave(INPUT_WRONG)
        except InputWrong as error:
            for problem in error.problems:
                say(str(problem))
            leave(INPUT_WRONG)
        except PhieuError as error:
            say(str(error))
            leave(WORK_FAILED)
        except KeyboardInterrupt:
            say(text("cli.interrupted"))
            leave(WORK_FAILED)
        except BrokenPipeError:
            raise
        except Exception as error:
            reason = _machine_reason(error)
            if reason is None:
                raise
            say(text("cli.machine_failed", reason=reason))
            leave(WORK_FAILED)


def _machine_reason(error: Exception) -> str | None:
    """One line for what the disk or the database refused; None for anything else, which is a fault of ours.

    A database's own message only: SQLAlchemy's would repeat the statement with what people answered.
    """
    if isinstance(error, OSError):
        return f"{error.strerror or type(error).__name__}: {error.filename or ''}".rstrip(": ")
    if type(error).__module__.partition(".")[0] in ("sqlalchemy", "psycopg"):
        lines = str(getattr(error, "orig", None) or type(error).__name__).splitlines()
        return lines[0] if lines else type(error).__name__
    return None


def say(line: str) -> None:
    """A line for the person, on stderr: stdout carries only the result."""
    click.echo(line, err=True)


def leave(code: int) -> NoReturn:
    """End with an exit code."""
    try:  # a full disk takes no more of stdout: Python would try again, and end with 120
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


@contextmanager
def progress(title: str) -> Iterator[Report]:
    """A bar on stderr once the work takes over two seconds; `report(done, total)` moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(title, total=None)
    started = spoken = time.monotonic()
    running = False

    def report(done: int, total: int) -> None:
        nonlocal running, spoken
        now = time.monotonic()
        if console.is_terminal:
            if not running and now - started > _SILENT_S:
                bar.start()
                running = True
            bar.update(task, completed=done, total=total)
        elif now - spoken > _LINE_EVERY_S:
            spoken = now
            say(f"{title}: {done}/{total}")

    try:
        yield report
    finally:
        if running:
            bar.stop()
