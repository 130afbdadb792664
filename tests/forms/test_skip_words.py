"""A skip rule in words: whoever reads it must know which answer is meant, wherever the rule stands."""

from __future__ import annotations

from forms.questionnaire import Questionnaire
from forms.skip_words import skip_words

YES_NO = [{"code": "1", "label": "Có", "percent": None}, {"code": "0", "label": "Không", "percent": None}]
NUMBERS = {"q1": 1, "q2": 2, "q3": 3, "q4": 4}


def asked_with(skips: dict[str, dict[str, str]]) -> Questionnaire:
    questions = [
        {"code": code, "text": f"Câu {code}?", "kind": "one", "scale": "yn"}
        | ({"skip": skips[code]} if code in skips else {})
        for code in NUMBERS
    ]
    sections = [{"title": "Phần một", "questions": questions}]
    return Questionnaire.model_validate(
        {"code": "thu", "title": "Phiếu thử", "scales": {"yn": YES_NO}, "sections": sections}
    )


def test_a_rule_on_the_question_itself_names_its_options_alone():
    asked = asked_with({"q1": {"if": "q1 in [0]", "to": "q3"}})
    words = skip_words(asked, asked.get_question("q1"), NUMBERS, "vi")
    assert words == "Nếu chọn “Không”: chuyển đến câu 3."


def test_a_rule_on_an_earlier_question_names_that_question():
    asked = asked_with({"q3": {"if": "q1 in [0]", "to": "q4"}})
    words = skip_words(asked, asked.get_question("q3"), NUMBERS, "vi")
    assert words == "Nếu ở câu 1 chọn “Không”: chuyển đến câu 4."
    assert skip_words(asked, asked.get_question("q1"), NUMBERS, "vi") == ""
