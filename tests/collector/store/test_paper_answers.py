"""The rows behind a score, past the program: what paper says follows its reading and its doubts, or is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Connection, Executable, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from collector.review.deciding import decide_conflict, list_conflicts, list_doubts, settle_doubt
from collector.store import Store
from collector.store.schema import (
    answer,
    answer_value,
    conflict,
    doubt,
    option,
    page_answer,
    page_choice,
    page_value,
    question,
    response,
    skip_rule,
)

FIRST, SECOND = {"q1": "1", "q2": "4", "q3": "ac"}, {"q4": "5", "q5": "7"}


@pytest.fixture
def refuses(store: Store) -> Callable[[Executable], None]:
    """Holds that the database refuses a statement, as a rule of its own."""

    def is_refused(statement: Executable) -> None:
        rule = r"with a decision|was given|by a decision|of its log|of (page|answer|skip)\w* is refused"
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


def test_an_option_more_of_many_is_not_added_to_what_somebody_gave(store: Store, desk: Any, refuses: Any) -> None:
    desk.post(desk.serials()[0], q1="1", q3="ac")
    with store.read() as conn:
        q3, b = keys(conn, "q3", "b")
        given = dict(conn.execute(select(answer).where(at(q3)).limit(1)).one()._mapping)
    refuses(insert(answer).values(given | {"option": b}))
    with pytest.raises(DBAPIError, match="stays what it is"), store.write() as conn:
        conn.execute(update(response).values(given=99))
    assert chosen(store, "q3") == [("a", "clear"), ("c", "clear")]


def test_paper_is_set_aside_where_a_rule_leads_past_it_and_nowhere_else(
    store: Store, desk: Any, scanned: str, refuses: Any
) -> None:
    with store.read() as conn:
        (q1, *_), (q2, *_), (q4, *_) = keys(conn, "q1"), keys(conn, "q2"), keys(conn, "q4")
        (open_one,) = list_doubts(conn)
    for asked in (q1, q4, q2):
        refuses(update(answer).where(at(asked)).values(state="skipped"))
    settle_doubt(store, open_one.id, ("5",), "minh", "thấy rõ")
    refuses(update(answer).where(at(q2)).values(state="skipped"))
    refuses(delete(skip_rule))


def test_what_a_rule_leads_past_stays_aside(store: Store, desk: Any, refuses: Any) -> None:
    serial = desk.serials()[0]
    desk.scan(serial, 1, **{**FIRST, "q1": "0"})
    desk.scan(serial, 2, **SECOND)
    with store.read() as conn:
        q2, *_ = keys(conn, "q2")
    assert chosen(store, "q2") == [("4", "skipped")]
    refuses(update(answer).where(at(q2)).values(state="clear"))


def test_a_settled_doubt_moves_what_lies_behind_it_aside_and_back(store: Store, desk: Any) -> None:
    serial = desk.serials()[0]
    desk.scan(serial, 1, doubtful="q1", **FIRST)
    desk.scan(serial, 2, **SECOND)
    with store.read() as conn:
        (open_one,) = list_doubts(conn)
    for said, state in (("0", "skipped"), ("1", "clear"), ("0", "skipped")):
        settle_doubt(store, open_one.id, (said,), "minh", "thấy rõ")
        assert chosen(store, "q2") == [("4", state)]


def test_a_response_counts_no_more_or_again_by_a_decision_alone(
    store: Store, desk: Any, scanned: str, refuses: Any
) -> None:
    aside = {"state": "set_aside", "claims": False}
    for other in (aside, {"state": "void", "claims": False}, {"state": "contested"}, {"state": "over_quota"}):
        refuses(update(response).values(other))
    desk.post(scanned, q1="1", q2="1")
    with store.read() as conn:
        (disputed,) = list_conflicts(conn)
    both = response.c.id.in_((disputed.first.response, disputed.second.response))
    refuses(update(response).where(response.c.id == disputed.first.response).values(state="accepted", claims=True))
    refuses(update(response).where(both).values(aside))
    decide_conflict(store, disputed.id, "first", "minh", "đúng phiếu")
    lost = response.c.id == disputed.second.response
    refuses(update(response).where(lost).values(state="contested"))
    refuses(update(response).where(response.c.id == disputed.first.response).values(aside))
    with store.read() as conn:
        assert conn.scalar(select(response.c.state).where(lost)) == "set_aside"
        assert conn.scalar(select(conflict.c.decision)) == "first"
