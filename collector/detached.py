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

from collector.files import write_whole
from collector.folder_swap import PREPARE, prepare_folder
from collector.settings import DATA

try:
    import fcntl
except ImportError:  # Windows has no such lock: there, work that was cut off has to be begun again by hand
    fcntl = None  # type: ignore[assignment]

_BORN_WITH = "PHIEU_LOCK"  # the number of the open lock that a process was started with


@dataclass(frozen=True)
class Detached:
    """One kind of such work: `name` of its files below the campaign's data, and the `module` that does it."""

    name: str
    module: str

    def load_state(self, folder: Path) -> dict[str, Any] | None:
        """How far the last one said it was; None before the first."""
        with suppress(OSError, ValueError, TypeError):
            return dict(json.loads(self._path(folder, "json").read_bytes()))
        return None

    def keep_state(self, folder: Path, state: Mapping[str, Any]) -> None:
        """Say how far it is."""
        prepare_folder(folder)
        write_whole(self._path(folder, "json"), json.dumps(state).encode())

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
                [sys.executable, "-m", self.module, str(folder.resolve())],
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
        prepare_folder(folder)
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
        return folder / DATA / PREPARE / f"{self.name}.{ending}"
