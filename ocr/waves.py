"""Waves over the whole picture, as a printed screen that beats with a scanner's grid makes (moire): taken out of it.

A wave is one frequency from edge to edge: in the spectrum of the bare paper it stands far out of its surroundings,
where print, light, stains and grain spread over many. Looked for only on pages whose paper is uneven.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.pictures import Gray, shrink_by

Field = NDArray[np.float32]

# A wave's amplitude, for a page to have any, and how many times that is the mean of the frequencies around. On 192
# pages of eight rows without waves (sheet seeds 0-11) none came to both: 14 times where it had 2 greys, 1.7 greys
# where it was 15 times; on 24 with moire 18 times and 1.6 greys at least, 5 greys in the middle
LEAST_GREYS, ABOVE_OTHERS = 2.0, 15.0
LATER_GREYS = 0.6  # of those that come with it
MOST = 6
_PX_PER_MM = 4.0
_LIGHT_MM = 10.0  # what changes more slowly is light
_PRINT = 0.75  # of the paper's light
_PRINT_MM, _SPILL_MM = 2.25, 1.75
_FASTEST = 0.4  # cycles a pixel; what is faster smooths out by itself
_AROUND = 25  # frequencies by as many


def without_waves(pixels: Gray, px_per_mm: float) -> Gray | None:
    """A copy without waves; None where there are none."""
    times = max(1, round(px_per_mm / _PX_PER_MM))
    small = shrink_by(pixels, times)
    rest, free = _paper_field(small, px_per_mm / times)
    window = np.outer(*(np.hanning(size) for size in small.shape)).astype(np.float32)
    waves = []
    least = LEAST_GREYS
    for _ in range(MOST):
        peak = _find_peak(rest * window, float((window * free).sum()), least)
        if peak is None:
            break
        wave = _fit_wave(rest, free, _sharpen(rest * window, peak))
        rest -= np.where(free, _draw_wave(wave, rest.shape, 1), 0)
        waves.append(wave)
        least = LATER_GREYS
    if not waves:
        return None
    clean = pixels.astype(np.float32)
    for wave in waves:
        clean -= _draw_wave(wave, pixels.shape, times)
    return np.asarray(np.rint(clean.clip(0, 255)), np.uint8)


def _paper_field(small: Gray, per_mm: float) -> tuple[Field, NDArray[np.bool_]]:
    """How far each place of bare paper is from the light around it, 0 on print; and where paper is."""
    wide, light = round(_PRINT_MM * per_mm) | 1, round(_LIGHT_MM * per_mm) | 1
    paper = cv2.blur(cv2.dilate(small, np.ones((wide, wide), np.uint8)), (light, light))
    spill = round(_SPILL_MM * per_mm) | 1
    free = cv2.dilate((small < _PRINT * paper).astype(np.uint8), np.ones((spill, spill), np.uint8)) == 0
    held = cv2.blur(free.astype(np.float32), (light, light)).clip(0.05)
    level = cv2.blur(np.where(free, small, 0).astype(np.float32), (light, light)) / held
    return np.where(free, small - level, 0).astype(np.float32), free


def _find_peak(field: Field, weight: float, least: float) -> tuple[float, float] | None:
    """The frequency (down, across; cycles a pixel) that stands out most; None where none does."""
    from scipy.fft import rfft2  # single precision, in half the time; few pages need it

    height, width = field.shape
    greys = np.asarray(np.abs(rfft2(field)) * (2 / weight), np.float32)
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    stands = greys > ABOVE_OTHERS * cv2.blur(greys, (_AROUND, _AROUND), borderType=cv2.BORDER_REFLECT)
    greys[~stands | (np.hypot(down, across) > _FASTEST)] = 0
    row, column = np.unravel_index(int(greys.argmax()), greys.shape)
    return (float(down[row, 0]), float(across[0, column])) if greys[row, column] >= least else None


def _sharpen(field: Field, peak: tuple[float, float]) -> tuple[float, float]:
    """The frequency near a peak of the spectrum at which the field answers most, to a twentieth of its steps."""
    y, x = (np.arange(size) for size in field.shape)
    best = peak
    for reach in (0.5, 0.1):
        down, across = (
            centre + np.linspace(-reach, reach, 5) / size for centre, size in zip(best, field.shape, strict=True)
        )
        turns = np.exp(-2j * np.pi * np.outer(down, y)).astype(np.complex64)  # apart: the field is not made complex
        upright = turns.real @ field + 1j * (turns.imag @ field)
        answer = np.abs(upright @ np.exp(-2j * np.pi * np.outer(x, across)))
        row, column = np.unravel_index(int(answer.argmax()), answer.shape)
        best = float(down[row]), float(across[column])
    return best


def _fit_wave(rest: Field, free: NDArray[np.bool_], frequency: tuple[float, float]) -> tuple[float, float, complex]:
    """A wave's frequency and its amplitude with phase, by least squares over bare paper (every third pixel)."""
    turns = [np.exp(2j * np.pi * each * np.arange(size)) for each, size in zip(frequency, rest.shape, strict=True)]
    held = free[::3, ::3]
    unit = np.outer(turns[0][::3], turns[1][::3])[held]
    columns = np.column_stack([unit.real, -unit.imag])
    cosine, sine = np.linalg.lstsq(columns, rest[::3, ::3][held], rcond=None)[0]
    return *frequency, complex(cosine, sine)


def _draw_wave(wave: tuple[float, float, complex], shape: tuple[int, ...], times: int) -> Field:
    """The wave over a picture that is `times` as fine as the one it was found in."""
    down, across, amplitude = wave
    y, x = ((np.arange(size) + 0.5) / times - 0.5 for size in shape)
    first, second = amplitude * np.exp(2j * np.pi * down * y), np.exp(2j * np.pi * across * x)
    return (np.outer(first.real, second.real) - np.outer(first.imag, second.imag)).astype(np.float32)
