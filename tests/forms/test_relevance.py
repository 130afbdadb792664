from __future__ import annotations

import pytest

from forms.relevance import Asked, Unfit, read_relevant, write_relevant

ASKED = {"q1": Asked(("0", "1", "2"), False), "q2": Asked(("a", "b", "c"), True)}


@pytest.mark.parametrize(
    ("expression", "terms"),
    [
        ("not(selected(${q1}, '0'))", {("q1", "0")}),
        ("${q1} != '0'", {("q1", "0")}),
        ("${q1}!=0", {("q1", "0")}),
        ("${ q1 } = \u20181\u2019 or ${q1} = \u201c2\u201d", {("q1", "0")}),
        ("selected(${q1}, '1')", {("q1", "0"), ("q1", "2")}),
        ("not(${q1} = '0' or ${q1} = '1')", {("q1", "0"), ("q1", "1")}),
        ("not(selected(${q2},'a') or selected(${q2},'b'))", {("q2", "a"), ("q2", "b")}),
        ("${q1} != '0' and (not(selected(${q2}, 'c')))", {("q1", "0"), ("q2", "c")}),
    ],
)
def test_what_a_skip_can_say_is_understood(expression: str, terms: set[tuple[str, str]]) -> None:
    assert read_relevant(expression, ASKED) == terms


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("${q1} > 1", "unclear"),
        ("${q1} != '0' or ${q2} = 'a'", "unclear"),
        ("${q1} != '0' or selected(${q2}, 'a')", "unclear"),
        ("selected(${q2}, 'a')", "unclear"),
        ("not(selected(${q2}, 'a') and selected(${q2}, 'b'))", "unclear"),
        ("${q2} = 'a'", "unclear"),
        ("${q1} = '0' or ${q1} = '1' or ${q1} = '2'", "unclear"),
        ("not(selected(${q1}, '0')", "unclear"),
        ("count-selected(${q2}) > 1", "unclear"),
        ("${q1} = '0' = '1'", "unclear"),
        ("true", "unclear"),
        ("${q9} = '0'", "question"),
        ("${q1} = '9'", "option"),
    ],
)
def test_what_no_skip_can_say_is_refused_with_its_reason(expression: str, reason: str) -> None:
    with pytest.raises(Unfit) as unfit:
        read_relevant(expression, ASKED)
    assert unfit.value.reason == reason


def test_what_is_written_is_read_again() -> None:
    written = write_relevant([("q1", ("0", "2")), ("q2", ("b",))])
    assert read_relevant(written, ASKED) == {("q1", "0"), ("q1", "2"), ("q2", "b")}
