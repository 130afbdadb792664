"""Scan files of real printed sheets, whole, cut, taken in twice, and with a page that brings its reader down."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.example import copy_example
from collector.printing.issue import choose_quotas, print_sheets, reserve_run
from collector.scans.jobs import ScanSummary, take_files_in
from collector.scans.page_tasks import PAGES_A_TASK, FilePages, pack_book, plan_tasks
from collector.store import Store, open_store
from collector.store.campaigns import sync_campaign
from collector.store.scans import list_files, list_pages
from forms.campaign import Campaign, Quota
from forms.folder import load_campaign
from forms.layout import LayoutBook, load_layouts
from ocr.files import BadImage, PageImage, count_images
from ocr.pictures import Gray
from ocr.pretend.stack import render_pages, write_pdf, write_tiff
from ocr.read import read_image
from ocr.reading import PageReading

SHEETS, PAGES, DPI = 3, 6, 150


@dataclasses.dataclass(frozen=True)
class Stack:
    """Three printed sheets of two pages: the campaign folder, what was printed, and the pages as scanned."""

    folder: Path
    printed: Path
    pages: list[Gray]

    def pdf(self, path: Path, pages: slice = slice(None)) -> Path:
        """The pages as a scanner's PDF."""
        write_pdf([cv2.imencode(".jpg", page)[1].tobytes() for page in self.pages[pages]], path, DPI)
        return path


def same_bits(quota: Quota, ordinal: int) -> int:
    return sum(quota.group.encode()) + ordinal


def print_some(store: Store, campaign: Campaign, out: Path) -> None:
    quotas = choose_quotas(campaign, ["SXD"], ["CC"])
    reserve_run(store, campaign, quotas, same_bits)
    print_sheets(store, campaign, out, quotas, SHEETS)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    out = tmp_path_factory.mktemp("stack")
    copy_example("quang-ninh-2013", out / "k")
    campaign = load_campaign(out / "k")
    store = open_store(out / "k", campaign.settings)
    print_some(store, campaign, out / "printed")
    store.close()
    pages = render_pages(out / "printed" / "SXD" / "CC.pdf", 1, PAGES, DPI)
    return Stack(out / "k", out / "printed", pages)


@pytest.fixture
def stack(made: Stack, tmp_path: Path) -> Stack:
    shutil.copytree(made.folder, tmp_path / "k")
    return dataclasses.replace(made, folder=tmp_path / "k")


@pytest.fixture
def campaign(stack: Stack) -> Campaign:
    return load_campaign(stack.folder)


@pytest.fixture
def store(stack: Stack, campaign: Campaign) -> Iterator[Store]:
    opened = open_store(stack.folder, campaign.settings)
    yield opened
    opened.close()


@pytest.fixture
def take_in(store: Store, campaign: Campaign) -> Callable[..., ScanSummary]:
    return lambda *paths, jobs=1, **how: take_files_in(store, campaign, paths, jobs, **how)


def statuses(store: Store) -> list[tuple[str, int, str]]:
    with store.read() as conn:
        return [(page.file_name, page.image, page.status) for page in list_pages(conn)]


