"""How well pretend sheets are read, and how many boxes are silently wrong: one table, a row a condition.

Seeds: whoever tunes the reader uses pretend sheets of seeds below 10,000 (TUNING_SEEDS); this benchmark uses seeds from
3,000,000 on (TEST_SEEDS) and nothing may be tuned on what it shows. Those from 1,000,000 on were looked into: wrong
answers among them led to rules, so that they test nothing any more. --tuning reads the tuning seeds instead.

What it does not show: pen and scanner are pretended (ocr/pretend/settings.py), so the figures compare readers and
conditions; they are no promise about real sheets. The bound is Clopper and Pearson's one-sided 95 % bound as if boxes
erred independently; boxes of one sheet share a pen, so the true bound is somewhat wider. Every mark is drawn once, none
is reused; the conditions but clean and faint show the same marks to different scanners.

    .venv/bin/python benchmarks/reading_pretend.py --sheets 200 --jobs 2 [--json]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from scipy.stats import beta

from forms.code import code_address
from forms.compose import make_layout
from forms.folder import load_campaign
from forms.layout import Layout, LayoutBook
from forms.pdf import PrintedSheet, SheetWriter
from forms.serial import make_serial
from ocr.files import PageImage, load_images
from ocr.pretend.camera_settings import HARD_CAMERA, CameraSettings
from ocr.pretend.hostile import BEFALLS
from ocr.pretend.respondent import FilledAnswer
from ocr.pretend.settings import MarkingSettings, PretendSettings, ScannerSettings
from ocr.pretend.sheets import PretendScan, make_sheet_from_pdf
from ocr.reading import AnswerReading

TUNING_SEEDS = 0
TEST_SEEDS = 3_000_000
EXAMPLE = Path(__file__).parents[1] / "examples" / "quang-ninh-2013"

_NO_MISHAP = PretendSettings(bad_page_share=0.0)
_FAINT_PENS = {name: pen for name, pen in MarkingSettings().pens.items() if pen.faint or name == "pencil"}
_STRONG_PENS = {name: pen for name, pen in MarkingSettings().pens.items() if not pen.faint and name != "pencil"}
_TIDY = MarkingSettings(
    pens=_STRONG_PENS,
    habits={"cross": 1.0},
    other_habit=0.0,
    faint_mark=0.0,
    partly_outside=0.0,
    long_tail=0.0,
    stray=0.0,
    corrected=0.0,
    two_marks=0.0,
)
_TIDY_SCANNER = ScannerSettings(
    skew_sd_deg=0.2,
    rotations={0: 1.0},
    uneven_feed_share=0.0,
    noise=(0.5, 2.0),
    streak_share=0.0,
    jpeg_quality=(85, 90),
)
_SKEWED = ScannerSettings(
    skew_sd_deg=2.5, shift_sd_mm=2.0, scale_sd=0.012, rotations=dict.fromkeys((0, 90, 180, 270), 0.25)
)
_FINELY_DRAWN = ScannerSettings(dpi=250)
CONDITIONS = {
    "clean": PretendSettings(_TIDY, _TIDY_SCANNER, 0.0),
    "default": PretendSettings(),
    "faint": replace(_NO_MISHAP, marking=MarkingSettings(pens=_FAINT_PENS)),
    "skewed": replace(_NO_MISHAP, scanner=_SKEWED),
    "one_bit": replace(_NO_MISHAP, scanner=ScannerSettings(one_bit=True)),
    "erased": replace(_NO_MISHAP, marking=MarkingSettings(pens={**_FAINT_PENS, **_STRONG_PENS}, erased=0.05)),
    "thin_paper": replace(_NO_MISHAP, scanner=ScannerSettings(show_through_share=1.0)),
    "thin_faint": replace(
        _NO_MISHAP, marking=MarkingSettings(pens=_FAINT_PENS), scanner=ScannerSettings(show_through_share=1.0)
    ),
    "low_dpi": replace(_NO_MISHAP, scanner=ScannerSettings(dpi=120)),
    "straight": replace(_NO_MISHAP, marking=MarkingSettings(straight=True)),
    "tails": replace(_NO_MISHAP, marking=MarkingSettings(long_tail=0.3)),
    "beside": replace(_NO_MISHAP, marking=MarkingSettings(beside=0.3)),
    "takes_back": replace(_NO_MISHAP, marking=MarkingSettings(other_correction=0.3)),
    "bleeding": replace(_NO_MISHAP, scanner=ScannerSettings(show_through_share=1.0, show_through=(0.12, 0.25))),
    "left_blank": replace(_NO_MISHAP, marking=MarkingSettings(empty_page=1.0)),
    **{kind: replace(_NO_MISHAP, befalls=kind) for kind in BEFALLS},
    "phone": replace(_NO_MISHAP, scanner=_FINELY_DRAWN, camera=CameraSettings()),
    "phone_hard": replace(_NO_MISHAP, scanner=_FINELY_DRAWN, camera=HARD_CAMERA),
}


@dataclass
class Tally:
    """What one condition came to. Boxes are those of pages that were sent in whole; a doubt covers all its boxes."""

    pages: int = 0
    pages_not_read: int = 0
    strangers_read: int = 0
    boxes: int = 0
    right: int = 0
    doubtful: int = 0
    not_read: int = 0
    silently_wrong: int = 0
    answers: int = 0
    answers_doubtful: int = 0
    answers_silently_wrong: int = 0
    marks: int = 0
    wrong_how: Counter[str] = field(default_factory=Counter)
    doubtful_how: Counter[str] = field(default_factory=Counter)
    unread_why: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add another tally of the same condition."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def per_million(self) -> float:
        """95 % upper bound of silently wrong boxes among a million that the reader decided."""
        return 1e6 * upper_bound(self.silently_wrong, self.right + self.silently_wrong)


def upper_bound(wrong: int, decided: int) -> float:
    """Clopper and Pearson's one-sided 95 % upper bound of a share; 1 where nothing was decided."""
    return float(beta.ppf(0.95, wrong + 1, decided - wrong)) if decided > wrong else 1.0


