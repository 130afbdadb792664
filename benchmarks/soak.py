"""A long, even load on a real `phieu serve`: so many answers arrive every second, whatever the server makes of them.

Called by `python -m benchmarks.submissions --soak MINUTES --rate N`. Every arrival is a phone with a connection of its
own, at its place on the clock: a wait counts from the moment at which the phone wanted to send, so a server that falls
behind cannot hide it. A phone without a receipt tries again after two seconds, as its script does, up to five times.
"""

from __future__ import annotations

import http.client
import statistics
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.submissions import (
    FORM,
    HEADER,
    Engine,
    Phones,
    cpu_s,
    fields_of,
    make_folder,
    measure_bare,
    reconcile,
    served,
)
from collector.printing.issue import reserve_run
from collector.store import open_store
from collector.store.schema import response
from collector.store.sheets import list_sheets

WAITING_PHONES = 200  # at one moment; more wait their turn, and their wait counts
TRIES, AGAIN_S = 5, 2.0
AGAIN_EVERY = 10  # every so many phones send what they sent before once more
MINUTE_S = 60.0


@dataclass(frozen=True)
class Minute:
    """What phones met that wanted to send in one minute; `memory_mb` of the server at its end."""

    minute: int
    sent: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    worst_ms: float
    memory_mb: float


@dataclass
class Soak:
    """What a long load came to. `retried`: sendings without a receipt; `given_up`: phones that never got one."""

    engine: str
    asked_per_s: float
    seconds: float
    sheets: int
    per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    worst_ms: float
    server_cpu_ms: float
    peak_memory_mb: float
    bare_one_per_s: float
    statuses: dict[int, int]
    retried: int
    given_up: int
    rows: int
    lost: int
    doubled: int
    unasked: int
    minutes: list[Minute] = field(default_factory=list)


