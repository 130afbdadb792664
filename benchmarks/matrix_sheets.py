"""Matrix sheets of today's province: 54 communes, six questions of five levels. Printing, filling, scanning, reading.

    .venv/bin/python benchmarks/matrix_sheets.py [--sheets 40] [--seed 2000000]

Every sheet has its own subset of communes, as often as there are versions. Times are this process's own processor time;
pen and scanner are pretended, with the published settings and test seeds: no promise about real paper.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

from collector.printing.folder import load_sheet_list
from collector.printing.issue import print_sheets, reserve_run
from collector.store import open_store
from collector.store.layouts import get_book
from forms.campaign import Agency, Campaign, Quota, Settings
from forms.layout import LayoutBook
from forms.questionnaire import Questionnaire
from ocr.pretend.settings import PretendSettings
from ocr.pretend.sheets import PretendScan, make_sheet_from_pdf
from ocr.read import read_file

COMMUNES, QUESTIONS, LEVELS = 54, 6, "54321"
CROWDED = 100  # boxes from which on a page counts as full


def make_campaign(sheets: int) -> Campaign:
    settings = {
        "id": "ma-tran-2025",
        "name": "Matrix",
        "assessed_year": 2025,
        "issuer": {"body": "SNV"},
        "blocks": [{"code": "SN", "name": "SN"}, {"code": "XA", "name": "XA"}],
        "groups": [{"code": "LD", "name": "LD", "questionnaire": "lanh-dao", "privacy": "unlinked"}],
    }
    levels = [{"code": level, "label": f"Level number {level}", "percent": 25 * (int(level) - 1)} for level in LEVELS]
    words = "How well does it work together with your own office"
    questions = [{"code": f"m{n}", "text": words, "kind": "one", "scale": "five"} for n in range(1, QUESTIONS + 1)]
    asked = {
        "code": "lanh-dao",
        "title": "Matrix",
        "rates": "block:XA",
        "scales": {"five": levels},
        "sections": [{"title": "Matrix", "questions": questions}],
    }
    communes = [Agency(f"X{n:02d}", f"People's committee of ward {n}", "XA") for n in range(1, COMMUNES + 1)]
    offices = (Agency("S1", "Department of Home Affairs", "SN"), *communes)
    quotas = (Quota("S1", "LD", sheets),)
    return Campaign(
        Settings.model_validate(settings), offices, (), quotas, (), {"lanh-dao": Questionnaire.model_validate(asked)}
    )


def count_page(scan: PretendScan, book: LayoutBook, tally: Counter[str], full_ms: list[float]) -> None:
    started = time.process_time()
    (reading,) = read_file(scan.content, book, "pretend.jpg")
    spent_ms = (time.process_time() - started) * 1000
    if scan.page is None or reading.status != "read":
        tally["pages not read" if scan.page else "pages of nobody"] += 1
        return
    if len(reading.answers) * len(LEVELS) >= CROWDED:
        full_ms.append(spent_ms)
    found = {(answer.question, answer.row): answer for answer in reading.answers}
    for truth in scan.answers:
        answer = found[truth.question, truth.row]
        tally["answers"] += 1
        if answer.state == "doubtful":
            tally["doubtful"] += 1
        elif truth.truth is None or answer.chosen != truth.truth:
            tally["silently wrong"] += 1


def measure(sheets: int, seed: int) -> None:
    campaign, tally, full_ms = make_campaign(sheets), Counter[str](), list[float]()
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        store = open_store(Path(scratch), campaign.settings, f"sqlite:///{scratch}/matrix.sqlite")
        started = time.process_time()
        reserve_run(store, campaign, campaign.quotas)
        reserved = time.process_time()
        printed = print_sheets(store, campaign, out, campaign.quotas)
        spent_s = time.process_time() - reserved
        size = sum(path.stat().st_size for path in out.rglob("*.pdf"))
        with store.read() as conn:
            book = get_book(conn, campaign.settings.id, "")
        store.close()
        print(f"versions {len(book.layouts)}, drawn and saved in {reserved - started:.2f} s")
        print(
            f"{printed.pages} pages printed, {printed.pages / spent_s:.0f} a second, {size / printed.pages:,.0f} bytes"
        )
        for index, row in enumerate(load_sheet_list(out)):
            layout, first = book.layouts[row["layout"]], int(row["first_page"])
            settings = PretendSettings()
            for scan in make_sheet_from_pdf(out / row["file"], first, layout, seed, index, settings):
                count_page(scan, book, tally, full_ms)
    print(f"{len(full_ms)} pages with {CROWDED} boxes and more: {statistics.median(full_ms):.1f} ms a page (median)")
    print(", ".join(f"{name} {count}" for name, count in tally.items()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=40)
    parser.add_argument("--seed", type=int, default=2_000_000)
    given = parser.parse_args()
    measure(given.sheets, given.seed)
