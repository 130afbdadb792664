"""A sheet that slipped in the feeder by as much as rows stand apart: no row's mark is taken for another's."""

from __future__ import annotations

import numpy as np
import pytest

from forms.campaign import Head
from forms.questionnaire import Questionnaire
from ocr.boxes import read_boxes
from ocr.register import Registration, find_registration
from ocr.slid import has_slid
from tests.ocr.pressed import LEVELS, SCALE, SECTIONS, Press, draw

SEATS = (
    *(
        "Nội vụ",
        "Tài chính",
        "Tư pháp",
        "Y tế",
        "Xây dựng",
        "Công Thương",
        "Giáo dục và Đào tạo",
        "Dân tộc và Tôn giáo",
    ),
    *("Nông nghiệp và Môi trường", "Khoa học và Công nghệ", "Văn hóa, Thể thao và Du lịch", "Ngoại vụ", "Thông tin"),
)
FIRST, LAST = 3, 9  # rows between which the sheet slips


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    asked = {"code": "so", "title": "Phiếu", "rates": "block:SN", "scales": {"tot": LEVELS}, "sections": SECTIONS[:1]}
    rated = tuple((f"S{place}", f"Sở {seat}") for place, seat in enumerate(SEATS))
    head = Head(superior="", body="SỞ NỘI VỤ", lang="vi", by_phone=False, rated=rated, rated_of=len(rated))
    return Press(tmp_path_factory.mktemp("print"), head, Questionnaire.model_validate(asked))


@pytest.fixture(scope="module")
def filled(table):
    """The table with a cross in every row, in turn from left to right; the options; where rows begin, mm."""
    pixels, chosen, tops = table.pixels.copy(), {}, []
    for place, (question, row) in enumerate(dict.fromkeys((box.question, box.row) for box in table.page.boxes)):
        boxes = table.boxes(question, row)
        box = boxes[place % len(boxes)]
        draw(pixels, box.x + box.w / 2, box.y + box.h / 2, "cross", seed=place)
        chosen[question, row] = (box.option,)
        tops.append(box.y)
    return pixels, chosen, sorted(set(tops))


def slipped(filled):
    """Drawn in too fast by one row, and later held back by as much: the rows between are one place too high."""
    pixels, _, tops = filled
    start, end, lost = (
        round(mm * SCALE) for mm in (tops[FIRST] - 1.5, tops[LAST] - 1.5, tops[FIRST + 1] - tops[FIRST])
    )
    return np.concatenate([pixels[:start], pixels[start + lost : end], [pixels[end]] * lost, pixels[end:]])


def test_no_row_is_read_by_the_mark_of_the_next(table, filled, desk) -> None:
    answers = table.read(desk.scan(slipped(filled), 0.2))
    promised = {key: answer.chosen for key, answer in answers.items() if answer.state != "doubtful"}
    assert not {key: chosen for key, chosen in promised.items() if chosen != filled[1][key]}
    assert "slid" in {answer.reason for answer in answers.values()}


def test_outlines_alone_would_not_tell(table, filled, desk) -> None:
    pixels = desk.scan(slipped(filled), 0.2)
    place = find_registration(pixels)
    assert isinstance(place, Registration)
    (group,) = read_boxes(pixels, place, table.page.boxes)
    assert group.is_found().mean() >= 0.9


@pytest.mark.parametrize("degrees", [0.0, 1.5])
def test_a_doubt_on_a_sheet_in_place_leaves_the_other_rows_be(table, filled, desk, degrees) -> None:
    pixels = filled[0].copy()
    for box in table.boxes("q1", "S5"):
        draw(pixels, box.x + box.w / 2, box.y + box.h / 2, "cross")
    scanned = desk.scan(pixels, degrees)
    answers = table.read(scanned)
    assert answers["q1", "S5"].state == "doubtful"
    assert {answer.state for key, answer in answers.items() if key != ("q1", "S5")} == {"clear"}
    place = find_registration(scanned)
    assert isinstance(place, Registration)
    assert not has_slid(scanned, place, table.page)
