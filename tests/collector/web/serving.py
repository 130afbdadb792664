"""An app at an address of this machine, and a browser's page to look at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page
from waitress.server import create_server

from collector.web.server import close_from_loop


@contextmanager
def serve_app(app: Flask) -> Iterator[str]:
    """Its address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    with run_server(server):
        yield f"http://127.0.0.1:{server.effective_port}"


@contextmanager
def run_server(server: Any) -> Iterator[None]:
    """Runs what waitress bound, and ends it.

    The loop's own thread closes, or it would select on a socket that is gone.
    """
    loop = threading.Thread(target=server.run, daemon=True)

    def close() -> None:
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    loop.start()
    try:
        yield
    finally:
        server.task_dispatcher.shutdown()
        close_from_loop(server, close)
        loop.join(timeout=60)
    assert not loop.is_alive(), "the loop ends when nothing is left to serve"


def open_page(browser: Browser, width_px: int, height_px: int, **more: Any) -> Page:
    """A page of a browser that nobody used before, which waits as long as a loaded machine needs."""
    view: Any = {"width": width_px, "height": height_px}
    page = browser.new_context(viewport=view, **{"locale": "vi-VN", **more}).new_page()
    page.set_default_timeout(120_000)
    return page
