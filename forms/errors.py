"""The error tree of every room, and the problem that a person can act on.

    PhieuError            anything we raise on purpose
      InputWrong          what we were given is wrong; carries every problem found
      WorkFailed          the input is fine, the work could not be done
        NotFound          a serial, an agency, a file that is not there

Statuses of HTTP live in collector/web/statuses.py, exit codes in collector/cli; nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from forms.words import keep_words, say_kept


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: where (FILE:ROW or FILE, cell), what, and what to do about it."""

    where: str
    what: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" → {self.fix}" if self.fix else "")

    def keep(self) -> list[Any]:
        """What JSON can hold of it, of sentences their keys: who reads it later has a language of their own."""
        return [keep_words(words) for words in (self.where, self.what, self.fix)]

    @classmethod
    def read(cls, kept: Iterable[Any]) -> Problem:
        """The problem that was kept, in the language of whoever reads."""
        return cls(*map(say_kept, kept))


class PhieuError(Exception):
    """Anything raised on purpose; `code` is stable and never translated."""

    code = "error"


class InputWrong(PhieuError):
    """The input is wrong; `problems` holds every problem found, in reading order."""

    code = "input_wrong"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class WorkFailed(PhieuError):
    """The input is fine and the work could not be done."""

    code = "work_failed"


class NotFound(WorkFailed):
    """What was named is not there."""

    code = "not_found"
