"""The help of every command in the person's own language; click itself speaks English around our sentences."""

from __future__ import annotations

from collections.abc import Iterable

import click

from forms.words import text

_HEADINGS = {"Options": "cli.help_options", "Commands": "cli.help_commands"}
_SENTENCES = {"Show this message and exit.": "cli.help_this", "Show the version and exit.": "cli.help_version"}
_NOTES = {"[default: ": "cli.help_default", "required]": "cli.help_required"}


class HelpWords(click.HelpFormatter):
    """click's formatter, with its own few words from the catalogue."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that says how a command is written."""
        super().write_usage(prog, args, text("cli.help_usage") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """The word above a list."""
        super().write_heading(text(_HEADINGS[heading]) if heading in _HEADINGS else heading)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """A list of options or commands, each with what it does."""
        super().write_dl([(term, _said(told)) for term, told in rows], col_max, col_spacing)


def _said(told: str) -> str:
    if told in _SENTENCES:
        return text(_SENTENCES[told])
    for english, key in _NOTES.items():
        told = told.replace(english, text(key))
    return told


# Contexts of subcommands are click's own: the class attribute is the one place that reaches them all
click.Context.formatter_class = HelpWords
