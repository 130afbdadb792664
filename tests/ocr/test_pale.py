"""Beside marks of the page's own pen, ink far paler than that pen leaves the answer; it never makes a blank."""

from __future__ import annotations

from dataclasses import replace

import cv2
import pytest

from ocr.answers import MarkedRow, answer_row
from ocr.marks import FLOOR, BoxMark
from ocr.pale import settle_past_pale
from tests.ocr.conftest import DPI

SCALE = DPI / 25.4
ROWS = [f"q{row}" for row in range(1, 13)]
PALE = 214  # of paper at 255 and a pen at 30


@pytest.fixture(scope="module")
def shining(desk):
    """Crosses in all rows but q6 and q11; pale letters over two boxes of every row but q11."""
    pixels = desk.blank()
    for row, question in enumerate(ROWS, 1):
        if question not in ("q6", "q11"):
            desk.draw(pixels, desk.box(question, str(row % 4)), "cross")
        if question != "q11":
            for option in "32":  # over a whole row they would be one trace
                box = desk.box(question, option)
                for x, y in ((-2.2, 0.6), (0.2, -0.8), (1.4, 1.0), (3.6, -0.5)):
                    start = (box.x + x, box.y + box.h / 2 + y)
                    ends = [tuple(round(v * SCALE) for v in at) for at in (start, (start[0] + 1.6, start[1] + 1.4))]
                    pale = cv2.line(pixels.copy(), *ends, PALE, 5, cv2.LINE_AA)
                    pixels = cv2.min(pixels, pale)
    return desk.scan(pixels, 0.0)


def test_marks_of_the_pages_pen_are_clear_among_pale_ink(desk, shining, monkeypatch) -> None:
    marked = [question for question in ROWS if question not in ("q6", "q11")]
    monkeypatch.setattr("ocr.page_answers.find_unsure", lambda *_: set())  # the closer look settles some of them too
    answers = desk.answers(desk.read(shining))
    assert [answers[question].state for question in marked] == ["clear"] * 10
    assert [answers[question].chosen for question in marked] == [(str(int(each[1:]) % 4),) for each in marked]
    monkeypatch.setattr("ocr.page_answers.judge_past_pale", lambda *_: None)
    before = desk.answers(desk.read(shining))
    assert any(before[question].state == "doubtful" for question in marked), "nothing needed a second look"


@pytest.mark.parametrize(("trace", "state"), [(0.1, "clear"), (0.5, "doubtful")])
def test_what_looked_like_a_trace_is_no_mark_without_what_is_pale_around_it(trace: float, state: str) -> None:
    bare, dark = BoxMark((1.0, FLOOR, FLOOR, FLOOR)), BoxMark((FLOOR, 0.99, FLOOR, 0.01), bare=False)
    seen = replace(dark, chances=(FLOOR, 0.1, trace, 0.9 - trace), reason="taken_back")
    rows = [MarkedRow("q1", None, ("1", "0"), (mark, bare)) for mark in (seen, dark)]
    doubt = answer_row(rows[0], "one")
    assert doubt.state == "doubtful"
    assert settle_past_pale(doubt, *rows, "one").state == state


def test_pale_ink_where_no_mark_is_stays_a_persons(desk, shining) -> None:
    assert desk.answers(desk.read(shining))["q6"].state == "doubtful"
    assert desk.answers(desk.read(shining))["q11"].state == "blank"
