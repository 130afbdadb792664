from __future__ import annotations

from pathlib import Path

import pytest

from forms.checkup import check_folder
from forms.errors import InputWrong, Problem

ASKED = """\
code: cong-chuc
title: Phiếu khảo sát ý kiến lãnh đạo
rates: block:HU
scales:
  muc: [{code: "5", label: Tốt, percent: 100}, {code: "1", label: Kém, percent: 0}]
sections:
  - title: Đánh giá
    questions:
      - {code: m1, text: Sự phối hợp, kind: one, scale: muc, criterion: TC1.1}
      - {code: m2, text: Thời gian trả lời, kind: one, scale: muc, criterion: TC1.2}
  - title: Ý kiến khác
    questions:
      - {code: y1, text: Góp ý chung, kind: text}
"""


@pytest.fixture
def asked(folder: Path) -> Path:
    """The questionnaire of the example's civil servants, made into a matrix of all districts."""
    path = folder / "questionnaires" / "cong-chuc.yaml"
    path.write_text(ASKED, encoding="utf-8")
    criteria = folder / "criteria.csv"
    rows = criteria.read_text(encoding="utf-8").splitlines()
    unasked = ("TC2.1,", "TC2.2,", "TC6.1,", "TC6.2,")
    rows = [row.replace("survey", "external") if row.startswith(unasked) else row for row in rows]
    criteria.write_text("\n".join(rows), encoding="utf-8")
    firms = folder / "questionnaires" / "doanh-nghiep.yaml"
    before, _, after = firms.read_text(encoding="utf-8").rpartition("criterion: TC5.1")
    firms.write_text(f"{before}criterion: TC3.2{after}", encoding="utf-8")
    return path


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    assert all(problem.fix for problem in wrong.value.problems)
    # A question spoilt leaves its criterion without one
    return [problem for problem in wrong.value.problems if not problem.where.startswith("criteria.csv")]


def places_of(folder: Path) -> list[str]:
    return [problem.where for problem in problems_of(folder)]


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def line_of(path: Path, part: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if part in line)


def test_a_matrix_of_a_block_passes(folder: Path, asked: Path) -> None:
    assert check_folder(folder).questionnaires["cong-chuc"].block == "HU"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("rates: block:HU", "rates: block:NO", 3),
        ("kind: one, scale: muc, criterion: TC1.1", "kind: many, scale: muc", 9),
        ("kind: one, scale: muc, criterion: TC1.1", "kind: number", 9),
        ("criterion: TC1.1", 'skip: {if: "m1 in [5]", to: y1}', 9),
        ("m1, text: Sự phối hợp, kind: one, scale: muc, criterion: TC1.1", "m1, text: Góp ý, kind: text", 9),
    ],
)
def test_what_a_matrix_cannot_carry_is_named_where_it_stands(
    folder: Path, asked: Path, old: str, new: str, line: int
) -> None:
    edit(asked, old, new)
    assert places_of(folder) == [f"questionnaires/cong-chuc.yaml:{line}"]


def test_a_block_without_an_agency_cannot_be_rated(folder: Path, asked: Path) -> None:
    edit(folder / "campaign.yaml", "blocks:", "blocks:\n  - {code: XA, name: Cấp xã}")
    edit(asked, "block:HU", "block:XA")
    assert places_of(folder) == ["questionnaires/cong-chuc.yaml:3"]


def test_a_matrix_that_asks_nothing_about_its_agencies_is_refused(folder: Path, asked: Path) -> None:
    lines = [line for line in ASKED.splitlines() if "kind: one" not in line and "title: Đánh giá" not in line]
    asked.write_text("\n".join(lines).replace("    questions:\n  - title: Ý", "  - title: Ý"), encoding="utf-8")
    assert places_of(folder) == [f"questionnaires/cong-chuc.yaml:{line_of(asked, 'sections:')}"]


def test_more_levels_than_the_table_has_columns_are_refused(folder: Path, asked: Path) -> None:
    levels = ", ".join(f'{{code: "{number}", label: Mức {number}, percent: {number}}}' for number in range(20))
    edit(asked, 'muc: [{code: "5", label: Tốt, percent: 100}, {code: "1", label: Kém, percent: 0}]', f"muc: [{levels}]")
    assert places_of(folder) == ["questionnaires/cong-chuc.yaml:9", "questionnaires/cong-chuc.yaml:10"]


def test_a_criterion_of_another_block_is_refused(folder: Path, asked: Path) -> None:
    criteria = folder / "criteria.csv"
    row = next(line for line in criteria.read_text(encoding="utf-8").splitlines() if line.startswith("TC1.1,"))
    heading = criteria.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    fields = row.split(",")
    fields[heading.index("block")] = "SN"
    edit(criteria, row, ",".join(fields))
    places = places_of(folder)
    assert "questionnaires/cong-chuc.yaml:9" in places
    assert "questionnaires/cong-chuc.yaml:10" not in places


def test_people_who_could_only_rate_their_own_agency_are_not_asked(folder: Path, asked: Path) -> None:
    agencies, quotas = folder / "agencies.csv", folder / "quotas.csv"
    edit(folder / "campaign.yaml", "blocks:", "blocks:\n  - {code: XA, name: Cấp xã}")
    first = next(line for line in agencies.read_text(encoding="utf-8").splitlines() if ",HU" in line)
    edit(agencies, first, first.replace(",HU", ",XA"))
    edit(asked, "block:HU", "block:XA")
    code = first.split(",")[0]
    assert places_of(folder) == [f"quotas.csv:{line_of(quotas, f'{code},CC,')}"]
    edit(folder / "campaign.yaml", "scoring:", "scoring:\n  own_agency: count")
    assert check_folder(folder)


def test_a_matrix_too_long_for_four_pages_is_one_problem_of_its_questions(folder: Path, asked: Path) -> None:
    question = "      - {code: m%d, text: %s, kind: one, scale: muc}\n"
    more = "".join(question % (number, "Sự phối hợp giải quyết công việc " * 20) for number in range(3, 40))
    edit(asked, "  - title: Ý kiến khác", more + "  - title: Ý kiến khác")
    (problem,) = problems_of(folder)
    assert problem.where == f"questionnaires/cong-chuc.yaml:{line_of(asked, 'sections:')}"
    assert "4 trang" in problem.what
