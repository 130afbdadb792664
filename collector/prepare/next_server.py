"""Serving another survey's folder beside this one: a server of its own, on the next free port of this machine."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from collector.files import hold_file, write_whole
from collector.folder_swap import prepare_folder
from collector.settings import DATA
from forms.errors import WorkFailed

_NOTE, _LOG, _BEGINNING = "next.json", "next.log", "next.begin"
_PORTS = 20
_PATIENCE_S = 90  # a server needs some 10 s to begin, on a busy machine several times that
_TOLD_S = 600
LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class NextServer:
    """Where a folder made from this one lies, the port on which it was last served, 0 for never, by what, since when.

    `begun_s`: seconds since 1970.
    """

    folder: str
    port: int = 0
    pid: int = 0
    begun_s: float = 0

    @property
    def is_open(self) -> bool:
        """Whether something answers there."""
        return bool(self.port) and _answers(self.port)

    @property
    def is_starting(self) -> bool:
        """Whether its server is at work on that and does not answer yet."""
        is_young = 0 <= time.time() - self.begun_s < _PATIENCE_S
        return is_young and _is_running(self.pid) and not self.is_open

    @property
    def has_failed(self) -> bool:
        """Whether its server was begun a short while ago and is gone, or too slow to be waited for any longer."""
        return 0 <= time.time() - self.begun_s < _TOLD_S and not self.is_open and not self.is_starting


def keep_next(folder: Path, made: NextServer) -> None:
    """Remember the folder that was made last."""
    write_whole(prepare_folder(folder) / _NOTE, json.dumps(asdict(made)).encode())


def find_next(folder: Path) -> NextServer | None:
    """The folder that was made last, if it is still there."""
    with suppress(OSError, ValueError, TypeError):
        kept = NextServer(**json.loads((folder / DATA / "prepare" / _NOTE).read_bytes()))
        return kept if Path(kept.folder).is_dir() else None
    return None


def begin_next(folder: Path, made: NextServer, host: str, port: int) -> NextServer:
    """Begin to serve a folder at this host, on the first free port after `port`; the server outlives this one.

    It answers some seconds later (find_next tells); nothing where one is at it already.
    """
    with suppress(WorkFailed), hold_file(prepare_folder(folder) / _BEGINNING, WorkFailed(made.folder)):
        found = find_next(folder)
        if found is not None and found.folder == made.folder and (found.is_starting or found.is_open):
            return found
        return _begin(folder, made, host, port)
    return find_next(folder) or made  # somebody else's click has just begun it


def _begin(folder: Path, made: NextServer, host: str, port: int) -> NextServer:
    free = next((one for one in range(port + 1, port + _PORTS) if not _answers(one)), 0)
    command = [sys.executable, "-c", "from collector.cli import main; main()", "serve", made.folder]
    # The address of a database is this survey's
    surroundings = {name: value for name, value in os.environ.items() if name != "PHIEU_DATABASE"}
    with (prepare_folder(folder) / _LOG).open("ab") as log:
        process = subprocess.Popen(
            [*command, "--host", host, "--port", str(free)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=surroundings,
        )
    begun = NextServer(made.folder, free, process.pid, time.time())
    keep_next(folder, begun)
    return begun


def is_this_machine(host: str) -> bool:
    """Whether only programs of this machine reach what listens at a host."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _answers(port: int) -> bool:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as line:
        line.settimeout(0.5)
        return line.connect_ex((LOCAL, port)) == 0


def _is_running(pid: int) -> bool:
    if os.name == "nt":  # nobody can be asked there: its time tells
        return True
    try:
        with suppress(ChildProcessError):  # it is another server's child where this one was started again since
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                return False
        os.kill(pid, 0)
    except OSError:
        return False
    return True
