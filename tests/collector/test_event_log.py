"""The log as people read it: every act in words, found by the number of a sheet, and nothing of who answered when."""

from __future__ import annotations

import ast
import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from collector.event_log import ACTS, find_lines, find_numbers, lines_csv, names_sheet, say_act, say_detail, say_subject
from collector.ledger.acts import hand_over, take_back
from collector.ledger.holding import Note
from collector.ledger.naming import Named
from collector.ledger.voiding import void_sheets
from collector.review.deciding import decide_conflict, list_conflicts, list_doubts, settle_doubt, unsettle_last
from collector.store.chain import Event
from collector.store.clock import day_of
from collector.store.events import Filter, list_events
from collector.store.steps import MovementKind
from forms.campaign import Campaign
from forms.recheck import OUTCOMES

COLLECTOR = Path(__file__).parents[2] / "collector"


def acts_in_the_sources() -> set[str]:
    """The third argument of every call of record_event."""
    found = set()
    for file in COLLECTOR.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "record_event":
                act = call.args[2]
                if isinstance(act, ast.Constant):
                    found.add(str(act.value))
                elif isinstance(act, ast.JoinedStr):
                    found |= {f"sheets.{kind}" for kind in get_args(MovementKind)}
                else:
                    found.add("freeze")
    return found


def test_every_act_that_is_recorded_has_its_words() -> None:
    assert acts_in_the_sources() == set(ACTS)
    assert say_act("sheets.void", "vi") == "Hủy phiếu"
    assert say_act("of.tomorrow") == "of.tomorrow"


def test_what_a_call_came_to_is_told_in_words() -> None:
    line = Event(1, datetime.datetime(2014, 4, 2), "Lê Thị Hoa", "recheck.record", "HL-01", "", "", "")
    told = [say_detail(replace(line, detail=f"{outcome}; gọi lần hai"), "vi") for outcome in OUTCOMES]
    assert told[1] == "Không nhận phiếu; gọi lần hai"
    assert not [words for outcome, words in zip(OUTCOMES, told, strict=True) if outcome in words]


def test_a_number_is_found_by_itself_and_within_a_range() -> None:
    shown = "HL-CD-003..HL-CD-007, HL-CD-011"
    assert [number for number in range(1, 13) if names_sheet(shown, f"HL-CD-{number:03}")] == [3, 4, 5, 6, 7, 11]
    assert not names_sheet(shown, "HL-CC-003")
    assert not names_sheet("SXHL-CD-003", "HL-CD-003")


def test_what_is_decided_about_a_sheet_names_it_and_what_goes_out_and_comes_back_does_not(
    desk: Any, campaign: Campaign
) -> None:
    note = Note("Lê Thị Hoa", day_of(), "12/BB", "")
    hand_over(desk.store, campaign, Named(("HL-CD-001", "HL-CD-002", "HL-CD-003")), "", note)
    take_back(desk.store, campaign, Named(("HL-CD-001",)), "returned", note)
    void_sheets(desk.store, campaign, Named(("HL-CD-002", "HL-CD-003")), Note("Lê Thị Hoa", day_of(), "", "rách"))
    with desk.store.read() as conn:
        lines = {line.action: line for line in list_events(conn)}
        assert lines["sheets.handover"].subject == lines["sheets.return"].subject == "HL-CD"
        assert lines["sheets.void"].subject == "HL-CD-002, HL-CD-003"
        assert say_detail(lines["sheets.return"], "vi") == "số phiếu: 1; ghi là: đã thu về; văn bản: 12/BB"
        assert say_detail(lines["sheets.void"], "vi") == "số phiếu: 2; rách"
        found, count = find_lines(conn, Filter(), "HL-CD-002")
        assert ([line.action for line in found], count) == (["sheets.void"], 1)
        assert find_lines(conn, Filter(), "HL-CD-001") == ([], 0)


