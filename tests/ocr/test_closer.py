"""The closer look: what it sees, that it computes what it learnt, that it only ever resolves a doubt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import train_closer as training
from benchmarks.mark_features import Boxes
from benchmarks.mark_hurts import HURTS
from benchmarks.train_marks import TRAINING, WIDE_TRAINING
from ocr.answers import LEAST, MarkedRow, answer_one, answer_row, find_unsure, settle_by_sight
from ocr.closer import CLOSER_WEIGHTS, HALF_PX, LAYERS, Weights, bend, hand_quantities, load_closer, run_closer, weigh
from ocr.marks import FLOOR, BoxMark
from ocr.model import CLASSES
from ocr.weighing import weigh_meanings

SIDE = 2 * HALF_PX + 1


@pytest.fixture(scope="module")
def seen() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pictures of four classes, each dark in a corner of its own, quantities that say nothing, and the classes."""
    rng = np.random.default_rng(3)
    labels = np.arange(192) % len(CLASSES)
    pictures = rng.integers(40, 60, (192, SIDE, SIDE)).astype(np.uint8)
    for number, label in enumerate(labels.tolist()):
        pictures[number, 10 + 20 * (label // 2) :, 10 + 12 * label :] += 90
    return pictures, rng.normal(0, 1, (192, training.OWN + training.PAGE + training.HAND)).astype(np.float32), labels


@pytest.fixture(scope="module")
def weights(seen: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Weights:
    trained = training.train_network(*seen[:2], np.zeros((192, 4), np.float32), seen[2], 0, epochs=8)
    return trained | {name: trained[name][None] for name in LAYERS}


def test_the_same_pictures_train_the_same_weights(seen) -> None:
    few = [each[:64] for each in (*seen[:2], np.zeros((192, 4), np.float32), seen[2])]
    once, again, other = (training.train_network(*few, number, epochs=1) for number in (0, 0, 1))
    assert all(np.array_equal(once[name], again[name]) for name in LAYERS)
    assert not any(np.array_equal(once[name], other[name]) for name in LAYERS if once[name].any())


def test_classes_that_were_learnt_are_told_apart(seen, weights: Weights) -> None:
    assert (run_closer(weights, *seen[:2]).argmax(axis=1) == seen[2]).mean() > 0.6


def test_the_slope_of_every_layer_is_that_of_the_loss(seen, weights: Weights) -> None:
    one = {name: weights[name][0].copy() for name in LAYERS}
    targets, picture, sides = np.eye(len(CLASSES), dtype=np.float32)[seen[2][:8]], bend(seen[0][:8]), seen[1][:8]

    def loss() -> float:
        logits = run_closer(weights | {name: one[name][None] for name in LAYERS}, seen[0][:8], seen[1][:8] * 0)
        logits = logits.astype(np.float64)
        return float((np.log(np.exp(logits).sum(axis=1)) - (logits * targets).sum(axis=1)).mean())

    beside = ((sides * 0 - weights["mean"]) * weights["scale"]).clip(-4, 4)
    slopes = training._slopes(one, picture, beside, np.float32(0), targets)
    for name in LAYERS:
        steepest = np.unravel_index(np.abs(slopes[name]).argmax(), slopes[name].shape)
        kept, found = one[name][steepest], []
        for step in (0.004, -0.004):
            one[name][steepest] = kept + step
            found.append(loss())
        one[name][steepest] = kept
        assert (found[0] - found[1]) / 0.008 == pytest.approx(slopes[name][steepest], rel=0.1), name


def test_a_box_is_seen_alike_alone_and_among_others(seen, weights: Weights) -> None:
    together = run_closer(weights, *(each[:21] for each in seen[:2]))
    alone = np.concatenate([run_closer(weights, seen[0][one : one + 1], seen[1][one : one + 1]) for one in range(21)])
    assert np.allclose(together, alone, atol=1e-4)


def test_a_hand_is_the_middle_of_a_pages_other_strokes_and_three_tell_it() -> None:
    measured, chances = np.arange(10.0).reshape(5, 2), np.tile([0.2, 0.3, 0.5], (5, 1))
    strokes = np.array([True, True, True, False, True])
    hand = hand_quantities(measured, chances, strokes, np.array([0, 3]))
    assert hand[:, :2].tolist() == [[4, 5], [3, 4]]  # of boxes 1, 2, 4; of 0, 1, 2, 4
    assert hand[:, 2:5] == pytest.approx(np.log(chances[:2]), rel=1e-6)
    assert hand[:, 5].tolist() == [1, 1]
    strokes[4] = False
    assert hand_quantities(measured, chances, strokes, np.array([0, 3]))[:, 5].tolist() == [0, 1]


def test_training_sees_the_hand_of_the_boxs_own_page_and_of_no_other() -> None:
    rng = np.random.default_rng(8)
    features = rng.uniform(2, 3, (12, 30)).astype(np.float16)  # every box holds a stroke
    boxes = Boxes(features, np.zeros(12, int), np.array([0]), page=np.repeat([7, 5, 9], (5, 4, 3)))
    sides = training._sides(boxes, rng.dirichlet(np.ones(4), 12))
    other = training._sides(boxes._replace(features=np.vstack([features[:5], features[5:] * 1.1])), np.ones((12, 4)))
    own = slice(training.OWN + training.PAGE, training.OWN + training.PAGE + training.OWN)
    assert np.array_equal(sides[:5, own], other[:5, own])
    assert not np.isclose(sides[5:9, own], other[5:9, own]).any()
    assert sides[:, -1].tolist() == [1] * 9 + [0] * 3


@pytest.mark.parametrize("kind", sorted(HURTS))
def test_what_hurts_paper_shows_near_its_place_and_blackens_no_page(kind: str) -> None:
    white = np.full((400, 300), 240, np.uint8)
    white[190:200, 150:170] = 20
    hurt = HURTS[kind][0](white, np.array([40.0, 50.0]), np.random.default_rng(5), 100)
    assert hurt.shape == white.shape
    assert hurt.dtype == np.uint8
    assert (np.abs(hurt.astype(int) - white) > 4).sum() > 50
    assert (hurt < 120).mean() < 0.05


def box(empty: float, marked: float, trace: float, odd: float, **rest) -> BoxMark:
    return BoxMark(tuple(max(FLOOR, each) for each in (empty, marked, trace, odd)), **{"bare": False, **rest})


BARE, CROSS, PERHAPS = box(1, 0, 0, 0, bare=True), box(0, 0.99, 0, 0.01), box(0, 0.2, 0, 0.8, reason="taken_back")
INK, RIM = box(0, 0.99, 0, 0.01, darkness=0.5), box(0, 0.6, 0.39, 0.01, darkness=0.2)


@pytest.mark.parametrize(
    ("kind", "marks", "looked"),
    [
        ("one", (PERHAPS, BARE, BARE), True),
        ("one", (CROSS, BARE, BARE), False),
        ("one", (CROSS, CROSS, BARE), False),
        ("one", (PERHAPS, replace(BARE, doubt=True), BARE), False),
        ("one", (INK, RIM, BARE), True),
        ("one", (INK, replace(RIM, darkness=0.3), BARE), False),
        ("many", (CROSS, CROSS, PERHAPS), True),
        ("many", (CROSS, CROSS, BARE), False),
        ("many", (CROSS, CROSS, replace(BARE, doubt=True)), False),
    ],
)
def test_looked_at_are_doubts_but_no_two_marks_of_one_choice_and_no_box_that_was_not_found(kind, marks, looked) -> None:
    row = MarkedRow("q1", None, ("2", "1", "0"), marks)
    assert bool(find_unsure([row], [answer_row(row, kind)], {"q1": kind})) is looked


@pytest.mark.parametrize(("darkness", "looked"), [(0.2, True), (0.3, False)])
def test_a_second_mark_under_half_as_dark_may_still_be_dirt_from_near(darkness, looked) -> None:
    row = MarkedRow("q1", None, ("2", "1"), (replace(INK, open=True), replace(INK, darkness=darkness)))
    answer = answer_row(row, "one")
    assert (answer.state, answer.reason) == ("doubtful", "two_marks")
    assert bool(find_unsure([row], [answer], {"q1": "one"})) is looked


def asked(*marks: BoxMark, loss: str | None = None) -> MarkedRow:
    return MarkedRow("q1", None, tuple("543210"[: len(marks)]), marks, loss)


DOUBT = answer_one(asked(PERHAPS, BARE))


def test_what_was_settled_stays_and_a_doubt_ends_with_a_mark_that_is_seen_from_near() -> None:
    sure, seen = answer_one(asked(BARE, CROSS)), asked(CROSS, BARE)
    assert DOUBT.state == "doubtful"
    assert settle_by_sight(sure, seen, "one") == sure
    settled = settle_by_sight(DOUBT, seen, "one")
    assert (settled.state, settled.chosen, settled.reason) == ("clear", ("5",), None)
    assert settled.confidence > 0.98


@pytest.mark.parametrize("guard", [{"inked": False}, {"reason": "speck"}])
def test_what_was_measured_to_be_no_stroke_settles_nothing_however_it_looks_from_near(guard) -> None:
    assert settle_by_sight(DOUBT, asked(replace(CROSS, **guard), BARE), "one") == DOUBT
    assert settle_by_sight(DOUBT, asked(replace(CROSS, **guard), CROSS), "many") == DOUBT


@pytest.mark.parametrize(("second", "state"), [(0.02, "clear"), (0.1, "doubtful"), (0.3, "doubtful")])
def test_a_small_second_mark_is_no_trace_because_traces_are_common_to_the_wary(second, state) -> None:
    seen = asked(CROSS, box(0, second, 0.99 - second, 0.01), BARE)
    assert settle_by_sight(DOUBT, seen, "one").state == state


def test_of_several_choices_filled_and_open_ones_together_stay_a_persons_from_near_too() -> None:
    filled = replace(CROSS, filled=True, open=False)
    assert settle_by_sight(DOUBT, asked(filled, CROSS, BARE), "many").state == "doubtful"
    assert settle_by_sight(DOUBT, asked(filled, filled, BARE), "many").state == "clear"


@pytest.mark.parametrize(
    ("trace", "soft", "state"), [(0.01, True, "clear"), (0.3, True, "doubtful"), (0.3, False, "clear")]
)
def test_soft_ink_is_a_mark_only_where_it_surely_looks_so_from_near(trace, soft, state) -> None:
    mark = box(0, 0.99 - trace, trace, 0.01, soft=soft)
    assert settle_by_sight(DOUBT, asked(mark, BARE), "one").state == state


@pytest.mark.parametrize(
    ("trace", "line", "state"), [(0.6, False, "doubtful"), (0.6, True, "clear"), (0.75, True, "doubtful")]
)
def test_one_lone_line_needs_less_by_the_wary_priors_but_not_nothing(trace, line, state) -> None:
    mark = box(0, 0.99 - trace, trace, 0.01, line=line)
    assert settle_by_sight(DOUBT, asked(mark, BARE, BARE, BARE, BARE, BARE), "one").state == state


def test_a_ring_around_a_bare_box_may_look_like_anything_a_line_beside_one_may_not() -> None:
    ring = box(0, 0.4, 0.01, 0.59, bare=True, line=True, reason="circled")
    assert settle_by_sight(DOUBT, asked(ring, BARE), "one").state == "clear"
    assert settle_by_sight(DOUBT, asked(replace(ring, line=False), BARE), "one").state == "doubtful"


@pytest.mark.parametrize("guard", [{"pale": True}, {"reason": "line_through"}, {"narrow": True}])
def test_what_holds_a_first_look_back_is_weighed_by_both(guard) -> None:
    mark = box(0, 0.6, 0.15, 0.25, **guard)
    row = asked(replace(mark, chances=(FLOOR, 0.3, 0.1, 0.6)), BARE)
    assert answer_one(row).state == "doubtful"
    assert settle_by_sight(answer_one(row), asked(mark, BARE), "one").state == "clear"


@pytest.mark.parametrize(("odd", "state"), [(0.35, "doubtful"), (0.32, "clear")])
def test_a_mark_that_may_be_taken_back_from_near_stays_a_persons(odd: float, state: str) -> None:
    assert settle_by_sight(DOUBT, asked(box(0, 1 - odd, 0, odd), BARE), "one").state == state


@pytest.mark.parametrize(("trace", "state"), [(0.6, "doubtful"), (0.35, "clear")])
def test_a_mark_that_may_be_a_trace_is_held_against_how_many_leave_a_question_out(trace: float, state: str) -> None:
    """By the usual priors both would be settled: questions are seldom left out, and traces are rare."""
    row = asked(box(0, 1 - trace, trace, 0), *[BARE] * 4)
    assert max(weigh_meanings(row.marks)) >= LEAST
    assert settle_by_sight(DOUBT, row, "one").state == state


@pytest.mark.parametrize(
    ("marked", "bare", "state"), [(0.48, True, "doubtful"), (0.48, False, "clear"), (0.52, True, "clear")]
)
def test_what_stands_around_a_bare_box_is_a_mark_only_where_all_else_together_fits_less(marked, bare, state) -> None:
    rest = (1 - marked) / 2
    mark = box(0, marked, rest + 0.04, rest - 0.04, bare=bare, reason="beside" if bare else None)
    assert settle_by_sight(DOUBT, asked(mark, BARE), "one").state == state


def test_a_blank_in_doubt_stays_a_persons_however_empty_it_looks_from_near() -> None:
    for kind in ("one", "many"):
        assert settle_by_sight(DOUBT, asked(BARE, BARE), kind) == DOUBT


def test_several_choices_are_settled_where_each_box_is_and_no_ink_is_lost() -> None:
    near = box(0.97, 0.01, 0.01, 0.01, bare=True, reason="beside")  # ink beside it: no promise at first
    row = asked(CROSS, near, CROSS)
    doubt = answer_row(row, "many")
    assert doubt.state == "doubtful"
    settled = settle_by_sight(doubt, row, "many")
    assert (settled.state, settled.chosen) == ("clear", ("5", "3"))
    assert settle_by_sight(doubt, replace(row, loss="black_and_white"), "many") == doubt
    assert settle_by_sight(doubt, asked(CROSS, box(0.5, 0.3, 0.1, 0.1), CROSS), "many") == doubt


@given(st.lists(st.sampled_from([BARE, CROSS, PERHAPS, INK, RIM, box(0.3, 0.3, 0.3, 0.1)]), min_size=1, max_size=6))
def test_from_near_two_marks_of_one_choice_are_never_settled(marks) -> None:
    settled = settle_by_sight(DOUBT, asked(*marks), "one")
    assert settled == DOUBT or (settled.state == "clear" and len(settled.chosen) == 1)
    if sum(mark in (CROSS, INK) for mark in marks) > 1:
        assert settled == DOUBT


def test_both_looks_are_weighed_and_never_beyond_certainty() -> None:
    shares = {"shares": np.array([0.5, 1.0], np.float32), "shift": np.zeros(4, np.float32)}
    first = np.array([[0.0, 0.5, 0.0, 0.5]])
    chances = weigh(shares, first, np.array([[0, 3.0, 0, 0]], np.float32))
    assert chances.sum() == pytest.approx(1)
    assert chances[0, 1] > 0.9
    assert np.isfinite(weigh(shares, first, np.full((1, 4), 1e4, np.float32))).all()


def test_the_shipped_weights_say_what_they_were_made_of_and_share_no_page() -> None:
    with np.load(CLOSER_WEIGHTS) as kept:
        made = str(kept["made"])
    assert made.startswith(f"seed 4, {len(training.TRAINING)} pages, ")
    assert made.endswith(f"calibrated on {len(training.CALIBRATION)} pages")
    assert all(np.isfinite(each).all() for each in load_closer().values())
    assert CLOSER_WEIGHTS.stat().st_size < 700_000
    first = {*TRAINING[:10_000], *WIDE_TRAINING[:2_000]}
    assert not first & {*training.TRAINING, *training.CALIBRATION}
    assert not set(training.TRAINING) & set(training.CALIBRATION)
