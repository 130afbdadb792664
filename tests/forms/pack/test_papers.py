"""What stands on the papers of a pack, read back out of the PDFs."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from forms.drawing import plain
from forms.fonts import current_typeface
from forms.geometry import PT_PER_MM
from forms.pack.content import Office, Pack, Share
from forms.pack.cover import write_cover
from forms.pack.handout import write_handout
from forms.pack.index import PaperKind, write_index
from forms.pack.labels import write_labels
from forms.pack.missing import MissingRow, write_missing_list
from forms.pack.paper import say, write_paper
from forms.pack.records import write_handover, write_return
from forms.pack.scanning import write_scanning
from forms.pack.stack_covers import write_stack_covers
from forms.words import LANGUAGES, catalogue

Words = Callable[[Path], list[str]]
WRITERS = (
    write_cover,
    write_handover,
    write_return,
    write_handout,
    write_stack_covers,
    write_labels,
    write_scanning,
)


def words_outside(path: Path, left_mm: float, right_mm: float) -> list[str]:
    """Every letter that is printed outside of a column."""
    outside = []
    for page in pypdfium2.PdfDocument(str(path)):
        text = page.get_textpage()
        for at in range(text.count_chars()):
            left, _, right, _ = text.get_charbox(at)
            if right > left and (left < left_mm * PT_PER_MM or right > right_mm * PT_PER_MM):
                outside.append(text.get_text_range(at, 1))
    return outside


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_paper_gives_the_same_bytes_again_and_says_how_many_pages_it_has(
    write: Callable[..., int], lang: str, office: Office, pack: Pack, tmp_path: Path
) -> None:
    office = dataclasses.replace(office, lang=lang)
    for name in ("one.pdf", "two.pdf"):
        pages = write(tmp_path / name, office, pack)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    assert len(pypdfium2.PdfDocument(str(tmp_path / "one.pdf"))) == pages


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_long_names_and_many_cells_stay_on_the_page(
    write: Callable[..., int], lang: str, office: Office, collected: Pack, tmp_path: Path
) -> None:
    office = dataclasses.replace(office, lang=lang)
    long = dataclasses.replace(collected, name=collected.shares[2].agency_name * 2)
    write(
        tmp_path / "long.pdf",
        dataclasses.replace(office, body=office.body * 6, named=office.named * 6, address="Đường " * 40),
        long,
    )
    assert words_outside(tmp_path / "long.pdf", 4.0, 206.0) == []


def test_the_typeface_has_every_letter_of_the_papers() -> None:
    said = [sentence for key, both in catalogue().items() if key.startswith("pack.") for sentence in both.values()]
    assert current_typeface().missing("".join(said)) == set()


def test_the_cover_names_numbers_counts_pages_files_and_the_last_day(
    office: Office, pack: Pack, words: Words, tmp_path: Path
) -> None:
    write_cover(tmp_path / "cover.pdf", office, pack)
    (page,) = words(tmp_path / "cover.pdf")
    for row in (
        "1 Công chức HLO-CC-001 – HLO-CC-030 30 60 HLO/CC.pdf",
        "2 Người dân HLO-CD-001 – HLO-CD-120 120 240 HLO/CD.pdf",
        "– dự phòng, niêm phong HLO-CD-121 – HLO-CD-132 12 24",
        "Cộng phiếu khảo sát 150 300",
        "Cộng phiếu dự phòng 12 24",
        "đến hết ngày 31/3/2014",
        "150 phiếu, xếp thành 4 xấp",
        "Trang 1/ 1",
    ):
        assert row in page


def test_without_reserves_no_paper_speaks_of_them(office: Office, pack: Pack, words: Words, tmp_path: Path) -> None:
    bare = dataclasses.replace(pack, shares=pack.shares[:1])
    for write in WRITERS:
        write(tmp_path / "bare.pdf", office, bare)
        assert "dự phòng" not in " ".join(words(tmp_path / "bare.pdf")).lower()


@pytest.mark.parametrize("write", [write_handover, write_return])
def test_a_record_comes_in_two_copies_that_count_their_own_pages(
    write: Callable[..., int], office: Office, collected: Pack, words: Words, tmp_path: Path
) -> None:
    pages = write(tmp_path / "record.pdf", office, collected)
    read = words(tmp_path / "record.pdf")
    half = pages // 2
    assert [re.findall(r"Trang (\d+)/ ?(\d+)", page)[0] for page in read] == [
        (str(page), str(half)) for page in (*range(1, half + 1), *range(1, half + 1))
    ]
    assert "Bản 1 – bên giao giữ" in read[0]
    assert "Bản 2 – bên nhận giữ" in read[half]
    for copy in (" ".join(read[:half]), " ".join(read[half:])):
        assert "Cộng phiếu khảo sát 150" in copy
        assert "Cộng phiếu dự phòng 30" in copy
        assert "BÊN GIAO (Ký, ghi rõ họ tên) BÊN NHẬN (Ký, ghi rõ họ tên)" in copy


def test_who_gives_and_who_receives_change_places_when_sheets_come_back(
    office: Office, pack: Pack, words: Words, tmp_path: Path
) -> None:
    write_handover(tmp_path / "there.pdf", office, pack)
    write_return(tmp_path / "back.pdf", office, pack)
    there, back = words(tmp_path / "there.pdf")[0], words(tmp_path / "back.pdf")[0]
    assert f"Bên giao: {office.named}" in there
    assert f"Bên nhận: {pack.name}" in there
    assert f"Bên giao: {pack.name}" in back
    assert f"Bên nhận: {office.named}" in back


def test_a_list_has_a_row_a_sheet_and_its_head_and_range_on_every_page(
    office: Office, words: Words, tmp_path: Path
) -> None:
    share = Share("SXD", "Sở Xây dựng", "CD", "Người dân", True, tuple(range(1, 501)), tuple(range(501, 521)))
    pages = write_handout(tmp_path / "list.pdf", office, Pack("SXD", "Sở Xây dựng", (share,)))
    read = words(tmp_path / "list.pdf")
    assert pages > 10
    below_head = [page.split("Ký nhận")[1].split("NGƯỜI PHÁT")[0] for page in read if "Ký nhận" in page]
    reserves = "Phiếu dự phòng, chỉ ghi khi được phép mở: 20 phiếu, số SXD-CD-501 – SXD-CD-520"
    assert sum(reserves in rows for rows in below_head) == 1
    assert " ".join(below_head).replace(reserves, "").split() == [str(row) for row in range(1, 521)]
    for page in read:
        if "NGƯỜI PHÁT PHIẾU" not in page:
            assert "500 phiếu, số SXD-CD-001 – SXD-CD-500" in page
            assert "STT Họ và tên Điện thoại Ngày phát Mã hồ sơ Ký nhận" in page


def test_a_list_of_an_unlinked_group_asks_for_nothing_that_joins_person_and_sheet(
    office: Office, pack: Pack, words: Words, tmp_path: Path
) -> None:
    write_handout(tmp_path / "list.pdf", office, pack)
    read = " ".join(page for page in words(tmp_path / "list.pdf") if "Công chức: 30 phiếu" in page)
    assert "Họ và tên" in read
    for joining in ("Điện thoại", "Ngày phát", "Mã hồ sơ"):
        assert joining not in read


def test_a_missing_list_sums_up_by_unit_and_its_ranges_say_every_number(
    office: Office, words: Words, tmp_path: Path
) -> None:
    scattered = tuple(range(1, 1200, 2))
    rows = [
        MissingRow("Sở Xây dựng", "SXD", "Sở Xây dựng", "CC", "Công chức", (4,)),
        MissingRow("Sở Xây dựng", "SXD", "Sở Xây dựng", "CD", "Người dân", ()),
        MissingRow("Hiệp hội Doanh nghiệp", "STC", "Sở Tài chính", "DN", "Doanh nghiệp", scattered),
    ]
    write_missing_list(tmp_path / "missing.pdf", office, rows, datetime.date(2014, 4, 2))
    read = " ".join(words(tmp_path / "missing.pdf"))
    assert "Đến ngày 02/4/2014" in read
    assert "1 Sở Xây dựng 1 Công chức 1 SXD-CC-004" in read
    assert "Người dân" not in read
    assert "Cộng 601" in read
    found: list[int] = []
    for shown in re.findall(r"STC-DN-((?:\d{3,}, )*\d{3,})", read):
        found += map(int, shown.split(", "))
    assert found == list(scattered)


def test_a_missing_list_without_rows_says_that_all_came_back(office: Office, words: Words, tmp_path: Path) -> None:
    write_missing_list(tmp_path / "missing.pdf", office, [], datetime.date(2014, 4, 2))
    assert "Mọi phiếu đã phát đều đã thu về." in words(tmp_path / "missing.pdf")[0]


def test_the_index_adds_up_and_survives_a_receiver_with_very_many_files(
    office: Office, pack: Pack, words: Words, tmp_path: Path
) -> None:
    share = dataclasses.replace(pack.shares[0], files=tuple(f"HLO/CC-{part:02d}.pdf" for part in range(1, 301)))
    kinds = [PaperKind("bia.pdf", "cover_short", "index_one_sided")]
    packs = [(pack, {"bia.pdf": 1}), (Pack("X", "Bưu điện tỉnh", (share,)), {"bia.pdf": 9})]
    write_index(tmp_path / "index.pdf", office, "ho-so", packs, kinds, [(kinds[0], 1)])
    read = " ".join(words(tmp_path / "index.pdf"))
    assert "Phiếu khảo sát <mã>/*.pdf hai mặt, A4, 100 % 384" in read
    assert "Bìa hồ sơ phát phiếu ho-so/<mã>/bia.pdf một mặt, A4 10" in read
    assert "Cộng 395" in read
    assert "HLO/CC.pdf, HLO/CD.pdf" in read
    assert "300 tệp, xem bìa hồ sơ" in read


def test_how_to_scan_fits_one_page_and_names_a_file_after_a_stack(
    office: Office, pack: Pack, words: Words, tmp_path: Path
) -> None:
    for lang in LANGUAGES:
        assert write_scanning(tmp_path / f"{lang}.pdf", dataclasses.replace(office, lang=lang), pack) == 1
        assert "HLO-CC-X01.pdf" in words(tmp_path / f"{lang}.pdf")[0]


def test_markup_in_a_name_is_printed_as_it_stands(office: Office, words: Words, tmp_path: Path) -> None:
    write_paper(tmp_path / "p.pdf", "t", "A & B <c>", "vi", [say(plain("A & B <c>"))])
    assert words(tmp_path / "p.pdf")[0].count("A & B <c>") == 2


def test_no_line_of_a_paragraph_stands_alone_on_a_page() -> None:
    words = " ".join(["phiếu"] * 40)
    lines = len(say(words).breakLines(400).lines)
    _, height_pt = say(words).wrap(400, 1000)
    for fit, wanted in ((lines - 1, [lines - 2, 2]), (1, [])):
        parts = say(words).split(400, height_pt * fit / lines + 1)
        assert [len(part.breakLines(400).lines) for part in parts] == wanted
