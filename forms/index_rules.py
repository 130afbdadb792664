"""The rules of the index besides those of scoring: what happens to points that are missing, and how far extras go."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from forms.questionnaire import Frozen

Points = Annotated[Decimal, Field(ge=0)]


class IndexRules(Frozen):
    """`index:` of campaign.yaml; docs/scoring.md explains every setting.

    missing: a criterion without appraised or external points. no_survey: an agency without a valid answer. The two
    limits, in points: bonus or penalty beyond them is cut off; None: no limit.
    """

    missing: Literal["stop", "zero", "leave_out"] = "stop"
    no_survey: Literal["unranked", "zero", "leave_out", "stop"] = "unranked"
    bonus_at_most: Points | None = None
    penalty_at_most: Points | None = None
