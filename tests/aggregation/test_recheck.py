"""The lines of the recheck's report: sums, shares, who stands apart from the rest."""

from __future__ import annotations

import datetime
import math
from fractions import Fraction

import pandas as pd
import pytest

from aggregation.backcheck import bound_share, detect
from aggregation.recheck import PAIR_COLUMNS, Cell, lines_csv, make_detections, make_lines
from aggregation.recheck_report import RecheckAbout, recheck_html

NONE = pd.DataFrame([], columns=list(PAIR_COLUMNS))
CELLS = [
    Cell("A", "A", 20, 7, {"confirmed": 4, "forged": 1, "unreachable": 1}, 24),
    Cell("A", "HH", 5, 1, {"confirmed": 1}, 6),
    Cell("B", "HH", 30, 6, {"unreachable": 5, "refused": 1}, 30),
    Cell("C", "C", 30, 6, {"confirmed": 5, "denies": 1}, 30),
]


def of(lines, agency, party=""):
    return next(line for line in lines if (line.agency, line.party) == (agency, party))


def test_lines_are_the_whole_the_agencies_their_parties_and_collectors():
    lines = make_lines(CELLS, NONE)
    assert [(line.agency, line.party) for line in lines] == [
        ("", ""),
        ("A", ""),
        ("A", "A"),
        ("A", "HH"),
        ("B", ""),
        ("C", ""),
        ("", "HH"),
    ]
    whole = lines[0]
    assert (whole.called, whole.talked, whole.forged, whole.frame, whole.open, whole.counting) == (
        19,
        12,
        1,
        85,
        20,
        90,
    )


def test_shares_are_of_people_who_talked():
    line = of(make_lines(CELLS, NONE), "A")
    assert (line.talked, line.share) == (6, 1 / 6)
    assert line.bounds == bound_share(1, 6)
    assert line.detects(Fraction(1, 10)) == float(detect(25, 3, 6))


def test_nobody_who_talked_is_no_share_and_detects_nothing():
    line = of(make_lines(CELLS, NONE), "B")
    assert line.share is None
    assert line.bounds == (0.0, 1.0)
    assert line.detects(Fraction(1, 10)) == 0


def test_many_lost_calls_are_rare_by_chance():
    lines = make_lines(CELLS, NONE)
    assert of(lines, "B").lost_p < 0.01 < of(lines, "C").lost_p
    assert of(lines, "").lost_p is None


def test_agreement_is_told_from_five_sheets_on():
    def pairs(sheets):
        rows = [("A", "A", sheet, 5, 4, 5, 100.0, 75.0) for sheet in range(sheets)]
        rows += [("A", "A", sheet, 3, 3, 5, 50.0, 50.0) for sheet in range(sheets)]
        return pd.DataFrame(rows, columns=list(PAIR_COLUMNS))

    assert not of(make_lines(CELLS, pairs(4)), "A").is_told
    line = of(make_lines(CELLS, pairs(5)), "A")
    assert line.is_told
    assert (line.agreement.exact, line.agreement.within_one) == (0.5, 1.0)
    assert line.shift.mean == pytest.approx(-12.5)
    assert line.shift.se == pytest.approx(0, abs=1e-12)  # every sheet shifts alike
    assert math.isnan(of(make_lines(CELLS, pairs(5)), "C").shift.mean)
    assert b",,," in lines_csv([of(make_lines(CELLS, pairs(4)), "A")])


def test_a_collector_s_line_says_that_it_is_within_the_others_and_few_sheets_show_no_shift():
    rows = [("A", "A", f"s{n}", 4, 2, 5, 75.0, 25.0) for n in range(4)]
    lines = make_lines(CELLS, pd.DataFrame(rows, columns=list(PAIR_COLUMNS)))
    about = RecheckAbout("", "", "", "", datetime.date(2014, 4, 30), {}, [], 0, {}, [], (6, 8), 3)
    page = recheck_html(lines, make_detections((6, 8)), about).decode()
    assert "Phát phiếu ở mọi cơ quan: HH (đã có trong các dòng trên)" in page
    assert "-50,0" not in page


def test_the_table_of_detection_says_what_the_plan_meets():
    table = make_detections((6, 8))
    line = next(one for one in table if (one.population, one.share) == (30, Fraction(1, 10)))
    assert (line.forged, line.enough) == (3, 16)
    assert line.chances == (float(detect(30, 3, 6)), float(detect(30, 3, 8)))