def phieu(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_the_account_says_what_the_pages_came_to_in_the_end(
    stack: Stack, take_in: Callable[..., ScanSummary], tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    stack.pdf(tmp_path / "in" / "1.pdf", slice(0, None, 2))
    stack.pdf(tmp_path / "in" / "2.pdf", slice(1, None, 2))
    summary = take_in(tmp_path / "in", jobs=2)
    assert (summary.files, summary.bad_files, summary.pages, summary.notes) == (2, 0, {"read": PAGES}, [])
    assert take_in(tmp_path / "in").pages == {}


@pytest.mark.usefixtures("one_processor")
@pytest.mark.parametrize("kind", ["pdf", "tif"])
def test_of_a_cut_file_the_whole_pages_come_in_and_one_line_says_what_is_missing(
    stack: Stack, store: Store, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"cut.{kind}"
    if kind == "pdf":
        stack.pdf(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 95 // 100])
    else:
        write_tiff(stack.pages, path, DPI)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 95 // 100])
    done = phieu("scan", stack.folder, path)
    assert done.exit_code == 2
    assert len([line for line in done.stderr.splitlines() if path.name in line]) == 1
    first = statuses(store)
    assert [status for _, _, status in first].count("read") >= 4
    assert [image for _, image, _ in first] == list(range(1, len(first) + 1))
    again = phieu("scan", stack.folder, path)
    assert again.exit_code == 0
    assert "0 trang" in again.stdout
    assert "--again" in again.stderr
    assert statuses(store) == first


@pytest.mark.slow
def test_a_file_that_was_not_read_to_its_end_goes_on_there(
    stack: Stack, store: Store, take_in: Callable[..., ScanSummary], tmp_path: Path
) -> None:
    twice = dataclasses.replace(stack, pages=[*stack.pages, *stack.pages])
    path = twice.pdf(tmp_path / "a.pdf")

    def stop(reading: PageReading) -> None:
        if reading.image == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_in(path, jobs=2, listen=stop)
    assert len(statuses(store)) == PAGES_A_TASK, "the pages of one task come in together"
    heard: list[int] = []
    again = take_in(path, jobs=2, listen=lambda reading: heard.append(reading.image))
    assert again.pages == {"read": PAGES, "duplicate": PAGES}
    assert heard == [9, 10, 11, 12]


def test_many_files_of_one_page_are_read_some_at_a_time_and_finished_each(
    stack: Stack, store: Store, take_in: Callable[..., ScanSummary], tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    for number in range(2 * PAGES):
        stack.pdf(tmp_path / "in" / f"{number:02d}.pdf", slice(number % PAGES, number % PAGES + 1))
        (tmp_path / "in" / f"{number:02d}.pdf").open("ab").write(b"%" + str(number).encode())
    summary = take_in(tmp_path / "in")
    assert summary.pages == {"read": PAGES, "duplicate": PAGES}
    with store.read() as conn:
        assert [file.pages for file in list_files(conn)] == [1] * 2 * PAGES
    assert take_in(tmp_path / "in").known_files == 2 * PAGES


def test_a_task_is_cut_from_long_files_and_bundled_of_short_ones() -> None:
    files = [FilePages(Path(str(count)), "", tuple(range(1, count + 1))) for count in (1, 2, 9, 0, 5)]
    tasks = list(plan_tasks(files, pack_book(LayoutBook("x", ("",), {})), read_image))
    assert [[(part.path.name, part.images) for part in task.parts] for task in tasks] == [
        [("1", (1,)), ("2", (1, 2)), ("9", (1, 2, 3, 4, 5))],
        [("9", (6, 7, 8, 9)), ("5", (1, 2, 3, 4))],
        [("5", (5,))],
    ]
    assert [part.images for task in tasks[2:] for one in task.singly() for part in one.parts] == [(5,)]


def die_on_the_third(image: PageImage | BadImage, book: LayoutBook) -> PageReading:
    if image.image == 3:
        os._exit(9)
    return read_image(image, book)


@pytest.mark.slow
def test_a_page_that_brings_its_process_down_costs_itself_alone(
    stack: Stack, store: Store, take_in: Callable[..., ScanSummary], tmp_path: Path
) -> None:
    summary = take_in(stack.pdf(tmp_path / "a.pdf"), jobs=2, read=die_on_the_third)
    assert summary.pages == {"read": 4, "waiting": 1, "unreadable": 1}
    assert [status for _, _, status in statuses(store)] == ["read", "read", "unreadable", "waiting", "read", "read"]
    heard: list[int] = []
    again = take_in(tmp_path / "a.pdf", again=True, listen=lambda reading: heard.append(reading.image))
    assert (again.pages, heard) == ({"read": PAGES}, [3])


def die_on_four_pages(path: Path) -> int:
    if count_images(path) == 4:
        os._exit(9)
    return count_images(path)


@pytest.mark.slow
def test_a_pdf_that_brings_its_process_down_when_opened_costs_itself_alone(
    stack: Stack, store: Store, take_in: Callable[..., ScanSummary], tmp_path: Path
) -> None:
    good, bad = stack.pdf(tmp_path / "a.pdf"), stack.pdf(tmp_path / "b.pdf", slice(4))
    summary = take_in(bad, good, jobs=2, count=die_on_four_pages)
    # of the bad file one image is left, and the good one is read to its end
    assert [(name, image) for name, image, _ in statuses(store)] == [("b.pdf", 1), *(("a.pdf", n) for n in range(1, 7))]
    assert summary.pages.total() == PAGES + 1


@pytest.mark.slow
def test_sheets_printed_after_their_scan_came_in_are_read_again_when_asked(
    stack: Stack, campaign: Campaign, tmp_path: Path
) -> None:
    path = stack.pdf(tmp_path / "a.pdf")
    store = open_store(tmp_path / "new", campaign.settings)
    with store.write() as conn:
        sync_campaign(conn, campaign)
    assert take_files_in(store, campaign, [path], 1).pages == {"foreign": PAGES}
    print_some(store, campaign, tmp_path / "out")
    known = take_files_in(store, campaign, [path], 1)
    assert (known.known_files, known.pages) == (1, {})
    assert "--again" in known.notes[0]
    again = take_files_in(store, campaign, [path], 1, again=True)
    assert (again.known_files, again.pages) == (0, {"read": PAGES})
    once_more = take_files_in(store, campaign, [path], 1, again=True)
    assert (once_more.known_files, once_more.pages) == (1, {})
    assert "--again" not in once_more.notes[0]
    store.close()


def test_a_refused_file_read_again_is_still_refused(
    store: Store, take_in: Callable[..., ScanSummary], tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    for again in (False, True):
        assert take_in(tmp_path / "a.pdf", again=again).bad_files == 1
        with store.read() as conn:
            assert [(file.state, file.reason) for file in list_files(conn)] == [("refused", "empty_file")]


def test_sheets_printed_under_an_earlier_address_are_still_ours(
    stack: Stack, store: Store, campaign: Campaign, tmp_path: Path
) -> None:
    moved = dataclasses.replace(
        campaign, settings=campaign.settings.model_copy(update={"public_address": "https://moi.vn"})
    )
    assert take_files_in(store, moved, [stack.pdf(tmp_path / "a.pdf")], 1).pages == {"read": PAGES}
    print_some(store, moved, tmp_path / "out")
    book = load_layouts((tmp_path / "out" / "layout.json").read_text(encoding="utf-8"))
    assert book.addresses == ("HTTPS://MOI.VN", (campaign.settings.public_address or "").upper())


def test_a_file_that_cannot_be_opened_is_one_note_and_the_rest_goes_on(
    stack: Stack, store: Store, take_in: Callable[..., ScanSummary], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "b.pdf").symlink_to("/proc/self/mem")  # opens, and gives an error when it is read, even to root
    stack.pdf(folder / "c.pdf")
    summary = take_in(tmp_path / "nowhere", folder)
    assert (summary.bad_files, summary.pages) == (2, {"read": PAGES})
    assert len(summary.notes) == 2
    assert str(tmp_path / "nowhere") in summary.notes[0]
    assert "b.pdf" in summary.notes[1]


def test_a_file_name_that_is_not_utf_8_is_shown_as_well_as_it_can_be(
    stack: Stack, store: Store, take_in: Callable[..., ScanSummary], tmp_path: Path
) -> None:
    stack.pdf(tmp_path / "a.pdf")
    named = os.fsdecode(os.fsencode(tmp_path) + b"/scan\xea.pdf")
    (tmp_path / "a.pdf").rename(named)
    assert take_in(Path(named)).pages == {"read": PAGES}
    assert take_in(Path(named)).notes[0].startswith("scan\ufffd.pdf")
    with store.read() as conn:
        assert [file.name for file in list_files(conn)] == ["scan\ufffd.pdf"]


@pytest.mark.usefixtures("one_processor")
def test_a_raised_target_holds_for_what_is_scanned_next(stack: Stack, store: Store, tmp_path: Path) -> None:
    with store.write() as conn:
        sync_campaign(conn, load_campaign(stack.folder))
    quotas = stack.folder / "quotas.csv"
    lines = quotas.read_text(encoding="utf-8-sig").splitlines()
    raised = [line.replace("VPUB,CC,15,", "VPUB,CC,16,") for line in lines]
    assert raised != lines
    quotas.write_text("\n".join(raised), encoding="utf-8")
    assert phieu("scan", stack.folder, stack.pdf(tmp_path / "a.pdf")).exit_code == 0
    assert '"target": 16' in phieu("quota", stack.folder, "--json").stdout


def test_reading_names_what_is_not_there_and_reads_the_rest_and_whole_folders(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    stack.pdf(tmp_path / "in" / "deep" / "a.pdf", slice(0, 1))
    done = phieu("read", tmp_path / "nowhere.pdf", tmp_path / "in", "--layout", stack.printed / "layout.json")
    assert done.exit_code == 2
    assert [line for line in done.stderr.splitlines() if "nowhere.pdf" in line] == done.stderr.splitlines()
    assert done.stdout.count('"status": "read"') == 1
    assert phieu("read", tmp_path / "in", "--layout", stack.printed / "layout.json").exit_code == 0
