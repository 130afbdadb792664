"""Sheets as they would be printed now, to be looked at: drawn in a process of their own, kept nowhere.

Their serials fail their own check and their number says so, hence no reader and no phone ever takes one for a sheet.
Nothing is reserved and no layout is saved.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from collector.spread import Crashed, spread_apart
from collector.store import Store
from collector.store.layouts import find_printed_family
from forms.campaign import Campaign, Head
from forms.code import code_address
from forms.compose import make_layout
from forms.errors import NotFound, WorkFailed
from forms.layout import Layout
from forms.pdf import PrintedSheet, SheetWriter
from forms.promises import make_head
from forms.serial import find_serial, make_serial
from forms.trial import write_trial_sheet
from forms.versions import plan_versions
from forms.words import Tongue, text
from ocr.evidence import crop_page, load_image

PreviewKind = Literal["phieu", "chu_to", "tap_huan", "thu_may"]
TRIAL: PreviewKind = "thu_may"
_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAGE_PX = 1100
_TOLD_S = 10  # a failure is told to whoever waits for the sheet; who asks later has it drawn again
_KEPT = 16  # a page with its pictures asks several times for one drawing


@dataclass(frozen=True)
class Preview:
    """What was drawn: the PDF, and a picture (PNG) of each page."""

    pdf: bytes
    pages: tuple[bytes, ...]


@dataclass(frozen=True)
class _Task:
    campaign: Campaign
    group: str
    kind: PreviewKind
    family: str | None
    lang: str


def sample_serial(layout: Layout) -> str:
    """A serial that looks like one of a layout's and is none: its check is wrong."""
    serial = make_serial(layout.number, 0)
    wrong = _SYMBOLS[(_SYMBOLS.index(serial[-1]) + 1) % len(_SYMBOLS)]
    assert find_serial(serial[:-1] + wrong) is None
    return serial[:-1] + wrong


def preview_head(campaign: Campaign, group: str, kind: PreviewKind, family: str | None) -> Head:
    """The head of a group's first sheet; InputWrong where it cannot be composed, NotFound without such a group."""
    named = next((one for one in campaign.settings.groups if one.code == group), None)
    if named is None:
        raise NotFound(group)
    asked = campaign.get_questionnaire(group)
    look = {"large": kind == "chu_to" and asked.rates == "agency", "training": kind == "tap_huan"}
    return plan_versions(campaign, asked, make_head(campaign, asked, named, family=family, **look)).head(0)


def find_family(store: Store) -> str | None:
    """The typeface's family that the campaign's sheets are set in; None before the first print."""
    with store.read() as conn:
        return find_printed_family(conn)


class PreviewRoom:
    """Has sheets drawn, one at a time, each once however often it is asked for, and keeps the last of them."""

    def __init__(self) -> None:
        self._turn, self._asked = threading.Lock(), threading.Lock()
        self._kept: OrderedDict[str, Future[Preview]] = OrderedDict()
        self._failed_s: dict[str, float] = {}

    def ask(self, store: Store, campaign: Campaign, group: str, kind: PreviewKind, lang: str) -> Future[Preview]:
        """A sheet of a group, or (kind TRIAL, whatever the group) the trial sheet, once it is drawn."""
        task = _Task(campaign, group, kind, find_family(store), lang)
        key = repr((campaign, group if kind != TRIAL else "", kind, task.family, lang))
        with self._asked:
            drawn = self._kept.get(key)
            if drawn is None or time.monotonic() - self._failed_s.get(key, time.monotonic()) > _TOLD_S:
                self._failed_s.pop(key, None)
                drawn = self._kept[key] = Future()
                threading.Thread(target=self._draw, args=(task, key, drawn), daemon=True).start()
            self._kept.move_to_end(key)
            for old in [one for one, its in self._kept.items() if its.done()][:-_KEPT]:
                del self._kept[old]
            return drawn

    def _draw(self, task: _Task, key: str, drawn: Future[Preview]) -> None:
        try:
            with self._turn:
                (found,) = spread_apart(_draw, [task], 1)
            if isinstance(found, Crashed):
                raise WorkFailed(text("cli.process_died"))
            drawn.set_result(found)
        except BaseException as error:
            self._failed_s[key] = time.monotonic()
            drawn.set_exception(error)


def _draw(task: _Task) -> Preview:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "preview.pdf"
        if task.kind == TRIAL:
            write_trial_sheet(path, task.lang)
        else:
            _write_sheet(task, path)
        content = path.read_bytes()
        pages = 2 if task.kind == TRIAL else _count_pages(content)
        images = [load_image(content, number, "preview.pdf") for number in range(1, pages + 1)]
        return Preview(content, tuple(crop_page(image, None, height_px=_PAGE_PX) for image in images))


def _count_pages(content: bytes) -> int:
    from ocr.files import count_images

    return count_images(content)


def _write_sheet(task: _Task, path: Path) -> None:
    campaign = task.campaign
    head = preview_head(campaign, task.group, task.kind, task.family)
    layout, plan = make_layout(campaign, campaign.get_questionnaire(task.group), head)
    address, tongue = code_address(campaign.settings.public_address), Tongue(head.lang, dict(head.words))
    quota = next((one for one in campaign.quotas if one.group == task.group), None)
    agency = campaign.get_agency(quota.agency).name if quota else campaign.settings.issuer.body
    writer = SheetWriter(path, plan, address, tongue, campaign.settings.name, training=head.training)
    writer.add(PrintedSheet(sample_serial(layout), text("prepare.sample_number", head.lang), agency))
    writer.close()
