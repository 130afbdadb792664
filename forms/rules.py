"""The rules of a campaign, each a setting of campaign.yaml: scoring (docs/scoring.md), reading (docs/reading.md)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from forms.questionnaire import Frozen, Text

Share = Annotated[Decimal, Field(ge=0, le=1)]
OwnRule = Literal["exclude", "count"]


class ValidSheet(Frozen):
    """A sheet counts only when at least this share of its scored questions is answered (0..1)."""

    min_answered: Share = Decimal(0)


class SmallCell(Frozen):
    """Cells with fewer sheets than this take the pooled variance of their group; 0: never."""

    pool_below: Annotated[int, Field(ge=0)] = 10


class RankFrom(Frozen):
    """An agency with fewer valid sheets than this has points, no rank and no grade; 0 ranks everybody with points."""

    n_valid: Annotated[int, Field(ge=0)] = 5


class Rounding(Frozen):
    """Decimal half up, at every criterion or only at the total."""

    places: Annotated[int, Field(ge=0, le=6)] = 2
    at: Literal["criterion", "total"] = "total"


class Band(Frozen):
    """A grade and the lower bound, in per cent of the maximum, from which it is given (inclusive)."""

    name: Text
    lower: Annotated[Decimal, Field(alias="from", ge=0, le=100)]


class Reading(Frozen):
    """`second_look`: the share of answers surely read from paper that a person looks at blindly (0..1).

    `second_reader`: the share of doubts decided by a person that a second one reads blindly (0..1).
    """

    second_look: Share = Decimal("0.01")
    second_reader: Share = Decimal("0.05")


class BackupRules(Frozen):
    """`warn_after_days`: after how long without a backup the overview says so to managers; 0: never."""

    warn_after_days: Annotated[int, Field(ge=0, le=365)] = 7


class Scoring(Frozen):
    """How answers become points. `group_weights` is one table, or a table a criterion with "default" for the rest."""

    group_weights: dict[str, Annotated[Decimal, Field(ge=0)] | dict[str, Annotated[Decimal, Field(ge=0)]]] = {}
    empty_group: Literal["renormalise", "zero", "stop"] = "renormalise"
    blank: Literal["exclude", "lowest"] = "exclude"
    valid_sheet: ValidSheet = ValidSheet()
    population: Literal["none", "quota"] = "none"
    small_cell: SmallCell = SmallCell()
    rounding: Rounding = Rounding()
    ties: Literal["shared"] = "shared"
    rank_from: RankFrom = RankFrom()
    bands: tuple[Band, ...] = ()
    unissued: Literal["flag", "hold"] = "flag"
    own_agency: OwnRule = "exclude"
    show_from: Annotated[int, Field(ge=0)] = 5

    def group_weight(self, criterion: str, group: str) -> Decimal:
        """The weight of a respondent group in a criterion; 0 where the rules name none, 1 where there are no rules."""
        if not self.group_weights:
            return Decimal(1)
        table = self.group_weights.get(criterion, self.group_weights.get("default", self.group_weights))
        weight = table.get(group, Decimal(0)) if isinstance(table, dict) else Decimal(0)
        return weight if isinstance(weight, Decimal) else Decimal(0)
