"""Points: group weights, empty groups, blanks, several questions, criteria left out, rounding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.rounding import half_up
from aggregation.scores import Scores, score
from aggregation.tables import COMBINED, ScoringTables
from forms.errors import InputWrong, WorkFailed
from forms.rules import Scoring

Make = Callable[..., ScoringTables]
WEIGHTS = {"CC": "0.4", "CD": "0.4", "DN": "0.2"}


def three_groups(make_tables: Make, answers: list[tuple[Any, ...]], targets: dict[str, int]) -> ScoringTables:
    """One agency SXD, one criterion of 10 points, asked of all three groups."""
    return make_tables(
        answers,
        agencies={"SXD": "SN"},
        criteria={"TC1": 10},
        items=[(group, "q1", "TC1", 1) for group in WEIGHTS],
        cells=[("SXD", group, target) for group, target in targets.items()],
    )


def rules(**changes: Any) -> Scoring:
    return Scoring.model_validate({"group_weights": WEIGHTS, **changes})


def total(scored: Scores, agency: str = "SXD") -> float | None:
    points = scored.totals.set_index("agency")["survey_points"][agency]
    return None if pd.isna(points) else float(points)


CC_AND_DN = [(1, "SXD", "CC", "q1", "5"), (2, "SXD", "DN", "q1", "3")]


def test_weights_are_shared_out_over_the_groups_that_are_asked(make_tables: Make) -> None:
    scored = score(three_groups(make_tables, CC_AND_DN, {"CC": 1, "DN": 1}), rules(empty_group="zero"))
    assert total(scored) == pytest.approx(8.33)  # (0.4 x 100 + 0.2 x 50) / 0.6 per cent of 10


@pytest.mark.parametrize(("policy", "points"), [("renormalise", 8.33), ("zero", 5.0)])
def test_an_expected_group_without_answers_follows_the_rule(make_tables: Make, policy: str, points: float) -> None:
    scored = score(three_groups(make_tables, CC_AND_DN, {"CC": 1, "CD": 1, "DN": 1}), rules(empty_group=policy))
    assert total(scored) == points
    assert [(note.kind, note.group) for note in scored.notes if note.kind == "empty_group"] == [("empty_group", "CD")]


def test_stop_names_every_empty_cell(make_tables: Make) -> None:
    tables = make_tables(
        [(1, "SXD", "CC", "q1", "5"), (2, "SYT", "CC", "q1", "5"), (2, "SYT", "CC", "q2", "5")],
        agencies={"SXD": "SN", "SYT": "SN"},
        criteria={"TC1": 10, "TC2": 5},
        items=[(group, question, f"TC{question[1]}", 1) for group in ("CC", "CD") for question in ("q1", "q2")],
        cells=[("SXD", "CC", 1), ("SXD", "CD", 1), ("SYT", "CC", 1), ("SYT", "CD", 0)],
    )
    with pytest.raises(WorkFailed, match=r"SXD/CD \(TC1, TC2\); SXD/CC \(TC2\)$"):
        score(tables, rules(empty_group="stop"))


def test_a_group_of_no_weight_neither_counts_nor_stops(make_tables: Make) -> None:
    tables = three_groups(make_tables, CC_AND_DN, {"CC": 1, "CD": 1, "DN": 1})
    assert total(score(tables, rules(group_weights={"CC": 1}, empty_group="stop"))) == 10.0


def test_a_group_that_answers_without_a_cell_is_scored_and_noted(make_tables: Make) -> None:
    scored = score(three_groups(make_tables, CC_AND_DN, {"CC": 1}), rules())
    assert total(scored) == 8.33
    assert [(note.kind, note.group) for note in scored.notes if note.group == "DN"] == [("unplanned_group", "DN")]


def test_weights_may_differ_by_criterion(make_tables: Make) -> None:
    scoring = rules(group_weights={"TC1": {"CC": 1, "DN": 1}, "default": {"CC": 1}})
    assert total(score(three_groups(make_tables, CC_AND_DN, {"CC": 1, "DN": 1}), scoring)) == 7.5


def test_without_weights_all_groups_weigh_the_same(make_tables: Make) -> None:
    assert total(score(three_groups(make_tables, CC_AND_DN, {"CC": 1, "DN": 1}), Scoring())) == 7.5


def test_questions_share_a_criterion_by_weight_over_those_with_answers(make_tables: Make) -> None:
    def scored(*answers: tuple[Any, ...]) -> float | None:
        items = [("CD", "q1", "TC1", "1"), ("CD", "q2", "TC1", "3")]
        return total(
            score(
                make_tables(
                    answers, agencies={"SXD": "SN"}, criteria={"TC1": 10}, items=items, cells=[("SXD", "CD", 5)]
                ),
                Scoring(),
            )
        )

    assert scored((1, "SXD", "CD", "q1", "5"), (1, "SXD", "CD", "q2", "3")) == 6.25
    assert scored((1, "SXD", "CD", "q1", "5"), (1, "SXD", "CD", "q2", "0")) == 10.0


def test_blanks_are_excluded_or_count_as_the_lowest_level(one_question: Callable[..., ScoringTables]) -> None:
    tables = make_with_blank(one_question)
    assert total(score(tables, Scoring())) == 7.5
    lowest = score(tables, Scoring(blank="lowest"))
    assert total(lowest) == 5.0
    assert lowest.scores.loc[0, ["n_valid", "n_blank"]].tolist() == [2, 1]


def make_with_blank(one_question: Callable[..., ScoringTables]) -> ScoringTables:
    """Two sheets answer 4, a third leaves it blank and answers a second question of no points of its own."""
    tables = one_question({"SXD": "44 "})
    tables.answers.loc[len(tables.answers)] = [3, "SXD", "CD", "q2", "5", "clear"]
    tables.items.loc[1] = ["CD", "q2", "TC0", 1]
    tables.criteria.loc[1] = ["TC0", "Không điểm", "", "", "survey", 0]
    return replace(tables, levels=pd.concat([tables.levels, tables.levels.assign(question="q2")]))


@pytest.fixture
def two_criteria(make_tables: Make) -> Callable[..., ScoringTables]:
    def build(*answers: tuple[Any, ...]) -> ScoringTables:
        return make_tables(
            answers,
            agencies={"SXD": "SN", "SYT": "SN", "STC": "SN"},
            criteria={"TC1": "6", "TC2": "2", "TC3": "2"},
            items=[("CD", "q1", "TC1", 1), ("CD", "q2", "TC2", 1)],
            cells=[("SXD", "CD", 1), ("SYT", "CD", 1), ("STC", "CD", 1)],
        )

    return build


def test_criteria_nobody_answered_leave_their_points_to_the_others(two_criteria: Callable[..., ScoringTables]) -> None:
    tables = two_criteria((1, "SXD", "CD", "q1", "5"), (1, "SXD", "CD", "q2", "3"), (2, "SYT", "CD", "q1", "4"))
    scored = score(tables, Scoring())
    # Of 10 points SXD's sheet can reach 8, SYT's 6.
    assert total(scored) == 8.75  # (6 + 1) x 10 / 8
    assert total(scored, "SYT") == 7.5
    left_out = {(note.agency, note.criterion) for note in scored.notes if note.kind == "left_out"}
    assert left_out == {("SXD", "TC3"), ("SYT", "TC2"), ("SYT", "TC3")}
    empty = scored.scores[(scored.scores["agency"] == "SXD") & (scored.scores["criterion"] == "TC3")]
    assert list(empty["group"]) == [COMBINED]
    assert empty["points"].isna().all()


def test_an_agency_without_answers_has_empty_fields_and_no_rank(two_criteria: Callable[..., ScoringTables]) -> None:
    for policy in ("renormalise", "zero"):
        scored = score(two_criteria((1, "SXD", "CD", "q1", "5")), Scoring.model_validate({"empty_group": policy}))
        last = scored.totals.set_index("agency").loc["STC"]
        assert last.drop(["block", "grade", "n_valid"]).isna().all()
        assert (last["grade"], last["n_valid"]) == ("", 0)
        assert {note.kind for note in scored.notes if note.agency == "STC"} == {"no_points"}


def test_under_zero_an_unanswered_criterion_is_zero_points(two_criteria: Callable[..., ScoringTables]) -> None:
    scored = score(two_criteria((1, "SXD", "CD", "q1", "5")), Scoring(empty_group="zero"))
    assert total(scored) == 7.5  # 6 of the 8 points asked about; TC3 is asked of nobody


def test_rounding_at_the_criterion_can_differ_from_rounding_the_total(make_tables: Make) -> None:
    tables = make_tables(
        [(s, "SXD", "CD", q, o) for s, o in enumerate("544") for q in ("q1", "q2")],
        agencies={"SXD": "SN"},
        criteria={"TC1": 1, "TC2": 1},
        items=[("CD", "q1", "TC1", 1), ("CD", "q2", "TC2", 1)],
        cells=[("SXD", "CD", 3)],
    )
    at_total = score(tables, Scoring.model_validate({"rounding": {"places": 1, "at": "total"}}))
    at_criterion = score(tables, Scoring.model_validate({"rounding": {"places": 1, "at": "criterion"}}))
    assert total(at_total) == 1.7  # 2 x 0.8333
    assert total(at_criterion) == 1.6  # 2 x 0.8
    assert set(at_criterion.scores.loc[at_criterion.scores["group"] == COMBINED, "points"]) == {0.8}


def test_a_group_row_holds_its_own_points_and_the_star_row_the_weighted_ones(make_tables: Make) -> None:
    scored = score(three_groups(make_tables, CC_AND_DN, {"CC": 1, "DN": 1}), rules())
    rows = scored.scores.set_index("group")
    assert rows.loc["CC", ["mean_percent", "points"]].tolist() == [100.0, 10.0]
    assert rows.loc["DN", ["mean_percent", "points"]].tolist() == [50.0, 5.0]
    assert rows.loc[COMBINED, "points"] == pytest.approx(25 / 3)
    assert rows.loc[COMBINED, "n_valid"] == 2


def test_items_that_cannot_be_scored_are_all_named(one_question: Callable[..., ScoringTables]) -> None:
    tables = one_question({"SXD": "5"})
    tables.items.loc[1] = ["CD", "q2", "TC9", 1]
    tables.items.loc[2] = ["CD", "q3", "TC1", 1]
    with pytest.raises(InputWrong) as refused:
        score(tables, Scoring())
    assert [problem.where for problem in refused.value.problems] == ["CD/q2", "CD/q3"]


@given(st.lists(st.sampled_from("54321"), min_size=1, max_size=12), st.permutations(range(12)))
def test_better_answers_never_lower_a_score(
    one_question: Callable[..., ScoringTables], options: list[str], order: list[int]
) -> None:
    worse = total(score(one_question({"SXD": "".join(options)}), Scoring()))
    position = next(each for each in order if each < len(options))
    options[position] = "5"
    better = total(score(one_question({"SXD": "".join(options)}), Scoring()))
    assert worse is not None
    assert better is not None
    assert worse <= better <= 10


ANSWER = st.tuples(
    st.integers(1, 8),
    st.sampled_from(["CC", "CD"]),
    st.sampled_from(["q1", "q2", "q3"]),
    st.sampled_from(["5", "4", "3", "2", "1", "0", ""]),
)
MAXIMA, WEIGHT = {"TC1": Fraction("1.5"), "TC2": Fraction(2)}, {"CC": Fraction("0.7"), "CD": Fraction("0.3")}
ITEM = {"q1": ("TC1", Fraction(1)), "q2": ("TC1", Fraction(2)), "q3": ("TC2", Fraction(1))}


def points_by_hand(answers: list[tuple[int, str, str, str]]) -> Fraction | None:
    """The rules of docs/scoring.md for one agency, answer by answer."""
    reached, points = Fraction(0), Fraction(0)
    for criterion, maximum in MAXIMA.items():
        means = {}
        for group in WEIGHT:
            parts = []
            for question, (of, weight) in ITEM.items():
                percents = [
                    25 * (int(o) - 1) for _, g, q, o in answers if (g, q) == (group, question) and o in "54321" and o
                ]
                if of == criterion and percents:
                    parts.append((weight, Fraction(sum(percents), len(percents))))
            if parts:
                means[group] = sum(w * m for w, m in parts) / sum(w for w, _ in parts)
        if means:
            whole = sum(WEIGHT[group] for group in means)
            points += sum(WEIGHT[group] / whole * mean for group, mean in means.items()) / 100 * maximum
            reached += maximum
    return points * sum(MAXIMA.values()) / reached if reached else None


@given(st.lists(ANSWER, max_size=40, unique_by=lambda answer: (answer[0], answer[2])))
def test_any_answers_score_as_by_hand(make_tables: Make, drawn: list[tuple[int, str, str, str]]) -> None:
    answers = [(sheet % 4 * 2 + (group == "CD"), group, question, option) for sheet, group, question, option in drawn]
    answers = list(
        {(sheet, question): (sheet, group, question, option) for sheet, group, question, option in answers}.values()
    )
    tables = make_tables(
        [(sheet, "SXD", group, question, option) for sheet, group, question, option in answers],
        agencies={"SXD": "SN"},
        criteria={criterion: str(float(maximum)) for criterion, maximum in MAXIMA.items()},
        items=[(group, q, criterion, str(weight)) for group in WEIGHT for q, (criterion, weight) in ITEM.items()],
        cells=[("SXD", "CC", 4), ("SXD", "CD", 4)],
    )
    expected = points_by_hand(answers)
    scored = score(tables, rules(group_weights={"CC": "0.7", "CD": "0.3"}, rounding={"places": 6}))
    assert total(scored) == (None if expected is None else float(half_up(expected, 6)))
