"""Sixty phones before one code, over real HTTP: one answer is taken in, and everybody else is told the truth."""

from __future__ import annotations

import http.client
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import pytest

from collector.review.deciding import list_conflicts
from collector.store import Store
from collector.store.quota import quota_rows

pytestmark = pytest.mark.slow
PHONES = 60
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def send_at_once(address: str, serial: str, said: list[dict[str, str]]) -> list[tuple[int, str]]:
    """Each phone's own connection; status and receipt, "" without one."""
    together = Barrier(len(said))

    def send(fields: dict[str, str]) -> tuple[int, str]:
        conn = http.client.HTTPConnection(address.removeprefix("http://"), timeout=600)
        together.wait()
        conn.request("POST", f"/P/{serial}", urlencode(fields), FORM)
        reply = conn.getresponse()
        reply.read()
        conn.close()
        return reply.status, " ".join((reply.getheader("Phieu-Sheet") or "").split(" ")[2:])

    with ThreadPoolExecutor(len(said)) as pool:
        return list(pool.map(send, said))


def accepted(store: Store) -> int:
    with store.read() as conn:
        return sum(row.accepted for row in quota_rows(conn))


def test_sixty_phones_that_say_the_same_get_one_receipt(address: str, desk: Any, store: Store) -> None:
    replies = send_at_once(address, desk.serials()[0], [{"q2": "5"}] * PHONES)
    assert Counter(status for status, _ in replies) == {201: 1, 200: PHONES - 1}
    assert len({receipt for _, receipt in replies}) == 1
    assert accepted(store) == 1


def test_of_sixty_that_all_say_something_else_one_was_first_and_all_are_kept(
    address: str, desk: Any, store: Store
) -> None:
    serial = desk.serials("SNV")[0]
    replies = send_at_once(address, serial, [{"q2": "5", "q6": f"người thứ {n}"} for n in range(PHONES)])
    assert Counter(status for status, _ in replies) == {201: 1, 409: PHONES - 1}
    assert len({receipt for _, receipt in replies}) == PHONES
    assert accepted(store) == 0  # until a person has decided
    with store.read() as conn:
        assert len(list_conflicts(conn)) == PHONES - 1
