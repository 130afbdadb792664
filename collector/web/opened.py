"""How long a form was open before it was sent: a hidden, signed field, no cookie and no script.

It says nothing of when, of the device or of the person; answers given faster than anybody reads are a sign of quality.
"""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner

from collector.web.site import utc_now

FIELD = "-opened"  # no question's code begins so
MOST_S = 600


def sign_opening(serial: str) -> str:
    """The value of the hidden field of a form that is shown now."""
    return _signer().sign(serial).decode()


def find_seconds(serial: str, posted: str | None) -> int | None:
    """Whole seconds since the form of this sheet was shown, MOST_S for longer; None where the field is not ours."""
    try:
        signed, shown = _signer().unsign(posted or "", return_timestamp=True)
    except BadSignature:
        return None
    seconds = int((utc_now() - shown).total_seconds())
    return min(seconds, MOST_S) if signed.decode() == serial and seconds >= 0 else None


def _signer() -> TimestampSigner:
    key = current_app.secret_key
    assert key is not None  # every app of ours has one, see collector.web.security
    return TimestampSigner(key, salt="opened")
