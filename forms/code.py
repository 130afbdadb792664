"""What the printed code holds: PUBLIC_ADDRESS/P/SERIAL-PAGE in capitals, or SERIAL-PAGE where there is no address.

The cover of a stack has a code of its own, PHIEU-XAP/CAMPAIGN/STACK, which never is a sheet's: a stack ends in a letter
and digits, a sheet's code in a dash and a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.util import MODE_ALPHA_NUM, QRData

from forms.serial import find_serial

VERSION = 4
MODULES = 17 + 4 * VERSION
CAPACITY = 67  # alphanumeric characters of version 4, level Q: ISO/IEC 18004:2015, table 7
ADDRESS_CAPACITY = CAPACITY - len("/P/") - 16 - len("-99")
MASK = 3  # fixed: seven times faster than trying all eight, and measured no less readable

_ADDRESS = re.compile(r"[0-9A-Z $%*+\-./:]*")
_PAYLOAD = re.compile(
    r"(?:(?P<address>.+)/P/)?(?P<serial>[0-9A-Z]{4}-?[0-9A-Z]{4}-?[0-9A-Z]{4}-?[0-9A-Z]{4})-(?P<page>[0-9]{1,2})"
)
_STACK_HEAD = "PHIEU-XAP"
_STACK = re.compile(rf"{_STACK_HEAD}/(?P<campaign>[0-9A-Z][0-9A-Z-]{{0,39}})/(?P<stack>[0-9A-Z.-]+-[XD][0-9]{{2,}})")


@dataclass(frozen=True)
class SheetCode:
    """A code that was read: the address it names (capitals, "" without one), the proved serial, the page from 1."""

    address: str
    serial: str
    page: int


def code_address(public_address: str | None) -> str:
    """The public address as codes carry it: capitals, no slash at the end; "" without one."""
    return (public_address or "").rstrip("/").upper()


def fits_code(address: str) -> bool:
    """Whether an address (as code_address gives it) can stand in a code of fixed version and level."""
    return len(address) <= ADDRESS_CAPACITY and _ADDRESS.fullmatch(address) is not None


def make_code(address: str, serial: str, page: int) -> str:
    """The payload of one page's code."""
    return f"{address}/P/{serial}-{page}" if address else f"{serial}-{page}"


def find_code(payload: str) -> SheetCode | None:
    """The sheet code in a payload; None for anything else, and for a serial whose check does not hold."""
    match = _PAYLOAD.fullmatch(payload.strip().upper())
    if match is None:
        return None
    serial = find_serial(match["serial"])
    return SheetCode(match["address"] or "", serial, int(match["page"])) if serial else None


def make_stack_code(campaign_id: str, stack: str) -> str:
    """The payload of a stack's cover; `stack` as in SXD-CD-X01. ValueError for what could not be found again."""
    payload = f"{_STACK_HEAD}/{campaign_id.upper()}/{stack.replace('_', '.')}"  # the code's alphabet has no underscore
    if find_stack_code(payload) != (campaign_id, stack):
        raise ValueError(f"no stack of a campaign: {campaign_id} {stack}")
    return payload


def find_stack_code(payload: str) -> tuple[str, str] | None:
    """The campaign's id and the stack in a payload; None for anything else, a sheet's code too."""
    match = _STACK.fullmatch(payload.strip().upper())
    return (match["campaign"].lower(), match["stack"].replace(".", "_")) if match else None


def qr_matrix(payload: str) -> list[list[bool]]:
    """The modules of a code, row by row, True = dark, without the quiet zone; always version 4, level Q, one mask."""
    return _matrix(payload, fit=False)


def stack_matrix(payload: str) -> list[list[bool]]:
    """As qr_matrix, for a stack's code: a larger version where long codes of agency and campaign need one."""
    return _matrix(payload, fit=True)


def _matrix(payload: str, fit: bool) -> list[list[bool]]:
    code = qrcode.QRCode(version=VERSION, error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=MASK)
    code.add_data(QRData(payload.encode("ascii"), mode=MODE_ALPHA_NUM))
    code.make(fit=fit)
    return [[bool(module) for module in row] for row in code.modules]
