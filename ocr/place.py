"""The place of a sheet in an image: sheet millimetres to pixels, straight, fed unevenly or bent; and samples by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import PAGE_H_MM, PAGE_W_MM, Rect, marker_rects, mid_mark_rects
from ocr.bend import Bend
from ocr.markers import Points
from ocr.pictures import Gray, shrink_by
from ocr.reading import Matrix

TILTED = 1.015  # how much larger one corner of the sheet may look than another on a scanner's glass
BENT_MM = 0.2  # residual from which a sheet does not lie flat
_RIM_MM = 5.0  # more than an outline's reach and what a bend does between the points looked at
_STEP_MM = 0.5
# Of the mid-edge marks and of the upper markers, between which a feeder's bend is told
(_LEFT_MM, _RIGHT_MM), _TOP_MM = (rect.centre[0] for rect in mid_mark_rects()), marker_rects()[0].centre[1]
_STEPS = _STEP_MM * np.array([[1, 0], [-1, 0], [0, 1], [0, -1], [0, 0]], np.float64)


@dataclass(frozen=True, eq=False)
class Registration:
    """`matrix` takes mm to px; `bend_mm` is how far the middle of the left and right edge is fed off, downwards.

    `bend`: how the paper itself bends; `marks_mm`: the middles of the marks that tell so,
    None for all there are; `marks_shape` (n, 2, 2): how each is drawn out, mm a mm, NaN for a mere point.
    `rough`: found by marks that do not fit a flat sheet, good for finding the code;
    boxes are to be read only once their own outlines have borne the place out (ocr.settle).
    """

    matrix: NDArray[np.float64]
    residual_mm: float
    markers: int
    bend_mm: tuple[float, float] = (0.0, 0.0)
    bend: Bend | None = None
    rough: bool = False
    marks_mm: Points | None = None
    marks_shape: NDArray[np.float64] | None = None

    def to_px(self, points_mm: Points) -> Points:
        """Sheet points (n, 2) in mm to image pixels, the bend included."""
        if self.bend is not None:
            points_mm = self.bend.moved(points_mm)
        return project(self.matrix, self._bent(points_mm) if any(self.bend_mm) else points_mm)

    def _bent(self, points_mm: Points) -> Points:
        share = (points_mm[:, 0] - _LEFT_MM) / (_RIGHT_MM - _LEFT_MM)
        bend = self.bend_mm[0] + share * (self.bend_mm[1] - self.bend_mm[0])
        arc = 1 - ((points_mm[:, 1] - PAGE_H_MM / 2) / (PAGE_H_MM / 2 - _TOP_MM)) ** 2
        bent = np.array(points_mm, np.float64)
        bent[:, 1] += bend * np.maximum(arc, 0)
        return bent

    def affine_at(self, points_mm: Points) -> NDArray[np.float64]:
        """(n, 2, 3): pixels per mm of the sheet's x and y around each point, and the point in pixels."""
        around = points_mm[None] + _STEPS[:, None]
        right, left, down, up, at = self.to_px(around.reshape(-1, 2)).reshape(5, -1, 2)
        affine = np.empty((len(points_mm), 2, 3))
        affine[:, :, 0] = (right - left) / (2 * _STEP_MM)
        affine[:, :, 1] = (down - up) / (2 * _STEP_MM)
        affine[:, :, 2] = at
        return affine

    @cached_property
    def _middle(self) -> NDArray[np.float64]:
        return np.asarray(self.affine_at(np.array([[PAGE_W_MM / 2, PAGE_H_MM / 2]]))[0])

    @cached_property
    def px_per_mm(self) -> float:
        """The scale in the middle of the page."""
        return float(np.sqrt(abs(np.linalg.det(self._middle[:, :2]))))

    @property
    def rotation(self) -> int:
        """The content's clockwise turn as scanned: 0, 90, 180 or 270."""
        x, y = self._middle[:, 0]
        return round(float(np.degrees(np.arctan2(y, x))) / 90) % 4 * 90

    @property
    def is_level(self) -> bool:
        """Whether the sheet looks as large at one corner as at another, as on a scanner's glass."""
        plane = replace(self, bend=None, bend_mm=(0.0, 0.0))
        corners = plane.affine_at(np.array([rect.centre for rect in marker_rects()]))[:, :, :2]
        scale = np.sqrt(np.abs(np.linalg.det(corners)))
        return bool(scale.max() <= TILTED * scale.min())

    @property
    def is_flat(self) -> bool:
        """Whether the sheet lies as on a scanner's glass, all its marks where they should be."""
        return self.is_level and self.bend is None and self.residual_mm <= BENT_MM

    def as_rows(self) -> Matrix:
        """The homography as plain numbers, for the reading; of a bent sheet the one that fits best."""
        matrix = self.matrix
        if self.bend is not None:
            grid = np.array([[x, y] for x in np.linspace(15, 195, 7) for y in np.linspace(15, 282, 9)])
            fitted = fit(grid, self.to_px(grid))
            matrix = matrix if fitted is None else fitted[0]
        a, b, c = (tuple(float(value) for value in row) for row in matrix)
        return (a[0], a[1], a[2]), (b[0], b[1], b[2]), (c[0], c[1], c[2])


