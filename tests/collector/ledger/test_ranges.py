"""Numbers of sheets as people read them."""

from __future__ import annotations

import pytest

from collector.ledger.ranges import show_in_cell


@pytest.mark.parametrize(
    ("ordinals", "shown"),
    [("019 007 008 009 010 011 012", "007-012, 019"), ("001 002", "001-002"), ("999 1000", "999-1000"), ("005", "005")],
)
def test_numbers_of_one_cell_are_said_with_their_cell_once(ordinals: str, shown: str) -> None:
    assert show_in_cell(f"HL-CD-{one}" for one in ordinals.split()) == ("HL-CD", shown)
