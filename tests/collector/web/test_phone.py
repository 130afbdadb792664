"""The public form: what it takes, what it answers, and what it never shows."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, select

from collector.review.deciding import decide_conflict, list_conflicts
from collector.store import Store
from collector.store.answers import export_rows
from collector.store.as_above import as_above_rows
from collector.store.quota import quota_rows
from collector.store.response_answers import read_answers
from collector.store.responses import list_kept
from collector.store.schema import metadata
from collector.store.schema import sheet as sheets
from collector.store.sheets import find_sheet
from collector.web import opened
from forms.campaign import Campaign
from forms.response import Answer
from forms.serial import make_serial, show_serial


def size_of_store(conn: Connection) -> dict[str, int]:
    """How many rows every table has."""
    tables = metadata.sorted_tables
    return {table.name: conn.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


@pytest.fixture
def serial(desk: Any) -> str:
    return str(desk.serials()[0])


def test_looking_changes_nothing(web: FlaskClient, store: Store, serial: str) -> None:
    with store.read() as conn:
        before = size_of_store(conn), find_sheet(conn, serial)
    for path in (f"/P/{serial}", f"/P/{serial}-2", "/", f"/?ma={serial}", "/P/unknown"):
        web.get(path)
        web.head(path)
    with store.read() as conn:
        assert (size_of_store(conn), find_sheet(conn, serial)) == before


def test_an_answer_gets_a_receipt_and_the_same_again_the_same_one(web: FlaskClient, store: Store, serial: str) -> None:
    first = web.post(f"/P/{serial}", data={"q2": "5", "q3": ["c", "a"], "q5": "03"})
    again = web.post(f"/p/{show_serial(serial).lower()}-1", data={"q3": ["a", "c"], "q2": "5", "q5": "3"})
    assert (first.status_code, again.status_code) == (201, 200)
    with store.read() as conn:
        sheet = find_sheet(conn, serial)
        assert sheet is not None
        [kept] = list_kept(conn, sheet.id)
        accepted = {(cell.agency, cell.group): cell.accepted for cell in quota_rows(conn)}
    receipt = f"{kept.receipt[:5]}-{kept.receipt[5:]}"
    assert receipt in first.text
    assert receipt in again.text
    assert accepted["HL", "CD"] == 1


def test_every_reply_about_a_sheet_carries_its_seal_and_only_one_with_a_receipt_says_that_it_arrived(
    web: FlaskClient, desk: Any, parse: Callable[[str], Any]
) -> None:
    serial, other = desk.serials()[:2]
    (said,) = parse(web.get(f"/P/{serial}").text).all("main")
    replies = [web.post(f"/P/{serial}", data=data) for data in ({}, {"q2": "5"}, {"q2": "5"}, {"q2": "1"})]
    assert [reply.status_code for reply in replies] == [422, 201, 200, 409]
    parts = [reply.headers["Phieu-Sheet"].split(" ") for reply in replies]
    assert {(part[0], part[1]) for part in parts} == {(serial, said["data-seal"])}
    assert [len(part) for part in parts] == [2, 3, 3, 3]
    assert parts[1] == parts[2]
    assert all(part[2] in reply.text for part, reply in zip(parts[1:], replies[1:], strict=True))
    assert parse(web.get(f"/P/{other}").text).all("main")[0]["data-seal"] != said["data-seal"]
    assert "Phieu-Sheet" not in web.get(f"/P/{serial}").headers
    assert "Phieu-Sheet" not in web.post("/P/unknown", data={"q2": "5"}).headers


def test_the_script_gets_a_page_without_what_it_has(web: FlaskClient, serial: str) -> None:
    reply = web.post(f"/P/{serial}", data={"q2": "5"}, headers={"Phieu-Fetch": "1"})
    assert "Mã biên nhận" in reply.text
    assert "<style" not in reply.text
    assert "<script" not in reply.text


def test_a_mail_scanner_that_sends_the_form_as_it_came_does_not_spend_it(
    web: FlaskClient, store: Store, serial: str, parse: Callable[[str], Any]
) -> None:
    page = parse(web.get(f"/P/{serial}").text)
    untouched = {str(has["name"]): has.get("value") or "" for has in page.all("input", type="hidden")}
    untouched |= {str(has["name"]): "" for has in [*page.all("textarea"), *page.all("input", name="q5")]}
    for method in ("HEAD", "GET", "OPTIONS"):
        assert web.open(f"/P/{serial}", method=method, headers={"Sec-Purpose": "prefetch"}).status_code == 200
    assert [web.post(f"/P/{serial}", data=data).status_code for data in (untouched, {})] == [422, 422]
    with store.read() as conn:
        assert size_of_store(conn)["response"] == 0
    assert web.post(f"/P/{serial}", data={**untouched, "q2": "5"}).status_code == 201


def test_other_answers_are_a_conflict_and_both_are_kept(web: FlaskClient, store: Store, serial: str) -> None:
    web.post(f"/P/{serial}", data={"q2": "5"})
    other = web.post(f"/P/{serial}", data={"q2": "1"})
    assert other.status_code == 409
    assert "Cả hai đều được giữ nguyên" in other.text
    with store.read() as conn:
        [conflict] = list_conflicts(conn)
    chosen = {answer.chosen for side in (conflict.first, conflict.second) for answer in side.answers if answer.chosen}
    assert chosen == {("5",), ("1",)}


def test_the_first_answers_again_give_their_receipt_again_and_the_others_their_conflict(
    web: FlaskClient, store: Store, serial: str
) -> None:
    first, other = {"q2": "5"}, {"q2": "1"}
    given = [web.post(f"/P/{serial}", data=data) for data in (first, other)]
    shown = [re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", page.text)[0] for page in given]
    for decision in (None, "second"):
        if decision:
            with store.read() as conn:
                (disputed,) = list_conflicts(conn)
            decide_conflict(store, disputed.id, decision, "minh", "đúng người")
        again, others = (web.post(f"/P/{serial}", data=data) for data in (first, other))
        assert (again.status_code, others.status_code) == (200, 200 if decision else 409)
        assert "còn có câu trả lời khác" in again.text
        assert [shown[0] in again.text, shown[1] in others.text] == [True, True]
    with store.read() as conn:
        assert len(list_conflicts(conn, only_open=False)) == 1


def test_who_holds_one_code_cannot_bury_the_conflicts_of_all(
    app_of: Callable[[Campaign], Flask], campaign: Campaign, desk: Any, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.web.app._DIFFERING", 2)
    web, (serial, other) = app_of(campaign).test_client(), desk.serials("SNV")[:2]
    said = [web.post(f"/P/{serial}", data={"q2": "5", "q6": f"lần {time}"}) for time in range(5)]
    assert [reply.status_code for reply in said] == [201, 409, 409, 429, 429]
    assert len(said[-1].headers["Phieu-Sheet"].split()) == 2  # no receipt: the phone keeps its answers
    with store.read() as conn:
        assert len(list_conflicts(conn)) == 2
    for _ in range(4):
        assert web.post(f"/P/{other}", data={"q2": "5"}).status_code in (200, 201)


def test_what_a_store_that_failed_did_not_take_is_no_differing_answer(
    app_of: Callable[[Campaign], Flask], campaign: Campaign, serial: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.web.app._DIFFERING", 2)
    app = app_of(campaign)
    app.testing = False
    with store.engine.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE answer RENAME TO aside")
    failed = [app.test_client().post(f"/P/{serial}", data={"q2": "5"}).status_code for _ in range(3)]
    with store.engine.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE aside RENAME TO answer")
    assert failed == [500] * 3
    assert app.test_client().post(f"/P/{serial}", data={"q2": "5"}).status_code == 201


def test_an_answered_sheet_never_shows_answers(web: FlaskClient, serial: str, parse: Callable[[str], Any]) -> None:
    web.post(f"/P/{serial}", data={"q2": "4", "q6": "Cần thêm ghế chờ"})
    pages = [web.get(f"/P/{serial}"), web.post(f"/P/{serial}", data={"q2": "4", "q6": "Cần thêm ghế chờ"})]
    pages.append(web.post(f"/P/{serial}", data={"q2": "1"}))
    assert [page.status_code for page in pages] == [200, 200, 409]
    for page in pages:
        assert not parse(page.text).all("input")
        assert "Cần thêm ghế chờ" not in page.text
        assert "Mức 4" not in page.text


def test_who_did_not_answer_an_answered_sheet_is_told_whom_to_call(
    web: FlaskClient, app_of: Callable[[Campaign], Flask], campaign: Campaign, serial: str
) -> None:
    web.post(f"/P/{serial}", data={"q2": "4"})
    issuer = campaign.settings.issuer.model_copy(update={"contact": "0203 3835 000"})
    known = replace(campaign, settings=campaign.settings.model_copy(update={"issuer": issuer}))
    assert "(0203 3835 000)" in app_of(known).test_client().get(f"/P/{serial}").text
    assert "SỞ NỘI VỤ (" not in web.get(f"/P/{serial}").text


def test_a_sheet_whose_paper_is_all_in_is_answered(web: FlaskClient, desk: Any, serial: str) -> None:
    desk.scan(serial, 1, q2="5")
    assert "<form" in web.get(f"/P/{serial}").text, "a page is missing: the phone may still answer"
    desk.scan(serial, 2)
    assert "<form" not in web.get(f"/P/{serial}").text


def test_answers_to_skipped_questions_are_set_aside(web: FlaskClient, store: Store, serial: str) -> None:
    assert web.post(f"/P/{serial}", data={"q1": "0", "q2": "5", "q4": "3"}).status_code == 201
    with store.read() as conn:
        sheet = find_sheet(conn, serial)
        assert sheet is not None
        [kept] = list_kept(conn, sheet.id)
        answers = read_answers(conn, store.get_codes(conn, layout_key(conn, serial)), kept.id)
    assert Answer("q2", None, ("5",), "skipped") in answers
    assert Answer("q4", None, ("3",), "clear") in answers


def layout_key(conn: Connection, serial: str) -> int:
    return int(conn.execute(select(sheets.c.layout).where(sheets.c.serial == serial)).scalar_one())


def test_an_empty_form_comes_back(web: FlaskClient, serial: str, parse: Callable[[str], Any]) -> None:
    for data in ({}, {"q6": "   "}, {"unknown": "5"}):
        reply = web.post(f"/P/{serial}", data=data)
        assert reply.status_code == 422
        assert parse(reply.text).all("div", role="alert")
        assert "Xin trả lời ít nhất một câu" in reply.text
        assert parse(reply.text).all("form", method="post")


def test_an_empty_form_of_a_browser_is_shown_again_at_an_address_that_can_be_fetched(
    web: FlaskClient, serial: str, parse: Callable[[str], Any]
) -> None:
    (opened,) = parse(web.get(f"/P/{serial}").text).all("input", name="-opened")
    browser, empty = {"Accept": "text/html,application/xhtml+xml"}, {"-opened": opened["value"], "q6": " "}
    sent = web.post(f"/P/{serial}", data=empty, headers=browser)
    assert sent.status_code == 303
    again = web.get(sent.location, headers=browser)
    assert again.status_code == 422
    page = parse(again.text)
    assert "Xin trả lời ít nhất một câu" in again.text
    assert page.all("input", name="-opened", value=opened["value"]), "the form is open since it was shown first"
    assert page.all("form", method="post", action=f"/P/{serial}")
    for data in ({**empty, "q5": "ba"}, {**empty, "-opened": "x"}, {"q6": ""}):
        assert web.post(f"/P/{serial}", data=data, headers=browser).status_code == 422
    assert web.post(f"/P/{serial}", data=empty, headers={**browser, "Phieu-Fetch": "1"}).status_code == 422
    assert web.get(f"/P/{serial}?-opened=x").status_code == 200
    assert web.post(f"/P/{serial}", data={**empty, "q2": "5"}, headers=browser).status_code == 201
    reply = web.get(sent.location, headers=browser)
    assert (reply.status_code, "đã được trả lời" in reply.text) == (200, True)


def test_what_was_typed_stays_when_something_is_wrong(
    web: FlaskClient, store: Store, serial: str, parse: Callable[[str], Any]
) -> None:
    typed = {"q1": "9", "q2": "4", "q3": ["a", "b"], "q5": "12a", "q6": "Góp ý <b>&"}
    reply = web.post(f"/P/{serial}", data=typed)
    page = parse(reply.text)
    assert reply.status_code == 422
    checked = {(has["name"], has["value"]) for has in page.all("input") if "checked" in has}
    assert checked == {("q2", "4"), ("q3", "a"), ("q3", "b")}
    assert page.all("input", name="q5", value="12a")
    assert "Góp ý <b>&" in page.words
    assert [has["href"] for has in page.all("a") if has["href"] in ("#q1", "#q5")] == ["#q1", "#q5"]
    with store.read() as conn:
        assert size_of_store(conn)["response"] == 0


def test_a_text_at_its_limit_survives_lines_and_signs(web: FlaskClient, store: Store, desk: Any, serial: str) -> None:
    said = "Dòng một\r\nDòng hai\x00 \N{GRINNING FACE}"
    assert web.post(f"/P/{serial}", data={"q6": said}).status_code == 201
    assert desk.post(serial, q6="Dòng một\nDòng hai \N{GRINNING FACE}").status == "same"


def test_a_void_sheet_is_gone(web: FlaskClient, desk: Any, serial: str) -> None:
    desk.void(serial)
    assert web.get(f"/P/{serial}").status_code == 410
    assert web.post(f"/P/{serial}", data={"q2": "5"}).status_code == 410
    assert web.post(f"/P/{serial}").status_code == 410


def test_a_closed_campaign_takes_no_answers_but_repeats_a_receipt(
    web: FlaskClient, app_of: Callable[[Campaign], Flask], campaign: Campaign, desk: Any
) -> None:
    answered, fresh = desk.serials()[:2]
    web.post(f"/P/{answered}", data={"q2": "5"})
    closed = replace(campaign, settings=campaign.settings.model_copy(update={"closed": True}))
    late = app_of(closed).test_client()
    assert late.get(f"/P/{fresh}").status_code == late.get(f"/P/{answered}").status_code == 410
    assert late.post(f"/P/{fresh}", data={"q2": "5"}).status_code == 410
    assert late.post(f"/P/{fresh}").status_code == 410
    assert late.post(f"/P/{answered}", data={"q2": "5"}).status_code == 200
    assert late.get("/P/XXXX").status_code == 404


def test_a_closed_campaign_does_not_tell_by_trying_what_was_answered(
    web: FlaskClient, app_of: Callable[[Campaign], Flask], campaign: Campaign, desk: Any
) -> None:
    answered, other = desk.serials()[:2]
    for serial in (answered, other):
        web.post(f"/P/{serial}", data={"q5": "42"})
    closed = replace(campaign, settings=campaign.settings.model_copy(update={"closed": True}))
    late = app_of(closed).test_client()
    assert {late.post(f"/P/{answered}", data={"q5": "42"}).status_code for _ in range(20)} == {200}
    tried = [late.post(f"/P/{answered}-1", data={"q5": str(guess)}).status_code for guess in range(50)]
    assert tried == [410] * 50, "the right one came after the tries were used up"
    assert late.post(f"/P/{other}", data={"q5": "42"}).status_code == 200, "other sheets do not suffer"


def test_over_quota_is_a_receipt_like_any_other(web: FlaskClient, desk: Any) -> None:
    replies = [web.post(f"/P/{serial}", data={"q2": "5"}) for serial in desk.serials()]
    assert [reply.status_code for reply in replies] == [201] * 4
    assert all("Mã biên nhận" in reply.text for reply in replies)


def read_as_above(store: Store) -> list[tuple[str, str, str]]:
    with store.read() as conn:
        return [(row.serial, row.question, row.row) for row in as_above_rows(conn)]


def test_as_above_is_the_same_answer_and_how_it_came_is_kept(web: FlaskClient, store: Store, desk: Any) -> None:
    first, second = desk.serials(group="CC")[:2]
    said = web.post(f"/P/{first}", data={"m1:SNV": "4", "-same:STC": "card-2"})
    assert said.status_code == 201
    again = web.post(f"/P/{first}", data={"m1:SNV": "4", "m1:STC": "4"})
    assert (again.status_code, again.headers["Phieu-Sheet"]) == (200, said.headers["Phieu-Sheet"])
    assert web.post(f"/P/{second}", data={"m1:SNV": "4", "m1:STC": "4"}).status_code == 201
    assert read_as_above(store) == [(first, "m1", "STC")]
    with store.read() as conn:
        assert {row.state for row in export_rows(conn)} == {"clear"}
        assert sum(row.row == "STC" and row.option == "4" for row in export_rows(conn)) == 2


def test_as_above_with_nothing_above_says_nothing_and_stays_ticked(
    web: FlaskClient, store: Store, desk: Any, parse: Callable[[str], Any]
) -> None:
    serial = desk.serials(group="CC")[0]
    reply = web.post(f"/P/{serial}", data={"-same:STC": "card-2"})
    assert reply.status_code == 422
    assert "checked" in parse(reply.text).all("input", name="-same:STC")[0]
    assert web.post(f"/P/{serial}", data={"-same:STC": "card-2", "m1:STC": "2"}).status_code == 201
    assert read_as_above(store) == [], "what was answered is no copy"


@pytest.mark.usefixtures("no_time_passes")
def test_guessing_serials_is_slowed_down_and_a_good_one_never_waits(web: FlaskClient, serial: str) -> None:
    guesses = [web.get(f"/P/{make_serial(0, number)}").status_code for number in range(80)]
    assert guesses[:60] == [404] * 60
    assert guesses[-1] == 429
    slowed = web.get(f"/P/{make_serial(0, 99)}")
    assert int(slowed.headers["Retry-After"]) >= 1
    assert web.get(f"/P/{serial}").status_code == 200
    assert web.post(f"/P/{serial}", data={"q2": "5"}).status_code == 201


def test_a_post_that_is_too_large_is_refused_in_words(web: FlaskClient, serial: str) -> None:
    reply = web.post(f"/P/{serial}", data={"q6": "a" * 300_000})
    assert reply.status_code == 413
    assert "quá dài" in reply.text


def read_seconds(store: Store) -> list[int | None]:
    with store.read() as conn:
        return list(conn.execute(select(metadata.tables["response"].c.seconds)).scalars())


def test_a_form_tells_how_long_it_was_open_and_nothing_else(
    web: FlaskClient, store: Store, serial: str, parse: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = opened.utc_now()
    (field,) = parse(web.get(f"/P/{serial}").text).all("input", type="hidden")
    later = (shown := opened.utc_now()) + datetime.timedelta(seconds=42)
    monkeypatch.setattr(opened, "utc_now", lambda: later)
    again = web.post(f"/P/{serial}", data={str(field["name"]): field["value"]})
    assert again.status_code == 422  # nothing was answered; the form comes back and keeps its time
    assert field in parse(again.text).all("input", type="hidden")
    assert web.post(f"/P/{serial}", data={str(field["name"]): field["value"], "q1": "1"}).status_code == 201
    (seconds,) = read_seconds(store)
    assert 42 <= seconds <= 43 + (shown - asked).total_seconds()  # the form's own time is in whole seconds


def test_whoever_makes_up_the_time_or_leaves_it_out_is_taken_in_without(
    web: FlaskClient, store: Store, desk: Any, parse: Callable[[str], Any]
) -> None:
    first, second, third = desk.serials()[:3]
    (field,) = parse(web.get(f"/P/{first}").text).all("input", type="hidden")
    for serial, data in ((second, {str(field["name"]): field["value"]}), (third, {})):
        assert web.post(f"/P/{serial}", data={**data, "q1": "1"}).status_code == 201
    assert read_seconds(store) == [None, None]
