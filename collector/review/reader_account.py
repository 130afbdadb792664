"""What the standing check says of the reader: counts, and the running bound beside the reader's own claim, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from aggregation.reader_check import Checked, ReaderBound, bound_errors
from aggregation.second_reading import SameReading, compare_readings
from collector.store.layouts import get_snapshot
from collector.store.look_outcomes import LookOutcome, count_undone, list_outcomes
from collector.store.looks import count_drawn
from forms.questionnaire import Questionnaire
from forms.words import language, text

_SWAP = str.maketrans(".,", ",.")


@dataclass(frozen=True)
class ReaderAccount:
    """The check so far: `waiting` drawn answers wait for a look, `undone` looks were taken back."""

    bound: ReaderBound
    waiting: int
    undone: int
    differing: tuple[LookOutcome, ...]
    same: SameReading


def account_reader(conn: Connection) -> ReaderAccount:
    """The account, with the looks that did not agree."""
    outcomes = list(list_outcomes(conn))
    checked = (Checked(one.sheet, one.boxes, one.confidence, one.is_wrong, one.is_open) for one in outcomes)
    differing = tuple(one for one in outcomes if not one.agrees)
    asked = {layout: get_snapshot(conn, layout)[1] for layout in {one.layout for one in outcomes}}
    same = compare_readings((_scale(asked[one.layout], one.question), one.read, one.seen) for one in outcomes)
    return ReaderAccount(bound_errors(checked), count_drawn(conn), count_undone(conn), differing, same)


def _scale(questionnaire: Questionnaire, question: str) -> tuple[str, ...]:
    """What an answer could have been: its question's levels, words and all."""
    levels = questionnaire.levels(questionnaire.get_question(question))
    return tuple(f"{level.code} {level.label}" for level in levels)


def show_account(account: ReaderAccount, lang: str | None = None) -> Iterator[str]:
    """It as sentences: first what is known, then what it rests on."""
    lang = lang or language()
    bound = account.bound
    if not bound.looked:
        yield text("look.none_yet", lang)
    else:
        counts = {name: _show(getattr(bound, name), lang) for name in ("wrong", "looked", "sheets", "open")}
        upper = {
            "upper": _show(100 * bound.upper, lang),
            "thousand": _show(bound.upper_per_thousand, lang),
            "million": _show(bound.upper_per_million_boxes, lang),
        }
        yield text("look.bound" if bound.is_enough else "look.bound_few", lang, **counts, **upper)
        if bound.open:
            yield text("look.open", lang, open=counts["open"])
        yield text("look.claimed", lang, claimed=_show(bound.claimed_per_thousand, lang))
        yield _show_same(account.same, lang)
    if account.waiting:
        yield text("look.left", lang, count=_show(account.waiting, lang))
    if account.undone:
        yield text("look.undone", lang, count=_show(account.undone, lang))


def _show_same(same: SameReading, lang: str) -> str:
    fields = {"n": _show(same.n, lang), "exact": _show(100 * same.exact, lang)}
    if same.kappa is None:
        return text("look.same", lang, **fields)
    kappa = f"{same.kappa:.2f}"
    return text("look.same_kappa", lang, kappa=kappa.translate(_SWAP) if lang == "vi" else kappa, **fields)


def show_readers(same: SameReading, lang: str) -> str:
    """How far two people agree about the same doubts, as a sentence."""
    if not same.n:
        return text("look.again_none", lang)
    fields = {"n": _show(same.n, lang), "exact": _show(100 * same.exact, lang)}
    if same.kappa is None:
        return text("look.again_same", lang, **fields)
    kappa = f"{same.kappa:.2f}"
    return text("look.again_kappa", lang, kappa=kappa.translate(_SWAP) if lang == "vi" else kappa, **fields)


def _show(figure: float, lang: str) -> str:
    """A count as it is, else a figure with as many places as it is worth."""
    places = 0 if isinstance(figure, int) or figure >= 100 else 1 if figure >= 1 else 2
    shown = f"{figure:,.{places}f}"
    return shown.translate(_SWAP) if lang == "vi" else shown
