"""The ranking of the index's report: what does not fit side by side stands in two tables, and nothing is lost."""

from __future__ import annotations

from aggregation.index_paper import split_columns

ALL = (
    *("survey", "appraised", "external", "bonus", "penalty", "total", "percent"),
    *("previous", "change", "noise", "rank_change", "grade", "source"),
)


def test_with_bonus_penalty_band_and_sources_the_years_have_a_table_of_their_own() -> None:
    points, years = split_columns(ALL)
    assert points == (*ALL[:7], "grade", "source")
    assert years == ("total", *ALL[7:11])


def test_what_fits_side_by_side_stays_there() -> None:
    few = tuple(one for one in ALL if one not in ("bonus", "penalty", "percent"))
    assert split_columns(few) == (few, ())
    assert split_columns((*ALL[:7], "grade", "source")) == ((*ALL[:7], "grade", "source"), ())
