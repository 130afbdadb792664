"""Pretend phones: the form asked for and answered over real HTTP, against the real server on this machine."""

from __future__ import annotations

import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from collector.store import Store
from collector.web.server import close_from_loop, open_server
from forms.campaign import Campaign


@contextmanager
def local_server(store: Store, campaign: Campaign) -> Iterator[str]:
    """The phone form on a free port of this machine; gives its address."""
    server = open_server(store, campaign, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()  # answers under way are finished first
        close_from_loop(server, server.close)
        thread.join(timeout=5)


def send_by_phone(
    store: Store,
    campaign: Campaign,
    posts: Sequence[tuple[str, list[tuple[str, str]]]],
    report: Callable[[int, int], None],
) -> Counter[int]:
    """Open and send the form of each (serial, fields); counts the HTTP statuses of the answers."""
    statuses: Counter[int] = Counter()
    with local_server(store, campaign) as address:
        for done, (serial, fields) in enumerate(posts, 1):
            url = f"{address}/P/{serial}"
            with urllib.request.urlopen(url, timeout=30) as form:
                form.read()
            statuses[_post(url, fields)] += 1
            report(done, len(posts))
    return statuses


def _post(url: str, fields: list[tuple[str, str]]) -> int:
    body = urllib.parse.urlencode(fields).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=30) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
