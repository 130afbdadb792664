"""Blind second looks: what is drawn and kept, what follows from a look that differs, and what the database refuses."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from collector.review.deciding import count_doubts, get_doubt, list_doubts, settle_doubt, unsettle_last
from collector.review.second_look import count_drawn, get_drawn, look_again, next_drawn, take_back_look
from collector.store.answers import export_rows, scoring_rows
from collector.store.look_outcomes import count_undone, list_outcomes
from collector.store.quota import quota_rows
from collector.store.schema import drawn_answer, look_undone, page_answer, response, second_look
from forms.errors import InputWrong, NotFound
from forms.rules import Reading

FIRST, SECOND = {"q1": "1", "q2": "4", "q3": "ac"}, {"q4": "5"}
NOW = datetime.datetime(2014, 4, 2, 1, 0, tzinfo=datetime.UTC)


def with_share(campaign, share):
    settings = campaign.settings.model_copy(update={"reading": Reading(second_look=Decimal(share))})
    return dataclasses.replace(campaign, settings=settings)


@pytest.fixture
def desk(desk):
    """A desk whose campaign draws every answer."""
    return dataclasses.replace(desk, campaign=with_share(desk.campaign, 1))


@pytest.fixture
def serial(desk):
    return desk.serials()[0]


def scan(desk, serial, doubtful="", **said):
    desk.scan(serial, 1, doubtful=doubtful, **FIRST | said)
    desk.scan(serial, 2, **SECOND)


def all_drawn(desk):
    found = {}
    with desk.store.read() as conn:
        for key in conn.scalars(select(drawn_answer.c.id)):
            one = get_drawn(conn, key)
            found[one.serial, one.question, one.row, one.page] = key
    return {(serial, question, row): key for (serial, question, row, _), key in sorted(found.items(), reverse=True)}


def drawn_of(desk, serial, question):
    return all_drawn(desk)[serial, question, None]


def waiting(desk):
    with desk.store.read() as conn:
        return count_drawn(conn)


def answers_of(desk, serial):
    with desk.store.read() as conn:
        return {row.question: (row.option, row.state) for row in export_rows(conn) if row.serial == serial}


def state_of(desk):
    with desk.store.read() as conn:
        return conn.scalars(select(response.c.state)).all()


def outcomes(desk):
    with desk.store.read() as conn:
        return list(list_outcomes(conn))


def test_sure_answers_from_boxes_are_drawn_by_a_hash_that_anybody_can_repeat(desk, serial):
    scan(desk, serial, doubtful="q2")
    assert sorted(question for _, question, _ in all_drawn(desk)) == ["q1", "q3", "q4"], "q5 and q6 have no boxes"
    with desk.store.read() as conn:
        rows = {row.read: row.draw for row in conn.execute(select(drawn_answer))}
    assert rows['["5"]'] == hashlib.sha256(f"thu-nghiem-2014|{serial}|q4|".encode()).hexdigest()[:16]
    assert set(rows) == {'["1"]', '["a", "c"]', '["5"]'}


@pytest.mark.parametrize("share", ["0", "0.5"])
def test_a_share_draws_what_lies_below_it(desk, share):
    desk = dataclasses.replace(desk, campaign=with_share(desk.campaign, share))
    serials = desk.serials("SNV")
    for serial in serials:
        desk.scan(serial, 1, **FIRST)
    hashes = {
        (serial, question, None): hashlib.sha256(f"thu-nghiem-2014|{serial}|{question}|".encode()).hexdigest()
        for serial in serials
        for question in FIRST
    }
    assert set(all_drawn(desk)) == {key for key, digits in hashes.items() if int(digits, 16) < float(share) * 2**256}


def test_one_in_a_hundred_is_drawn_unless_the_campaign_says_otherwise():
    assert Reading().second_look == Decimal("0.01")


def test_a_rescan_draws_the_same_answers_and_is_not_looked_at_twice(desk, serial):
    scan(desk, serial)
    before = waiting(desk)
    scan(desk, serial)
    assert waiting(desk) == before == 4
    with desk.store.read() as conn:
        draws = conn.scalars(select(drawn_answer.c.draw)).all()
    assert len(draws) == 2 * len(set(draws))


def test_answers_of_a_sheet_that_is_not_whole_wait_for_its_other_page(desk, serial):
    desk.scan(serial, 1, **FIRST)
    assert waiting(desk) == 0
    desk.scan(serial, 2, **SECOND)
    assert waiting(desk) == 4


def test_what_is_skipped_or_made_void_is_not_looked_at(desk, serial):
    scan(desk, serial, q1="0")
    assert waiting(desk) == 3, "q2 is skipped"
    desk.void(serial)
    assert waiting(desk) == 0


def test_a_look_that_agrees_is_counted_and_changes_nothing(desk, serial):
    scan(desk, serial)
    assert look_again(desk.store, drawn_of(desk, serial, "q3"), ("c", "a"), "lan", NOW)
    [one] = outcomes(desk)
    assert (one.agrees, one.read, one.seen, one.is_open, one.is_wrong) == (True, ("a", "c"), ("a", "c"), False, False)
    assert (one.number, one.boxes, one.confidence, one.doubt) == ("HL-CD-001", 3, 1.0, None)
    assert waiting(desk) == 3
    assert set(answers_of(desk, serial).values()) >= {("4", "clear"), ("5", "clear")}


@pytest.mark.parametrize("seen", [("3",), (), ("5",), "several", None])
def test_a_look_that_differs_makes_the_answer_a_doubt_with_both_in_sight(desk, serial, seen):
    scan(desk, serial)
    look_again(desk.store, drawn_of(desk, serial, "q2"), seen, "lan", NOW)
    assert answers_of(desk, serial)["q2"] == ("4", "doubtful")
    with desk.store.read() as conn:
        [found] = list_doubts(conn)
        options = [row.option for row in scoring_rows(conn) if row.question == "q2"]
    assert (found.reason, found.guess, found.look.seen, found.look.who) == ("second_look", ("4",), seen, "lan")
    assert options == [None], "neither side counts until somebody decides"
    assert outcomes(desk)[0].is_open


@pytest.mark.parametrize(("decided", "is_wrong"), [(("3",), True), (("4",), False), ((), True)])
def test_the_trail_shows_reading_second_look_and_decision(desk, serial, decided, is_wrong):
    scan(desk, serial)
    look_again(desk.store, drawn_of(desk, serial, "q2"), ("3",), "lan", NOW)
    with desk.store.read() as conn:
        [found] = list_doubts(conn)
    settle_doubt(desk.store, found.id, decided, "minh")
    [one] = outcomes(desk)
    assert (one.read, one.seen, one.who, one.chosen, one.decided_by) == (("4",), ("3",), "lan", decided, "minh")
    assert (one.is_wrong, one.is_open) == (is_wrong, False)
    assert answers_of(desk, serial)["q2"] == ("".join(decided), "settled")
    unsettle_last(desk.store, "minh")
    assert outcomes(desk)[0].is_open
    assert answers_of(desk, serial)["q2"] == ("4", "doubtful")


def test_marks_that_were_not_seen_on_a_blank_sheet_bring_it_back(desk, serial):
    desk.scan(serial, 1)
    desk.scan(serial, 2)
    assert state_of(desk) == ["set_aside"]
    assert waiting(desk) == 4
    look_again(desk.store, drawn_of(desk, serial, "q2"), ("3",), "lan", NOW)
    assert state_of(desk) == ["accepted"]
    with desk.store.read() as conn:
        [found] = list_doubts(conn)
    settle_doubt(desk.store, found.id, (), "minh")
    assert state_of(desk) == ["set_aside"]


def test_a_look_is_taken_back_by_whom_it_is_and_stays_on_record(desk, serial):
    scan(desk, serial)
    key = drawn_of(desk, serial, "q2")
    look_again(desk.store, key, ("3",), "lan", NOW, session="s1")
    assert take_back_look(desk.store, "minh", session="s1") is None
    assert take_back_look(desk.store, "lan", session="s2") is None
    assert take_back_look(desk.store, "lan", session="s1") == key
    assert answers_of(desk, serial)["q2"] == ("4", "clear")
    assert take_back_look(desk.store, "lan", session="s1") is None
    with desk.store.read() as conn:
        assert (count_doubts(conn), count_drawn(conn), count_undone(conn)) == (0, 4, 1)
        assert len(conn.execute(select(second_look)).all()) == 1
    look_again(desk.store, key, ("2",), "minh", NOW)
    with desk.store.read() as conn:
        [found] = list_doubts(conn)
    assert found.look.seen == ("2",)
    assert [one.seen for one in outcomes(desk)] == [("2",)]


def test_what_was_decided_is_not_taken_back(desk, serial):
    scan(desk, serial)
    look_again(desk.store, drawn_of(desk, serial, "q2"), ("3",), "lan", NOW)
    with desk.store.read() as conn:
        [found] = list_doubts(conn)
    settle_doubt(desk.store, found.id, ("3",), "minh")
    assert take_back_look(desk.store, "lan") is None
    with desk.store.read() as conn:
        assert get_doubt(conn, found.id).state == "settled"


def test_of_two_who_look_at_the_same_answer_the_first_is_kept(desk, serial):
    scan(desk, serial)
    key = drawn_of(desk, serial, "q2")
    assert look_again(desk.store, key, ("4",), "lan", NOW)
    assert not look_again(desk.store, key, ("3",), "minh", NOW)
    assert [one.who for one in outcomes(desk)] == ["lan"]


@pytest.mark.parametrize("seen", [("9",), ("5", "4"), ("a",)])
def test_what_the_question_does_not_have_is_refused(desk, serial, seen):
    scan(desk, serial)
    with pytest.raises(InputWrong):
        look_again(desk.store, drawn_of(desk, serial, "q2"), seen, "lan", NOW)
    with pytest.raises(InputWrong):
        look_again(desk.store, drawn_of(desk, serial, "q3"), "several", "lan", NOW)
    with pytest.raises(NotFound):
        look_again(desk.store, 999, (), "lan", NOW)
    assert outcomes(desk) == []


def test_answers_come_in_the_order_of_the_draw_and_none_about_one_s_own_agency(desk):
    for one in (desk.serials()[0], desk.serials("SNV")[0]):
        scan(desk, one)
    desk.scan(desk.serials("HL", "CC")[0], 1, m1_SNV="5", m1_STC="4")
    with desk.store.read() as conn:
        draws = dict(conn.execute(select(drawn_answer.c.id, drawn_answer.c.draw)).all())
        seen = [next_drawn(conn).id]
        while len(seen) < len(draws):
            seen.append(next_drawn(conn, seen[-1]).id)
        assert next_drawn(conn, seen[-1]).id == seen[0]
        assert [count_drawn(conn, name) for name in (None, "SNV", "HL", "STC")] == [10, 5, 4, 9]
    assert [draws[key] for key in seen] == sorted(draws.values())


def test_a_row_of_a_matrix_is_looked_at_by_itself(desk):
    serial = desk.serials("HL", "CC")[0]
    desk.scan(serial, 1, m1_SNV="5", m1_STC="4")
    look_again(desk.store, all_drawn(desk)[serial, "m1", "STC"], ("3",), "lan", NOW)
    with desk.store.read() as conn:
        [found] = list_doubts(conn)
    assert (found.row, found.guess) == ("STC", ("4",))
    assert [(one.row, one.boxes) for one in outcomes(desk)] == [("STC", 5)]


def test_a_doubt_by_a_second_look_is_counted_among_the_others(desk, serial):
    scan(desk, serial)
    look_again(desk.store, drawn_of(desk, serial, "q4"), None, "lan", NOW)
    with desk.store.read() as conn:
        assert [row.doubtful for row in quota_rows(conn) if (row.agency, row.group) == ("HL", "CD")] == [1]


def test_the_database_keeps_every_draw_and_every_look(desk, serial):
    scan(desk, serial)
    key = drawn_of(desk, serial, "q2")
    look_again(desk.store, key, ("4",), "lan", NOW)
    with desk.store.read() as conn:
        drawn = dict(conn.execute(select(drawn_answer).where(drawn_answer.c.id == key)).one()._mapping)
        look = dict(conn.execute(select(second_look)).one()._mapping)
    fresh = look | {"id": 99, "who": "minh"}
    for refused in (
        insert(second_look).values(fresh),
        insert(second_look).values(fresh | {"round": 2}),
        insert(drawn_answer).values(drawn | {"id": 99}),
    ):
        with pytest.raises(IntegrityError), desk.store.write() as conn:
            conn.execute(refused)
    for refused in (
        update(second_look).values(seen='["3"]', agrees=False),
        delete(second_look),
        update(drawn_answer).values(read="[]"),
        delete(drawn_answer),
    ):
        with pytest.raises(DBAPIError), desk.store.write() as conn:
            conn.execute(refused)


@pytest.mark.parametrize(
    "wrong", [{"read": '["3"]'}, {"agrees": False}, {"seen": '["3"]'}, {"seen": None}, {"round": 0}]
)
def test_a_look_says_what_was_read_and_whether_it_agrees(desk, serial, wrong):
    scan(desk, serial)
    key = drawn_of(desk, serial, "q2")
    signed = {"who": "lan", "at": datetime.datetime(2014, 4, 2)}
    look = {"drawn_answer": key, "round": 1, "read": '["4"]', "seen": '["4"]', "agrees": True, **signed}
    with pytest.raises(IntegrityError), desk.store.write() as conn:
        conn.execute(insert(second_look).values(look | wrong))
    with desk.store.write() as conn:
        conn.execute(insert(second_look).values(look))


def test_the_database_lets_no_decided_look_be_taken_back(desk, serial):
    scan(desk, serial)
    look_again(desk.store, drawn_of(desk, serial, "q2"), ("3",), "lan", NOW)
    with desk.store.read() as conn:
        [found] = list_doubts(conn)
        look = conn.scalar(select(second_look.c.id))
    settle_doubt(desk.store, found.id, ("3",), "minh")
    undone = insert(look_undone).values(second_look=look, at=datetime.datetime(2014, 4, 2))
    with pytest.raises(IntegrityError), desk.store.write() as conn:
        conn.execute(undone)


def test_an_answer_that_is_not_there_cannot_be_drawn(desk, serial):
    scan(desk, serial)
    with desk.store.read() as conn:
        place = conn.execute(select(page_answer).limit(1)).one()
    row = {"page": place.page, "question": place.question, "rated": 99, "read": "[]", "draw": "0" * 16}
    with pytest.raises(IntegrityError), desk.store.write() as conn:
        conn.execute(insert(drawn_answer).values(row))
