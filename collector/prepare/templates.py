"""Excel files of a campaign folder: its tables and questionnaires as workbooks, and empty templates beside them.

Knows where they lie; what stands in them is the business of forms.
"""

from __future__ import annotations

from pathlib import Path

from collector.files import write_whole
from forms.errors import InputWrong, Problem
from forms.folder import read_parts
from forms.models import load_model
from forms.parts import Parts
from forms.questionnaire import Questionnaire
from forms.table_forms import TABLE_FORMS
from forms.table_templates import dump_table, table_lists
from forms.tables import find_table, read_table
from forms.words import text
from forms.xlsform import read_xlsform
from forms.xlsform_dump import dump_xlsform


def write_templates(folder: Path) -> Path:
    """Write an empty workbook of every table, and every questionnaire as XLSForm, below the folder; gives where.

    Drop-downs offer the codes that the folder has now. InputWrong where templates are there already: somebody may have
    begun to fill them in.
    """
    out = folder / text("templates.folder", "vi")
    if out.exists():
        raise InputWrong([Problem(str(out), text("cli.folder_taken"), text("cli.templates_taken_fix"))])
    parts, _ = read_parts(folder)
    lists = table_lists(parts)
    for form in TABLE_FORMS:
        write_whole(out / f"{form.name}.xlsx", dump_table(form, [], lists))
    for code, content in _xlsforms(parts).items():
        write_whole(out / "questionnaires" / f"{code}.xlsx", content)
    return out


def turn_into_excel(folder: Path) -> None:
    """Put a workbook in place of every .csv table and every YAML questionnaire of a folder that was just copied.

    A questionnaire that a workbook cannot hold stays YAML.
    """
    parts, _ = read_parts(folder)
    lists = table_lists(parts)
    for form in TABLE_FORMS:
        path = find_table(folder, form.name)
        if path is not None and path.suffix == ".csv":
            rows, _ = read_table(path, form.name, form.required, form.more)
            write_whole(path.with_suffix(".xlsx"), dump_table(form, [row.values for row in rows], lists))
            path.unlink()
    for code, content in _xlsforms(parts).items():
        path = folder / parts.questionnaire_files[code].name
        write_whole(path.with_suffix(".xlsx"), content)
        path.unlink()


def _xlsforms(parts: Parts) -> dict[str, bytes]:
    written = {
        code: dump_xlsform(asked)
        for code, asked in parts.questionnaires.items()
        if not parts.questionnaire_files[code].name.endswith(".xlsx")
    }
    return {code: content for code, content in written.items() if _reads_back(content, code, parts)}


def find_xlsform(parts: Parts, code: str) -> bytes | None:
    """A questionnaire as an XLSForm; None where a workbook cannot hold it, or where it cannot be read."""
    asked = parts.questionnaires.get(code)
    content = dump_xlsform(asked) if asked is not None else None
    return content if content is not None and _reads_back(content, code, parts) else None


def _reads_back(content: bytes, code: str, parts: Parts) -> bool:
    form = read_xlsform(content, f"{code}.xlsx")
    return load_model(Questionnaire, form) == parts.questionnaires[code] and not form.problems
