"""The hotline's page: is a receipt true, of which sheet, when did the answers come. Never what they are.

Looking up is not logged: a line would keep which sheet somebody called about.
"""

from __future__ import annotations

import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from collector.hotline import ReceiptAccount, check_receipt
from collector.web.access import get_person, staff_only
from collector.web.numbers import show_moment
from collector.web.site import agency_name, site

receipts = Blueprint("receipts", __name__, url_prefix="/quan-ly/bien-nhan")
receipts.before_request(staff_only)


@receipts.get("/")
def show() -> ResponseReturnValue:
    """The field for a receipt."""
    return _show(None)


@receipts.post("/")
def check() -> ResponseReturnValue:
    """What became of a receipt."""
    written, sheet = (request.form.get(name, "").strip()[:100] for name in ("receipt", "sheet"))
    return _show(check_receipt(site().store, site().seals, written, sheet) if written else None)


def _show(found: ReceiptAccount | None) -> str:
    at = None if found is None or found.at is None else show_moment(found.at.replace(tzinfo=datetime.UTC))
    return render_template(
        "console/receipts.html",
        found=found,
        at=at,
        is_own=found is not None and get_person().works_at(found.agency or None),
        agency=agency_name(site().campaign, found.agency) if found is not None else "",
        typed=request.form,
    )
