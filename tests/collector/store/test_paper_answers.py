"""The rows behind a score, past the program: what paper says follows its reading and its doubts, or is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Connection, Executable, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from collector.review import list_doubts, settle_doubt
from collector.store import Store
from collector.store.schema import answer, answer_value, doubt, option, page_answer, page_choice, page_value, question

FIRST, SECOND = {"q1": "1", "q2": "4", "q3": "ac"}, {"q4": "5", "q5": "7"}


@pytest.fixture
def refuses(store: Store) -> Callable[[Executable], None]:
    """Holds that the database refuses a statement, as a rule of its own."""

    def is_refused(statement: Executable) -> None:
        rule = r"with a decision|was given|of its log|of (page|answer)\w* is refused"
        with pytest.raises(DBAPIError, match=rule), store.write() as conn:
            conn.execute(statement)

    return is_refused


@pytest.fixture
def scanned(desk: Any) -> str:
    """A sheet of paper that counts, with a doubt at q2 about 4."""
    serial: str = desk.serials()[0]
    desk.scan(serial, 1, doubtful="q2", **FIRST)
    desk.scan(serial, 2, **SECOND)
    return serial


def keys(conn: Connection, code: str, *options: str) -> tuple[int, ...]:
    """The keys of a question of the citizens' sheet and of some of its options."""
    of_question = select(question.c.id).where(question.c.code == code, question.c.questionnaire == _questionnaire(conn))
    asked = conn.execute(of_question).scalar_one()
    found = {row.code: row.id for row in conn.execute(select(option).where(option.c.question == asked))}
    return asked, *(found[one] for one in options)


def _questionnaire(conn: Connection) -> int:
    of_answered = select(question.c.questionnaire).join_from(answer, question, question.c.id == answer.c.question)
    return int(conn.execute(of_answered.limit(1)).scalar_one())


def chosen(store: Store, code: str) -> list[tuple[str | None, str]]:
    with store.read() as conn:
        asked, *_ = keys(conn, code)
        rows = select(option.c.code, answer.c.state).join_from(
            answer, option, option.c.id == answer.c.option, isouter=True
        )
        return sorted((row.code, row.state) for row in conn.execute(rows.where(answer.c.question == asked)))


def at(asked: int) -> ColumnElement[bool]:
    return answer.c.question == asked


def test_what_was_read_for_sure_is_neither_changed_nor_lost_nor_added_to(
    store: Store, scanned: str, refuses: Any
) -> None:
    with store.read() as conn:
        q1, no = keys(conn, "q1", "0")
        q3, b = keys(conn, "q3", "b")
        q5, *_ = keys(conn, "q5")
        row = dict(conn.execute(select(answer).where(at(q3)).limit(1)).one()._mapping)
    refuses(update(answer).where(at(q1)).values(option=no))
    refuses(update(answer).where(at(q1)).values(option=0, state="blank"))
    refuses(update(answer).where(at(q1)).values(state="settled"))
    refuses(update(answer).where(at(q1)).values(state="doubtful"))
    refuses(delete(answer).where(at(q1)))
    refuses(insert(answer).values(row | {"option": b}))
    refuses(update(answer_value).where(answer_value.c.question == q5).values(value="9"))
    refuses(delete(answer_value).where(answer_value.c.question == q5))
    assert chosen(store, "q1") == [("1", "clear")]


def test_the_reading_itself_is_only_added_to(store: Store, scanned: str, refuses: Any) -> None:
    with store.read() as conn:
        q1, no = keys(conn, "q1", "0")
    for table in (page_answer, page_choice, page_value):
        refuses(delete(table))
    refuses(update(page_choice).where(page_choice.c.question == q1).values(option=no))
    refuses(update(page_answer).where(page_answer.c.question == q1).values(state="doubtful"))
    refuses(update(page_value).values(value="9"))


def test_a_doubtful_answer_becomes_what_the_log_of_its_doubt_says_and_nothing_else(
    store: Store, desk: Any, scanned: str, refuses: Any
) -> None:
    with store.read() as conn:
        q2, five, four = keys(conn, "q2", "5", "4")
        (open_one,) = list_doubts(conn)
    refuses(update(answer).where(at(q2)).values(option=five, state="settled"))
    refuses(update(answer).where(at(q2)).values(state="settled"))
    refuses(update(doubt).values(chosen='["5"]', state="settled"))
    settle_doubt(store, open_one.id, ("5",), "minh", "thấy rõ")
    assert chosen(store, "q2") == [("5", "settled")]
    refuses(update(answer).where(at(q2)).values(option=four))
    refuses(update(answer).where(at(q2)).values(state="clear"))
    refuses(delete(answer).where(at(q2)))
    settle_doubt(store, open_one.id, (), "minh", "nhầm")
    assert chosen(store, "q2") == [(None, "settled")]


def test_nothing_is_added_to_what_somebody_gave(store: Store, desk: Any, refuses: Any) -> None:
    desk.post(desk.serials()[0], q1="1")
    with store.read() as conn:
        q1, no = keys(conn, "q1", "0")
        q2, five = keys(conn, "q2", "5")
        given = dict(conn.execute(select(answer).where(at(q1))).one()._mapping)
    refuses(insert(answer).values(given | {"option": no}))
    refuses(insert(answer).values(given | {"question": q2, "option": five}))
    assert (chosen(store, "q1"), chosen(store, "q2")) == ([("1", "clear")], [(None, "blank")])
