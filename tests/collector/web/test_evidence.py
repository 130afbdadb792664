"""Pictures for people, cut in a process of their own."""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from flask import Flask
from PIL import Image, ImageDraw

from collector.intake import accept_file, accept_reading
from collector.review.deciding import list_doubts
from collector.store import Store
from collector.store.scans import finish_file, list_pages, refuse_file
from collector.web.evidence import EvidenceRoom, PagePicture, PictureFailed, prune_pictures
from collector.web.site import EXTENSION
from collector.web.unread import PICTURELESS
from forms.campaign import Campaign
from ocr.pictures import BadReason
from ocr.reading import PageReading

PX_PER_MM = 8


def scan_of_a_page(*marks_mm: tuple[float, float]) -> bytes:
    """A white A4 page at 8 px/mm with a dark 4.2 mm square at each place."""
    page = Image.new("L", (210 * PX_PER_MM, 297 * PX_PER_MM), 255)
    for x, y in marks_mm:
        box = [round(value * PX_PER_MM) for value in (x, y, x + 4.2, y + 4.2)]
        ImageDraw.Draw(page).rectangle(box, fill=0)
    file = io.BytesIO()
    page.save(file, "PNG")
    return file.getvalue()


def take_in(store: Store, campaign: Campaign, content: bytes, name: str, reading: PageReading) -> None:
    file, _ = accept_file(store, hashlib.sha256(content).hexdigest(), name, content)
    accept_reading(store, campaign, file.id, replace(reading, file=name, image=1))
    with store.write() as conn:
        finish_file(conn, file.id, 1)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[EvidenceRoom]:
    opened = EvidenceRoom(tmp_path / "evidence")
    yield opened
    opened.close()


def saved(tmp_path: Path, content: bytes) -> PagePicture:
    sha256 = hashlib.sha256(content).hexdigest()
    (tmp_path / sha256).write_bytes(content)
    return PagePicture(tmp_path / sha256, sha256, 1, None)


def test_the_row_of_a_doubt_is_sent_and_nothing_of_other_rows(
    staff: Any, desk: Any, store: Store, campaign: Campaign
) -> None:
    # q2 has its "4" at x 110, y 70; q3 its "a" at x 100, y 80
    content = scan_of_a_page((110.0, 70.0), (100.0, 80.0))
    take_in(store, campaign, content, "a.png", desk.reading(desk.serials()[0], 1, "q2", q2="4", q3="a"))
    desk.scan(desk.serials()[0], 2)
    with store.read() as conn:
        [doubt] = list_doubts(conn)
    reply = staff.get(f"/quan-ly/anh/cau/{doubt.id}.png")
    assert (reply.status_code, reply.mimetype) == (200, "image/png")
    assert reply.headers["Cache-Control"].startswith("private")
    picture = Image.open(io.BytesIO(reply.data)).convert("L")
    dark = picture.point([255 if level < 128 else 0 for level in range(256)]).getbbox()
    assert dark is not None
    assert (dark[2] - dark[0], dark[3] - dark[1]) == pytest.approx((4.2 * PX_PER_MM,) * 2, abs=3)
    assert picture.width > 150 * PX_PER_MM, "the question's words stand beside its boxes"


def test_a_page_that_may_be_struck_is_shown_whole_but_for_its_codes_and_numbers(
    staff: Any, app: Flask, log_in: Callable[..., Any], desk: Any, store: Store, campaign: Campaign
) -> None:
    content = scan_of_a_page((110.0, 70.0), (20.0, 200.0), (180.0, 20.0), (30.0, 275.0))  # two where codes stand
    struck, faint = desk.serials()[:2]
    reading = desk.reading(struck, 1, "q2 q3", why="struck_page", q2="4", q3="a")
    answers = [replace(one, reason="small") if one.question == "q3" else one for one in reading.answers]
    take_in(store, campaign, content, "a.png", replace(reading, answers=tuple(answers)))
    take_in(store, campaign, content + b" ", "b.png", desk.reading(faint, 1, "q2", why="faint", q2="4"))
    for serial in (struck, faint):
        desk.scan(serial, 2)
    with store.read() as conn:
        doubts = {one.reason: one.id for one in list_doubts(conn)}
    path = f"/quan-ly/anh/cau/{doubts['struck_page']}/trang.jpg"
    assert path in staff.get(f"/quan-ly/can-xem-lai/?doubt={doubts['struck_page']}").text
    reply = staff.get(path)
    assert (reply.status_code, reply.mimetype) == (200, "image/jpeg")
    picture = Image.open(io.BytesIO(reply.data)).convert("L")
    assert picture.size == (210 * 4, 225 * 4)
    assert [picture.getpixel((4 * x, 4 * (y - 36))) < 60 for x, y in ((112, 72), (22, 202))] == [True, True]
    assert sum(picture.histogram()[:128]) == pytest.approx(2 * (4.2 * 4) ** 2, rel=0.2), "and nothing else"
    assert "trang.jpg" not in staff.get(f"/quan-ly/can-xem-lai/?doubt={doubts['faint']}").text
    assert staff.get(path.replace(str(doubts["struck_page"]), str(doubts["faint"]))).status_code == 403
    beside = staff.get(f"/quan-ly/can-xem-lai/?doubt={doubts['small']}").text
    assert f"/cau/{doubts['small']}/trang.jpg" in beside, "a doubt of its own is on that page as well"
    assert "checked" not in beside.split("<fieldset")[1].split("</fieldset")[0]
    own = log_in(app, "Vũ Minh", roles=("verifier",), workplace="HL")
    assert own.get(path).status_code == 403


