"""security.txt (RFC 9116): whom to write to about a hole in this site, where campaign.yaml names somebody."""

from __future__ import annotations

import datetime

from flask import Blueprint, Response, abort

from collector.web import statuses
from collector.web.site import site, utc_now

well_known = Blueprint("well_known", __name__)
_VALID = datetime.timedelta(days=180)  # the RFC asks for less than a year


@well_known.get("/.well-known/security.txt")
def security() -> Response:
    """The contact, valid for half a year from today; not found without one."""
    settings = site().campaign.settings
    if settings.security_contact is None:
        abort(statuses.NOT_FOUND)
    until = (utc_now() + _VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {settings.security_contact}", f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}"]
    lines.append("Preferred-Languages: vi, en")
    if settings.public_address:
        lines.append(f"Canonical: {settings.public_address}/.well-known/security.txt")
    return Response("\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")
