"""The published settings of the pretend phone camera: every rate and range in one place. Must not know pixels.

Made up from what phones, tables and lamps are like, before the reader was tried on any of it; not measured on a survey.
Ranges are (low, high), drawn uniformly unless said otherwise; shares are probabilities 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Range = tuple[float, float]


def _turns() -> dict[int, float]:
    return {0: 0.82, 90: 0.05, 180: 0.08, 270: 0.05}


def _tables() -> dict[str, float]:
    return {"wood": 0.35, "dark": 0.15, "white": 0.15, "cloth": 0.15, "papers": 0.2}


def _curls() -> dict[str, float]:
    return {"arch": 0.45, "edge": 0.35, "wave": 0.2}


@dataclass(frozen=True)
class CameraSettings:
    """How sheets are photographed.

    `megapixels`: drawn evenly in their logarithm; `fill`: how much of the frame the page takes, along the side where it
    takes most; `tilt_deg`: of the camera, in any direction; `roll_deg`: standard deviation of the turn about its axis
    beyond `turns` (share of photos by degrees clockwise); `any_roll`: share turned at random; `sideways`: share of
    frames that lie across the page. `lens`: standard deviation of the radial distortion at the frame's corner.
    `curl_mm`: how far paper stands off the table; `folds`: share with creases, of `fold_deg` each.
    `hands`: share with fingers on the page, `finger_mm` far over its edge.
    `shadows`: share with a shadow that lets `shadow` of the light through, of them `hard_shadows` with a sharp edge;
    `uneven`: light lost from one side to the other; `vignette`: lost in the corners; `glares`: share with a shine.
    `paper`: its grey level where the light is best; `flare`: grey level of pure black; `tone`: exponent of the curve.
    `defocus_mm`: standard deviation on the paper; `motion_mm`: length of the smear, on a share of `shaken`.
    `noise`: standard deviation in grey levels; `smoothed`: how much of it the phone irons out, 0..1; `sharpened`: the
    weight of its unsharp mask; `screens`: share with moire stripes, of up to `moire` of the light.
    `upright`: share of photos stored upright; the others lie as the sensor does and say so in their EXIF tag.
    """

    megapixels: Range = (3.0, 13.0)
    fill: Range = (0.66, 0.95)
    tilt_deg: Range = (0.0, 14.0)
    roll_deg: float = 3.0
    turns: dict[int, float] = field(default_factory=_turns)
    any_roll: float = 0.0
    sideways: float = 0.05
    lens: float = 0.008
    curl_mm: Range = (0.0, 4.0)
    curls: dict[str, float] = field(default_factory=_curls)
    folds: float = 0.3
    fold_deg: Range = (0.5, 5.0)
    tables: dict[str, float] = field(default_factory=_tables)
    hands: float = 0.15
    finger_mm: Range = (2.0, 11.0)
    shadows: float = 0.4
    shadow: Range = (0.55, 0.9)
    hard_shadows: float = 0.3
    uneven: Range = (0.0, 0.3)
    vignette: Range = (0.0, 0.15)
    glares: float = 0.08
    glare: Range = (0.05, 0.3)
    paper: Range = (165.0, 245.0)
    flare: Range = (4.0, 32.0)
    tone: Range = (0.85, 1.2)
    defocus_mm: Range = (0.03, 0.13)
    shaken: float = 0.25
    motion_mm: Range = (0.05, 0.3)
    noise: Range = (1.5, 6.0)
    smoothed: Range = (0.2, 0.8)
    sharpened: Range = (0.0, 0.8)
    screens: float = 0.0
    moire: Range = (0.02, 0.06)
    jpeg_quality: tuple[int, int] = (60, 92)
    upright: float = 0.4


HARD_CAMERA = CameraSettings(
    megapixels=(2.0, 13.0),
    fill=(0.55, 0.95),
    tilt_deg=(5.0, 25.0),
    roll_deg=8.0,
    turns={0: 0.4, 90: 0.2, 180: 0.2, 270: 0.2},
    any_roll=0.15,
    sideways=0.15,
    lens=0.015,
    curl_mm=(2.0, 12.0),
    folds=0.6,
    fold_deg=(2.0, 10.0),
    hands=0.4,
    finger_mm=(4.0, 18.0),
    shadows=0.8,
    shadow=(0.4, 0.85),
    hard_shadows=0.5,
    uneven=(0.1, 0.5),
    vignette=(0.0, 0.3),
    glares=0.25,
    glare=(0.1, 0.5),
    paper=(120.0, 245.0),
    flare=(5.0, 50.0),
    tone=(0.8, 1.3),
    defocus_mm=(0.08, 0.2),
    shaken=0.4,
    motion_mm=(0.1, 0.5),
    noise=(3.0, 10.0),
    smoothed=(0.2, 0.9),
    sharpened=(0.0, 1.2),
    screens=0.05,
    jpeg_quality=(40, 90),
)
"""What people send when nobody told them how to take a photo."""
