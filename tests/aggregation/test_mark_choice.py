"""Which pictures of marks are shown: nobody's answer follows from those that are not."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from aggregation.mark_choice import Mark, choose_marks

LEVELS = st.lists(st.sampled_from("543210"), max_size=30)


def marks(pictured: str, unseen: str = "") -> list[Mark]:
    return [Mark(level, f"{level}{at}".encode()) for at, level in enumerate(pictured)] + [
        Mark(level, None) for level in unseen
    ]


def test_the_order_hangs_on_the_pictures_alone() -> None:
    given_in = marks("5544332211")
    shown = choose_marks(given_in, 5)
    assert shown == choose_marks(given_in[::-1], 5)
    assert len(shown) == len(given_in)
    assert [one.level for one in shown] != sorted((one.level for one in shown), reverse=True)


def test_one_answer_by_phone_is_hidden_among_pictures_that_are_held_back() -> None:
    shown = choose_marks(marks("5454545454", "1"), 5)
    assert len(shown) == 6
    held = Counter("54545454541") - Counter(one.level for one in shown)
    assert sum(held.values()) == 5


def test_no_picture_is_shown_where_those_shown_or_those_not_shown_are_few_or_alike() -> None:
    assert choose_marks(marks("5454"), 5) == ()
    assert choose_marks(marks("5555555"), 5) == ()
    assert choose_marks(marks("54545454", "11111"), 5) == ()
    assert len(choose_marks(marks("54545454", "11112"), 5)) == 8
    assert len(choose_marks(marks("55", "1"), 0)) == 2, "where the rules hide nothing"


@given(LEVELS, LEVELS, st.integers(0, 8))
def test_what_is_not_shown_is_nothing_or_several_people_of_different_minds(
    pictured: list[str], unseen: list[str], smallest: int
) -> None:
    shown = choose_marks(marks("".join(pictured), "".join(unseen)), smallest)
    rest = Counter([*pictured, *unseen]) - Counter(one.level for one in shown)
    if shown and unseen and smallest:
        assert sum(rest.values()) >= smallest
        assert len(rest) > 1


@given(st.permutations("5544332211"), st.text("12", min_size=1, max_size=9))
def test_how_many_are_held_back_never_hangs_on_what_was_said(pictured: list[str], unseen: str) -> None:
    shown = choose_marks(marks("".join(pictured), unseen), 5)
    assert len(shown) in (0, min(10, 5 + len(unseen)))
