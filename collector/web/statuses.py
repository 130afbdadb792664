"""The statuses of HTTP: which outcome and which error answers with which. Nowhere else."""

from __future__ import annotations

from collector.intake import Outcome
from forms.errors import InputWrong, NotFound, PhieuError

OK = 200
CREATED = 201
PARTIAL = 206
SEE_OTHER = 303
WRONG = 400
FORBIDDEN = 403
NOT_FOUND = 404
CONFLICT = 409
GONE = 410
TOO_BIG = 413
UNPROCESSABLE = 422
TOO_MANY = 429
FAILED = 500
UNAVAILABLE = 503
NO_ROOM = 507

_OUTCOMES = {"accepted": CREATED, "over_quota": CREATED, "held": CREATED, "same": OK, "conflict": CONFLICT}
_REFUSALS = {"unknown": NOT_FOUND, "void": GONE, "closed": GONE, "empty": UNPROCESSABLE}


def outcome_status(outcome: Outcome) -> int:
    """What a posted response is answered with."""
    return _REFUSALS[outcome.reason] if outcome.status == "refused" else _OUTCOMES[outcome.status]


def error_status(error: PhieuError) -> int:
    """What an error raised on purpose is answered with where no page of its own exists."""
    if isinstance(error, NotFound):
        return NOT_FOUND
    return UNPROCESSABLE if isinstance(error, InputWrong) else FAILED