def sample(pixels: Gray, found: Registration, rect: Rect, px_per_mm: float) -> Gray:
    """An upright copy of a rectangle of the sheet."""
    return next(sample_each(pixels, found, [rect], px_per_mm))


def sample_each(pixels: Gray, found: Registration, rects: Sequence[Rect], px_per_mm: float) -> Iterator[Gray]:
    """An upright copy of every rectangle, their places looked up together, which saves half the time."""
    if not rects:
        return
    affines = found.affine_at(np.array([rect.centre for rect in rects]))
    affines[:, :, :2] /= px_per_mm
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for rect, affine in zip(rects, affines, strict=True):
        width, height = round(rect.w * px_per_mm), round(rect.h * px_per_mm)
        affine[:, 2] -= affine[:, :2] @ (np.array([width - 1, height - 1]) / 2)
        copy = cv2.warpAffine(pixels, affine, (width, height), flags=flags, borderValue=255)
        yield copy.astype(np.uint8, copy=False)


def reduced(
    pixels: Gray, found: Registration, max_px_per_mm: float, within: Rect | None = None
) -> tuple[Gray, Registration]:
    """Image and registration shrunk by the whole number that brings the scale next to the one wanted.

    Samples then average over the image instead of skipping pixels. `within`: the part of the sheet that is wanted, mm;
    what lies further than 5 mm outside is left white, which saves time.
    """
    times = round(found.px_per_mm / max_px_per_mm)
    if times < 2:
        return pixels, found
    middle = (times - 1) / 2
    shrink = np.array([[times, 0, middle], [0, times, middle], [0, 0, 1]])
    small = shrink_by(pixels, times) if within is None else _shrink_within(pixels, times, found, within)
    return small, replace(found, matrix=np.linalg.inv(shrink) @ found.matrix)


def _shrink_within(pixels: Gray, times: int, found: Registration, within: Rect) -> Gray:
    across = np.linspace(within.x - _RIM_MM, within.x + within.w + _RIM_MM, 5)
    down = np.linspace(within.y - _RIM_MM, within.y + within.h + _RIM_MM, 5)
    height, width = (size // times for size in pixels.shape)
    places = found.to_px(np.array([(x, y) for x in across for y in down])) / times
    x0, y0 = np.floor(places.min(axis=0)).astype(int).clip(0)
    x1, y1 = np.minimum(np.ceil(places.max(axis=0)).astype(int), (width, height))
    small = np.full((height, width), 255, np.uint8)
    if x1 > x0 and y1 > y0:
        small[y0:y1, x0:x1] = shrink_by(pixels[y0 * times : y1 * times, x0 * times : x1 * times], times)
    return small


def project(matrix: NDArray[np.float64], points: Points) -> Points:
    """Points (n, 2) by a homography."""
    projected = cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float64), matrix)
    return np.asarray(projected, np.float64).reshape(-1, 2)


@cache
def corners_mm(marker: int) -> Points:
    """A marker's four corners on the sheet, clockwise from its upper left; not to be written to."""
    rect = marker_rects()[marker]
    right, bottom = rect.x + rect.w, rect.y + rect.h
    corners = np.array([[rect.x, rect.y], [right, rect.y], [right, bottom], [rect.x, bottom]])
    corners.setflags(write=False)
    return corners


def fit(points_mm: Points, points_px: Points, affine: bool = False) -> tuple[NDArray[np.float64], float] | None:
    """The least-squares map and its largest residual in mm; None where the points span no plane."""
    if affine:
        columns = np.column_stack([points_mm, np.ones(len(points_mm))])
        solved = np.linalg.lstsq(columns, points_px, rcond=None)[0]
        matrix = np.vstack([solved.T, [0.0, 0.0, 1.0]])
    else:
        fitted = cv2.findHomography(points_mm, points_px, 0)[0]
        matrix = np.zeros((3, 3)) if fitted is None else np.array(fitted, dtype=np.float64)
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-9:
        return None
    inverse: Points = np.linalg.inv(matrix)
    off = np.linalg.norm(project(inverse, points_px) - points_mm, axis=1)
    return matrix, float(off.max())
