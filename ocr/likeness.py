"""How like one known picture another is, wherever it may have moved to within a reach.

The measure is OpenCV's TM_CCOEFF_NORMED. Its matchTemplate transforms both pictures anew every time; here what
belongs to the known one is kept, and the sums under its window are had from strips: a third of the time.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class KnownPicture:
    """A picture without its rim of `reach_px`, less its mean: its spectrum, packed as cv2.dft does, and its norm."""

    shape: tuple[int, int]
    reach_px: int
    spectrum: Floats
    norm: float


def know_picture(picture: Floats, reach_px: int) -> KnownPicture:
    """What find_likeness needs of a picture (rows, columns), larger than twice the reach."""
    rows, columns = picture.shape
    inner = picture[reach_px : rows - reach_px, reach_px : columns - reach_px]
    centred = np.asarray(inner - inner.mean(dtype=np.float64), np.float32)
    norm = float(np.sqrt(np.square(centred, dtype=np.float64).sum()))
    return KnownPicture((rows, columns), reach_px, _spectrum(centred, (rows, columns)), norm)


def find_likeness(known: KnownPicture, picture: Floats) -> Floats:
    """(2 reach + 1, 2 reach + 1) in -1..1: the likeness with the known picture moved down and right by -reach..reach.

    `picture` has the known one's whole shape; 0 where either is of one level.
    """
    side = 2 * known.reach_px + 1
    product = cv2.mulSpectrums(_spectrum(picture, known.shape), known.spectrum, 0, conjB=True)
    flags = cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT
    shared = np.asarray(cv2.dft(product, flags=flags)[:side, :side], np.float64)
    area = (known.shape[0] - side + 1) * (known.shape[1] - side + 1)
    sums, squares = (_window_sums(each, side) for each in (picture, picture * picture))
    spread = np.sqrt((squares - np.square(sums) / area).clip(0)) * known.norm
    return np.asarray(np.where(spread > 0, shared / np.maximum(spread, 1e-9), 0), np.float32)


def _spectrum(picture: Floats, shape: tuple[int, int]) -> Floats:
    rows, columns = (cv2.getOptimalDFTSize(size) for size in shape)
    padded = np.zeros((rows, columns), np.float32)
    padded[: picture.shape[0], : picture.shape[1]] = picture
    return np.asarray(cv2.dft(padded), np.float32)  # told which rows are empty, OpenCV takes a way thrice as long


def _window_sums(picture: Floats, side: int) -> NDArray[np.float64]:
    """(side, side): the sums under a window as large as leaves it `side` places down and across, at each of them."""
    rows, columns = (size - side + 1 for size in picture.shape)
    within = np.empty((side, columns + side - 1))
    within[0] = cv2.reduce(picture[:rows], 0, cv2.REDUCE_SUM, dtype=cv2.CV_64F)
    for top in range(1, side):
        within[top] = within[top - 1] + picture[top + rows - 1] - picture[top - 1]
    ends = np.cumsum(np.pad(within, ((0, 0), (1, 0))), axis=1)
    return np.asarray(ends[:, columns:] - ends[:, :side], np.float64)
