"""A question's skip rule as a sentence, the same on paper and on the phone."""

from __future__ import annotations

from collections.abc import Mapping

from forms.questionnaire import Question, Questionnaire
from forms.words import text


def skip_words(asked: Questionnaire, question: Question, numbers: Mapping[str, object], lang: str) -> str:
    """Where whoever chose what goes on, by the questions' numbers; "" without a rule.

    The rule may stand below a later question than the one that decides (`relevant` of a workbook does that): then that
    one is named, for its levels are not in sight.
    """
    rule = question.skip
    if rule is None:
        return ""
    labels = {level.code: level.label for level in asked.levels(asked.get_question(rule.question))}
    fields = {"options": ", ".join(f"“{labels.get(code, code)}”" for code in rule.options), "to": numbers[rule.to]}
    if rule.question == question.code:
        return text("sheet.skip", lang, **fields)
    return text("sheet.skip_earlier", lang, question=numbers[rule.question], **fields)
