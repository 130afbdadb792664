"""Work in a process of its own that outlives the server, one of a kind at a campaign folder, watched through a file.

Knows no web and nothing of the work: that is a module with a `__main__`, which is given the folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
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
        """Start the process; returns once it holds its lock, so that whoever asks next finds it alive.

        `url`: the address of its database, which may hold a password, so it goes by the environment.
        """
        environment = os.environ if url is None else {**os.environ, "PHIEU_DATABASE": url}
        self.open_place(folder)
        command = [sys.executable, "-m", self.module, str(folder.resolve()), *self.told]
        with self._path(folder, "log").open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                close_fds=True,
                env=environment,
            )
        for _ in range(100):
            if process.poll() is not None or self.is_alive(folder):
                return
            time.sleep(0.05)

    def hold(self, folder: Path) -> IO[str] | None:
        """The lock of the one process at work, which goes with it; None where another has it."""
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
