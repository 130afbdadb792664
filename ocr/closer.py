"""A closer look at the few boxes that the trained model leaves in doubt: cells of an eighth of a millimetre.

Small convolutional networks see the box and two millimetres around it; what they say is weighed with what ocr/model.py
said at first. Their weights lie beside it in closer.npz, made by benchmarks/train_closer.py from pretend marks of our
own pen alone; numpy runs them, as products of matrices. Knows no question.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from ocr.boxes import BoxPatches, Floats, read_closer
from ocr.ink import BoxInk
from ocr.model import MULTIPLICATIONS, PEN_STROKES, is_stroke, page_quantities, quantities
from ocr.pictures import Gray
from ocr.ranks import find_median
from ocr.register import Registration

CLOSER_WEIGHTS = Path(__file__).with_name("closer.npz")
HALF_PX, PX_PER_MM = 32, 7.5  # 65 pixels, 8.7 mm: the box and 2.2 mm around it, short of a label's first letter
CONVOLUTIONS = ((5, 2), (3, 2), (3, 2))  # side and stride of each layer's windows: 65 pixels to 31, 15 and 7
_STEPS_PER_DARKNESS, _LIGHTEST = 160, 0.3  # darkness -0.3 to 1.3 as whole numbers
LEAST = 1e-6  # chances below it are none
_KNEE = 0.1  # as in ocr/model.py
_AT_ONCE = 16  # boxes: their windows fit the processor's cache

Weights = dict[str, NDArray[np.float32]]


@cache
def load_closer(path: Path = CLOSER_WEIGHTS) -> Weights:
    """The arrays of the closer look's weights. Raises OSError where there are none: the package is broken then."""
    with np.load(path) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files if kept[name].dtype.kind == "f"}


def look_closer(
    pixels: Gray,
    place: Registration,
    groups: list[BoxPatches],
    ink: BoxInk,
    two_level: bool,
    chances: NDArray[np.float64],
    looked_at: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """(n, 4) as ocr.model.find_chances gives it, those of the boxes `looked_at` (n,) weighed with a closer look."""
    found = chances.copy()
    for patches in groups:
        chosen = np.flatnonzero(looked_at[patches.index])
        if len(chosen):
            numbers = patches.index[chosen]
            pictures, own = closer_pictures(pixels, place, patches, chosen), quantities(ink)[patches.index]
            page = np.tile(page_quantities(patches, ink, two_level), (len(chosen), 1))
            hand = hand_quantities(own, chances[patches.index], is_stroke(ink)[patches.index], chosen)
            sides = np.hstack([own[chosen], page, hand]).astype(np.float32)
            found[numbers] = weigh(load_closer(), chances[numbers], run_closer(load_closer(), pictures, sides))
    return found


def closer_pictures(
    pixels: Gray, place: Registration, patches: BoxPatches, chosen: NDArray[np.intp]
) -> NDArray[np.uint8]:
    """(n, 65, 65): the boxes `chosen`, places in `patches`, darkness in 160 steps from -0.3 on."""
    if not len(chosen):
        return np.zeros((0, 2 * HALF_PX + 1, 2 * HALF_PX + 1), np.uint8)
    darkness: Floats = read_closer(pixels, place, patches, chosen, HALF_PX, PX_PER_MM)
    steps = np.rint((darkness + _LIGHTEST) * _STEPS_PER_DARKNESS)
    return np.asarray(steps.clip(0, 255), np.uint8)


def hand_quantities(
    measured: Floats, chances: NDArray[np.float64], strokes: NDArray[np.bool_], chosen: NDArray[np.intp]
) -> Floats:
    """(n, 22) how this page is marked elsewhere: what odd is in a tidy hand is another's usual cross.

    Medians over the page's other strokes of what was measured (m, 17) and of the logarithms of what the first look says
    (m, 4), then 1; all 0 where fewer than three are there. Of the boxes `chosen` (n,), places among the m.
    """
    numbers = np.flatnonzero(strokes)
    each = np.hstack([measured, np.log(chances.clip(LEAST))])[numbers]
    hand = np.zeros((len(chosen), each.shape[1] + 1), np.float32)
    for place, number in enumerate(chosen.tolist()):
        others = each[numbers != number]
        if len(others) >= PEN_STROKES:
            hand[place] = *find_median(others.T), 1
    return hand


def weigh(weights: Weights, chances: NDArray[np.float64], logits: Floats) -> NDArray[np.float64]:
    """(n, 4) calibrated chances of what the first look says and the second one's logits, were all classes as common."""
    first, second = (float(each) for each in weights["shares"])
    joined = first * np.log(chances.clip(LEAST)) + second * logits + weights["shift"]
    grown = np.exp(joined - joined.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True), np.float64)


def run_closer(weights: Weights, pictures: NDArray[np.uint8], sides: Floats) -> Floats:
    """(n, 4) logits of pictures (n, 65, 65) and quantities (n, m): the mean of all networks."""
    networks = range(len(weights["w1"]))
    beside = ((sides - weights["mean"]) * weights["scale"]).clip(-4, 4)
    parts = []
    for first in range(0, len(pictures), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        seen = bend(pictures[some])
        each = [_run_network({name: weights[name][k] for name in LAYERS}, seen, beside[some]) for k in networks]
        parts.append(np.mean(each, axis=0, dtype=np.float32))
    return np.concatenate(parts)


LAYERS = tuple(f"{kind}{layer}" for layer in range(1, 6) for kind in "wb")
"""Three of convolution, two that see everything: matrices w and offsets b."""


def bend(pictures: NDArray[np.uint8]) -> Floats:
    """(n, 65, 65, 1): darkness as the networks see it, small differences as they are, larger ones as logarithms."""
    darkness = (np.arange(256, dtype=np.float32) / _STEPS_PER_DARKNESS - _LIGHTEST) / _KNEE
    return np.asarray(np.arcsinh(darkness)[pictures][..., None] / np.float32(3), np.float32)


def _run_network(weights: Weights, seen: Floats, beside: Floats) -> Floats:
    for layer, (side, stride) in enumerate(CONVOLUTIONS, start=1):
        windows = find_windows(seen, side, stride)
        product = _product(windows.reshape(-1, len(weights[f"w{layer}"])), weights[f"w{layer}"])
        seen = np.maximum(product + weights[f"b{layer}"], 0).reshape(*windows.shape[:3], -1)
    flat = np.hstack([seen.reshape(len(seen), -1), beside])
    hidden = np.maximum(_product(flat, weights["w4"]) + weights["b4"], 0)
    return np.asarray(hidden @ weights["w5"] + weights["b5"], np.float32)


def _product(seen: Floats, weights: Floats) -> Floats:
    """seen @ weights, some rows at a time: a larger product wakes other threads (ocr/model.py)."""
    product = np.empty((len(seen), weights.shape[1]), np.float32)
    rows = max(1, MULTIPLICATIONS // weights.size)
    for first in range(0, len(seen), rows):
        np.matmul(seen[first : first + rows], weights, out=product[first : first + rows])
    return product


def find_windows(seen: Floats, side: int, stride: int) -> Floats:
    """(n, rows, columns, side, side, channels) of (n, height, width, channels): every window, none over the edge."""
    count, height, width, channels = seen.shape
    seen = np.ascontiguousarray(seen)
    page, row, pixel, one = seen.strides
    shape = (count, (height - side) // stride + 1, (width - side) // stride + 1, side, side, channels)
    return as_strided(seen, shape, (page, row * stride, pixel * stride, row, pixel, one))
