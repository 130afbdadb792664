"""The trained model: how likely each box is empty, marked, left a trace in, or not to be told. Knows no question.

A few small networks over a coarse picture of the box and its surroundings, the quantities of ocr/ink.py and what the
whole page shows of pen and scanner. Their weights lie beside it in model.npz, made by benchmarks/train_marks.py from
pretend marks of our own pen alone; numpy runs them.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.boxes import BoxPatches, Floats
from ocr.ink import BoxInk
from ocr.ranks import find_median, find_percentile

CLASSES = ("empty", "marked", "trace", "odd")
"""What a box may be. trace: a dot, what a rubber left, what shines through; odd: taken back, beside, scribbled over."""

WEIGHTS = Path(__file__).with_name("model.npz")
INNER_CELLS = 20, 20  # rows, columns over the box and 0.6 mm around it: cells of a quarter of a millimetre
OUTER_CELLS = 18, 22  # over the surroundings: of half a millimetre
STROKE_AREA_MM2, STROKE_EXTENT_MM = 1.0, 2.0  # ink that counts as a stroke of the page's pen
SPECK_AREA_MM2 = 0.02
PEN_STROKES, PEN_PERCENTILE = 3, 80
_KNEE = 0.1  # darkness up to which the model sees differences as they are; above, as their logarithm
_MID = 0.25, 0.65
# Larger products wake the linear algebra library's other threads, which pages read side by side need
_AT_ONCE, MULTIPLICATIONS = 64, 4 * 65_536  # boxes; OpenBLAS 0.3: GEMM_MULTITHREAD_THRESHOLD * SMP_THRESHOLD_MIN


@cache
def load_weights(path: Path = WEIGHTS) -> dict[str, NDArray[np.float32]]:
    """The arrays of a weights file. Raises OSError where there is none: the package is broken then."""
    with np.load(path) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files if kept[name].dtype.kind == "f"}


def find_chances(
    groups: list[BoxPatches], ink: BoxInk, two_level: bool, looked_at: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """(n, 4): the calibrated probability of each of CLASSES, were all four as common as one another.

    Of the boxes `looked_at` (n,); the others, most of a page, are empty: nothing of theirs trained the model.
    """
    chances = np.tile(np.eye(len(CLASSES))[0], (len(ink.area_mm2), 1))
    for patches in groups:
        chosen = np.flatnonzero(looked_at[patches.index])
        if len(chosen):
            features = box_features(patches, ink, two_level, chosen)
            chances[patches.index[chosen]] = run_model(load_weights(), features)
    return chances


def run_model(weights: dict[str, NDArray[np.float32]], features: Floats) -> NDArray[np.float64]:
    """(n, 4) probabilities of (n, m) features: the mean of several networks that began with other random weights."""
    seen = ((features - weights["mean"]) * weights["scale"]).clip(-8, 8)
    networks = range(len(weights["w1"]))
    logits = np.mean([_run_network(weights, network, seen) for network in networks], axis=0, dtype=np.float64)
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def _run_network(weights: dict[str, NDArray[np.float32]], network: int, seen: Floats) -> Floats:
    (w1, w2, w3), (b1, b2, b3) = ([weights[f"{kind}{layer}"][network] for layer in (1, 2, 3)] for kind in "wb")
    layer = np.maximum(_product(seen, w1) + b1, 0)
    layer = np.maximum(_product(layer, w2) + b2, 0)
    return np.asarray((layer @ w3 + b3) * weights["slope"] + weights["shift"], np.float32)


def _product(seen: Floats, weights: Floats) -> Floats:
    """seen @ weights, summed up over pieces along what both share: so the weights are gone through once a block."""
    product = np.zeros((len(seen), weights.shape[1]), np.float32)
    for first in range(0, len(seen), _AT_ONCE):
        block = seen[first : first + _AT_ONCE]
        step = max(1, MULTIPLICATIONS // (len(block) * weights.shape[1]))
        for begin in range(0, len(weights), step):
            product[first : first + _AT_ONCE] += block[:, begin : begin + step] @ weights[begin : begin + step]
    return product


def box_features(patches: BoxPatches, ink: BoxInk, two_level: bool, chosen: NDArray[np.intp]) -> Floats:
    """(n, m): the two coarse pictures, cell by cell, then the quantities of each box, then those of its page.

    Of the boxes `chosen` (n,), places in `patches`.
    """
    inner, outer = _cells(patches.ink[chosen], INNER_CELLS), _cells(patches.around[chosen], OUTER_CELLS)
    page = np.tile(page_quantities(patches, ink, two_level), (len(chosen), 1))
    return np.hstack([inner, outer, quantities(ink)[patches.index[chosen]], page])


def _cells(patches: Floats, cells: tuple[int, int]) -> Floats:
    """All patches shrunk in one call, each to rows x columns, and laid out in a row."""
    count = len(patches)
    if not count:
        return np.zeros((0, cells[0] * cells[1]), np.float32)
    sheet = patches.reshape(-1, patches.shape[2])
    shrunk = cv2.resize(sheet, (cells[1], count * cells[0]), interpolation=cv2.INTER_AREA)
    high = np.abs(shrunk.reshape(count, -1)) / np.float32(_KNEE)
    bent = cv2.log(high + np.sqrt(high * high + 1))  # arcsinh, in a tenth of its time
    return np.copysign(bent, shrunk.reshape(count, -1)).astype(np.float32, copy=False)


def quantities(ink: BoxInk) -> Floats:
    """(n, 17) what was measured of each box, areas as logarithms, and its darkness as a share of the page's pen's."""
    pen = pen_darkness(ink)
    columns = [
        *(np.log(each + 0.05) for each in (ink.area_mm2, ink.beside_mm2, ink.edge_mm2.clip(0))),
        *(ink.darkness, ink.mean.clip(-0.2, 1.2), ink.width_mm, ink.height_mm, np.abs(ink.x_mm), np.abs(ink.y_mm)),
        *(ink.coverage, ink.around, ink.sectors, ink.opposed, ink.through, ink.outline.clip(0, 1)),
        *(ink.room_mm.clip(0, 5), ink.darkness / np.float32(pen or 0.6)),
    ]
    return np.column_stack(columns).astype(np.float32)


def page_quantities(patches: BoxPatches, ink: BoxInk, two_level: bool) -> Floats:
    """(8,) what the page shows of pen and scanner, the same for all its boxes."""
    strokes, pen = is_stroke(ink), pen_darkness(ink)
    dark, black = (int(np.count_nonzero(each)) for each in (patches.ink > _MID[0], patches.ink >= _MID[1]))
    columns = [
        *(pen or 0.0, pen is not None, patches.noise, find_median(patches.outline[patches.is_found()]), two_level),
        (dark - black) / max(1, dark),  # how hard edges are: copies, black and white
        *(is_speck(ink).mean(), strokes.mean()),
    ]
    return np.array(columns, np.float32)


@lru_cache(maxsize=1)
def pen_darkness(ink: BoxInk) -> float | None:
    """How dark, 0..1, the pen of a page draws; None where too few strokes tell."""
    darkness = ink.darkness[is_stroke(ink)]
    return find_percentile(darkness, PEN_PERCENTILE) if len(darkness) >= PEN_STROKES else None


@lru_cache(maxsize=1)
def is_stroke(ink: BoxInk) -> NDArray[np.bool_]:
    """(n,) as much ink and as long as a mark's."""
    return np.asarray((ink.area_mm2 >= STROKE_AREA_MM2) & (ink.extent_mm >= STROKE_EXTENT_MM))


def is_speck(ink: BoxInk) -> NDArray[np.bool_]:
    """(n,) some ink, and no stroke."""
    return np.asarray((ink.area_mm2 > SPECK_AREA_MM2) & ~is_stroke(ink))
