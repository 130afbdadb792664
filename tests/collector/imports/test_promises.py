"""What the database itself holds of an import: it is staged, then whole, then taken; or put away for good."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from collector.store.schema import answer_import, response, staged_sheet

ROW: dict[str, Any] = {
    **{"name": "a", "sha256": "0" * 64, "new_serials": False, "counts": "{}"},
    **{"who": "lan", "at": datetime.datetime(2014, 4, 1, 8)},
}


def refuse(desk: Any, act: Any, why: str) -> None:
    with pytest.raises(DBAPIError, match=why), desk.store.write() as conn:
        conn.execute(act)


def test_only_one_import_is_open_and_what_is_staged_is_taken_or_waits(desk: Any) -> None:
    opened = {**ROW, "is_open": True, "is_whole": False}
    with desk.store.write() as conn:
        conn.execute(insert(answer_import).values(opened))
    staged: dict[str, Any] = {"serial": desk.serials()[0], "answer_import": 1, "size": 1, "answers": None}
    for wrong in (insert(answer_import).values(opened), insert(staged_sheet).values(staged)):
        with pytest.raises(IntegrityError), desk.store.write() as conn:
            conn.execute(wrong)
    with pytest.raises(DBAPIError), desk.store.write() as conn:
        conn.execute(delete(answer_import))


def test_the_database_takes_nothing_of_an_import_before_it_is_whole_and_stages_nothing_later(desk: Any) -> None:
    desk.post(desk.serials()[0], q1="1")
    with desk.store.write() as conn:
        conn.execute(insert(answer_import).values(**ROW, is_open=True, is_whole=False))
        some = conn.scalar(select(response.c.id))
        for serial in desk.serials("SNV")[:2]:
            conn.execute(insert(staged_sheet).values(serial=serial, answer_import=1, size=1, answers="[]"))
    taken = update(staged_sheet).where(staged_sheet.c.serial == desk.serials("SNV")[0])
    taken = taken.values(answers=None, response=some)
    late = insert(staged_sheet).values(serial=desk.serials("SNV")[2], answer_import=1, size=1, answers="[]")
    own = update(answer_import)
    refuse(desk, taken, "taken once it is whole")
    refuse(desk, own.values(is_open=False), "nothing staged outlives its import")
    with desk.store.write() as conn:
        conn.execute(own.values(is_whole=True))
        conn.execute(taken)
    refuse(desk, late, "staged before it is whole")
    refuse(desk, own.values(is_whole=False), "an import that is whole stays so")
    with desk.store.write() as conn:
        conn.execute(delete(staged_sheet))
        conn.execute(own.values(is_open=False))
    refuse(desk, own.values(is_open=True), "an import that is closed stays so")


def test_the_database_lets_an_import_that_was_put_away_never_be_whole(desk: Any) -> None:
    with desk.store.write() as conn:
        conn.execute(insert(answer_import).values(**ROW, is_open=False, is_whole=False))
    refuse(desk, update(answer_import).values(is_whole=True), "it was put away")
