"""Receipts: signed, told apart from inventions, and saying nothing of the answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.receipts import Seals, load_seals
from forms.serial import make_serial

SERIAL, OTHER = make_serial(0, 1), make_serial(0, 2)


@pytest.fixture
def seals() -> Seals:
    return Seals(b"k" * 32)


def test_a_receipt_is_signed_for_one_sheet_and_one_campaign(seals: Seals) -> None:
    receipt = seals.sign_receipt(SERIAL, "7K3M9-TQX2B")
    assert re.fullmatch(r"7K3M9-TQX2B-[0-9A-HJKMNP-TV-Z]{5}", receipt)
    assert seals.is_receipt(SERIAL, receipt)
    assert not seals.is_receipt(OTHER, receipt)
    assert not Seals(b"o" * 32).is_receipt(SERIAL, receipt)


def test_a_receipt_may_be_read_out_as_people_do(seals: Seals) -> None:
    receipt = seals.sign_receipt(SERIAL, "01234ABCDE")
    assert seals.is_receipt(SERIAL, f" {receipt.lower().replace('0', 'o').replace('1', 'l')} ")


@pytest.mark.parametrize(
    "written", ["", "7K3M9-TQX2B", "7K3M9-TQX2B-00000", "không có", "7K3M9-TQX2B-AAAA\N{ROMAN NUMERAL ONE}"]
)
def test_what_was_made_up_is_no_receipt(seals: Seals, written: str) -> None:
    assert not seals.is_receipt(SERIAL, written)


def test_any_one_symbol_mistyped_is_noticed(seals: Seals) -> None:
    receipt = seals.sign_receipt(SERIAL, "7K3M9TQX2B").replace("-", "")
    for place, symbol in enumerate(receipt):
        wrong = receipt[:place] + ("0" if symbol != "0" else "1") + receipt[place + 1 :]
        assert not seals.is_receipt(SERIAL, wrong), place


def test_a_seal_belongs_to_one_sheet_and_lasts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path))
    first = load_seals("mau")
    assert first.seal_sheet(SERIAL) == load_seals("mau").seal_sheet(SERIAL)
    assert first.seal_sheet(SERIAL) != first.seal_sheet(OTHER)
    assert first.seal_sheet(SERIAL) != load_seals("khac").seal_sheet(SERIAL)
