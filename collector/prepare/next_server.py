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

from collector.files import write_whole
from collector.folder_swap import prepare_folder
from collector.settings import DATA

_NOTE, _LOG = "next.json", "next.log"
_PORTS = 20
_PATIENCE_S = 30
LOCAL = "127.0.0.1"


@dataclass(frozen=True)
class NextServer:
    """Where a folder made from this one lies, the port on which it was last served, 0 for never, and by what."""

    folder: str
    port: int = 0
    pid: int = 0

    @property
    def is_open(self) -> bool:
        """Whether something answers there."""
        return bool(self.port) and _answers(self.port)


def keep_next(folder: Path, made: NextServer) -> None:
    """Remember the folder that was made last."""
    write_whole(prepare_folder(folder) / _NOTE, json.dumps(asdict(made)).encode())


def find_next(folder: Path) -> NextServer | None:
    """The folder that was made last, if it is still there."""
    with suppress(OSError, ValueError, TypeError):
        kept = NextServer(**json.loads((folder / DATA / "prepare" / _NOTE).read_bytes()))
        return kept if Path(kept.folder).is_dir() else None
    return None


def open_next(folder: Path, made: NextServer, host: str, port: int) -> NextServer:
    """Serve a folder at this host, on the first free port after `port`; the server outlives this one.

    Gives port 0 where it did not begin to answer.
    """
    if made.is_open:
        return made
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
    until = time.monotonic() + _PATIENCE_S
    while process.poll() is None and time.monotonic() < until and not _answers(free):
        time.sleep(0.2)
    opened = NextServer(made.folder, free if _answers(free) else 0, process.pid)
    keep_next(folder, opened)
    return opened


def is_this_machine(host: str) -> bool:
    """Whether only programs of this machine reach what listens at a host."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _answers(port: int) -> bool:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as line:
        line.settimeout(0.5)
        return line.connect_ex((LOCAL, port)) == 0
