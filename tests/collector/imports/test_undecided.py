"""Answers that a table left undecided: a person decides them, with a ground, and nothing of the table is lost."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Executable, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from collector.editions.freezing import check_freezable
from collector.imports.answers import ImportSummary, import_answers
from collector.review.deciding import list_conflicts, list_doubts, settle_doubt, unsettle_last
from collector.review.second_reader import Queue
from collector.store.answers import export_rows
from collector.store.quota import quota_rows
from collector.store.schema import answer, answer_value, doubt, imported_answer, option, response, settlement
from forms.errors import InputWrong

NOW = datetime.datetime(2014, 4, 1, 8, 0, tzinfo=datetime.UTC)
HEAD = "serial,agency,group,question,option,state"


def take(desk: Any, folder: Path, *said: str, serial: str = "") -> ImportSummary:
    """Import a long table about one sheet; a row is QUESTION,OPTION,STATE."""
    path = folder / "nhap.csv"
    rows = [f"{serial or desk.serials()[0]},HL,CD,{row}" for row in said]
    path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return import_answers(desk.store, desk.campaign, path, "lan", NOW)


def answers(desk: Any, question: str) -> list[tuple[str, str]]:
    """(option, state) of a question of the first sheet."""
    with desk.store.read() as conn:
        rows = [row for row in export_rows(conn) if row.serial == desk.serials()[0] and row.question == question]
    return sorted((row.option or "", row.state) for row in rows)


def only_doubt(desk: Any) -> Any:
    with desk.store.read() as conn:
        (found,) = list_doubts(conn)
    return found


def test_an_undecided_answer_waits_with_its_row_and_counts_once_somebody_decides(desk: Any, tmp_path: Path) -> None:
    table = "q1,1,clear", "q2,5,doubtful", "q2,4,doubtful", "q5,7,clear"
    assert take(desk, tmp_path, *table).doubtful == 1
    waits = only_doubt(desk)
    assert (waits.source, waits.guess, waits.page, waits.reason) == ("nhap.csv:3", ("5", "4"), None, "imported")
    assert sum(row.doubtful for row in quota_rows_of(desk)) == 1
    with desk.store.read() as conn, pytest.raises(InputWrong):
        check_freezable(conn, desk.campaign, False)

    with pytest.raises(InputWrong, match="căn cứ"):
        settle_doubt(desk.store, waits.id, ("4",), "minh")
    settle_doubt(desk.store, waits.id, ("4",), "minh", "đã xem tờ giấy")
    assert answers(desk, "q2") == [("4", "settled")]
    assert (answers(desk, "q1"), answers(desk, "q5")) == ([("1", "clear")], [("7", "clear")])
    with desk.store.read() as conn:
        assert check_freezable(conn, desk.campaign, False) == {"doubts": 0, "conflicts": 0}
        (line,) = conn.execute(select(settlement))
        assert (line.who, line.before, line.after, line.why) == ("minh", None, '["4"]', "đã xem tờ giấy")
        assert Queue(desk.campaign, "hoa").list(conn) == [], "nobody reads a picture again that there is not"

    again = take(desk, tmp_path, *table)
    assert (again.same, again.conflict) == (1, 0)
    assert answers(desk, "q2") == [("4", "settled")], "the same table again changes nothing"
    assert unsettle_last(desk.store, "minh") == waits.id
    assert answers(desk, "q2") == [("4", "doubtful"), ("5", "doubtful")]
    assert only_doubt(desk).guess == ("5", "4")


def quota_rows_of(desk: Any) -> list[Any]:
    with desk.store.read() as conn:
        return quota_rows(conn)


def test_several_choices_and_numbers_are_decided_and_taken_back_too(desk: Any, tmp_path: Path) -> None:
    take(desk, tmp_path, "q1,1,clear", "q3,a,doubtful", "q5,7,doubtful")
    with desk.store.read() as conn:
        many, number = list_doubts(conn)
    assert (many.guess, number.guess) == (("a",), ("7",))
    settle_doubt(desk.store, many.id, ("b", "c"), "minh", "xem giấy")
    settle_doubt(desk.store, number.id, ("9",), "minh", "xem giấy")
    assert answers(desk, "q3") == [("b", "settled"), ("c", "settled")]
    assert answers(desk, "q5") == [("9", "settled")]
    unsettle_last(desk.store, "minh")
    unsettle_last(desk.store, "minh")
    assert answers(desk, "q3") == [("a", "doubtful")]
    assert answers(desk, "q5") == [("7", "doubtful")]


def test_a_decision_leads_past_questions_as_everywhere_and_they_come_back_with_it(desk: Any, tmp_path: Path) -> None:
    take(desk, tmp_path, "q1,0,doubtful", "q2,4,doubtful", "q4,5,clear")
    with desk.store.read() as conn:
        first, second = list_doubts(conn)
    settle_doubt(desk.store, first.id, ("0",), "minh", "xem giấy")
    assert answers(desk, "q2") == [("4", "skipped")]
    with desk.store.read() as conn:
        assert list_doubts(conn) == [], "nobody owes what is led past"
    unsettle_last(desk.store, "minh")
    assert answers(desk, "q2") == [("4", "doubtful")]
    settle_doubt(desk.store, second.id, ("5",), "minh", "xem giấy")
    settle_doubt(desk.store, first.id, ("0",), "minh", "xem giấy")
    assert answers(desk, "q2") == [("5", "skipped")]


def test_a_sheet_that_turns_out_blank_gives_its_place_back(desk: Any, tmp_path: Path) -> None:
    take(desk, tmp_path, "q2,4,doubtful")
    assert sum(row.accepted for row in quota_rows_of(desk)) == 1
    settle_doubt(desk.store, only_doubt(desk).id, (), "minh", "tờ giấy trắng")
    assert sum(row.accepted for row in quota_rows_of(desk)) == 0
    unsettle_last(desk.store, "minh")
    assert sum(row.accepted for row in quota_rows_of(desk)) == 1


def test_paper_that_said_the_same_only_as_far_as_the_table_was_sure_comes_up(desk: Any, tmp_path: Path) -> None:
    take(desk, tmp_path, "q1,1,clear", "q2,5,doubtful", "q3,a,clear", "q4,5,clear", "q5,7,clear")
    desk.scan(desk.serials()[0], 1, q1="1", q2="4", q3="a")
    desk.scan(desk.serials()[0], 2, q4="5", q5="7")
    with desk.store.read() as conn:
        assert list_conflicts(conn) == []
    settle_doubt(desk.store, only_doubt(desk).id, ("5",), "minh", "hỏi nơi nhập")
    with desk.store.read() as conn:
        (found,) = list_conflicts(conn)
    assert {found.first.channel, found.second.channel} == {"import", "paper"}


def test_a_table_that_said_the_same_as_the_paper_only_as_far_as_it_was_sure_comes_up(desk: Any, tmp_path: Path) -> None:
    desk.scan(desk.serials()[0], 1, q1="1", q2="4", q3="a")
    desk.scan(desk.serials()[0], 2, q4="5", q5="7")
    take(desk, tmp_path, "q1,1,clear", "q2,5,doubtful", "q3,a,clear", "q4,5,clear", "q5,7,clear")
    with desk.store.read() as conn:
        assert (list_conflicts(conn), list_doubts(conn)) == ([], []), "the paper speaks for the sheet"
        key = conn.scalar(select(doubt.c.id))
    settle_doubt(desk.store, key, ("4",), "minh", "xem giấy")
    with desk.store.read() as conn:
        assert list_conflicts(conn) == []
    settle_doubt(desk.store, key, ("5",), "minh", "xem lại")
    with desk.store.read() as conn:
        assert len(list_conflicts(conn)) == 1


def test_the_database_lets_nothing_of_a_table_change_but_by_a_decision(desk: Any, tmp_path: Path) -> None:
    take(desk, tmp_path, "q1,1,clear", "q2,5,doubtful", "q5,7,doubtful")
    take(desk, tmp_path, "q1,1,clear", "q2,5,clear", serial=desk.serials()[1])
    with desk.store.read() as conn:
        waits, _ = list_doubts(conn)
        row = conn.execute(select(doubt).where(doubt.c.id == waits.id)).one()
        q2 = row.question
        codes = {one.code: one.id for one in conn.execute(select(option).where(option.c.question == q2))}
        other = conn.scalar(select(response.c.id).where(response.c.id != row.response))
        said = conn.execute(select(imported_answer).where(imported_answer.c.response == row.response)).first()
    own = answer.c.response == row.response
    fresh = {"response": row.response, "question": q2, "rated": 0, "state": "doubtful"}

    def refuse(act: Executable) -> None:
        with pytest.raises(DBAPIError), desk.store.write() as conn:
            conn.execute(act)

    refuse(update(answer).where(own, answer.c.question == q2).values(option=codes["4"], state="settled"))
    refuse(update(answer).where(own, answer.c.question == q2).values(state="clear"))
    refuse(update(answer).where(own, answer.c.question != q2).values(state="settled"))
    refuse(insert(answer).values(**fresh, option=codes["4"]))
    refuse(delete(answer).where(own))
    refuse(update(answer_value).where(answer_value.c.response == row.response).values(value="8"))
    refuse(delete(answer_value).where(answer_value.c.response == row.response))
    refuse(update(imported_answer).values(state="clear"))
    refuse(delete(imported_answer))
    refuse(insert(imported_answer).values(**dict(said._mapping) | {"response": other}))
    refuse(update(doubt).values(source="khác.csv:1"))
    refuse(insert(doubt).values(**dict(row._mapping) | {"id": 99, "response": other}))
    settle_doubt(desk.store, waits.id, ("4",), "minh", "xem giấy")
    refuse(update(answer).where(own, answer.c.question == q2).values(option=codes["5"]))
    refuse(delete(answer).where(own, answer.c.question == q2))
    assert answers(desk, "q2") == [("4", "settled")]
