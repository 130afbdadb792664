"""The published settings of the pretend pen and scanner: every rate and range in one place, printed by `describe`.

The rates are a made-up mixture, chosen to be wider than a tidy office stack; they are not measured on a real survey.
Ranges are (low, high), drawn uniformly; shares and rates are probabilities 0..1. Must not know pixels.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ocr.pretend.camera_settings import CameraSettings
from ocr.pretend.shapes import MarkKind

Range = tuple[float, float]


@dataclass(frozen=True)
class PenRange:
    """One kind of pen. `darkness` 0..1 is what a full line takes from the paper's light, as a grey scanner sees it.

    `roughness` 0..1: how much paper grain shows through; `skips` 0..1: how often the line breaks; `faint`: always weak.
    """

    share: float
    width_mm: Range
    darkness: Range
    roughness: float
    skips: float = 0.0
    faint: bool = False


def _pens() -> dict[str, PenRange]:
    return {
        "ballpoint_blue": PenRange(0.54, (0.28, 0.60), (0.58, 0.82), 0.18, 0.02),
        "ballpoint_black": PenRange(0.17, (0.28, 0.60), (0.72, 0.92), 0.15, 0.02),
        "gel": PenRange(0.14, (0.45, 0.75), (0.75, 0.95), 0.05),
        "felt_tip": PenRange(0.05, (0.80, 1.50), (0.85, 0.97), 0.03),
        "pencil": PenRange(0.05, (0.40, 0.80), (0.36, 0.62), 0.45),
        "faint_pencil": PenRange(0.025, (0.35, 0.70), (0.18, 0.36), 0.55, 0.05, True),
        "dying_ballpoint": PenRange(0.025, (0.25, 0.45), (0.28, 0.55), 0.40, 0.35, True),
    }


def _habits() -> dict[MarkKind, float]:
    return {
        "cross": 0.44,
        "tick": 0.38,
        "fill": 0.06,
        "hatch": 0.03,
        "scribble": 0.03,
        "stroke": 0.04,
        "circle": 0.02,
    }


@dataclass(frozen=True)
class MarkingSettings:
    """How people mark. `habits`: the share of respondents who mostly mark so; the rates are per question and row.

    `other_correction`: a mark taken back by another habit than the printed rule, every other one without a new mark;
    `beside`: the mark stands wholly beside the box; `straight`: the same level all down the page.
    `elsewhere`: the mark stands by the printed words or in the margin, in one of the `elsewhere_ways`
    (ocr.pretend.elsewhere; none: all of them), and every box is bare.
    `done`: something of ocr.pretend.deeds is done to the question, one of `deeds` (none: all of them); `braced`: the
    share of pages on which one mark stands for several rows; `crossed_out`: of those taken back as a whole or over
    some questions, by one of `crossings_out` (ocr.pretend.crossing_out; none: all of them).
    `erased`: a mark rubbed out, of which `erased_left` of its darkness stays; every other one is not replaced.
    """

    pens: dict[str, PenRange] = field(default_factory=_pens)
    habits: dict[MarkKind, float] = field(default_factory=_habits)
    other_habit: float = 0.05
    faint_mark: float = 0.006
    partly_outside: float = 0.03
    long_tail: float = 0.01
    stray: float = 0.02
    corrected: float = 0.008
    corrected_by_rule: float = 0.7
    two_marks: float = 0.004
    other_correction: float = 0.0
    beside: float = 0.0
    elsewhere: float = 0.0
    elsewhere_ways: tuple[str, ...] = ()
    done: float = 0.0
    deeds: tuple[str, ...] = ()
    braced: float = 0.0
    crossed_out: float = 0.0
    crossings_out: tuple[str, ...] = ()
    straight: bool = False
    erased: float = 0.0
    erased_left: Range = (0.04, 0.2)
    blank: float = 0.03
    empty_page: float = 0.005
    many_chosen: float = 0.35
    text_written: float = 0.35
    number_written: float = 0.85


@dataclass(frozen=True)
class ScannerSettings:
    """How pages are scanned. `rotations`: share of pages turned by so many degrees clockwise in the image.

    `blur_px` is the standard deviation at 200 dpi; `paper`, `black` and `noise` are grey levels 0..255; `light` is the
    standard deviation of the brightness lost from one edge to the other, 0..1; dust is the mean number of specks.
    `show_through`: the part of the other side's darkness that thin paper lets through, on a share of the sheets.
    """

    dpi: int = 200
    skew_sd_deg: float = 0.8
    skew_cut_deg: float = 5.0
    shift_sd_mm: float = 1.2
    scale_sd: float = 0.006
    scale_cut: float = 0.02
    stretch_sd: float = 0.001
    rotations: dict[int, float] = field(default_factory=lambda: {0: 0.90, 90: 0.02, 180: 0.06, 270: 0.02})
    uneven_feed_share: float = 0.10
    uneven_feed_mm: Range = (0.1, 0.4)
    blur_px: Range = (0.35, 0.85)
    paper: Range = (222.0, 250.0)
    black: Range = (5.0, 50.0)
    light: float = 0.03
    noise: Range = (1.0, 5.0)
    dust: float = 5.0
    streak_share: float = 0.03
    dark_lid_share: float = 0.06
    jpeg_quality: tuple[int, int] = (60, 90)
    show_through_share: float = 0.0
    show_through: Range = (0.03, 0.12)
    one_bit: bool = False
    one_bit_threshold: Range = (120.0, 175.0)


def _bad_pages() -> dict[str, float]:
    return {
        "folded_corner": 0.25,
        "folded_over": 0.1,
        "scribbled_code": 0.15,
        "cut_off": 0.15,
        "blank": 0.2,
        "foreign": 0.15,
    }


@dataclass(frozen=True)
class PretendSettings:
    """Everything. `bad_page_share` of the pages go wrong, in the kinds and shares of `bad_pages`.

    `befalls`: what happens to every page once it is filled, one of hostile.BEFALLS, or nothing.
    `camera`: the pages are photographed instead of scanned; scanner.dpi is then how finely they are drawn before.
    """

    marking: MarkingSettings = field(default_factory=MarkingSettings)
    scanner: ScannerSettings = field(default_factory=ScannerSettings)
    bad_page_share: float = 0.01
    bad_pages: dict[str, float] = field(default_factory=_bad_pages)
    befalls: str | None = None
    camera: CameraSettings | None = None


def describe(settings: PretendSettings) -> dict[str, Any]:
    """The settings as plain JSON values, marked as pretended, for the folder that the sheets go to."""
    return {"pretend": True, **asdict(settings)}
