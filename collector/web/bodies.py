"""How much may be sent to the server before anything looks at it: little, save by staff to the screen of scans.

The server takes a whole body onto its disk before the app is asked; a limit for scans that held for everybody would let
anybody fill it.
"""

from __future__ import annotations

import copy
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

from collector.store import Store
from collector.web.access import peek_person
from collector.web.site import EXTENSION
from collector.web.uploads import LARGEST_UPLOAD_BYTES, PATH, find_room_bytes


def make_channel(app: Flask) -> type[Any]:
    """The server's channel (waitress') whose parser lets large bodies in from whoever is logged in.

    By their length, before a byte of them is taken: not where the campaign's disk has no room for what becomes of them.
    """
    store: Store = app.extensions[EXTENSION].store

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        adj: Any

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if self.command == "POST" and self.path == PATH and is_staff(app, self.headers.get("COOKIE", "")):
                roomy: Any = copy.copy(self.adj)
                roomy.max_request_body_size = min(LARGEST_UPLOAD_BYTES, find_room_bytes(store))
                self.adj = roomy

    class Channel(HTTPChannel):  # type: ignore[misc]
        parser_class = Parser

    return Channel


def is_staff(app: Flask, cookie: str) -> bool:
    """Whether the cookies of a request are those of somebody who may hand scans in.

    The thread that asks serves every connection: it reads and never waits for whoever writes.
    """
    with app.test_request_context(PATH, headers={"Cookie": cookie}):
        person = peek_person()
        return person is not None and person.may("uploads.send")


def each_server(server: Any) -> list[Any]:
    """The servers behind what waitress gives: itself, or one for each address."""
    found = server.map.values() if hasattr(server, "effective_listen") else [server]
    return [one for one in found if hasattr(one, "channel_class")]
