"""The plan of a campaign as a line over its days, and the curve that is drawn beside it."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

from collector.store.arrivals import Arrivals
from collector.store.quota import QuotaRow
from collector.web.curve import make_curve
from collector.web.plan import make_plan
from forms.campaign import Phase


def day(number: int, month: int = 3) -> datetime.date:
    return datetime.date(2014, month, number)


def phase(code: str, first: int, last: int, **more: Any) -> Phase:
    return Phase.model_validate({"code": code, "name": code, "from": day(first), "to": day(last), **more})


def test_a_plan_without_milestones_rises_evenly_through_the_days_of_collecting() -> None:
    plan = make_plan([phase("train", 1, 2), phase("collect", 11, 20)])
    assert plan is not None
    assert plan.is_even
    assert [plan.required(15, day(number)) for number in (1, 11, 12, 16, 20, 21, 31)] == [0, 0, 1, 7, 13, 15, 15]


def test_milestones_bend_the_line_and_what_is_left_falls_due_with_collecting() -> None:
    plan = make_plan([phase("half", 1, 10, reach=20), phase("collect", 1, 20)])
    assert plan is not None
    assert not plan.is_even
    assert [plan.share_before(day(number)) for number in (1, 6, 11, 16, 21)] == [
        Fraction(0), Fraction(1, 10), Fraction(1, 5), Fraction(3, 5), Fraction(1)
    ]  # fmt: skip


def test_a_later_day_by_letter_stretches_the_line_of_that_cell_alone() -> None:
    plan = make_plan([phase("collect", 1, 10)])
    assert plan is not None
    assert plan.required(100, day(11), due=day(20)) == 50
    assert plan.required(100, day(11), due=day(5)) == 100, "an earlier day is none of ours"


def test_without_days_for_collecting_nothing_is_planned() -> None:
    assert make_plan([phase("train", 1, 2)]) is None


CELL = QuotaRow("HL", "Hạ Long", "HU", "CD", "Người dân", 100, 0, 100, 0, 0, 0, 7, 0, 0, 0)


def test_the_curve_counts_to_today_and_the_plan_to_its_end() -> None:
    plan = make_plan([phase("collect", 1, 10)])
    arrivals = [Arrivals("HL", "CD", "phone", day(2), 3), Arrivals("HL", "CD", "paper", day(4), 4)]
    other = Arrivals("CP", "CD", "paper", day(4), 9)
    curve = make_curve([CELL], [*arrivals, other], plan, {}, today=day(5))
    assert curve is not None
    assert [one.accepted for one in curve.rows] == [0, 3, 3, 7, 7, None, None, None, None, None]
    assert [one.planned for one in curve.rows] == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    assert curve.planned.startswith("0.00,100.00 10.00,90.00")
    assert curve.planned.endswith("100.00,0.00")
    assert [(mark.kind, mark.at) for mark in curve.marks] == [("begin", 0), ("due", 100), ("today", 50)]
    assert len({(mark.row, mark.at) for mark in curve.marks}) == 3


def test_no_words_below_the_curve_stand_on_others() -> None:
    plan = make_plan([phase("collect", 1, 10)])
    for today in range(1, 25):
        curve = make_curve([CELL], [Arrivals("HL", "CD", "phone", day(max(10, today)), 3)], plan, {}, today=day(today))
        assert curve is not None
        placed = [(mark.row, *mark.reach) for mark in curve.marks]
        for row, begin, end in placed:
            assert [one for one in placed if one[0] == row and one[1] < end and begin < one[2]] == [(row, begin, end)]


def test_sheets_that_came_long_after_the_plan_are_named_and_do_not_squeeze_it() -> None:
    plan = make_plan([phase("collect", 1, 10)])
    late = [Arrivals("HL", "CD", "phone", day(12), 3), Arrivals("HL", "CD", "paper", datetime.date(2026, 1, 1), 4)]
    curve = make_curve([CELL], late, plan, {}, today=datetime.date(2026, 1, 2))
    assert curve is not None
    assert (curve.first, curve.last, curve.after) == (day(1), day(19), 4)


def test_without_a_plan_the_curve_shows_what_came_in_and_nothing_where_nothing_did() -> None:
    assert make_curve([CELL], [], None, {}, today=day(5)) is None
    curve = make_curve([CELL], [Arrivals("HL", "CD", "phone", day(2), 3)], None, {}, today=day(20))
    assert curve is not None
    assert (curve.first, curve.last, curve.planned) == (day(2), day(20), "")