def test_a_decision_is_told_without_the_answer(desk: Any) -> None:
    serial, twice = desk.serials()[:2]
    desk.scan(serial, 1, doubtful="q2", q2="4")
    desk.scan(serial, 2)
    desk.post(twice, q1="1")
    desk.post(twice, q1="0")
    with desk.store.read() as conn:
        (doubt,) = list_doubts(conn)
        (disputed,) = list_conflicts(conn)
    settle_doubt(desk.store, doubt.id, ("5",), "Hoa", "gạch bỏ", session="s")
    unsettle_last(desk.store, "Hoa", session="s")
    decide_conflict(desk.store, disputed.id, "first", "Nam", "đã gọi lại")
    with desk.store.read() as conn:
        lines = list_events(conn)
    assert [(line.who, line.action, line.subject) for line in lines] == [
        ("Hoa", "doubt.settle", doubt.number),
        ("Hoa", "doubt.undo", doubt.number),
        ("Nam", "conflict.decide", disputed.number),
    ]
    assert say_detail(lines[0], "vi") == "câu: q2; gạch bỏ"
    with desk.store.read() as conn:
        printed = find_numbers(conn, lines)
    assert say_detail(lines[0], "vi", printed) == "Câu 2; gạch bỏ"
    unlinked = replace(lines[0], subject="SNV-CC", detail="question=q2; gạch bỏ")
    assert say_detail(unlinked, "vi", {"SNV-CD": {"q2": 2}, "SNV-CC": {"q2": 7}}) == "Câu 7; gạch bỏ"
    assert say_detail(unlinked, "vi", {"SNV-CD": {"q2": 2}}) == "câu: q2; gạch bỏ"
    assert say_detail(lines[2], "vi") == "giữ: phiếu thứ nhất; đã gọi lại"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("sheet:SNV-CD-001", "Phiếu SNV-CD-001"),
        ("collector:HHDN/SNV", "Phiếu của đơn vị phát HHDN/SNV"),
        ("agency:SNV", "Mọi phiếu của SNV"),
    ],
)
def test_what_a_recheck_struck_is_named_in_words(subject: str, words: str) -> None:
    now = datetime.datetime(2014, 3, 25)
    line = Event(1, now, "Hoa", "recheck.apply", subject, "sheets=1; Quyết định số 12", "", "")
    assert say_subject(line, "vi") == words


def test_a_list_that_was_taken_in_is_named_as_one() -> None:
    line = Event(1, datetime.datetime(2014, 3, 25), "Hoa", "recipients.import", "2", "people=60", "", "")
    assert (say_subject(line, "vi"), say_detail(line, "vi")) == ("lần nhập 2", "số người: 60")


def test_an_edition_is_called_by_its_name() -> None:
    line = Event(1, datetime.datetime(2014, 3, 25), "Hoa", "edition.keep", "sau-kien-nghi", "0" * 64, "", "")
    assert say_subject(line, "vi") == "Bản sau kiến nghị"


def test_answers_and_scans_write_no_line(desk: Any) -> None:
    desk.post(desk.serials()[0], q1="1")
    desk.scan(desk.serials()[1], 1, q2="4")
    with desk.store.read() as conn:
        assert list_events(conn) == []


def test_the_table_holds_all_that_a_verifier_needs(desk: Any, campaign: Campaign) -> None:
    void_sheets(desk.store, campaign, Named(("HL-CD-002",)), Note("Hoa", day_of(), "", "rách, bẩn"))
    with desk.store.read() as conn:
        (line,) = list_events(conn)
    head, row = lines_csv([line]).decode("utf-8-sig").splitlines()
    assert head == "id,at,who,action,subject,detail,prev,hash"
    assert row.startswith(f"1,{line.at:%Y-%m-%dT%H:%M:%S}Z,Hoa,sheets.void,HL-CD-002,")
    assert row.endswith(f",{line.prev},{line.hash}")
