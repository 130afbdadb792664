"""The draw's rule: the same for everybody who knows the seed and the ids, and fair."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from forms.draw import clean_seed, draw_order, frame_digest, show_id, sipas_size

IDS = [show_id(number) for number in range(1, 13)]
# Of chi-square with 11 degrees of freedom two values in ten million are above 52.4 (scipy: chi2.sf(52.4, 11) = 2.3e-7).
CHI_SQUARE_11 = 52.4


def test_the_rule_is_the_one_that_is_written_down():
    def by_hand(person):
        return hashlib.sha256(f"XSMB 48291|HLO|CD|{person}".encode()).hexdigest()

    assert draw_order("XSMB 48291", "HLO", "CD", IDS) == sorted(IDS, key=by_hand)


def test_a_draw_made_once_is_made_the_same_ever_after():
    assert [IDS.index(person) for person in draw_order("hạt giống", "HLO", "CD", IDS)] == [
        10, 4, 9, 0, 11, 1, 8, 2, 3, 7, 5, 6,
    ]  # fmt: skip


@given(st.text(), st.sets(st.integers(0, 2**63 - 1), max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_the_list_makes_no_difference(seed, numbers, shuffle):
    ids = [show_id(number) for number in numbers]
    drawn = draw_order(seed, "HLO", "CD", ids)
    shuffle.shuffle(ids)
    assert draw_order(seed, "HLO", "CD", ids) == drawn
    assert sorted(drawn) == sorted(ids)
    assert frame_digest(ids) == frame_digest(drawn)


@given(st.text(), st.integers(1, 11))
def test_a_larger_draw_goes_on_where_the_smaller_ended(seed, size):
    """So reserves are the next in the order, whatever the size."""
    order = draw_order(seed, "HLO", "CD", IDS)
    assert draw_order(seed, "HLO", "CD", [*order[:size], *order[size:]])[:size] == order[:size]
    assert draw_order(seed, "HLO", "CD", order[size:]) == order[size:]


def chi_square(counts, expected):
    return sum((counts[person] - expected) ** 2 / expected for person in IDS)


def test_over_many_seeds_everybody_is_drawn_equally_often():
    seeds, size = 6_000, 3
    counts = Counter(p for seed in range(seeds) for p in draw_order(f"seed {seed}", "HLO", "CD", IDS)[:size])
    assert chi_square(counts, seeds * size / len(IDS)) < CHI_SQUARE_11


def test_over_many_cells_everybody_is_first_reserve_equally_often():
    cells = 6_000
    counts = Counter(draw_order("seed", f"A{cell}", "CD", IDS)[3] for cell in range(cells))
    assert chi_square(counts, cells / len(IDS)) < CHI_SQUARE_11


def test_the_measure_of_fairness_notices_an_unfair_draw():
    weights = random.Random(1).choices(IDS, weights=[2, *([1] * 11)], k=6_000)
    assert chi_square(Counter(weights), 500) > CHI_SQUARE_11


def test_the_size_is_that_of_the_formula_rounded_up():
    assert sipas_size(1000) == 286  # 285.7
    assert [sipas_size(people) for people in (0, 1, 2, 100, 400, 40_230)] == [0, 1, 2, 80, 200, 397]
    assert sipas_size(1000, Decimal("0.1")) == 91  # 90.9


@given(st.integers(1, 10**7), st.integers(1, 50).map(lambda percent: Decimal(percent) / 100))
def test_the_size_is_never_more_than_there_are_nor_short_of_the_formula(people, margin):
    size = sipas_size(people, margin)
    assert 1 <= size <= people
    assert size - 1 < people / (1 + people * float(margin) ** 2) + 1e-6
    assert size >= people / (1 + people * float(margin) ** 2) - 1e-6


def test_a_seed_is_the_same_however_it_was_typed():
    assert clean_seed("  XSMB   18/03/2014 ") == "XSMB 18/03/2014"
    assert clean_seed("a\u0302") == "â"


def test_ids_are_told_apart_as_they_are_shown():
    assert show_id(0) == "0" * 13
    assert len({show_id(number) for number in (0, 1, 31, 32, 2**62, 2**63 - 1)}) == 6
