"""Train the reader's model on marks that our own pen draws, and write ocr/model.npz.

    .venv/bin/python -m benchmarks.train_marks [--training 3200] [--calibration 1000] [--out ocr/model.npz]

Pages are numbered (benchmarks/mark_samples.py): training draws from 1,000 on, calibration from 7,000 on; those below
1,000 and the sheets of seeds below 1,000 (python -m benchmarks.reading) are for looking at while the reader is made.
Nothing of seeds from 10,000 on, and no mark of anybody else, comes near the weights.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
from collections.abc import Iterable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from scipy.optimize import minimize

from benchmarks.mark_samples import EMPTY, LEFT_OUT, MARKED, ODD, SEED, TRACE, make_page
from benchmarks.reading.sheets import Printed, print_sheets
from ocr.boxes import read_boxes
from ocr.ink import BoxInk, measure_ink
from ocr.marks import shows_nothing
from ocr.model import CLASSES, INNER_CELLS, OUTER_CELLS, WEIGHTS, box_features, run_model
from ocr.pictures import is_two_level
from ocr.register import Registration, find_registration

DEVELOPMENT, TRAINING, CALIBRATION = range(1_000), range(1_000, 7_000), range(7_000, 10_000)
HIDDEN = 96, 32
BATCH, EPOCHS, RATE, DECAY, JITTER = 256, 14, 2e-3, 1e-3, 0.35
EMPTY_KEPT = 0.3  # of the boxes with nothing in them: there are plenty, and all alike
Weights = dict[str, np.ndarray]


class Boxes(NamedTuple):
    """Features (n, m) and labels (n,) of boxes, and which of them show nothing at all."""

    features: np.ndarray
    labels: np.ndarray
    nothing: np.ndarray

    def kept(self, chosen: np.ndarray) -> Boxes:
        return Boxes(*(each[chosen] for each in self))


def measure_page(number: int, printed: tuple[Printed, ...]) -> Boxes | None:
    """What the reader measures on page NUMBER; now and then it looks a third of a millimetre off at first."""
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
    ink = measure_ink(groups, len(drawn.labels))
    two_level = is_two_level(drawn.pixels)
    features = box_features(groups[0], ink, two_level).astype(np.float16)
    return Boxes(features, *_honest(drawn.labels, ink, two_level))


def _honest(labels: np.ndarray, ink: BoxInk, two_level: bool) -> tuple[np.ndarray, np.ndarray]:
    """Where a copier or a threshold left nothing to see no model can learn what was there: that is find_loss's."""
    nothing = shows_nothing(ink, two_level)
    honest = labels.copy()
    honest[nothing & np.isin(labels, (MARKED, ODD))] = LEFT_OUT
    honest[nothing & (labels == TRACE)] = EMPTY
    return honest, nothing


def measure_pages(numbers: Iterable[int], jobs: int) -> Boxes:
    with tempfile.TemporaryDirectory() as folder, multiprocessing.get_context("spawn").Pool(jobs) as pool:
        work = partial(measure_page, printed=tuple(print_sheets(Path(folder), 1)))
        pages = [page for page in pool.imap(work, numbers, chunksize=8) if page is not None]
    boxes = Boxes(*map(np.concatenate, zip(*pages, strict=True)))
    return boxes.kept(boxes.labels != LEFT_OUT)


def train(boxes: Boxes, epochs: int = EPOCHS, hidden: tuple[int, int] = HIDDEN) -> Weights:
    """The network by Adam over shuffled batches, half of them seen in a mirror; cross entropy."""
    rng = np.random.default_rng(SEED)
    few = boxes.kept(~(boxes.nothing & (boxes.labels == EMPTY)) | (rng.random(len(boxes.labels)) < EMPTY_KEPT))
    weights = _begin(few.features, hidden, rng)
    names = [name for name in weights if name[0] in "wb"]
    first, second = ({name: np.zeros_like(weights[name]) for name in names} for _ in range(2))
    targets, mirror = np.eye(len(CLASSES), dtype=np.float32)[few.labels], _mirror(few.features.shape[1])
    batches = len(few.labels) // BATCH
    for step in range(epochs * batches):
        if step % batches == 0:
            order = rng.permutation(len(few.labels))
        chosen = order[step % batches * BATCH :][:BATCH]
        seen = few.features[chosen].astype(np.float32)
        seen = seen[:, mirror] if rng.random() < 0.5 else seen
        seen = ((seen - weights["mean"]) * weights["scale"]).clip(-8, 8)
        seen += JITTER * rng.standard_normal(seen.shape, dtype=np.float32)
        rate = RATE * 0.5 * (1 + np.cos(np.pi * step / (epochs * batches)))
        for name, slope in _slopes(weights, seen, targets[chosen]).items():
            first[name] += 0.1 * (slope - first[name])
            second[name] += 0.001 * (slope**2 - second[name])
            size = np.sqrt(second[name] / (1 - 0.999 ** (step + 1))) + 1e-8
            shrink = DECAY * weights[name] if name[0] == "w" else 0
            weights[name] -= rate * (first[name] / (1 - 0.9 ** (step + 1)) / size + shrink)
    return weights


