"""A print run beside the server, of units' sheets or of sheets for practice, watched through a small file.

It is a process of its own that outlives the server. What was cut off goes on where it stopped
(collector.printing.journal), with the same serials. Run as `python -m collector.prepare.press FOLDER`. Knows no web.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from collector.detached import Detached
from collector.printing.issue import choose_quotas, print_sheets, reserve_run
from collector.printing.packs import write_packs
from collector.printing.training import print_training
from collector.settings import DATA
from collector.spread import default_jobs
from collector.store import Store, open_store
from collector.store.clock import store_time
from collector.store.events import record_event
from forms.campaign import Campaign
from forms.checkup import check_folder
from forms.errors import InputWrong, PhieuError, Problem, WorkFailed
from forms.words import text

_PRESS = Detached("press", "collector.prepare.press")
_EVERY_S = 0.5
Stage = Literal["waiting", "sheets", "packs", "done", "failed"]


@dataclass(frozen=True)
class PressState:
    """How far a run is: `done` of `total` pages or units; `at` is UTC, ISO 8601; `why` what made it fail.

    `agencies`: whose sheets it writes, () for everybody's; `training`: how many sheets for practice of each
    questionnaire it writes instead, 0 for none.
    `is_alive`: a process is at work on it. One that is neither alive nor over was cut off.
    """

    stage: Stage
    who: str
    at: str
    done: int = 0
    total: int = 0
    sheets: int = 0
    pages: int = 0
    units: int = 0
    why: tuple[Problem, ...] = ()
    agencies: tuple[str, ...] = ()
    training: int = 0
    is_alive: bool = field(default=False, compare=False)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return self.stage in ("done", "failed")


def print_folder(folder: Path) -> Path:
    """Where the console prints to: below data/, which no server gives out by itself."""
    return folder / DATA / "print"


def find_press(folder: Path) -> PressState | None:
    """How far the last run is; None before the first one."""
    kept = _PRESS.load_state(folder)
    if kept is None:
        return None
    with suppress(TypeError, KeyError):
        lists = {"why": tuple(map(Problem.read, kept["why"])), "agencies": tuple(kept["agencies"])}
        return replace(PressState(**kept | lists), is_alive=_PRESS.is_alive(folder))
    return None


def start_press(store: Store, who: str, agencies: Collection[str] = (), training: int = 0) -> None:
    """Begin a run for some agencies' cells or all, or of sheets for practice; nothing where one is at work."""
    found = find_press(store.folder)
    if found is not None and found.is_alive:
        return
    with store.write() as conn:
        told = f"training={training}" if training else ""
        record_event(conn, who, "print.start", " ".join(sorted(agencies)) or "all", told)
    state = PressState("waiting", who, store_time().isoformat(), agencies=tuple(agencies), training=training)
    _write_state(store.folder, state)
    _PRESS.start(store.folder)


def resume_press(folder: Path) -> bool:
    """Go on with a run that the end of a server or machine cut off; whether there was one."""
    found = find_press(folder)
    if found is None or found.is_over or found.is_alive:
        return False
    _PRESS.start(folder)
    return True


def _write_state(folder: Path, state: PressState) -> None:
    kept = asdict(state)
    del kept["is_alive"]
    kept["why"] = [one.keep() for one in state.why]
    _PRESS.keep_state(folder, kept)


def run_press(folder: Path) -> None:
    """Do what start_press asked for, to the end; what goes wrong stands in the state."""
    held = _PRESS.hold(folder)
    if held is None:
        return
    with held:
        state = find_press(folder)
        if state is None or state.is_over:
            return
        try:
            _print(folder, state)
        except InputWrong as wrong:
            _write_state(folder, replace(state, stage="failed", why=wrong.problems))
        except (PhieuError, OSError) as error:
            why = error.args[0] if isinstance(error, WorkFailed) else text("prepare.press_disk")
            _write_state(folder, replace(state, stage="failed", why=(Problem("", why),)))
            raise


def _print(folder: Path, state: PressState) -> None:
    campaign = check_folder(folder, to_print=True)
    store, out = open_store(folder, campaign.settings), print_folder(folder)
    if state.training:
        _print_for_practice(store, campaign, out, state)
        return
    quotas = choose_quotas(campaign, state.agencies, ())
    reserve_run(store, campaign, quotas)
    state = replace(state, stage="sheets")
    printed = print_sheets(store, campaign, out, quotas, None, default_jobs(), _reporter(folder, state))
    state = replace(state, stage="packs", sheets=printed.sheets, pages=printed.pages)
    packed = write_packs(campaign, out, default_jobs(), _reporter(folder, state))
    _write_state(folder, replace(state, stage="done", units=packed.receivers))
    _note_end(store, campaign, state.who, printed.sheets)


def _print_for_practice(store: Store, campaign: Campaign, out: Path, state: PressState) -> None:
    made = print_training(store, campaign, out, state.training)
    _write_state(store.folder, replace(state, stage="done", sheets=made.sheets, pages=made.pages, units=made.files))
    _note_end(store, campaign, state.who, made.sheets)


def _note_end(store: Store, campaign: Campaign, who: str, sheets: int) -> None:
    with store.write() as conn:
        record_event(conn, who, "print.end", campaign.settings.id, str(sheets))
    store.close()


def _reporter(folder: Path, state: PressState) -> Callable[[int, int], None]:
    _write_state(folder, state)
    spoken = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal spoken
        if time.monotonic() - spoken > _EVERY_S or done == total:
            spoken = time.monotonic()
            _write_state(folder, replace(state, done=done, total=total))

    return report


if __name__ == "__main__":
    os.umask(0o077)
    run_press(Path(sys.argv[1]))