@dataclass(frozen=True)
class Printed:
    """One questionnaire as printed: its layout, the PDF and its book."""

    pdf: Path
    layout: Layout
    book: LayoutBook


def print_sheets(folder: Path, sheets: int) -> list[Printed]:
    """`sheets` sheets of every questionnaire of the example campaign."""
    campaign = load_campaign(EXAMPLE)
    address = code_address(campaign.settings.public_address)
    printed = []
    for asked in campaign.questionnaires.values():
        layout, plan = make_layout(campaign, asked)
        pdf = folder / f"{asked.code}.pdf"
        writer = SheetWriter(pdf, plan, address)
        for number in range(1, sheets + 1):
            serial = make_serial(layout.number, number * 7919)
            writer.add(PrintedSheet(serial, f"SXD-CD-{number:03d}", campaign.agencies[0].name))
        writer.close()
        book = LayoutBook(campaign.settings.id, (address,), {layout.id: layout})
        printed.append(Printed(pdf, layout, book))
    return printed


@dataclass(frozen=True)
class Task:
    """One sheet to fill, scan and read."""

    printed: Printed
    first_page: int
    seed: int
    condition: str


def read_sheet(task: Task) -> Tally:
    """Make one sheet and compare what was read with its truth."""
    settings = CONDITIONS[task.condition]
    tally = Tally()
    for scan in make_sheet_from_pdf(task.printed.pdf, task.first_page, task.printed.layout, task.seed, 0, settings):
        _count_page(tally, scan, task.printed)
    return tally


