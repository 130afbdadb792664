from __future__ import annotations

import dataclasses
from itertools import pairwise
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.campaign import Campaign, Head
from forms.compose import compose, make_layout
from forms.drawing import Outline, PlacedProse, Rule
from forms.errors import InputWrong
from forms.geometry import BODY_BOTTOM_MM, BODY_LEFT_MM, BODY_RIGHT_MM, BODY_TOP_MM
from forms.layout import Box
from forms.matrix import COLUMNS
from forms.pdf import PrintedSheet, SheetWriter
from forms.questionnaire import Questionnaire
from forms.serial import make_serial
from forms.versions import plan_versions

CLEAR_MM = 2.6


def matrix_of(levels: list[int], titles: int = 1) -> Questionnaire:
    """One question for every number, with so many levels, in so many sections."""
    questions = [
        {
            "code": f"m{place}",
            "text": "Sự phối hợp trong giải quyết công việc",
            "kind": "one",
            "options": [{"code": str(level), "label": f"Mức thứ {level}"} for level in range(count)],
        }
        for place, count in enumerate(levels)
    ]
    cut = [questions[start::titles] for start in range(titles) if questions[start::titles]]
    sections = [{"title": f"Phần {number}", "questions": part} for number, part in enumerate(cut)]
    return Questionnaire.model_validate({"code": "can-bo", "title": "Phiếu", "rates": "block:SN", "sections": sections})


def head_of(names: list[str]) -> Head:
    rated = tuple((f"A{number}", name) for number, name in enumerate(names))
    return Head(superior="", body="SỞ NỘI VỤ", lang="vi", by_phone=True, rated=rated, rated_of=len(names))


