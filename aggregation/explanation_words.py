"""The arithmetic of a criterion written out with its own numbers: every group's mean, then the points."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial

from aggregation.trail import CriterionTrail, GroupTrail, QuestionTrail
from aggregation.trail_page import show_exact_number
from forms.words import text

_PLACES = 2


def question_formula(group: GroupTrail, name: str, blank: str, lang: str) -> str:
    """A group's mean from its counts, "q9: (12 × 100 + 5 × 75) : 17 = 92,65 %"; several questions weighted together."""
    parts = [_mean_of(one, blank, lang) for one in group.questions if one.mean_percent is not None]
    said = f"{name}: {'; '.join(parts)}"
    known = [one for one in group.questions if one.mean_percent is not None]
    if len(known) < 2:
        return f"{said}."
    number = partial(show_exact_number, places=_PLACES, lang=lang)
    weights = [one.weight for one in known]
    even = all(weight == weights[0] for weight in weights)
    terms = [
        number(one.mean_percent) if even else f"{number(one.weight)} × {number(one.mean_percent)}" for one in known
    ]
    whole = Fraction(len(known)) if even else sum(weights, Fraction(0))
    return f"{said}; {text('explain.together', lang)} ({' + '.join(terms)}) : {number(whole)} = " + (
        f"{number(group.mean_percent)} %."
    )


def _mean_of(one: QuestionTrail, blank: str, lang: str) -> str:
    number = partial(show_exact_number, places=_PLACES, lang=lang)
    known = [option for option in one.options if option.percent is not None]
    terms = [f"{option.n} × {number(option.percent)}" for option in known if option.n]
    size = one.n_valid
    if blank == "lowest" and one.n_blank:
        lowest = min(option.percent for option in known if option.percent is not None)
        terms.append(f"{one.n_blank} × {number(lowest)}")
        size += one.n_blank
    return f"{one.question}: ({' + '.join(terms)}) : {size} = {number(one.mean_percent)} %"


def criterion_formula(one: CriterionTrail, shown: Mapping[str, str], points: str, lang: str) -> str:
    """The points, "(0,4 × 78,26 + 0,6 × 81,2) % × 1,5 = 1,2"; `shown`: means as they may be seen."""
    number = partial(show_exact_number, lang=lang)
    terms = [f"{number(group.weight)} × {shown[group.group]}" for group in one.groups if group.weight]
    fields = {"terms": " + ".join(terms), "maximum": number(one.maximum), "points": points}
    return text("explain.formula", lang, **fields)
