"""A posted form to answers."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.web.answers import FormField, fill_form, form_fields
from forms.campaign import Campaign
from forms.layout import Layout
from forms.questionnaire import Question, Questionnaire
from forms.response import MAX_TEXT, Answer


@pytest.fixture
def asked(campaign: Campaign) -> Questionnaire:
    return campaign.get_questionnaire("CD")


@pytest.fixture
def fields(asked: Questionnaire, drawn: Mapping[str, Layout]) -> tuple[FormField, ...]:
    return form_fields(drawn["CD"], asked)


def test_a_form_has_a_field_for_every_question_in_printed_order(fields: tuple[FormField, ...]) -> None:
    assert [field.name for field in fields] == ["q1", "q2", "q3", "q4", "q5", "q6"]
    assert [field.number for field in fields] == [1, 2, 3, 4, 5, 6]


def test_a_matrix_has_a_field_for_every_printed_agency(campaign: Campaign, drawn: Mapping[str, Layout]) -> None:
    fields = form_fields(drawn["CC"], campaign.get_questionnaire("CC"))
    assert [(field.name, field.number) for field in fields] == [("m1:SNV", 1), ("m1:STC", 1)]


def test_every_question_gets_an_answer_blanks_too(asked: Questionnaire, fields: tuple[FormField, ...]) -> None:
    filled = fill_form(asked, fields, {"q2": ["5"], "q3": ["c", "a"], "q5": [" 007 "], "q6": ["Tốt\r\nlắm "]})
    assert filled.answers == (
        Answer("q1", state="blank"),
        Answer("q2", chosen=("5",)),
        Answer("q3", chosen=("a", "c")),
        Answer("q4", state="blank"),
        Answer("q5", value="7"),
        Answer("q6", value="Tốt\nlắm"),
    )
    assert not filled.faults


def test_what_the_skip_rule_leads_past_is_set_aside(asked: Questionnaire, fields: tuple[FormField, ...]) -> None:
    filled = fill_form(asked, fields, {"q1": ["0"], "q2": ["5"], "q4": ["4"]})
    assert {answer.question: answer.state for answer in filled.answers if answer.chosen} == {
        "q1": "clear",
        "q2": "skipped",
        "q4": "clear",
    }


@pytest.mark.parametrize(
    ("name", "values", "key"),
    [
        ("q2", ["9"], "phone.fault_option"),
        ("q3", ["a", "x"], "phone.fault_option"),
        ("q2", ["5", "4"], "phone.fault_two"),
        ("q5", ["12", "13"], "phone.fault_twice"),
        ("q5", ["123"], "phone.fault_number"),
        ("q5", ["-1"], "phone.fault_number"),
        ("q5", ["٣"], "phone.fault_number"),
        ("q6", ["ơ" * (MAX_TEXT + 1)], "phone.fault_long"),
    ],
)
def test_a_wrong_field_is_a_fault_and_keeps_what_was_typed(
    asked: Questionnaire, fields: tuple[FormField, ...], name: str, values: list[str], key: str
) -> None:
    filled = fill_form(asked, fields, {name: values})
    assert {field: fault.key for field, fault in filled.faults.items()} == {name: key}
    assert list(filled.typed[name]) == values


def test_the_longest_text_is_counted_in_composed_letters(asked: Questionnaire, fields: tuple[FormField, ...]) -> None:
    decomposed = "o\N{COMBINING HORN}" * MAX_TEXT
    filled = fill_form(asked, fields, {"q6": [decomposed]})
    assert not filled.faults
    assert filled.answers[-1].value == "ơ" * MAX_TEXT


def test_the_same_value_twice_is_one(asked: Questionnaire, fields: tuple[FormField, ...]) -> None:
    filled = fill_form(asked, fields, {"q2": ["5", "5"]})
    assert not filled.faults
    assert filled.answers[1].chosen == ("5",)


names = st.one_of(st.sampled_from(["q1", "q2", "q3", "q4", "q5", "q6", "m1:SNV"]), st.text(max_size=5))
values = st.lists(st.one_of(st.sampled_from(["0", "1", "5", "a", "b", "12", "\x00"]), st.text(max_size=8)), max_size=3)


def one_field(question: Question, asked: Questionnaire) -> FormField:
    return FormField(question, asked.levels(question), 1)


@given(posted=st.dictionaries(names, values, max_size=8))
def test_whatever_is_posted_every_field_has_one_answer_that_its_question_allows(
    campaign: Campaign, posted: dict[str, list[str]]
) -> None:
    asked = campaign.get_questionnaire("CD")
    fields = [one_field(question, asked) for question in asked.questions()]
    filled = fill_form(asked, fields, posted)
    assert [answer.question for answer in filled.answers] == [field.name for field in fields]
    for field, answer in zip(fields, filled.answers, strict=True):
        assert {level.code for level in field.levels}.issuperset(answer.chosen)
        assert len(answer.chosen) <= (1 if field.question.kind == "one" else 3)
        assert answer.value is None or "\x00" not in answer.value
