"""The recheck's order and its rules."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.errors import InputWrong
from forms.folder import load_campaign
from forms.recheck import commit_seed, count_open, make_seed, recheck_order, show_call

UNITS = st.lists(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=13, max_size=16), unique=True, max_size=40)


@given(UNITS, st.text(min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_storage_plays_no_part_and_nobody_stands_twice(units, seed, chance):
    order = recheck_order(seed, "SXD", units)
    shuffled = units[:]
    chance.shuffle(shuffled)
    assert recheck_order(seed, "SXD", shuffled) == order
    assert sorted(order) == sorted(units)


@given(UNITS.filter(bool), st.text(min_size=1, max_size=20))
def test_anybody_can_work_the_order_out_again(units, seed):
    keys = [hashlib.sha256(f"{seed}|SXD|{unit}".encode()).hexdigest() for unit in recheck_order(seed, "SXD", units)]
    assert keys == sorted(keys)


@given(UNITS.filter(bool), st.text(min_size=1, max_size=20), st.data())
def test_without_one_unit_the_others_stay_in_their_order(units, seed, data):
    gone = data.draw(st.sampled_from(units))
    rest = [unit for unit in units if unit != gone]
    assert recheck_order(seed, "SXD", rest) == [unit for unit in recheck_order(seed, "SXD", units) if unit != gone]


def test_a_commitment_takes_a_seed_as_the_draw_takes_it():
    assert commit_seed("  XSMB   18/03/2014 \n") == hashlib.sha256(b"XSMB 18/03/2014").hexdigest()
    assert len(make_seed()) == 32
    assert make_seed() != make_seed()


def test_every_unit_comes_first_for_some_seed():
    units = [f"{number:013d}" for number in range(6)]
    chance = random.Random(7)
    firsts = {recheck_order(str(chance.random()), "SXD", units)[0] for _ in range(200)}
    assert firsts == set(units)


def test_open_places_grow_with_lost_calls_and_end_at_the_frame():
    called = {1: "unreachable", 2: "wrong_number", 3: "refused", 4: "confirmed"}
    assert count_open(6, 30, called, widened=False) == 8
    assert count_open(6, 7, dict.fromkeys(range(1, 6), "unreachable"), widened=False) == 7
    assert count_open(6, 30, {}, widened=True) == 30


def test_a_reserve_that_was_called_stays_open():
    assert count_open(6, 30, {1: "confirmed", 7: "confirmed"}, widened=False) == 7


def test_a_call_is_named_by_agency_and_place():
    assert show_call("SXD", 7) == "SXD-07"


def test_a_question_that_is_asked_again_must_be_one_of_that_group(folder):
    file = folder / "campaign.yaml"
    written = file.read_text(encoding="utf-8")
    file.write_text(written.replace("  calls:", "  questions: {DN: [q1, khong-co]}\n  calls:"), encoding="utf-8")
    with pytest.raises(InputWrong) as error:
        load_campaign(folder)
    (problem,) = error.value.problems
    assert problem.where.startswith("campaign.yaml:")
    assert "khong-co" in problem.what
