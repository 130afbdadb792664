"""What the standing check says of the reader: counts, and the running bound beside the reader's own claim, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from aggregation.reader_check import Checked, ReaderBound, bound_errors
from collector.store.look_outcomes import LookOutcome, count_undone, list_outcomes
from collector.store.looks import count_drawn
from forms.words import language, text

_SWAP = str.maketrans(".,", ",.")


@dataclass(frozen=True)
class ReaderAccount:
    """The check so far: `waiting` drawn answers wait for a look, `undone` looks were taken back."""

    bound: ReaderBound
    waiting: int
    undone: int
    differing: tuple[LookOutcome, ...]


def account_reader(conn: Connection) -> ReaderAccount:
    """The account, with the looks that did not agree."""
    outcomes = list(list_outcomes(conn))
    checked = (Checked(one.sheet, one.boxes, one.confidence, one.is_wrong, one.is_open) for one in outcomes)
    differing = tuple(one for one in outcomes if not one.agrees)
    return ReaderAccount(bound_errors(checked), count_drawn(conn), count_undone(conn), differing)


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
    if account.waiting:
        yield text("look.left", lang, count=_show(account.waiting, lang))
    if account.undone:
        yield text("look.undone", lang, count=_show(account.undone, lang))


def _show(figure: float, lang: str) -> str:
    """A count as it is, else a figure with as many places as it is worth."""
    places = 0 if isinstance(figure, int) or figure >= 100 else 1 if figure >= 1 else 2
    shown = f"{figure:,.{places}f}"
    return shown.translate(_SWAP) if lang == "vi" else shown
