"""Which agencies stand on which sheet of a questionnaire: all of them, or a balanced subset where they need more paper.

A matrix that takes more than four pages is cut. In each round the agencies of the block are put into an order of their
own and cut into nearly equal parts, so that every agency stands exactly once a round; several rounds mix the pairs.
Everything follows from published words, so that anybody can work it out again: the order of a round is the order of
SHA-256("CAMPAIGN/QUESTIONNAIRE/ROUND/AGENCY") as hexadecimal text, rounds counted from 1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from forms.campaign import Agency, Campaign, Head, Quota
from forms.compose import count_pages
from forms.errors import InputWrong, Problem
from forms.promises import make_head
from forms.questionnaire import Questionnaire
from forms.words import text

PAGES = 4
VERSIONS, FEWEST_ROUNDS = 24, 4
MOST_PARTS = 64  # at four rounds 256 of the 1,024 layout numbers of a campaign

Codes = tuple[str, ...]
Cell = tuple[str, str]  # agency, group


@dataclass(frozen=True)
class Versions:
    """What the sheets of a questionnaire show, in turn; `first` is the version of the turn 0."""

    heads: tuple[Head, ...]
    first: int = 0

    def head(self, turn: int) -> Head:
        """What the sheet of this turn (from 0) shows."""
        return self.heads[(self.first + turn) % len(self.heads)]


def plan_versions(campaign: Campaign, asked: Questionnaire, head: Head | None = None) -> Versions:
    """The versions of a questionnaire: one, unless a matrix of all agencies takes more than four pages.

    `head`: forms.promises.make_head unless another is given. InputWrong where even a few agencies take more; ValueError
    where the block has no agency.
    """
    head = head or make_head(campaign, asked)
    if asked.block is None:
        count_pages(head, asked, campaign.fonts)
        return Versions((head,))
    agencies = {agency.code: agency for agency in campaign.agencies if agency.block == asked.block}
    if not agencies:
        raise ValueError(f"no agency in {asked.block}")
    heads: tuple[Head, ...] = ()
    for parts in range(1, min(MOST_PARTS, len(agencies)) + 1):
        cut = cut_rounds(campaign.settings.id, asked.code, tuple(agencies), parts)
        heads = tuple(_matrix_head(campaign, asked, head, agencies, codes) for codes in cut)
        if all(count_pages(each, asked, campaign.fonts) <= PAGES for each in heads):
            rounds = len(heads) // parts
            return Versions(heads, _number(campaign.settings.id, asked.code) % rounds * parts)
    fields = {"pages": PAGES}
    problem = Problem("questionnaires", text("matrix.too_long", **fields), text("matrix.too_long_fix", **fields))
    raise InputWrong([problem])


def cut_rounds(campaign: str, questionnaire: str, codes: Sequence[str], parts: int) -> list[Codes]:
    """Every part of every round, each in the order of `codes`; the whole of them once where one part is enough."""
    if parts == 1:
        return [tuple(codes)]
    rounds = max(FEWEST_ROUNDS, VERSIONS // parts)
    return [part for number in range(1, rounds + 1) for part in _cut(campaign, questionnaire, number, codes, parts)]


def _cut(campaign: str, questionnaire: str, number: int, codes: Sequence[str], parts: int) -> list[Codes]:
    shuffled = sorted(codes, key=lambda code: _digest(campaign, questionnaire, str(number), code))
    size, larger = divmod(len(shuffled), parts)
    ends = [size * part + min(part, larger) for part in range(parts + 1)]
    chosen = [set(shuffled[start:end]) for start, end in pairwise(ends)]
    return [tuple(code for code in codes if code in part) for part in chosen]


def _digest(*words: str) -> str:
    return hashlib.sha256("/".join(words).encode()).hexdigest()


def _number(*words: str) -> int:
    return int(_digest(*words)[:8], 16)


def _matrix_head(
    campaign: Campaign, asked: Questionnaire, head: Head, agencies: dict[str, Agency], codes: Codes
) -> Head:
    rated = tuple((code, agencies[code].name) for code in codes)
    groups = {group.code for group in campaign.settings.groups if group.questionnaire == asked.code}
    own = any(quota.group in groups and quota.agency in agencies for quota in campaign.quotas)
    leaves_out_own = own and campaign.settings.scoring.own_agency == "exclude"
    return head.model_copy(update={"rated": rated, "rated_of": len(agencies), "leaves_out_own": leaves_out_own})


def first_turns(campaign: Campaign, asked: Questionnaire) -> dict[Cell, tuple[int, int]]:
    """By cell, the turn (from 0) of its first sheet and that of its first reserve, among all of a questionnaire's.

    Originals come first, then reserves, cell after cell in the order of the folder: so versions are used evenly within
    a cell and over the campaign.
    """
    cells = [cell for cell in campaign.quotas if campaign.get_questionnaire(cell.group).code == asked.code]
    original, reserve = 0, sum(cell.target for cell in cells)
    turns = {}
    for cell in cells:
        turns[cell.agency, cell.group] = original, reserve
        original, reserve = original + cell.target, reserve + cell.reserve
    return turns


def find_turn(first: tuple[int, int], quota: Quota, ordinal: int) -> int:
    """The turn of a cell's sheet, given its first_turns; `ordinal` counts from 1."""
    return first[0] + ordinal - 1 if ordinal <= quota.target else first[1] + ordinal - quota.target - 1
