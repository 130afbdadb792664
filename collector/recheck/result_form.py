"""The form for what calls come to: facts first, then the questions asked again; no name, no telephone, no first answer.

Its second worksheet is what a caller reads out: every question with its levels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from aggregation.csv_files import csv_bytes
from collector.files import write_whole
from collector.recheck.contacts import Caller
from collector.recheck.files import check_kind
from forms.campaign import Campaign
from forms.headings import heading_aliases
from forms.recheck import OUTCOMES
from forms.recheck_tables import FACTS, RESULTS
from forms.words import text
from forms.workbook import write_workbook

_LONGEST_LIST = 255  # letters that the list of a cell may hold, commas between its entries included
Asked = tuple[str, str, str, list[str]]
"""A question asked again: its code, the group, its text, the words of its levels."""


def write_form(campaign: Campaign, callers: Sequence[Caller], path: Path) -> None:
    """The form for these calls, a row each, as .csv or as a workbook with lists to choose from."""
    check_kind(path)
    asked = _list_asked(campaign, dict.fromkeys(one.group for one in callers if one.sheet))
    columns = (*RESULTS.columns, *dict.fromkeys(code for code, *_ in asked))
    if path.suffix == ".csv":
        rows = [(one.call, *("" for _ in columns[1:])) for one in callers]
        write_whole(path, csv_bytes(columns, rows))
        return
    calls = [one.call for one in callers]
    write_whole(path, write_workbook(partial(_fill, columns=columns, calls=calls, asked=asked)))


def _list_asked(campaign: Campaign, groups: Mapping[str, None]) -> list[Asked]:
    rules = campaign.settings.recheck
    return [
        (question.code, campaign.get_group(group).name, question.text, [one.label for one in each.levels(question)])
        for group in groups
        for each in [campaign.get_questionnaire(group)]
        for question in rules.asked_again(group, each)
    ]


def _fill(
    workbook: Any, styles: Mapping[str, Any], columns: Sequence[str], calls: Sequence[str], asked: Sequence[Asked]
) -> None:
    sheet = workbook.add_worksheet(text("recheck.form_results"))
    heads = [next(iter(heading_aliases(RESULTS.name, column)), column) for column in columns]
    sheet.write_row(0, 0, heads, styles["head"])
    for line, call in enumerate(calls, 1):
        sheet.write_string(line, 0, call, styles["text"])
        for place in range(1, len(columns)):
            sheet.write_blank(line, place, None, styles["text"])
    for column, options in _list_choices(asked).items():
        if calls:
            place = columns.index(column)
            sheet.data_validation(1, place, len(calls), place, {"validate": "list", "source": options})
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(columns) - 1, 15)
    _fill_questions(workbook.add_worksheet(text("recheck.form_questions")), styles, asked)


def _list_choices(asked: Sequence[Asked]) -> dict[str, list[str]]:
    """What a cell may hold, by column; of a question that two groups answer on different levels nothing is said."""
    choices = {"outcome": [_word(f"recheck.outcome_{one}") for one in OUTCOMES]}
    choices |= {fact: [_word("recheck.fact_yes"), _word("recheck.fact_no")] for fact in FACTS}
    for code, _, _, labels in asked:
        choices[code] = labels if choices.get(code, labels) == labels else []
    return {
        column: options
        for column, options in choices.items()
        if options and len(",".join(options)) <= _LONGEST_LIST and not any("," in option for option in options)
    }


def _fill_questions(sheet: Any, styles: Mapping[str, Any], asked: Sequence[Asked]) -> None:
    heads = [text(f"recheck.form_{name}") for name in ("code", "question", "levels", "group")]
    sheet.write_row(0, 0, heads, styles["head"])
    for line, (code, group, words, labels) in enumerate(asked, 1):
        for place, value in enumerate((code, words, " / ".join(labels), group)):
            sheet.write_string(line, place, value, styles["wrapped"])
    for place, width in enumerate((8, 60, 60, 20)):
        sheet.set_column(place, place, width)


def _word(key: str) -> str:
    return text(key).split(" | ")[0]
