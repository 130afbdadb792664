"""What ink stands in and around each box, in physical quantities: mm2, mm, darkness. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.boxes import BoxPatches, Floats
from ocr.ranks import find_median

INK = 0.07  # darkness that counts as ink, of printed black: JPEG ripples at quality 60 stay below 0.06
SOLID = 0.35  # darkness of an ordinary pen's line
_NOISE_TIMES = 3.5  # ink must also stand this many standard deviations of the paper's noise (before smoothing) above it
# How far inside the outline's centre line the interior begins: the softer the page, the weaker its outlines are seen
# (0.65 at 300 dpi, 0.3 at 100 dpi or out of focus) and the further their grey reaches.
_GUARD_MM, _GUARD_SOFTNESS = 0.92, 0.72
_GUARD_LIMITS_MM = 0.45, 0.75
_BESIDE_MM = 0.7, 1.5  # where ink stands beside a box, from the outline
_SECTORS = 8
_SECTOR_MM2 = 0.12
_LINE_MM, _WIDE_LINE_MM = 0.5, 1.0
_RULE_SHARE = 0.85
_EDGE_PX = 4


@dataclass(frozen=True, eq=False)
class BoxInk:
    """Arrays (n,) over the boxes in the order in which they were asked for.

    In the interior: `area_mm2` of ink, its mean `darkness` (0 without ink), `mean` darkness of all of it, noise and
    all, `width_mm`, `height_mm` that the ink reaches over, `x_mm`, `y_mm` from the box's middle to its middle,
    `coverage` 0..1 by solid ink. Outside: `beside_mm2` of ink near the outline, `around` its mean darkness there and
    further out, `edge_mm2` of ink on the outline beyond what is printed there, `sectors` 0..8 of the surroundings that
    hold ink; `opposed`: ink far out left and right, or above and below, as a line that passes leaves it. `through`: a
    straight line that comes in and goes out again, as dirt on a scanner's glass draws it.
    `outline`: how well the printed outline was seen; `line_mm`: how wide its lines are in printed black, whatever the
    focus. `room_mm`: half the way to the nearest other box.
    """

    area_mm2: Floats
    darkness: Floats
    mean: Floats
    width_mm: Floats
    height_mm: Floats
    x_mm: Floats
    y_mm: Floats
    coverage: Floats
    beside_mm2: Floats
    around: Floats
    edge_mm2: Floats
    sectors: Floats
    opposed: Floats
    through: Floats
    outline: Floats
    line_mm: Floats
    room_mm: Floats

    @cached_property
    def extent_mm(self) -> Floats:
        """The longer of width and height."""
        return np.maximum(self.width_mm, self.height_mm)


def measure_ink(groups: list[BoxPatches], count: int) -> BoxInk:
    """The ink of all boxes, put back into their order."""
    arrays = {field.name: np.zeros(count, np.float32) for field in fields(BoxInk)}
    sharpness = min((float(find_median(patches.outline[patches.is_found()])) for patches in groups), default=0.0)
    guard_mm = float(np.clip(_GUARD_MM - _GUARD_SOFTNESS * sharpness, *_GUARD_LIMITS_MM))
    for patches in groups:
        for name, values in _measure_group(patches, guard_mm).items():
            arrays[name][patches.index] = values
    return BoxInk(**arrays)


def find_level(patches: BoxPatches) -> float:
    """The darkness from which on something is ink, on this page."""
    return max(INK, _NOISE_TIMES * patches.noise)


def _measure_group(patches: BoxPatches, guard_mm: float) -> dict[str, Floats]:
    smooth = _smoothed(patches.ink)
    level = find_level(patches)
    inner = _interior(smooth, patches, guard_mm)
    inside = _measure_inside(inner, level, patches.px_per_mm)
    width, height = inside["width_mm"], inside["height_mm"]
    beside, sectors, crossed, darkness_around = _measure_around(patches.around > level, patches)
    edges, lines = _measure_edges(smooth, patches)
    measured = {
        **inside,
        "mean": inner.mean(axis=(1, 2)),
        "beside_mm2": beside,
        "around": darkness_around,
        "edge_mm2": edges,
        "sectors": sectors,
        "opposed": crossed.any(axis=1),
        "through": _is_line(width, height, inner.shape[2] / patches.px_per_mm[0], crossed[:, 0])
        | _is_line(height, width, inner.shape[1] / patches.px_per_mm[1], crossed[:, 1]),
        "outline": patches.outline,
        "line_mm": lines,
        "room_mm": patches.room_mm,
    }
    return {name: np.asarray(values, np.float32) for name, values in measured.items()}


def _measure_inside(inner: Floats, level: float, px_per_mm: tuple[float, float]) -> dict[str, NDArray[np.float64]]:
    """What of the interior is 0 where there is no ink: most boxes are empty and are not measured."""
    held = np.flatnonzero((inner > min(level, SOLID)).reshape(len(inner), -1).any(axis=1))
    some = inner[held]
    inked = some > level
    across, down = np.asarray(inked.any(axis=1)), np.asarray(inked.any(axis=2))
    pixels = inked.sum(axis=(1, 2))
    measured = {
        "area_mm2": pixels / (px_per_mm[0] * px_per_mm[1]),
        "darkness": np.where(inked, some, 0).sum(axis=(1, 2)) / np.maximum(pixels, 1),
        "width_mm": across.sum(axis=1) / px_per_mm[0],
        "height_mm": down.sum(axis=1) / px_per_mm[1],
        "x_mm": _middles(across) / px_per_mm[0],
        "y_mm": _middles(down) / px_per_mm[1],
        "coverage": (some > SOLID).mean(axis=(1, 2)),
    }
    return {name: _scatter(values, held, len(inner)) for name, values in measured.items()}


def _middles(held: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Halfway between the first and the last place that holds ink, from the middle of the row; 0 without ink."""
    first, last = held.argmax(axis=1), held.shape[1] - 1 - held[:, ::-1].argmax(axis=1)
    return np.where(held.any(axis=1), (first + last) / 2 - held.shape[1] // 2, 0.0)


def _is_line(
    across: NDArray[np.float64], along: NDArray[np.float64], whole_mm: float, crossed: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Narrow, and either from side to side and thin as no pen draws it twice, or seen on both sides of the box."""
    return (along > 0.95 * whole_mm) & (across <= _LINE_MM) | (across > 0) & (across <= _WIDE_LINE_MM) & crossed


def _smoothed(ink: Floats) -> Floats:
    """Averaged over 3 x 3 pixels; all patches in one call, which mixes only their outermost rows."""
    return cv2.blur(ink.reshape(-1, ink.shape[2]), (3, 3)).reshape(ink.shape).astype(np.float32, copy=False)


def _interior(ink: Floats, patches: BoxPatches, guard_mm: float) -> Floats:
    right, down = (
        max(1, half - round(guard_mm * scale)) for half, scale in zip(patches.half_px, patches.px_per_mm, strict=True)
    )
    y, x = ink.shape[1] // 2, ink.shape[2] // 2
    return ink[:, y - down : y + down + 1, x - right : x + right + 1]


def _measure_edges(ink: Floats, patches: BoxPatches) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The most ink (mm2 of printed black) that one side's outline holds beyond the median of that side over all boxes,
    and how wide (mm of printed black) the lines of each outline are, by the median of its sides.

    What is printed is the same on every box of a page at any resolution and softness; a stroke along it is not.
    """
    sides, lengths_px = [], []
    for axis in (1, 2):
        middle, half, across = ink.shape[axis] // 2, patches.half_px[2 - axis], patches.half_px[axis - 1]
        along = slice(ink.shape[3 - axis] // 2 - across + _EDGE_PX, ink.shape[3 - axis] // 2 + across - _EDGE_PX + 1)
        for line in (middle - half, middle + half):
            band = slice(line - _EDGE_PX, line + _EDGE_PX + 1)
            part = ink[:, band, along] if axis == 1 else ink[:, along, band]
            sides.append(part.sum(axis=(1, 2)))
            lengths_px.append((along.stop - along.start) * patches.px_per_mm[2 - axis])
    whole = np.column_stack(sides)
    mass = whole / (patches.px_per_mm[0] * patches.px_per_mm[1])
    beyond = (mass - find_median(mass[patches.is_found()].T)).max(axis=1)
    return np.asarray(beyond, np.float32), find_median(whole / lengths_px).astype(np.float32)


def _measure_around(
    inked: NDArray[np.bool_], patches: BoxPatches
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.bool_], NDArray[np.float64]]:
    """Ink beside the outline (mm2), sectors that hold ink, whether ink stands above and below, left and right, and its
    mean darkness.
    """
    zone, ordered, starts = _zones(inked.shape[1:], patches.around_half_px, patches.around_px_per_mm)
    # Beside most boxes there is nothing: those are not measured
    held = np.flatnonzero((inked & (zone >= 0)).reshape(len(inked), zone.size).any(axis=1))
    some = inked[held]
    flat, unruled, around = (
        part.reshape(len(held), zone.size)
        for part in (some, some & ~_ruled(some, patches.own[held]), patches.around[held])
    )
    # Summed zone by zone: a matrix product is as fast but keeps the other cores busy, which pages should have
    pixels = np.add.reduceat(unruled[:, ordered], starts, axis=1, dtype=np.int32)
    mm2 = pixels / (patches.around_px_per_mm[0] * patches.around_px_per_mm[1])
    sectors = mm2[:, :_SECTORS] + mm2[:, _SECTORS:] > _SECTOR_MM2
    right, below, left, above = (flat[:, np.flatnonzero(zone == _SECTORS + side)].any(axis=1) for side in (0, 2, 4, 6))
    darkness = (unruled * around)[:, ordered].sum(axis=1) / pixels.sum(axis=1).clip(1)
    return (
        _scatter(mm2[:, :_SECTORS].sum(axis=1), held, len(inked)),
        _scatter(sectors.sum(axis=1), held, len(inked)),
        _scatter(np.column_stack([above & below, left & right]), held, len(inked)),
        _scatter(darkness, held, len(inked)),
    )


def _scatter(some: NDArray[Any], held: NDArray[np.intp], count: int) -> NDArray[Any]:
    """What was measured of the boxes `held`, among zeros for the other boxes."""
    values = np.zeros((count, *some.shape[1:]), some.dtype)
    values[held] = some
    return values


@lru_cache(maxsize=64)
def _zones(
    shape: tuple[int, int], half_px: tuple[int, int], px_per_mm: tuple[float, float]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """(rows, columns) the zone of each pixel of a patch: the near ring's sectors, then the far ring's, -1 for neither;
    the pixels in order of their zones, and where each zone begins there.
    """
    beyond, sector = _rings(shape, half_px, px_per_mm)
    zone = np.where(beyond > _BESIDE_MM[1], sector + _SECTORS, np.where(beyond >= _BESIDE_MM[0], sector, -1))
    outside = np.flatnonzero(zone >= 0)
    ordered = outside[np.argsort(zone.flat[outside], kind="stable")]
    return zone, ordered, np.searchsorted(zone.flat[ordered], np.arange(2 * _SECTORS))


def _ruled(inked: NDArray[np.bool_], own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows and columns that are ink from edge to edge: a table's printed lines, a scanner's streak beside a box."""
    rows = _wide(inked, axis=1).sum(axis=2) > _RULE_SHARE * own.any(axis=1).sum(axis=1)[:, None]
    columns = _wide(inked, axis=2).sum(axis=1) > _RULE_SHARE * own.any(axis=2).sum(axis=1)[:, None]
    return np.asarray(_wide(rows, axis=1)[:, :, None] | _wide(columns, axis=1)[:, None, :])


def _wide(inked: NDArray[np.bool_], axis: int) -> NDArray[np.bool_]:
    """Each pixel or one of its two neighbours along an axis: a line that slants a little is still one."""
    wide = inked.copy()
    ahead = (slice(None),) * axis + (slice(1, None),)
    behind = (slice(None),) * axis + (slice(None, -1),)
    wide[ahead] |= inked[behind]
    wide[behind] |= inked[ahead]
    return wide


def _rings(
    shape: tuple[int, int], half_px: tuple[int, int], px_per_mm: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """For each pixel of a patch: mm beyond the outline (below 0 inside), and its sector, 0 to the right, 2 below."""
    v, u = (np.arange(size) - size // 2 for size in shape)
    beyond = np.maximum(
        (np.abs(u) - half_px[0])[None, :] / px_per_mm[0], (np.abs(v) - half_px[1])[:, None] / px_per_mm[1]
    )
    angle = np.arctan2(v[:, None], u[None, :]) / (2 * np.pi)
    return beyond, np.rint(angle * _SECTORS).astype(np.intp) % _SECTORS
