"""The `survey` sheet of an XLSForm: groups become sections, rows become questions, `relevant` becomes skips."""

from __future__ import annotations

import re
from typing import Any

from forms.relevance import Asked, Term, Unfit, read_relevant
from forms.source import Path
from forms.xlsform_choices import ChoiceList, is_yes, other_level
from forms.xlsform_sheets import FormRow, FormSheet
from forms.xlsform_skips import find_runs
from forms.xlsform_source import XlsForm

_SELECT = re.compile(
    r"(?P<kind>select[_ ]one|select1|select[_ ]multiple|select all that apply)(?: from)? +(?P<list>\S+)"
    r"(?P<other> +or[_ ]other| +or specify other)?",
    re.IGNORECASE,
)
_KINDS = {"integer": "number", "int": "number", "text": "text", "string": "text"}
_DIGITS = re.compile(r"\.\s*>=\s*0\s+and\s+\.\s*<=\s*(9{1,9})")
_MARKED = re.compile(r"\*\*|__|</?[A-Za-z][^<>]*>|^#+ ", re.MULTILINE)
_MEDIA_TYPES = {"image", "audio", "video", "file", "barcode", "geopoint", "geotrace", "geoshape", "background-audio"}
_DEVICE_TYPES = {
    "start",
    "end",
    "today",
    "deviceid",
    "subscriberid",
    "simserial",
    "phonenumber",
    "username",
    "email",
} | {
    "audit",
    "start-geopoint",
}
OPTIONS_OF = "{}_options"  # a list of this name belongs to the one question and is no scale


