"""Training sheets: real serials on a layout of their own, watermarked, and never a row of the store.

A constraint keeps sheets and training layouts apart, so that nothing answered on one can ever be counted.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from collector.files import unfinished_file, write_whole
from collector.printing.issue import PrintSummary, RunLayouts
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.layouts import get_book, get_head
from forms.campaign import Campaign
from forms.code import code_address
from forms.compose import compose
from forms.layout import Layout, dump_layouts
from forms.pdf import PrintedSheet, SheetWriter
from forms.serial import make_serial
from forms.words import text

FOLDER = "tap-huan"


def print_training(
    store: Store,
    campaign: Campaign,
    out: Path,
    count: int,
    report: Callable[[int, int], None] = lambda *_: None,
) -> PrintSummary:
    """Write `count` sheets of every questionnaire that a group is asked to OUT/tap-huan, and layout.json anew.

    Each run gives new serials, and none of them is kept. `report` hears of files done and in all.
    """
    groups = {group.questionnaire: group.code for group in reversed(campaign.settings.groups)}
    with store.write() as conn:
        sync_campaign(conn, campaign)
        layouts = RunLayouts(conn, campaign)
        printed = {code: layouts.get_training(group) for code, group in sorted(groups.items())}
        heads = {layout.id: get_head(conn, layout.id) for layout in printed.values()}
        book = get_book(conn, campaign.settings.id, code_address(campaign.settings.public_address))
    pages = 0
    for done, (code, layout) in enumerate(printed.items(), 1):
        plan = compose(heads[layout.id], campaign.questionnaires[code], campaign.fonts)
        with unfinished_file(out / FOLDER / f"{code}.pdf") as unfinished:
            writer = SheetWriter(
                unfinished, plan, book.addresses[0], heads[layout.id].tongue, campaign.settings.name, training=True
            )
            for number in range(1, count + 1):
                writer.add(_make_sheet(layout, number, heads[layout.id].tongue))
            writer.close()
        pages += writer.pages
        report(done, len(printed))
    write_whole(out / "layout.json", dump_layouts(book).encode())
    return PrintSummary(count * len(printed), pages, len(printed))


def _make_sheet(layout: Layout, number: int, lang: str) -> PrintedSheet:
    named = text("sheet.training_number", lang, number=number)
    return PrintedSheet(make_serial(layout.number), named, text("sheet.training_agency", lang))
