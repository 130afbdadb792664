"""The trained model: what its weights are, that they come out alike every time."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.mark_features import Boxes
from benchmarks.train_marks import (
    CALIBRATION,
    DEVELOPMENT,
    TRAINING,
    WIDE_CALIBRATION,
    WIDE_TRAINING,
    calibrate,
    find_all,
    save,
    train,
)
from ocr.model import CLASSES, INNER_CELLS, OUTER_CELLS, WEIGHTS, load_weights, run_model

FEATURES = int(np.prod(INNER_CELLS) + np.prod(OUTER_CELLS)) + 17 + 8


@pytest.fixture(scope="module")
def boxes() -> Boxes:
    """Boxes of four classes, each with ink in a corner of its own."""
    rng = np.random.default_rng(2)
    labels = np.arange(1200) % len(CLASSES)
    features = rng.normal(0, 0.1, (1200, FEATURES))
    features[np.arange(1200), 40 * labels] += 5
    features[np.arange(1200), -1 - labels] += 3
    return Boxes(features.astype(np.float16), labels, np.array([900, 1100]))


def test_the_same_boxes_train_the_same_weights(boxes: Boxes) -> None:
    first, again = (train(boxes, epochs=1, hidden=(8, 6), networks=2) for _ in range(2))
    assert all(np.array_equal(first[name], again[name]) for name in first)


@pytest.mark.slow
def test_what_is_saved_is_what_is_run_and_it_has_learnt(boxes: Boxes, tmp_path) -> None:
    weights = calibrate(train(boxes, epochs=60, hidden=(16, 8), networks=1), boxes)
    save(weights, tmp_path / "weights.npz", "a test")
    chances = find_all(load_weights(tmp_path / "weights.npz"), boxes.features)
    assert (chances.argmax(axis=1) == boxes.labels).mean() > 0.95
    assert np.allclose(chances.sum(axis=1), 1)


def test_the_shipped_weights_say_what_they_were_made_of() -> None:
    with np.load(WEIGHTS) as kept:
        made = str(kept["made"])
    learnt, checked = made.split(", calibrated on ")
    assert learnt == f"seed 4, 10000 pages from {TRAINING[0]} and 2000 from {WIDE_TRAINING[0]}"
    assert checked == f"1000 from {CALIBRATION[0]} and 250 from {WIDE_CALIBRATION[0]}"
    weights = load_weights()
    assert weights["w1"].shape[1] == FEATURES
    assert weights["w3"].shape[2] == len(CLASSES)
    assert all(np.isfinite(each).all() for each in weights.values())
    assert WEIGHTS.stat().st_size < 400_000


def test_no_page_trains_and_calibrates_and_none_of_them_tests() -> None:
    learning = TRAINING, WIDE_TRAINING, CALIBRATION, WIDE_CALIBRATION
    parts = [set(part) for part in (DEVELOPMENT, *learning)]
    assert sum(map(len, parts)) == len(set.union(*parts))
    assert max(set.union(*parts)) < 1_000_000


def test_features_that_no_page_ever_had_give_probabilities_all_the_same() -> None:
    wild = np.array([[1e6] * FEATURES, [-1e6] * FEATURES, [0.0] * FEATURES], np.float32)
    chances = run_model(load_weights(), wild)
    assert np.isfinite(chances).all()
    assert np.allclose(chances.sum(axis=1), 1)
