"""Signs of quality: honest sheets raise few, forged ones are found, and chance's share stands beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from aggregation.agency_indices import measure_clustering
from aggregation.quality import LEANING, MOST_BY_CHANCE, Quality, find_flags, flagged_agencies
from aggregation.quality_labels import ALARM, CONTENT, Sign, find_labels, grade_content, weigh_labels
from aggregation.quality_order import find_order
from aggregation.quality_pairs import _count_pairs, find_homogeneity
from aggregation.quality_sheets import JOURNEY, GroupSheets
from aggregation.reliability import measure_reliability
from aggregation.scores import count
from aggregation.sheet_indices import likeness
from aggregation.tables import ScoringTables
from forms.rules import Scoring

AGENCIES, SHEETS, QUESTIONS = 40, 30, 20
CUTS = [-2.0, -1.3, -0.4, 0.7]

Make = Callable[..., ScoringTables]
Levels = Any


def draw_levels(seed: int) -> Levels:
    """[agency, sheet, question] of one honest group: a person's mood carries half of what the answers vary by."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(rng.normal(0, 0.3, (AGENCIES, 1)), 1.0, (AGENCIES, SHEETS))[:, :, None]
    latent = np.sqrt(0.5) * mood + np.sqrt(0.5) * rng.normal(0, 1, (AGENCIES, SHEETS, QUESTIONS))
    return np.digitize(latent + rng.normal(0, 0.15, QUESTIONS), CUTS) + 1


def make_province(make_tables: Make, levels: Levels) -> ScoringTables:
    codes = [f"A{number:02d}" for number in range(len(levels))]
    questions = [f"q{number:02d}" for number in range(levels.shape[2])]
    answers = [
        (agency * 1000 + sheet, code, "CD", question, str(levels[agency, sheet, place]))
        for agency, code in enumerate(codes)
        for sheet in range(levels.shape[1])
        for place, question in enumerate(questions)
    ]
    return make_tables(
        answers,
        agencies=dict.fromkeys(codes, "SN"),
        criteria={"TC1": 10},
        items=[("CD", question, "TC1", 1) for question in questions],
        cells=[(code, "CD", SHEETS) for code in codes],
    )


def make_journeys(levels: Levels, **changes: Any) -> pd.DataFrame:
    """Every sheet handed out on day 10, back by day 15, scanned in the order of its number, one file an agency."""
    agency, sheet = (each.ravel() for each in np.indices(levels.shape[:2]))
    columns = {
        "sheet": agency * 1000 + sheet,
        "agency": [f"A{number:02d}" for number in agency],
        "group": "CD",
        "unreleased": False,
        "handed_day": 10.0,
        "received_day": 12.0 + (sheet * 7 + agency) % 4,
        "file": agency,
        "image": 2 * sheet + 1,
        "seconds": np.nan,
        "as_above": np.nan,
    }
    return pd.DataFrame({name: changes.get(name, column) for name, column in columns.items()})[list(JOURNEY)]


def look(make_tables: Make, levels: Levels, **changes: Any) -> Quality:
    counted = count(make_province(make_tables, levels), Scoring())
    return find_flags(counted.tally, counted.plan, make_journeys(levels, **changes))


def find_sign(quality: Quality, sign: str, agency: str = "A03") -> pd.Series:
    return quality.cells[quality.cells["sign"] == sign].set_index("agency").loc[agency]


def test_honest_sheets_raise_about_as_many_flags_as_chance_is_said_to(make_tables: Make) -> None:
    flagged, expected, cells, named = 0.0, 0.0, 0, 0
    for seed in range(5):
        quality = look(make_tables, draw_levels(seed))
        summary = quality.summary.set_index("sign")
        assert set(summary.index) >= {"straight_line", "long_run", "near_copies", "scan_order", "homogeneous", "late"}
        assert summary["flagged"].sum() <= 0.05 * summary["cells"].sum()
        flagged, expected = flagged + summary["flagged"].sum(), expected + summary["by_chance"].sum()
        cells += int(summary["cells"].sum())
        named += len(flagged_agencies(quality))
    assert 0 < expected < 0.02 * cells
    assert flagged < 3 * expected + 5
    assert named <= 0.05 * 5 * AGENCIES