names = st.lists(
    st.sampled_from(
        ["Sở Y tế", "Ban Quản lý Khu kinh tế", "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh"]
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=40)
@given(names, st.lists(st.integers(2, COLUMNS), min_size=1, max_size=7), st.integers(1, 3))
def test_every_agency_gets_every_box_once_with_room_around_it(
    listed: list[str], levels: list[int], titles: int
) -> None:
    asked, head = matrix_of(levels, titles), head_of(listed)
    pages = compose(head, asked).pages
    boxes = [box for page in pages for box in page.layout.boxes]
    expected = [
        (question.code, code, level.code)
        for question in asked.questions()
        for code, _ in head.rated
        for level in asked.levels(question)
    ]
    assert sorted((box.question, box.row or "", box.option) for box in boxes) == sorted(expected)
    for page in pages:
        corners = np.array([(box.x, box.y) for box in page.layout.boxes]).reshape(-1, 2)
        apart = np.abs(corners[:, None] - corners[None]).max(axis=2) + 99 * np.eye(len(corners))
        assert (apart >= 4.2 + CLEAR_MM - 2e-3).all()
        for box in page.layout.boxes:
            assert box.x >= BODY_LEFT_MM
            assert box.x + box.w <= BODY_RIGHT_MM
            assert box.y >= BODY_TOP_MM
            assert box.y + box.h <= BODY_BOTTOM_MM
    rows: dict[tuple[str, str | None], set[tuple[int, float]]] = {}
    for number, page in enumerate(pages):
        for box in page.layout.boxes:
            rows.setdefault((box.question, box.row), set()).add((number, box.y))
    assert all(len(places) == 1 for places in rows.values())  # a row never splits


def test_nothing_is_drawn_close_to_a_box(example: Campaign, matrix: Questionnaire) -> None:
    head = plan_versions(dataclasses.replace(example, questionnaires={}), matrix).heads[0]
    for page in compose(head, matrix).pages:
        rules = [drawn for drawn in page.drawn if isinstance(drawn, Rule)]
        words = [drawn for drawn in page.drawn if isinstance(drawn, PlacedProse)]
        for box in page.layout.boxes:
            for rule in rules:
                across = max(box.x - rule.x2, rule.x1 - box.x - box.w)
                along = max(box.y - rule.y2, rule.y1 - box.y - box.h)
                assert max(across, along) >= 2.5
            for prose in words:
                bottom = prose.y + prose.prose.height_mm(prose.width)
                across = max(box.x - prose.x - prose.width, prose.x - box.x - box.w)
                assert max(across, box.y - bottom, prose.y - box.y - box.h) >= 2.0


def test_the_head_stands_again_on_every_page_and_over_every_band(example: Campaign, matrix: Questionnaire) -> None:
    head = plan_versions(example, matrix).heads[0]
    pages = [page for page in compose(head, matrix).pages if page.layout.boxes]
    assert len(pages) > 1
    for page in pages:
        written = [drawn.prose.markup for drawn in page.drawn if isinstance(drawn, PlacedProse)]
        for question in {box.question for box in page.layout.boxes}:
            asked = matrix.get_question(question)
            assert sum(asked.text in markup for markup in written) == 1
        bands = len({frozenset(b.question for b in page.layout.boxes if b.y == box.y) for box in page.layout.boxes})
        assert sum("<b>5</b> = Rất tốt" in markup for markup in written) == bands


def test_rows_are_numbered_alike_in_every_band(example: Campaign, matrix: Questionnaire) -> None:
    head = plan_versions(example, matrix).heads[0]
    found: dict[str, set[str]] = {}
    for page in compose(head, matrix).pages:
        written = [drawn for drawn in page.drawn if isinstance(drawn, PlacedProse)]
        for ordinal, name in pairwise(written):
            if ordinal.prose.markup.endswith(".") and ordinal.prose.markup[:-1].isdigit():
                found.setdefault(name.prose.markup, set()).add(ordinal.prose.markup)
    assert found == {name: {f"{number}."} for number, (_, name) in enumerate(head.rated, 1)}


def test_labels_that_fit_their_columns_need_no_symbols() -> None:
    def written(labels: list[str], codes: str) -> list[str]:
        levels = [{"code": code, "label": label} for code, label in zip(codes.split(), labels, strict=True)]
        question = {"code": "m", "text": "Sự phối hợp", "kind": "one", "options": levels}
        asked = Questionnaire.model_validate(
            {"code": "q", "title": "P", "rates": "block:SN", "sections": [{"title": "T", "questions": [question]}]}
        )
        plan = compose(head_of(["Sở Y tế"]), asked)
        return [drawn.prose.markup for drawn in plan.pages[0].drawn if isinstance(drawn, PlacedProse)]

    assert {"Có", "Không"} <= set(written(["Có", "Không"], "1 0"))
    assert not any("=" in markup for markup in written(["Có", "Không"], "1 0"))
    long = written(["Không/chưa/bao/giờ", "Có"], "never yes")
    assert any("<b>never</b> = Không/chưa/bao/giờ<br/><b>yes</b> = Có" in markup for markup in long)
    longer = written(["Không/chưa/bao/giờ", "Có"], "never-at-all-before 1")
    assert {"A", "B"} <= set(longer)


def test_a_free_text_is_asked_once_at_the_end(example: Campaign, matrix: Questionnaire) -> None:
    pages = compose(plan_versions(example, matrix).heads[0], matrix).pages
    regions = [(number, region) for number, page in enumerate(pages) for region in page.layout.texts]
    assert [region.question for _, region in regions] == ["gop-y"]
    last = max(number for number, page in enumerate(pages) if page.layout.boxes)
    assert regions[0][0] >= last
    assert regions[0][1].y > max((box.y for box in pages[regions[0][0]].layout.boxes), default=0)


def test_a_renamed_agency_makes_a_new_layout(example: Campaign, matrix: Questionnaire) -> None:
    head = plan_versions(example, matrix).heads[0]
    (code, name), *others = head.rated
    renamed = head.model_copy(update={"rated": ((code, name + " mới"), *others)})
    assert make_layout(example, matrix, head)[0].id != make_layout(example, matrix, renamed)[0].id


def test_a_head_of_a_question_taller_than_a_page_is_refused() -> None:
    asked = matrix_of([5])
    (section,) = asked.sections
    tall = section.questions[0].model_copy(update={"text": "Sự phối hợp trong giải quyết công việc " * 99})
    long = asked.model_copy(update={"sections": (section.model_copy(update={"questions": (tall,)}),)})
    with pytest.raises(InputWrong):
        compose(head_of(["Sở Y tế"] * 20), long)


def test_every_box_stands_where_the_rendered_pdf_shows_its_outline(
    example: Campaign, matrix: Questionnaire, tmp_path: Path
) -> None:
    layout, plan = make_layout(example, matrix, plan_versions(example, matrix).heads[0])
    writer = SheetWriter(tmp_path / "sheet.pdf", plan, "")
    writer.add(PrintedSheet(make_serial(layout.number, 1), "SXD-CC-001", "Sở Xây dựng"))
    writer.close()
    scale = 300 / 25.4
    document = pypdfium2.PdfDocument(str(tmp_path / "sheet.pdf"))
    for page, printed in zip(layout.pages, document, strict=True):
        pixels = np.asarray(printed.render(scale=300 / 72, grayscale=True).to_numpy())
        for box in page.boxes:
            assert worst_gap_mm(pixels, box, scale) < 0.1
        outlines = [drawn.rect for drawn in plan.pages[page.page - 1].drawn if isinstance(drawn, Outline)]
        drawn_at = {(round(rect.x, 3), round(rect.y, 3)) for rect in outlines}
        assert {(box.x, box.y) for box in page.boxes} <= drawn_at


def worst_gap_mm(pixels: np.ndarray, box: Box, scale: float) -> float:
    """How far the outline's four sides lie from where the layout says, at worst."""
    top, left, side = int((box.y - 0.8) * scale), int((box.x - 0.8) * scale), int((box.w + 1.6) * scale)
    ink = 255.0 - pixels[top : top + side, left : left + side]
    gaps = []
    for axis, start, corner in ((0, left, box.x), (1, top, box.y)):
        profile, middle = ink.sum(axis=axis), side // 2
        for half, offset, wanted in ((profile[:middle], 0, corner), (profile[middle:], middle, corner + box.w)):
            strong = np.where(half > half.max() / 2, half, 0)
            edge = (np.arange(len(half)) + 0.5 + offset) @ strong / strong.sum()
            gaps.append(abs((start + edge) / scale - wanted))
    return float(max(gaps))
