"""A page that somebody crossed out: what is marked there is read by nobody but a person."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.reading.sheets import Task, make_scans, print_sheets
from forms.layout import PageLayout
from ocr.files import load_images
from ocr.pictures import Gray
from ocr.pretend.crossing_out import cross_out
from ocr.pretend.deeds import Desk
from ocr.read import read_image
from tests.ocr.pressed import PEN, SCALE, Press, draw, line

QUESTIONS = ("q1", "q2", "q3", "q4")


def answered(press: Press) -> Gray:
    """The page with a cross in the first box of each question."""
    pixels = press.pixels.copy()
    for question in QUESTIONS:
        box = press.boxes(question)[0]
        draw(pixels, box.x + 2.1, box.y + 2.1, "cross")
    return pixels


def falling(pixels: Gray) -> None:
    line(pixels, (25, 70), (185, 250))


def rising(pixels: Gray) -> None:
    line(pixels, (30, 235), (190, 60))


def both(pixels: Gray) -> None:
    falling(pixels)
    rising(pixels)


def steep(pixels: Gray) -> None:
    line(pixels, (80, 262), (122, 60))


def bowed(pixels: Gray) -> None:
    line(pixels, (30, 235), (70, 188), (110, 145), (150, 103), (190, 64))


def flat_z(pixels: Gray) -> None:
    line(pixels, (30, 90), (185, 92), (32, 190), (188, 188))


def level(pixels: Gray) -> None:
    line(pixels, (24, 127), (100, 128), (190, 130))


def upright(pixels: Gray) -> None:
    line(pixels, (88, 92), (90, 262))


def ruled(pixels: Gray) -> None:
    """Down between two columns of boxes, as by a ruler."""
    line(pixels, (152, 90), (152, 240))


def scribbled(pixels: Gray) -> None:
    turns = [(40 + 16 * place, 178 if place % 2 else 96) for place in range(10)]
    for start, end in pairwise(turns):
        line(pixels, start, end)


def worded(pixels: Gray) -> None:
    """HỦY in capitals 60 mm high."""
    for x in (45, 70):
        line(pixels, (x, 105), (x + 1, 166))
    line(pixels, (45, 136), (71, 134))
    line(pixels, (88, 106), (88, 150), (100, 166), (113, 150), (113, 106))
    line(pixels, (96, 100), (102, 95), (103, 100))
    line(pixels, (130, 105), (144, 136))
    line(pixels, (158, 105), (144, 136), (143, 168))


def worded_small(pixels: Gray) -> None:
    """BO 42 mm wide and 28 mm high, over one question and the heading below it."""
    line(pixels, (100, 122), (100, 150))
    line(pixels, (100, 122), (112, 125), (112, 133), (100, 136), (114, 139), (114, 148), (100, 150))
    turn = np.linspace(0, 6.3, 24)
    line(pixels, *zip((131 + 11 * np.cos(turn)).tolist(), (136 + 14 * np.sin(turn)).tolist(), strict=True))


def broad_and_pale(pixels: Gray) -> None:
    """A soft pencil's side, straight down through words and boxes."""
    for y in range(round(92 * SCALE), round(250 * SCALE)):
        x = round(80 * SCALE + 0.14 * y)
        pixels[y, x : x + 7] = np.minimum(pixels[y, x : x + 7], 150)


WAYS = [
    falling,
    rising,
    both,
    steep,
    bowed,
    flat_z,
    level,
    upright,
    ruled,
    worded,
    worded_small,
    scribbled,
    broad_and_pale,
]


@pytest.mark.parametrize("way", WAYS)
def test_no_answer_of_a_page_crossed_out_is_promised(press, desk, way: Callable[[Gray], None]) -> None:
    pixels = answered(press)
    way(pixels)
    answers = press.read(desk.scan(pixels, 0.7))
    assert {answers[question, None].state for question in QUESTIONS} == {"doubtful"}
    assert "struck_page" in {answers[question, None].reason for question in QUESTIONS}


@pytest.mark.parametrize("slope", [0.005, 0.01])
def test_a_line_along_the_flank_of_a_shadow_crosses_the_page_out_as_well(press, desk, slope) -> None:
    """A book's gutter, a photograph: paper is darker on one side of the line, but does not jump there."""
    pixels = answered(press)
    steep(pixels)
    rows, columns = np.indices(pixels.shape)
    aside = (rows / SCALE - 262) * 0.2 + (columns / SCALE - 80) * 0.98
    dark = (pixels * (1 - slope * (aside.clip(-15, 15) + 15))).astype(np.uint8)
    answers = press.read(desk.scan(dark, 0.7))
    assert {answers[question, None].reason for question in QUESTIONS} == {"struck_page"}


