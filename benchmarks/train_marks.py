"""Train the reader's model on marks that our own pen draws, and write ocr/model.npz and ocr/closer.npz.

    .venv/bin/python -m benchmarks.train_marks [--training 10000] [--wide 2000] [--only-closer]

Pages are numbered (benchmarks/mark_samples.py; the seeds of sheets are other numbers): training draws from 10,000 on
and, of wider habits, from 30,000 on, calibration from 7,000 and 9,000 on; those below 1,000 and the sheets of seeds
below 1,000 (python -m benchmarks.reading) are for looking at while the reader is made. No mark of anybody else comes
near the weights.

It is meant to make the same file to the last byte, with any number of processes, wherever the locked versions of its
libraries run on an x86-64 processor with AVX2 and FMA: ALIKE holds newer ones to the same instructions. On others sums
of floats end in other last bits, and so do the weights. docs/reading.md says how far that was shown.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks.mark_features import Boxes, measure_pages
from benchmarks.mark_samples import SEED, WIDE
from benchmarks.train_closer import train_closer
from ocr.closer import CLOSER_WEIGHTS
from ocr.model import CLASSES, INNER_CELLS, OUTER_CELLS, WEIGHTS, load_weights, run_model

DEVELOPMENT, CALIBRATION, TRAINING = range(1_000), range(7_000, 9_000), range(10_000, 20_000)
WIDE_CALIBRATION, WIDE_TRAINING = WIDE[1:]
WIDE_SHARE = 8  # wide pages of training to one of calibration
NETWORKS, HIDDEN = 3, (64, 32)
BATCH, EPOCHS, RATE, DECAY, JITTER = 256, 24, 2e-3, 1e-3, 0.35
ALIKE = {
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "OPENCV_CPU_DISABLE": "AVX512-SKX",
}
CACHE = Path(tempfile.gettempdir()) / "phieu-train-marks"
Weights = dict[str, np.ndarray]


def train(
    boxes: Boxes, epochs: int = EPOCHS, hidden: tuple[int, int] = HIDDEN, networks: int = NETWORKS, jobs: int = 1
) -> Weights:
    """All networks, each by its own random numbers; `jobs` at a time."""
    work = partial(train_network, boxes, epochs=epochs, hidden=hidden)
    if jobs == 1:
        trained = list(map(work, range(networks)))
    else:
        with multiprocessing.get_context("spawn").Pool(min(jobs, networks)) as pool:
            trained = pool.map(work, range(networks), chunksize=1)
    joined = {name: np.stack([each[name] for each in trained]) for name in trained[0] if name[0] in "wb"}
    return {**trained[0], **joined}


def train_network(boxes: Boxes, number: int, epochs: int, hidden: tuple[int, int]) -> Weights:
    """One network by Adam over shuffled batches, half of them seen in a mirror; cross entropy."""
    rng = np.random.default_rng((SEED, number))
    weights = _begin(boxes.features, hidden, rng)
    names = [name for name in weights if name[0] in "wb"]
    first, second = ({name: np.zeros_like(weights[name]) for name in names} for _ in range(2))
    targets, mirror = np.eye(len(CLASSES), dtype=np.float32)[boxes.labels], _mirror(boxes.features.shape[1])
    batches = len(boxes.labels) // BATCH
    for step in range(epochs * batches):
        if step % batches == 0:
            order = rng.permutation(len(boxes.labels))
        chosen = order[step % batches * BATCH :][:BATCH]
        seen = boxes.features[chosen].astype(np.float32)
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
    """Slope and shifts of the logits that fit other pages best, then all four classes made as common as one another.

    An empty box mostly shows nothing, and the model is not asked: one that does show something is that much rarer.
    """
    plain = weights | {"slope": np.ones(1, np.float32), "shift": np.zeros(len(CLASSES), np.float32)}
    logits = np.log(find_all(plain, boxes.features) + 1e-300)
    rows = np.arange(len(boxes.labels))

    def loss(guess: np.ndarray) -> float:
        moved = logits * guess[0] + np.append(0, guess[1:])
        moved -= moved.max(axis=1, keepdims=True)
        return float((np.log(np.exp(moved).sum(axis=1)) - moved[rows, boxes.labels]).mean())

    best = minimize(loss, np.array([1.0, 0, 0, 0]), method="BFGS").x
    seen = np.bincount(boxes.labels, minlength=len(CLASSES)) + np.array([boxes.plain.sum(), 0, 0, 0])
    common = seen / seen.sum()
    print(f"calibration: cross entropy {loss(np.array([1.0, 0, 0, 0])):.4f}, then {loss(best):.4f}")
    shift = (np.append(0, best[1:]) - np.log(common)).round(3)  # the search ends a little elsewhere on other machines
    return weights | {"slope": best[:1].round(3).astype(np.float32), "shift": shift.astype(np.float32)}


def find_all(weights: Weights, features: np.ndarray) -> np.ndarray:
    parts = range(0, len(features), 20_000)
    return np.concatenate([run_model(weights, features[part : part + 20_000].astype(np.float32)) for part in parts])


def save(weights: Weights, out: Path, made: str) -> None:
    """Matrices as half floats; `made` says from what, as text in the same file."""
    kept = {name: each.astype(np.float16 if name[0] == "w" else np.float32) for name, each in weights.items()}
    np.savez_compressed(out, **kept, made=np.array(made))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--training", type=int, default=10_000, help="pages, at most 10,000")
    parser.add_argument("--calibration", type=int, default=1000, help="pages, at most 2,000")
    parser.add_argument("--wide", type=int, default=2000, help="pages of wider habits, at most 10,000")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--cache", type=Path, default=CACHE, help="where measured pages are kept")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--only-closer", action="store_true", help="keep the first look as --out holds it")
    parser.add_argument("--closer-out", type=Path, default=CLOSER_WEIGHTS)
    given = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in ALIKE.items()):  # libraries look when they are loaded
        command = [sys.executable, "-m", "benchmarks.train_marks", *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, **ALIKE})
    if not given.only_closer:
        train_first(given)
    weights, made = train_closer(load_weights(given.out), given.jobs, given.cache)
    save(weights, given.closer_out, made)
    print(f"{made}: {given.closer_out.stat().st_size:,} bytes")


def train_first(given: argparse.Namespace) -> None:
    """The first look, from its own pages."""
    wide, checked = given.wide, given.wide // WIDE_SHARE
    learning = measure_pages([*TRAINING[: given.training], *WIDE_TRAINING[:wide]], given.jobs, given.cache)
    checking = measure_pages([*CALIBRATION[: given.calibration], *WIDE_CALIBRATION[:checked]], given.jobs, given.cache)
    weights = calibrate(train(learning, jobs=given.jobs), checking)
    made = f"seed {SEED}, {given.training} pages from {TRAINING[0]} and {wide} from {WIDE_TRAINING[0]}, "
    made += f"calibrated on {given.calibration} from {CALIBRATION[0]} and {checked} from {WIDE_CALIBRATION[0]}"
    save(weights, given.out, made)
    print(f"{made}: {len(learning.labels)} boxes, {given.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
