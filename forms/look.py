"""How large and how roomy a sheet is set: a few looks, of which compose takes the roomiest that costs no paper."""

from __future__ import annotations

from dataclasses import dataclass

from forms.geometry import BODY_LEFT_MM, BODY_RIGHT_MM, PT_PER_MM

BODY_W_MM = BODY_RIGHT_MM - BODY_LEFT_MM
LEADING = 1.26  # Vietnamese stacks two marks on a capital; less lets lines touch
TEXT_PT, LABEL_PT, TITLE_PT = 10.0, 7.5, 11.0


@dataclass(frozen=True)
class Look:
    """Sizes of type in pt and of space in mm; `large` is the variant for weak eyes, which has no tables.

    `row_min`: 2.6 mm above and below a box, which the reader relies on.
    """

    text_pt: float = TEXT_PT
    label_pt: float = LABEL_PT
    title_pt: float = TITLE_PT
    row_pad: float = 0.8
    row_min: float = 9.4
    title_gap: float = 1.6
    option_mm: float = 7.2
    line_mm: float = 8.0
    columns_mm: float = 65.2
    column_mm: float = 18.0
    large: bool = False

    @property
    def line_height_mm(self) -> float:
        """Of one line of text."""
        return self.text_pt * LEADING / PT_PER_MM

    @property
    def bullet_mm(self) -> float:
        """How far a question's text stands in from its number; room for two digits."""
        return 0.74 * self.text_pt


NORMAL = Look()
LOOKS = (
    Look(11.5, 8.5, 12.5, row_pad=2.2, row_min=11.0, title_gap=4.5, option_mm=8.6, line_mm=9.0, columns_mm=72.0),
    Look(11.0, 8.5, 12.0, row_pad=1.9, row_min=10.6, title_gap=3.8, option_mm=8.2, line_mm=9.0, columns_mm=72.0),
    Look(11.0, 8.5, 12.0, row_pad=1.5, row_min=10.0, title_gap=3.0, option_mm=8.0, line_mm=8.5, columns_mm=69.6),
    Look(10.5, 8.0, 11.5, row_pad=1.5, row_min=9.8, title_gap=3.0, option_mm=7.8, columns_mm=69.6),
    Look(10.5, 8.0, 11.5, row_pad=1.2, title_gap=2.4, columns_mm=66.0),
    Look(10.0, 8.0, 11.0, row_pad=1.6, row_min=10.0, title_gap=3.2, option_mm=7.6, columns_mm=66.0),
    Look(10.0, 8.0, 11.0, row_pad=1.2, title_gap=2.4, columns_mm=66.0),
    NORMAL,
)
LARGE = (Look(18.0, 18.0, 20.0, row_pad=3.0, title_gap=5.0, option_mm=11.0, line_mm=12.0, large=True),)
