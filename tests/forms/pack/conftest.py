from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from forms.pack.content import Office, Pack, Share

LONG = "Ban Quản lý các khu công nghiệp, khu kinh tế và khu công nghệ cao trực thuộc Ủy ban nhân dân tỉnh Quảng Ninh"


@pytest.fixture
def office() -> Office:
    return Office(
        campaign="quang-ninh-2013",
        name="Điều tra xã hội học xác định Chỉ số cải cách hành chính năm 2013",
        superior="UBND TỈNH QUẢNG NINH",
        body="SỞ NỘI VỤ",
        named="Sở Nội vụ",
        address="Phường Hồng Gai, tỉnh Quảng Ninh",
        contact="Phòng Cải cách hành chính",
        deadline=datetime.date(2014, 3, 31),
        by_phone=True,
        lang="vi",
    )


@pytest.fixture
def pack() -> Pack:
    """Civil servants (unlinked) without reserves, citizens with twelve; the agency hands out itself."""
    name = "Ủy ban nhân dân thành phố Hạ Long"
    officials = Share("HLO", name, "CC", "Công chức", False, tuple(range(1, 31)), (), 60, 0, ("HLO/CC.pdf",))
    citizens = tuple(range(1, 121)), tuple(range(121, 133)), 240, 24, ("HLO/CD.pdf",)
    return Pack("HLO", name, (officials, Share("HLO", name, "CD", "Người dân", True, *citizens)))


@pytest.fixture
def collected() -> Pack:
    """An association that hands out five sheets and a reserve for each of thirty agencies, one with a long name."""
    shares = tuple(
        Share(f"S{at:02d}", LONG if at == 2 else f"Sở thứ {at}", "DN", "Doanh nghiệp", True, (1, 2, 3, 4, 5), (6,))
        for at in range(30)
    )
    return Pack("HHDN", "Hiệp hội Doanh nghiệp tỉnh", shares)


Words = Callable[[Path], list[str]]


@pytest.fixture(scope="session")
def words() -> Words:
    """The words of every page of a PDF, lines joined by blanks."""

    def read(path: Path) -> list[str]:
        pages = pypdfium2.PdfDocument(str(path))
        return [" ".join(page.get_textpage().get_text_range().split()) for page in pages]

    return read
