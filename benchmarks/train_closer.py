"""Train the reader's closer look on marks that our own pen draws: ocr/closer.npz, called by benchmarks/train_marks.py.

Its pages are its own, so that what the first look says of them is what it says of any page; it learns from the boxes
that the first look leaves in some doubt. Much of their paper was hurt (benchmarks/mark_hurts.py), some of it copied or
in black and white more often than other pages.
"""

from __future__ import annotations

import multiprocessing
from functools import partial
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks.mark_features import Boxes, measure_pages
from benchmarks.mark_samples import SEED
from ocr.closer import CONVOLUTIONS, HALF_PX, LAYERS, LEAST, bend, find_windows, hand_quantities, run_closer
from ocr.model import CLASSES, STROKE_AREA_MM2, STROKE_EXTENT_MM, run_model

TRAINING = (*range(36_000, 39_500), *range(32_000, 34_000), *range(20_000, 21_500), *range(34_000, 36_000))
CALIBRATION = (*range(9_500, 9_750), *range(9_250, 9_500), *range(9_750, 10_000))
OWN, PAGE, HAND = 17, 8, 17 + 4 + 1  # quantities of a box, of its page, of how that is marked elsewhere
CHANNELS, HIDDEN, NETWORKS = (16, 32, 48), 64, 2
SURE = 0.999  # of a class, by the first look: of such boxes one in four trains
BATCH, EPOCHS, RATE, DECAY = 64, 10, 1.5e-3, 2e-3
Weights = dict[str, np.ndarray]


def train_closer(first: Weights, jobs: int, cache: Path) -> tuple[Weights, str]:
    """The closer look's weights beside the first look's, and what they are made of."""
    learning = measure_pages(TRAINING, jobs, cache, closer=True)
    checking = measure_pages(CALIBRATION, jobs, cache, closer=True)
    chances = _first(first, learning)
    chosen, sides = _choose(chances), _sides(learning, chances)
    before = np.log(chances[chosen].clip(LEAST)).astype(np.float32)
    work = partial(train_network, learning.closer[chosen], sides[chosen], before, learning.labels[chosen])
    with multiprocessing.get_context("spawn").Pool(min(jobs, NETWORKS)) as pool:
        trained = pool.map(work, range(NETWORKS), chunksize=1)
    weights = trained[0] | {name: np.stack([each[name] for each in trained]) for name in LAYERS}
    made = f"seed {SEED}, {len(TRAINING)} pages, {len(chosen)} boxes, calibrated on {len(CALIBRATION)} pages"
    return calibrate_closer(weights, first, checking), made


def _sides(boxes: Boxes, chances: np.ndarray) -> np.ndarray:
    """(n, 47) as ocr.closer.look_closer puts them together, page by page."""
    sides = boxes.features[:, -OWN - PAGE :].astype(np.float32)
    own = sides[:, :OWN]
    strokes = (own[:, 0] >= np.log(STROKE_AREA_MM2 + 0.05)) & (own[:, 5:7].max(axis=1) >= STROKE_EXTENT_MM)
    pages = np.split(np.arange(len(own)), np.flatnonzero(np.diff(boxes.page)) + 1)
    hands = [hand_quantities(own[page], chances[page], strokes[page], np.arange(len(page))) for page in pages]
    return np.hstack([sides, np.concatenate(hands)])


def _choose(chances: np.ndarray) -> np.ndarray:
    """The boxes that train: all that the first look is not sure of, and some of the others."""
    rare = np.random.default_rng((SEED, 99)).random(len(chances)) < 0.25
    return np.flatnonzero((chances.max(axis=1) < SURE) | rare)


def _first(first: Weights, boxes: Boxes) -> np.ndarray:
    parts = range(0, len(boxes.labels), 20_000)
    return np.concatenate([run_model(first, boxes.features[part : part + 20_000].astype(np.float32)) for part in parts])


def train_network(
    pictures: np.ndarray,
    sides: np.ndarray,
    before: np.ndarray,
    labels: np.ndarray,
    number: int,
    epochs: int = EPOCHS,
) -> Weights:
    """One network by Adam over shuffled batches, half of them mirrored, all moved a little; cross entropy.

    It learns what is to be added to `before`, the logarithms of what the first look says: what that has missed.
    """
    rng = np.random.default_rng((SEED, 50 + number))
    weights = _begin(sides, rng)
    sums, squares = ({name: np.zeros_like(weights[name]) for name in LAYERS} for _ in range(2))
    targets, batches = np.eye(len(CLASSES), dtype=np.float32)[labels], len(labels) // BATCH
    for step in range(epochs * batches):
        if step % batches == 0:
            order = rng.permutation(len(labels))
        chosen = order[step % batches * BATCH :][:BATCH]
        seen = np.roll(pictures[chosen], rng.integers(-2, 3, 2), (1, 2))
        seen = bend(seen[:, :, ::-1] if rng.random() < 0.5 else seen)
        seen += np.float32(0.05) * rng.standard_normal(seen.shape, dtype=np.float32)
        beside = ((sides[chosen] - weights["mean"]) * weights["scale"]).clip(-4, 4)
        beside += np.float32(0.3) * rng.standard_normal(beside.shape, dtype=np.float32)
        rate = RATE * 0.5 * (1 + np.cos(np.pi * step / (epochs * batches)))
        for name, slope in _slopes(weights, seen, beside, before[chosen], targets[chosen]).items():
            sums[name] += 0.1 * (slope - sums[name])
            squares[name] += 0.001 * (slope**2 - squares[name])
            size = np.sqrt(squares[name] / (1 - 0.999 ** (step + 1))) + 1e-8
            shrink = DECAY * weights[name] if name[0] == "w" else 0
            weights[name] -= np.float32(rate) * (sums[name] / (1 - 0.9 ** (step + 1)) / size + shrink)
    return weights


