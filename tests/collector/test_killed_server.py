"""A server killed while phones send: every receipt that a phone was given is in the store, with its answers."""

from __future__ import annotations

import http.client
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from collector.receipts import load_seals
from collector.store.schema import answer, response, sheet

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PHONES = 8
SERVER = """
import pickle, sys
from pathlib import Path
from collector.store import open_store
from collector.web.server import open_server

folder, url, pickled = sys.argv[1:]
campaign = pickle.loads(Path(pickled).read_bytes())
server = open_server(open_store(Path(folder), campaign.settings, url), campaign, "127.0.0.1", 0)
print(server.effective_port, flush=True)
server.run()
"""


class Phones:
    """Phones that send until the server is gone, and the receipts they were given."""

    def __init__(self, port: int, kill: Any, after: int) -> None:
        self.port, self.kill, self.after = port, kill, after
        self.receipts: dict[str, str] = {}
        self._lock = threading.Lock()

    def send(self, serials: list[str]) -> None:
        try:
            for serial in serials:
                wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=180)
                body = urlencode({"q1": "1", "q2": str(1 + ord(serial[5]) % 5), "q4": "5"})
                wire.request("POST", f"/P/{serial}", body, {"Content-Type": "application/x-www-form-urlencoded"})
                reply = wire.getresponse()
                reply.read()
                self._note(*reply.headers["Phieu-Sheet"].split(" "))
        except (OSError, http.client.HTTPException):
            pass  # the server is gone

    def _note(self, serial: str, _seal: str, receipt: str) -> None:
        with self._lock:
            self.receipts[serial] = receipt
            if len(self.receipts) == self.after:
                self.kill()


@pytest.mark.parametrize("after", [1, 7, 12])
def test_every_receipt_that_a_phone_was_given_outlives_a_killed_server(
    desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    pickled = tmp_path / "campaign.pickle"
    pickled.write_bytes(pickle.dumps(desk.campaign))
    words = [sys.executable, "-c", SERVER, str(desk.store.folder), desk.store.url, str(pickled)]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ.copy())
    assert server.stdout is not None
    serials = desk.serials("SNV")
    phones = Phones(int(server.stdout.readline()), server.kill, after)
    with ThreadPoolExecutor(PHONES) as pool:
        list(pool.map(phones.send, [serials[place::PHONES] for place in range(PHONES)]))
    server.wait()
    server.stdout.close()
    with desk.store.read() as conn:
        rows = conn.execute(select(sheet.c.serial, response.c.receipt).join_from(response, sheet))
        kept = {row.serial: row.receipt for row in rows}
        answered = select(func.count(answer.c.question)).select_from(response).outerjoin(answer).group_by(response.c.id)
        assert set(conn.scalars(answered)) == {6}, "no response without all of its answers"
    assert len(phones.receipts) >= after
    seals = load_seals(desk.campaign.settings.id)
    assert phones.receipts == {one: seals.sign_receipt(one, kept.get(one, "")) for one in phones.receipts}
    assert len(kept) <= len(phones.receipts) + PHONES
