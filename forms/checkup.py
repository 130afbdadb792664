"""The whole check of a campaign folder, as `phieu check` runs it: the files, and whether the sheets can be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from forms.campaign import Campaign, Group
from forms.errors import InputWrong, Problem
from forms.folder import read_parts
from forms.fonts import BOLD, OURS, Typeface, choose_family, find_typeface, setting_in, text_width_mm
from forms.front import AGENCY_PT
from forms.parts import Parts
from forms.pdf import AGENCY_SMALLEST_PT, AGENCY_W_MM
from forms.promises import make_head
from forms.recipients import check_recipients
from forms.source import texts
from forms.versions import plan_versions
from forms.words import text


def check_folder(folder: Path, to_print: bool = False) -> Campaign:
    """The campaign, every questionnaire of which can be printed; InputWrong with every problem in one go.

    `to_print`: without those of where paper was put, which hinder no sheet.
    """
    parts, problems = read_parts(folder)
    problems += () if to_print else parts.aside
    if parts.settings is None:
        raise InputWrong([*problems, *check_recipients(folder, None)])
    campaign = parts.campaign(parts.settings)
    family = choose_family(parts.settings.typeface, campaign.fonts)
    face = find_typeface(family, campaign.fonts)
    if face is None:
        where, fix = (
            parts.settings_file.where(("typeface",)),
            text("problem.typeface_missing_fix", family=family, ours=OURS),
        )
        raise InputWrong([*problems, Problem(where, text("problem.typeface_missing", family=family), fix)])
    problems += _check_letters(parts, face)
    with setting_in(face):
        problems += _check_names(parts)
    problems += _check_sheets(parts, campaign, bool(problems))
    # Where the rest is wrong, every row that refers to it would be: the list is then held against nothing.
    problems += check_recipients(folder, None if problems else campaign)
    if problems:
        raise InputWrong(problems)
    return campaign


def _check_sheets(parts: Parts, campaign: Campaign, has_problems: bool) -> Iterator[Problem]:
    """Whether every kind of sheet that would be printed can be composed."""
    for code, asked in parts.questionnaires.items():
        groups: list[Group | None] = [group for group in campaign.settings.groups if group.questionnaire == code]
        try:
            for group in groups or [None]:
                plan_versions(campaign, asked, make_head(campaign, asked, group))
                large = any(quota.large_print for quota in campaign.quotas if group and quota.group == group.code)
                if large and asked.rates == "agency":  # a matrix in large print is a problem of its cells already
                    plan_versions(campaign, asked, make_head(campaign, asked, group, large=True))
        except InputWrong as error:
            where = parts.questionnaire_files[code].where(("sections",))
            yield from (Problem(where, problem.what, problem.fix) for problem in error.problems)
        except (KeyError, ValueError):
            # a name that refers to nothing, already reported where it stands
            assert has_problems, code


def _check_letters(parts: Parts, face: Typeface) -> Iterator[Problem]:
    """Letters that the sheet's typeface lacks, wherever they would be printed."""
    supplied = (parts.words_file,) if parts.words_file is not None else ()
    for file in (parts.settings_file, *supplied, *parts.questionnaire_files.values()):
        for place, written in texts(file):
            if place[:1] != ("phases",):
                yield from _missing(face, file.where(place), written)
    for row in (*parts.rows.get("agencies", ()), *parts.rows.get("collectors", ())):
        yield from _missing(face, row.where("name"), row.get("name"))


def _missing(face: Typeface, where: str, written: str) -> Iterator[Problem]:
    letters = " ".join(sorted(face.missing(written)))
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
