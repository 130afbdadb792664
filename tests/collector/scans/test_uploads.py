"""Files handed in on the screen: kept under names of ours, refused by content, read once, and not lost by anything."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest

import collector.scans.uploads
from collector.example import copy_example
from collector.printing.issue import choose_quotas, print_sheets, reserve_run
from collector.scans.jobs import take_files_in
from collector.scans.uploads import UploadReader, clean_name, hand_in, inbox_path, read_uploads
from collector.store import Store, open_store
from collector.store.campaigns import sync_campaign
from collector.store.scans import list_files, list_pages, list_unread
from collector.store.uploads import Upload, begin_uploads, end_uploads, list_unfinished, list_uploads
from forms.campaign import Campaign
from forms.folder import load_campaign
from ocr.kinds import MOST_PAGES
from ocr.pretend.stack import render_pages, write_pdf
from tests.waiting import wait_until

NOW = datetime.datetime(2014, 3, 20, 20, 30, tzinfo=datetime.UTC)
PAGES, DPI = 12, 150


def picture(grey: int) -> bytes:
    """A photograph of an empty page."""
    return cv2.imencode(".png", np.full((1200, 850), grey, np.uint8))[1].tobytes()


def give(store: Store, content: bytes, name: str = "xap 01.pdf") -> Upload:
    return hand_in(store, io.BytesIO(content), name, "Lê Thị Hoa", NOW)


def states(store: Store) -> list[tuple[str, str, str | None]]:
    with store.read() as conn:
        return [(one.name, one.state, one.reason) for one in reversed(list_uploads(conn, 50))]


def waiting_files(store: Store) -> int:
    return len([path for path in inbox_path(store).iterdir() if not path.name.startswith(".")])


def test_what_a_file_is_its_content_says_and_what_is_nothing_is_refused_and_not_kept(store: Store) -> None:
    assert give(store, picture(250), "anh.exe").kind == "png"
    assert give(store, b"MZ\x90\x00 a program", "phieu.pdf").reason == "not_an_image"
    assert give(store, b"", "rong.pdf").reason == "empty_file"
    assert give(store, b"\x00\x00\x00\x18ftypheic", "IMG.HEIC").reason == "heic"
    assert give(store, b"PK\x03\x04" + bytes(40), "anh.zip").reason == "archive"
    assert waiting_files(store) == 1


def test_a_file_above_the_limit_is_refused_once_that_is_known(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector.scans.uploads, "LARGEST_FILE_BYTES", 5000)
    endless = io.BytesIO(b"%PDF-" + bytes(10_000_000))
    assert hand_in(store, endless, "to.pdf", "Hoa", NOW).reason == "upload_too_large"
    assert endless.tell() < 3 * (1 << 20), "no more was taken than tells that it is too much"
    assert waiting_files(store) == 0


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\hoa\\tờ 1.pdf", "tờ 1.pdf"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("/", "?"),
        ("x" * 300 + ".pdf", ("x" * 116) + ".pdf"),
    ],
)
def test_a_name_is_shown_and_never_becomes_a_path(store: Store, given: str, shown: str) -> None:
    assert clean_name(given) == shown
    kept = give(store, picture(1), given)
    assert (inbox_path(store) / kept.token).is_file()
    assert len(kept.token) == 32


def test_files_are_read_in_their_turn_and_the_same_one_again_changes_nothing(store: Store, campaign: Campaign) -> None:
    give(store, picture(250), "a.png")
    give(store, picture(249), "b.png")
    assert give(store, picture(250), "a 2.png").state == "known", "it waits already"
    read_uploads(store, campaign, 1)
    assert give(store, picture(249), "c.png").state == "known", "it was taken in"
    assert [(name, state) for name, state, _ in states(store)] == [
        ("a.png", "done"),
        ("b.png", "done"),
        ("a 2.png", "known"),
        ("c.png", "known"),
    ]
    with store.read() as conn:
        assert [file.name for file in list_files(conn)] == ["a.png", "b.png"]
        assert [(page.status, page.reason) for page in list_pages(conn)] == [("foreign", "blank_page")] * 2
        assert {(one.images, one.read) for one in list_uploads(conn, 50) if one.state == "done"} == {(1, 1)}
    assert waiting_files(store) == 0


def test_a_file_that_ends_its_reader_again_and_again_is_given_up_and_the_next_is_read(
    store: Store, campaign: Campaign
) -> None:
    bad, _ = give(store, picture(250), "a.png"), give(store, picture(249), "b.png")
    for _ in range(3):
        with store.write() as conn:
            begin_uploads(conn, [bad.id])
    read_uploads(store, campaign, 1)
    assert states(store) == [("a.png", "failed", "gave_up"), ("b.png", "done", None)]


def empty_pdf(pages: int) -> bytes:
    """A PDF of so many empty pages."""
    content = io.BytesIO()
    with pypdfium2.PdfDocument.new() as paper:
        for _ in range(pages):
            paper.new_page(300, 420).close()
        paper.save(content)
    return content.getvalue()


def test_a_file_of_too_many_pages_is_refused_with_one_page_on_record_and_the_next_is_read(
    store: Store, campaign: Campaign
) -> None:
    give(store, empty_pdf(MOST_PAGES + 1))
    give(store, picture(250), "b.png")
    read_uploads(store, campaign, 1)
    with store.read() as conn:
        assert [(file.name, file.state, file.reason) for file in list_files(conn)] == [
            ("xap 01.pdf", "refused", "too_many_pages"),
            ("b.png", "taken", None),
        ]
        assert [page.reason for page in list_unread(conn)] == ["too_many_pages"], "empty pages are nobody's to look at"
    assert waiting_files(store) == 0


def test_empty_pages_are_counted_and_no_line_asks_anybody_to_look_at_them(
    store: Store, campaign: Campaign, tmp_path: Path
) -> None:
    (tmp_path / "xap 02.pdf").write_bytes(empty_pdf(3))
    summary = take_files_in(store, campaign, [tmp_path / "xap 02.pdf"], 1)
    assert (summary.pages, summary.notes) == ({"blank": 3}, [])
    assert "trang trắng 3" in summary.account()
    again = take_files_in(store, campaign, [tmp_path / "xap 02.pdf"], 1)
    assert again.notes == ["xap 02.pdf: tệp này đã nhận trước đây, không thay đổi gì"]


def test_people_take_turns_so_that_nobody_waits_for_all_that_somebody_else_handed_in(
    store: Store, campaign: Campaign
) -> None:
    for number in range(3):
        give(store, empty_pdf(number + 1), f"xap {number}.pdf")
    hand_in(store, io.BytesIO(picture(250)), "IMG_1.png", "Trần Văn Nam", NOW)
    read_uploads(store, campaign, 1)
    with store.read() as conn:
        assert [file.name for file in list_files(conn)] == ["xap 0.pdf", "IMG_1.png", "xap 1.pdf", "xap 2.pdf"]


def test_a_file_that_is_gone_from_the_disk_is_named_and_can_be_sent_again(store: Store, campaign: Campaign) -> None:
    kept = give(store, picture(250), "a.png")
    (inbox_path(store) / kept.token).unlink()
    read_uploads(store, campaign, 1)
    assert states(store) == [("a.png", "failed", "not_taken")]
    give(store, picture(250), "a.png")
    read_uploads(store, campaign, 1)
    assert states(store)[-1] == ("a.png", "done", None)


def test_what_phieu_scan_reads_meanwhile_is_seen_beside(desk: Any) -> None:
    file = desk.file()
    desk.scan(desk.serials()[0], 1, file, q2="5")
    with desk.store.read() as conn:
        assert list_unfinished(conn, []) == [("scan.pdf", 1)]
        assert list_unfinished(conn, [file.sha256 for file in list_files(conn)]) == []


@pytest.mark.slow
def test_a_reader_that_cannot_begin_says_why_and_is_started_less_and_less_often(store: Store) -> None:
    at_s, started = [0.0], []
    reader = UploadReader(store, lambda: at_s[0])

    def wake(moment_s: float) -> None:
        at_s[0] = moment_s
        reader.wake()
        if reader._process is not None:
            reader._process.join()
            started.append(moment_s)

    give(store, picture(1))
    for moment_s in (0, 1, 4, 5.5, 6.5, 10, 12):  # the store's folder holds no campaign.yaml
        wake(moment_s)
    assert started == [0, 6.5]
    assert reader.fault is not None
    assert "campaign.yaml" in reader.fault
    with store.write() as conn:
        end_uploads(conn, [one.id for one in list_uploads(conn, 50)], "done")
    wake(20)
    assert (reader.fault, started) == (None, [0, 6.5])
    give(store, picture(2), "b.png")
    wake(20)
    assert started == [0, 6.5, 20], "what is new has no wait to serve"


@pytest.fixture
def printed(tmp_path: Path) -> tuple[Store, bytes]:
    """A campaign of ours with sheets printed, and their pages as a scanner's PDF."""
    copy_example("quang-ninh-2013", tmp_path / "k")
    campaign = load_campaign(tmp_path / "k")
    store = open_store(tmp_path / "k", campaign.settings)
    with store.write() as conn:
        sync_campaign(conn, campaign)
    quotas = choose_quotas(campaign, ["SXD"], ["CC"])
    reserve_run(store, campaign, quotas, lambda quota, ordinal: sum(quota.group.encode()) + ordinal)
    print_sheets(store, campaign, tmp_path / "printed", quotas, PAGES // 2)
    pages = render_pages(tmp_path / "printed" / "SXD" / "CC.pdf", 1, PAGES, DPI)
    write_pdf([cv2.imencode(".jpg", page)[1].tobytes() for page in pages], tmp_path / "scan.pdf", DPI)
    return store, (tmp_path / "scan.pdf").read_bytes()


@pytest.mark.slow
def test_a_reader_that_is_killed_half_way_loses_nothing_and_the_next_goes_on(printed: tuple[Store, bytes]) -> None:
    store, content = printed
    give(store, content)
    first, second = UploadReader(store), UploadReader(store)

    def wait(enough: int) -> None:
        def came_so_far() -> bool:
            with store.read() as conn:
                return len(list_pages(conn)) >= enough and (enough < PAGES or states(store)[0][1] == "done")

        wait_until(came_so_far)

    first.wake()
    wait(1)
    first.close()
    with store.read() as conn:
        assert 0 < len(list_pages(conn)) <= PAGES
    second.wake()
    wait(PAGES)
    second.close()
    with store.read() as conn:
        assert [(page.image, page.status) for page in list_pages(conn)] == [
            (image, "read") for image in range(1, PAGES + 1)
        ]
        assert [file.name for file in list_files(conn)] == ["xap 01.pdf"]
    store.close()
