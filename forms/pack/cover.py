"""The cover of a pack: who receives how many sheets, with which numbers, until when; and what else is in it."""

from __future__ import annotations

from pathlib import Path

from reportlab.platypus import Flowable

from forms.days import show_day
from forms.drawing import plain
from forms.pack.content import Office, Pack, Share, stacks_of
from forms.pack.labels import count_return_labels
from forms.pack.paper import Cell, bold_row, gap, item, official_head, paper_title, ruled_table, say, write_paper
from forms.pack.ranges import GAPS, show_numbers
from forms.pack.wording import foot, share_name, whose_heading
from forms.words import text

_WIDTHS_MM = (11.0, 50.0, 49.0, 14.0, 14.0, 27.0)
_FILES_SHOWN = 12


def write_cover(path: Path, office: Office, pack: Pack) -> int:
    """Write the cover of a pack; gives its pages."""
    lang = office.lang
    title = text("pack.cover_short", lang)
    flow = [
        *official_head(office.superior, office.body, lang),
        *paper_title(text("pack.cover", lang), "", office.name),
        say(text("pack.receiver", lang, name=plain(pack.name), code=pack.receiver), 13, after_mm=3),
        _table(pack, lang),
        gap(5),
        *_rules(office, pack),
    ]
    return write_paper(path, title, foot(title, pack, office), lang, flow)


def _table(pack: Pack, lang: str) -> Flowable:
    columns = ("row", "who", "numbers", "count", "pages", "files")
    head = [text(f"pack.{name}", lang) for name in columns]
    head[1] = whose_heading(pack, lang)
    rows = [row for place, share in enumerate(pack.shares, 1) for row in _rows(share, pack, place, lang)]
    pages = sum(share.original_pages for share in pack.shares)
    rows.append(bold_row("", text("pack.sum_sheets", lang), "", str(pack.originals), str(pages), ""))
    if pack.reserves:
        more = str(pack.pages - pages)
        rows.append(bold_row("", text("pack.sum_reserves", lang), "", str(pack.reserves), more, ""))
    return ruled_table([head], rows, _WIDTHS_MM, centred=(0, 3, 4))


def _rows(share: Share, pack: Pack, place: int, lang: str) -> list[list[Cell]]:
    """A row for the sheets and the files they are in, and one for the reserves."""
    numbers, pages = show_numbers(share.prefix, share.originals), str(share.original_pages)
    name, files = share_name(share, pack, lang), _files(share)
    rows: list[list[Cell]] = [[str(place), name, numbers, str(len(share.originals)), pages, files]]
    if share.reserves:
        numbers, pages = show_numbers(share.prefix, share.reserves), str(share.reserve_pages)
        rows.append(["", text("pack.reserve_row", lang), numbers, str(len(share.reserves)), pages, ""])
    return rows


def _files(share: Share) -> str:
    if len(share.files) <= _FILES_SHOWN:
        return ", ".join(share.files)
    return f"{share.files[0]} {GAPS} {share.files[-1]}"


def _rules(office: Office, pack: Pack) -> list[Flowable]:
    lang = office.lang
    said = []
    if office.deadline is not None:
        said.append(text("pack.deadline", lang, date=show_day(office.deadline)))
    if office.contact:
        said.append(text("pack.contact", lang, contact=plain(office.contact)))
    said.append(text("pack.inside", lang))
    flow: list[Flowable] = [say(line) for line in said]
    flow += [item(line) for line in _inside(pack, lang)]
    flow.append(gap(3))
    if pack.reserves:
        flow.append(say(text("pack.reserve_rule", lang, body=plain(office.named)), align="justify"))
    flow.append(say(text("pack.care_rule", lang), align="justify"))
    return flow


def _inside(pack: Pack, lang: str) -> list[str]:
    stacks = [stack for share in pack.shares for stack in stacks_of(share)]
    plain_stacks = sum(not stack.is_reserve for stack in stacks)
    inside = [text("pack.inside_sheets", lang, count=pack.originals, stacks=plain_stacks)]
    if pack.reserves:
        inside.append(text("pack.inside_reserves", lang, count=pack.reserves))
    inside += [text("pack.inside_records", lang), text("pack.inside_list", lang)]
    inside.append(text("pack.inside_labels", lang, count=count_return_labels(pack)))
    return inside
