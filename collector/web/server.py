"""Serving a campaign's site with waitress: threads in one process, which is what an embedded database wants."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable
from typing import Any

from waitress.server import create_server

from collector.prepare.press import resume_press
from collector.store import Store
from collector.web.app import LARGEST_PICTURE_BYTES, create_app
from collector.web.failures import quiet_server_log
from collector.web.succession import LISTENING
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem, WorkFailed
from forms.words import text

THREADS = 8
_PROXY = "PHIEU_PROXY"


def proxy_address() -> str:
    """The address (PHIEU_PROXY) of the one proxy whose word on client and TLS is taken, "" for none; InputWrong."""
    written = os.environ.get(_PROXY, "").strip()
    try:
        return str(ipaddress.ip_address(written)) if written else ""
    except ValueError as error:
        problem = Problem(_PROXY, text("serve.proxy_wrong", given=written), text("serve.proxy_fix"))
        raise InputWrong([problem]) from error


def open_server(store: Store, campaign: Campaign, host: str, port: int, proxy: str = "") -> Any:
    """A web server that is bound and not yet run (waitress'); WorkFailed where the port is taken.

    What a browser writes into the headers of a proxy is thrown away, unless it is `proxy` that speaks. A body that the
    app would refuse is refused before it is taken in, so that nobody fills the disk with it.
    """
    quiet_server_log()
    trusted = {"trusted_proxy": proxy, "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto"} if proxy else {}
    try:
        app = create_app(store, campaign, behind_proxy=bool(proxy))
        app.config[LISTENING] = host, port
        return create_server(
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


def shown_addresses(server: Any) -> list[str]:
    """The addresses that a person can type for a bound server, with this machine's name for "every address"."""
    sockets = getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]
    everywhere = {"0.0.0.0", "::"}
    names = [(socket.gethostname() if host in everywhere else host, port) for host, port in sockets]
    return list(
        dict.fromkeys(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}" for host, port in names)
    )


def serve(store: Store, campaign: Campaign, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C, behind PHIEU_PROXY where it is set; says the addresses.

    WorkFailed where the port is taken, InputWrong where PHIEU_PROXY is no address.
    """
    server = open_server(store, campaign, host, port, proxy_address())
    if resume_press(store.folder):
        say(text("prepare.press_resumed"))
    for address in shown_addresses(server):
        say(text("serve.phone", address=address))
        say(text("serve.console", address=address))
    say(text("serve.stop"))
    try:
        server.run()
    finally:
        server.task_dispatcher.shutdown()
        server.close()
