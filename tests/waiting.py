"""Waiting for what another thread or process does, as long as a loaded machine needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE_S = 600  # no load explains more; whatever stands still for so long does so for ever


def wait_until(done: Callable[[], Any], pause_s: float = 0.02) -> Any:
    """What `done` gives once that is true; AssertionError with its last word where it never is."""
    until = time.monotonic() + PATIENCE_S
    while not (found := done()):
        assert time.monotonic() < until, f"it never came: {found!r}"
        time.sleep(pause_s)
    return found
