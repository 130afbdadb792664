from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from forms.checkup import check_folder
from forms.errors import InputWrong


def append(path: Path, line: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    return [problem.where for problem in wrong.value.problems]


def test_points_that_no_sheet_asks_for_are_a_problem(folder: Path) -> None:
    criteria = folder / "criteria.csv"
    append(criteria, "TC8,Không ai hỏi,,,survey,2")
    row = len(criteria.read_text(encoding="utf-8").splitlines())
    assert problems_of(folder) == [f"criteria.csv:{row}"]
    edit(criteria, "TC8,Không ai hỏi,,,survey,2", "TC8,Không ai hỏi,,,survey,0")
    check_folder(folder)


def test_a_criterion_must_be_asked_in_each_block_it_holds_for(folder: Path) -> None:
    quotas = folder / "quotas.csv"
    lines = quotas.read_text(encoding="utf-8").splitlines()
    # The officials' questionnaire alone asks for TC6; of the departments one still gets it
    kept = [line for line in lines if ",CC," not in line or line.startswith("SNV,")]
    quotas.write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    assert {problem.what.split("khối ")[1].split(";")[0] for problem in wrong.value.problems} == {"HU"}


def test_a_block_without_quotas_is_not_surveyed(folder: Path) -> None:
    edit(folder / "campaign.yaml", "  - {code: HU,", "  - {code: TW, name: Trung ương}\n  - {code: HU,")
    append(folder / "agencies.csv", "CQT,Cục thuế,TW")
    append(folder / "criteria.csv", "TC8,Chỉ trung ương,,TW,survey,2")
    check_folder(folder)


@pytest.mark.slow
def test_a_shared_field_need_not_add_up_where_a_block_only_rates_others(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(Path(__file__).parents[2] / "examples" / "hai-cap-2025", tmp_path / "khao-sat"))
    criteria = folder / "criteria.csv"
    append(criteria, "CH,Chung,,,survey,4\nCH.1,Mọi khối,CH,,survey,2\nCH.S,Sở,CH,SN,survey,2\nCH.X,Xã,CH,XA,survey,2")
    field = len(criteria.read_text(encoding="utf-8").splitlines()) - 3
    nobody_asks = [f"criteria.csv:{field + place}" for place in (1, 2, 3)]
    assert problems_of(folder) == nobody_asks, "the delegates' block DG, which lacks 2 of the 4, is given no points"
    edit(criteria, "CH.S,Sở,CH,SN,survey,2", "CH.S,Sở,CH,SN,survey,3")
    assert problems_of(folder) == [f"criteria.csv:{field}", *nobody_asks]


def test_a_questionnaire_that_nobody_gets_is_told_and_is_no_problem(folder: Path) -> None:
    asked = folder / "questionnaires" / "nguoi-dan.yaml"
    copy = asked.read_text(encoding="utf-8").replace("code: nguoi-dan", "code: them")
    (folder / "questionnaires" / "them.yml").write_text(copy, encoding="utf-8")
    assert [notice.where for notice in check_folder(folder).notices] == ["questionnaires/them.yml:1"]


def test_a_group_is_not_called_like_another_groups_file(folder: Path) -> None:
    more = [f"  - {{code: {code}, name: x, questionnaire: cong-chuc, privacy: unlinked}}" for code in ("CC-01", "CC-A")]
    edit(folder / "campaign.yaml", "  - {code: CC,", "\n".join([*more, "  - {code: CC,"]))
    edit(folder / "campaign.yaml", "{CC: 0.4,", "{CC: 0.4, CC-01: 0, CC-A: 0,")
    lines = (folder / "campaign.yaml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, said in enumerate(lines, 1) if "code: CC-01" in said)
    assert problems_of(folder) == [f"campaign.yaml:{line}"]


def test_a_campaign_file_of_another_ending_is_named(folder: Path) -> None:
    (folder / "campaign.yaml").rename(folder / "campaign.yml")
    assert problems_of(folder) == ["campaign.yml"]


def test_a_rated_agency_that_issues_the_survey_and_is_not_said_to_run_it_is_told(folder: Path) -> None:
    assert check_folder(folder).notices == ()
    edit(folder / "campaign.yaml", "  runs: SNV", "  idle_minutes: 30")
    (notice,) = check_folder(folder).notices
    assert "accounts: {runs: SNV}" in notice.what
    line = next(
        number
        for number, said in enumerate((folder / "campaign.yaml").read_text(encoding="utf-8").splitlines(), 1)
        if said.startswith("  body:")
    )
    assert notice.where == f"campaign.yaml:{line}"
    edit(folder / "campaign.yaml", "body: SỞ NỘI VỤ", "body: VĂN PHÒNG")
    assert check_folder(folder).notices == ()
