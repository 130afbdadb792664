"""Thirty mistakes over all files of a folder, and every one of them named in one run."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter

from forms.checkup import check_folder
from forms.errors import InputWrong

# File, what is written there, what is written instead, and the part of its line by which the problem is found
EDITS = [
    ("campaign.yaml", "assessed_year: 2013", "assessed_year: nam", "assessed_year"),
    ("campaign.yaml", "body: SỞ NỘI VỤ", "boddy: SỞ NỘI VỤ", "boddy"),
    ("campaign.yaml", "https://khaosat.quangninh.gov.vn ", "ftp://khaosat ", "public_address"),
    ("campaign.yaml", "closed: false", "closed: perhaps", "closed"),
    ("campaign.yaml", "from: 2014-03-20, to: 2014-03-31", "from: 2014-03-31, to: 2014-03-20", "code: collect"),
    ("campaign.yaml", "questionnaire: nguoi-dan, privacy: linked", "questionnaire: nguoi-dan, privacy: no", "code: CD"),
    ("campaign.yaml", "questionnaire: doanh-nghiep", "questionnaire: nobody", "code: DN"),
    ("campaign.yaml", "DN: 0.2", "DN: 0.2, XX: 1", "group_weights"),
    ("campaign.yaml", "blank: exclude", "blank: sometimes", "blank:"),
    ("campaign.yaml", "unissued: flag", "unissued: perhaps", "unissued"),
    ("agencies.csv", "STP,Sở Tư pháp,SN", "stp,Sở Tư pháp,SN", "stp,"),
    ("agencies.csv", "STC,Sở Tài chính,SN", "STC,Sở Tài chính,XX", "STC,"),
    ("agencies.csv", "SCT,Sở Công Thương,SN", "SCT,,SN", "SCT,"),
    ("agencies.csv", "SNV,Sở Nội vụ,SN,", "SNV,Sở Nội vụ 水,SN,NOPE", "SNV,"),
    ("collectors.csv", "HHDN,", "hhdn,", "hhdn,"),
    ("quotas.csv", "VPUB,CC,15,0,", "VPUB,XX,15,0,", "VPUB,XX"),
    ("quotas.csv", "SNV,CC,15,0,", "SNV,CC,nhiều,0,", "nhiều"),
    ("quotas.csv", "STC,CC,15,0,", "STC,CC,15,0,NOPE", "NOPE"),
    ("criteria.csv", "TC1.1,Công tác tuyên truyền về cải cách hành chính,TC1", "TC1.1,x,TC9", "TC1.1,"),
    ("criteria.csv", "TC2.1,Bố trí nhân lực,TC2,,survey,1", "TC2.1,Bố trí nhân lực,TC2,,survy,1", "survy"),
    ("criteria.csv", "TC2.2,Bố trí tài chính,TC2,,survey,1", "TC2.2,Bố trí tài chính,TC2,,survey,một", "một"),
    ("questionnaires/nguoi-dan.yaml", "to: q10", "to: q1", "skip:"),
    ("questionnaires/nguoi-dan.yaml", "criterion: TC7.1", "criterion: TC99", "TC99"),
    ("questionnaires/nguoi-dan.yaml", "TC7.3\n        weight: 1", "TC7.3\n        weight: 0", "weight: 0"),
    ("questionnaires/nguoi-dan.yaml", "kind: many", "kind: several", "several"),
    ("questionnaires/nguoi-dan.yaml", "title: Tuyên truyền", "titel: Tuyên truyền", "titel"),
    ("questionnaires/cong-chuc.yaml", "code: q2\n", "code: q1\n", ""),
    ("questionnaires/cong-chuc.yaml", "Rất tốt, percent: 100", "Rất tốt, percent: 101", "percent: 101"),
]  # fmt: skip


def spoil(folder: Path) -> set[str]:
    """Make every mistake; gives where each must be found."""
    for name, old, new, _ in EDITS:
        path = folder / name
        content = path.read_text(encoding="utf-8")
        assert old in content, (name, old)
        path.write_text(content.replace(old, new, 1), encoding="utf-8")
    places = set()
    for name, _, _, part in EDITS:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        if part:
            places.add(f"{name}:{next(number for number, line in enumerate(lines, 1) if part in line)}")
    codes = (folder / "questionnaires" / "cong-chuc.yaml").read_text(encoding="utf-8").splitlines()
    places.add(f"questionnaires/cong-chuc.yaml:{[n for n, line in enumerate(codes, 1) if 'code: q1' in line][1]}")
    (folder / "appraised.csv").write_text("agency,criterion,appraised_points\nNOPE,BONUS,1\n", encoding="utf-8")
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        survey = book.add_worksheet("survey")
        survey.write_row(0, 0, ["type", "name", "label"])
        survey.write_row(1, 0, ["geopoint", "q1", "Ở đâu"])
        book.add_worksheet("settings").write_row(0, 0, ["form_id"])
    (folder / "questionnaires" / "them.xlsx").write_bytes(content.getvalue())
    return places | {"appraised.csv:2", "questionnaires/them.xlsx, ô survey!A2"}


def test_thirty_mistakes_are_thirty_problems_of_one_run(folder: Path) -> None:
    places = spoil(folder)
    assert len(EDITS) + 2 == 30
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    found = {problem.where for problem in wrong.value.problems}
    assert places - found == set()
    assert len(wrong.value.problems) < 45, "\n".join(map(str, wrong.value.problems))
