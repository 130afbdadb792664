"""What differs between two editions, as people read it."""

from __future__ import annotations

from aggregation.index_changes import Change
from aggregation.index_page import show_changes
from forms.campaign import Campaign


def sides(campaign: Campaign, before: str, after: str, lang: str = "vi") -> tuple[str, ...]:
    (line,) = show_changes([Change("HL", "TC1", before, after, "", "")], campaign, lang)
    return line[2:4]


def test_points_are_shown_to_four_places_as_everywhere_else(campaign: Campaign) -> None:
    assert sides(campaign, "0.8333333333", "0.7894736842") == ("0,8333", "0,7895")
    assert sides(campaign, "15.44", "15.50", "en") == ("15.44", "15.50")
    assert sides(campaign, "", "0.83333333") == ("–", "0,8333")


def test_points_that_differ_behind_the_fourth_place_are_shown_in_full(campaign: Campaign) -> None:
    assert sides(campaign, "1.00000001", "1.00000002") == ("1,00000001", "1,00000002")