def folded(pixels: Gray, middle: float, slope: float, grey: int) -> None:
    """A crease from edge to edge, `middle` mm from the left half way down."""
    for y in range(pixels.shape[0]):
        x = round((middle + slope * (y / SCALE - 140)) * SCALE)
        if 0 <= x < pixels.shape[1] - 3:
            pixels[y, x : x + 3] = np.minimum(pixels[y, x : x + 3], grey)


@pytest.mark.parametrize(
    ("crease", "strokes"),
    [
        ((120, 0.35, 80), [((8, 138), (76, 111), (143, 69))]),
        ((21, -0.25, 80), [((51, 103), (202, 123)), ((202, 101), (51, 113))]),
    ],
)
def test_a_page_crossed_out_over_a_crease_is_a_persons(press, desk, crease, strokes) -> None:
    pixels = answered(press)
    folded(pixels, *crease)
    for stroke in strokes:
        line(pixels, *stroke)
    answers = press.read(desk.scan(pixels))
    assert {answers[question, None].state for question in QUESTIONS} == {"doubtful"}


def test_what_was_marked_stays_the_best_guess(press, desk) -> None:
    pixels = answered(press)
    rising(pixels)
    assert press.read(desk.scan(pixels))["q2", None].chosen == ("5",)


@pytest.mark.parametrize("kind", ["line", "cross", "z", "word"])
def test_a_matrix_crossed_out_by_anybody_is_a_persons(matrix, desk, kind) -> None:
    for seed in range(4):
        pixels = matrix.pixels.copy()
        for box in matrix.page.boxes:
            if box.option == "4":
                draw(pixels, box.x + 2.1, box.y + 2.1, "tick", seed=seed)
        questions = PageLayout(1, matrix.page.boxes)
        cross_out(Desk(pixels, questions, np.random.default_rng(seed), PEN, SCALE), kind)
        assert "clear" not in {answer.state for answer in matrix.read(desk.scan(pixels, -0.5)).values()}


def test_a_row_of_a_table_struck_from_its_name_over_its_boxes_is_that_rows_alone(matrix, desk) -> None:
    pixels = matrix.pixels.copy()
    for box in matrix.page.boxes:
        if box.option == "4":
            draw(pixels, box.x + 2.1, box.y + 2.1, "cross")
    name = next(area for area in matrix.page.areas if area.row == "STC")
    middle = name.y + name.h / 2
    line(pixels, (28, middle + 1.6), (196, middle + 0.8))
    answers = matrix.read(desk.scan(pixels))
    assert {answer.state for (_, row), answer in answers.items() if row == "STC"} == {"doubtful"}
    assert {answer.state for (_, row), answer in answers.items() if row != "STC"} == {"clear"}


def steep_x_over_three(pixels: Gray) -> None:
    line(pixels, (110, 97), (150, 146))
    line(pixels, (110, 146), (150, 97))


def flat_x_over_two(pixels: Gray) -> None:
    line(pixels, (40, 99), (100, 121))
    line(pixels, (40, 121), (100, 99))


def scribble_over_two(pixels: Gray) -> None:
    turns = [(45 + 6 * place, 122 if place % 2 else 99) for place in range(14)]
    for start, end in pairwise(turns):
        line(pixels, start, end)


@pytest.mark.parametrize(
    ("way", "crossed"),
    [(steep_x_over_three, ("q1", "q2", "q3")), (flat_x_over_two, ("q1", "q2")), (scribble_over_two, ("q1", "q2"))],
)
def test_questions_crossed_out_together_are_a_persons_and_no_others(press, desk, way, crossed) -> None:
    pixels = answered(press)
    way(pixels)
    answers = press.read(desk.scan(pixels, 0.7))
    states = {question: answers[question, None].state for question in QUESTIONS}
    assert states == dict.fromkeys(QUESTIONS, "clear") | dict.fromkeys(crossed, "doubtful")


def creased(pixels: Gray) -> None:
    for x in range(pixels.shape[1]):
        y = round(120 * SCALE + 0.03 * x)
        pixels[y : y + 3, x] = np.minimum(pixels[y : y + 3, x], 120)


def taped(pixels: Gray) -> None:
    """The pale edge of a strip of tape, askew."""
    for x in range(pixels.shape[1]):
        y = round(70 * SCALE + 0.6 * x)
        pixels[y : y + 3, x] = np.minimum(pixels[y : y + 3, x], 215)


def shaded(pixels: Gray) -> None:
    """The edge of a shadow, or of a sheet that lay on this one."""
    rows, columns = np.indices(pixels.shape)
    below = rows > 60 * SCALE + 0.9 * columns
    pixels[below] = (pixels[below] * 0.7).astype(np.uint8)


def noted(pixels: Gray) -> None:
    """A line from a mark to a word in the margin."""
    line(pixels, (127, 119), (150, 130), (196, 140))


def creased_upright(pixels: Gray) -> None:
    """As dark as ink, from edge to edge."""
    for y in range(pixels.shape[0]):
        x = round(90 * SCALE + 0.01 * y)
        pixels[y, x : x + 3] = np.minimum(pixels[y, x : x + 3], 60)


