"""What a hotline may know of a receipt: is it true, of which sheet, what became of it. Never the answers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Literal

from collector.receipts import SIGNED_SYMBOLS, Seals
from collector.store import Store
from collector.store.responses import RECEIPT_SYMBOLS, find_given
from forms.serial import find_serial, read_symbols


@dataclass(frozen=True)
class ReceiptAccount:
    """What became of a receipt; `number` is its sheet's, "" where that is not known, and of an unlinked group its cell.

    agency: that of the sheet; day, in Viet Nam, and at (UTC, None for unlinked groups): when the answers came in.
    counted: accepted · received: kept, it does not count now · disputed: other answers came for the same sheet ·
    set_aside: decided against, or the same as another · void · lost: signed by us, the store has no such answers ·
    false: no receipt of this campaign.
    """

    status: Literal["counted", "received", "disputed", "set_aside", "void", "lost", "false"]
    number: str = ""
    agency: str = field(default="", compare=False)
    day: datetime.date | None = field(default=None, compare=False)
    at: datetime.datetime | None = field(default=None, compare=False)


_OF_STATE: dict[str, Literal["counted", "received", "disputed", "set_aside", "void"]] = {
    "accepted": "counted",
    "over_quota": "received",
    "held": "received",
    "contested": "disputed",
    "set_aside": "set_aside",
    "void": "void",
}


def check_receipt(store: Store, seals: Seals, written: str, sheet: str = "") -> ReceiptAccount:
    """The account of a receipt as a person wrote it down; the serial of its sheet helps where the store has lost it.

    Whoever calls can be known by their voice: which sheet of an unlinked group is theirs is not told.
    """
    symbols = read_symbols(written, SIGNED_SYMBOLS)
    if symbols is None:
        return ReceiptAccount("false")
    with store.read() as conn:
        given = find_given(conn, symbols[:RECEIPT_SYMBOLS])
    if given is not None and seals.is_receipt(given.serial, symbols):
        number = given.number if given.linked else given.number.rpartition("-")[0]
        return ReceiptAccount(_OF_STATE[given.state], number, given.agency, given.day, given.at)
    serial = find_serial(sheet)
    is_ours = given is None and serial is not None and seals.is_receipt(serial, symbols)
    return ReceiptAccount("lost" if is_ours else "false")
