"""Telephone numbers, e-mail addresses, days and names as staff write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.contacts import find_email, find_name, find_phone


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "+84912345678",
        "+84 (0) 912-345-678",
        "84912345678",
        "0084912345678",
        "912345678",
    ],
)
def test_a_mobile_number_has_one_form_however_it_is_written(written):
    assert find_phone(written) == "0912345678"


@pytest.mark.parametrize(
    ("written", "number"),
    [("(0203) 3835 678", "02033835678"), ("+84 24 3825 3536", "02438253536"), ("01234567890", "01234567890")],
)
def test_fixed_lines_and_mobile_numbers_of_before_2018_are_numbers_too(written, number):
    assert find_phone(written) == number


@pytest.mark.parametrize(
    "written",
    ["", "0", "091234567", "09123456789", "0612345678", "0912345678; 0987654321", "không có", "+1 202 555 0143"],
)
def test_what_nobody_can_call_is_no_number(written):
    assert find_phone(written) is None


@given(st.from_regex(r"0[35789][0-9]{8}", fullmatch=True), st.sampled_from(["", "+84", "84", "0084"]))
def test_every_mobile_number_keeps_its_digits_behind_every_prefix(number, prefix):
    assert find_phone(prefix + number[1:] if prefix else number) == number


def test_e_mail_is_compared_in_small_letters_and_must_be_one_address():
    assert find_email("Lan.Nguyen@QuangNinh.gov.vn") == "lan.nguyen@quangninh.gov.vn"
    wrong = ["lan", "lan@", "@x.vn", "lan@x", "lan nguyen@x.vn", "a@x.vn, b@x.vn", "lan@x..vn", "lan@-x.vn"]
    assert [find_email(written) for written in wrong] == [None] * len(wrong)


def test_a_name_has_letters_and_is_no_formula():
    assert find_name("Nguyễn Thị Lan") == "Nguyễn Thị Lan"
    assert find_name("Công ty CP 26") == "Công ty CP 26"
    assert [find_name(written) for written in ("=1+1", "@lan", "12345", "Lan\x07", "x" * 121)] == [None] * 5
