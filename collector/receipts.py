"""Receipts that cannot be made up: what a phone is told of a sheet, and what a person reads out to a hotline.

A receipt is ten random symbols that the store keeps, and five that a key of this campaign signs them with. So a typing
error, an invention and a receipt of another sheet are told apart from a true one, even where the store has lost the
answers. Neither part follows from the answers: a receipt says that they arrived and nothing of what they are.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from collector.settings import load_key
from forms.serial import ALPHABET, read_symbols

KEY_NAME = "receipts"
SIGNED_SYMBOLS = 15
_GROUP = 5
_SEAL_SYMBOLS = 16  # 80 bits


@dataclass(frozen=True)
class Seals:
    """Signs receipts and replies of one campaign."""

    key: bytes = field(repr=False)

    def seal_sheet(self, serial: str) -> str:
        """What every reply of ours about a sheet carries: its form says it beforehand, no other server knows it."""
        return self._symbols(f"sheet {serial}", _SEAL_SYMBOLS)

    def sign_receipt(self, serial: str, receipt: str) -> str:
        """A receipt of the store (ten symbols, dashes do not matter) as people get it: three groups of five."""
        plain = receipt.replace("-", "")
        signed = plain + self._symbols(f"receipt {serial} {plain}", _GROUP)
        return "-".join(signed[start : start + _GROUP] for start in range(0, len(signed), _GROUP))

    def is_receipt(self, serial: str, written: str) -> bool:
        """Whether a person wrote down a receipt that was given for a sheet, in any case, with or without dashes."""
        symbols = read_symbols(written, SIGNED_SYMBOLS)
        return symbols is not None and hmac.compare_digest(
            self.sign_receipt(serial, symbols[: 2 * _GROUP]).replace("-", ""), symbols
        )

    def _symbols(self, said: str, count: int) -> str:
        bits = int.from_bytes(hmac.digest(self.key, said.encode(), hashlib.sha256))
        return "".join(ALPHABET[(bits >> 5 * place) & 31] for place in range(count))


def load_seals(campaign_id: str) -> Seals:
    """The seals of a campaign; its key is made the first time."""
    return Seals(load_key(campaign_id, KEY_NAME))
