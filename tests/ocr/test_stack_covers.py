"""A stack's cover is scanned with its sheets: its code is found, and it is never taken for a sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp

from forms.code import find_stack_code
from forms.layout import LayoutBook
from forms.pack.content import Office, Pack, Share, stacks_of
from forms.pack.stack_covers import write_stack_covers
from ocr.files import PageImage
from ocr.read import read_page


@pytest.mark.parametrize("address", ["", "HTTPS://KHAOSAT.EXAMPLE.VN", "PHIEU-XAP"])
@pytest.mark.parametrize("turns", [0, pytest.param(2, marks=pytest.mark.slow)])
def test_a_scanned_cover_is_no_sheet_and_names_its_stack(tmp_path: Path, address: str, turns: int) -> None:
    office = Office("p", "Đợt thử", "", "SỞ NỘI VỤ", "Sở Nội vụ", "", "", None, True, "vi")
    names = "S_D-01", "Sở Xây dựng", "C", "Công chức", True
    pack = Pack("S_D-01", "Sở Xây dựng", (Share(*names, tuple(range(1, 61)), (61,)),))
    write_stack_covers(tmp_path / "covers.pdf", office, pack)
    stacks = stacks_of(pack.shares[0])
    assert [stack.code for stack in stacks] == ["S_D-01-C-X01", "S_D-01-C-X02", "S_D-01-C-D01"]
    for page, stack in zip(pypdfium2.PdfDocument(str(tmp_path / "covers.pdf")), stacks, strict=True):
        drawn = np.asarray(page.render(scale=200 / 72, grayscale=True).to_numpy())
        pixels = np.ascontiguousarray(np.rot90(drawn.reshape(drawn.shape[:2]), turns))
        assert [find_stack_code(found.text) for found in zxingcpp.read_barcodes(pixels)] == [("p", stack.code)]
        image = PageImage("covers.pdf", 1, pixels)
        reading = read_page(image, LayoutBook("p", (address,), {}))
        assert (reading.status, reading.reason, reading.serial) == ("foreign", "stack_cover", None)
        assert reading.to_json()["stack"] == stack.code
        others = read_page(image, LayoutBook("q", (address,), {}))
        assert (others.status, others.reason, others.stack) == ("foreign", "not_ours", None)
