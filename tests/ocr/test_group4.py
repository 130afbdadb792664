"""Where group 4 data breaks off in zeros, and where zeros merely fill it up."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ocr.group4 import has_hole, has_holes

SIZES = st.tuples(st.integers(1, 60), st.integers(1, 3000))


def coded(seed: int, size: tuple[int, int], dark: float) -> Image.Image:
    content, rows = io.BytesIO(), np.random.default_rng(seed).random(size) >= dark
    Image.fromarray(rows).save(content, "TIFF", compression="group4")
    content.seek(0)
    return Image.open(content)


def strips(picture) -> list[bytes]:
    """What the strips hold, as the TIFF's own tags say."""
    content = picture.fp.getvalue()
    places = zip(picture.tag_v2[273], picture.tag_v2[279], strict=True)
    return [content[offset : offset + count] for offset, count in places]


@settings(deadline=None)
@given(st.integers(0, 10**6), SIZES, st.sampled_from([0.0, 0.001, 0.02, 0.3, 0.5, 0.999, 1.0]), st.integers(0, 40))
def test_no_picture_whatever_its_rows_has_a_hole(seed, size, dark, filling) -> None:
    picture = coded(seed, size, dark)
    assert not has_holes(picture)
    for strip in strips(picture):
        assert not has_hole(strip + bytes(filling))
        assert not has_hole(strip + bytes(filling) + b"\7\1")  # behind its end mark a strip may hold anything


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_zeros_between_rows_are_a_hole_in_either_order_of_bits(at) -> None:
    (strip,) = strips(coded(5, (200, 1654), 0.02))
    middle = int(len(strip) * at)
    assert has_hole(strip[:middle] + bytes(16) + strip[middle + 16 :])


def test_of_other_codings_nothing_is_said() -> None:
    content = io.BytesIO()
    Image.new("L", (300, 300)).save(content, "TIFF")
    assert not has_holes(Image.open(content))