class Arrivals(Phones):
    """Phones that want to send at their moments, and what they were told."""

    def __init__(self, port: int, rate: float, with_form: bool) -> None:
        super().__init__(port)
        self.rate, self.with_form = rate, with_form
        self.waits: dict[int, list[float]] = {}  # by minute, ms
        self.retried = self.given_up = 0
        self.began = 0.0

    def arrive(self, place: int, serial: str) -> None:
        """One phone: asks for its form where wanted, sends, and sends again until it has a receipt."""
        wanted = self.began + place / self.rate
        time.sleep(max(0.0, wanted - time.perf_counter()))
        for _ in range(TRIES):
            if self._try(serial):
                break
            with self._lock:
                self.retried += 1
            time.sleep(AGAIN_S)
        else:
            with self._lock:
                self.given_up += 1
        wait_ms = 1000 * (time.perf_counter() - wanted)
        with self._lock:
            self.waits.setdefault(int(place / self.rate // MINUTE_S), []).append(wait_ms)
        if place % AGAIN_EVERY == 0:
            self._try(serial)

    def _try(self, serial: str) -> bool:
        """Whether a receipt came."""
        conn = http.client.HTTPConnection("127.0.0.1", self.port, timeout=45)
        try:
            if self.with_form:
                conn.request("GET", f"/P/{serial}", headers={"Accept-Encoding": "gzip"})
                conn.getresponse().read()
            conn.request("POST", f"/P/{serial}", fields_of(serial), FORM)
            reply = conn.getresponse()
            reply.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            conn.close()
        said = reply.getheader(HEADER, "")
        self._note(serial, reply.status, said, None)
        return len(said.split(" ")) == 3


def read_memory_mb(pid: int, name: str) -> float:
    """VmRSS (now) or VmHWM (the most so far) of a process, from /proc (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def run_soak(engine: Engine, folder: Path, minutes: float, rate: float, with_form: bool) -> Soak:
    """Load one engine evenly; what it did. Says each minute on stderr as it ends."""
    count = round(rate * minutes * MINUTE_S)
    campaign = make_folder(folder / "campaign", count)
    store = open_store(folder / "campaign", campaign.settings, engine.url)
    reserve_run(store, campaign, campaign.quotas)
    with store.read() as conn:
        serials = [one.serial for one in list_sheets(conn)][:count]
    bare = [measure_bare(engine, 1)]
    with served(folder / "campaign", engine.url) as (port, process), ThreadPoolExecutor(WAITING_PHONES) as pool:
        phones, before = Arrivals(port, rate, with_form), cpu_s(process)
        ended = threading.Event()
        memory: list[float] = []
        watch = threading.Thread(target=_watch, args=(process.pid, memory, phones, ended), daemon=True)
        phones.began = time.perf_counter()
        watch.start()
        for job in [pool.submit(phones.arrive, place, serial) for place, serial in enumerate(serials)]:
            job.result()
        took_s, spent_s = time.perf_counter() - phones.began, cpu_s(process) - before
        ended.set()
        watch.join()
        peak = read_memory_mb(process.pid, "VmHWM")
    bare.append(measure_bare(engine, 1))
    lost, doubled, unasked = reconcile(store, phones)
    with store.read() as conn:
        rows = conn.scalar(select(func.count()).select_from(response)) or 0
    store.close()
    waits = sorted(one for found in phones.waits.values() for one in found)
    marks = statistics.quantiles(waits, n=100, method="inclusive")
    return Soak(
        engine.name, rate, took_s, len(serials), len(serials) / took_s, marks[49], marks[94], marks[98], waits[-1],
        1000 * spent_s / max(1, sum(phones.statuses.values())), peak, statistics.mean(bare), dict(phones.statuses),
        phones.retried, phones.given_up, rows, lost, doubled, unasked,
        [_sum_up(phones.waits, minute, memory) for minute in sorted(phones.waits)],
    )  # fmt: skip


def _watch(pid: int, memory: list[float], phones: Arrivals, ended: threading.Event) -> None:
    """Note the server's memory as each minute ends."""
    last = False
    while not last:
        last = ended.wait(max(0.0, phones.began + MINUTE_S * (len(memory) + 1) - time.perf_counter()))
        memory.append(read_memory_mb(pid, "VmRSS"))
        told = Counter(phones.statuses)
        print(f"minute {len(memory)}: {sum(told.values())} replies, {memory[-1]:.0f} MB", file=sys.stderr, flush=True)


def _sum_up(waits: dict[int, list[float]], minute: int, memory: list[float]) -> Minute:
    found = sorted(waits[minute])
    marks = statistics.quantiles(found, n=100, method="inclusive") if len(found) > 1 else found * 99
    held = memory[min(minute, len(memory) - 1)]
    return Minute(minute + 1, len(found), marks[49], marks[94], marks[98], found[-1], held)


def show_soak(load: Soak) -> None:
    """Print what a load came to."""
    print(f"{load.engine}: {load.sheets} sheets in {load.seconds:.0f} s, asked for {load.asked_per_s:g} a second")
    print(f"  answers {load.statuses}, tried again {load.retried}, given up {load.given_up}")
    for one in load.minutes:
        waits = f"p50 {one.p50_ms:.0f}, p95 {one.p95_ms:.0f}, p99 {one.p99_ms:.0f}, at most {one.worst_ms:.0f} ms"
        print(f"  minute {one.minute:2}: {one.sent} phones, {waits}; server {one.memory_mb:.0f} MB")
    print(f"  all: p50 {load.p50_ms:.0f}, p95 {load.p95_ms:.0f}, p99 {load.p99_ms:.0f}, at most {load.worst_ms:.0f} ms")
    print(f"  server: {load.server_cpu_ms:.1f} ms of processor a reply, {load.peak_memory_mb:.0f} MB at most")
    print(f"  bare database: {load.bare_one_per_s:,.0f} commits a second by one connection")
    print(f"  rows {load.rows}: lost {load.lost}, doubled {load.doubled}, unasked {load.unasked}")
