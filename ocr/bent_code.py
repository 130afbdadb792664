"""A code on paper that does not lie flat, as damp or crumpling leaves it: laid on its modules as they lie, then read.

What is taken for dark and light makes an ideal symbol, what is known of every symbol drawn right; the picture is bent
by what fits it better to that symbol, smoothly at first, and looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import cv2
import numpy as np
from numpy.polynomial.legendre import legvander2d
from numpy.typing import NDArray

from forms.code import MODULES

Field = NDArray[np.float32]

CELL_PX = 6
# How finely the paper may bend, the highest degree of a polynomial over the symbol, look by look. Of 16 pages in waves
# of 1.2 to 4 cm whose codes nothing else could read 13 are read so; 9 where it bends finely from the first
_DEGREES = (3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 7)
_STIFF = 0.01  # what bends have to explain, of what a mean one does
_FEW = slice(1, None, 3)  # of the pixels, which are soft
_NOTHING = np.zeros((0, 0), np.float32)  # is added to OpenCV's products, which keep to one thread as NumPy's do not
_QUIET = 2  # modules around the symbol
_AROUND, _LIGHT = 5, 9  # modules, in which both black and white stand; over which light is even
_LEAST_GREYS = 10.0
_SIDE = (MODULES + 2 * _QUIET) * CELL_PX
_SYMBOL = slice(_QUIET * CELL_PX, _SIDE - _QUIET * CELL_PX)


def follow_modules(
    patch: NDArray[np.uint8], corners: NDArray[np.float64], known: NDArray[np.bool_], values: NDArray[np.bool_]
) -> Iterator[NDArray[np.bool_]]:
    """The symbol's dark modules as they look, look by look, (MODULES, MODULES) each.

    `corners`: where the symbol roughly is in the patch, (4, 2) px, clockwise from its upper left; `known`, `values`:
    which modules every code has alike, and whether these are dark.
    """
    modules, basis, degrees = _grid()
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * MODULES
    flat = cv2.getPerspectiveTransform(square, corners.astype(np.float32))
    smooth = cv2.GaussianBlur(patch, (0, 0), 1.0).astype(np.float32)
    bend = np.zeros((len(basis), 2), np.float32)
    for most in _DEGREES:
        moved = cv2.gemm(bend, basis.reshape(len(basis), -1), 1, _NOTHING, 0, flags=cv2.GEMM_1_T)
        there = modules + np.moveaxis(moved.reshape(2, _SIDE, _SIDE), 0, 2)
        across, down = cv2.split(cv2.perspectiveTransform(there, flat))
        found = cv2.remap(smooth, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        seen = _darkness(np.asarray(found, np.float32))
        cells = seen[_SYMBOL, _SYMBOL].reshape(MODULES, CELL_PX, MODULES, CELL_PX)[:, 1:-1, :, 1:-1].mean(axis=(1, 3))
        yield cells > 0.5
        ideal = np.where(known, values, (4 * (cells - 0.5) + 0.5).clip(0, 1)).astype(np.float32)
        used = degrees <= most
        bend[used] += _fit_bend(seen, ideal, basis[used], degrees[used])


@cache
def _grid() -> tuple[Field, Field, NDArray[np.int_]]:
    """Where every pixel of the symbol lies, in modules (n, n, 2); polynomials over it (k, n, n); their degrees (k,)."""
    along = (np.arange(_SIDE, dtype=np.float32) + 0.5) / CELL_PX - _QUIET
    x, y = np.meshgrid(along, along)
    most = max(_DEGREES)
    products = legvander2d(2 * x / MODULES - 1, 2 * y / MODULES - 1, [most, most])
    degree = np.add.outer(np.arange(most + 1), np.arange(most + 1)).ravel()
    basis = np.moveaxis(products[..., degree <= most], -1, 0)
    return np.stack([x, y], axis=2), np.ascontiguousarray(basis, np.float32), degree[degree <= most]


def _darkness(picture: Field) -> Field:
    """0 for the lightest, 1 for the darkest of some modules around."""
    around = np.ones((_AROUND * CELL_PX, _AROUND * CELL_PX), np.uint8)
    even = (_LIGHT * CELL_PX, _LIGHT * CELL_PX)
    light, dark = cv2.blur(cv2.dilate(picture, around), even), cv2.blur(cv2.erode(picture, around), even)
    return np.asarray(((light - picture) / np.maximum(light - dark, _LEAST_GREYS)).clip(0, 1), np.float32)


def _fit_bend(seen: Field, ideal: Field, basis: Field, degrees: NDArray[np.int_]) -> Field:
    """What is to be added to the bend, (k, 2) modules along x and y: a step of Gauss and Newton, fine bends dearer."""
    drawn: Field = np.asarray(np.kron(np.pad(ideal, _QUIET), np.ones((CELL_PX, CELL_PX))), np.float32)
    drawn, soft = _softened(drawn, 0.4), _softened(seen, 0.28)
    steep = [cv2.Sobel((drawn + soft) / 2, cv2.CV_32F, *way, scale=CELL_PX / 8)[_FEW, _FEW] for way in ((1, 0), (0, 1))]
    rows = np.concatenate([basis[:, _FEW, _FEW] * each for each in steep]).reshape(2 * len(basis), -1)
    short = (drawn - soft)[_FEW, _FEW].reshape(-1, 1)
    normal = cv2.mulTransposed(rows, False).astype(np.float64)
    stiff = np.tile(1 + 0.3 * np.square(degrees), 2) * (_STIFF * np.trace(normal) / len(normal))
    step = np.linalg.solve(normal + np.diag(stiff), cv2.gemm(rows, short, 1, _NOTHING, 0)[:, 0])
    return np.asarray(step.reshape(2, -1).T, np.float32)


def _softened(picture: Field, modules: float) -> Field:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), modules * CELL_PX), np.float32)
