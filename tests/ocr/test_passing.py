"""Lines that come in and go out again: found once each, however often words break them."""

from __future__ import annotations

import time

import numpy as np

from ocr.passing import find_passing


def test_lines_that_words_break_into_dozens_of_pieces_cost_little_more_than_whole_ones() -> None:
    free = np.ones((150, 1260), np.bool_)
    free[:, ::20] = free[:, 1::20] = False
    inked = np.zeros_like(free)
    for top in range(10, 150, 20):
        inked[top : top + 3] = free[top : top + 3]
    started = time.process_time()
    passing = find_passing(inked | np.roll(inked, 1, 1), inked, free)
    assert time.process_time() - started < 1.0
    assert passing[inked].all()
