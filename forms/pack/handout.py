"""The hand-out list: who got a sheet, filled in by hand. It never joins person and sheet.

Numbers stand above a table as a range. Where people and answers must stay apart (an unlinked group) the list has no
phone, no file and no day either, since an order of days is half of an order of sheets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.platypus import Flowable

from forms.drawing import plain
from forms.pack.content import Office, Pack, Share
from forms.pack.paper import Cell, gap, item, official_head, paper_title, ruled_table, say, signatures, write_paper
from forms.pack.ranges import show_numbers
from forms.pack.wording import foot, share_name
from forms.words import text

_LINKED = {"row": 11.0, "full_name": 50.0, "phone_of": 29.0, "day": 22.0, "file_code": 28.0, "signed": 25.0}
_UNLINKED = {"row": 11.0, "full_name": 104.0, "signed": 50.0}
_ROW_MM = 8.5  # room for a pen


def write_handout(path: Path, office: Office, pack: Pack) -> int:
    """Write the hand-out lists of a pack, a page or more a cell, as many rows as sheets; gives its pages.

    Where people were drawn, the clerk gets their list instead (forms/pack/drawn_list).
    """
    lang = office.lang
    title = text("pack.handout_short", lang)
    lists = [_list(office, pack, share) for share in pack.shares]
    return write_paper(path, title, foot(title, pack, office), lang, *lists)


def _list(office: Office, pack: Pack, share: Share) -> list[Flowable]:
    lang = office.lang
    return [
        *official_head(office.superior, office.body, lang),
        *paper_title(text("pack.handout", lang), "", office.name),
        say(text("pack.handout_by", lang, name=plain(pack.name))),
        *[item(line, 11) for line in _rules(office, share)],
        gap(2),
        _table(share, share_name(share, pack, lang), lang),
        gap(5),
        signatures(text("pack.sign_list", lang), text("pack.sign_head", lang), lang),
    ]


def _rules(office: Office, share: Share) -> list[str]:
    lang = office.lang
    rules = [text("pack.handout_purpose", lang)]
    if share.linked:
        rules.append(text("pack.handout_recall", lang))
    return [*rules, text("pack.handout_no_number", lang), text("pack.handout_apart", lang, body=plain(office.named))]


def _table(share: Share, name: str, lang: str) -> Flowable:
    """Rows for the originals, a line between, rows for the reserves; the range stands on every page."""
    widths = _LINKED if share.linked else _UNLINKED
    numbers, count = show_numbers(share.prefix, share.originals), len(share.originals)
    above: list[Cell] = [text("pack.handout_cell", lang, share=name, count=count, numbers=numbers)]
    empty: list[Cell] = [""] * (len(widths) - 1)
    titles: list[Cell] = [text(f"pack.{column}", lang) for column in widths]
    rows = [_row(place, len(widths)) for place in range(count)]
    spans: list[tuple[Any, ...]] = [("SPAN", (0, 0), (-1, 0))]
    if share.reserves:
        numbers = show_numbers(share.prefix, share.reserves)
        line = text("pack.handout_reserve", lang, count=len(share.reserves), numbers=numbers)
        at = len(rows) + 2
        spans += [("SPAN", (0, at), (-1, at)), ("BACKGROUND", (0, at), (-1, at), colors.whitesmoke)]
        rows.append([say(plain(line), 10, face="bold", after_mm=0), *empty])
        rows += [_row(place, len(widths)) for place in range(count, share.sheets)]
    return ruled_table([[*above, *empty], titles], rows, list(widths.values()), (0,), _ROW_MM, spans)


def _row(place: int, columns: int) -> list[Cell]:
    return [str(place + 1), *[""] * (columns - 1)]
