"""An edition of the index, or a frozen one, made beside the server and watched through a small file. Knows no web.

One is made at a time. What was cut off is not gone on with: it left nothing, and its figures may have changed since,
so somebody asks for it again. Run as `python -m collector.making FOLDER`, with the state that start_making wrote.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from collector.detached import Detached
from collector.freezing import STEPS, freeze_campaign
from collector.frozen_results import has_index
from collector.index import STEPS as INDEX_STEPS
from collector.index import write_index
from collector.settings import DATA
from collector.store import Store, open_store
from collector.store.clock import store_time
from forms.errors import InputWrong, PhieuError, WorkFailed
from forms.folder import load_campaign
from forms.index_points import load_index
from forms.words import speak_to_screen, text

_MAKING = Detached("making", "collector.making")
FREEZE = "freeze"
Stage = Literal["waiting", "making", "done", "failed"]


@dataclass(frozen=True)
class MakingState:
    """What is made: the `code` of an edition, or FREEZE; `done` of `total` steps; `at` is UTC, ISO 8601.

    `why`: what made it fail. `digest` of what was frozen; `lacks_index`: without an index for want of points.
    `is_alive`: a process is at work on it. One that is neither alive nor over was cut off.
    """

    code: str
    who: str
    at: str
    stage: Stage = "waiting"
    provisional: bool = False
    done: int = 0
    total: int = 0
    why: tuple[str, ...] = ()
    digest: str = ""
    lacks_index: bool = False
    is_alive: bool = field(default=False, compare=False)

    @property
    def is_over(self) -> bool:
        """Whether it was made, or failed."""
        return self.stage in ("done", "failed")

    @property
    def is_running(self) -> bool:
        """Whether somebody has to wait for it."""
        return self.is_alive and not self.is_over


def edition_folder(folder: Path, code: str) -> Path:
    """Where the files of an edition that was made here lie."""
    return folder / DATA / "editions" / code


def frozen_folder(folder: Path) -> Path:
    """Where frozen editions that were made here lie, each called after its hash."""
    return folder / DATA / "frozen"


def find_making(folder: Path) -> MakingState | None:
    """How far the last one is; None before the first."""
    kept = _MAKING.load_state(folder)
    if kept is None:
        return None
    with suppress(TypeError):
        return replace(MakingState(**kept | {"why": tuple(kept["why"])}), is_alive=_MAKING.is_alive(folder))
    return None


def start_making(store: Store, code: str, who: str, provisional: bool = False) -> bool:
    """Begin an edition or a freeze; False, and nothing, where one is being made."""
    found = find_making(store.folder)
    if found is not None and found.is_running:
        return False
    _keep(store.folder, MakingState(code, who, store_time().isoformat(), provisional=provisional))
    _MAKING.start(store.folder, store.url)
    return True


def run_making(folder: Path) -> None:
    """Do what start_making asked for; what goes wrong stands in the state."""
    held = _MAKING.hold(folder)
    if held is None:
        return
    with held:
        state = find_making(folder)
        if state is None or state.is_over:
            return
        try:
            _keep(folder, _make(folder, replace(state, stage="making")))
        except InputWrong as wrong:
            _keep(folder, replace(state, stage="failed", why=tuple(map(str, wrong.problems))))
        except (PhieuError, OSError) as error:
            why = str(error) if isinstance(error, WorkFailed) else text("prepare.press_disk")
            _keep(folder, replace(state, stage="failed", why=(why,)))
            raise
        except Exception:
            _keep(folder, replace(state, stage="failed", why=(text("freeze.fault"),)))
            raise


def _make(folder: Path, state: MakingState) -> MakingState:
    if state.code == FREEZE:
        return _freeze(folder, state)
    campaign, points = load_index(folder)
    store = open_store(folder, campaign.settings)
    try:
        report = _reporter(folder, replace(state, total=INDEX_STEPS))
        write_index(store, campaign, points, edition_folder(folder, state.code), state.code, state.who, report=report)
        return replace(state, stage="done")
    finally:
        store.close()


def _freeze(folder: Path, state: MakingState) -> MakingState:
    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    try:
        report = _reporter(folder, replace(state, total=STEPS))
        out = frozen_folder(folder)
        out.mkdir(parents=True, exist_ok=True)
        made = freeze_campaign(store, campaign, out, state.who, state.provisional, report=report)
        lacks_index = has_index(made.files) and "results/index.csv" not in made.files
        return replace(state, stage="done", digest=made.digest, lacks_index=lacks_index)
    finally:
        store.close()


def _reporter(folder: Path, state: MakingState) -> Callable[[int, int], None]:
    _keep(folder, state)
    return lambda done, total: _keep(folder, replace(state, done=done, total=total))


def _keep(folder: Path, state: MakingState) -> None:
    kept = asdict(state)
    del kept["is_alive"]
    _MAKING.keep_state(folder, kept)


if __name__ == "__main__":
    os.umask(0o077)
    speak_to_screen(True)
    run_making(Path(sys.argv[1]))
