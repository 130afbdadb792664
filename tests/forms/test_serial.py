from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.serial import ALPHABET, LAYOUT_NUMBERS, find_serial, layout_number, make_serial, show_serial

serials = st.builds(make_serial, st.integers(0, LAYOUT_NUMBERS - 1), st.integers(0, 2**60 - 1))


@given(serials)
def test_a_serial_is_found_however_a_person_writes_it(serial: str) -> None:
    for written in (serial, show_serial(serial), show_serial(serial).lower(), f" {show_serial(serial)} "):
        assert find_serial(written) == serial


@given(serials)
def test_letters_that_look_like_digits_are_taken_for_them(serial: str) -> None:
    assert find_serial(serial.replace("0", "O").replace("1", "l")) == serial


@given(st.integers(0, LAYOUT_NUMBERS - 1))
def test_the_layout_number_stands_in_the_serial(number: int) -> None:
    assert layout_number(make_serial(number)) == number


@given(serials, st.data())
def test_any_two_wrong_symbols_are_noticed(serial: str, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, 15), min_size=1, max_size=2, unique=True))
    wrong = list(serial)
    for place in places:
        wrong[place] = data.draw(st.sampled_from([symbol for symbol in ALPHABET if symbol != serial[place]]))
    assert find_serial("".join(wrong)) is None


@given(serials, st.integers(0, 14))
def test_two_swapped_symbols_are_noticed(serial: str, place: int) -> None:
    swapped = serial[:place] + serial[place + 1] + serial[place] + serial[place + 2 :]
    assert find_serial(swapped) == (serial if swapped == serial else None)


@pytest.mark.parametrize("written", ["", "ABCD", "U" * 16, "0" * 15, "0" * 17, "56Y-"])
def test_what_is_no_serial_is_none(written: str) -> None:
    assert find_serial(written) is None


def test_a_layout_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="1024"):
        make_serial(LAYOUT_NUMBERS)
