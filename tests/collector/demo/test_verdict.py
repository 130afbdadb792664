from __future__ import annotations

from collector.demo.scans import ScannedPage
from collector.demo.verdict import judge
from forms.layout import Layout
from ocr.pretend.respondent import FilledAnswer
from ocr.reading import AnswerReading, PageReading

LAYOUTS = {"L": Layout("L", 1, "q", {"q1": "one", "q2": "many", "q3": "text"}, ())}


def page(*answers: FilledAnswer, image: int = 1, serial: str | None = "S", spoiled: str | None = None) -> ScannedPage:
    return ScannedPage("a.pdf", image, serial, 1, answers, spoiled)


def read(*answers: AnswerReading, image: int = 1, serial: str = "S") -> PageReading:
    return PageReading("a.pdf", image, "read", None, serial, 1, "L", 0, 1.0, answers)


def said(question: str, *chosen: str, state: str = "clear") -> AnswerReading:
    return AnswerReading(question, None, chosen, state, None, 1.0)  # type: ignore[arg-type]


def test_right_doubtful_and_wrong_are_told_apart_and_texts_are_not_judged() -> None:
    truth = [
        page(
            FilledAnswer("q1", None, ("5",), "ordinary"),
            FilledAnswer("q2", None, ("a", "b"), "ordinary"),
            FilledAnswer("q3", None, (), "written"),
        ),
        page(FilledAnswer("q1", None, ("4",), "faint"), FilledAnswer("q2", None, (), "blank"), image=2),
    ]
    verdict = judge(
        truth,
        [
            read(said("q1", "5"), said("q2", "b", "a")),
            read(said("q1", state="blank"), said("q2", state="doubtful"), image=2),
        ],
        LAYOUTS,
    )
    assert (verdict.answers["right"], verdict.answers["doubtful"], verdict.answers["wrong"]) == (2, 1, 1)
    assert verdict.wrong == ["a.pdf:2 q1 (faint)"]


def test_two_marks_without_a_correction_are_right_only_when_they_are_doubtful() -> None:
    truth = [page(FilledAnswer("q1", None, None, "two_marks"))]
    assert judge(truth, [read(said("q1", "5", state="doubtful"))], LAYOUTS).answers["doubtful"] == 1
    assert judge(truth, [read(said("q1", "5"))], LAYOUTS).answers["wrong"] == 1


def test_pages_that_were_not_read_count_by_whether_they_were_spoiled() -> None:
    truth = [page(image=1), page(image=2, spoiled="cut_off"), page(image=3, serial=None, spoiled="foreign")]
    readings = [PageReading("a.pdf", image, "unreadable", "no_code") for image in (1, 2, 3)]
    verdict = judge(truth, readings, LAYOUTS)
    assert (verdict.pages_unread, verdict.bad_pages_caught) == (1, 2)


def test_a_wrong_serial_is_told_and_its_answers_count_for_nothing() -> None:
    verdict = judge([page(FilledAnswer("q1", None, ("5",), "ordinary"))], [read(said("q1", "5"), serial="T")], LAYOUTS)
    assert verdict.wrong_serials == 1
    assert verdict.answers.total() == 0
