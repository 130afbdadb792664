"""Slowing down whoever guesses."""

from __future__ import annotations

import pytest

from collector.web.throttle import Throttle, network_of


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_tokens_and_then_refills() -> None:
    clock = Clock()
    throttle = Throttle(2, 0.5, clock)
    assert [throttle.take("a") for _ in range(3)] == [True, True, False]
    assert throttle.wait_s("a") == 2
    clock.now += 2
    assert throttle.wait_s("a") == 0
    assert [throttle.take("a") for _ in range(2)] == [True, False]


def test_a_bucket_never_holds_more_than_its_capacity() -> None:
    clock = Clock()
    throttle = Throttle(2, 0.5, clock)
    throttle.take("a")
    clock.now += 10_000
    assert [throttle.take("a") for _ in range(3)] == [True, True, False]


def test_a_token_that_is_given_back_can_be_taken_again_and_no_more_than_that() -> None:
    throttle = Throttle(2, 0.001, Clock())
    throttle.give_back("a")
    assert [throttle.take("a") for _ in range(3)] == [True, True, False]
    throttle.give_back("a")
    assert [throttle.take("a") for _ in range(2)] == [True, False]


def test_networks_do_not_wait_for_one_another() -> None:
    throttle = Throttle(1, 0.01, Clock())
    assert throttle.take("a")
    assert not throttle.take("a")
    assert throttle.take("b")


def test_what_is_remembered_does_not_grow_without_end() -> None:
    throttle = Throttle(1, 0.0001, Clock())
    for number in range(10_001):
        throttle.take(f"network {number}")
    assert throttle.take("network 0"), "the longest unused network was forgotten"
    assert not throttle.take("network 10000")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:1:2::1", "2001:db8:1:ffff::2", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        (None, "nonsense", True),
    ],
)
def test_a_network_is_an_office_not_a_phone(left: str | None, right: str, same: bool) -> None:
    assert (network_of(left) == network_of(right)) is same
