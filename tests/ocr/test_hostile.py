"""Filled sheets to which something happened: whatever is read as clear or blank is what the page says."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.geometry import MM_PER_INCH
from ocr.pretend.hostile import BEFALLS, befall
from ocr.pretend.pen import Mark, PenStyle, draw_mark
from ocr.pretend.settings import MarkingSettings, PretendSettings, ScannerSettings
from ocr.pretend.sheets import make_sheet

DPI = 200
SCALE = DPI / MM_PER_INCH
PEN = PenStyle("ballpoint_blue", 0.45, 0.75)


def mark(pixels, box, *kinds, seed: int = 3, **where) -> None:
    rng = np.random.default_rng(seed)
    for kind in kinds:
        draw_mark(pixels, tuple(SCALE * side for side in (box.x, box.y, box.w, box.h)), Mark(kind, **where), rng, PEN)


def filled(desk):
    pixels = desk.blank()
    for row in range(1, 14):
        mark(pixels, desk.box(f"q{row}", str(row % 5)), "cross", seed=row)
    return pixels


@pytest.mark.parametrize("kind", BEFALLS)
def test_no_mishap_to_a_filled_sheet_gives_a_wrong_answer(desk, kind) -> None:
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        reading = desk.read(befall(filled(desk), desk.page, kind, rng, DPI))
        assert reading.status in ("read", "unreadable")
        assert reading.serial in (None, desk.serial)
        for answer in reading.answers:
            if answer.state != "doubtful" and answer.question.startswith("q"):
                assert answer.chosen == (str(int(answer.question[1:]) % 5),)


def scribbled(pixels, box, reach_mm: float) -> None:
    """To and fro over a box and as far beyond it."""
    steps = np.linspace(box.x - reach_mm, box.x + box.w + reach_mm, 11)
    ends = [(x, box.y - reach_mm if number % 2 else box.y + box.h + reach_mm) for number, x in enumerate(steps)]
    cv2.polylines(pixels, [np.rint(SCALE * np.array(ends)).astype(np.int32)], False, 70, 3, cv2.LINE_AA)


def test_a_faint_mark_beside_a_filled_box_may_be_the_right_one_for_who_fills_no_others(desk) -> None:
    """Made by a pen that hardly writes, which else is a trace beside a sure mark."""
    crosses, fills = filled(desk), desk.blank()
    for row in range(1, 13):
        scribbled(fills, desk.box(f"q{row}", "2"), -0.3)
    scribbled(crosses, desk.box("q7", "2"), -0.3)
    for page in (crosses, fills):
        desk.draw(page, desk.box("q7", "4"), "upright", level=205, width_mm=0.4)
    held, usual = (desk.read(desk.scan(page)).answers[6] for page in (crosses, fills))
    assert (held.state, held.reason) == ("doubtful", "taken_back")
    assert (usual.state, usual.chosen) == ("clear", ("2",))


@pytest.mark.parametrize("reach_mm", [-0.3, 0.2])
def test_a_box_filled_for_once_is_an_answer(desk, reach_mm) -> None:
    pixels = filled(desk)
    scribbled(pixels, desk.box("q7", "2"), reach_mm)
    assert [answer.state for answer in desk.read(desk.scan(pixels)).answers[:12]] == ["clear"] * 12


@pytest.mark.parametrize("taken_back", ["circle", "through"])
def test_a_cross_taken_back_by_a_circle_or_a_line_is_a_persons_with_or_without_a_new_one(desk, taken_back) -> None:
    pixels = desk.blank()
    for row in range(1, 13):
        mark(pixels, desk.box(f"q{row}", "4"), "cross", taken_back, seed=row)
        if row % 2:
            mark(pixels, desk.box(f"q{row}", "2"), "cross", seed=row)
    answers = desk.read(pixels).answers[:12]
    assert [answer.state for answer in answers] == ["doubtful"] * 12
    assert all(answer.chosen == ("2",) for answer in answers[::2])


@pytest.mark.parametrize(
    ("over", "least"),
    [(Mark("strike", size=1.2), 12), (Mark("through", slant_deg=90), 9), (Mark("cross", size=2.2), 9)],
)
@pytest.mark.parametrize("first", ["cross", "tick"])
def test_a_mark_under_several_lines_an_upright_one_or_a_large_cross_is_mostly_a_persons(
    desk, first, over, least
) -> None:
    """No new mark beside it: a large cross over a cross may be meant, so not all of these can be told."""
    pixels = desk.blank()
    for row in range(1, 13):
        mark(pixels, desk.box(f"q{row}", "4"), first, seed=row)
        mark(pixels, desk.box(f"q{row}", "4"), over.kind, seed=row + 50, size=over.size, slant_deg=over.slant_deg)
    assert [answer.state for answer in desk.read(pixels).answers[:12]].count("doubtful") >= least


def test_a_mark_blackened_to_choose_it_again_is_a_persons(desk) -> None:
    pixels = desk.blank()
    mark(pixels, desk.box("q1", "4"), "cross", "circle", "blacken")
    mark(pixels, desk.box("q1", "2"), "cross", "circle")
    assert desk.read(pixels).answers[0].state == "doubtful"


def test_marks_that_reach_into_the_next_box_choose_their_own(desk) -> None:
    pixels = desk.blank()
    for row in range(1, 13):
        mark(pixels, desk.box(f"q{row}", "3"), "tick", seed=row, size=2.0, dx=0.3, dy=-0.4)
    answers = desk.read(pixels).answers[:12]
    assert all(answer.chosen in (("3",), ()) for answer in answers if answer.state != "blank")
    assert not [answer for answer in answers if answer.state == "blank"]


@pytest.mark.parametrize("side", [-1, 1])
def test_marks_beside_their_boxes_are_no_blank_answers(desk, side) -> None:
    pixels = desk.blank()
    for row in range(1, 14):
        mark(pixels, desk.box(f"q{row}", "3"), "cross", seed=row, size=0.7, dx=1.0 * side)
    assert {answer.state for answer in desk.read(pixels).answers[:13]} == {"doubtful"}


def test_a_whole_column_filled_is_read_as_it_stands(desk) -> None:
    pixels = desk.blank()
    for row in range(1, 13):
        mark(pixels, desk.box(f"q{row}", "5"), "fill", seed=row, size=0.95)
    read = [(answer.state, answer.chosen) for answer in desk.read(pixels).answers[:12]]
    assert read.count(("clear", ("5",))) >= 11
    assert all(chosen == ("5",) for _, chosen in read)


def test_a_page_left_blank_is_blank(desk) -> None:
    answers = desk.read(desk.scan(desk.blank())).answers
    assert {(answer.state, answer.chosen) for answer in answers} == {("blank", ())}


def test_what_shines_through_from_the_back_chooses_nothing(desk) -> None:
    """The other side's crosses stand right behind empty boxes, where a single reading of darkness falls for them."""
    pixels = desk.blank()
    behind = np.full_like(pixels, 255)
    for row in range(1, 13):
        mark(pixels, desk.box(f"q{row}", "5"), "cross", seed=row)
        mark(behind, desk.box(f"q{row}", "2"), "cross", seed=row)
    for strength in (0.05, 0.12, 0.25):
        read = np.rint(pixels * (1 - strength * (1 - behind / 255.0))).astype(np.uint8)
        for answer in desk.read(read).answers[:12]:
            assert answer.state != "blank"
            assert answer.state == "doubtful" or answer.chosen == ("5",)


def test_what_befalls_the_pages_leaves_the_marks_where_they_were(desk) -> None:
    quiet = ScannerSettings(skew_sd_deg=0, shift_sd_mm=0)
    plain, stamped = (
        make_sheet([desk.blank()], desk.layout, 5, 0, PretendSettings(MarkingSettings(), quiet, 0.0, befalls=kind))
        for kind in (None, "stamp")
    )
    assert plain[0].answers == stamped[0].answers
    assert plain[0].content != stamped[0].content