def _begin(features: np.ndarray, hidden: tuple[int, int], rng: np.random.Generator) -> Weights:
    """Random weights, and what makes features alike: a picture's cells share one scale, so that corners stay quiet."""
    mean, spread = features.mean(axis=0, dtype=np.float32), features.std(axis=0, dtype=np.float32)
    inner, outer = int(np.prod(INNER_CELLS)), int(np.prod(OUTER_CELLS))
    for cells in (slice(0, inner), slice(inner, inner + outer)):
        spread[cells] = np.sqrt(np.square(spread[cells]).mean())
    weights = {"mean": mean, "scale": (1 / np.maximum(spread, 1e-3)).astype(np.float32)}
    weights |= {"slope": np.ones(1, np.float32), "shift": np.zeros(len(CLASSES), np.float32)}
    sizes = (features.shape[1], *hidden, len(CLASSES))
    for layer, (wide, narrow) in enumerate(pairwise(sizes), start=1):
        weights[f"w{layer}"] = (rng.standard_normal((wide, narrow)) * np.sqrt(2 / wide)).astype(np.float32)
        weights[f"b{layer}"] = np.zeros(narrow, np.float32)
    return weights


def _mirror(count: int) -> np.ndarray:
    """Where each feature is found in the picture's mirror image."""
    order, start = np.arange(count), 0
    for rows, columns in (INNER_CELLS, OUTER_CELLS):
        cells = start + np.arange(rows * columns).reshape(rows, columns)
        order[start : start + rows * columns] = cells[:, ::-1].ravel()
        start += rows * columns
    return order


def _slopes(weights: Weights, seen: np.ndarray, targets: np.ndarray) -> Weights:
    """The slope of the mean cross entropy in every weight."""
    one = np.maximum(seen @ weights["w1"] + weights["b1"], 0)
    two = np.maximum(one @ weights["w2"] + weights["b2"], 0)
    logits = two @ weights["w3"] + weights["b3"]
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    off = (grown / grown.sum(axis=1, keepdims=True) - targets) / len(targets)
    slopes = {}
    for layer, below in ((3, two), (2, one), (1, seen)):
        slopes[f"w{layer}"], slopes[f"b{layer}"] = below.T @ off, off.sum(axis=0)
        off = (off @ weights[f"w{layer}"].T) * (below > 0)
    return slopes


def calibrate(weights: Weights, boxes: Boxes) -> Weights:
    """Slope and shifts of the logits that fit other pages best, then all four classes made as common as one another."""
    plain = weights | {"slope": np.ones(1, np.float32), "shift": np.zeros(len(CLASSES), np.float32)}
    logits = np.log(find_all(plain, boxes.features) + 1e-300)
    rows = np.arange(len(boxes.labels))

    def loss(guess: np.ndarray) -> float:
        moved = logits * guess[0] + np.append(0, guess[1:])
        moved -= moved.max(axis=1, keepdims=True)
        return float((np.log(np.exp(moved).sum(axis=1)) - moved[rows, boxes.labels]).mean())

    best = minimize(loss, np.array([1.0, 0, 0, 0]), method="BFGS").x
    common = np.bincount(boxes.labels, minlength=len(CLASSES)) / len(boxes.labels)
    print(f"calibration: cross entropy {loss(np.array([1.0, 0, 0, 0])):.4f}, then {loss(best):.4f}")
    shift = np.append(0, best[1:]) - np.log(common)
    return weights | {"slope": best[:1].astype(np.float32), "shift": shift.astype(np.float32)}


def find_all(weights: Weights, features: np.ndarray) -> np.ndarray:
    parts = range(0, len(features), 20_000)
    return np.concatenate([run_model(weights, features[part : part + 20_000].astype(np.float32)) for part in parts])


def save(weights: Weights, out: Path, made: str) -> None:
    """Matrices as half floats; `made` says from what, as text in the same file."""
    kept = {name: each.astype(np.float16 if name[0] == "w" else np.float32) for name, each in weights.items()}
    np.savez_compressed(out, **kept, made=np.array(made))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--training", type=int, default=3200, help="pages, at most 6,000")
    parser.add_argument("--calibration", type=int, default=1000, help="pages, at most 3,000")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args()
    learning = measure_pages(TRAINING[: given.training], given.jobs)
    checking = measure_pages(CALIBRATION[: given.calibration], given.jobs)
    weights = calibrate(train(learning), checking)
    made = f"seed {SEED}, {given.training} pages from {TRAINING[0]}, "
    made += f"calibrated on {given.calibration} from {CALIBRATION[0]}"
    save(weights, given.out, made)
    print(f"{made}: {len(learning.labels)} boxes, {given.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
