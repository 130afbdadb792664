"""A questionnaire written as an XLSForm workbook that reads back as the same questionnaire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from forms.questionnaire import Level, Question, Questionnaire
from forms.relevance import write_relevant
from forms.words import text
from forms.workbook import write_workbook
from forms.xlsform_choices import asks_to_specify
from forms.xlsform_sheets import FormRow, FormSheet
from forms.xlsform_survey import OPTIONS_OF

_SURVEY = {"type": 30, "name": 14, "label": 70, "relevant": 36, "constraint": 22, "criterion": 12, "weight": 9} | {
    "digits": 9,
    "lines": 9,
}
_CHOICES = {"list_name": 20, "name": 12, "label": 50, "percent": 10, "specify": 10}
_SETTINGS = {"form_title": 60, "form_id": 22, "version": 12, "rates": 14, "intro": 90}
_KINDS = {"one": "select_one", "many": "select_multiple", "number": "integer", "text": "text"}
_NUMBERS = ("weight", "digits", "lines", "percent")
_LONGEST_NUMBER = 15  # digits that a number in a workbook keeps
_ROWS_TO_COME = 300

Cells = Mapping[str, str]


def dump_xlsform(asked: Questionnaire) -> bytes:
    """The workbook; the same questionnaire gives the same bytes."""

    def fill(book: Any, styles: dict[str, Any]) -> None:
        survey = _add_sheet(book, styles, "survey", _SURVEY, list(_survey(asked)))
        choices = _add_sheet(book, styles, "choices", _CHOICES, list(_choices(asked)))
        _add_sheet(book, styles, "settings", _SETTINGS, [_settings(asked)])
        _add_lists(asked, survey, choices)
        guide = book.add_worksheet(text("xlsform.guide", "vi"))
        guide.set_column(0, 0, 110)
        guided = text("xlsform.guide_lines", "vi", example="not(selected(${q1}, '0'))")
        for row, line in enumerate(guided.split("\n")):
            guide.write_string(row, 0, line, styles["wrapped"])

    return write_workbook(fill)


def _add_sheet(
    book: Any, styles: Mapping[str, Any], name: str, columns: Mapping[str, int], rows: Sequence[Cells]
) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, (column, width) in enumerate(columns.items()):
        sheet.set_column(place, place, width, styles["decimal" if column in _NUMBERS else "wrapped"])
        sheet.write_string(0, place, column, styles["head"])
    for number, row in enumerate(rows, 1):
        for place, column in enumerate(columns):
            value = row.get(column, "")
            if not value:
                continue
            if column in _NUMBERS and len(value) <= _LONGEST_NUMBER:
                sheet.write_number(number, place, float(value), styles["decimal"])
            else:
                sheet.write_string(number, place, value, styles["wrapped"])
    return sheet


def _survey(asked: Questionnaire) -> Iterator[Cells]:
    order = [question.code for question in asked.questions()]
    relevant = _relevant(asked, order)
    taken = set(order)
    for number, section in enumerate(asked.sections, 1):
        name = f"group_{number}"
        while name in taken:
            name += "_"
        yield {"type": "begin_group", "name": name, "label": section.title}
        for question in section.questions:
            yield _question(question) | {"relevant": relevant[question.code]}
        yield {"type": "end_group", "name": name}


def _relevant(asked: Questionnaire, order: Sequence[str]) -> dict[str, str]:
    terms: dict[str, list[tuple[str, tuple[str, ...]]]] = {code: [] for code in order}
    for question in asked.questions():
        if question.skip is not None:
            for passed in order[order.index(question.code) + 1 : order.index(question.skip.to)]:
                terms[passed].append((question.skip.question, question.skip.options))
    return {code: write_relevant(of_one) for code, of_one in terms.items()}


def _question(question: Question) -> dict[str, str]:
    kind = _KINDS[question.kind]
    if question.kind in ("one", "many"):
        kind += f" {question.scale or OPTIONS_OF.format(question.code)}"
    cells = {"type": kind, "name": question.code, "label": question.text, "criterion": question.criterion or ""}
    if question.weight != 1 or question.criterion is not None:
        cells["weight"] = _plain(question.weight)
    usual = Question.model_fields
    if question.kind == "number":
        cells["constraint"] = f". >= 0 and . <= {'9' * question.digits}"
    if question.kind == "number" or question.digits != usual["digits"].default:
        cells["digits"] = str(question.digits)
    if question.kind == "text" or question.lines != usual["lines"].default:
        cells["lines"] = str(question.lines)
    return cells


def _choices(asked: Questionnaire) -> Iterator[Cells]:
    lists = dict(asked.scales)
    lists |= {OPTIONS_OF.format(one.code): one.options for one in asked.questions() if one.options is not None}
    for name, levels in lists.items():
        for level in levels:
            yield {"list_name": name, "name": level.code, "label": level.label, **_level(level)}


def _level(level: Level) -> dict[str, str]:
    cells = {} if level.percent is None else {"percent": _plain(level.percent)}
    told = asks_to_specify(FormRow(FormSheet("", ""), 1, {"label": level.label}), "label")
    if told != level.specify:
        cells["specify"] = "yes" if level.specify else "no"
    return cells


def _settings(asked: Questionnaire) -> Cells:
    return {
        "form_title": asked.title,
        "form_id": asked.code,
        "version": "1",
        "rates": asked.rates,
        "intro": asked.intro,
    }


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _add_lists(asked: Questionnaire, survey: Any, choices: Any) -> None:
    """Drop-downs that suggest and do not forbid: types with the lists there are, yes or no."""
    names = [*asked.scales, *(OPTIONS_OF.format(one.code) for one in asked.questions() if one.options is not None)]
    types = ["begin_group", "end_group", "integer", "text", *(f"select_one {name}" for name in names)]
    while len(",".join(types)) > 255:  # what a validation's own list may hold
        types.pop()
    suggest = {"validate": "list", "error_type": "information", "ignore_blank": True}
    survey.data_validation(1, 0, _ROWS_TO_COME, 0, {**suggest, "source": types})
    choices.data_validation(1, 4, _ROWS_TO_COME, 4, {**suggest, "source": ["yes", "no"]})
    percent = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100, "ignore_blank": True}
    choices.data_validation(1, 3, _ROWS_TO_COME, 3, {**percent, "error_message": text("xlsform.percent_wrong", "vi")})
