"""Every condition of the table: to add one, add a line to CONDITIONS. Families and targets stand here too.

A condition is a pretend pen with the pretend scanner (PretendSettings), or with a machine or a mishap of
benchmarks/reading/unseen*.py, which nobody tunes on. Those are drawn apart from ocr/pretend on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from ocr.pretend.camera_settings import HARD_CAMERA, CameraSettings
from ocr.pretend.deeds import DEEDS
from ocr.pretend.elsewhere import WAYS
from ocr.pretend.hostile import BEFALLS
from ocr.pretend.settings import MarkingSettings, PretendSettings, ScannerSettings

Family = Literal["clean", "hard", "phone", "people"]
FAMILIES: tuple[Family, ...] = ("clean", "hard", "phone", "people")

DEVELOPMENT_SEEDS = 0
"""Seeds below 10,000 are for whoever builds and tunes the reader."""
TEST_SEEDS = 3_000_000
"""Nothing may be tuned on what these show; 1,000,000 and on were looked into and test nothing any more."""


@dataclass(frozen=True)
class Target:
    """What is to be reached, as 95 % upper bounds: shares 0..1 of boxes or pages; no serial is ever wrong."""

    wrong: float
    to_a_person: float
    not_read: float


TARGETS: dict[Family, Target] = {
    "clean": Target(20e-6, 0.003, 0.001),
    "hard": Target(200e-6, 0.02, 0.01),
    "phone": Target(500e-6, 0.03, 0.03),
}
"""What people do to a sheet (family people) is to be doubtful, however often, and never silently wrong."""


@dataclass(frozen=True)
class Condition:
    """One row. `unseen`: a name of unseen.UNSEEN, in place of the pretend scanner, at settings.scanner.dpi.

    `ink`: the share of their darkness that real marks keep; None: no row with real marks, for nothing but the pen
    differs from another row. `part`: of the sheets asked for, where a page is dear or two conditions differ little.
    """

    family: Family
    settings: PretendSettings = field(default_factory=PretendSettings)
    unseen: str | None = None
    ink: float | None = 1.0
    part: float = 1.0


_SOUND = PretendSettings(bad_page_share=0.0)
_PENS = MarkingSettings().pens
FAINT_PENS = {name: pen for name, pen in _PENS.items() if pen.faint or name == "pencil"}
STRONG_PENS = {name: pen for name, pen in _PENS.items() if name not in FAINT_PENS}
TIDY = MarkingSettings(
    pens=STRONG_PENS,
    habits={"cross": 1.0},
    other_habit=0.0,
    faint_mark=0.0,
    partly_outside=0.0,
    long_tail=0.0,
    stray=0.0,
    corrected=0.0,
    two_marks=0.0,
)
TIDY_SCANNER = ScannerSettings(
    skew_sd_deg=0.2,
    rotations={0: 1.0},
    uneven_feed_share=0.0,
    noise=(0.5, 2.0),
    streak_share=0.0,
    jpeg_quality=(85, 90),
)
_SKEWED = ScannerSettings(
    skew_sd_deg=2.5, shift_sd_mm=2.0, scale_sd=0.012, rotations=dict.fromkeys((0, 90, 180, 270), 0.25)
)
# Any of the shapes in which people mark, with a pen that can be seen
_USUAL = replace(TIDY, habits=MarkingSettings().habits, other_habit=0.05, partly_outside=0.03, stray=0.02)


def _pen(**marking: object) -> PretendSettings:
    return replace(_SOUND, marking=MarkingSettings(**marking))  # type: ignore[arg-type]


def _scanner(**scanner: object) -> PretendSettings:
    return replace(_SOUND, scanner=ScannerSettings(**scanner))  # type: ignore[arg-type]


def _tidy(marking: MarkingSettings = TIDY, **scanner: object) -> PretendSettings:
    return PretendSettings(marking, replace(TIDY_SCANNER, **scanner), 0.0)  # type: ignore[arg-type]


def _camera(camera: CameraSettings) -> PretendSettings:
    return replace(_SOUND, scanner=ScannerSettings(dpi=250), camera=camera)  # drawn finely, then photographed


def _unseen(family: Family, kind: str, dpi: int = 200, part: float = 1.0, ink: float | None = 1.0) -> Condition:
    # Scanners are not all that differs: marks of every shape, the pens of an ordinary stack
    return Condition(family, PretendSettings(_USUAL, ScannerSettings(dpi=dpi), 0.0), kind, ink, part)


_PEOPLE = ("stamp", "signature", "drawing", "column_line", "light_copy")

CONDITIONS: dict[str, Condition] = {
    "clean": Condition("clean", _tidy()),
    "usual": Condition("clean", _tidy(_USUAL), ink=None),
    "clean_150": Condition("clean", _tidy(_USUAL, dpi=150), part=0.3),
    "clean_300": Condition("clean", _tidy(_USUAL, dpi=300), part=0.3),
    "clean_600": Condition("clean", _tidy(_USUAL, dpi=600), part=0.05),
    "office": _unseen("clean", "office"),
    "office_colour": _unseen("clean", "office_colour", part=0.5),
    "ordinary": Condition("hard", _SOUND),
    "faint": Condition("hard", _pen(pens=FAINT_PENS), ink=0.3),
    "half_ink": Condition("hard", _tidy(_USUAL), ink=0.5),
    "skewed": Condition("hard", replace(_SOUND, scanner=_SKEWED)),
    "one_bit": Condition("hard", _scanner(one_bit=True)),
    "erased": Condition("hard", _pen(pens={**FAINT_PENS, **STRONG_PENS}, erased=0.05), ink=None),
    "thin_paper": Condition("hard", _scanner(show_through_share=1.0)),
    "thin_faint": Condition(
        "hard", replace(_pen(pens=FAINT_PENS), scanner=ScannerSettings(show_through_share=1.0)), ink=None
    ),
    "bleeding": Condition("hard", _scanner(show_through_share=1.0, show_through=(0.12, 0.25))),
    "low_dpi": Condition("hard", _scanner(dpi=120)),
    **{kind: Condition("hard", replace(_SOUND, befalls=kind)) for kind in BEFALLS if kind not in _PEOPLE},
    "dpi_100": _unseen("hard", "office", 100),
    "dpi_300": _unseen("hard", "worn", 300, 0.5),
    "dpi_600": _unseen("hard", "worn", 600, 0.1),
    "skew_5": _unseen("hard", "skew_5"),
    "scaled": _unseen("hard", "scaled"),
    "fax_fine": _unseen("hard", "fax_fine"),
    "fax": _unseen("hard", "fax"),
    "fax_bursts": _unseen("hard", "fax_bursts"),
    "copy_of_copy": _unseen("hard", "copy_of_copy"),
    "low_toner": _unseen("hard", "low_toner"),
    "diffused": _unseen("hard", "diffused"),
    "ordered": _unseen("hard", "ordered"),
    "adaptive": _unseen("hard", "adaptive"),
    "hollow": _unseen("hard", "hollow", part=0.5),
    "jpeg_30": _unseen("hard", "jpeg_30"),
    "jpeg_2000": _unseen("hard", "jpeg_2000", part=0.5),
    "enhanced": _unseen("hard", "enhanced"),
    "descreened": _unseen("hard", "descreened"),
    "moire": _unseen("hard", "moire"),
    "jitter": _unseen("hard", "jitter"),
    "spilt_coffee": _unseen("hard", "spilt_coffee"),
    "folds": _unseen("hard", "folds"),
    "crumpled": _unseen("hard", "crumpled"),
    "dirty_glass": _unseen("hard", "dirty_glass"),
    "bleed_through": _unseen("hard", "bleed_through"),
    "onion_skin": _unseen("hard", "onion_skin"),
    "holes": _unseen("hard", "holes"),
    "stapled_again": _unseen("hard", "stapled_again"),
    "tea_glass": _unseen("hard", "tea_glass"),
    "damp": _unseen("hard", "damp"),
    "taped": _unseen("hard", "taped"),
    "colour_inks": _unseen("hard", "colour_inks"),
    "colour_pencil": _unseen("hard", "colour_pencil"),
    "yellow_paper": _unseen("hard", "yellow_paper"),
    "pink_paper": _unseen("hard", "pink_paper"),
    "phone": Condition("phone", _camera(CameraSettings())),
    "phone_hard": Condition("phone", _camera(HARD_CAMERA), part=0.5),
    "snapshot": _unseen("phone", "snapshot"),
    "snapshot_hard": _unseen("phone", "snapshot_hard"),
    "straight": Condition("people", _pen(straight=True), ink=None),
    "tails": Condition("people", _pen(long_tail=0.3), ink=None),
    "beside": Condition("people", _pen(beside=0.3), ink=None),
    **{way: Condition("people", _pen(elsewhere=0.3, elsewhere_ways=(way,)), ink=None) for way in WAYS},
    **{deed: Condition("people", _pen(done=0.3, deeds=(deed,)), ink=None) for deed in DEEDS},
    "braced": Condition("people", _pen(braced=1.0), ink=None),
    "crossed_out": Condition("people", _pen(crossed_out=0.3), ink=None),
    "takes_back": Condition("people", _pen(other_correction=0.3), ink=None),
    "left_blank": Condition("people", _pen(empty_page=1.0), ink=None),
    "bad_pages": Condition("people", replace(_SOUND, bad_page_share=0.3), ink=None),
    **{kind: Condition("people", replace(_SOUND, befalls=kind), ink=None) for kind in _PEOPLE},
}
