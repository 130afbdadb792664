"""What the papers of a pack are about: the office that issues, who receives, and the sheets of each cell."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import groupby

from forms.campaign import Campaign
from forms.words import LANGUAGES

STACK_SHEETS = 50  # what the feeder of an office scanner takes at once
_COLLECT = "collect"


@dataclass(frozen=True)
class Office:
    """The campaign and its issuer as papers name them.

    `body` is in capitals as heads have it, `named` is how sentences have it; `deadline` is the last day of collecting,
    None where unplanned.
    """

    campaign: str
    name: str
    superior: str
    body: str
    named: str
    address: str
    contact: str
    deadline: datetime.date | None
    by_phone: bool
    lang: str


def office_of(campaign: Campaign) -> Office:
    """The office of a campaign; papers are in the campaign's first language, Vietnamese where the program lacks it."""
    settings = campaign.settings
    issuer, spoken = settings.issuer, settings.languages[0]
    ranked = (agency.name for agency in campaign.agencies if agency.name.upper() == issuer.body.upper())
    return Office(
        campaign=settings.id,
        name=settings.name,
        superior=issuer.superior,
        body=issuer.body,
        named=next(ranked, issuer.body),  # the issuer often is one of the agencies
        address=issuer.address,
        contact=issuer.contact,
        deadline=next((phase.last for phase in settings.phases if phase.code == _COLLECT), None),
        by_phone=settings.public_address is not None,
        lang=spoken if spoken in LANGUAGES else LANGUAGES[0],
    )


@dataclass(frozen=True)
class Share:
    """The sheets of one cell: ordinals of originals and reserves, their pages (blank backs included), and the PDFs.

    `linked`: its people may be called for a recheck. Files are named as they lie below the print folder.
    """

    agency: str
    agency_name: str
    group: str
    group_name: str
    linked: bool
    originals: tuple[int, ...]
    reserves: tuple[int, ...] = ()
    original_pages: int = 0
    reserve_pages: int = 0
    files: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """What the numbers of the cell's sheets begin with."""
        return f"{self.agency}-{self.group}-"

    @property
    def pages(self) -> int:
        """Pages of all its sheets."""
        return self.original_pages + self.reserve_pages

    @property
    def sheets(self) -> int:
        """How many sheets, reserves too."""
        return len(self.originals) + len(self.reserves)


@dataclass(frozen=True)
class Pack:
    """What one receiver gets: the collector, or the agency itself."""

    receiver: str
    name: str
    shares: tuple[Share, ...]

    @property
    def originals(self) -> int:
        """Sheets that are no reserve."""
        return sum(len(share.originals) for share in self.shares)

    @property
    def reserves(self) -> int:
        """Reserve sheets."""
        return sum(len(share.reserves) for share in self.shares)

    @property
    def sheets(self) -> int:
        """All sheets."""
        return self.originals + self.reserves

    @property
    def pages(self) -> int:
        """Pages of all sheets."""
        return sum(share.pages for share in self.shares)

    def rates_others(self) -> bool:
        """Whether sheets about anybody but the receiver are in it, so that papers name the agency of each cell."""
        return any(share.agency != self.receiver for share in self.shares)


@dataclass(frozen=True)
class Stack:
    """Sheets of a cell that lie under one cover: number `place` of `of`; reserves have stacks of their own."""

    code: str
    share: Share
    ordinals: tuple[int, ...]
    is_reserve: bool
    place: int
    of: int


def stacks_of(share: Share) -> list[Stack]:
    """The stacks of a cell, at most STACK_SHEETS each.

    SXD-CD-X01 holds 001-050, X02 051-100, whatever was voided since, so that a cover printed again fits what lies in
    the box; reserves are counted off in stacks of their own, SXD-CD-D01.
    """
    originals = [tuple(part) for _, part in groupby(share.originals, lambda ordinal: (ordinal - 1) // STACK_SHEETS)]
    numbered = [((part[0] - 1) // STACK_SHEETS + 1, part) for part in originals]
    starts = range(0, len(share.reserves), STACK_SHEETS)
    reserves = list(enumerate((share.reserves[start : start + STACK_SHEETS] for start in starts), 1))
    return [*_stacks(share, "X", numbered), *_stacks(share, "D", reserves)]


def _stacks(share: Share, kind: str, numbered: list[tuple[int, tuple[int, ...]]]) -> list[Stack]:
    return [
        Stack(f"{share.prefix}{kind}{number:02d}", share, part, kind == "D", place, len(numbered))
        for place, (number, part) in enumerate(numbered, 1)
    ]