def test_pictures_are_sent_of_a_campaign_that_was_named_from_where_one_stands(
    staff: Any, app: Flask, desk: Any, store: Store, campaign: Campaign, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reading = desk.reading(desk.serials()[0], 1, "q2", q2="4", q3="a")
    take_in(store, campaign, scan_of_a_page((110.0, 70.0)), "a.png", reading)
    desk.scan(desk.serials()[0], 2)
    with store.read() as conn:
        [doubt] = list_doubts(conn)
    monkeypatch.chdir(tmp_path)
    room = EvidenceRoom(Path("evidence"))
    monkeypatch.setitem(app.extensions, EXTENSION, replace(app.extensions[EXTENSION], evidence=room))
    status = staff.get(f"/quan-ly/anh/cau/{doubt.id}.png").status_code
    room.close()
    assert status == 200


def test_a_page_that_was_not_read_can_be_seen_with_its_reason(
    staff: Any, desk: Any, store: Store, campaign: Campaign
) -> None:
    reading = PageReading("", 1, "foreign", "nothing_of_ours")
    take_in(store, campaign, scan_of_a_page((50.0, 50.0)), "anh-7.png", reading)
    with store.read() as conn:
        [page] = list_pages(conn, status="foreign")
    text = staff.get("/quan-ly/khong-doc-duoc/").text
    assert "anh-7.png" in text
    for kind, height in (("png", 1200), ("jpg", 508)):  # the link's, and the one that stands in the list
        assert f"/quan-ly/anh/trang/{page.id}.{kind}" in text
        reply = staff.get(f"/quan-ly/anh/trang/{page.id}.{kind}")
        assert (reply.status_code, reply.mimetype) == (200, Image.MIME[Image.open(io.BytesIO(reply.data)).format or ""])
        assert Image.open(io.BytesIO(reply.data)).height == height


def test_a_page_that_was_read_cannot_be_seen_whole(staff: Any, desk: Any, store: Store) -> None:
    desk.scan(desk.serials()[0], 1)
    with store.read() as conn:
        [page] = list_pages(conn)
    assert staff.get(f"/quan-ly/anh/trang/{page.id}.png").status_code == 403


@pytest.fixture
def spoiled(desk: Any, store: Store, campaign: Campaign) -> Callable[..., int]:
    """Takes in a filled page that was not read although its sheet is known; the page's id."""

    def take(serial: str, reason: str = "distorted") -> int:
        reading = PageReading("", 1, "unreadable", reason, serial, 1)
        take_in(store, campaign, scan_of_a_page((50.0, 50.0)) + serial.encode(), f"{reason}.png", reading)
        with store.read() as conn:
            return max(page.id for page in list_pages(conn, status="unreadable"))

    return take


def test_a_page_about_one_s_own_workplace_is_kept_from_whoever_works_there(
    app: Flask, log_in: Callable[..., Any], desk: Any, spoiled: Callable[..., int], parse: Callable[[str], Any]
) -> None:
    page_id = spoiled(desk.serials("HL")[0])
    seen = {workplace: log_in(app, workplace=workplace) for workplace in ("", "SNV", "HL")}
    lists = {workplace: parse(person.get("/quan-ly/khong-doc-duoc/").text) for workplace, person in seen.items()}
    assert ["HL-CD-001" in page.words for page in lists.values()] == [True, True, False]
    assert [len(page.all("img")) for page in lists.values()] == [1, 1, 0]
    assert "người khác sẽ quyết định" in lists["HL"].words
    picture = f"/quan-ly/anh/trang/{page_id}.png"
    assert [person.get(picture).status_code for person in seen.values()] == [200, 200, 403]


def test_a_page_of_a_matrix_is_kept_from_every_workplace_it_rates_and_its_number_from_all(
    app: Flask, log_in: Callable[..., Any], desk: Any, spoiled: Callable[..., int]
) -> None:
    page_id = spoiled(desk.serials("HL", "CC")[0])
    picture = f"/quan-ly/anh/trang/{page_id}.png"
    people = [log_in(app, workplace=workplace) for workplace in ("", "STC", "SNV", "HL")]
    assert [person.get(picture).status_code for person in people] == [200, 403, 403, 403]
    lists = [person.get("/quan-ly/khong-doc-duoc/").text for person in people]
    assert not any("HL-CC-001" in text for text in lists), "the group is unlinked, and the picture shows answers"


def test_a_reason_that_has_no_words_yet_is_not_shown_as_a_code(
    staff: Any, desk: Any, spoiled: Callable[..., int], store: Store, campaign: Campaign
) -> None:
    spoiled(desk.serials()[0], "not_in_catalogue")
    assert "not_in_catalogue" not in staff.get("/quan-ly/khong-doc-duoc/").text
    reading = desk.reading(desk.serials()[1], 1, "q2", q2="4")
    odd = [replace(answer, reason=answer.reason and "not_in_catalogue") for answer in reading.answers]
    accept_reading(store, campaign, desk.file(), replace(reading, answers=tuple(odd)))
    desk.scan(desk.serials()[1], 2)
    text = staff.get("/quan-ly/can-xem-lai/").text
    assert "HL-CD-002" in text
    assert "not_in_catalogue" not in text


def test_refused_files_are_named_and_damaged_images_have_no_picture(
    staff: Any, store: Store, campaign: Campaign, parse: Callable[[str], Any]
) -> None:
    file, _ = accept_file(store, hashlib.sha256(b"").hexdigest(), "quet-3.pdf", b"")
    with store.write() as conn:
        refuse_file(conn, file.id, "empty_file")
    take_in(store, campaign, b"\xff\xd8\xff cut", "quet-4.jpg", PageReading("", 1, "unreadable", "damaged_file"))
    page = parse(staff.get("/quan-ly/khong-doc-duoc/").text)
    assert "quet-3.pdf" in page.words
    assert "quet-4.jpg" in page.words
    assert "empty_file" not in page.words, "reasons are said in words"
    assert not page.all("img")


def test_the_reasons_without_a_picture_are_the_reader_s_own() -> None:
    assert set(PICTURELESS) == set(get_args(BadReason))


def test_a_picture_is_cut_once(room: EvidenceRoom, tmp_path: Path) -> None:
    wanted = saved(tmp_path, scan_of_a_page((50.0, 50.0)))
    path = room.get_picture(wanted)
    wanted.original.unlink()
    assert room.get_picture(wanted) == path
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [file.suffix for file in path.parent.iterdir()] == [".png"], "nothing half-made is left"


def test_a_damaged_original_costs_only_its_own_picture(room: EvidenceRoom, tmp_path: Path) -> None:
    with pytest.raises(PictureFailed):
        room.get_picture(saved(tmp_path, b"no picture"))
    assert room.get_picture(saved(tmp_path, scan_of_a_page())).exists()


def test_a_worker_that_dies_is_followed_by_another(room: EvidenceRoom, tmp_path: Path) -> None:
    others = multiprocessing.active_children()
    room.get_picture(saved(tmp_path, scan_of_a_page((10.0, 10.0))))
    [worker] = set(multiprocessing.active_children()) - set(others)
    worker.kill()
    worker.join()
    assert room.get_picture(saved(tmp_path, scan_of_a_page((20.0, 20.0)))).exists()


def test_a_picture_that_cannot_be_cut_is_an_answer_too(staff: Any, app: Flask, desk: Any, store: Store) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2", q2="4")
    desk.scan(desk.serials()[0], 2)
    with store.read() as conn:
        [doubt] = list_doubts(conn)
    assert staff.get(f"/quan-ly/anh/cau/{doubt.id}.png").status_code == 503, "the desk's files are no images"
    assert staff.get("/quan-ly/can-xem-lai/").status_code == 200


def test_pictures_that_were_cut_longest_ago_make_room(tmp_path: Path) -> None:
    for number in range(6):
        path = tmp_path / f"{number:02d}" / "row.png"
        path.parent.mkdir()
        path.write_bytes(bytes(1000))
        os.utime(path, (1000 + number, 1000 + number))
    assert prune_pictures(tmp_path, 10_000, 2000) == 0
    assert prune_pictures(tmp_path, 3500, 1001) == 2, "those cut since may be looked at"
    assert prune_pictures(tmp_path, 3500, 2000) == 1
    assert [path.parent.name for path in sorted(tmp_path.glob("*/*"))] == ["03", "04", "05"]
    assert prune_pictures(tmp_path / "none", 0, 2000) == 0
