"""Serving a campaign's site with waitress: threads in one process, which is what an embedded database wants."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waitress.server import create_server

from collector.beside.parcel import drop_stale_parcel
from collector.beside.upload import LIST_LASTS_S, drop_stale
from collector.beside.work import resume_works
from collector.letters.background import LetterSender
from collector.prepare.press import resume_press
from collector.prepare.shelf import SETTINGS
from collector.scans.feeding import FolderFeed, keep_fed
from collector.scans.uploads import UploadReader
from collector.store import Store
from collector.store.order import empty_log
from collector.tried_copy import drop_left_copies
from collector.web.app import LARGEST_PICTURE_BYTES, PARTS, Part, create_app
from collector.web.bodies import each_server, make_channel
from collector.web.closing import ServedCampaign
from collector.web.drafts import drop_old_drafts
from collector.web.failures import quiet_server_log
from collector.web.succession import LISTENING
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem, WorkFailed
from forms.words import text

THREADS = 8
_PROXY = "PHIEU_PROXY"
_SWEEP_EVERY_S = 60.0
_log = logging.getLogger(__name__)
Sweep = Callable[[Store], object]


def proxy_address() -> str:
    """The address (PHIEU_PROXY) of the one proxy whose word on client and TLS is taken, "" for none; InputWrong."""
    written = os.environ.get(_PROXY, "").strip()
    try:
        return str(ipaddress.ip_address(written)) if written else ""
    except ValueError as error:
        problem = Problem(_PROXY, text("serve.proxy_wrong", given=written), text("serve.proxy_fix"))
        raise InputWrong([problem]) from error


@dataclass(frozen=True)
class Door:
    """Where a server listens, and for what."""

    host: str
    port: int
    parts: tuple[Part, ...] = PARTS


def open_server(
    store: Store,
    campaign: Campaign,
    host: str,
    port: int,
    proxy: str = "",
    parts: tuple[Part, ...] = PARTS,
    reader: UploadReader | None = None,
    sender: LetterSender | None = None,
) -> Any:
    """A web server that is bound and not yet run (waitress'); WorkFailed where the port is taken.

    What a browser writes into the headers of a proxy is thrown away, unless it is `proxy` that speaks. A body that the
    app would refuse is refused before it is taken in, so that nobody fills the disk with it.
    """
    quiet_server_log()
    trusted = {"trusted_proxy": proxy, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"} if proxy else {}
    app = create_app(store, campaign, behind_proxy=bool(proxy), parts=parts, reader=reader, sender=sender)
    app.config[LISTENING] = host, port
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            max_request_body_size=LARGEST_PICTURE_BYTES,
            clear_untrusted_proxy_headers=True,
            **trusted,
        )
    except (OSError, ValueError) as error:  # ValueError: a name that leads to no machine
        raise WorkFailed(text("serve.port_taken", host=host, port=port)) from error
    if "console" in parts:
        for one in each_server(server):
            one.channel_class = make_channel(app)
    return server


def close_from_loop(server: Any, close: Callable[[], object]) -> None:
    """Has the loop of a running server call `close` in its own thread, for sockets must not go under it.

    The end of an answer may wake the loop at any moment; it must not find the call, and close the pipe that wakes it,
    before it was woken for it.
    """
    with server.trigger.lock:
        server.trigger.thunks.append(close)
        server.trigger.pull_trigger()


def shown_addresses(server: Any) -> list[str]:
    """The addresses that a person can type for a bound server, with this machine's name for "every address"."""
    sockets = getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]
    everywhere = {"0.0.0.0", "::"}
    names = [(socket.gethostname() if host in everywhere else host, port) for host, port in sockets]
    return list(
        dict.fromkeys(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}" for host, port in names)
    )


def serve(
    store: Store, campaign: Campaign, doors: Sequence[Door], say: Callable[[str], None], watched: Sequence[Path] = ()
) -> None:
    """Serve at every door until Ctrl-C, behind PHIEU_PROXY where it is set; says the addresses.

    `watched`: folders whose scans join the queue of the console. WorkFailed where a port is taken, InputWrong where
    PHIEU_PROXY is no address.
    """
    # A reader of scans that ends with the server, in the middle of a file, leaves semaphores; Python's tracker puts
    # them away, and would tell whoever pressed Ctrl-C about it
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker")
    proxy, servers, reader, over = proxy_address(), [], UploadReader(store), threading.Event()
    sender = LetterSender(store, ServedCampaign(campaign, store.folder / SETTINGS).get)
    try:
        for door in doors:
            server = open_server(store, campaign, door.host, door.port, proxy, door.parts, reader, sender)
            servers.append(server)
            for address in shown_addresses(server):
                if "public" in door.parts:
                    say(text("serve.phone", address=address))
                if "console" in door.parts:
                    say(text("serve.console", address=address))
        say(text("serve.stop"))
        has_console = any("console" in door.parts for door in doors)
        sweeps = list_sweeps(campaign, has_console)
        threading.Thread(target=keep_swept, args=(store, sweeps, over), name="sweep", daemon=True).start()
        if has_console:
            reader.wake()  # scans that waited when the server ended
            if watched:
                fed = FolderFeed(store, watched, say), reader, over
                threading.Thread(target=keep_fed, args=fed, name="watched", daemon=True).start()
            sender.begin()
            drop_stale_parcel(store, 0)  # whoever had it made asks again
            resume_works(store)
            if resume_press(store.folder):
                say(text("prepare.press_resumed"))
        for server in servers[1:]:
            threading.Thread(target=server.run, daemon=True).start()
        servers[0].run()
    finally:
        over.set()
        for server in servers:
            server.task_dispatcher.shutdown()
            server.close()
        reader.close()
        sender.close()


def list_sweeps(campaign: Campaign, has_console: bool) -> list[Sweep]:
    """What is put away every minute: what names people, and where a group is unlinked what led from one to a sheet."""
    sweeps: list[Sweep] = [drop_left_copies]
    if any(group.privacy == "unlinked" for group in campaign.settings.groups):
        sweeps.append(empty_log)  # a link which an answer took away would outlive it there
    if has_console:
        sweeps += [lambda store: drop_stale(store.folder, "people", LIST_LASTS_S), drop_stale_parcel, drop_old_drafts]
    return sweeps


def keep_swept(store: Store, sweeps: Sequence[Sweep], over: threading.Event, every_s: float = _SWEEP_EVERY_S) -> None:
    """Put away at once and again and again, until it is `over`; what fails is tried again the next time."""
    while not over.is_set():
        for sweep in sweeps:
            try:
                sweep(store)
            except Exception as error:  # a thread that dies would leave all of it for good
                _log.warning("%s: %s", threading.current_thread().name, type(error).__name__)
        over.wait(every_s)
