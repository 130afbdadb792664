"""What calls came to: facts that fit outcomes, reserves in their turn, corrections that keep what was there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from collector.recheck.drawing import list_drawn
from collector.recheck.recording import list_question_codes, record_calls
from collector.store.recheck_calls import last_calls, list_calls
from collector.store.schema import recheck_call, recheck_opinion, recheck_widening
from forms.errors import InputWrong
from forms.questionnaire import Level
from forms.recheck_tables import read_results

HEAD = "Cuộc gọi,Kết quả,Số lần gọi,Người gọi,Ngày gọi,Có tham gia,Tự điền phiếu,Ghi chú,q2\n"


@pytest.fixture
def record(store, campaign, rechecked):
    """Record results, by whoever is at the desk."""

    def put(*rows, correct=""):
        return record_calls(store, campaign, rows, [], "lan", correct)

    return put


def held(store):
    with store.read() as conn:
        return {place: call.outcome for (_, place), call in last_calls(conn).items()}


def test_six_calls_are_open_and_a_reserve_is_not(record, row, store):
    done = record(*(row(place) for place in range(1, 6)))
    assert (done.new, done.open) == (5, 1)
    with pytest.raises(InputWrong, match="SNV-07"):
        record(row(6), row(7))
    assert 6 not in held(store)


def test_each_person_who_cannot_be_reached_opens_one_reserve(record, row):
    done = record(row(1, "unreachable", attempts=3), row(2, "wrong_number"), row(7), row(8))
    assert (done.new, done.open) == (4, 4)
    with pytest.raises(InputWrong, match="SNV-09"):
        record(row(9))


def test_a_refusal_or_a_denial_opens_no_reserve(record, row):
    record(row(1, "refused"), row(2, "denies"))
    with pytest.raises(InputWrong, match="SNV-07"):
        record(row(7))


def test_nobody_is_unreachable_before_the_stated_attempts(record, row):
    with pytest.raises(InputWrong, match="3"):
        record(row(1, "unreachable", attempts=2))


def test_a_confirmed_forgery_opens_every_place_of_the_agency(record, row, store):
    done = record(row(3, "forged"))
    assert (done.widened, done.open) == (("SNV",), 11)
    assert record(row(12)).new == 1
    assert list_drawn(store)[0].draw.widened


def test_the_same_result_again_changes_nothing_and_another_wants_a_reason(record, row, store):
    record(row(1))
    assert record(row(1)).known == 1
    with pytest.raises(InputWrong, match="--correct"):
        record(row(1, "denies"))
    assert record(row(1, "denies"), correct="nghe lại băng ghi âm").corrected == 1
    with store.read() as conn:
        calls = list_calls(conn)
    assert [(call.version, call.outcome, call.why) for call in calls] == [
        (1, "confirmed", None),
        (2, "denies", "nghe lại băng ghi âm"),
    ]


def test_a_correction_takes_back_what_it_opened_and_may_widen_too(record, row, store):
    record(row(1, "wrong_number"), row(7))
    assert record(row(1), correct="nhầm dòng").open == 5
    with pytest.raises(InputWrong, match="SNV-08"):
        record(row(8))
    assert record(row(7, "forged"), correct="đã xác minh").widened == ("SNV",)
    assert record(row(7), correct="xác minh lại").open == 10
    assert list_drawn(store)[0].draw.widened  # what was opened for a forgery stays open


def test_opinions_are_kept_by_code_or_by_words(record, row, store):
    record(row(1, answers={"q2": "mức 4", "q4": "5"}))
    with store.read() as conn:
        ((_, call),) = last_calls(conn).items()
    assert call.opinions == {"q2": "4", "q4": "5"}


def test_an_unknown_level_and_a_question_nobody_asks_are_told(record, row):
    with pytest.raises(InputWrong) as error:
        record(row(1, answers={"q2": "tuyệt vời", "m1": "5"}))
    assert len(error.value.problems) == 2


def test_every_problem_of_a_file_is_told_at_once_with_its_row(store, campaign, rechecked, tmp_path):
    path = tmp_path / "kq.csv"
    path.write_text(
        HEAD
        + "SNV-01,Xác nhận đúng,1,Minh,02/4/2014,Có,Có,,5\n"
        + "SNV-02,Xác nhận đúng,1,Minh,02/4/2014,Có,Không,,\n"
        + "SNV-03,Phiếu khống,1,Minh,02/4/2014,Không,,,\n"
        + "SNV-04,lạ,0,,ngày kia,,,,\n"
        + "SNV-05,Từ chối trả lời,1,Minh,02/4/2014,,,,4\n"
        + "SNV-06,,,,,,,,\n"
        + "SNV-11,confirmed,1,Minh,02/4/2014,yes,yes,,\n",
        encoding="utf-8",
    )
    rows, problems = read_results(path, list_question_codes(campaign))
    with pytest.raises(InputWrong) as error:
        record_calls(store, campaign, rows, problems, "lan")
    places = [problem.where for problem in error.value.problems]
    assert places == [f"kq.csv:{line}" for line in (3, 4, 5, 5, 5, 5, 6, 8)]
    assert held(store) == {}


def test_the_database_keeps_the_rules_whoever_writes(record, row, store, rechecked):
    record(row(1))
    with store.read() as conn:
        kept = dict(conn.execute(recheck_call.select()).one()._mapping)
    line = kept | {"id": 99, "place": 2}
    for wrong in (
        {"place": 7},  # a reserve
        {"version": 3, "why": "x"},
        {"took_part": None},
        {"filled_self": False},
        {"outcome": "forged", "took_part": False},  # without its ground
        {"outcome": "denies"},
        {"outcome": "unreachable", "took_part": None, "filled_self": None},  # one attempt
        {"outcome": "refused"},  # with facts
        {"why": "vì sao"},
    ):
        with pytest.raises(IntegrityError), store.write() as conn:
            conn.execute(insert(recheck_call).values(line | wrong))
    with store.write() as conn:
        conn.execute(insert(recheck_call).values(line))
    with pytest.raises(IntegrityError, match="forgery"), store.write() as conn:
        conn.execute(insert(recheck_widening).values(recheck_draw=rechecked.id, at=kept["at"], who="lan"))


@pytest.mark.parametrize("table", [recheck_call, recheck_opinion])
def test_results_are_neither_changed_nor_deleted(table, record, row, store):
    record(row(1, answers={"q2": "4"}))
    for statement in (delete(table), update(table).values(place=2)):
        with pytest.raises(DBAPIError), store.write() as conn:
            conn.execute(statement)


def test_a_place_that_a_corrected_call_had_opened_stays_open_in_the_database_too(record, row):
    record(row(1, "unreachable", attempts=3), row(2, "wrong_number"), row(8))
    record(row(1), row(2), correct="gọi lại được")
    done = record(row(7))
    assert done.new == 1


def test_a_level_that_was_not_printed_yet_is_told_with_its_row(store, campaign, rechecked, row):
    asked = campaign.questionnaires["nguoi-dan"]
    later = {code: (*levels, Level(code="9", label="Rất tốt", percent=None)) for code, levels in asked.scales.items()}
    edited = {**campaign.questionnaires, "nguoi-dan": asked.model_copy(update={"scales": later})}
    changed = replace(campaign, questionnaires=edited)
    with pytest.raises(InputWrong, match=r"kq\.csv:2"):
        record_calls(store, changed, [row(1, answers={"q2": "9"})], [], "lan")
    assert record_calls(store, changed, [row(1, answers={"q2": "5"})], [], "lan").new == 1
