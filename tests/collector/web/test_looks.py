"""The screen of second looks: blind, one answer at a time; and its results."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from collector.review.deciding import count_doubts, get_doubt, list_doubts
from collector.review.second_look import count_drawn, get_drawn, look_again, next_drawn
from collector.store import Store
from collector.store.look_outcomes import list_outcomes
from collector.store.schema import drawn_answer
from forms.rules import Reading

CHECK = "/quan-ly/kiem-tra-may-doc/"
QUEUE = "/quan-ly/can-xem-lai/"


@pytest.fixture
def desk(desk: Any) -> Any:
    """A desk whose campaign draws every answer."""
    settings = desk.campaign.settings.model_copy(update={"reading": Reading(second_look=1)})
    return dataclasses.replace(desk, campaign=dataclasses.replace(desk.campaign, settings=settings))


@pytest.fixture
def scanned(desk: Any) -> Any:
    """Four drawn answers of a sheet about Ha Long and as many of one about the department of home affairs."""
    for agency in ("HL", "SNV"):
        desk.scan(desk.serials(agency)[0], 1, q1="1", q2="4", q3="ab")
        desk.scan(desk.serials(agency)[0], 2, q4="1")
    return desk


def drawn(store: Store, question: str, agency: str = "HL") -> int:
    with store.read() as conn:
        found = [get_drawn(conn, key) for key in conn.scalars(select(drawn_answer.c.id))]
    return next(one.id for one in found if (one.question, one.agency) == (question, agency))


def test_an_answer_is_shown_by_its_picture_with_nothing_ready(
    staff: Any, store: Store, scanned: Any, parse: Callable[[str], Any]
) -> None:
    key = drawn(store, "q2")
    page = parse(staff.get(f"{CHECK}?drawn={key}").text)
    choices = page.all("input", type="radio", name="seen")
    assert [has["value"] for has in choices] == ["5", "4", "3", "2", "1", "0", "", "*", "?"]
    assert [has["data-key"] for has in choices] == ["1", "2", "3", "4", "5", "6", "0", "m", "k"]
    assert not [has for has in choices if "checked" in has]
    assert page.all("img", src=f"/quan-ly/anh/lan-hai/{key}.png")
    assert "Còn 8 câu chờ xem" in page.words
    assert "Thời hạn" not in page.words, "another question of the sheet"


@pytest.mark.parametrize("question", ["q2", "q3"])
def test_nothing_on_the_screen_tells_how_it_was_read(staff: Any, store: Store, desk: Any, question: str) -> None:
    pages = []
    for serial, said in zip(desk.serials(), ({"q2": "4", "q3": "ab"}, {"q2": "1"}, {}), strict=False):
        desk.scan(serial, 1, q1="1", **said)
        desk.scan(serial, 2)
        with store.read() as conn:
            ids = [key for key in conn.scalars(select(drawn_answer.c.id)) if get_drawn(conn, key).serial == serial]
            key = next(key for key in ids if get_drawn(conn, key).question == question)
        told = rf"HL-CD-\d+|(?<=/){key}\b|(?<=/lan-hai/)\d+|after=\d+|Còn \d+|value=\"[^\"]{{50,}}\""
        pages.append(re.sub(told, "", staff.get(f"{CHECK}?drawn={key}").text))
    assert pages[0] == pages[1] == pages[2]


def test_a_look_that_agrees_is_kept_under_a_name_and_the_next_answer_follows(
    staff: Any, store: Store, scanned: Any
) -> None:
    key = drawn(store, "q3")
    reply = staff.post(f"{CHECK}{key}", {"seen": ["b", "a"]})
    assert reply.headers["Location"] == f"{CHECK}?after={key}"
    page = staff.get(reply.headers["Location"]).text
    assert "Còn 7 câu" in page
    assert f"/lan-hai/{key}.png" not in page
    with store.read() as conn:
        [one] = list_outcomes(conn)
        assert count_doubts(conn) == 0
    assert (one.agrees, one.who) == (True, "Lê Thị Hoa")


@pytest.mark.parametrize(("sent", "seen"), [("5", ("5",)), ("", ()), ("*", "several"), ("?", None)])
def test_a_look_that_differs_waits_for_a_decision_with_both_in_sight(
    app: Flask, log_in: Callable[..., Any], staff: Any, store: Store, scanned: Any, sent: str, seen: Any,
    parse: Callable[[str], Any],
) -> None:  # fmt: skip
    staff.post(f"{CHECK}{drawn(store, 'q2')}", {"seen": sent})
    with store.read() as conn:
        [found] = list_doubts(conn)
    assert found.look is not None
    assert found.look.seen == seen
    page = parse(staff.get(QUEUE).text)
    said = {"5": "Mức 5", "": "Bỏ trống", "*": "Nhiều ô được đánh dấu", "?": "Không phân biệt được"}[sent]
    assert f"Máy đọc: Mức 4. Lê Thị Hoa xem lần hai, thấy: {said}." in page.words
    assert "nên để người khác quyết định" in page.words
    assert not [has for has in page.all("input", name="chosen") if "checked" in has], "neither side stands ready"
    other = log_in(app, "Trần Văn Nam")
    assert "nên để người khác" not in other.get(QUEUE).text
    other.post(f"{QUEUE}{found.id}", {"state": "open", "chosen": "5"})
    with store.read() as conn:
        assert get_doubt(conn, found.id).chosen == ("5",)
    results = other.get(f"{CHECK}ket-qua").text
    assert "Mức 5 (Trần Văn Nam)" in results
    assert "Chưa đủ để nói: 1 sai, 0 chưa quyết định trong 1 câu" in results
    assert "giống nhau ở 0,00 % của 1 câu; trừ phần trùng do ngẫu nhiên: 0,00" in results


def test_nobody_settles_several_choices_that_differ_by_a_mere_enter(staff: Any, store: Store, scanned: Any) -> None:
    staff.post(f"{CHECK}{drawn(store, 'q3')}", {"seen": "c"})
    with store.read() as conn:
        [found] = list_doubts(conn)
    assert staff.post(f"{QUEUE}{found.id}", {"state": "open"}).status_code == 422
    staff.post(f"{QUEUE}{found.id}", {"state": "open", "chosen": ""})
    with store.read() as conn:
        assert get_doubt(conn, found.id).chosen == ()


@pytest.mark.parametrize("sent", [[], ["5", "4"], ["", "5"], ["?", ""], ["9"]])
def test_a_form_that_says_nothing_or_two_things_is_shown_again(
    staff: Any, store: Store, scanned: Any, sent: list[str]
) -> None:
    reply = staff.post(f"{CHECK}{drawn(store, 'q2')}", {"seen": sent})
    assert reply.status_code == 422
    assert "Xin chọn điều Ông/Bà thấy" in reply.text
    with store.read() as conn:
        assert count_drawn(conn) == 8


def test_the_last_look_can_be_taken_back_until_it_is_decided(staff: Any, store: Store, scanned: Any) -> None:
    key = drawn(store, "q2")
    staff.post(f"{CHECK}{key}", {"seen": "5"})
    with store.read() as conn:
        [found] = list_doubts(conn)
    reply = staff.post(f"{CHECK}hoan-tac")
    assert "lần xem ấy đã được lấy lại" in staff.get(f"{QUEUE}?doubt={found.id}").text
    late = staff.post(f"{QUEUE}{found.id}", {"state": "open", "chosen": "5"})
    assert "vừa được người khác quyết định" in staff.get(late.headers["Location"]).text
    assert reply.headers["Location"] == f"{CHECK}?drawn={key}"
    with store.read() as conn:
        assert (count_doubts(conn), count_drawn(conn)) == (0, 8)
    assert "1 lần xem đã được lấy lại" in staff.get(f"{CHECK}ket-qua").text
    staff.post(f"{CHECK}hoan-tac")
    assert "Không có lần xem nào lấy lại được" in staff.get(CHECK).text


def test_of_two_who_look_at_the_same_answer_the_second_is_told(
    app: Flask, log_in: Callable[..., Any], staff: Any, store: Store, scanned: Any
) -> None:
    key = drawn(store, "q2")
    other = log_in(app, "Trần Văn Nam")
    for person in (staff, other):
        person.post(f"{CHECK}{key}", {"seen": "4"})
    assert ["vừa được người khác xem" in person.get(CHECK).text for person in (staff, other)] == [False, True]


def test_nobody_looks_at_answers_about_their_own_workplace(
    app: Flask, log_in: Callable[..., Any], store: Store, scanned: Any
) -> None:
    official = log_in(app, "Phạm Văn Bình", "SNV")
    own = drawn(store, "q2", "SNV")
    assert "Còn 4 câu" in official.get(CHECK).text
    for path in (f"{CHECK}?drawn={own}", f"/quan-ly/anh/lan-hai/{own}.png"):
        assert official.get(path).status_code == 403
    assert official.post(f"{CHECK}{own}", {"seen": "4"}).status_code == 403
    with store.read() as conn:
        ids = [next_drawn(conn, after, "SNV").id for after in conn.scalars(select(drawn_answer.c.id))]  # type: ignore[union-attr]
        assert {get_drawn(conn, key).agency for key in ids} == {"HL"}
    look_again(store, own, ("5",), "lan")
    page = official.get(f"{CHECK}ket-qua").text
    assert "SNV-CD-001" not in page
    assert "Không kể phiếu đánh giá nơi" in page
    assert "SNV-CD-001" in log_in(app).get(f"{CHECK}ket-qua").text


def test_a_row_of_a_matrix_is_kept_from_whom_it_rates(
    app: Flask, log_in: Callable[..., Any], store: Store, desk: Any
) -> None:
    desk.scan(desk.serials(group="CC")[0], 1, m1_STC="5", m1_SNV="4")
    assert "Còn 2 câu" in log_in(app).get(CHECK).text
    assert "Còn 1 câu" in log_in(app, "Phạm Văn Bình", "STC").get(CHECK).text


def test_the_results_say_when_they_are_too_few(staff: Any, store: Store, scanned: Any) -> None:
    assert "Chưa có câu nào được người xem lần hai" in staff.get(f"{CHECK}ket-qua").text
    for question in ("q1", "q2", "q3", "q4"):
        look_again(
            store, drawn(store, question), {"q1": ("1",), "q2": ("5",), "q3": ("a", "b"), "q4": ("1",)}[question], "lan"
        )
    page = staff.get(f"{CHECK}ket-qua").text
    assert "Chưa đủ để nói: 0 sai, 1 chưa quyết định trong 4 câu, giới hạn trên" in page
    assert "1 câu người và máy thấy khác nhau mà chưa có quyết định" in page
    assert "Còn 4 câu chờ xem" in page


def test_an_answer_that_is_not_there_is_not_found(staff: Any) -> None:
    assert staff.post(f"{CHECK}999", {"seen": "5"}).status_code == 404
    assert staff.get("/quan-ly/anh/lan-hai/999.png").status_code == 404
    assert "Không còn câu nào chờ xem" in staff.get(f"{CHECK}?drawn=999").text
