"""Work in a process of its own that outlives the server, one of a kind at a campaign folder, watched through a file.

Knows no web and nothing of the work: that is a module with a `__main__`, which is given the folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from collector.files import private_file
from collector.folder_swap import PREPARE
from collector.settings import DATA

try:
    import fcntl
except ImportError:  # Windows has no such lock: there, work that was cut off has to be begun again by hand
    fcntl = None  # type: ignore[assignment]

_BORN_WITH = "PHIEU_LOCK"  # the number of the open lock that a process was started with


@dataclass(frozen=True)
class Detached:
    """One kind of such work: the `name` of its files, the `module` that does it and what that is `told` beside the
    folder; the files' `place` below the campaign's data.
    """

    name: str
    module: str
    place: str = PREPARE
    told: tuple[str, ...] = ()

    def open_place(self, folder: Path) -> Path:
        """Where its files lie, made if missing; nobody else may look in."""
        place = folder / DATA / self.place
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    def load_state(self, folder: Path) -> dict[str, Any] | None:
        """How far the last one said it was; None before the first."""
        with suppress(OSError, ValueError, TypeError):
            return dict(json.loads(self._path(folder, "json").read_bytes()))
        return None

    def keep_state(self, folder: Path, state: Mapping[str, Any]) -> None:
        """Say how far it is."""
        self.open_place(folder)
        with private_file(self._path(folder, "json")) as path:
            path.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")

    def clear_state(self, folder: Path) -> None:
        """Forget the last one."""
        self._path(folder, "json").unlink(missing_ok=True)

    def start(self, folder: Path, url: str | None = None) -> None:
        """Start the process, unless one is at work. It is born with the lock, however long it takes to begin.

        `url`: the address of its database, which may hold a password, so it goes by the environment.
        """
        held = self.hold(folder)
        if held is None:
            return
        given = {} if url is None else {"PHIEU_DATABASE": url}
        with held, self._path(folder, "log").open("ab") as log:
            passed = () if fcntl is None else (held.fileno(),)
            born_with = {_BORN_WITH: str(passed[0])} if passed else {}
            subprocess.Popen(
                [sys.executable, "-m", self.module, str(folder.resolve()), *self.told],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=passed,
                env={**os.environ, **given, **born_with},
            )

    def hold(self, folder: Path) -> IO[str] | None:
        """The lock of the one process at work, which goes with it; None where another has it."""
        born_with = os.environ.pop(_BORN_WITH, "")
        if born_with:
            return os.fdopen(int(born_with), "a", encoding="ascii")
        self.open_place(folder)
        file = self._path(folder, "lock").open("a", encoding="ascii")
        if fcntl is None:
            return file
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    def is_alive(self, folder: Path) -> bool:
        """Whether a process is at work."""
        if fcntl is None or not self._path(folder, "lock").exists():
            return False
        file = self.hold(folder)
        if file is not None:
            file.close()
        return file is None

    def _path(self, folder: Path, ending: str) -> Path:
        return folder / DATA / self.place / f"{self.name}.{ending}"
