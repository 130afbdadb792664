"""The files of `phieu score` and answers.csv, as they are written."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from aggregation import csv_files
from aggregation.csv_files import csv_bytes
from collector.reports.scores import write_answers, write_scores
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


def test_the_manifest_tells_what_scores_were_made_of_and_keeps_what_the_index_wrote(desk: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text('{"index": {"program": "0"}}', "utf-8")
    said = []
    for serial in desk.serials()[:2]:
        desk.post(serial, q1="1", q2="4")
        for day in (3, 4):  # a day later the same answers are the same
            write_scores(desk.store, desk.campaign, out, datetime.datetime(2014, 4, day, tzinfo=datetime.UTC))
            said.append((out / "manifest.json").read_bytes())
    assert said[0] == said[1] != said[2] == said[3]
    known = json.loads(said[3])
    assert known["index"] == {"program": "0"}
    assert set(known["score"]["rules"]) == {"scoring"}
    assert known["score"]["files"]["scores.csv"] == hashlib.sha256((out / "scores.csv").read_bytes()).hexdigest()
    assert known["score"]["inputs"]["answers"] != json.loads(said[1])["score"]["inputs"]["answers"]