@pytest.mark.slow
def test_where_a_fifth_of_the_agencies_sit_at_the_top_no_more_is_flagged_than_is_said_at_most(
    make_tables: Make,
) -> None:
    flagged = dict.fromkeys(LEANING, 0)
    said, most = flagged.copy(), flagged.copy()
    for seed in range(6):
        levels = draw_levels(100 + seed)
        levels[: AGENCIES // 5] = np.minimum(levels[: AGENCIES // 5] + 1, levels.max())
        for row in look(make_tables, levels).summary.to_dict("records"):
            if row["sign"] in LEANING:
                flagged[row["sign"]] += row["flagged"]
                said[row["sign"]] += row["by_chance"]
                most[row["sign"]] += row["by_chance_most"]
            else:
                assert row["by_chance_most"] == row["by_chance"], row["sign"]
    for sign in LEANING:
        assert most[sign] == pytest.approx(max(said[sign], MOST_BY_CHANCE * 6 * AGENCIES)), sign
        assert flagged[sign] <= most[sign] + 2 * most[sign] ** 0.5, sign


def test_many_agencies_of_a_few_sheets_each_are_looked_at_without_near_copies(make_tables: Make) -> None:
    levels = draw_levels(5).reshape(AGENCIES * SHEETS // 4, 4, QUESTIONS)[:80]  # 51,000 pairs, no cell of five sheets
    quality = look(make_tables, levels)
    assert not set(quality.cells["sign"]) & {"near_copies", "scan_order", "homogeneous"}
    assert set(quality.cells["sign"]) >= {"before_handover", "unreleased"}


def test_near_copies_are_found_and_named(make_tables: Make) -> None:
    levels = draw_levels(1)
    rng = np.random.default_rng(2)
    for sheet in range(1, 10):  # nine sheets copied off a tenth, one answer in ten changed
        changed = rng.random(QUESTIONS) < 0.1
        levels[3, 3 * sheet] = np.where(changed, rng.integers(1, 6, QUESTIONS), levels[3, 0])
    quality = look(make_tables, levels)
    sign = find_sign(quality, "near_copies")
    assert sign["flagged"]
    assert sign["found"] > 10 * sign["expected"]
    assert "near_copies" in flagged_agencies(quality)["A03"]


def test_a_block_of_one_persons_sheets_shows_in_the_order_of_the_stack(make_tables: Make) -> None:
    levels = draw_levels(3)
    rng = np.random.default_rng(4)
    for sheet in range(10, 25):
        changed = rng.random(QUESTIONS) < 0.3
        levels[3, sheet] = np.where(changed, levels[3, sheet], levels[3, 10])
    ordered = find_sign(look(make_tables, levels), "scan_order")
    assert ordered["p"] < 1e-4
    assert ordered["found"] > ordered["expected"]
    shuffled = np.tile(rng.permutation(SHEETS), AGENCIES)
    assert find_sign(look(make_tables, levels, image=shuffled), "scan_order")["p"] > ordered["p"] * 10


def test_straight_lines_late_sheets_and_hurried_phones_are_counted_against_chance(make_tables: Make) -> None:
    levels = draw_levels(5)
    levels[3, :12] = 4
    day = np.full(AGENCIES * SHEETS, 12.0)
    day[3 * SHEETS : 3 * SHEETS + 6] = 40
    seconds = np.full(AGENCIES * SHEETS, 300.0)
    seconds[3 * SHEETS : 3 * SHEETS + 6] = 25
    quality = look(make_tables, levels, received_day=day, seconds=seconds)
    for sign, found in (("straight_line", 12), ("late", 6), ("too_fast", 6)):
        cell = find_sign(quality, sign)
        assert cell["found"] >= found, sign
        assert cell["flagged"], sign
        assert cell["expected"] < 2, sign
        assert cell["chance"] <= ALARM


def test_answers_before_hand_over_and_from_locked_reserves_are_facts(make_tables: Make) -> None:
    levels = draw_levels(6)
    first = np.arange(AGENCIES * SHEETS) == 3 * SHEETS
    quality = look(make_tables, levels, received_day=np.where(first, 5.0, 12.0), unreleased=first)
    for sign in ("before_handover", "unreleased"):
        assert find_sign(quality, sign)[["found", "flagged"]].tolist() == [1.0, True]
        assert not find_sign(quality, sign, "A04")["flagged"]
    assert set(flagged_agencies(quality)["A03"]) == {"before_handover", "unreleased"}


def test_sheets_without_a_hand_over_or_a_scan_raise_no_sign_of_it(make_tables: Make) -> None:
    quality = look(make_tables, draw_levels(7), handed_day=np.nan, file=-1, image=-1)
    assert "scan_order" not in set(quality.cells["sign"])
    assert quality.cells.loc[quality.cells["sign"] == "before_handover", "found"].sum() == 0


def test_the_same_seed_gives_the_same_signs(make_tables: Make) -> None:
    levels = draw_levels(8)
    pd.testing.assert_frame_equal(look(make_tables, levels).cells, look(make_tables, levels).cells)


def test_nothing_was_answered_and_nothing_is_said(make_tables: Make) -> None:
    tables = make_tables(
        [], agencies={"A": "SN"}, criteria={"TC1": 1}, items=[("CD", "q1", "TC1", 1)], cells=[("A", "CD", 1)]
    )
    counted = count(tables, Scoring())
    quality = find_flags(counted.tally, counted.plan, make_journeys(draw_levels(1))[:0])
    assert quality.cells.empty
    assert flagged_agencies(quality) == {}


def look_at_matrix(make_tables: Make, sheets: int, straight: int, as_above: Any = np.nan) -> Quality:
    """Sheets that rate A and B, a third of them issued to Z and the others to Y; the first are straight lines."""
    rng = np.random.default_rng(9)
    answers: list[tuple[Any, ...]] = []
    for sheet in range(sheets):
        for agency in "AB":
            for question in ("q1", "q2", "q3"):
                option = "4" if sheet < straight else str(rng.integers(1, 6))
                answers.append((sheet, agency, "LD", question, option))
    tables = make_tables(
        answers,
        agencies=dict.fromkeys("ABYZ", "SN"),
        criteria={"TC1": 1},
        items=[("LD", question, "TC1", 1) for question in ("q1", "q2", "q3")],
        cells=[(agency, "LD", sheets) for agency in "AB"],
    )
    journeys = make_journeys(np.zeros((1, sheets, 1)), as_above=as_above)
    journeys["sheet"], journeys["agency"] = range(sheets), ["Z"] * (sheets // 3) + ["Y"] * (sheets - sheets // 3)
    counted = count(tables, Scoring())
    return find_flags(counted.tally, counted.plan, journeys)


def test_on_a_matrix_the_whole_sheet_is_looked_at(make_tables: Make) -> None:
    """Straight lines count for Z, which handed them out."""
    quality = look_at_matrix(make_tables, 60, 10)
    assert find_sign(quality, "straight_line", "Z")[["n", "found", "flagged"]].tolist() == [20, 10.0, True]
    assert "as_above" not in set(quality.cells["sign"])


def test_matrix_sheets_mostly_given_as_above_are_counted_for_who_handed_them_out(make_tables: Make) -> None:
    """Only sheets that came by phone have the tick; half of a sheet's answers or more make the sign."""
    share = np.repeat([0.5, 1.0, 0.49, 0.0, np.nan], [6, 4, 2, 38, 10])
    quality = look_at_matrix(make_tables, 60, 0, share)
    cell = find_sign(quality, "as_above", "Z")
    assert cell[["n", "found", "flagged"]].tolist() == [20, 10.0, True]
    assert cell["expected"] == pytest.approx(20 * 10 / 50)
    assert cell["chance"] <= ALARM
    assert not flagged_agencies(quality)  # the form offers the tick: nobody is asked again for it
    one_agency = look(make_tables, draw_levels(3), as_above=1.0)
    assert "as_above" not in set(one_agency.cells["sign"])


def test_ticks_dealt_out_by_chance_flag_no_more_cells_than_is_said(make_tables: Make) -> None:
    """Over made-up campaigns: what was flagged beside the chance that stood next to it."""
    rng = np.random.default_rng(12)
    flagged, said = 0, 0.0
    for _ in range(40):
        share = np.where(rng.random(60) < 0.3, 0.8, 0.1)
        cells = look_at_matrix(make_tables, 60, 0, share).cells
        cells = cells[cells["sign"] == "as_above"]
        flagged, said = flagged + int(cells["flagged"].sum()), said + float(cells["chance"].sum())
    assert 0 < said <= 80 * ALARM
    assert flagged <= said + 3 * said**0.5


def bare_sheets(levels: Levels, files: int = 1) -> GroupSheets:
    """The same sheets as `make_journeys` has, as the signs look at them; their numbers go round so many files."""
    agency, sheet = (each.ravel() for each in np.indices(levels.shape[:2]))
    rows = levels.reshape(-1, levels.shape[2]).astype(np.int8)
    journey = make_journeys(levels, file=agency * files + sheet % files)
    return GroupSheets(0, False, agency, rows, (rows - 1.0).mean(axis=1) * 25, journey)


def count_flags(signs: list[Sign]) -> tuple[int, float]:
    """How many cells were flagged, and how many chance was said to flag."""
    return sum(int((one.p <= ALARM).sum()) for one in signs), sum(float(one.chance.sum()) for one in signs)


def test_an_order_is_as_rare_as_counting_all_orders_says() -> None:
    rng = np.random.default_rng(10)
    levels = np.repeat(rng.integers(1, 6, (3, 2, 12)), [1, 2], axis=1)  # runs of two: 3 sheets alike in a stack of 6
    levels = np.concatenate([levels, rng.integers(1, 6, (3, 3, 12))], axis=1)
    sign = find_order(bare_sheets(levels), rng)
    assert sign is not None
    for cell in range(3):
        alike = np.nan_to_num(likeness(levels[cell], levels[cell]))
        sums = np.array([sum(alike[one, other] for one, other in pairwise(order)) for order in permutations(range(6))])
        assert sign.p[cell] == pytest.approx((sums >= sums[0] - 1e-9).mean(), abs=0.03)
        np.fill_diagonal(alike, 0)
        assert sign.expected[cell] == pytest.approx(sums.mean() / 5)


@pytest.mark.parametrize("files", [1, 3])
def test_two_copies_that_happen_to_be_neighbours_are_as_rare_as_that_and_no_rarer(files: int) -> None:
    """Of thirty sheets that share nothing two are copies: a normal tail makes their meeting one in ten thousand."""
    levels = np.tile(np.arange(1, 31)[None, :, None], (1, 1, 8))
    levels[0, files] = levels[0, 0]  # the next one in the same file
    sign = find_order(bare_sheets(levels, files), np.random.default_rng(1))
    assert sign is not None
    size = 30 // files
    assert sign.p[0] == pytest.approx(2 / size, rel=0.3)
    assert sign.chance[0] == 0  # no order of these sheets is as rare as one in a hundred


def test_the_order_of_shuffled_stacks_is_flagged_as_often_as_is_said() -> None:
    rng = np.random.default_rng(13)
    signs = [find_order(bare_sheets(draw_levels(seed)[:, rng.permutation(SHEETS)[:7]]), rng) for seed in range(40, 55)]
    flagged, said = count_flags([sign for sign in signs if sign is not None])
    assert 1 < said <= 15 * AGENCIES * ALARM
    assert abs(flagged - said) < 3 * said**0.5


def test_content_agencies_are_flagged_for_straight_lines_and_runs_as_often_as_is_said() -> None:
    """Agencies differ twice as much as in draw_levels; content people give one answer throughout more often."""
    signs = []
    for seed in range(60, 72):
        levels = draw_levels(seed)
        levels[::4] = np.minimum(levels[::4] + 1, 5)
        sheets, blocks = bare_sheets(levels), np.zeros(AGENCIES, dtype=np.int64)
        for name, (looked, borne) in find_labels(sheets).items():
            if name in CONTENT:
                signs += weigh_labels(name, looked, borne, sheets.agency, blocks, grade_content(sheets, looked, blocks))
    flagged, said = count_flags(signs)
    assert 1 < said <= 24 * AGENCIES * ALARM
    assert flagged < said + 3 * said**0.5


@pytest.mark.parametrize("content", [0, pytest.param(8, marks=pytest.mark.slow)])
def test_homogeneous_cells_are_flagged_as_often_as_is_said_where_some_are_content(content: int) -> None:
    """Where nearly everybody is content people can hardly differ: that is no sign."""
    signs = []
    for seed in range(80, 92):
        levels = draw_levels(seed)[:, :12]
        levels[:content] = np.minimum(levels[:content] + 1, 5)
        signs.append(find_homogeneity(bare_sheets(levels), np.random.default_rng(seed)))
    flagged, said = count_flags([sign for sign in signs if sign is not None])
    assert said == pytest.approx(12 * AGENCIES * ALARM, rel=0.05)
    assert abs(flagged - said) < 3 * said**0.5


def test_a_cell_of_one_mind_among_others_is_flagged_as_homogeneous() -> None:
    levels = draw_levels(90)
    levels[3] = levels[3, :1]
    sign = find_homogeneity(bare_sheets(levels), np.random.default_rng(1))
    assert sign is not None
    assert sign.p[3] < 1e-4
    assert (sign.p <= ALARM).sum() <= 2


def test_chances_p_is_that_of_dealing_the_sheets_out_again() -> None:
    rng = np.random.default_rng(11)
    agency, borne = np.repeat([0, 1, 2], [10, 20, 30]), np.zeros(60, dtype=bool)
    borne[[0, 1, 2, 3, 15, 40]] = True
    (sign,) = weigh_labels("x", np.ones(60, dtype=bool), borne, agency, np.zeros(3, dtype=np.int64))
    dealt = np.array([rng.permutation(borne)[:10].sum() >= 4 for _ in range(20_000)])
    assert sign.p[0] == pytest.approx(dealt.mean(), abs=0.005)
    assert sign.expected.tolist() == [1, 2, 3]
    assert (sign.chance <= ALARM).all()


def test_each_group_has_its_alpha_and_its_share_between_agencies(make_tables: Make) -> None:
    levels = draw_levels(3)
    levels[7] = np.minimum(levels[7], 2)  # one agency of which people say little good
    row = look(make_tables, levels).groups.set_index("group").loc["CD"]
    values = (levels.reshape(-1, QUESTIONS) - 1) * 25.0
    expected = measure_reliability(values)
    assert (row["n"], row["k"]) == (AGENCIES * SHEETS, QUESTIONS)
    assert row[["alpha", "alpha_low", "alpha_high"]].tolist() == pytest.approx(
        [expected.alpha, expected.low, expected.high], rel=1e-12
    )
    clustering = measure_clustering(values.mean(axis=1), np.repeat(np.arange(AGENCIES), SHEETS))
    assert clustering is not None
    assert row["icc"] == pytest.approx(clustering.icc, rel=1e-12)


@pytest.mark.parametrize("threshold", [0.5, 0.75, 1.0])
def test_near_copies_are_the_pairs_whose_likeness_reaches_the_threshold(
    threshold: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregation.quality_pairs._AT_ONCE", 500)  # a cell in many strips
    rng = np.random.default_rng(5)
    levels = np.where(rng.random((90, 12)) < 0.1, 0, rng.integers(1, 4, (90, 12))).astype(np.int8)
    levels[70:] = levels[:20]
    shares = likeness(levels, levels)[np.triu_indices(90, 1)]
    assert _count_pairs(levels, threshold) == (np.nan_to_num(shares) >= threshold).sum() > 0


def test_the_order_in_which_answers_lie_changes_no_sign(make_tables: Make) -> None:
    tables = make_province(make_tables, draw_levels(4))
    shuffled = replace(tables, answers=tables.answers.sample(frac=1, random_state=1).reset_index(drop=True))
    journeys = make_journeys(draw_levels(4))
    one, other = (
        find_flags(counted.tally, counted.plan, journeys).cells
        for counted in (count(each, Scoring()) for each in (tables, shuffled))
    )
    pd.testing.assert_frame_equal(one, other)