def _begin(sides: np.ndarray, rng: np.random.Generator) -> Weights:
    mean, spread = sides.mean(axis=0), sides.std(axis=0)
    weights = {"mean": mean, "scale": (1 / np.maximum(spread, 1e-3)).astype(np.float32)}
    across, deep, shapes = 2 * HALF_PX + 1, 1, []
    for (side, stride), channels in zip(CONVOLUTIONS, CHANNELS, strict=True):
        shapes.append((side * side * deep, channels))
        across, deep = (across - side) // stride + 1, channels
    shapes += [(across * across * deep + sides.shape[1], HIDDEN), (HIDDEN, len(CLASSES))]
    for layer, (wide, narrow) in enumerate(shapes, start=1):
        weights[f"w{layer}"] = (rng.standard_normal((wide, narrow)) * np.sqrt(2 / wide)).astype(np.float32)
        weights[f"b{layer}"] = np.zeros(narrow, np.float32)
    weights["w5"] *= np.float32(0.1)  # at first it adds next to nothing
    return weights


def _slopes(weights: Weights, seen: np.ndarray, beside: np.ndarray, before: np.ndarray, targets: np.ndarray) -> Weights:
    """The slope of the mean cross entropy in every weight."""
    layers, held = [seen], []
    for layer, (side, stride) in enumerate(CONVOLUTIONS, start=1):
        windows = find_windows(layers[-1], side, stride)
        held.append(windows.reshape(-1, weights[f"w{layer}"].shape[0]))
        product = held[-1] @ weights[f"w{layer}"] + weights[f"b{layer}"]
        layers.append(np.maximum(product, 0).reshape(*windows.shape[:3], -1))
    flat = np.hstack([layers[-1].reshape(len(seen), -1), beside])
    hidden = np.maximum(flat @ weights["w4"] + weights["b4"], 0)
    logits = hidden @ weights["w5"] + weights["b5"] + before
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    off = (grown / grown.sum(axis=1, keepdims=True) - targets) / np.float32(len(targets))
    slopes = {"w5": hidden.T @ off, "b5": off.sum(axis=0)}
    off = (off @ weights["w5"].T) * (hidden > 0)
    slopes |= {"w4": flat.T @ off, "b4": off.sum(axis=0)}
    above = (off @ weights["w4"].T)[:, : flat.shape[1] - beside.shape[1]].reshape(layers[-1].shape)
    for layer in range(len(CONVOLUTIONS), 0, -1):
        off = (above * (layers[layer] > 0)).reshape(len(held[layer - 1]), -1)
        slopes |= {f"w{layer}": held[layer - 1].T @ off, f"b{layer}": off.sum(axis=0)}
        if layer > 1:
            above = _spread(off @ weights[f"w{layer}"].T, layers[layer - 1].shape, *CONVOLUTIONS[layer - 1])
    return slopes


def _spread(off: np.ndarray, shape: tuple[int, ...], side: int, stride: int) -> np.ndarray:
    """What each window says of its pixels, summed up pixel by pixel."""
    count, height, width, channels = shape
    rows, columns = (height - side) // stride + 1, (width - side) // stride + 1
    windows, summed = off.reshape(count, rows, columns, side, side, channels), np.zeros(shape, np.float32)
    for down in range(side):
        for right in range(side):
            places = np.s_[:, down : down + stride * rows : stride, right : right + stride * columns : stride]
            summed[places] += windows[:, :, :, down, right]
    return summed


def calibrate_closer(weights: Weights, first: Weights, boxes: Boxes) -> Weights:
    """How much either look counts, and shifts, that fit unsure boxes of other pages best; then all classes alike."""
    chances = _first(first, boxes)
    unsure = np.flatnonzero(chances.max(axis=1) < SURE)
    logits = run_closer(weights, boxes.closer[unsure], _sides(boxes, chances)[unsure]).astype(np.float64)
    labels, before = boxes.labels[unsure], np.log(chances[unsure].clip(LEAST))

    def loss(guess: np.ndarray, which: np.ndarray | slice = np.s_[:]) -> float:
        moved = guess[0] * before[which] + guess[1] * logits[which] + np.append(0, guess[2:])
        moved -= moved.max(axis=1, keepdims=True)
        rows = np.arange(len(moved))
        return float((np.log(np.exp(moved).sum(axis=1)) - moved[rows, labels[which]]).mean())

    only = minimize(lambda guess: loss(np.insert(guess, 1, 0.0)), np.array([1.0, 0, 0, 0]), method="BFGS")
    best = minimize(loss, np.array([0.8, 0.8, 0, 0, 0]), method="BFGS")
    print(f"closer look: cross entropy {only.fun:.4f} by the first alone, then {best.fun:.4f}, {len(unsure)} boxes")
    seen = np.bincount(boxes.labels, minlength=len(CLASSES)) + np.array([boxes.plain.sum(), 0, 0, 0])
    shift = (np.append(0, best.x[2:]) - np.log(seen / seen.sum())).round(3).astype(np.float32)
    return weights | {"shares": best.x[:2].round(3).astype(np.float32), "shift": shift}
