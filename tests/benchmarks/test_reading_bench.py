"""The bench counts what it says: every box once, doubts apart from errors, a stopped run goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.reading.conditions import CONDITIONS, FAMILIES, TARGETS
from benchmarks.reading.journal import Journal
from benchmarks.reading.reliability import calibration_error, draw, list_bins, summary
from benchmarks.reading.run import Extent, list_rows, measure
from benchmarks.reading.sheets import Printed, Task, make_scans, print_sheets
from benchmarks.reading.table import figure, show_row
from benchmarks.reading.tally import Tally, count_page
from benchmarks.reading.unseen import UNSEEN
from forms.layout import Box, Layout, PageLayout
from ocr.files import PageImage, load_images
from ocr.pretend.respondent import FilledAnswer
from ocr.reading import AnswerReading, PageReading

OPTIONS = ("5", "4", "3")
LAYOUT = Layout(
    "L",
    1,
    "example",
    {f"q{row}": "one" for row in range(1, 6)},
    (
        PageLayout(
            1,
            tuple(
                Box(f"q{row}", None, option, 100.0, 40.0 + row, 4.2, 4.2) for row in range(1, 6) for option in OPTIONS
            ),
        ),
    ),
)
FILLED = [
    FilledAnswer("q1", None, ("5",), "ordinary"),
    FilledAnswer("q2", None, ("4",), "ordinary"),
    FilledAnswer("q3", None, None, "two_marks"),
    FilledAnswer("q4", None, (), "blank"),
    FilledAnswer("q5", None, ("3",), "faint"),
]


def answer(question: str, chosen: tuple[str, ...], state: str, confidence: float = 0.9999) -> AnswerReading:
    return AnswerReading(question, None, chosen, state, None, confidence)  # type: ignore[arg-type]


def page(*answers: AnswerReading, status: str = "read", serial: str | None = "S") -> PageReading:
    return PageReading("page", 1, status, None, serial, 1, "L", answers=answers)  # type: ignore[arg-type]


def tally_of(reading: PageReading, sheet_page: int | None = 1) -> Tally:
    tally = Tally(7, "7")
    count_page(tally, reading, sheet_page, FILLED, LAYOUT, "S")
    return tally


MIXED = page(
    answer("q1", ("5",), "clear"),
    answer("q2", ("3",), "clear"),
    answer("q3", ("5",), "doubtful", 0.5),
    answer("q4", ("4",), "clear"),
    answer("q5", ("3",), "doubtful", 0.4),
)


def test_every_box_is_right_wrong_or_somebodys() -> None:
    tally = tally_of(MIXED)
    assert (tally.boxes, tally.answers, tally.pages) == (15, 5, 1)
    assert (tally.wrong, tally.answers_wrong) == (3, 2)  # a swapped answer is two wrong boxes, an invented one is one
    assert (tally.doubtful, tally.undecidable, tally.not_read) == (6, 3, 0)
    assert tally.right + tally.wrong + tally.doubtful + tally.not_read == tally.boxes
    assert [failure[1] for failure in tally.failures] == ["q2", "q4"]


def test_a_decision_on_two_marks_is_wrong_whatever_it_says() -> None:
    assert tally_of(page(answer("q3", ("5",), "clear"))).wrong == 1


def test_a_page_that_is_not_read_is_counted_as_such_and_its_boxes_too() -> None:
    tally = tally_of(page(status="unreadable"))
    assert (tally.pages_not_read, tally.not_read, tally.right) == (1, 15, 0)


def test_another_sheets_serial_or_a_serial_for_a_strangers_page_is_wrong() -> None:
    assert tally_of(page(serial="T")).wrong_serials == 1
    assert tally_of(page(serial=None)).wrong_serials == 0
    stranger = tally_of(page(), sheet_page=None)
    assert (stranger.wrong_serials, stranger.strangers_read, stranger.pages) == (1, 1, 0)


def test_confidence_is_held_against_what_was_right() -> None:
    bins = {(made.state, made.number): made for made in list_bins(tally_of(MIXED))}
    assert sum(made.count for made in bins.values()) == 4  # nobody can say what two marks mean
    assert [made.right for made in bins.values()] == [1, 1]
    assert calibration_error(list(bins.values())) == pytest.approx((3 * (0.9999 - 1 / 3) + 0.6) / 4)
    assert summary("clean", tally_of(MIXED))["wrong_per_million_found"] == 666667
    assert draw({"clean": tally_of(MIXED), "hard": Tally()}).count("<rect") == 4


def test_targets_hold_only_where_the_bound_keeps_them() -> None:
    def row(sheets: int, wrong: int) -> tuple[str, str, str, str] | None:
        tallies = [Tally(n, str(n), pages=2, boxes=100, right=100, answers=20) for n in range(sheets)]
        tallies[0].wrong, tallies[0].right = wrong, 100 - wrong
        return figure("row", "clean", tallies).holds

    assert row(40, 0) == ("open", "open", "open", "yes")
    assert row(3200, 0) == ("yes", "yes", "yes", "yes")
    assert row(40, 1) is not None
    assert row(40, 1)[0] == "no"
    assert figure("row", "people", [Tally(1, "1", boxes=3)]).holds is None


def test_sheets_of_one_source_page_count_as_one() -> None:
    tallies = [Tally(n, f"source {n % 3}", pages=1, boxes=100, right=99, wrong=1, answers=20) for n in range(30)]
    made = figure("row", "hard", tallies, distinct_marks=12)
    assert (made.sheets, made.distinct_marks) == (3, 12)
    assert made.wrong_by_sheet > made.wrong_alone > 0.01
    assert "| row" in show_row(made)


def test_a_journal_gives_back_what_was_kept_and_forgets_a_line_cut_off(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "clean")
    journal.keep(tally_of(MIXED))
    (path,) = tmp_path.rglob("clean.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:-20].replace(b'"seed": 7', b'"seed": 8'))
    again = Journal(tmp_path, "clean")
    assert list(again.tallies) == [7]
    assert again.tallies[7].to_json() == tally_of(MIXED).to_json()
    again.keep(Tally(8, "8", pages=2))
    assert sorted(Journal(tmp_path, "clean").tallies) == [7, 8]


@pytest.mark.slow
def test_a_second_run_takes_what_the_first_has_read_from_the_journal(tmp_path: Path) -> None:
    extent = Extent(2, 9_990, 1, tmp_path)
    ((row, tasks, first),) = measure(list_rows([], ["clean"], None), extent)
    (path,) = tmp_path.rglob("clean.jsonl")
    written = path.read_bytes()
    ((_, _, second),) = measure([row], extent)
    assert [tally.to_json() for tally in second] == [tally.to_json() for tally in first]
    assert path.read_bytes() == written
    assert [tally.seed for tally in first] == [task.seed for task in tasks] == [9_990, 9_991]
    assert sum(tally.boxes for tally in first) > 150
    assert sum(tally.wrong for tally in first) == 0


def test_every_condition_has_a_family_and_every_unseen_machine_a_row() -> None:
    assert {condition.family for condition in CONDITIONS.values()} <= set(FAMILIES)
    assert {condition.unseen for condition in CONDITIONS.values() if condition.unseen} == set(UNSEEN)
    assert set(TARGETS) < set(FAMILIES)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return print_sheets(tmp_path_factory.mktemp("bench"), 1)[0]


@pytest.mark.parametrize("kind", ["dpi_100", "fax"])
def test_an_unseen_page_is_the_same_for_the_same_seed_and_loads(printed: Printed, kind: str) -> None:
    def scans(seed: int) -> list[bytes]:
        return [scan.content for scan in make_scans(Task(printed, 0, 0, seed, kind))[1]]

    first = scans(9_980)
    assert first == scans(9_980)
    assert first != scans(9_981)
    for content in first:
        (image,) = load_images(content, "page")
        assert isinstance(image, PageImage)
        assert np.ptp(image.pixels) > 100
