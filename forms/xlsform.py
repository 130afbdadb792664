"""A questionnaire as an XLSForm workbook (sheets survey, choices, settings): read as values, each with its cell.

What paper cannot carry is a problem with its cell and what to do. Columns of our own: criterion, weight, digits, lines;
in choices percent and specify; in settings rates and intro. The convention: xlsform.org.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from python_calamine import CalamineError

from forms.errors import Problem
from forms.source import Path
from forms.words import text
from forms.xlsform_choices import ChoiceList, read_lists
from forms.xlsform_columns import check_columns, choose_language, label_column
from forms.xlsform_sheets import FormSheet, read_form_sheets
from forms.xlsform_source import XlsForm
from forms.xlsform_survey import SurveyReader


def read_xlsform(content: bytes, name: str) -> XlsForm:
    """The values of a workbook; all that is wrong with it as an XLSForm for paper is in the result."""
    form = XlsForm(name)
    try:
        sheets = read_form_sheets(content, name)
    except (CalamineError, OSError):
        form.problems.append(Problem(name, text("problem.unreadable_table"), text("problem.unreadable_table_fix")))
        return form
    if "survey" not in sheets:
        form.problems.append(Problem(name, text("xlsform.no_survey"), text("xlsform.no_survey_fix")))
        return form
    survey = sheets["survey"]
    choices = sheets.get("choices", FormSheet(name, "choices"))
    settings = sheets.get("settings", FormSheet(name, "settings"))
    whole = [check_columns(sheet, form) for sheet in (survey, choices, settings)]
    data = _read_settings(settings, form)
    if all(whole):
        language = choose_language(survey, settings, form)
        label = label_column(choices, language)
        lists = read_lists(choices.rows, label)
        reader = SurveyReader(form, lists, label_column(survey, language))
        data["sections"] = reader.read(survey)
        data["scales"] = {name: kept.levels for name, kept in lists.items() if name not in reader.own_lists}
        _place_levels(form, lists, label)
        if reader.intro:
            data["intro"] = "\n".join(filter(None, (data.get("intro", ""), *reader.intro)))
        form.data = data
    return form


def _read_settings(sheet: FormSheet, form: XlsForm) -> dict[str, Any]:
    data: dict[str, Any] = {"code": PurePath(form.name).stem}
    form.cells[()] = sheet.where()
    if not sheet.rows:
        return data
    row = sheet.rows[0]
    form.cells[()] = row.where()
    for key, column in (("code", "form_id"), ("title", "form_title"), ("intro", "intro"), ("rates", "rates")):
        if row.get(column):
            data[key] = row.get(column)
        if column in sheet.columns:
            form.cells[(key,)] = row.where(column)
    return data


def _place_levels(form: XlsForm, lists: dict[str, ChoiceList], label: str) -> None:
    for name, kept in lists.items():
        path: Path = ("scales", name)
        form.cells[path] = kept.rows[0].where("list_name")
        form.place_levels(path, kept.rows, label)
