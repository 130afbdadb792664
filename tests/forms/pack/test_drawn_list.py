"""The list a clerk holds in hand: everybody on it, its headings on every page, its notice on every page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from forms.pack.drawn_list import DrawnPerson, ListHead, write_drawn_list

HEAD = ListHead(
    "UBND TỈNH", "SỞ NỘI VỤ", "Đợt thử", "Thành phố Hạ Long", "Người dân", True, "XSMB 48291", "20/03/2014", 2, 620,
    "31/12/2014",
)  # fmt: skip
PEOPLE = [
    DrawnPerson(n, f"Người Thứ {n}", f"09{n:08d}", "", "Đăng ký <kinh doanh> & khác", f"HS-{n}", False)
    for n in range(1, 41)
] + [DrawnPerson(n, f"Dự Bị {n}", "", f"{'rat-dai.' * 6}{n}@quangninh.gov.vn", "", "", True) for n in range(1, 4)]


def pages_of(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


@pytest.fixture
def pages(tmp_path: Path) -> list[str]:
    write_drawn_list(tmp_path / "list.pdf", HEAD, PEOPLE)
    return pages_of(tmp_path / "list.pdf")


def test_everybody_is_on_the_list_once_and_reserves_stand_last(pages):
    words = "\n".join(pages)
    assert all(len(re.findall(rf"{person.name}\b", words)) == 1 for person in PEOPLE)
    assert words.index("Người Thứ 40") < words.index("Dự phòng: mời lần lượt") < words.index("Dự Bị 1")


def test_every_page_has_the_headings_the_notice_and_its_number(pages):
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        words = " ".join(page.split())
        assert "Họ và tên" in words
        assert "DỮ LIỆU CÁ NHÂN" in words
        assert "hủy sau ngày 31/12/2014" in words
        assert f"Trang {number}/{len(pages)}" in words.replace("/ ", "/")
        assert "Thành phố Hạ Long · Người dân" in words


@pytest.mark.parametrize("people", range(1, 20))
def test_signatures_never_stand_on_a_page_of_their_own(tmp_path, people):
    write_drawn_list(tmp_path / "short.pdf", HEAD, PEOPLE[:people])
    pages = pages_of(tmp_path / "short.pdf")
    assert "NGƯỜI PHÁT PHIẾU" in pages[-1]
    assert f"Người Thứ {people}" in pages[-1]


def test_it_says_how_the_people_were_drawn(pages):
    words = " ".join(pages[0].split())
    assert "ngày 20/03/2014 (lần 2) từ danh sách 620 người" in words
    assert "“XSMB 48291”: 40 người được mời, 3 người dự phòng" in words


def test_a_linked_group_has_a_range_of_numbers_and_an_unlinked_one_has_none(pages, tmp_path):
    assert "từ số" in pages[0]
    write_drawn_list(tmp_path / "unlinked.pdf", replace(HEAD, linked=False), PEOPLE[:3])
    words = " ".join(pages_of(tmp_path / "unlinked.pdf")[0].split())
    assert "từ số" not in words
    assert "Ngày nhận" not in words
    assert "Không ghi số phiếu vào danh sách này" in words


def test_only_a_linked_groups_list_says_on_which_day_somebody_got_a_sheet(pages, tmp_path):
    assert "Ngày nhận" in " ".join(pages[0].split())
    write_drawn_list(tmp_path / "unlinked.pdf", replace(HEAD, linked=False), PEOPLE)
    unlinked = pages_of(tmp_path / "unlinked.pdf")
    assert not any("Ngày nhận" in " ".join(words.split()) for words in unlinked)
    assert all("Ký nhận" in words for words in unlinked)


def test_the_same_list_gives_the_same_bytes(pages, tmp_path):
    write_drawn_list(tmp_path / "again.pdf", HEAD, PEOPLE)
    assert (tmp_path / "again.pdf").read_bytes() == (tmp_path / "list.pdf").read_bytes()


def test_no_repr_shows_a_person():
    assert "Người" not in repr(PEOPLE[0])
    assert "09" not in repr(PEOPLE[0])
