"""Work asked for on a page: a process of its own that outlives the server and a closed tab, watched by a small file.

One work of a kind is at it at a time: whoever asks again meanwhile watches the same one. What the end of a machine cut
off is begun again with the server. Run as `python -m collector.beside.work FOLDER KIND`. Knows no web.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from collector.detached import Detached
from collector.files import hold_file
from collector.store import Store
from collector.store.clock import store_time
from forms.errors import InputWrong, PhieuError, Problem, WorkFailed
from forms.words import speak_to_screen, text

Kind = Literal["next_survey", "export", "people", "answers", "inviting", "making"]
# Begun again by the server. An edition is not: its figures may have changed since, so somebody asks for it again; nor
# are files that name people, which nobody may be waiting for any more.
RESUMED: tuple[Kind, ...] = ("next_survey", "export", "people", "answers")
Stage = Literal["waiting", "working", "done", "failed"]
Report = Callable[[int, int], None]
_EVERY_S = 0.5


@dataclass(frozen=True)
class Work:
    """What was asked for, by whom, how far it is and what came of it; `at` is UTC, ISO 8601.

    `asked` and `result` hold what JSON can; `problems` is why it failed. `is_alive`: a process is at it. Work that is
    neither alive nor over was cut off. Sentences are kept by their key, and read in the language of who looks.
    """

    kind: Kind
    who: str
    at: str
    asked: Mapping[str, Any]
    stage: Stage = "waiting"
    done: int = 0
    total: int = 0
    result: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    is_alive: bool = field(default=False, compare=False)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.stage in ("done", "failed")

    @property
    def is_running(self) -> bool:
        """Whether a process is at it, with something left to do."""
        return self.is_alive and not self.is_over


def work_folder(folder: Path) -> Path:
    """Where work of the console lies, made if missing; nobody else may look in."""
    return get_process("export").open_place(folder)


def find_work(folder: Path, kind: Kind) -> Work | None:
    """The last work of a kind; None before the first."""
    process = get_process(kind)
    kept = process.load_state(folder)
    if kept is None:
        return None
    with suppress(ValueError, TypeError, KeyError):
        problems = tuple(map(Problem.read, kept.pop("problems")))
        return replace(Work(**kept, problems=problems), is_alive=process.is_alive(folder))
    return None


def start_work(store: Store, kind: Kind, who: str, asked: Mapping[str, Any]) -> bool:
    """Begin some work; False, and nothing, where one of its kind is at it."""
    busy = WorkFailed(kind)
    try:
        with hold_file(work_folder(store.folder) / f"{kind}.asked", busy):  # two clicks at the same moment
            found = find_work(store.folder, kind)
            if found is not None and found.is_running:
                return False
            keep_work(store.folder, Work(kind, who, store_time().isoformat(), asked))
            _spawn(store, kind)
            return True
    except WorkFailed as error:
        if error is busy:
            return False
        raise


def resume_works(store: Store) -> None:
    """Begin again what the end of a server or machine cut off."""
    for kind in RESUMED:
        found = find_work(store.folder, kind)
        if found is not None and not found.is_over and not found.is_alive:
            _spawn(store, kind)


def clear_work(folder: Path, kind: Kind) -> None:
    """Forget a work that is over or was cut off, with what it came to."""
    found = find_work(folder, kind)
    if found is not None and not found.is_running:
        get_process(kind).clear_state(folder)


def keep_work(folder: Path, work: Work) -> None:
    """Write down how far a work is."""
    kept = asdict(work)
    del kept["is_alive"]
    kept["problems"] = [one.keep() for one in work.problems]
    get_process(work.kind).keep_state(folder, kept)


def _spawn(store: Store, kind: Kind) -> None:
    get_process(kind).start(store.folder, store.url)


def get_process(kind: Kind) -> Detached:
    """The process of a kind of work, with its lock and its files."""
    return Detached(kind, "collector.beside.work", "beside", (kind,))


def run_work(folder: Path, kind: Kind) -> None:
    """Do what start_work was asked for, to the end; what goes wrong stands in the work."""
    held = get_process(kind).hold(folder)
    if held is None:
        return
    with held:
        work = find_work(folder, kind)
        if work is None or work.is_over:
            return
        keep_work(folder, work := replace(work, stage="working"))
        report = _Reporter(folder, work)
        try:
            # Only now: until the lock is held nobody sees that this process is at it, and libraries take seconds
            result = import_module(f"collector.beside.{kind}").do(folder, work, report)
        except InputWrong as wrong:
            keep_work(folder, replace(report.work, stage="failed", problems=tuple(wrong.problems)))
        except (PhieuError, OSError) as error:
            why = error.args[0] if isinstance(error, WorkFailed) else text("beside.disk")
            keep_work(folder, replace(report.work, stage="failed", problems=(Problem("", why),)))
            raise
        except BaseException:
            keep_work(folder, replace(report.work, stage="failed", problems=(Problem("", text("beside.broken")),)))
            raise
        else:
            keep_work(folder, replace(report.work, stage="done", result=result))


class _Reporter:
    """Writes down how far a work is, not too often."""

    def __init__(self, folder: Path, work: Work) -> None:
        self.work, self._folder, self._spoken = work, folder, time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        self.work = replace(self.work, done=done, total=total)
        if time.monotonic() - self._spoken > _EVERY_S:
            self._spoken = time.monotonic()
            keep_work(self._folder, self.work)


if __name__ == "__main__":
    os.umask(0o077)
    speak_to_screen(True)
    run_work(Path(sys.argv[1]), sys.argv[2])  # type: ignore[arg-type]  # start_work wrote it
