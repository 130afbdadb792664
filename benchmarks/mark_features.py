"""What the reader measures on training pages, box by box, kept on disk while the code that measures is the same.

A block of pages is one file of the cache, its name the hash of every module that draws or measures, of the example
campaign and of the versions of the libraries: another line of code, another file.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from benchmarks.mark_samples import EMPTY, LEFT_OUT, SEED, TRACE, make_page
from benchmarks.reading.sheets import EXAMPLE, Printed, print_sheets
from ocr.boxes import read_boxes
from ocr.closer import closer_pictures
from ocr.ink import measure_ink
from ocr.marks import shows_nothing
from ocr.model import box_features
from ocr.pictures import is_two_level
from ocr.register import Registration, find_registration

BLOCK = 250
_LIBRARIES = ("numpy", "opencv-python-headless", "pypdfium2")
_MEASURING = ("ocr.", "forms.", "benchmarks.mark_", "benchmarks.reading.sheets")


class Boxes(NamedTuple):
    """Features (n, m) and labels (n,) of boxes that show anything, and how many empty ones of each page do not.

    `closer` (n, 65, 65): their pictures for the closer look, where those were asked for. `page` (n,): its number.
    """

    features: np.ndarray
    labels: np.ndarray
    plain: np.ndarray
    closer: np.ndarray = np.zeros((0, 0, 0), np.uint8)
    page: np.ndarray = np.zeros(0, np.int32)


def measure_page(number: int, printed: tuple[Printed, ...], closer: bool = False) -> Boxes | None:
    """What the reader measures on page NUMBER; now and then it looks a third of a millimetre off at first.

    Where a copier or a threshold left nothing to see no model can learn what was there: that is find_loss's.
    """
    cv2.setNumThreads(1)
    drawn = make_page(number, printed)
    place = find_registration(drawn.pixels)
    if not isinstance(place, Registration) or place.rough:
        return None
    rng = np.random.default_rng((SEED + 1, number))
    if rng.random() < 0.3:
        off = np.eye(3)
        off[:2, 2] = rng.uniform(-0.35, 0.35, 2)
        place = Registration(place.matrix @ off, place.residual_mm, place.markers)
    groups = read_boxes(drawn.pixels, place, drawn.page.boxes)
    ink, two_level = measure_ink(groups, len(drawn.labels)), is_two_level(drawn.pixels)
    nothing = shows_nothing(ink, two_level)
    chosen = np.flatnonzero(~nothing & (drawn.labels != LEFT_OUT))
    features = box_features(groups[0], ink, two_level, chosen).astype(np.float16)
    plain = np.isin(drawn.labels[nothing], (EMPTY, TRACE)).sum(keepdims=True)
    pictures = closer_pictures(drawn.pixels, place, groups[0], chosen) if closer else Boxes._field_defaults["closer"]
    return Boxes(features, drawn.labels[chosen], plain, pictures, np.full(len(chosen), number, np.int32))


def measure_pages(numbers: Sequence[int], jobs: int, cache: Path, closer: bool = False) -> Boxes:
    """All boxes of pages, in their order; blocks that the cache holds are taken from there."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, multiprocessing.get_context("spawn").Pool(jobs) as pool:
        work = partial(measure_page, printed=tuple(print_sheets(Path(folder), 1)), closer=closer)
        blocks = _blocks(numbers, cache, lambda block: pool.imap(work, block, 4), "-closer" * closer)
        return Boxes(*map(np.concatenate, zip(*blocks, strict=True)))


def _blocks(
    numbers: Sequence[int], cache: Path, measure: Callable[[Sequence[int]], Iterator[Boxes | None]], kind: str
) -> Iterator[Boxes]:
    code = hash_code()
    for first in range(0, len(numbers), BLOCK):
        block = numbers[first : first + BLOCK]
        path = cache / f"{code}-{block[0]}-{len(block)}{kind}.npz"
        if not path.is_file():
            pages = [page for page in measure(block) if page is not None]
            made = Boxes(*map(np.concatenate, zip(*pages, strict=True)))
            part = path.with_suffix(".part.npz")
            np.savez(part, **made._asdict())
            part.rename(path)
        with np.load(path) as kept:
            yield Boxes(*(kept[name] for name in Boxes._fields))


def hash_code() -> str:
    """Of all that decides what is measured, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    modules = sorted(name for name in sys.modules if name.startswith(_MEASURING))
    files = [Path(str(sys.modules[name].__file__)) for name in modules]
    for file in [*files, *sorted(path for path in EXAMPLE.rglob("*") if path.is_file())]:
        digest.update(file.read_bytes())
    digest.update(" ".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    return digest.hexdigest()[:16]
