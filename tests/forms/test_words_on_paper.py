"""Every word on every example's sheets: large enough to be read, inside the body, and on top of no other word."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from forms.campaign import Campaign, Head
from forms.compose import Plan, compose
from forms.drawing import PlacedProse
from forms.folder import load_campaign
from forms.geometry import BODY_BOTTOM_MM, BODY_LEFT_MM, BODY_RIGHT_MM, BODY_TOP_MM, PT_PER_MM, Rect
from forms.promises import make_head
from forms.questionnaire import Questionnaire

EXAMPLES = Path(__file__).parents[2] / "examples"
SHEETS = sorted(path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.glob("*/questionnaires/*.yaml"))
SMALLEST_PT = 7.5
ROWS = 27  # of a matrix: what half of the communes take
PEN_MM = 0.2


def head_of(campaign: Campaign, asked: Questionnaire, *, large: bool) -> Head:
    head = make_head(campaign, asked, large=large)
    rated = tuple((agency.code, agency.name) for agency in campaign.agencies if agency.block == asked.block)[:ROWS]
    return head.model_copy(update={"rated": rated, "rated_of": len(rated) + 1}) if asked.block else head


def lines_of(placed: PlacedProse) -> list[Rect]:
    """Where the lines of a paragraph stand, without the space between them."""
    flow = placed.prose.flow()
    flow.wrap(placed.width * PT_PER_MM, 10_000)
    leading, indent = flow.style.leading / PT_PER_MM, flow.style.leftIndent / PT_PER_MM
    rects = []
    for number, width_pt in enumerate(flow.getActualLineWidths0()):
        width = min(width_pt / PT_PER_MM, placed.width) - indent  # spaces shrink a little where a line is full
        left = {"left": indent, "justify": indent, "centre": (placed.width - width) / 2, "right": placed.width - width}
        x = placed.x + left[placed.prose.align]
        rects.append(Rect(x, placed.y + (number + 0.2) * leading, width, leading * 0.75))
    return rects


def overlap(one: Rect, other: Rect) -> bool:
    across = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
    down = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
    return across > PEN_MM and down > PEN_MM


def find_mistakes(plan: Plan) -> list[str]:
    found = []
    for page in plan.pages:
        proses = [drawn for drawn in page.drawn if isinstance(drawn, PlacedProse) and drawn.prose.markup]
        found += [f"small: {one.prose.markup}" for one in proses if one.prose.size_pt < SMALLEST_PT]
        lines = [(one.prose.markup, rect) for one in proses for rect in lines_of(one)]
        for words, rect in lines:
            inside = rect.x >= BODY_LEFT_MM - PEN_MM and rect.x + rect.w <= BODY_RIGHT_MM + PEN_MM
            if not (inside and rect.y >= BODY_TOP_MM and rect.y + rect.h <= BODY_BOTTOM_MM):
                found.append(f"outside: {words}")
        found += [f"{one} over {other}" for (one, a), (other, b) in combinations(lines, 2) if overlap(a, b)]
    return found


@pytest.mark.parametrize(("sheet", "large"), [(sheet, large) for sheet in SHEETS for large in (False, True)])
def test_words_are_large_enough_inside_the_body_and_over_no_other(sheet: str, large: bool) -> None:
    campaign = load_campaign(EXAMPLES / sheet.split("/")[0])
    asked = campaign.questionnaires[Path(sheet).stem]
    assert find_mistakes(compose(head_of(campaign, asked, large=large), asked, campaign.fonts)) == []


def test_a_word_over_another_or_outside_is_seen() -> None:
    campaign = load_campaign(EXAMPLES / "quang-ninh-2013")
    plan = compose(make_head(campaign, campaign.questionnaires["nguoi-dan"]), campaign.questionnaires["nguoi-dan"])
    page = plan.pages[0]
    first = next(drawn for drawn in page.drawn if isinstance(drawn, PlacedProse) and drawn.prose.markup)
    moved = PlacedProse(first.prose, first.x - 12, first.y + 1, first.width)
    worse = type(page)((*page.drawn, moved), page.layout)
    mistakes = find_mistakes(Plan((worse,), plan.agency_y_mm, plan.face, plan.asking))
    assert any(mistake.startswith("outside") for mistake in mistakes)
    assert any(" over " in mistake for mistake in mistakes)
