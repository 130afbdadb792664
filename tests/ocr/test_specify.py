"""The dotted line beside "other, please specify", printed, rendered and read."""

from __future__ import annotations

import cv2
import numpy as np
import pypdfium2
import pytest

from forms.campaign import Head
from forms.compose import compose, plan_id
from forms.layout import Layout, LayoutBook
from forms.pdf import PrintedSheet, SheetWriter
from forms.questionnaire import Questionnaire
from forms.serial import make_serial
from ocr.files import PageImage
from ocr.pictures import Gray
from ocr.read import read_page
from ocr.reading import AnswerReading

HEAD = Head(superior="", body="SỞ NỘI VỤ", lang="vi", by_phone=False)
ASKED = Questionnaire.model_validate(
    {
        "code": "nguoi-dan",
        "title": "Phiếu",
        "sections": [
            {
                "title": "Kênh thông tin",
                "questions": [
                    {
                        "code": "q1",
                        "text": "Ông/Bà biết tin qua kênh nào?",
                        "kind": "one",
                        "options": [
                            {"code": "a", "label": "Đài"},
                            {"code": "b", "label": "Kênh khác (ghi rõ)", "specify": True},
                            {"code": "c", "label": "Chưa biết"},
                        ],
                    }
                ],
            },
        ],
    }
)


@pytest.fixture(scope="module")
def layout() -> Layout:
    plan = compose(HEAD, ASKED)
    pages = tuple(page.layout for page in plan.pages)
    return Layout(plan_id(plan, HEAD, ASKED), 7, ASKED.code, {"q1": "one"}, pages)


@pytest.fixture(scope="module", params=[100, 200, 300])
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Gray, float]:
    path = tmp_path_factory.mktemp("print") / "sheet.pdf"
    writer = SheetWriter(path, compose(HEAD, ASKED), "")
    writer.add(PrintedSheet(make_serial(7), "HL-CD-001", "Thành phố Hạ Long"))
    writer.close()
    page = pypdfium2.PdfDocument(str(path))[0].render(scale=request.param / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(np.asarray(page).reshape(page.shape[:2])), request.param / 25.4


def read(pixels: Gray, layout: Layout) -> AnswerReading:
    book = LayoutBook("thu", ("",), {layout.id: layout})
    (answer,) = read_page(PageImage("sheet.png", 1, pixels), book).answers
    return answer


def mark(pixels: Gray, layout: Layout, option: str, scale: float) -> None:
    box = next(box for box in layout.pages[0].boxes if box.option == option)
    left, top, right, bottom = (
        round(value * scale) for value in (box.x + 0.4, box.y + 0.4, box.x + box.w - 0.4, box.y + box.h - 0.4)
    )
    width = max(1, round(0.5 * scale))
    cv2.line(pixels, (left, top), (right, bottom), 20, width, cv2.LINE_AA)
    cv2.line(pixels, (left, bottom), (right, top), 20, width, cv2.LINE_AA)


def write(pixels: Gray, layout: Layout, scale: float) -> None:
    (region,) = layout.pages[0].texts
    at = round((region.x + 4) * scale), round((region.y + region.h - 2) * scale)
    width = max(1, round(0.4 * scale))
    cv2.putText(pixels, "loa phuong", at, cv2.FONT_HERSHEY_SIMPLEX, 0.13 * scale, 40, width, cv2.LINE_AA)


def test_the_line_belongs_to_its_option(layout: Layout) -> None:
    (region,) = layout.pages[0].texts
    box = next(box for box in layout.pages[0].boxes if box.option == "b")
    assert (region.question, region.option) == ("q1", "b")
    assert region.x > box.x + box.w
    assert region.y < box.y + box.h <= region.y + region.h + 1e-6


def test_an_empty_line_says_nothing(printed: tuple[Gray, float], layout: Layout) -> None:
    assert (read(printed[0].copy(), layout).state, read(printed[0].copy(), layout).chosen) == ("blank", ())


def test_words_with_their_box_marked_are_a_clear_answer(printed: tuple[Gray, float], layout: Layout) -> None:
    pixels, scale = printed[0].copy(), printed[1]
    mark(pixels, layout, "b", scale)
    write(pixels, layout, scale)
    assert (read(pixels, layout).state, read(pixels, layout).chosen) == ("clear", ("b",))


@pytest.mark.parametrize("other", ["", "a"])
def test_words_without_their_box_never_settle_by_themselves(
    printed: tuple[Gray, float], layout: Layout, other: str
) -> None:
    pixels, scale = printed[0].copy(), printed[1]
    if other:
        mark(pixels, layout, other, scale)
    write(pixels, layout, scale)
    answer = read(pixels, layout)
    assert (answer.state, answer.reason, answer.chosen) == ("doubtful", "words_beside", tuple(other))
