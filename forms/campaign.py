"""A campaign: its settings, its agencies, quotas and criteria, and the questionnaires of its respondent groups."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from forms.account_rules import AccountRules
from forms.errors import Problem
from forms.index_rules import IndexRules
from forms.letters import LetterRules, MailServer
from forms.questionnaire import Frozen, Questionnaire, Text
from forms.recheck import RecheckRules
from forms.rules import BackupRules, Reading, Scoring
from forms.words import Tongue

Language = Literal["vi", "en", "km"]
TableCode = Annotated[str, Field(pattern=r"^[A-Z0-9_-]{1,20}$")]


class Issuer(Frozen):
    """Who issues the sheets, as the head of the page names them."""

    superior: str = ""
    body: Text
    document: str = ""
    place: str = ""
    date: datetime.date | None = None
    address: str = ""  # for labels and covers; like `contact` on no sheet
    contact: str = ""


class Head(Frozen):
    """What a sheet shows of its campaign, and how: kept with every layout, so that a reprint is the same sheet.

    `promises`: what it promises whoever answers, by name (forms/promises); `typeface`: the family it is set in;
    `large`: in large print; `training`: for practice, never to count; `words`: what is printed where the catalogue does
    not hold the language. On a matrix sheet also the agencies it rates, code and name as printed, how many their block
    has (`rated_of`), and whether it says that one's own agency is left out of the scores.
    """

    superior: str
    body: Text
    lang: Language
    by_phone: bool
    rated: tuple[tuple[str, str], ...] = ()
    rated_of: int = 0
    leaves_out_own: bool = False
    promises: tuple[str, ...] = ()
    typeface: str = "IBM Plex Serif"
    large: bool = False
    training: bool = False
    words: tuple[tuple[str, str], ...] = ()

    @property
    def tongue(self) -> Tongue:
        """The language in which the sheet's own words are printed."""
        return Tongue(self.lang, dict(self.words))


class Phase(Frozen):
    """A phase of the plan; dates plan and remind, they close nothing.

    `reach`: how much of every quota is to be accepted by its last day, in per cent; where no phase says so, the plan
    rises evenly through the phase `collect`.
    """

    code: Text
    name: Text
    first: Annotated[datetime.date, Field(alias="from")]
    last: Annotated[datetime.date, Field(alias="to")]
    reach: Annotated[int, Field(ge=0, le=100)] | None = None


class Block(Frozen):
    """Agencies ranked with one another (departments, districts, communes)."""

    code: TableCode
    name: Text


class Group(Frozen):
    """A respondent group; `linked`: a person may be rechecked; `unlinked`: person and answer are never joined."""

    code: TableCode
    name: Text
    questionnaire: Text
    privacy: Literal["linked", "unlinked"]


class RecipientRules(Frozen):
    """How long the list of people to be asked is kept: it is to be erased after this day."""

    erase_after: datetime.date | None = None


# As security.txt takes it (RFC 9116, 2.5.3)
_CONTACT = r"^(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+?[0-9-]+)$"


