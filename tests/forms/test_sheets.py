from __future__ import annotations

import dataclasses
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp

from forms.campaign import Campaign
from forms.code import code_address, make_code
from forms.compose import make_layout
from forms.drawing import Drawn, PlacedProse, Rule
from forms.errors import InputWrong
from forms.geometry import BODY_BOTTOM_MM, BODY_LEFT_MM, BODY_RIGHT_MM, BODY_TOP_MM
from forms.layout import LayoutBook, dump_layouts, load_layouts, question_rect
from forms.pdf import PrintedSheet, SheetWriter
from forms.promises import make_head
from forms.serial import make_serial

CODES = ("cong-chuc", "nguoi-dan", "doanh-nghiep")


def write(path: Path, campaign: Campaign, code: str, count: int = 1, large: bool = False) -> list[PrintedSheet]:
    asked = campaign.questionnaires[code]
    layout, plan = make_layout(campaign, asked, make_head(campaign, asked, large=large))
    sheets = [
        PrintedSheet(make_serial(layout.number, bits), f"SXD-CD-{bits:03d}", "Ủy ban nhân dân thành phố Cẩm Phả")
        for bits in range(1, count + 1)
    ]
    writer = SheetWriter(path, plan, code_address(campaign.settings.public_address))
    assert [writer.add(sheet) for sheet in sheets] == [1 + len(plan.pages) * place for place in range(count)]
    writer.close()
    return sheets


def render(path: Path, dpi: int) -> list[np.ndarray]:
    document = pypdfium2.PdfDocument(str(path))
    return [np.asarray(page.render(scale=dpi / 72, grayscale=True).to_numpy()) for page in document]


@pytest.mark.parametrize("code", CODES)
def test_every_question_is_asked_once_inside_the_body_and_no_two_boxes_touch(example: Campaign, code: str) -> None:
    asked = example.questionnaires[code]
    layout, _ = make_layout(example, asked)
    assert len(layout.pages) % 2 == 0
    seen = {}
    for page in layout.pages:
        places = [*page.boxes, *page.digits, *page.texts]
        for place in places:
            assert place.x >= BODY_LEFT_MM
            assert place.x + place.w <= BODY_RIGHT_MM + 1e-6
            assert place.y >= BODY_TOP_MM
            assert place.y + place.h <= BODY_BOTTOM_MM + 1e-6
            assert seen.setdefault(place.question, page.page) == page.page  # a question never splits
        for one, other in combinations(page.boxes, 2):
            apart = max(abs(one.x - other.x) - one.w, abs(one.y - other.y) - one.h)
            assert apart >= 2.0
    assert list(seen) == [question.code for question in asked.questions()]
    boxes = {(box.question, box.option) for page in layout.pages for box in page.boxes}
    assert boxes == {(question.code, level.code) for question in asked.questions() for level in asked.levels(question)}


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("code", CODES)
def test_nothing_is_printed_near_a_box(example: Campaign, code: str, large: bool) -> None:
    asked = example.questionnaires[code]
    _, plan = make_layout(example, asked, make_head(example, asked, large=large))
    assert sum(len(page.layout.boxes) for page in plan.pages) > 60
    for page in plan.pages:
        around = [edges(drawn) for drawn in page.drawn]
        for box in page.layout.boxes:
            own = (box.x, box.y, box.x + box.w, box.y + box.h)
            for left, top, right, bottom in around:
                if max(abs(left - own[0]), abs(top - own[1]), abs(right - own[2])) > 0.01:
                    assert max(left - own[2], own[0] - right, top - own[3], own[1] - bottom) >= 2.55


