from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from forms.code import ADDRESS_CAPACITY, code_address, find_code, fits_code, make_code, qr_matrix
from forms.serial import make_serial


@given(st.integers(0, 1023), st.integers(0, 2**60 - 1), st.integers(1, 99), st.sampled_from(["", "HTTPS://A.VN"]))
def test_a_code_says_again_what_was_put_into_it(number: int, bits: int, page: int, address: str) -> None:
    serial = make_serial(number, bits)
    code = find_code(make_code(address, serial, page))
    assert code is not None
    assert (code.address, code.serial, code.page) == (address, serial, page)


def test_the_longest_address_still_gives_version_4_level_q_and_is_read_by_an_independent_reader() -> None:
    address = "HTTPS://" + "K" * (ADDRESS_CAPACITY - 8)
    payload = make_code(address, make_serial(7, 1), 99)
    matrix = np.array(qr_matrix(payload))
    assert matrix.shape == (33, 33)
    picture = np.pad(np.where(matrix, 0, 255).astype(np.uint8).repeat(8, 0).repeat(8, 1), 32, constant_values=255)
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == payload
    assert (found.extra["Version"], found.extra["ECLevel"]) == ("4", "Q")


@pytest.mark.parametrize(
    "payload",
    ["", "https://example.com", "WIFI:S:abc;;", "HTTPS://A.VN/P/0000000000000001-1", "HTTPS://A.VN/P/-1"],
)
def test_somebody_elses_code_and_a_wrong_check_are_no_sheet_code(payload: str) -> None:
    assert find_code(payload) is None


def test_an_address_is_carried_in_capitals_and_must_fit() -> None:
    assert code_address("https://khaosat.quangninh.gov.vn/") == "HTTPS://KHAOSAT.QUANGNINH.GOV.VN"
    assert code_address(None) == ""
    assert fits_code("HTTPS://KHAOSAT.QUANGNINH.GOV.VN")
    assert not fits_code("HTTPS://" + "K" * ADDRESS_CAPACITY)
    assert not fits_code("HTTPS://KHAO_SAT.VN")
