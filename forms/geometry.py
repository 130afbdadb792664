"""Where things stand on an A4 sheet, in millimetres from the top left corner. The only file of such constants.

Markers stand 15-23 mm from the edges: beyond the few millimetres that printers, photocopiers and "fit to page" eat, and
beyond a staple or a punch hole. Codes stand beside two of the markers, so that the upper left stays free for a stamp.
"""

from __future__ import annotations

from dataclasses import dataclass

MM_PER_INCH = 25.4
PT_PER_MM = 72.0 / MM_PER_INCH

PAGE_W_MM, PAGE_H_MM = 210.0, 297.0

MARKER_MM = 8.0
MARKER_EDGE_MM = 15.0
# ArUco 4x4_50 patterns 0-3 with their black border, row by row, 1 = black: four ids tell the four corners apart, and so
# the rotation. tests/forms/test_geometry.py holds them against OpenCV's own dictionary.
MARKER_BITS = (
    ("111111", "101001", "110101", "111001", "111011", "111111"),
    ("111111", "111111", "100001", "101101", "101011", "111111"),
    ("111111", "111001", "111001", "111011", "100101", "111111"),
    ("111111", "101101", "101101", "110111", "110011", "111111"),
)

MID_MARK_MM = 4.0

CODE_MM = 20.0
CODE_QUIET_MM = 2.4
CODE_EDGE_MM = 12.0
CODE_GAP_MM = 4.0

MARGIN_MM = 8.0  # nearer to an edge the shadows of lids and photocopiers stand
BODY_LEFT_MM, BODY_RIGHT_MM = 30.0, 188.0
BODY_TOP_MM, BODY_BOTTOM_MM = 36.0, 261.0

BOX_MM = 4.2
BOX_LINE_MM = 0.25
DIGIT_W_MM, DIGIT_H_MM = 6.0, 8.0


@dataclass(frozen=True)
class Rect:
    """A rectangle in mm; x, y is its upper left corner."""

    x: float
    y: float
    w: float
    h: float

    @property
    def centre(self) -> tuple[float, float]:
        """x, y of the centre, mm."""
        return self.x + self.w / 2, self.y + self.h / 2


def marker_rects() -> tuple[Rect, Rect, Rect, Rect]:
    """The four corner markers, id 0-3: upper left, upper right, lower right, lower left."""
    left, top = MARKER_EDGE_MM, MARKER_EDGE_MM
    right, bottom = PAGE_W_MM - MARKER_EDGE_MM - MARKER_MM, PAGE_H_MM - MARKER_EDGE_MM - MARKER_MM
    return (
        Rect(left, top, MARKER_MM, MARKER_MM),
        Rect(right, top, MARKER_MM, MARKER_MM),
        Rect(right, bottom, MARKER_MM, MARKER_MM),
        Rect(left, bottom, MARKER_MM, MARKER_MM),
    )


def mid_mark_rects() -> tuple[Rect, Rect]:
    """The filled squares halfway down the left and the right edge, which show uneven paper feed."""
    y, right = (PAGE_H_MM - MID_MARK_MM) / 2, PAGE_W_MM - MARKER_EDGE_MM - MID_MARK_MM
    return Rect(MARKER_EDGE_MM, y, MID_MARK_MM, MID_MARK_MM), Rect(right, y, MID_MARK_MM, MID_MARK_MM)


def code_rects() -> tuple[Rect, Rect]:
    """The two codes without their quiet zone: upper right and lower left, each beside its marker."""
    _, upper_right, _, lower_left = marker_rects()
    return (
        Rect(upper_right.x - CODE_GAP_MM - CODE_MM, CODE_EDGE_MM, CODE_MM, CODE_MM),
        Rect(lower_left.x + MARKER_MM + CODE_GAP_MM, PAGE_H_MM - CODE_EDGE_MM - CODE_MM, CODE_MM, CODE_MM),
    )
