"""Serving a campaign's site with waitress: threads in one process, which is what an embedded database wants."""

from __future__ import annotations

from collections.abc import Callable

from waitress.server import create_server

from collector.store import Store
from collector.web.app import access_code, create_app
from forms.campaign import Campaign
from forms.errors import WorkFailed
from forms.words import text

THREADS = 8


def serve(store: Store, campaign: Campaign, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; WorkFailed where the port is taken. Says the addresses and the console's access code."""
    app = create_app(store, campaign)
    try:
        server = create_server(app, host=host, port=port, threads=THREADS)
    except OSError as error:
        raise WorkFailed(text("serve.port_taken", host=host, port=port)) from error
    address = f"http://{host}:{server.effective_port}"
    say(text("serve.phone", address=address))
    say(text("serve.console", address=address, code=access_code(campaign.settings.id)))
    say(text("serve.stop"))
    try:
        server.run()
    finally:
        server.task_dispatcher.shutdown()
        server.close()
