"""No word stands alone on a last line, and labels break where their words end."""

from __future__ import annotations

import pytest

from forms.drawing import Prose
from forms.line_breaks import bound_end, break_label, evened_mm, settled_mm


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Rất hài lòng", ["Rất", "hài lòng"]),
        ("Rất không hài lòng", ["Rất", "không", "hài lòng"]),
        ("02 lần trở lên", ["02 lần", "trở lên"]),
        ("Trung bình", ["Trung", "bình"]),
        ("Tốt", ["Tốt"]),
    ],
)
def test_a_label_breaks_between_words_of_two_syllables(label: str, lines: list[str]) -> None:
    assert break_label(label, 10.2, 7.5) == lines


def test_a_word_wider_than_its_column_has_no_lines() -> None:
    assert break_label("Hài lòng", 4.0, 7.5) is None


def test_a_question_leaves_no_word_alone_and_takes_no_more_lines() -> None:
    prose = Prose("Việc kiểm tra thực hiện kế hoạch cải cách hành chính", 10.0, bullet="2.")
    whole = next(width for width in range(60, 120) if prose.height_mm(width) < prose.height_mm(59))
    assert settled_mm(prose, whole) == whole
    narrower = settled_mm(prose, whole - 1)
    assert narrower < whole - 1
    assert prose.height_mm(narrower) == prose.height_mm(whole - 1)
    assert evened_mm(prose, whole - 1) <= narrower


def test_the_last_words_of_an_intro_stay_together() -> None:
    words = "Ở mỗi câu, đề nghị chọn một mức phù hợp nhất; nếu không có thông tin, chọn “Không biết”. Xin cảm ơn"
    whole = next(width for width in range(60, 200) if Prose(words).height_mm(width) < Prose(words).height_mm(100))
    bound = bound_end(words, 10.0, whole - 1)
    assert bound.count("\u00a0") > 1
    assert bound.replace("\u00a0", " ") == words
    assert bound_end(words, 10.0, whole) == words
