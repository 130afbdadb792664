""" "The same as the agency above": what it takes, from whom, and that it never overwrites."""

from __future__ import annotations

from collector.web.as_above import same_name, take_from_above
from forms.response import Answer


def sheet(**rows: str) -> list[Answer]:
    """Two questions about each agency: A="53", one letter an answer, "-" for none."""
    return [
        Answer(code, row, () if said == "-" else (said,), "blank" if said == "-" else "clear")
        for place, code in enumerate(("m1", "m2"))
        for row, answers in rows.items()
        for said in [answers[place]]
    ]


def take(ticked: str, **rows: str) -> tuple[dict[str, str], set[tuple[str, str]]]:
    filled, taken = take_from_above(sheet(**rows), {same_name(row): () for row in ticked})
    assert [(one.question, one.row) for one in filled] == [(one.question, one.row) for one in sheet(**rows)]
    said: dict[str, str] = {}
    for one in filled:
        assert one.row is not None
        said[one.row] = said.get(one.row, "") + ("".join(one.chosen) or "-")
        assert one.state == ("clear" if one.chosen else "blank")
    return said, set(taken)


def test_nothing_is_taken_without_a_tick() -> None:
    assert take("", A="53", B="--") == ({"A": "53", "B": "--"}, set())


def test_a_ticked_agency_takes_what_it_left_open() -> None:
    assert take("B", A="53", B="--") == ({"A": "53", "B": "53"}, {("m1", "B"), ("m2", "B")})


def test_its_own_answers_stay() -> None:
    assert take("B", A="53", B="-1") == ({"A": "53", "B": "51"}, {("m1", "B")})


def test_ticks_follow_each_other() -> None:
    said, taken = take("BC", A="53", B="-1", C="--")
    assert said == {"A": "53", "B": "51", "C": "51"}
    assert taken == {("m1", "B"), ("m1", "C"), ("m2", "C")}


def test_an_agency_that_was_left_out_does_not_break_the_chain() -> None:
    assert take("C", A="53", B="--", C="--")[0] == {"A": "53", "B": "--", "C": "53"}


def test_what_the_agency_above_left_open_stays_open() -> None:
    assert take("B", A="5-", B="--") == ({"A": "5-", "B": "5-"}, {("m1", "B")})


def test_the_first_has_nothing_above() -> None:
    assert take("A", A="--", B="53") == ({"A": "--", "B": "53"}, set())