def _count_page(tally: Tally, scan: PretendScan, printed: Printed) -> None:
    from ocr.read import read_page

    (image,) = load_images(scan.content, "pretend")
    assert isinstance(image, PageImage)
    reading = read_page(image, printed.book)
    if scan.page is None:
        tally.strangers_read += reading.status == "read"
        return
    found = {(answer.question, answer.row): answer for answer in reading.answers}
    boxes = Counter((box.question, box.row) for page in printed.layout.pages for box in page.boxes)
    tally.pages += 1
    if reading.status != "read":
        tally.pages_not_read += 1
        tally.unread_why[f"{scan.spoiled or 'sound page'}: {reading.status}/{reading.reason}"] += 1
    for truth in scan.answers:
        count = boxes.get((truth.question, truth.row), 0)
        if count:
            tally.answers += 1
            tally.boxes += count
            tally.marks += _marks(truth)
            how = f"{scan.spoiled}/{truth.how}" if scan.spoiled else truth.how
            _count_answer(tally, truth, found.get((truth.question, truth.row)), count, how)


def _marks(truth: FilledAnswer) -> int:
    return 2 if truth.how in ("two_marks", "corrected") else len(truth.truth or ())


def _count_answer(tally: Tally, truth: FilledAnswer, found: AnswerReading | None, boxes: int, how: str) -> None:
    if found is None:
        tally.not_read += boxes
    elif found.state == "doubtful":
        tally.doubtful += boxes
        tally.answers_doubtful += 1
        tally.doubtful_how[how] += 1
    else:
        # A decision on two marks that nobody can decide is one box wrong at least
        wrong = 1 if truth.truth is None else len(set(found.chosen) ^ set(truth.truth))
        tally.silently_wrong += wrong
        tally.right += boxes - wrong
        tally.answers_silently_wrong += wrong > 0
        tally.wrong_how[how] += wrong > 0


def run(sheets: int, jobs: int, seeds: int, conditions: list[str]) -> Iterator[tuple[str, Tally]]:
    """The tally of every condition in turn; the questionnaires take turns over the sheets."""
    with tempfile.TemporaryDirectory() as folder, multiprocessing.get_context("spawn").Pool(jobs) as pool:
        printed = print_sheets(Path(folder), -(-sheets // 3))
        for condition in conditions:
            tasks = []
            for number in range(sheets):
                form = printed[number % len(printed)]
                first = 1 + number // len(printed) * len(form.layout.pages)
                tasks.append(Task(form, first, seeds + number, condition))
            total = Tally()
            for tally in pool.imap_unordered(read_sheet, tasks, chunksize=4):
                total.add(tally)
            yield condition, total


def show(condition: str, tally: Tally) -> str:
    """One row of the table, and what went wrong under it."""
    row = (
        f"{condition:12}{tally.pages:7}{tally.pages_not_read:10}{tally.boxes:9}{tally.right:9}{tally.doubtful:9}"
        f"{tally.not_read:9}{tally.silently_wrong:7}{tally.per_million:13.0f}{tally.marks:8}"
    )
    for name in ("wrong_how", "doubtful_how", "unread_why"):
        counted = getattr(tally, name)
        if +counted:
            row += f"\n    {name}: " + ", ".join(f"{what} {count}" for what, count in (+counted).most_common())
    return row


def main() -> None:
    """Read the command line, print the table or JSON Lines."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sheets", type=int, default=120, help="sheets a condition")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--condition", action="append", choices=list(CONDITIONS))
    parser.add_argument("--tuning", action="store_true", help="seeds below 10,000, for whoever tunes the reader")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    seeds = TUNING_SEEDS if asked.tuning else TEST_SEEDS
    if asked.tuning and asked.sheets > 10_000:
        parser.error("there are 10,000 tuning seeds")
    if not asked.json:
        print(
            f"{'':12}{'pages':>7}{'not read':>10}{'boxes':>9}{'right':>9}{'doubtful':>9}{'unread':>9}{'wrong':>7}",
            end="",
        )
        print(f"{'<= / million':>13}{'marks':>8}")
    for condition, tally in run(asked.sheets, asked.jobs, seeds, asked.condition or list(CONDITIONS)):
        if asked.json:
            print(
                json.dumps({"condition": condition, **vars(tally), "upper_per_million": tally.per_million}),
                flush=True,
            )
        else:
            print(show(condition, tally), flush=True)


if __name__ == "__main__":
    main()
