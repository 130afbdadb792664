"""The whole check of a campaign folder, as `phieu check` runs it: the files, and whether the sheets can be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from forms.campaign import Campaign
from forms.compose import compose
from forms.errors import InputWrong, Problem
from forms.folder import read_parts
from forms.fonts import BOLD, missing_letters, text_width_mm
from forms.parts import Parts
from forms.pdf import AGENCY_PT, AGENCY_SMALLEST_PT, AGENCY_W_MM
from forms.recipients import check_recipients
from forms.source import texts
from forms.versions import plan_versions
from forms.words import text


def check_folder(folder: Path) -> Campaign:
    """The campaign, every questionnaire of which can be printed; InputWrong with every problem in one go."""
    parts, problems = read_parts(folder)
    problems += _check_letters(parts)
    problems += _check_names(parts)
    if parts.settings is not None:
        for code, asked in parts.questionnaires.items():
            try:
                if asked.block is None:
                    compose(parts.settings.head(), asked)
                else:
                    plan_versions(parts.campaign(parts.settings), asked)
            except InputWrong as error:
                where = parts.questionnaire_files[code].where(("sections",))
                problems += [Problem(where, problem.what, problem.fix) for problem in error.problems]
            except (KeyError, ValueError):
                # a name that refers to nothing, already reported where it stands
                assert problems, code
    # Where the rest is wrong, every row that refers to it would be: the list is then held against nothing.
    whole = parts.campaign(parts.settings) if parts.settings is not None and not problems else None
    problems += check_recipients(folder, whole)
    if problems or whole is None:
        raise InputWrong(problems)
    return whole


def _check_letters(parts: Parts) -> Iterator[Problem]:
    """Letters that the typeface of sheets and papers lacks, wherever they would be printed."""
    for file in (parts.settings_file, *parts.questionnaire_files.values()):
        for place, written in texts(file):
            if place[:1] != ("phases",):
                yield from _missing(file.where(place), written)
    for row in (*parts.rows.get("agencies", ()), *parts.rows.get("collectors", ())):
        yield from _missing(row.where("name"), row.get("name"))


def _missing(where: str, written: str) -> Iterator[Problem]:
    letters = " ".join(sorted(missing_letters(written)))
    if letters:
        what = text("problem.letters_missing", letters=letters)
        yield Problem(where, what, text("problem.letters_missing_fix"))


def _check_names(parts: Parts) -> Iterator[Problem]:
    """Agency names that would have to be set too small to fit their line on the sheet."""
    for row in parts.rows.get("agencies", ()):
        name = row.get("name")
        width = text_width_mm(name, BOLD, AGENCY_PT)
        if width and AGENCY_PT * AGENCY_W_MM / width < AGENCY_SMALLEST_PT:
            longest = int(len(name) * AGENCY_W_MM / width * AGENCY_PT / AGENCY_SMALLEST_PT)
            fix = text("problem.name_too_long_fix", longest=longest)
            yield Problem(row.where("name"), text("problem.name_too_long"), fix)