def streaked(pixels: Gray) -> None:
    """Dirt on the glass, broad, its edges ragged, over most of the sheet."""
    for y in range(round(60 * SCALE), round(235 * SCALE)):
        x = round(145 * SCALE) + (y // 150) % 2
        pixels[y, x : x + 6] = np.minimum(pixels[y, x : x + 6], 110)


def streaked_over_ticks(pixels: Gray) -> None:
    """Dirt on the glass that the sheet went over askew, and long ticks that end in it."""
    for y in range(pixels.shape[0]):
        x = round(127 * SCALE + 0.015 * y)
        pixels[y, x : x + 3] = np.minimum(pixels[y, x : x + 3], 60)
    for top in (88, 98, 108, 118):
        line(pixels, (122, top + 5), (123, top + 7), (127 + 0.015 * top, top))


def creased_across(pixels: Gray) -> None:
    """The same from corner to corner."""
    for y in range(pixels.shape[0]):
        x = round(0.7 * y)
        pixels[y, x : x + 3] = np.minimum(pixels[y, x : x + 3], 60)


def creased_askew(pixels: Gray) -> None:
    """The same, slanting, and kinked on its way."""
    rows = np.arange(pixels.shape[0])
    kinks = np.sin(2 * np.pi * (rows / SCALE - 80) / 40) * ((rows > 80 * SCALE) & (rows < 160 * SCALE))
    across = (125 * SCALE - 0.25 * rows + 3.5 * SCALE * kinks).round().astype(int)
    for y, x in zip(rows.tolist(), across.tolist(), strict=True):
        pixels[y, x : x + 3] = np.minimum(pixels[y, x : x + 3], 60)


def sealed(pixels: Gray) -> None:
    """A seal in the page's own ink over three questions."""
    turn = np.linspace(0, 6.3, 30)
    for radius in (18.0, 13.0):
        line(pixels, *zip((75 + radius * np.cos(turn)).tolist(), (124 + radius * np.sin(turn)).tolist(), strict=True))


def signed(pixels: Gray) -> None:
    across = np.linspace(50, 100, 28)
    line(pixels, *zip(across.tolist(), (123 + 6.5 * np.sin(across * 1.1)).tolist(), strict=True))


def bracketed(pixels: Gray) -> None:
    """A brace beside the boxes of two questions."""
    line(pixels, (178, 100), (181, 104), (181, 112), (184, 114), (181, 116), (181, 124), (178, 128))


def ringed(pixels: Gray) -> None:
    """A puddle's rim: long, round, and pale for how broad it is."""
    rows, columns = np.indices(pixels.shape)
    away = np.hypot(rows - 148 * SCALE, (columns - 80 * SCALE) / 1.4) / SCALE
    pixels[np.abs(away - 30) < 0.7] = (pixels[np.abs(away - 30) < 0.7] * 0.68).astype(np.uint8)


def spilt(pixels: Gray) -> None:
    """A puddle that dried: its rim as dark and narrow as a pen's line, the paper within a little darker."""
    rows, columns = np.indices(pixels.shape)
    away = np.hypot(rows - 148 * SCALE, (columns - 130 * SCALE) / 1.4) / SCALE
    pixels[away < 30] = (pixels[away < 30] * 0.93).astype(np.uint8)
    pixels[np.abs(away - 30) < 0.25] = (pixels[np.abs(away - 30) < 0.25] * 0.5).astype(np.uint8)


@pytest.mark.parametrize(
    "what",
    [
        creased,
        creased_upright,
        streaked,
        streaked_over_ticks,
        creased_across,
        creased_askew,
        taped,
        shaded,
        noted,
        sealed,
        signed,
        bracketed,
        ringed,
        spilt,
    ],
)
def test_other_lines_cross_no_page_out(press, desk, what: Callable[[Gray], None]) -> None:
    pixels = answered(press)
    what(pixels)
    assert press.read(desk.scan(pixels))["q1", None].state == "clear"


@pytest.mark.parametrize("condition", ["fit_to_page", "fold"])
def test_rings_around_boxes_of_a_page_are_no_line_across_it_nor_part_of_its_crease(tmp_path, condition) -> None:
    seed = 502
    printed = print_sheets(tmp_path, 1)[seed % 3]
    first = make_scans(Task(printed, 0, 0, seed, condition))[1][0]
    answers = [each for image in load_images(first.content, "a") for each in read_image(image, printed.book).answers]
    assert answers
    assert "struck_page" not in {answer.reason for answer in answers}


def test_a_layout_without_its_print_crosses_nothing_out(press, desk) -> None:
    pixels = answered(press)
    rising(pixels)
    assert press.read(desk.scan(pixels), press.bare)["q1", None].state == "clear"
