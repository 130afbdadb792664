"""Words struck out while a mark stands: only a person can say whether it still holds."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ocr.pictures import Gray
from tests.ocr.pressed import SCALE, Press, draw, line

Box = tuple[float, float, float]
WORDS: dict[str, Box] = {  # where a line of words begins, ends and has its middle on the page, mm
    "q1": (38.5, 110.0, 102.2),
    "q2": (38.5, 105.0, 117.6),
    "q3": (38.5, 57.5, 128.5),
    "q4": (38.5, 108.5, 149.7),
    "first option of q4": (46.0, 107.0, 157.8),
    "chosen option of q4": (46.0, 167.0, 166.5),
}


def answered(press: Press) -> Gray:
    """The page with a cross in the first box of each question, of q4 in its second."""
    pixels = press.pixels.copy()
    for question in ("q1", "q2", "q3", "q4"):
        box = press.boxes(question)[question == "q4"]
        draw(pixels, box.x + 2.1, box.y + 2.1, "cross")
    return pixels


def by_one_line(pixels: Gray, left: float, right: float, y: float) -> None:
    line(pixels, (left - 1, y + 0.4), ((left + right) / 2, y + 0.1), (right + 1, y - 0.2))


def by_a_cross(pixels: Gray, left: float, right: float, y: float) -> None:
    line(pixels, (left, y - 3.5), (right, y + 3.5))
    line(pixels, (left, y + 3.5), (right, y - 3.5))


def by_a_scribble(pixels: Gray, left: float, right: float, y: float) -> None:
    across = np.arange(left, right, 0.6).tolist()
    turns = [(x, y + (1.6 if place % 2 else -1.6)) for place, x in enumerate(across)]
    for start in range(0, len(turns) - 1, 10):  # few at a time: a line is drawn through 30 points
        line(pixels, *turns[start : start + 11])


def by_a_wave(pixels: Gray, left: float, right: float, y: float) -> None:
    across = np.linspace(left - 1, right + 1, 30)
    line(pixels, *zip(across.tolist(), (y + 0.35 * np.sin(across / 4)).tolist(), strict=True))


def by_half_a_line(pixels: Gray, left: float, right: float, y: float) -> None:
    by_one_line(pixels, left + (right - left) / 4, right - (right - left) / 4, y)


def by_hatching(pixels: Gray, left: float, right: float, y: float) -> None:
    """So dense that there is more of it between the words than is weighed."""
    for x in np.arange(left, right, 1.1).tolist():
        line(pixels, (x, y + 2.2), (x + 2.6, y - 2.2))
    for down in (-1.6, -0.8, 0.0, 0.8, 1.6):
        line(pixels, (left, y + down), (right, y + down + 0.2))


WAYS = (by_one_line, by_a_cross, by_a_scribble, by_a_wave, by_half_a_line, by_hatching)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("question", ["q1", "q2", "q4"])
def test_an_answer_to_a_question_struck_out_is_a_persons(press, desk, way: Callable[..., None], question) -> None:
    pixels = answered(press)
    way(pixels, *WORDS[question])
    answers = press.read(desk.scan(pixels, 0.7))
    states = {asked: answers[asked, None].state for asked in ("q1", "q2", "q3", "q4")}
    assert states == dict.fromkeys(states, "clear") | {question: "doubtful"}
    assert answers[question, None].reason == "struck_words"
    assert answers[question, None].chosen == ("b" if question == "q4" else "5",)


def test_a_question_of_three_short_words_is_looked_at_too(press, desk) -> None:
    pixels = answered(press)
    by_one_line(pixels, *WORDS["q3"])
    assert press.read(desk.scan(pixels))["q3", None].reason == "struck_words"


def test_the_words_of_what_was_chosen_count_and_those_of_another_option_do_not(press, desk) -> None:
    for words, state in (("chosen option of q4", "doubtful"), ("first option of q4", "clear")):
        pixels = answered(press)
        by_one_line(pixels, *WORDS[words])
        assert press.read(desk.scan(pixels))["q4", None].state == state


def test_a_struck_agency_doubts_every_answer_of_its_row(matrix, desk) -> None:
    pixels = matrix.pixels.copy()
    for box in matrix.page.boxes:
        if box.option == "5":
            draw(pixels, box.x + 2.1, box.y + 2.1, "cross")
    name = next(area for area in matrix.page.areas if area.row == "STC")
    by_one_line(pixels, 37.0, 60.0, name.y + name.h / 2)
    answers = matrix.read(desk.scan(pixels, 0.5))
    struck = {key for key, answer in answers.items() if answer.reason == "struck_words"}
    assert struck == {(f"q{number}", "STC") for number in (1, 2, 3)}
    assert {answer.state for key, answer in answers.items() if key not in struck} == {"clear"}


@pytest.mark.parametrize("question", ["q1", "q2"])
def test_a_line_on_through_the_words_to_the_margins_is_no_crease(press, desk, question) -> None:
    """Clear of the marks in the boxes, above which it runs."""
    pixels = answered(press)
    y = WORDS[question][2]
    line(pixels, (18, y + 0.2), (196, y - 0.2))
    answer = press.read(desk.scan(pixels, 0.4))[question, None]
    assert (answer.state, answer.chosen) == ("doubtful", ("5",))


def underlined(pixels: Gray) -> None:
    left, right, y = WORDS["q2"]
    line(pixels, (left, y + 2.6), (right, y + 2.4))


def underlined_closely(pixels: Gray) -> None:
    """Through the descenders and the dots below, where words hide half of the line and more."""
    left, right, y = WORDS["q2"]
    line(pixels, (left, y + 1.9), (right, y + 1.8))


def ringed(pixels: Gray) -> None:
    turn = np.linspace(0, 6.6, 30)
    line(pixels, *zip((33 + 4 * np.cos(turn)).tolist(), (117.6 + 3 * np.sin(turn)).tolist(), strict=True))


def one_word_struck(pixels: Gray) -> None:
    line(pixels, (39.0, 117.8), (45.0, 117.7))


def creased(pixels: Gray) -> None:
    for x in range(pixels.shape[1]):
        y = round(118 * SCALE + 0.02 * x)
        pixels[y : y + 3, x] = np.minimum(pixels[y : y + 3, x], 150)


def streaked(pixels: Gray) -> None:
    for x in (50.0, 62.3, 75.0, 88.6):
        at = round(x * SCALE)
        pixels[:, at : at + 3] = np.minimum(pixels[:, at : at + 3], 130)


def ringed_whole(pixels: Gray) -> None:
    left, right, y = WORDS["q2"]
    turn = np.linspace(0, 6.6, 30)
    across, down = (left + right) / 2 + (right - left + 4) / 2 * np.cos(turn), y + 2.6 * np.sin(turn)
    line(pixels, *zip(across.tolist(), down.tolist(), strict=True))


@pytest.mark.parametrize(
    "what", [underlined, underlined_closely, ringed, ringed_whole, one_word_struck, creased, streaked]
)
def test_what_strikes_nothing_out_costs_no_answer(press, desk, what: Callable[[Gray], None]) -> None:
    pixels = answered(press)
    what(pixels)
    assert press.read(desk.scan(pixels, 0.3))["q2", None].state == "clear"


def test_words_are_struck_for_no_layout_without_its_print(press, desk) -> None:
    pixels = answered(press)
    by_one_line(pixels, *WORDS["q2"])
    assert press.read(desk.scan(pixels), press.bare)["q2", None].state == "clear"


def taped(pixels: Gray, left: float, right: float, y: float, edge: float) -> Gray:
    """A strip of tape whose upper edge, `edge` of black, runs through a line of words and whose inside is darker."""
    corners = np.array([(left - 30, y + 0.9), (right + 6, y - 0.5), (right + 6, y + 16.5), (left - 30, y + 17.9)])
    strip = cv2.fillPoly(np.zeros(pixels.shape, np.float32), [np.rint(corners * SCALE).astype(np.int32)], 1.0)
    above, below = (tuple(np.rint(each * SCALE).astype(int).tolist()) for each in corners[:2])
    rim = cv2.line(np.zeros(pixels.shape, np.float32), above, below, 1.0, 3, cv2.LINE_AA)
    shade = cv2.GaussianBlur(np.maximum(0.08 * strip, edge * rim), (0, 0), 0.8)
    return np.rint(pixels * (1 - shade)).astype(np.uint8)


@pytest.mark.parametrize("question", ["q1", "q2"])
def test_the_edge_of_a_tape_through_words_strikes_nothing(press, desk, question, monkeypatch) -> None:
    pixels = taped(answered(press), *WORDS[question], edge=0.5)
    assert press.read(desk.scan(pixels, 0.4))[question, None].state == "clear"
    monkeypatch.setattr("ocr.struck._PARTS", 1.0)
    assert press.read(desk.scan(pixels, 0.4))[question, None].reason == "struck_words", "nothing is like a line there"


@pytest.mark.parametrize("question", ["q1", "q2"])
def test_a_line_through_words_beneath_a_tape_is_a_persons(press, desk, question) -> None:
    left, right, y = WORDS[question]
    pixels = answered(press)
    by_one_line(pixels, left, right, y)
    read = press.read(desk.scan(taped(pixels, left, right, y - 6, 0.5), 0.4))
    assert read[question, None].reason == "struck_words"
