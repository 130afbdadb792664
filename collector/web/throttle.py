"""Slowing down whoever guesses: one bucket of tokens a network (or a sheet), kept in memory of this one process.

Knows no Flask. Only what was wrong takes a token (an unknown serial, a false password), so that the forty phones
behind one office's address never wait for one another.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

# IPv4 /24 and IPv6 /48: what one office or one subscriber is usually given.
_PREFIXES = {4: 24, 6: 48}
_MOST_NETWORKS = 10_000


def network_of(address: str | None) -> str:
    """The network that a client's address belongs to; one shared name for an address that is not one."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "?"
    return str(ipaddress.ip_network((parsed, _PREFIXES[parsed.version]), strict=False))


class Throttle:
    """Buckets of `capacity` tokens that refill at `per_second`; the longest unused network is forgotten first."""

    def __init__(self, capacity: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity, self._per_second, self._clock = capacity, per_second, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, network: str) -> int:
        """Whole seconds until the network has a token again, 0 when it has one now; takes none."""
        with self._lock:
            missing = 1 - self._tokens(network)
        return max(0, math.ceil(missing / self._per_second))

    def take(self, network: str) -> bool:
        """Take one token; False when there is none."""
        with self._lock:
            tokens = self._tokens(network)
            left = tokens - 1 if tokens >= 1 else tokens
            self._buckets[network] = (left, self._clock())
            self._buckets.move_to_end(network)
            if len(self._buckets) > _MOST_NETWORKS:
                self._buckets.popitem(last=False)
        return tokens >= 1

    def give_back(self, network: str) -> None:
        """Put a token back that was taken before it was known whether anything was wrong."""
        with self._lock:
            self._buckets[network] = (min(float(self._capacity), self._tokens(network) + 1), self._clock())

    def _tokens(self, network: str) -> float:
        tokens, since = self._buckets.get(network, (float(self._capacity), self._clock()))
        return min(float(self._capacity), tokens + (self._clock() - since) * self._per_second)
