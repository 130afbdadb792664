"""What a hotline learns from a receipt: true or not, and what became of the sheet; never an answer."""

from __future__ import annotations

from typing import Any

import pytest

from collector.hotline import ReceiptAccount, check_receipt
from collector.receipts import Seals

SEALS = Seals(b"k" * 32)


@pytest.fixture
def database() -> str:
    return "sqlite"


def check(desk: Any, written: str, sheet: str = "") -> ReceiptAccount:
    return check_receipt(desk.store, SEALS, written, sheet)


def post(desk: Any, serial: str, **said: str) -> str:
    return SEALS.sign_receipt(serial, desk.post(serial, **said).receipt)


def test_a_receipt_tells_what_became_of_its_sheet(desk: Any) -> None:
    first, second, third, fourth = desk.serials()
    given = {serial: post(desk, serial, q2="5") for serial in (first, second, third, fourth)}
    assert check(desk, given[first]) == ReceiptAccount("counted", "HL-CD-001")
    assert check(desk, given[fourth].lower().replace("-", " ")) == ReceiptAccount("received", "HL-CD-004")
    other = post(desk, second, q2="1")
    assert check(desk, given[second]).status == check(desk, other).status == "disputed"


def test_an_invention_and_a_receipt_of_another_sheet_are_false(desk: Any) -> None:
    first, second = desk.serials()[:2]
    receipt = post(desk, first, q2="5")
    of_other = SEALS.sign_receipt(second, receipt.replace("-", "")[:10])
    for written in ("", "7K3M9", "7K3M9-TQX2B-VAF8N", receipt[:-1] + ("0" if receipt[-1] != "0" else "1"), of_other):
        assert check(desk, written, second) == ReceiptAccount("false"), written


def test_a_true_receipt_whose_answers_are_gone_is_noticed_where_the_sheet_is_known(desk: Any) -> None:
    serial = desk.serials()[0]
    receipt = SEALS.sign_receipt(serial, "7K3M9TQX2B")
    assert check(desk, receipt).status == "false"
    assert check(desk, receipt, serial) == ReceiptAccount("lost")
