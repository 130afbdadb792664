"""The screen of quota completion."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any


def row_of(page: Any, words: str) -> str:
    """The words of the page from a name on."""
    text = " ".join(page.words.split())
    return text[text.index(words) :]


def test_the_grid_counts_paper_and_phone_doubts_and_conflicts(
    staff: Any, desk: Any, parse: Callable[[str], Any]
) -> None:
    one, two, three, _ = desk.serials()
    desk.post(one, q2="5")
    desk.scan(two, 1, doubtful="q2", q2="4")
    desk.scan(two, 2, q4="3")
    desk.post(three, q2="5")
    desk.post(three, q2="1")
    page = parse(staff.get("/quan-ly/?block=HU&group=CD").text)
    # target, printed, paper, phone, accepted, doubtful, conflicts, over quota
    assert "Thành phố Hạ Long Người dân 66,7 % 3 4 1 2 2 1 1 0" in row_of(page, "Thành phố Hạ Long")
    links = {has["href"] for has in page.all("a")}
    assert "/quan-ly/can-xem-lai/?agency=HL&group=CD" in links
    assert "/quan-ly/phieu-trung/?agency=HL" in links


def test_the_grid_can_be_narrowed_and_ordered(staff: Any, desk: Any, parse: Callable[[str], Any]) -> None:
    desk.post(desk.serials()[0], q2="5")
    everything = parse(staff.get("/quan-ly/").text)
    names = ("Thành phố Hạ Long Công chức", "Sở Nội vụ Người dân", "Thành phố Hạ Long Người dân")
    words = row_of(everything, "Vượt chỉ tiêu")
    places = [words.index(name) for name in names]
    assert places[2] == max(places), "what has most comes last"
    assert "3 ô chỉ tiêu" in everything.words
    assert "1 ô chỉ tiêu" in staff.get("/quan-ly/?block=SN").text
    assert "3 ô chỉ tiêu" in staff.get("/quan-ly/?block=KHONG-CO&order=odd").text
    listed = row_of(parse(staff.get("/quan-ly/?order=list").text), "Vượt chỉ tiêu")
    assert listed.index("Thành phố Hạ Long Công chức") > listed.index("Sở Nội vụ Người dân")


def test_every_cell_names_its_column_for_narrow_screens(staff: Any, parse: Callable[[str], Any]) -> None:
    page = parse(staff.get("/quan-ly/").text)
    headings = len(page.all("th", scope="col"))
    labelled = [has for has in page.all("td") if has.get("data-label")]
    assert headings == 11
    assert len(labelled) == (3 + 1) * 8
    assert len(page.all("tr", role="row")) == 1 + 3 + 1


def test_the_console_speaks_english_when_asked_and_goes_on_so(staff: Any) -> None:
    assert 'html lang="vi"' in staff.get("/quan-ly/").text
    assert "How far the quotas are" in staff.get("/quan-ly/?lang=en").text
    assert "Doubtful marks" in staff.get("/quan-ly/can-xem-lai/").text
    assert "Cần xem lại" in staff.get("/quan-ly/can-xem-lai/?lang=vi").text


def test_a_static_file_is_compressed_and_may_be_kept_under_its_hash(staff: Any, parse: Callable[[str], Any]) -> None:
    [sheet] = parse(staff.get("/quan-ly/").text).all("link", rel="stylesheet")
    reply = staff.client.get(sheet["href"], headers={"Accept-Encoding": "gzip"})
    assert b".quota" in gzip.decompress(reply.data)
    assert "v=" in sheet["href"]
    assert "max-age=31536000" in reply.headers["Cache-Control"]
