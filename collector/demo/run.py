"""The demo's order of work: print, fill, scan, answer by phone, take in, score, compare with the truth."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from collector.belonging import are_keys_free, claim_keys
from collector.demo.folders import DemoFolders
from collector.demo.opinions import form_fields, generator, make_opinion, serial_bits
from collector.demo.phone import send_by_phone
from collector.demo.scans import FilledSheet, ScannedPage, write_scans
from collector.demo.summary import summarise
from collector.demo.verdict import judge
from collector.example import check_new, copy_example
from collector.ledger.acts import hand_over
from collector.ledger.holding import Note
from collector.ledger.naming import Named
from collector.printing.folder import plan_files
from collector.printing.issue import print_sheets, reserve_run
from collector.printing.packs import write_packs
from collector.reports.results import write_results
from collector.scans.jobs import take_files_in
from collector.settings import sqlite_url
from collector.spread import default_jobs
from collector.store import Store, open_store
from collector.store.clock import day_of
from collector.store.layouts import get_book
from collector.store.sheets import Sheet, list_sheets
from forms.campaign import Campaign, Quota
from forms.checkup import check_folder
from forms.code import code_address
from forms.layout import LayoutBook
from forms.words import text
from ocr.pretend.settings import PretendSettings, describe
from ocr.reading import PageReading

EXAMPLE = "quang-ninh-2013"
CAMPAIGN = f"demo-{EXAMPLE}"
PHONE_SHARE = 0.2
PHOTOCOPIES = 2  # sheets filled a second time on a photocopy, so that a conflict can be seen
_MARK = "demo.json"

Progress = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]


def run_demo(out: Path, count: int, progress: Progress, say: Callable[[str], None]) -> list[str]:
    """Run the whole job below `out`; the lines of the summary. An earlier demo there is replaced, nothing else ever."""
    folders, jobs = DemoFolders(out), default_jobs()
    _clear(folders, count)
    campaign = make_campaign(folders.campaign)
    # its own database, whatever PHIEU_DATABASE says: a demo must never reach a real one
    store = open_store(folders.campaign, campaign.settings, sqlite_url(folders.campaign))
    claim_keys(store, campaign.settings)
    say(text("demo.printing"))
    reserve_run(store, campaign, campaign.quotas, _bits)
    with progress(text("cli.printing")) as report:
        printed = print_sheets(store, campaign, folders.printed, campaign.quotas, None, jobs, report)
    write_packs(campaign, folders.printed, jobs)
    with store.read() as conn:
        book = get_book(conn, campaign.settings.id, code_address(campaign.settings.public_address))
        sheets = list_sheets(conn)
    chosen = _choose(sheets, count)
    by_phone = chosen[: round(len(chosen) * PHONE_SHARE)]
    by_paper = chosen[len(by_phone) :]
    _hand_over(store, campaign)
    say(text("demo.filling", sheets=len(by_paper)))
    truth = _fill_and_scan(folders, campaign, sheets, by_paper, book, jobs, progress)
    say(text("demo.phoning", sheets=len(by_phone)))
    with progress(text("demo.phone_bar")) as report:
        statuses = send_by_phone(store, campaign, [_post(campaign, sheet) for sheet in by_phone], report)
    say(text("demo.reading"))
    readings: list[PageReading] = []
    with progress(text("cli.scanning")) as report:
        taken = take_files_in(store, campaign, [folders.scans], jobs, report, readings.append)
        again = take_files_in(store, campaign, [folders.scans / truth[0].file], jobs)
    say(text("demo.scoring"))
    scored = write_results(store, campaign, folders.results)
    verdict = judge(truth, readings, book.layouts)
    return summarise(folders, printed, statuses, taken, again, scored, verdict)


def _hand_over(store: Store, campaign: Campaign) -> None:
    """Put on record that every agency or collector got its sheets, so that the account of sheets adds up."""
    note = Note(text("demo.clerk"), day_of(), text("demo.record"))
    for agency in sorted({quota.agency for quota in campaign.quotas}):
        hand_over(store, campaign, Named((), agency), "", note)


def _bits(quota: Quota, ordinal: int) -> int:
    return serial_bits(quota.agency, quota.group, ordinal)


def _clear(folders: DemoFolders, count: int) -> None:
    out = folders.out
    if not (out / _MARK).is_file():
        check_new(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).write_text(json.dumps({"sheets": count, **describe(PretendSettings())}, ensure_ascii=False, indent=1))
    for folder in (folders.campaign, folders.printed, folders.scans, folders.results):
        shutil.rmtree(folder, ignore_errors=True)


def make_campaign(folder: Path) -> Campaign:
    """The example under an id of its own (it shares no key with a real one, nor with a demo that lies elsewhere) and a
    name that says so, surveyed today.
    """
    copy_example(EXAMPLE, folder)
    names = itertools.chain([CAMPAIGN], (f"{CAMPAIGN}-{place}" for place in itertools.count(2)))
    own = next(name for name in names if are_keys_free(folder, name))
    settings = folder / "campaign.yaml"
    written = settings.read_text(encoding="utf-8")
    written = re.sub(rf"(?m)^id: {EXAMPLE}$", f"id: {own}", written, count=1)
    today = day_of()  # it is played today: by the days of its year every sheet would come in late
    written = re.sub(r"(code: collect,.*from: )\S+, to: [^}]+", rf"\g<1>{today}, to: {today}", written, count=1)
    written = re.sub(r"(?m)^name: (.+)$", lambda name: f"name: {text('demo.name', name=name[1])}", written, count=1)
    settings.write_text(written, encoding="utf-8")
    return check_folder(folder)


def _choose(sheets: Sequence[Sheet], count: int) -> list[Sheet]:
    order = generator("choice").permutation(len(sheets))[:count]
    return [sheets[place] for place in order]


def _post(campaign: Campaign, sheet: Sheet) -> tuple[str, list[tuple[str, str]]]:
    asked = campaign.get_questionnaire(sheet.group)
    return sheet.serial, form_fields(make_opinion(asked, sheet.agency, sheet.serial), asked, sheet.serial)


def _fill_and_scan(
    folders: DemoFolders,
    campaign: Campaign,
    sheets: Sequence[Sheet],
    by_paper: Sequence[Sheet],
    book: LayoutBook,
    jobs: int,
    progress: Progress,
) -> list[ScannedPage]:
    places = {
        sheet.serial: (folders.printed / file.path, first_page)
        for file in plan_files(sheets, book.layouts)
        for sheet, first_page in zip(file.sheets, file.first_pages(), strict=True)
    }
    filled = []
    for index, sheet in enumerate((*by_paper, *by_paper[:PHOTOCOPIES])):
        asked = campaign.get_questionnaire(sheet.group)
        opinion = make_opinion(asked, sheet.agency, sheet.serial, copy=index // len(by_paper))
        pdf, first_page = places[sheet.serial]
        filled.append(FilledSheet(index, sheet.serial, pdf, first_page, book.layouts[sheet.layout], opinion))
    with progress(text("demo.fill_bar")) as report:
        truth = write_scans(filled, folders.scans, PretendSettings(), jobs, report)
    (folders.scans / "tep-hong.pdf").write_bytes(b"")  # an empty file, as a full disk leaves it
    return truth
