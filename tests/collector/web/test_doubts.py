"""The queue of doubtful marks."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from collector.imports.answers import import_answers
from collector.review.deciding import count_doubts, get_doubt, list_doubts, settle_doubt
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.schema import settlement
from forms.account_rules import AccountRules
from forms.campaign import Campaign

QUEUE = "/quan-ly/can-xem-lai/"


@pytest.fixture
def scanned(desk: Any) -> Any:
    """Three doubts: q2 and q3 of a sheet about Ha Long, q2 of one about the department of home affairs."""
    desk.scan(desk.serials()[0], 1, doubtful="q2 q3", q1="1", q2="4", q3="ab")
    desk.scan(desk.serials()[0], 2, q4="1")
    desk.scan(desk.serials("SNV")[0], 1, doubtful="q2", q2="2")
    desk.scan(desk.serials("SNV")[0], 2)
    return desk


@pytest.fixture
def struck(desk: Any, store: Store) -> list[int]:
    """The three doubts of a struck page; one is left on another sheet."""
    desk.scan(desk.serials()[0], 1, doubtful="q1 q2 q3", why="struck_page", q1="1", q2="4", q3="ab")
    desk.scan(desk.serials()[0], 2, q4="1")
    desk.scan(desk.serials("SNV")[0], 1, doubtful="q2", q2="2")
    desk.scan(desk.serials("SNV")[0], 2)
    return ids(store, "HL")


def ids(store: Store, agency: str | None = None) -> list[int]:
    with store.read() as conn:
        return [doubt.id for doubt in list_doubts(conn, agency)]


def test_a_doubt_is_shown_with_its_guess_ready_and_no_other_answer(
    staff: Any, store: Store, scanned: Any, parse: Callable[[str], Any]
) -> None:
    first = ids(store, "HL")[0]
    page = parse(staff.get(f"{QUEUE}?doubt={first}").text)
    choices = page.all("input", type="radio", name="chosen")
    assert [has["value"] for has in choices] == ["5", "4", "3", "2", "1", "0", ""]
    assert [has["value"] for has in choices if "checked" in has] == ["4"]
    assert [has["data-key"] for has in choices] == ["1", "2", "3", "4", "5", "6", "0"]
    assert page.all("img", src=f"/quan-ly/anh/cau/{first}.png")
    assert "Thái độ" in page.words
    assert "HL-CD-001" in page.words
    assert "Còn 3 mục" in page.words
    assert "Thời hạn" not in page.words, "another question of the sheet"


def test_several_choices_are_boxes(staff: Any, store: Store, scanned: Any, parse: Callable[[str], Any]) -> None:
    page = parse(staff.get(f"{QUEUE}?doubt={ids(store, 'HL')[1]}").text)
    boxes = page.all("input", type="checkbox", name="chosen")
    assert [(has["value"], "checked" in has) for has in boxes] == [("a", True), ("b", True), ("c", False)]


def test_two_marks_where_one_is_asked_for_leave_nothing_ready(
    staff: Any, store: Store, desk: Any, parse: Callable[[str], Any]
) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2", q2="54")
    desk.scan(desk.serials()[0], 2)
    page = parse(staff.get(QUEUE).text)
    assert not [has for has in page.all("input", name="chosen") if "checked" in has]
    reply = staff.post(f"{QUEUE}{ids(store)[0]}", {"state": "open"})
    assert reply.status_code == 422
    assert "Xin chọn một phương án" in reply.text


@pytest.mark.parametrize("reason", ["struck_page", "struck_words", "slid"])
def test_a_mark_that_may_not_hold_leaves_nothing_ready_and_a_blank_is_one_of_the_choices(
    staff: Any, store: Store, desk: Any, parse: Callable[[str], Any], reason: str
) -> None:
    desk.scan(desk.serials()[0], 1, doubtful="q2 q3", why=reason, q1="1", q2="4", q3="ab")
    desk.scan(desk.serials()[0], 2)
    for waits in ids(store):
        page = parse(staff.get(f"{QUEUE}?doubt={waits}").text)
        boxes = page.all("input", name="chosen")
        assert not [has for has in boxes if "checked" in has]
        assert "" in [has["value"] for has in boxes]
        assert not page.all("div", **{"class": "picture right"}), "the words come first"
        assert staff.post(f"{QUEUE}{waits}", {"state": "open"}).status_code == 422
        assert staff.post(f"{QUEUE}{waits}", {"state": "open", "chosen": ""}).status_code == 303


def post_page(person: Any, seen: list[int], **fields: str) -> Any:
    """Leave the page of the first of these doubts blank."""
    return person.post(f"{QUEUE}{seen[0]}/ca-trang", {"seen": seen, "looked": "1", "answer": "blank", **fields})


def test_a_page_that_may_not_count_is_left_blank_in_one_step(
    staff: Any, store: Store, struck: list[int], parse: Callable[[str], Any]
) -> None:
    page = parse(staff.get(f"{QUEUE}?doubt={struck[0]}").text)
    assert [int(has["value"]) for has in page.all("input", name="seen")] == struck
    assert "Bỏ trống cả trang này (3 mục)" in page.words
    assert not [has for has in page.all("details", **{"class": "page"}) if "open" in has]
    reply = post_page(staff, struck, why="gạch cả trang")
    assert (reply.status_code, reply.headers["Location"]) == (303, f"{QUEUE}?after={struck[0]}")
    with store.read() as conn:
        assert [get_doubt(conn, key).chosen for key in struck] == [(), (), ()]
        assert {row.why for row in conn.execute(select(settlement))} == {"gạch cả trang"}
    after = staff.get(reply.headers["Location"]).text
    assert "Đã ghi bỏ trống 3 mục của trang 1" in after
    assert "Còn 1 mục" in after
    assert staff.post(f"{QUEUE}hoan-tac").headers["Location"] == f"{QUEUE}?doubt={struck[0]}"
    assert ids(store, "HL") == struck


@pytest.mark.parametrize("lacking", ["looked", "answer"])
def test_without_the_tick_or_the_button_nothing_is_left_blank(
    staff: Any, store: Store, struck: list[int], parse: Callable[[str], Any], lacking: str
) -> None:
    reply = post_page(staff, struck, **{lacking: ""})
    assert reply.status_code == 422
    page = parse(reply.text)
    assert "đánh dấu vào ô xác nhận" in page.words
    assert ["open" in has for has in page.all("details", **{"class": "page"})] == [True]
    assert ids(store, "HL") == struck


def test_a_page_that_somebody_else_began_is_not_left_blank_but_shown_again(
    staff: Any, store: Store, struck: list[int]
) -> None:
    settle_doubt(store, struck[0], ("1",), "Trần Văn Nam")
    reply = post_page(staff, struck)
    assert reply.headers["Location"] == f"{QUEUE}?doubt={struck[1]}"
    shown = staff.get(reply.headers["Location"]).text
    assert "Trang này vừa thay đổi" in shown
    assert "Bỏ trống cả trang này (2 mục)" in shown
    with store.read() as conn:
        assert [get_doubt(conn, key).chosen for key in struck] == [("1",), None, None]
    post_page(staff, struck[1:])
    assert post_page(staff, struck[1:]).headers["Location"] == f"{QUEUE}?after={struck[1]}"


@pytest.mark.parametrize("lacking", [{}, {"looked": ""}, {"answer": ""}])
def test_of_a_page_that_changed_meanwhile_one_is_told_so_even_without_the_tick(
    staff: Any, store: Store, struck: list[int], lacking: dict[str, str]
) -> None:
    """What asks for the tick is not drawn any more where one mark alone is left, or none."""
    for decided, way in ((struck[1:], f"doubt={struck[0]}"), (struck[:1], f"after={struck[0]}")):
        for key in decided:
            settle_doubt(store, key, (), "Trần Văn Nam")
        for seen in (struck, struck[:2]):
            reply = post_page(staff, seen, **lacking)
            assert (reply.status_code, reply.headers["Location"]) == (303, f"{QUEUE}?{way}")
            assert "Trang này vừa thay đổi" in staff.get(reply.headers["Location"]).text


def test_a_page_of_single_doubts_is_not_left_blank_as_a_whole(
    staff: Any, store: Store, scanned: Any, parse: Callable[[str], Any]
) -> None:
    own = ids(store, "HL")
    assert not parse(staff.get(QUEUE).text).all("form", id="page")
    assert post_page(staff, own).status_code == 403
    assert len(ids(store, "HL")) == 2


def test_the_last_open_mark_of_a_page_is_decided_as_any_other(
    staff: Any, store: Store, struck: list[int], parse: Callable[[str], Any]
) -> None:
    for key in struck[:2]:
        settle_doubt(store, key, (), "Trần Văn Nam")
    for key in struck[1:]:
        assert not parse(staff.get(f"{QUEUE}?doubt={key}").text).all("form", id="page")


@pytest.mark.parametrize("place", ["SNV", "STC"])
def test_a_page_that_rates_ones_own_workplace_in_one_row_is_not_ones_own_to_leave_blank(
    app: Flask, log_in: Callable[..., Any], store: Store, desk: Any, parse: Callable[[str], Any], place: str
) -> None:
    desk.scan(desk.serials(group="CC")[0], 1, doubtful="m1_STC m1_SNV", why="struck_page", m1_STC="5", m1_SNV="4")
    official, both = log_in(app, "Phạm Văn Bình", place), ids(store)
    page = parse(official.get(QUEUE).text)
    assert page.all("form", id="decide"), "the other row is theirs"
    assert not page.all("form", id="page")
    for seen in (both, both[::-1], both[:1], both[1:]):
        assert post_page(official, seen).status_code == 403
    assert ids(store) == both


def test_what_is_about_the_runner_is_said_to_wait(
    app: Flask, log_in: Callable[..., Any], store: Store, campaign: Campaign, desk: Any
) -> None:
    run = campaign.settings.model_copy(update={"accounts": AccountRules(runs="SNV")})
    with store.write() as conn:
        sync_campaign(conn, replace(campaign, settings=run))
    desk.scan(desk.serials("SNV")[0], 1, doubtful="q1 q2", why="slid", q1="1", q2="4")
    desk.scan(desk.serials("SNV")[0], 2)
    person, both = log_in(app), ids(store)
    shown = person.get(post_page(person, both).headers["Location"]).text
    assert "2 quyết định chờ chữ ký thứ hai" in shown
    assert "Đã ghi bỏ trống" not in shown
    assert ids(store) == []


def test_what_is_settled_is_kept_under_a_name_and_the_next_doubt_follows(
    staff: Any, store: Store, scanned: Any
) -> None:
    first, second, _ = ids(store)
    reply = staff.post(f"{QUEUE}{first}", {"state": "open", "chosen": "5"})
    assert reply.headers["Location"] == f"{QUEUE}?after={first}"
    with store.read() as conn:
        doubt = get_doubt(conn, first)
    assert (doubt.state, doubt.chosen) == ("settled", ("5",))
    assert f"/anh/cau/{second}.png" in staff.get(reply.headers["Location"]).text


def test_blank_is_a_decision_too(staff: Any, store: Store, scanned: Any) -> None:
    first, second = ids(store, "HL")
    staff.post(f"{QUEUE}{first}", {"state": "open", "chosen": ""})
    staff.post(f"{QUEUE}{second}", {"state": "open"})
    with store.read() as conn:
        assert [get_doubt(conn, doubt).chosen for doubt in (first, second)] == [(), ()]


def test_the_last_decision_can_be_taken_back(staff: Any, store: Store, scanned: Any) -> None:
    first = ids(store)[0]
    staff.post(f"{QUEUE}{first}", {"state": "open", "chosen": "5"})
    reply = staff.post(f"{QUEUE}hoan-tac")
    assert reply.headers["Location"] == f"{QUEUE}?doubt={first}"
    with store.read() as conn:
        assert get_doubt(conn, first).state == "open"
    staff.post(f"{QUEUE}hoan-tac")
    assert "Không có quyết định nào để hoàn tác" in staff.get(QUEUE).text


def test_what_takes_two_signatures_by_now_is_said_not_to_be_taken_back_by_a_key(
    staff: Any, store: Store, campaign: Campaign, scanned: Any
) -> None:
    [own] = ids(store, "SNV")
    staff.post(f"{QUEUE}{own}", {"state": "open", "chosen": "5"})
    run = campaign.settings.model_copy(update={"accounts": AccountRules(runs="SNV")})
    with store.write() as conn:
        sync_campaign(conn, replace(campaign, settings=run))
    reply = staff.post(f"{QUEUE}hoan-tac")
    assert (reply.status_code, reply.headers["Location"]) == (303, QUEUE)
    shown = staff.get(QUEUE).text
    assert "không lấy lại bằng một phím" in shown
    assert "mở lại dấu ấy và quyết định lại" in shown
    with store.read() as conn:
        assert get_doubt(conn, own).chosen == ("5",)


def test_only_this_session_s_decisions_are_taken_back(
    app: Flask, log_in: Callable[..., Any], store: Store, scanned: Any
) -> None:
    first = ids(store, "HL")[0]
    log_in(app).post(f"{QUEUE}{first}", {"state": "open", "chosen": "5"})
    for same_name in (log_in(app), log_in(app, workplace="HL")):
        assert same_name.post(f"{QUEUE}hoan-tac").headers["Location"] == QUEUE
        assert "Không có quyết định nào để hoàn tác" in same_name.get(QUEUE).text
    with store.read() as conn:
        assert get_doubt(conn, first).chosen == ("5",)


def test_a_session_of_an_earlier_version_has_to_enter_again(web: Any) -> None:
    with web.session_transaction() as session:
        session.update(who="Lê Thị Hoa", workplace="")
    assert web.get(QUEUE).status_code == 303


def test_of_two_who_decide_the_same_doubt_the_second_is_told(
    app: Flask, log_in: Callable[..., Any], staff: Any, store: Store, scanned: Any
) -> None:
    first = ids(store)[0]
    other = log_in(app, "Trần Văn Nam")
    for person, chosen in ((staff, "5"), (other, "1")):
        person.post(f"{QUEUE}{first}", {"state": "open", "chosen": chosen})
    assert ["vừa được người khác quyết định" in person.get(QUEUE).text for person in (staff, other)] == [False, True]
    with store.read() as conn:
        assert get_doubt(conn, first).chosen == ("5",)


def test_what_somebody_else_has_just_decided_stands(staff: Any, store: Store, scanned: Any) -> None:
    first = ids(store)[0]
    settle_doubt(store, first, ("1",), "Trần Văn Nam")
    reply = staff.post(f"{QUEUE}{first}", {"state": "open", "chosen": "5"})
    with store.read() as conn:
        assert get_doubt(conn, first).chosen == ("1",)
    assert "vừa được người khác quyết định" in staff.get(reply.headers["Location"]).text


def test_a_decision_can_be_changed_on_purpose(staff: Any, store: Store, scanned: Any) -> None:
    first = ids(store)[0]
    settle_doubt(store, first, ("1",), "Trần Văn Nam")
    assert "đã có quyết định" in staff.get(f"{QUEUE}?doubt={first}").text
    refused = staff.post(f"{QUEUE}{first}", {"state": "settled", "chosen": "5"})
    assert refused.status_code == 422
    assert "xin ghi vì sao đổi" in refused.text
    staff.post(f"{QUEUE}{first}", {"state": "settled", "chosen": "5", "why": "nhìn lại tờ giấy"})
    with store.read() as conn:
        assert get_doubt(conn, first).chosen == ("5",)
        kept = conn.execute(select(settlement).order_by(settlement.c.id)).all()
    assert [(row.before, row.after, row.who, row.why) for row in kept] == [
        (None, '["1"]', "Trần Văn Nam", ""),
        ('["1"]', '["5"]', "Lê Thị Hoa", "nhìn lại tờ giấy"),
    ]


def test_a_level_that_the_question_does_not_have_is_refused(staff: Any, store: Store, scanned: Any) -> None:
    first = ids(store)[0]
    reply = staff.post(f"{QUEUE}{first}", {"state": "open", "chosen": "9"})
    assert reply.status_code == 422
    assert 'role="alert"' in reply.text
    with store.read() as conn:
        assert get_doubt(conn, first).state == "open"


def test_one_cell_can_be_gone_through_alone(staff: Any, store: Store, scanned: Any) -> None:
    [own] = ids(store, "SNV")
    page = staff.get(f"{QUEUE}?agency=SNV&group=CD").text
    assert "Còn 1 mục" in page
    assert f"/anh/cau/{own}.png" in page
    assert f"{QUEUE}{own}?agency=SNV&amp;group=CD" in page
    assert "Không còn mục nào" in staff.get(f"{QUEUE}?agency=SNV&group=CC").text


def test_nobody_sees_or_settles_doubts_about_their_own_workplace(
    app: Flask, log_in: Callable[..., Any], store: Store, scanned: Any
) -> None:
    [own] = ids(store, "SNV")
    official = log_in(app, "Phạm Văn Bình", "SNV")
    page = official.get(QUEUE).text
    assert "Còn 2 mục" in page
    seen = [official.get(f"{QUEUE}?after={doubt}").text for doubt in ids(store)]
    assert not any(f"/anh/cau/{own}.png" in text for text in seen)
    assert official.get(f"{QUEUE}?doubt={own}").status_code == 403
    assert official.get(f"/quan-ly/anh/cau/{own}.png").status_code == 403
    assert official.post(f"{QUEUE}{own}", {"state": "open", "chosen": "5"}).status_code == 403
    assert "Không còn mục nào" in official.get(f"{QUEUE}?agency=SNV").text
    with store.read() as conn:
        assert count_doubts(conn) == 3


def test_a_row_of_a_matrix_is_kept_from_whom_it_rates(
    app: Flask, log_in: Callable[..., Any], store: Store, desk: Any
) -> None:
    desk.scan(desk.serials(group="CC")[0], 1, doubtful="m1_STC", m1_STC="5")
    [row] = ids(store)
    assert "Sở Tài chính" in log_in(app).get(QUEUE).text
    official = log_in(app, "Phạm Văn Bình", "STC")
    assert "Không còn mục nào" in official.get(QUEUE).text
    assert official.get(f"/quan-ly/anh/cau/{row}.png").status_code == 403


def test_a_doubt_that_is_not_there_is_not_found(staff: Any) -> None:
    assert staff.get(f"{QUEUE}?doubt=999").status_code == 404
    assert staff.post(f"{QUEUE}999", {"chosen": "5"}).status_code == 404


def test_an_empty_queue_says_so(staff: Any) -> None:
    assert "Không còn mục nào cần xem lại" in staff.get(QUEUE).text


def test_the_picture_of_the_next_doubt_is_fetched_ahead(staff: Any, store: Store, scanned: Any, parse: Any) -> None:
    first, second, third = ids(store)
    for doubt, ahead in ((first, [second]), (third, [first])):
        page = parse(staff.get(f"{QUEUE}?doubt={doubt}").text)
        ours = [has["src"] for has in page.all("img", **{"aria-hidden": "true"})]
        assert ours == [f"/quan-ly/anh/cau/{key}.png" for key in ahead]


def test_an_answer_that_a_table_left_undecided_shows_the_tables_words_and_asks_for_a_ground(
    app: Flask, log_in: Callable[..., Any], store: Store, desk: Any, parse: Callable[[str], Any], tmp_path: Path
) -> None:
    table = tmp_path / "nhap.csv"
    rows = [f"{desk.serials()[0]},HL,CD,q2,{code},doubtful" for code in "54"]
    table.write_text("\n".join(("serial,agency,group,question,option,state", *rows)), encoding="utf-8")
    import_answers(store, desk.campaign, table, "lan", datetime.datetime(2014, 4, 1, tzinfo=datetime.UTC))
    [waits] = ids(store)
    staff = log_in(app)
    page = parse(staff.get(QUEUE).text)
    assert "nhap.csv:2" in page.words
    assert "“Mức 5, Mức 4”" in page.words
    assert not page.all("img", src=f"/quan-ly/anh/cau/{waits}.png")
    assert staff.get(f"/quan-ly/anh/cau/{waits}.png").status_code == 404
    assert not [has for has in page.all("input", name="chosen") if "checked" in has]
    assert "required" in page.all("input", name="why")[0]
    without = staff.post(f"{QUEUE}{waits}", {"state": "open", "chosen": "4"})
    assert without.status_code == 422
    assert "căn cứ" in without.text
    assert ids(store) == [waits]
    official = log_in(app, "Phạm Văn Bình", "HL")
    assert official.get(f"{QUEUE}?doubt={waits}").status_code == 403
    assert official.post(f"{QUEUE}{waits}", {"state": "open", "chosen": "4", "why": "x"}).status_code == 403
    assert staff.post(f"{QUEUE}{waits}", {"state": "open", "chosen": "4", "why": "đã xem giấy"}).status_code == 303
    with store.read() as conn:
        assert (get_doubt(conn, waits).chosen, count_doubts(conn)) == (("4",), 0)
