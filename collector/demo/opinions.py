"""Made-up opinions: what each pretend respondent wants to say, from a seed. Means nothing about any real agency."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from forms.questionnaire import Level, Question, Questionnaire
from forms.response import skipped_questions
from forms.words import text

SEED = 2013
_CUTS = (-1.9, -1.3, -0.6, 0.5)  # on a normal scale: about 3, 7, 17, 41, 32 per cent from the lowest level up
_DONT_KNOW = 0.05
_MANY = 0.35
_REMARKS = ("demo.remark_faster", "demo.remark_helpful", "demo.remark_chairs")

Opinion = dict[tuple[str, str | None], tuple[str, ...]]


def generator(*names: object) -> np.random.Generator:
    """A generator of its own for whatever the names name, the same in every process."""
    digest = hashlib.sha256("/".join(map(str, (SEED, *names))).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8]))


def serial_bits(agency: str, group: str, ordinal: int) -> int:
    """The 60 random bits of a demo sheet's serial: the same every time the demo runs."""
    return int(generator("serial", agency, group, ordinal).integers(2**60))


def make_opinion(asked: Questionnaire, agency: str, serial: str, copy: int = 0) -> Opinion:
    """What the respondent of a sheet wants to say; `copy` > 0: somebody else on a photocopy of the same sheet."""
    quality = float(generator("agency", agency).normal(0, 0.35))
    rng = generator("sheet", serial, copy)
    mildness = float(rng.normal(0, 0.6))
    chosen: dict[str, tuple[str, ...]] = {}
    for question in asked.questions():
        chosen[question.code] = _choose(question, asked.levels(question), quality + mildness, rng)
    for code in skipped_questions(asked, chosen):
        chosen[code] = ()
    return {(code, None): options for code, options in chosen.items()}


def _choose(question: Question, levels: tuple[Level, ...], leaning: float, rng: np.random.Generator) -> tuple[str, ...]:
    if question.kind == "many":
        return tuple(level.code for level in levels if rng.random() < _MANY)
    if question.kind != "one":
        return ()
    valued = sorted((level for level in levels if level.percent is not None), key=lambda level: level.percent or 0)
    if not valued:
        return (levels[int(rng.integers(len(levels)))].code,)
    others = [level for level in levels if level.percent is None]
    if others and rng.random() < _DONT_KNOW:
        return (others[0].code,)
    place = np.searchsorted(_CUTS, leaning + rng.normal(0, 0.8)) * len(valued) // (len(_CUTS) + 1)
    return (valued[int(place)].code,)


def form_fields(
    opinion: Mapping[tuple[str, str | None], tuple[str, ...]], asked: Questionnaire, serial: str
) -> list[tuple[str, str]]:
    """The same opinion as the fields of the phone form, with a remark now and then."""
    fields = [(code, option) for (code, _), options in opinion.items() for option in options]
    rng = generator("remark", serial)
    for question in asked.questions():
        if question.kind == "text" and rng.random() < 0.3:
            fields.append((question.code, text(_REMARKS[int(rng.integers(len(_REMARKS)))])))
    return fields
