"""A campaign's real database (SQLite) with answers of the same shape, filled by statements of the database itself."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

from benchmarks.scoring.made_answers import GROUPS, PERCENTS, QUESTIONS, agency_codes
from collector.store import Store, open_store
from collector.store.campaigns import sync_campaign
from forms.campaign import Agency, Campaign, Criterion, Quota, Settings
from forms.questionnaire import Questionnaire

_SCALE = [{"code": code, "label": code, "percent": percent} for code, percent in PERCENTS.items()]

# Responses have random keys and are looked up by sheet, as in life; rows of the table are filled in its own order.
_SHEETS = """
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :sheets)
INSERT INTO sheet (id, serial, cell, ordinal, number, layout, training, is_reserve, state)
SELECT n, printf('%016d', n), 1 + (n * 7919) % :cells, n, 'N' || n, 1, 0, 0, 'printed' FROM number"""
_RESPONSES = """
INSERT INTO response (id, sheet, channel, copy, claims, state, complete, linked, digest, receipt, received_day)
SELECT random() & 0x7fffffffffffffff, id, 'import', 0, 1, 'accepted', 1, 0, serial, printf('%010d', id), '2025-03-20'
FROM sheet"""
_ANSWERS = """
INSERT INTO answer (response, question, rated, option, state)
SELECT response, question, 0, CASE WHEN chance = 0 THEN 0 ELSE (question - 1) * 6 + 1 + chance % 6 END,
  CASE WHEN chance = 0 THEN 'blank' ELSE 'clear' END
FROM (SELECT response.id AS response, question.id AS question, abs(random()) % 20 AS chance
      FROM (SELECT id FROM response ORDER BY id) AS response CROSS JOIN question)"""


def make_campaign(agencies: int) -> Campaign:
    questions = [
        {"code": code, "text": code, "kind": "one", "scale": "muc", "criterion": f"TC{number // 2 + 1}"}
        for number, code in enumerate(QUESTIONS)
    ]
    asked = {"code": "p", "title": "P", "scales": {"muc": _SCALE}, "sections": [{"title": "A", "questions": questions}]}
    groups = [{"code": code, "name": code, "questionnaire": "p", "privacy": "unlinked"} for code in GROUPS]
    settings = {"id": "b", "name": "b", "assessed_year": 2025, "issuer": {"body": "SNV"}, "groups": groups}
    return Campaign(
        Settings.model_validate(settings | {"blocks": [{"code": "SN", "name": "SN"}]}),
        tuple(Agency(code, code, "SN") for code in agency_codes(agencies)),
        (),
        tuple(Quota(code, group, 1_000_000, 0) for code in agency_codes(agencies) for group in GROUPS),
        tuple(Criterion(f"TC{number}", "C", Decimal(2)) for number in range(1, 16)),
        {"p": Questionnaire.model_validate(asked)},
    )


def open_made_store(folder: Path, campaign: Campaign) -> Store:
    return open_store(folder, campaign.settings, f"sqlite:///{folder / 'phieu.sqlite'}")


def fill_store(folder: Path, sheets: int, agencies: int) -> None:
    campaign = make_campaign(agencies)
    store = open_made_store(folder, campaign)
    with store.write() as conn:
        sync_campaign(conn, campaign)
    store.close()
    raw = sqlite3.connect(folder / "phieu.sqlite")
    raw.executescript("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;")
    with raw:
        raw.execute("INSERT INTO questionnaire VALUES (1, 'p', 'd', '')")
        kept = "INSERT INTO layout (id, code, number, questionnaire, content, head) VALUES (1, 'L', 1, 1, '', '')"
        raw.execute(kept)
        for key, code in enumerate(QUESTIONS, start=1):
            raw.execute("INSERT INTO question VALUES (?, 1, ?, 'one', ?)", (key, code, key))
            rows = [(key, option, place) for place, option in enumerate(PERCENTS)]
            raw.executemany("INSERT INTO option (question, code, position) VALUES (?, ?, ?)", rows)
        raw.execute(_SHEETS, {"sheets": sheets, "cells": agencies * len(GROUPS)})
        raw.execute(_RESPONSES)
        raw.execute(_ANSWERS)
    raw.close()
