from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from collector.reports import book_export
from collector.reports.book_export import write_answer_book
from collector.reports.scores import write_scores
from forms.errors import WorkFailed


def test_answers_stand_beside_the_scores_they_lead_to(desk: Any, tmp_path: Path) -> None:
    for place, serial in enumerate(desk.serials()[:3]):
        desk.post(serial, q1="1", q2=str(3 + place), q6="=1+1")
    rows = write_answer_book(desk.store, desk.campaign, tmp_path / "answers.xlsx")
    with CalamineWorkbook.from_path(tmp_path / "answers.xlsx") as book:
        answers = book.get_sheet_by_name("Câu trả lời").to_python()
        results = book.get_sheet_by_name("Kết quả").to_python()
    assert len(answers) - 1 == rows == 18
    assert answers[0] == ["serial", "agency", "group", "channel", "question", "row", "option", "state"]
    # three sheets: points, and no rank
    assert [row[1:5] for row in results if row[4] == 1.5] == [["", "HL", "Thành phố Hạ Long", 1.5]]
    scored = write_scores(desk.store, desk.campaign, tmp_path)
    assert scored.scores.totals.set_index("agency").loc["HL", "survey_points"] == 1.5
    assert (tmp_path / "scores.xlsx").exists()


def test_too_many_answers_for_a_workbook_are_refused(
    desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.post(desk.serials()[0], q1="1")
    monkeypatch.setattr(book_export, "MOST_ROWS", 5)
    with pytest.raises(WorkFailed, match="6 dòng"):
        write_answer_book(desk.store, desk.campaign, tmp_path / "answers.xlsx")
    assert list(tmp_path.glob("*.xlsx")) == []
