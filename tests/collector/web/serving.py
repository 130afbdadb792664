"""An app at an address of this machine, and a browser's page to look at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page
from waitress.server import create_server


@contextmanager
def serve_app(app: Flask) -> Iterator[str]:
    """Its address; closed by the loop's own thread, which else would select on a socket that is gone."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    loop = threading.Thread(target=server.run, daemon=True)

    def close() -> None:
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    loop.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(close)
        loop.join()
        server.task_dispatcher.shutdown()


def open_page(browser: Browser, width_px: int, height_px: int, **more: Any) -> Page:
    """A page of a browser that nobody used before, which waits as long as a loaded machine needs."""
    view: Any = {"width": width_px, "height": height_px}
    page = browser.new_context(viewport=view, **{"locale": "vi-VN", **more}).new_page()
    page.set_default_timeout(120_000)
    return page
