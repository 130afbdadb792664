from __future__ import annotations

import datetime

import pytest

from forms.days import find_day, show_day, show_written, write_day

FIFTH_OF_MARCH = datetime.date(2014, 3, 5)


@pytest.mark.parametrize("written", ["5/3/2014", " 05-03-2014 ", "5.3.2014", "2014-03-05", "2014-03-05 00:00:00"])
def test_a_day_is_read_as_people_and_workbooks_write_it(written: str) -> None:
    assert find_day(written) == FIFTH_OF_MARCH


@pytest.mark.parametrize("written", ["", "31/2/2014", "3/2014", "05/03/14", "1014-03-05"])
def test_what_is_no_day_of_our_time_is_none(written: str) -> None:
    assert find_day(written) is None


def test_a_day_is_shown_as_offices_write_it_and_read_back() -> None:
    days = [FIFTH_OF_MARCH, datetime.date(2014, 2, 1), datetime.date(2013, 12, 31)]
    assert [show_day(day) for day in days] == ["05/3/2014", "01/02/2014", "31/12/2013"]
    assert [find_day(show_day(day)) for day in days] == days


def test_a_day_goes_from_a_form_into_a_file_and_back_and_what_is_none_stays_as_typed() -> None:
    kept = [write_day(typed) for typed in ("5/3/2014", "2014-03-05", "mai", "")]
    assert kept == ["2014-03-05", "2014-03-05", "mai", ""]
    assert [show_written(kept) for kept in ("2014-03-05", "mai", "")] == ["05/3/2014", "mai", ""]
