"""The recheck's report for people: one HTML file that needs nothing else. The same inputs give the same bytes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from aggregation.recheck import FEWEST_SHEETS, SHARES, Detection, Line
from aggregation.report import date_line, environment
from aggregation.rounding import show_number
from forms.recheck import OUTCOMES, Outcome
from forms.words import text


@dataclass(frozen=True)
class DecisionLine:
    """A decision that struck sheets: of one sheet, a collector's or an agency's; `numbers` of its sheets."""

    id: int
    scope: str
    subject: str
    numbers: str
    sheets: int
    why: str
    who: str
    day: str
    is_undone: bool


@dataclass(frozen=True)
class RecheckAbout:
    """What the report says that is not in the figures.

    `names` of agencies and collectors; `seeds`: seed and commitment; `late`: how many answers were in when the seed was
    committed; `proposals`: subject, forgeries, sheets that would be struck.
    """

    superior: str
    body: str
    campaign: str
    place: str
    date: datetime.date
    names: Mapping[str, str]
    seeds: Sequence[tuple[str, str]]
    late: int
    flagged: Mapping[str, str | None]
    widened: Sequence[str]
    calls: tuple[int, int]
    attempts: int
    decisions: Sequence[DecisionLine] = field(default=())
    proposals: Sequence[tuple[str, int, int]] = field(default=())


def recheck_html(
    lines: Sequence[Line], detections: Sequence[Detection], about: RecheckAbout, lang: str = "vi"
) -> bytes:
    """The report as UTF-8 bytes of one HTML file."""
    page = environment().get_template("recheck.html")
    html = page.render(
        lang=lang,
        t=partial(_say, lang),
        number=partial(_number, lang),
        percent=partial(_percent, lang),
        outcome=partial(_outcome, lang),
        about=about,
        date=date_line(about, lang),
        whole=lines[0],
        lines=lines,
        rows=lines[1:],
        detections=detections,
        outcomes=OUTCOMES,
        share=SHARES[0],
        least=FEWEST_SHEETS,
        compared=[line for line in lines[1:] if line.agreement.n],
    )
    return html.encode()


def _say(lang: str, key: str, **fields: object) -> str:
    return text(key, lang, **fields)


def _number(lang: str, value: object, places: int = 0) -> str:
    return show_number(value, places, lang)


def _percent(lang: str, value: float | None, places: int = 0) -> str:
    return "–" if value is None or value != value else f"{show_number(100 * float(value), places, lang)} %"


def _outcome(lang: str, outcome: Outcome) -> str:
    return text(f"recheck.outcome_{outcome}", lang).split(" | ")[0]
