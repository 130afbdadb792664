from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from forms.code import (
    ADDRESS_CAPACITY,
    code_address,
    find_code,
    find_stack_code,
    fits_code,
    make_code,
    make_stack_code,
    qr_matrix,
    stack_matrix,
)
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


campaign_ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True)
table_codes = st.from_regex(r"[A-Z0-9_-]{1,20}", fullmatch=True)
stacks = st.builds("{}-{}-{}{:02d}".format, table_codes, table_codes, st.sampled_from("XD"), st.integers(1, 999))
serial_like = st.lists(st.sampled_from(["0000", "7K3M", "-"]), max_size=6).map("".join)


@given(campaign_ids, st.one_of(stacks, st.builds("{}-X{:02d}".format, serial_like.filter(bool), st.integers(1, 99))))
def test_the_code_of_a_stack_says_again_what_was_put_into_it_and_is_never_a_sheet_s(campaign: str, stack: str) -> None:
    payload = make_stack_code(campaign, stack)
    assert find_stack_code(payload) == (campaign, stack)
    assert find_code(payload) is None
    assert set(payload) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"), "the small alphabet of the code"


@given(st.integers(0, 1023), st.integers(0, 2**60 - 1), st.integers(1, 99), st.sampled_from(["", "PHIEU-XAP/A"]))
def test_the_code_of_a_sheet_is_never_a_stack_s(number: int, bits: int, page: int, address: str) -> None:
    assert find_stack_code(make_code(address, make_serial(number, bits), page)) is None


@pytest.mark.parametrize("stack", ["SXD-CD", "SXD-CD-X1", "SXD/CD-X01", "", "sxd-cd-X01"])
def test_a_stack_that_could_not_be_found_again_gets_no_code(stack: str) -> None:
    with pytest.raises(ValueError, match="no stack"):
        make_stack_code("quang-ninh-2013", stack)


def test_the_longest_stack_code_is_read_by_an_independent_reader() -> None:
    payload = make_stack_code("k" * 40, f"{'A_' * 10}-{'B' * 20}-X100")
    matrix = np.array(stack_matrix(payload))
    picture = np.pad(np.where(matrix, 0, 255).astype(np.uint8).repeat(4, 0).repeat(4, 1), 16, constant_values=255)
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == payload