class Settings(Frozen):
    """campaign.yaml."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: Text
    assessed_year: Annotated[int, Field(ge=2000, le=2100)]
    issuer: Issuer
    public_address: str | None = None
    security_contact: Annotated[str, Field(pattern=_CONTACT)] | None = None
    database: Text = "sqlite"
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("vi",)
    typeface: Text | None = None
    returns: Literal["envelope", "box", "envelope_or_box", "counter"] | None = None
    closed: bool = False
    phases: tuple[Phase, ...] = ()
    blocks: Annotated[tuple[Block, ...], Field(min_length=1)]
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    scoring: Scoring = Scoring()
    index: IndexRules = IndexRules()
    recipients: RecipientRules = RecipientRules()
    recheck: RecheckRules = RecheckRules()
    mail: MailServer | None = None
    letters: LetterRules | None = None
    reading: Reading = Reading()
    backup: BackupRules = BackupRules()
    accounts: AccountRules = AccountRules()

    def find_due_day(self) -> datetime.date | None:
        """The last day on which sheets come in in time: the end of the phase `collect`; None without one."""
        return next((phase.last for phase in self.phases if phase.code == "collect"), None)

    def head(self) -> Head:
        """What sheets printed now show of this campaign."""
        by_phone = self.public_address is not None
        return Head(superior=self.issuer.superior, body=self.issuer.body, lang=self.languages[0], by_phone=by_phone)


@dataclass(frozen=True)
class Agency:
    """An agency whom answers are about."""

    code: str
    name: str
    block: str
    parent: str = ""
    email: str = ""
    predecessors: str = ""


@dataclass(frozen=True)
class Collector:
    """Who hands sheets out where it is not the agency itself."""

    code: str
    name: str
    email: str = ""


@dataclass(frozen=True)
class Quota:
    """One cell: how many sheets of a group an agency gets; `population` only for the finite population correction.

    `large_print`: how many of them, the first ones, are printed in large type; `where`: its row in the table, FILE:ROW.
    """

    agency: str
    group: str
    target: int
    reserve: int = 0
    collector: str = ""
    population: int | None = None
    large_print: int = 0
    where: str = field(default="quotas", compare=False)


@dataclass(frozen=True)
class Criterion:
    """A node of the criteria tree; an empty block means every block."""

    code: str
    name: str
    max_points: Decimal
    parent: str = ""
    block: str = ""
    source: str = "survey"


@dataclass(frozen=True)
class Campaign:
    """A whole campaign folder, checked; `notices` are things to know that are not wrong."""

    settings: Settings
    agencies: tuple[Agency, ...]
    collectors: tuple[Collector, ...]
    quotas: tuple[Quota, ...]
    criteria: tuple[Criterion, ...]
    questionnaires: dict[str, Questionnaire]
    fonts: tuple[Path, ...] = ()  # folders with typefaces of this campaign's own
    words: tuple[tuple[str, str], ...] = ()  # key and sentence in the language that the campaign supplies
    notices: tuple[Problem, ...] = field(default=(), compare=False)

    def get_agency(self, code: str) -> Agency:
        """The agency of a code; KeyError."""
        return next((agency for agency in self.agencies if agency.code == code), None) or _unknown(code)

    def get_group(self, code: str) -> Group:
        """The respondent group of a code; KeyError."""
        return next((group for group in self.settings.groups if group.code == code), None) or _unknown(code)

    def get_questionnaire(self, group: str) -> Questionnaire:
        """The questionnaire of a respondent group; KeyError."""
        return self.questionnaires[self.get_group(group).questionnaire]

    def number_questions(self) -> dict[str, dict[str, int]]:
        """By group and question the number that stands before it on the sheet."""
        asked = {one.code: self.get_questionnaire(one.code).questions() for one in self.settings.groups}
        return {group: {one.code: place for place, one in enumerate(known, 1)} for group, known in asked.items()}

    def get_number(self, quota: Quota, ordinal: int) -> str:
        """The sheet's number: consecutive in its cell, SXD-CD-007."""
        return f"{quota.agency}-{quota.group}-{ordinal:03d}"

    def find_rated(self) -> set[str]:
        """The blocks that are rated: not one whose agencies only rate others."""
        blocks = {agency.code: agency.block for agency in self.agencies}
        return {self.get_questionnaire(quota.group).block or blocks[quota.agency] for quota in self.quotas}

    def leaves(self, block: str) -> Iterator[Criterion]:
        """The survey criteria without children that hold for a block, in the table's order."""
        parents = {criterion.parent for criterion in self.criteria}
        for criterion in self.criteria:
            if criterion.source == "survey" and criterion.block in ("", block) and criterion.code not in parents:
                yield criterion


def _unknown(code: str) -> Any:
    raise KeyError(code)
