"""What somebody did to a sheet, in words that people on either side of a counter know."""

from __future__ import annotations

from collector.store.edits import Edit
from collector.trail.words import say_edit

LABELS = {"5": "Rất hài lòng", "2": "Không hài lòng"}


def test_a_decision_is_told_by_the_number_and_the_words_of_the_sheet_and_a_day_of_offices() -> None:
    edit = Edit(1, "settled", "q4", "", "?", "5 2", "Lê Thị Hoa", "2014-03-05 09:12", "thấy rõ")
    assert say_edit(edit, "vi", "Câu 4", LABELS) == (
        "09:12 05/3/2014, Lê Thị Hoa: Câu 4: quyết định Rất hài lòng, Không hài lòng, trước là ? (thấy rõ)"
    )


def test_channels_and_acts_with_the_paper_are_told_in_the_language_of_the_reader() -> None:
    disputed = Edit(1, "conflict", "", "", "phone/paper", "paper", "Minh", "2014-03-22 14:05", "")
    assert say_edit(disputed, "vi").endswith("(Điện thoại / Phiếu giấy), giữ bản: Phiếu giấy")
    neither = Edit(1, "conflict", "", "", "phone/paper", "neither", "Minh", "2014-03-22 14:05", "")
    assert say_edit(neither, "en").endswith("(Phone / Paper), kept: neither")
    void = Edit(1, "paper", "", "", "printed", "void", "Minh", "2014-03-22", "rách")
    assert say_edit(void, "vi") == "22/3/2014, Minh: ghi với tờ giấy: hủy phiếu (rách)"
