"""What may be shown of groups: no hidden cell can be computed from all that is shown beside it."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from aggregation import suppression
from aggregation.suppression import Cells, PublicTables, protect, suppress
from aggregation.tables import COMBINED

SIZES = st.sampled_from([0, 1, 2, 3, 4, 5, 6, 9, 12, 30])
WEIGHTS = {"LD": 0.3, "CC": 0.2, "CD": 0.5, "DN": 0.0}


def build_cells(sizes: list[list[list[int]]], unanimous: set[tuple[int, int, int]]) -> pd.DataFrame:
    """Cells from sizes[agency][criterion][group]; weights over the groups that are there, all means different."""
    rows: list[tuple[Any, ...]] = []
    for a, agency in enumerate(sizes):
        for c, criterion in enumerate(agency):
            there = [g for g, n in zip(WEIGHTS, criterion, strict=False) if n]
            whole = sum(WEIGHTS[g] for g in there)
            for g, (group, n) in enumerate(zip(WEIGHTS, criterion, strict=False)):
                weight = WEIGHTS[group] / whole if whole and n else 0.0
                mean = 40 + 7.3 * a + 3.1 * g + 1.7 * c
                unlike = (a, c, g) in unanimous
                rows.append((f"A{a}", "SN", f"TC{c}", group, n, mean, weight, weight * (1 + c), unlike))
    names = ["agency", "block", "criterion", "group", "n", "mean_percent", "weight", "worth", "unanimous"]
    return pd.DataFrame(rows, columns=names)


def find_computable(cells: pd.DataFrame, public: PublicTables) -> list[tuple[str, str, str]]:
    """The hidden cells that somebody finds who solves all equations of all that is shown, the total among it."""
    scores = public.scores.set_index(["agency", "criterion", "group"])["hidden"]
    blocks = public.blocks.set_index(["criterion", "group"])["hidden"]
    there = cells[cells["n"] > 0].set_index(["agency", "criterion", "group"])
    unknown = [key for key in there.index if scores[key] != ""]
    place = {key: number for number, key in enumerate(unknown)}
    equations: list[dict[int, float]] = []
    for agency in there.index.unique("agency"):
        total: dict[int, float] = {}
        for criterion in there.loc[agency].index.unique("criterion"):
            inside = [key for key in unknown if key[:2] == (agency, criterion) and there.loc[key, "weight"] > 0]
            points = {place[key]: float(there.loc[key, "weight"]) for key in inside}
            total |= {place[key]: float(there.loc[key, "worth"]) for key in inside}
            if scores[agency, criterion, COMBINED] == "":
                equations.append(points)
        equations.append(total)
    for criterion, group in blocks[blocks == ""].index:
        inside = [key for key in unknown if key[1:] == (criterion, group)]
        equations.append({place[key]: float(there.loc[key, "n"]) for key in inside})
    matrix = np.zeros((len(equations), len(unknown)))
    for row, equation in enumerate(equations):
        for column, factor in equation.items():
            matrix[row, column] = factor / max(equation.values())
    rank = np.linalg.matrix_rank(matrix, tol=1e-9) if matrix.size else 0
    found = []
    for key, column in place.items():
        unit = np.zeros((1, len(unknown)))
        unit[0, column] = 1
        if np.linalg.matrix_rank(np.vstack([matrix, unit]), tol=1e-9) == rank:
            found.append(key)
    return found


@settings(max_examples=settings.get_profile("phieu").max_examples * 3 // 2)  # 150 in CI
@given(
    st.lists(st.lists(st.lists(SIZES, min_size=4, max_size=4), min_size=2, max_size=2), min_size=1, max_size=5),
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 1), st.integers(0, 3)), max_size=3),
)
@example([[[3, 20, 30, 0], [3, 20, 30, 0]]] + [[[8, 20, 30, 0], [8, 20, 30, 0]]] * 4, set())
@example([[[3, 0, 0, 0], [3, 0, 0, 0]], [[9, 9, 0, 0], [9, 9, 0, 0]]], set())
@example([[[2, 0, 0, 0], [0, 0, 0, 0]], [[3, 0, 0, 0], [0, 0, 1, 0]]], set())  # a total that is one cell helps others
@example([[[2, 0, 2, 0], [0, 0, 0, 0]], [[3, 0, 3, 0], [0, 0, 1, 0]]], set())  # totals and means in proportion
@example([[[3, 0, 0, 0], [4, 0, 0, 0]], [[4, 0, 0, 0], [3, 0, 0, 0]]], set())  # two totals and two block means
def test_no_hidden_cell_can_be_computed_from_what_is_shown(
    sizes: list[list[list[int]]], unanimous: set[tuple[int, int, int]]
) -> None:
    cells = build_cells(sizes, unanimous)
    weighted = cells[(cells["n"] > 0) & (cells["weight"] > 0)]
    # An agency with a single cell has that cell for its total, which is public whatever happens.
    lonely = set(weighted["agency"].value_counts().loc[lambda count: count == 1].index)
    computable = find_computable(cells, suppress(cells, 5))
    assert [key for key in computable if key[0] not in lonely] == []


@given(
    st.lists(st.lists(st.lists(SIZES, min_size=3, max_size=3), min_size=1, max_size=2), min_size=1, max_size=4),
    st.sets(st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 2)), max_size=3),
)
def test_every_small_and_every_unanimous_cell_is_hidden(
    sizes: list[list[list[int]]], unanimous: set[tuple[int, int, int]]
) -> None:
    cells = build_cells(sizes, unanimous)
    public = suppress(cells, 5).scores.set_index(["agency", "criterion", "group"])
    for cell in cells[cells["n"] > 0].itertuples():
        shown = public.loc[(cell.agency, cell.criterion, cell.group)]
        if cell.n < 5 or cell.unanimous:
            assert shown["hidden"] in ("small", "unanimous", "complement")
        assert np.isnan(shown["mean_percent"]) == (shown["hidden"] != "")


def test_where_nothing_is_small_or_unanimous_all_is_shown() -> None:
    cells = build_cells([[[10, 20, 30, 5]]] * 3, set())
    public = suppress(cells, 5)
    assert (public.scores["hidden"] == "").all()
    assert (public.blocks["hidden"] == "").all()
    assert public.scores.loc[public.scores["group"] == COMBINED, "mean_percent"].tolist() == [43.7, 51.0, 58.3]


def test_the_leaders_of_every_agency_are_hidden_and_their_block_is_shown() -> None:
    """Two to six leaders everywhere: no agency's leaders are shown, the block's are."""
    public = suppress(build_cells([[[3, 20, 30, 0]]] * 8, set()), 5)
    leaders = public.scores[public.scores["group"] == "LD"]
    assert set(leaders["hidden"]) == {"small"}
    assert public.blocks.set_index("group").loc["LD", "hidden"] == ""
    citizens = public.scores[public.scores["group"] == "CD"]
    assert (citizens["hidden"] == "").all()  # the smaller neighbour covers for the leaders


def test_a_block_with_too_many_hidden_cells_to_bound_together_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = build_cells([[[3, 20, 30, 0]]] * 8, set())
    hidden = int((suppress(cells, 5).scores["hidden"] != "").sum())
    assert suppress(cells, 5).unchecked == ()
    monkeypatch.setattr(suppression, "MOST", hidden)
    assert suppress(cells, 5).unchecked == ()
    monkeypatch.setattr(suppression, "MOST", hidden - 1)
    assert suppress(cells, 5).unchecked == (cells["block"].iloc[0],)
    assert suppress(cells, 5).drop_reasons().unchecked == (cells["block"].iloc[0],)


def test_without_a_threshold_nothing_is_hidden() -> None:
    public = suppress(build_cells([[[1, 2, 3, 0]]], {(0, 0, 0)}), 0)
    assert (public.scores["hidden"] == "").all()


def test_the_public_is_not_told_why_a_cell_is_hidden() -> None:
    public = suppress(build_cells([[[9, 20, 30, 0]]] * 6, {(0, 0, 0)}), 5)
    assert "unanimous" in set(public.scores["hidden"])
    bare = public.drop_reasons()
    assert set(bare.scores["hidden"]) == {True, False}


def one_criterion(n: Any, weight: Any) -> Cells:
    return Cells(np.zeros(n.shape[1], dtype=np.int64), n, weight, weight, np.full(n.shape, 60.0))


def find_ranges(cells: pd.DataFrame, public: PublicTables) -> dict[tuple[str, str, str], tuple[int, float]]:
    """Answers of every hidden cell, and the narrowest range that one published sum of means leaves it."""
    scores = public.scores.set_index(["agency", "criterion", "group"])["hidden"]
    blocks = public.blocks.set_index(["criterion", "group"])["hidden"]
    there = cells[cells["n"] > 0]
    keys = zip(there["agency"], there["criterion"], there["group"], strict=True)
    unknown = there[np.array([scores[key] != "" for key in keys], dtype=bool)]
    sums = []
    for key, part in unknown.groupby(["agency", "criterion"]):
        if scores[(*key, COMBINED)] == "":
            sums.append(part.assign(factor=part["weight"]))
    for key, part in unknown.groupby(["criterion", "group"]):
        if blocks[key] == "":
            sums.append(part.assign(factor=part["n"]))
    found: dict[tuple[str, str, str], tuple[int, float]] = {}
    for part in sums:
        part = part[part["factor"] > 0]
        whole = float((part["factor"] * part["mean_percent"]).sum())
        for one in part.itertuples():
            rest = float(part["factor"].sum()) - one.factor
            low, high = max(0.0, (whole - 100 * rest) / one.factor), min(100.0, whole / one.factor)
            key = one.agency, one.criterion, one.group
            found[key] = one.n, min(high - low, found.get(key, (0, 100.0))[1])
    return found


@given(
    st.lists(st.lists(SIZES, min_size=4, max_size=4), min_size=1, max_size=5),
    st.lists(st.sampled_from([0.0, 3.0, 50.0, 90.0, 99.0, 100.0]), min_size=20, max_size=20),
)
@example([[3, 20, 30, 0]] * 3, [100.0] * 4 + [60.0] * 16)
@example([[3, 20, 30, 0]] * 5, [100.0, 50, 50, 50] * 5)
def test_a_hidden_mean_is_not_given_away_by_lying_between_0_and_100(sizes: list[list[int]], means: list[float]) -> None:
    cells = build_cells([[groups] for groups in sizes], set())
    cells["mean_percent"] = means[: len(cells)]
    public = suppress(cells, 5)
    shown = public.scores.set_index(["agency", "criterion", "group"])["hidden"]
    open_ = {key for key, (n, width) in find_ranges(cells, public).items() if width < max(5.0, 25.0 / n) - 1e-6}
    assert {key for key in open_ if shown[(*key[:2], COMBINED)] == ""} == set()


def find_joint_ranges(cells: pd.DataFrame, public: PublicTables) -> dict[tuple[str, str, str], tuple[int, float]]:
    """Answers of every hidden cell, and the range that all published sums together leave it, totals among them."""
    scores = public.scores.set_index(["agency", "criterion", "group"])["hidden"]
    blocks = public.blocks.set_index(["criterion", "group"])["hidden"]
    there = cells[cells["n"] > 0]
    keys = list(zip(there["agency"], there["criterion"], there["group"], strict=True))
    unknown = there[[scores[key] != "" for key in keys]].reset_index(drop=True)
    sums = [np.where(unknown["agency"] == agency, unknown["worth"], 0.0) for agency in unknown["agency"].unique()]
    for agency, criterion in unknown.groupby(["agency", "criterion"]).groups:
        own = (unknown["agency"] == agency) & (unknown["criterion"] == criterion)
        if scores[agency, criterion, COMBINED] == "":
            sums.append(np.where(own, unknown["weight"], 0.0))
    for criterion, group in unknown.groupby(["criterion", "group"]).groups:
        own = (unknown["criterion"] == criterion) & (unknown["group"] == group)
        if blocks[criterion, group] == "":
            sums.append(np.where(own, unknown["n"], 0.0))
    found = {}
    for place, cell in unknown.iterrows():
        ends = []
        for side in (1.0, -1.0):
            wish = np.zeros(len(unknown))
            wish[place] = side
            known = np.array(sums) @ unknown["mean_percent"].to_numpy()
            ends.append(linprog(wish, A_eq=np.array(sums), b_eq=known, bounds=(0, 100)).fun)
        found[cell["agency"], cell["criterion"], cell["group"]] = int(cell["n"]), float(-ends[1] - ends[0])
    return found


def find_told(cells: pd.DataFrame, public: PublicTables) -> set[tuple[str, str, str]]:
    """The cells of agencies whose total stands alone that this total gives away; it is public whatever is hidden."""
    bare = public.scores[(public.scores["group"] == COMBINED) & (public.scores["hidden"] != "")]
    told = set()
    for _, own in cells[cells["agency"].isin(bare["agency"])].groupby("agency"):
        total = float((own["worth"] * own["mean_percent"]).sum())
        for one in own[own["worth"] > 0].itertuples():
            low = max(0.0, (total - 100 * (float(own["worth"].sum()) - one.worth)) / one.worth)
            if min(100.0, total / one.worth) - low < max(5.0, 25.0 / one.n):
                told.add((one.agency, one.criterion, one.group))
    return told


@pytest.mark.slow  # a linear programme for either end of every hidden mean
def test_all_published_sums_together_leave_a_hidden_mean_as_much_room_as_each_of_them() -> None:
    """Small blocks of people of one mind: bounds that only several sums have together, which one sum does not show."""
    rng = np.random.default_rng(5)
    hidden = 0
    for _ in range(12):
        cells = build_cells(rng.choice([2, 3, 4, 6, 9, 12, 30], (4, 1, 3)).tolist(), set())
        cells["mean_percent"] = rng.choice([0.0, 3.0, 50.0, 90.0, 97.0, 100.0], len(cells))
        public = suppress(cells, 5)
        ranges, told = find_joint_ranges(cells, public), find_told(cells, public)
        assert [
            key for key, (n, width) in ranges.items() if width < max(5.0, 25.0 / n) - 1e-4 and key not in told
        ] == []
        hidden += len(ranges)
    assert hidden > 50


def test_an_agency_with_all_points_of_a_criterion_has_its_total_alone() -> None:
    cells = build_cells([[[3, 20, 30, 0]]] * 4, set())
    cells.loc[cells["agency"] == "A0", "mean_percent"] = 100.0
    public = suppress(cells, 5)
    combined = public.scores[public.scores["group"] == COMBINED].set_index("agency")
    assert combined["hidden"].to_dict() == {"A0": "complement", "A1": "", "A2": "", "A3": ""}


def test_two_hidden_cells_of_one_agency_are_no_small_cell_together() -> None:
    n = np.array([[2, 2, 20, 30]] * 6)
    shown = protect(one_criterion(n, np.full((6, 4), 0.25)), n < 5, 5)
    assert shown.hidden.sum(axis=1).tolist() == [3] * 6
    assert not shown.alone.any()


def test_a_large_province_is_protected_too() -> None:
    rng = np.random.default_rng(7)
    n = rng.integers(0, 40, (600, 4))
    weight = np.where(n > 0, np.array([0.3, 0.2, 0.4, 0.1]), 0.0)
    weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1e-9)
    shown = protect(one_criterion(n, weight), n < 5, 5)
    assert (shown.hidden | (n == 0))[n < 5].all()
    assert shown.hidden.mean() < 0.3
    for agency, group in product(range(20), range(4)):  # subtraction alone, by hand
        cells = [g for g in range(4) if shown.hidden[agency, g] and weight[agency, g]]
        assert shown.alone[agency] or not shown.hidden[agency, group] or len(cells) != 1
