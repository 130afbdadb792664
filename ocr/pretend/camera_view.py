"""Where the camera stands and what its lens does: bent paper to pixels of the frame, and back. Knows no light."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from forms.geometry import PAGE_H_MM, PAGE_W_MM
from ocr.pretend.camera_paper import BentPaper, Points
from ocr.pretend.camera_settings import CameraSettings

Matrix3 = NDArray[np.float64]
CORNERS_MM = np.array([[0, 0], [PAGE_W_MM, 0], [PAGE_W_MM, PAGE_H_MM], [0, PAGE_H_MM]], np.float64)
_FOCAL = 0.74  # of the frame's long side: what a phone's main camera has (26-27 mm on 36 mm)
_STEP_PX = 8
_FAR_MM = 420.0


@dataclass(frozen=True, eq=False)
class View:
    """A frame of `width` x `height` px. `turn` (3 x 3) takes space to the camera, where the sheet is `at`, mm."""

    paper: BentPaper
    width: int
    height: int
    turn: Matrix3
    at: Points
    lens: float
    rotation: int

    @property
    def focal_px(self) -> float:
        """The focal length, px."""
        return _FOCAL * max(self.width, self.height)

    def to_px(self, points_mm: Points) -> Points:
        """Points of the sheet (n, 2) in mm to the frame; pixel centres are whole numbers."""
        x, y, z = (self.paper.in_space(points_mm) @ self.turn.T + self.at).T
        flat = np.column_stack([x / z, y / z])
        corner = np.hypot(self.width, self.height) / 2 / self.focal_px
        flat *= (1 + self.lens * np.square(flat / corner).sum(axis=1))[:, None]
        return flat * self.focal_px + np.array([self.width - 1, self.height - 1]) / 2

    @property
    def px_per_mm(self) -> float:
        """The scale in the middle of the sheet."""
        at, right, down = self.to_px(np.array([[105.0, 148.0], [106.0, 148.0], [105.0, 149.0]]))
        return float(np.sqrt(abs(np.linalg.det(np.column_stack([right - at, down - at])))))

    def sheet_map(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """For each pixel of the frame, the point of the sheet in mm (x, y), far off where there is no sheet."""
        columns = np.arange(0, self.width + _STEP_PX, _STEP_PX)
        rows = np.arange(0, self.height + _STEP_PX, _STEP_PX)
        there = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2).astype(np.float64)
        plane = self.plane()
        back = np.asarray(np.linalg.inv(plane), np.float64)
        guess = _project(back, there)
        for _ in range(12):  # the homography is nearly the map, so that its error comes back smaller each time
            inside = guess.clip(-60, _FAR_MM)
            off = self.to_px(inside) - _project(plane, inside)
            guess = _project(back, there - off)
        grid = guess.clip(-_FAR_MM, 2 * _FAR_MM).reshape(len(rows), len(columns), 2).astype(np.float32)
        size = (len(columns) * _STEP_PX, len(rows) * _STEP_PX)
        shift = np.array([[_STEP_PX, 0, 0], [0, _STEP_PX, 0]], np.float32)  # whole steps stay on whole pixels
        full = cv2.warpAffine(grid, shift, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        inside = full[: self.height, : self.width]
        return np.array(inside[:, :, 0], np.float32), np.array(inside[:, :, 1], np.float32)

    def plane(self) -> Matrix3:
        """The homography that fits best: sheet mm to px."""
        grid = np.array([[x, y] for x in np.linspace(5, 205, 9) for y in np.linspace(5, 292, 12)])
        return np.asarray(cv2.findHomography(grid, self.to_px(grid), 0)[0], np.float64)


def _project(matrix: Matrix3, points: Points) -> Points:
    there = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    depth = np.where(np.abs(there[:, 2:]) < 1e-6, 1e-6, there[:, 2:])
    return np.asarray(there[:, :2] / depth, np.float64)


def point_camera(paper: BentPaper, rng: np.random.Generator, settings: CameraSettings) -> View:
    """Draw where the camera stands: the whole sheet in the frame, as large as the settings say."""
    turns, shares = list(settings.turns), np.array(list(settings.turns.values()))
    rotation = turns[int(rng.choice(len(turns), p=shares / shares.sum()))]
    roll = rng.normal(0, settings.roll_deg)
    if rng.random() < settings.any_roll:
        roll = rng.uniform(-45, 45)
    across = (rng.random() < settings.sideways) != (rotation in (90, 270))
    long_px = round(float(np.sqrt(np.exp(rng.uniform(*np.log(settings.megapixels))) * 4e6 / 3)))
    width, height = (long_px, long_px * 3 // 4) if across else (long_px * 3 // 4, long_px)
    tilt, towards = np.radians(rng.uniform(*settings.tilt_deg)), rng.uniform(0, 2 * np.pi)
    turn = _about_z(np.radians(rotation + roll)) @ _about(np.array([np.cos(towards), np.sin(towards), 0]), tilt)
    lens = float(rng.normal(0, settings.lens))
    view = View(paper, width, height, turn, np.array([0.0, 0.0, 400.0]), lens, rotation)
    return _framed(view, float(rng.uniform(*settings.fill)), rng.uniform(-0.9, 0.9, 2))


def _framed(view: View, fill: float, aside: Points) -> View:
    """The view from where the sheet takes `fill` of the frame, `aside` (-1..1) of the room left from the middle."""
    frame = np.array([view.width, view.height])
    edge = np.concatenate([CORNERS_MM, (CORNERS_MM + np.roll(CORNERS_MM, 1, axis=0)) / 2])
    for _ in range(8):
        there = view.to_px(edge)
        low, high = there.min(axis=0), there.max(axis=0)
        takes = float(((high - low) / frame).max())
        room = (frame * fill / takes - (high - low)).clip(0) / 2 if takes > fill else (frame - (high - low)) / 2
        want = frame / 2 + aside * room.clip(0)
        move = (want - (low + high) / 2) * view.at[2] / view.focal_px
        deeper = view.at * np.array([1, 1, takes / fill]) + np.array([*move, 0])
        view = replace(view, at=deeper)
    return view


def _about_z(angle: float) -> Matrix3:
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def _about(axis: Points, angle: float) -> Matrix3:
    """Rodrigues' rotation."""
    return np.asarray(cv2.Rodrigues(axis * angle)[0], np.float64)
