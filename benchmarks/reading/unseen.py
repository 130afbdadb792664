"""Machines and mishaps that nobody tunes on: no threshold, weight or rule of the reader is chosen on what they show.

They are written apart from ocr/pretend, by other means where there are other means, so that a reader that fits the
pretend scanner too well shows it here. Whoever builds the reader may learn from a row that something is wrong, and then
makes it happen in ocr/pretend and looks there. UNSEEN: name -> (side, generator) -> the bytes of a page image.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.reading import unseen_colour, unseen_machines, unseen_paper, unseen_phone, unseen_spills
from benchmarks.reading.unseen_glass import Side

__all__ = ["UNSEEN", "Side"]

Unseen = Callable[[Side, np.random.Generator], bytes]
UNSEEN: dict[str, Unseen] = {
    **unseen_machines.MACHINES,
    **unseen_paper.MISHAPS,
    **unseen_spills.SPILLS,
    **unseen_colour.COLOURS,
    **unseen_phone.CAMERAS,
}
