"""The recheck's rules (`recheck:` of campaign.yaml) and its draw, which anybody can repeat. Knows no person.

The rule, complete: every sheet that may be rechecked has its serial, every person of a hand-out list an id. Take the
text SEED|AGENCY|UNIT in UTF-8, its SHA-256 in hexadecimal; sort an agency's units by it. The first are called, the
next are the reserves in their order. The seed is fixed before the first answer is in, by the SHA-256 of its own text.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field

from forms.draw import clean_seed
from forms.questionnaire import Code, Frozen, Question, Questionnaire

Outcome = Literal["confirmed", "denies", "forged", "wrong_number", "unreachable", "refused"]
OUTCOMES: tuple[Outcome, ...] = ("confirmed", "denies", "forged", "wrong_number", "unreachable", "refused")
TALKED: tuple[Outcome, ...] = ("confirmed", "denies", "forged")
OPENS_RESERVE: tuple[Outcome, ...] = ("wrong_number", "unreachable")
SHORTEST_SEED = 16  # below that its commitment could be tried out until a text fits
_ASKED_AGAIN = 5
_Calls = Annotated[int, Field(ge=1, le=1000)]
_From = Annotated[int, Field(ge=1)] | None


class VoidRules(Frozen):
    """From how many confirmed forgeries on a person may strike what: a sheet, all of a collector, all of an agency.

    None: never. A collector's sheets are those that it handed out for one agency.
    """

    sheet: _From = 1
    collector: _From = None
    agency: _From = None


class RecheckRules(Frozen):
    """How many are called an agency, where quality flagged it, how often each; which questions are asked again.

    `questions`: by respondent group; without an entry the first five that are scored.
    """

    calls: _Calls = 6
    flagged_calls: _Calls = 8
    attempts: Annotated[int, Field(ge=1, le=20)] = 3
    questions: dict[str, tuple[Code, ...]] = {}
    void: VoidRules = VoidRules()

    def asked_again(self, group: str, questionnaire: Questionnaire) -> list[Question]:
        """The questions that a respondent of a group hears again; none of a matrix, where nobody could by telephone."""
        if questionnaire.block is not None:
            return []
        ones = [question for question in questionnaire.questions() if question.kind == "one"]
        if group in self.questions:
            return [question for question in ones if question.code in self.questions[group]]
        return [question for question in ones if question.criterion is not None][:_ASKED_AGAIN]


def make_seed() -> str:
    """A new seed that nobody can guess: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def commit_seed(seed: str) -> str:
    """The commitment to a seed: SHA-256 of its text, in composed letters with single spaces, in hexadecimal."""
    return hashlib.sha256(clean_seed(seed).encode()).hexdigest()


def recheck_order(seed: str, agency: str, units: Iterable[str]) -> list[str]:
    """The units of an agency in the order in which they are called."""
    return sorted(units, key=lambda unit: hashlib.sha256(f"{seed}|{agency}|{unit}".encode()).hexdigest())


def show_call(agency: str, place: int) -> str:
    """The name of a call, in lists and on paper: SXD-07."""
    return f"{agency}-{place:02d}"


def count_open(size: int, frame: int, called: Mapping[int, Outcome], widened: bool) -> int:
    """How many places of a draw are open: the first `size`, one more for each that nobody could be reached at.

    `called`: place -> outcome. A place that was called stays open when what opened it is corrected.
    """
    if widened:
        return frame
    lost = sum(outcome in OPENS_RESERVE for outcome in called.values())
    return min(frame, max(size + lost, max(called, default=0)))
