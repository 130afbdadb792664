"""The roles of people who work in the console, and what campaign.yaml may say of their accounts (`accounts:`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from forms.questionnaire import Frozen

Role = Literal["manager", "clerk", "verifier", "rechecker", "viewer", "observer", "auditor"]
ROLES: tuple[Role, ...] = ("manager", "clerk", "verifier", "rechecker", "viewer", "observer", "auditor")
# Who looks and does nothing has no second role: a viewer sees one agency, an auditor looks at the others' work.
ALONE: tuple[Role, ...] = ("viewer", "observer", "auditor")
# Who may be held to one agency, whose sheets alone they see and touch; a viewer always is.
HELD: tuple[Role, ...] = ("clerk", "verifier", "viewer")


class AccountRules(Frozen):
    """`totp`: the roles that enter with a second factor. A session ends unused or after so long in all.

    `runs`: the code of the rated agency that runs the survey itself, "" for none; decisions about its own sheets want a
    second signature from outside it.
    """

    totp: tuple[Role, ...] = ()
    idle_minutes: Annotated[int, Field(ge=5, le=720)] = 60
    runs: str = ""
    session_hours: Annotated[int, Field(ge=1, le=24)] = 12
