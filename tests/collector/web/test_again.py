"""The screen of the second reader: one mark, nothing ready, nothing told, and never one's own decision."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from collector.review.blank_page import leave_page_blank
from collector.review.deciding import list_doubts, settle_doubt
from collector.review.second_reader import account_readings
from forms.campaign import Campaign
from forms.rules import Reading

PAGE = "/quan-ly/nguoi-doc-thu-hai/"


@pytest.fixture
def app(app_of: Callable[[Campaign], Flask], campaign: Campaign) -> Flask:
    """The site of a campaign that draws every decided doubt."""
    settings = campaign.settings.model_copy(update={"reading": Reading(second_reader=1)})
    return app_of(dataclasses.replace(campaign, settings=settings))


@pytest.fixture
def decided(desk: Any) -> dict[str, int]:
    """A mark, two marks of one answer and a number, each decided by Nam."""
    first = desk.serials("SNV")[0]
    desk.scan(first, 1, doubtful="q2 q3", q1="1", q2="4", q3="a")
    desk.scan(first, 2, doubtful="q5", q5="12")
    with desk.store.read() as conn:
        keys = {one.question: one.id for one in list_doubts(conn)}
    for question, chosen in (("q2", ("5",)), ("q3", ("a", "b")), ("q5", ("7",))):
        settle_doubt(desk.store, keys[question], chosen, "Trần Văn Nam")
    return keys


def test_nothing_tells_what_was_decided(staff: Any, decided: dict[str, int], parse: Callable[[str], Any]) -> None:
    page = parse(staff.get(PAGE).text)
    assert "Còn 3 câu chờ xem" in page.words
    assert not [has for has in page.all("input") if "checked" in has]
    assert "Trần Văn Nam" not in page.words
    assert not [has for has in page.all("a") if "can-xem-lai/?doubt=" in str(has["href"])]


def test_only_of_a_page_that_may_not_count_the_reader_is_told_so(
    staff: Any, desk: Any, decided: dict[str, int], parse: Callable[[str], Any]
) -> None:
    """Whoever reads the mark of a crossed-out page as it stands would differ from everybody who left it blank."""
    serial = desk.serials("SNV")[1]
    desk.scan(serial, 1, doubtful="q2 q3", why="struck_page", q1="1", q2="4", q3="a")
    desk.scan(serial, 2)
    with desk.store.read() as conn:
        struck = [one.id for one in list_doubts(conn)]
    leave_page_blank(desk.store, struck[0], struck, "Trần Văn Nam")
    for doubt in (*decided.values(), *struck):
        page = parse(staff.get(f"{PAGE}?doubt={doubt}").text)
        assert page.all("form", id="decide")[0]["action"] == f"{PAGE}{doubt}"
        assert ("Cả trang này có thể không còn tính" in page.words) == (doubt in struck)
        assert bool(page.all("a", **{"class": "body"})) == (doubt in struck)
        described = [has["aria-describedby"] for has in page.all("fieldset") if "aria-describedby" in has]
        assert [has["id"] for has in page.all("p", **{"class": "said"})] == described
        assert len(described) == (doubt in struck)


def test_every_kind_of_answer_is_read_and_the_results_say_how_far_two_agree(
    staff: Any, desk: Any, decided: dict[str, int]
) -> None:
    for question, seen in (("q2", "5"), ("q3", ["b", "a"]), ("q5", "8")):
        assert staff.post(f"{PAGE}{decided[question]}", {"seen": seen}).status_code == 303
    assert "Không còn câu nào chờ xem" in staff.get(PAGE).text
    with desk.store.read() as conn:
        account = account_readings(conn)
    assert (account.same.n, [one.question for one in account.differing]) == (3, ["q5"])
    shown = re.sub(r"\s+", " ", staff.get("/quan-ly/kiem-tra-may-doc/ket-qua").text)
    assert "Hai người giống nhau ở 66,7 % của 3 dấu" in shown
    assert f"doubt={decided['q5']}" in shown


def test_whoever_decided_gets_nothing_to_read(
    app: Flask, log_in: Callable[..., Any], desk: Any, decided: dict[str, int]
) -> None:
    nam = log_in(app, "Trần Văn Nam", roles=("verifier",))
    assert "Không còn câu nào chờ xem" in nam.get(PAGE).text
    nam.post(f"{PAGE}{decided['q2']}", {"seen": "5"})
    assert "không còn chờ Ông/Bà đọc" in nam.get(PAGE).text
    with desk.store.read() as conn:
        assert account_readings(conn).same.n == 0


@pytest.mark.parametrize("seen", [[], ["5", "4"], ["5", "?"], ["", "4"], ["9"]])
def test_what_is_no_answer_is_asked_for_again(staff: Any, decided: dict[str, int], seen: list[str]) -> None:
    reply = staff.post(f"{PAGE}{decided['q2']}", {"seen": seen})
    assert reply.status_code == 422
    assert "Xin chọn điều Ông/Bà thấy" in reply.text


def test_the_last_reading_is_taken_back_and_its_mark_shown_again(
    staff: Any, desk: Any, decided: dict[str, int]
) -> None:
    staff.post(f"{PAGE}{decided['q2']}", {"seen": "4"})
    reply = staff.post(f"{PAGE}hoan-tac")
    assert reply.location.endswith(f"?doubt={decided['q2']}")
    shown = staff.get(reply.location).text
    assert f'action="{PAGE}{decided["q2"]}"' in shown
    assert "Còn 3 câu chờ xem" in shown
    assert "1 lần xem đã được lấy lại" in staff.get("/quan-ly/kiem-tra-may-doc/ket-qua").text
    assert "Không có lần xem nào lấy lại được" in staff.get(staff.post(f"{PAGE}hoan-tac").location).text
