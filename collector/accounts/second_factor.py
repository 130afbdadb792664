"""The second factor: codes of six digits that change every half-minute (TOTP, RFC 6238), and codes for a lost phone.

The secret is sealed in the store with a key of the campaign that lies outside its folder (AES-256-GCM, bound to the
campaign and to the account), so a copy of the database opens nothing.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import secrets

import pyotp
import qrcode
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from qrcode.constants import ERROR_CORRECT_M

from collector.settings import load_key
from forms.errors import WorkFailed
from forms.serial import ALPHABET
from forms.words import text

WAYS_IN = 10
_KEY_NAME = "accounts"
_NONCE_BYTES = 12
_STEP_S = 30
_DRIFT_STEPS = 1  # a phone's clock may be half a minute off
_WAY_SYMBOLS = 10  # 50 bits; three wrong in a row slow everybody down


def offer_secret(campaign_id: str, account: int, session: str) -> str:
    """The secret that a session is offered until it is kept: the same each time it is shown, and written down nowhere.

    HMAC-SHA-1 of account and session under the campaign's key: 160 bits in base 32, as long as the hash is (RFC 4226).
    """
    made = hmac.digest(_key(campaign_id, "offer"), f"{account}:{session}".encode(), hashlib.sha1)
    return base64.b32encode(made).decode()


def seal_secret(campaign_id: str, account: int, secret: str) -> bytes:
    """A secret as the store keeps it."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(_key(campaign_id, "seal")).encrypt(nonce, secret.encode(), _place(campaign_id, account))


def open_secret(campaign_id: str, account: int, sealed: bytes) -> str:
    """The secret; WorkFailed where the key is another one, as after a restore without its keys."""
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(_key(campaign_id, "seal")).decrypt(nonce, rest, _place(campaign_id, account)).decode()
    except (InvalidTag, ValueError) as error:
        raise WorkFailed(text("account.totp_key_lost")) from error


def find_step(secret: str, code: str, now: datetime.datetime) -> int | None:
    """The half-minute since 1970 whose code this is, one before or after now at most; None where it is none."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    totp, this = pyotp.TOTP(secret), int(now.timestamp()) // _STEP_S
    steps = range(this - _DRIFT_STEPS, this + _DRIFT_STEPS + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)), None)


def totp_address(secret: str, name: str, issuer: str) -> str:
    """The otpauth: address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def draw_code(address: str) -> tuple[int, str]:
    """A QR code as one path of an SVG: modules a side with the quiet zone, and the path's `d`."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(address)
    code.make(fit=True)
    matrix = code.get_matrix()
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, module in enumerate(row) if module]
    return len(matrix), "".join(dark)


def make_ways_in() -> list[str]:
    """Codes for once, to be kept on paper."""
    drawn = ["".join(secrets.choice(ALPHABET) for _ in range(_WAY_SYMBOLS)) for _ in range(WAYS_IN)]
    return [f"{code[:5]}-{code[5:]}" for code in drawn]


def digest_way_in(campaign_id: str, account: int, code: str) -> str:
    """What the store keeps of such a code, typed in any case: its HMAC-SHA256 under the campaign's key."""
    symbols = "".join(code.split()).replace("-", "").upper().translate(str.maketrans("OIL", "011"))
    return hmac.new(_key(campaign_id, "way in"), f"{account}:{symbols}".encode(), hashlib.sha256).hexdigest()


def _key(campaign_id: str, purpose: str) -> bytes:
    return hmac.digest(load_key(campaign_id, _KEY_NAME), purpose.encode(), hashlib.sha256)


def _place(campaign_id: str, account: int) -> bytes:
    return f"phieu totp 1|{campaign_id}|{account}".encode()
