"""The workbook of scores: its formulas, computed anew by another program, give our scores."""

from __future__ import annotations

import html
import io
import os
import re
import subprocess
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter.worksheet import Worksheet

from aggregation.score_book import score_workbook
from aggregation.scores import Scores, score
from aggregation.tables import COMBINED, ScoringTables
from forms.rules import Scoring

Program = Callable[[Path, Path], None]  # workbook -> folder with what was computed
LEVELS = {"5": "100", "4": "75", "3": "33.3333", "2": "20", "1": "0", "0": None}
BANDS = [{"name": name, "from": lower} for name, lower in (("Tốt", 80), ("Khá", 65.5), ("Yếu", 0))]
RULES: dict[str, dict[str, Any]] = {
    "usual": {"group_weights": {"CC": 0.4, "CD": 0.35, "DN": 0.25}, "bands": BANDS},
    "no tables": {},
    "lowest": {"blank": "lowest", "rounding": {"places": 3, "at": "criterion"}, "bands": BANDS},
    "unranked": {"bands": BANDS, "rank_from": {"n_valid": 13}},
    "zero": {"empty_group": "zero", "group_weights": {"CC": 0.5, "CD": 0.5}, "rounding": {"places": 1}},
}


@pytest.fixture
def survey(make_tables: Callable[..., ScoringTables]) -> ScoringTables:
    """Two blocks, three groups, an agency of which nobody says anything, a criterion and a group left out, blanks."""
    answers: list[tuple[Any, ...]] = []
    for place, (agency, group) in enumerate((a, g) for a in ("A", "B", "C", "H1", "H2") for g in ("CC", "CD", "DN")):
        if (agency, group) in (("B", "DN"), ("H2", "CC")):
            continue
        for sheet in range(3 + place % 4):
            for number, question in enumerate(("q1", "q2", "q3") if group != "DN" else ("q1",)):
                option = "543210 "[(sheet * 5 + number * 3 + place) % 7].strip()
                if not (agency == "C" and question == "q3"):
                    answers.append((place * 100 + sheet, agency, group, question, option))
    return make_tables(
        answers,
        agencies={"A": "SN", "B": "SN", "C": "SN", "D": "SN", "H1": "HU", "H2": "HU"},
        criteria={"T1": "2.5", "T2": "3", "T3": "0.75"},
        criterion_blocks={"T3": "SN"},
        items=[
            *(
                (g, q, c, w)
                for g in ("CC", "CD")
                for q, c, w in (("q1", "T1", "1"), ("q2", "T2", "2"), ("q3", "T3", "1"))
            ),
            ("DN", "q1", "T2", "1.5"),
        ],
        cells=[(a, g, 5) for a in ("A", "B", "C", "D", "H1", "H2") for g in ("CC", "CD", "DN")],
        levels=LEVELS,
    )


def forget_results(book: bytes) -> bytes:
    """The same workbook without the values that are stored beside formulas: whoever opens it has to compute them."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            new.writestr(name, content)
    return kept.getvalue()


def values_of(book: bytes) -> dict[str, list[list[Any]]]:
    with CalamineWorkbook.from_filelike(io.BytesIO(book)) as opened:
        return {name.lower(): opened.get_sheet_by_name(name).to_python() for name in opened.sheet_names}


def compute_with_libreoffice(office: str, book: Path, out: Path) -> None:
    home = os.environ | {"HOME": str(out)}
    command = [office, "--headless", "--convert-to", "xlsx", "--outdir", out, book]
    subprocess.run(command, env=home, check=True, capture_output=True, timeout=600)


def compute_with_formulas(book: Path, out: Path) -> None:
    import formulas  # slow to import, and needed here alone

    model = formulas.ExcelModel().loads(str(book)).finish()
    model.calculate()
    model.write(dirpath=str(out))


def compute(book: bytes, folder: Path, how: Program) -> dict[str, list[list[Any]]]:
    """What another program computes in a workbook whose results were taken out."""
    (folder / "out").mkdir()
    (folder / "book.xlsx").write_bytes(forget_results(book))
    how(folder / "book.xlsx", folder / "out")
    (computed,) = (path for path in (folder / "out").iterdir() if path.suffix.lower() == ".xlsx")
    return values_of(computed.read_bytes())


@pytest.fixture(params=["formulas", "libreoffice"])
def program(request: pytest.FixtureRequest) -> Program:
    """What computes a workbook anew: the library everywhere, LibreOffice where it is installed (a skip elsewhere)."""
    if request.param == "formulas":
        return compute_with_formulas
    return partial(compute_with_libreoffice, request.getfixturevalue("office_path"))


def assert_says(book: dict[str, list[list[Any]]], scores: Scores) -> None:
    """That the results and criteria of a workbook are those of the scores."""
    results = pd.DataFrame(book["kết quả"][1:], columns=book["kết quả"][0]).set_index("Mã")
    for row in scores.totals.itertuples(index=False):
        shown = results.loc[row.agency]
        if pd.isna(row.survey_points):
            assert (shown["Điểm"], shown["Hạng"], shown["Xếp loại"]) == ("", "", "")
        else:
            rank = "" if pd.isna(row.rank) else row.rank
            assert (shown["Điểm"], shown["Hạng"], shown["Xếp loại"]) == (row.survey_points, rank, row.grade)
    criteria = {(row[0], row[2], row[4]): row for row in book["tiêu chí"][1:]}
    for row in scores.scores.itertuples(index=False):
        shown = criteria[row.agency, row.criterion, row.group]
        said = [None if one == "" else float(one) for one in (shown[9], shown[10])]
        wanted = [None if pd.isna(one) else float(one) for one in (row.mean_percent, row.points)]
        assert said == pytest.approx(wanted, abs=1e-9), row
        if row.group != COMBINED:
            assert [shown[7], shown[8]] == [row.n_valid, row.n_blank]


@pytest.mark.parametrize("rules", RULES)
def test_the_values_beside_the_formulas_are_the_scores(survey: ScoringTables, rules: str) -> None:
    scores = score(survey, Scoring.model_validate(RULES[rules]))
    assert_says(values_of(score_workbook(scores, survey)), scores)


def test_the_same_scores_give_the_same_bytes(survey: ScoringTables) -> None:
    scores = score(survey, Scoring.model_validate(RULES["usual"]))
    assert score_workbook(scores, survey) == score_workbook(scores, survey)


@pytest.mark.slow
@pytest.mark.parametrize("rules", RULES)
def test_what_another_program_computes_is_our_score(
    survey: ScoringTables, rules: str, program: Program, tmp_path: Path
) -> None:
    scores = score(survey, Scoring.model_validate(RULES[rules]))
    assert_says(compute(score_workbook(scores, survey), tmp_path, program), scores)


def test_no_formula_needs_the_mark_of_a_later_excel(survey: ScoringTables) -> None:
    book = score_workbook(score(survey, Scoring.model_validate(RULES["usual"])), survey)
    with zipfile.ZipFile(io.BytesIO(book)) as opened:
        pages = [opened.read(name).decode() for name in opened.namelist() if name.startswith("xl/worksheets/")]
    written = {html.unescape(one) for page in pages for one in re.findall(r"<f>([^<]*)</f>", page)}
    assert len(written) > 100
    assert {one: Worksheet()._prepare_formula(one) for one in written} == {one: one for one in written}
