"""How like a known picture another is: what OpenCV's matchTemplate says, at every shift."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.likeness import find_likeness, know_picture


@pytest.mark.parametrize(("shape", "reach"), [((211, 164), 7), ((300, 130), 15), ((90, 211), 1)])
def test_it_is_what_match_template_says(shape, reach) -> None:
    rng = np.random.default_rng(5)
    known = cv2.GaussianBlur((rng.random(shape) < 0.05).astype(np.float32), (0, 0), 1.2)
    moved = np.roll(known, (reach - 1, 1 - reach), (0, 1)) * 0.4 + 0.2 * rng.random(shape).astype(np.float32)
    expected = cv2.matchTemplate(moved, known[reach:-reach, reach:-reach], cv2.TM_CCOEFF_NORMED)
    found = find_likeness(know_picture(known, reach), moved)
    assert found.shape == expected.shape
    assert np.allclose(found, expected, atol=1e-5)
    assert np.unravel_index(found.argmax(), found.shape) == (2 * reach - 1, 1)


def test_pictures_of_one_level_are_like_nothing() -> None:
    rng = np.random.default_rng(6)
    noise, level = rng.random((80, 60)).astype(np.float32), np.full((80, 60), 0.25, np.float32)
    for known, other in ((noise, np.zeros_like(level)), (level, noise), (level, level)):
        assert np.abs(find_likeness(know_picture(known, 4), other)).max() < 1e-6
