"""One criterion of one agency opened up, as an HTML file that needs nothing else; pictures come as data addresses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial

from aggregation.report import environment
from aggregation.rounding import half_up, show_number
from aggregation.trail import AgencyTrail, CriterionTrail, GroupTrail, QuestionTrail
from forms.words import language, text

PLACES = 4  # more than any total publishes, few enough to read


@dataclass(frozen=True)
class PageHead:
    """Who answers for the figures, and which campaign they are of."""

    superior: str
    body: str
    campaign: str
    year: int


@dataclass(frozen=True)
class AnswerView:
    """One sheet's answer as it is shown; `picture` is a data address, None where there is none to see."""

    sheet: str
    said: str
    is_counted: bool
    place: str
    edits: tuple[str, ...]
    picture: str | None


@dataclass(frozen=True)
class QuestionPage:
    """A question: its counts, its words, the sheets' answers."""

    counts: QuestionTrail
    words: str
    answers: tuple[AnswerView, ...]


@dataclass(frozen=True)
class GroupPage:
    """A group: its row of scores.csv, its name, its questions."""

    counts: GroupTrail
    name: str
    questions: tuple[QuestionPage, ...]


def trail_html(
    head: PageHead, points: AgencyTrail, criterion: CriterionTrail, groups: list[GroupPage], lang: str | None = None
) -> bytes:
    """The page as UTF-8."""
    lang = lang or language()
    page = environment().get_template("trail.html")
    return page.render(
        lang=lang,
        t=partial(_say, lang),
        number=partial(show_exact_number, lang=lang),
        head=head,
        agency=points,
        criterion=criterion,
        groups=groups,
    ).encode()


def show_exact_number(value: Fraction | Decimal | None, places: int = PLACES, lang: str = "vi") -> str:
    """A number for people, without zeros that say nothing; "–" where there is none."""
    if value is None:
        return "–"
    rounded = half_up(Fraction(value), places)
    shortest = max(0, -int(rounded.normalize().as_tuple().exponent))
    return show_number(Fraction(rounded), shortest, lang)


def _say(lang: str, key: str, **fields: object) -> str:
    return text(key, lang, **fields)
