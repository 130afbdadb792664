"""The columns of an XLSForm: those that are read, those that paper cannot carry, and the language that is printed."""

from __future__ import annotations

from forms.grids import fold
from forms.headings import is_ignored
from forms.words import text
from forms.xlsform_choices import is_yes
from forms.xlsform_sheets import FormSheet
from forms.xlsform_source import XlsForm

REQUIRED = {"survey": ("type", "name", "label"), "choices": ("list_name", "name", "label"), "settings": ()}
_READ = {
    "survey": {"type", "name", "label", "hint", "relevant", "required", "constraint", "criterion", "weight"}
    | {"digits", "lines", "appearance", "required_message", "constraint_message"},
    "choices": {"list_name", "name", "label", "percent", "specify"},
    "settings": {"form_title", "form_id", "default_language", "version", "rates", "intro"},
}
# Settings of servers and of phones, of no meaning for a printed sheet
_WITHOUT_EFFECT = {"style", "instance_name", "submission_url", "public_key", "auto_send", "auto_delete"} | {
    "allow_choice_duplicates",
    "sms_keyword",
    "namespaces",
}
_UNFIT = {
    "default",
    "calculation",
    "choice_filter",
    "repeat_count",
    "trigger",
    "parameters",
    "guidance_hint",
    "readonly",
}
_MEDIA = {"image", "audio", "video", "big-image", "media", "autoplay"}
_BEHIND = {"bind", "body", "instance", "control", "save_to"}
_REMARKS = {"note", "notes", "comment", "comments", "remark", "remarks"}


def check_columns(sheet: FormSheet, form: XlsForm) -> bool:
    """Note every column that is missing, unknown or not for paper; False where the sheet cannot be read without one."""
    names = {column.partition("::")[0] for column in sheet.columns}
    missing = [column for column in REQUIRED[sheet.name] if column not in names]
    if missing and (sheet.name == "survey" or sheet.rows):
        for column in missing:
            form.wrong(sheet, "", "column_missing", column=column, sheet=sheet.name)
    for column in sheet.used():
        name = column.partition("::")[0]
        if name in _UNFIT | _MEDIA | _BEHIND:
            _note_unfit(sheet, column, form)
        elif name not in _READ[sheet.name] and not (
            is_ignored(column) or name in _REMARKS or (sheet.name == "settings" and name in _WITHOUT_EFFECT)
        ):
            known = ", ".join(sorted(_READ[sheet.name]))
            form.wrong(sheet, column, "column_unknown", column=column, known=known)
    return not (missing and (sheet.name == "survey" or sheet.rows))


def _note_unfit(sheet: FormSheet, column: str, form: XlsForm) -> None:
    name = column.partition("::")[0]
    for row in sheet.rows:
        if row.get(column) and not (name == "readonly" and not is_yes(row.get(column))):
            key = "media" if name in _MEDIA else "choice_filter" if name == "choice_filter" else "column_unfit"
            form.wrong(row, column, key, column=column)


def choose_language(survey: FormSheet, settings: FormSheet, form: XlsForm) -> str:
    """The language to print: default_language, else the plain label, else Vietnamese, else the only one there is."""
    languages = survey.languages()
    wanted = settings.rows[0].get("default_language") if settings.rows else ""
    vietnamese = ("vi", text("xlsform.vietnamese", "vi"), text("xlsform.vietnamese", "en"))
    chosen = (
        _find(languages, wanted) if wanted else next(filter(None, (_find(languages, one) for one in vietnamese)), "")
    )
    if not chosen and "" not in languages:
        chosen = languages[0]
        if wanted:
            form.wrong(
                settings.rows[0], "default_language", "language_missing", given=wanted, known=", ".join(languages)
            )
        elif len(languages) > 1:
            form.wrong(survey, f"label::{chosen}", "language_unclear", known=", ".join(languages))
    if not wanted and "" in languages:
        chosen = ""
    for language in languages:
        if language != chosen:
            column = f"label::{language}" if language else "label"
            form.notice(survey, column, "language_unused", column=column, chosen=chosen or "label")
    return chosen


def _find(languages: list[str], wanted: str) -> str:
    """ "Vietnamese (vi)" is meant by itself, by its name and by its code."""
    for language in languages:
        name, _, code = language.partition("(")
        if fold(wanted) in (fold(language), fold(name), fold(code.strip(" )"))):
            return language
        if fold(wanted.partition("(")[0]) == fold(name):
            return language
    return ""


def label_column(sheet: FormSheet, language: str) -> str:
    """The column of labels in a language; the plain one where the sheet has no other."""
    return f"label::{language}" if f"label::{language}" in sheet.columns else "label"
