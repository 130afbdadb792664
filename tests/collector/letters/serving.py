"""A real SMTP server on a port of its own."""

from __future__ import annotations

import socket
from collections.abc import Awaitable
from typing import Any

from aiosmtpd.controller import Controller

from tests.waiting import PATIENCE_S


class _OnItsPort(Controller):
    """Listens where it is bound from the beginning: a port that was let go is another's a moment later."""

    def __init__(self, handler: Any, **options: Any) -> None:
        self._bound = socket.create_server(("127.0.0.1", 0))
        port = self._bound.getsockname()[1]
        super().__init__(handler, hostname="127.0.0.1", port=port, ready_timeout=PATIENCE_S, **options)

    def _create_server(self) -> Awaitable[Any]:
        return self.loop.create_server(self._factory_invoker, sock=self._bound, ssl=self.ssl_context)


def start_mail_server(handler: Any, **options: Any) -> Controller:
    """The server, once it answers; to be stopped."""
    controller = _OnItsPort(handler, **options)
    controller.start()
    return controller
