"""Work that would hold the server's threads up, done in a process beside it while the request waits."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from forms.errors import InputWrong, Problem
from forms.words import speak_to_screen

Made = TypeVar("Made")


def run_beside(work: Callable[..., Made], *given: object) -> Made:
    """What the work gives; InputWrong as it raised it. Work and what it is given go through pickle."""
    # A fork of a process with threads could stand still for ever: the worker is spawned
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin) as pool:
        made, problems = pool.submit(_run, work, given).result()
    if problems:
        raise InputWrong(problems)
    return made  # type: ignore[return-value]  # without problems it is there


def _begin() -> None:
    """Ctrl-C ends the server, which waits for what is being written; the words are read at a screen."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    speak_to_screen(True)


def _run(work: Callable[..., Made], given: tuple[object, ...]) -> tuple[Made | None, tuple[Problem, ...]]:
    try:
        return work(*given), ()
    except InputWrong as wrong:  # told as data: it does not come through pickle whole
        return None, wrong.problems
