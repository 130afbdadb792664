"""Numbers and times as people read them: Vietnamese groups digits by points and writes a decimal comma."""

from __future__ import annotations

import datetime

from collector.store.clock import VIET_NAM, day_of
from forms.days import show_day

_SWAP = str.maketrans(".,", ",.")


def show_count(count: int, lang: str) -> str:
    """2220 as 2.220 or 2,220."""
    shown = f"{count:,}"
    return shown.translate(_SWAP) if lang == "vi" else shown


def show_per_cent(per_cent: float, lang: str) -> str:
    """14.06 as 14,1 % or 14.1 %; only what is complete is shown as 100."""
    shown = f"{min(per_cent, 99.9) if per_cent < 100 else per_cent:.1f}"
    return (shown.translate(_SWAP) if lang == "vi" else shown) + "\N{NO-BREAK SPACE}%"


def show_size(size_bytes: int, lang: str) -> str:
    """13126 as 14 KB, 20700320 as 20,7 MB; only an empty file has 0."""
    if size_bytes < 1_000_000:
        return f"{-(-size_bytes // 1000)} KB"
    shown = f"{size_bytes / 1_000_000:.1f}"
    return (shown.translate(_SWAP) if lang == "vi" else shown) + " MB"


def show_moment(moment: datetime.datetime) -> str:
    """An aware moment in Viet Nam's time, 21/11/2026 21:30."""
    return f"{show_day(day_of(moment))} {moment.astimezone(VIET_NAM):%H:%M}"