class SurveyReader:
    """Reads the rows in turn; afterwards `intro` holds the notes above the questions."""

    def __init__(self, form: XlsForm, lists: dict[str, ChoiceList], label: str) -> None:
        self.intro: list[str] = []
        self._owned: set[str] = set()
        self._scales: set[str] = set()
        self._form, self._lists, self._label = form, lists, label
        self._sections: list[dict[str, Any]] = []
        self._open = False
        self._group_terms: set[Term] = set()
        self._asked: dict[str, Asked] = {}
        self._questions: list[dict[str, Any]] = []
        self._paths: list[Path] = []
        self._rows: list[FormRow] = []
        self._terms: list[set[Term]] = []
        self._stray = False

    def read(self, sheet: FormSheet) -> list[dict[str, Any]]:
        """The sections; problems and cells go to the form."""
        form = self._form
        form.cells[("sections",)] = sheet.where("type")
        begun = None
        for row in sheet.rows:
            kind = " ".join(row.get("type").lower().replace("_group", " group").replace("_repeat", " repeat").split())
            if kind == "begin group":
                self._begin(row)
                begun = row
            elif kind == "end group":
                if not self._open:
                    form.wrong(row, "type", "end_without_begin")
                self._open = False
            elif kind == "note":
                self._note(row)
            elif kind:
                self._question(row, kind)
            else:
                form.wrong(row, "type", "type_missing")
        if self._open and begun is not None:
            form.wrong(begun, "type", "group_open")
        required = [row for row in sheet.rows if is_yes(row.get("required"))]
        if required:
            form.notice(required[0], "required", "required", count=len(required))
        self._add_skips()
        return self._sections

    @property
    def own_lists(self) -> set[str]:
        """The lists that are options of single questions and no scales."""
        return self._owned - self._scales

    def _begin(self, row: FormRow) -> None:
        if self._open:
            self._form.wrong(row, "type", "group_inside")
        self._open = True
        path: Path = ("sections", len(self._sections))
        self._sections.append({"title": self._said(row), "questions": []})
        self._form.cells |= {path: row.where("type"), (*path, "title"): row.where(self._label)}
        self._group_terms = self._terms_of(row)

    def _note(self, row: FormRow) -> None:
        if self._questions or row.get("relevant"):
            self._form.wrong(row, "type", "note_between")
        else:
            self.intro.append(self._said(row))

    def _said(self, row: FormRow) -> str:
        """The label; a hint is printed behind it in brackets."""
        hint = row.get(self._label.replace("label", "hint", 1)) or row.get("hint")
        for column in (self._label, "hint"):
            if "${" in row.get(column):
                self._form.wrong(row, column, "label_refers", mark="${...}")
            elif _MARKED.search(row.get(column)):
                self._form.wrong(row, column, "label_marked")
        return f"{row.get(self._label)} ({hint})" if hint else row.get(self._label)

    def _question(self, row: FormRow, kind: str) -> None:
        select = _SELECT.fullmatch(" ".join(row.get("type").split()))
        if select is None and kind not in _KINDS:
            self._unfit(row, kind)
            return
        if not self._open and not self._stray:
            self._stray = True
            self._form.wrong(row, "type", "no_group")
        if not self._sections:
            self._sections.append({"title": "?", "questions": []})
        section = len(self._sections) - 1
        path: Path = ("sections", section, "questions", len(self._sections[-1]["questions"]))
        question: dict[str, Any] = {"code": row.get("name"), "text": self._said(row)}
        self._sections[-1]["questions"].append(question)
        self._place(row, path)
        for key in ("criterion", "weight", "digits", "lines"):
            if row.get(key):
                question[key] = row.get(key).replace(",", ".") if key == "weight" else row.get(key)
        self._terms.append(self._terms_of(row) | (self._group_terms if self._open else set()))
        self._questions.append(question)
        self._paths.append(path)
        self._rows.append(row)
        if select is not None:
            question["kind"] = "one" if select["kind"].lower() in ("select_one", "select one", "select1") else "many"
            self._add_levels(row, path, question, select)
        else:
            question["kind"] = _KINDS[kind]
        self._check_limits(row, question)

    def _place(self, row: FormRow, path: Path) -> None:
        columns = {"code": "name", "text": self._label, "kind": "type", "scale": "type", "options": "type"}
        columns |= {key: key for key in ("criterion", "weight", "digits", "lines")} | {"skip": "relevant"}
        self._form.cells |= {path: row.where("type")}
        self._form.cells |= {(*path, key): row.where(column) for key, column in columns.items()}

    def _unfit(self, row: FormRow, kind: str) -> None:
        word = kind.split(" ")[0]
        if "repeat" in kind:
            key = "repeat"
        elif word in _MEDIA_TYPES:
            key = "media_type"
        elif word in _DEVICE_TYPES:
            key = "device_type"
        elif word in ("calculate", "hidden"):
            key = "calculate"
        elif word.startswith("select"):
            key = "select_unclear"
        else:
            key = "type_unfit"
        if kind != "end repeat":
            self._form.wrong(row, "type", key, type=row.get("type"))

    def _add_levels(self, row: FormRow, path: Path, question: dict[str, Any], select: re.Match[str]) -> None:
        name, code = select["list"], question["code"]
        kept = self._lists.get(name)
        if kept is None:
            self._form.wrong(row, "type", "list_missing", name=name)
            question["kind"] = "text"
            self._form.mended.add((*path, "kind"))
            return
        if select["other"] or name == OPTIONS_OF.format(code):
            levels = [*kept.levels, other_level()] if select["other"] else kept.levels
            question["options"] = levels
            self._form.place_levels((*path, "options"), kept.rows, self._label)
            self._owned.add(name)
        else:
            levels = kept.levels
            question["scale"] = name
            self._scales.add(name)
        options = tuple(dict.fromkeys(level["code"] for level in levels))
        self._asked[code] = Asked(options, question["kind"] == "many")

    def _check_limits(self, row: FormRow, question: dict[str, Any]) -> None:
        constraint = row.get("constraint")
        digits = _DIGITS.fullmatch(constraint)
        if digits is not None and question["kind"] == "number" and row.get("digits") in ("", str(len(digits[1]))):
            question["digits"] = str(len(digits[1]))
        elif constraint:
            self._form.wrong(row, "constraint", "constraint", given=constraint)
        if "label" in row.get("appearance").split():
            self._form.wrong(row, "appearance", "appearance_label")

    def _terms_of(self, row: FormRow) -> set[Term]:
        if not row.get("relevant"):
            return set()
        try:
            return read_relevant(row.get("relevant"), self._asked)
        except Unfit as unfit:
            self._form.wrong(row, "relevant", f"relevant_{unfit.reason}", code=unfit.code, given=row.get("relevant"))
            return set()

    def _add_skips(self) -> None:
        for run in find_runs(self._terms, self._asked):
            row, before = self._rows[run.first], self._questions[run.first - 1]
            if run.last + 1 == len(self._questions):
                self._form.wrong(row, "relevant", "relevant_to_end", code=run.question)
            elif "skip" in before:
                self._form.wrong(row, "relevant", "relevant_two", code=before["code"])
            else:
                before["skip"] = {"if": run.condition, "to": self._questions[run.last + 1]["code"]}
                path = self._paths[run.first - 1]
                self._form.cells |= {(*path, "skip", *more): row.where("relevant") for more in ((), ("if",), ("to",))}
