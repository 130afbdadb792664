"""Sheets answered twice: both sides, and a decision with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from collector.review.deciding import list_conflicts
from collector.store import Store
from collector.store.quota import quota_rows

LIST = "/quan-ly/phieu-trung/"


@pytest.fixture
def conflict(desk: Any, store: Store) -> int:
    """One sheet about Ha Long, by phone and on paper."""
    serial = desk.serials()[0]
    desk.post(serial, q1="1", q2="5", q6="Tốt")
    desk.scan(serial, 1, q1="1", q2="1", q3="a")
    desk.scan(serial, 2)
    with store.read() as conn:
        [found] = list_conflicts(conn)
    return found.id


def accepted(store: Store) -> int:
    with store.read() as conn:
        return sum(cell.accepted for cell in quota_rows(conn))


def test_both_sides_stand_beside_each_other(staff: Any, conflict: int, parse: Callable[[str], Any]) -> None:
    page = parse(staff.get(LIST).text)
    words = " ".join(page.words.split())
    assert "Còn 1 phiếu" in words
    assert "Phiếu giấy" in words
    assert "Điện thoại" in words
    assert "Câu 2. Thái độ Mức 5 Mức 1" in words
    assert "Câu 3. Biết tin qua đâu? (bỏ trống) Đài" in words
    assert "3 câu khác nhau" in words
    assert "Câu 1. Ông/Bà có làm thủ tục không?: Có" in words, "what is equal can be looked up"


@pytest.mark.parametrize(("keep", "counts"), [("first", 1), ("second", 1), ("neither", 0)])
def test_a_decision_is_kept_with_name_and_reason(
    staff: Any, store: Store, conflict: int, keep: str, counts: int
) -> None:
    reply = staff.post(f"{LIST}{conflict}", {"keep": keep, "why": "Đã gọi điện hỏi lại"})
    assert reply.status_code == 303
    with store.read() as conn:
        [decided] = list_conflicts(conn, only_open=False)
    assert (decided.decision, decided.who, decided.why) == (keep, "Lê Thị Hoa", "Đã gọi điện hỏi lại")
    assert accepted(store) == counts
    page = staff.get(LIST).text
    assert "HL-CD-001" in page, "what was decided is said once"
    assert "Không còn phiếu trùng" in page


@pytest.mark.parametrize("fields", [{"keep": "first", "why": "  "}, {"why": "lý do"}, {"keep": "both", "why": "lý do"}])
def test_a_decision_needs_a_side_and_a_reason(
    staff: Any, store: Store, conflict: int, fields: dict[str, str], parse: Callable[[str], Any]
) -> None:
    reply = staff.post(f"{LIST}{conflict}", fields)
    assert reply.status_code == 422
    assert parse(reply.text).all("p", role="alert")
    with store.read() as conn:
        assert [found.state for found in list_conflicts(conn)] == ["open"]


def test_two_people_who_decide_differently_do_not_overwrite_each_other(
    app: Flask, log_in: Callable[..., Any], staff: Any, store: Store, desk: Any, conflict: int
) -> None:
    staff.post(f"{LIST}{conflict}", {"keep": "first", "why": "một"})
    reply = log_in(app, "Trần Văn Nam").post(f"{LIST}{conflict}", {"keep": "second", "why": "hai"})
    assert reply.status_code == 422
    assert "HL-CD-001: phiếu trùng này đã được quyết định rồi" in reply.text
    assert desk.serials()[0] not in reply.text
    with store.read() as conn:
        assert [found.decision for found in list_conflicts(conn, only_open=False)] == ["first"]


def test_nobody_decides_about_their_own_workplace(
    app: Flask, log_in: Callable[..., Any], store: Store, conflict: int
) -> None:
    official = log_in(app, "Phạm Văn Bình", "HL")
    page = official.get(LIST).text
    assert "người khác sẽ quyết định" in page
    assert "Mức 5" not in page
    assert 'name="keep"' not in page
    assert official.post(f"{LIST}{conflict}", {"keep": "first", "why": "-"}).status_code == 403
    with store.read() as conn:
        assert [found.state for found in list_conflicts(conn)] == ["open"]


def test_a_matrix_is_judged_by_nobody_whom_it_rates(
    app: Flask, log_in: Callable[..., Any], desk: Any, store: Store
) -> None:
    serial = desk.serials(group="CC")[0]
    desk.post(serial, m1_STC="5")
    desk.post(serial, m1_STC="1")
    with store.read() as conn:
        [found] = list_conflicts(conn)
    official = log_in(app, "Phạm Văn Bình", "STC")
    assert official.post(f"{LIST}{found.id}", {"keep": "first", "why": "-"}).status_code == 403
    assert "người khác sẽ quyết định" in official.get(LIST).text


def test_a_conflict_that_is_not_there_is_not_found(staff: Any) -> None:
    assert staff.post(f"{LIST}999", {"keep": "first", "why": "-"}).status_code == 404


def test_conflicts_come_twenty_a_page(staff: Any, desk: Any, parse: Callable[[str], Any]) -> None:
    for serial in desk.serials("SNV")[:21]:
        desk.post(serial, q2="5")
        desk.post(serial, q2="1")
    first, second, beyond = (parse(staff.get(f"{LIST}?agency=SNV&start={start}").text) for start in (0, 20, 900))
    shown = [[has["id"] for has in page.all("article")] for page in (first, second, beyond)]
    assert [len(page) for page in shown] == [20, 1, 1]
    assert not set(shown[0]) & set(shown[1])
    assert all("Còn 21 phiếu" in page.words for page in (first, second, beyond))
    assert first.all("a", href=f"{LIST}?agency=SNV&start=20")
    assert second.all("a", href=f"{LIST}?agency=SNV&start=0")
    [form] = [has for has in second.all("form") if f"{LIST}{shown[1][0][1:]}" in str(has.get("action"))]
    reply = staff.post(form["action"], {"keep": "first", "why": ""})
    assert parse(reply.text).all("article", id=shown[1][0]), "one stays on the page"
    assert parse(reply.text).all("p", role="alert")


def test_conflicts_can_be_narrowed_to_an_agency(staff: Any, conflict: int) -> None:
    assert "Còn 1 phiếu" in staff.get(f"{LIST}?agency=HL").text
    assert "Còn 0 phiếu" in staff.get(f"{LIST}?agency=SNV").text
