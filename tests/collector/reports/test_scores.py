from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aggregation import csv_files
from aggregation.csv_files import csv_bytes
from collector.reports.scores import write_answers
from collector.store.answers import ExportRow, export_rows


def test_the_export_is_written_piece_by_piece_and_counts_its_rows(
    desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for serial in desk.serials():
        desk.post(serial, q1="1", q2="4", q5="12")
    with desk.store.read() as conn:
        rows = list(export_rows(conn))
    monkeypatch.setattr(csv_files, "ROWS_A_PART", 2)
    assert write_answers(desk.store, tmp_path / "out") == len(rows) > 4
    assert (tmp_path / "out" / "answers.csv").read_bytes() == csv_bytes(ExportRow._fields, rows)