def edges(drawn: Drawn) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what is drawn, mm."""
    if isinstance(drawn, PlacedProse):
        return drawn.x, drawn.y, drawn.x + drawn.width, drawn.y + drawn.prose.height_mm(drawn.width)
    if isinstance(drawn, Rule):
        return drawn.x1, drawn.y1, drawn.x2, drawn.y2
    return drawn.rect.x, drawn.rect.y, drawn.rect.x + drawn.rect.w, drawn.rect.y + drawn.rect.h


def test_every_page_carries_its_own_code_twice(example: Campaign, tmp_path: Path) -> None:
    sheets = write(tmp_path / "sheets.pdf", example, "cong-chuc", 2)
    address = code_address(example.settings.public_address)
    expected = [make_code(address, sheet.serial, page) for sheet in sheets for page in (1, 2)]
    for payload, pixels in zip(expected, render(tmp_path / "sheets.pdf", 200), strict=True):
        assert [found.text for found in zxingcpp.read_barcodes(np.ascontiguousarray(pixels))] == [payload, payload]


def test_the_same_sheets_give_the_same_bytes(example: Campaign, tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        write(tmp_path / name, example, "doanh-nghiep", 3)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_the_words_of_the_sheet_can_be_searched_in_the_pdf(example: Campaign, tmp_path: Path) -> None:
    (sheet,) = write(tmp_path / "sheet.pdf", example, "nguoi-dan")
    words = pypdfium2.PdfDocument(str(tmp_path / "sheet.pdf"))[0].get_textpage().get_text_range()
    for expected in (sheet.number, sheet.agency_name, "Độc lập - Tự do - Hạnh phúc", "chuyển đến câu 10"):
        assert expected in words


def test_layout_json_comes_back_as_it_went(example: Campaign) -> None:
    layouts = [make_layout(example, asked)[0] for asked in example.questionnaires.values()]
    book = LayoutBook("quang-ninh-2013", ("HTTPS://A.VN", ""), {layout.id: layout for layout in layouts})
    again = load_layouts(dump_layouts(book))
    assert again == book
    for layout in layouts:
        assert again.find_layout(make_serial(layout.number)) == layout


def test_a_layout_json_from_before_options_had_words_still_loads(example: Campaign) -> None:
    layout, _ = make_layout(example, example.questionnaires["doanh-nghiep"])
    book = LayoutBook("quang-ninh-2013", ("",), {layout.id: layout})
    content = json.loads(dump_layouts(book))
    for page in content["layouts"][layout.id]["pages"]:
        for region in page["texts"]:
            del region["option"]
    assert load_layouts(json.dumps(content)) == book


@pytest.mark.parametrize("wrong", ['"HTTPS://A.VN"', "[]", "[1]", "null"])
def test_a_layout_json_without_a_list_of_addresses_is_refused(wrong: str) -> None:
    good = dump_layouts(LayoutBook("quang-ninh-2013", ("HTTPS://A.VN",), {}))
    content = json.loads(good) | {"addresses": json.loads(wrong)}
    with pytest.raises(InputWrong):
        load_layouts(json.dumps(content))


def test_an_edit_of_the_head_makes_a_new_layout(example: Campaign) -> None:
    issuer = example.settings.issuer.model_copy(update={"body": "SỞ KHÁC"})
    edited = dataclasses.replace(example, settings=example.settings.model_copy(update={"issuer": issuer}))
    asked = example.questionnaires["cong-chuc"]
    assert make_layout(example, asked)[0].id != make_layout(edited, asked)[0].id


def test_an_edit_of_the_wording_makes_a_new_layout(example: Campaign) -> None:
    asked = example.questionnaires["cong-chuc"]
    edited = asked.model_copy(update={"title": asked.title.replace("2013", "2014")})
    assert make_layout(example, asked)[0].id != make_layout(example, edited)[0].id


def test_the_rectangle_of_a_question_holds_all_its_boxes(example: Campaign) -> None:
    layout, _ = make_layout(example, example.questionnaires["nguoi-dan"])
    page = layout.pages[0]
    rect = question_rect(page, "q2", None)
    assert rect is not None
    mine = [box for box in page.boxes if box.question == "q2"]
    assert (rect.x, rect.x + rect.w) == (min(box.x for box in mine), max(box.x + box.w for box in mine))
    assert question_rect(page, "q18", None) is None
