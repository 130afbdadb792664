"""The whole check of a campaign folder, as `phieu check` runs it: the files, and whether the sheets can be drawn."""

from __future__ import annotations

from pathlib import Path

from forms.campaign import Campaign
from forms.compose import make_layout
from forms.errors import InputWrong, Problem
from forms.folder import load_campaign
from forms.fonts import missing_letters
from forms.words import text


def check_folder(folder: Path) -> Campaign:
    """The campaign, every questionnaire of which can be printed; InputWrong with every problem."""
    campaign = load_campaign(folder)
    problems = []
    for code, asked in campaign.questionnaires.items():
        where = f"questionnaires/{code}.yaml"
        letters = missing_letters(asked.model_dump_json())
        if letters:
            what = text("problem.letters_missing", letters=" ".join(sorted(letters)))
            problems.append(Problem(where, what, text("problem.letters_missing_fix")))
        try:
            make_layout(campaign, asked)
        except InputWrong as error:
            problems += [Problem(where, problem.what, problem.fix) for problem in error.problems]
    if problems:
        raise InputWrong(problems)
    return campaign
