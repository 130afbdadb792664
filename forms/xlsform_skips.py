"""From `relevant` on questions to the skips that a sheet prints: a run of questions with one condition is one skip.

A question's skip sends whoever chose an option past the questions that follow, up to its target.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forms.relevance import Asked, Term


@dataclass(frozen=True)
class Run:
    """Questions `first` to `last` (from 0) that those do not answer who chose one of the options of a question."""

    question: str
    options: tuple[str, ...]
    first: int
    last: int

    @property
    def condition(self) -> str:
        """As a skip's `if` has it."""
        return f"{self.question} in [{', '.join(self.options)}]"


def find_runs(terms: Sequence[set[Term]], asked: Mapping[str, Asked]) -> list[Run]:
    """The runs of all questions' terms, by where they begin; options with the same run are put together."""
    together: dict[tuple[str, int, int], list[str]] = {}
    for question, about in asked.items():
        for option in about.options:
            for first, last in _stretches([(question, option) in of_one for of_one in terms]):
                together.setdefault((question, first, last), []).append(option)
    runs = [Run(question, tuple(options), first, last) for (question, first, last), options in together.items()]
    return sorted(runs, key=lambda run: (run.first, run.last))


def _stretches(held: Sequence[bool]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for place, holds in enumerate(held):
        if holds and found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        elif holds:
            found.append((place, place))
    return found
