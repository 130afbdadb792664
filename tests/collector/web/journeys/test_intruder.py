"""The intruder: without a session, in the wrong role, from another agency, with a forged token, guessing, injecting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from collector.store import Store
from collector.store.quota import quota_rows
from collector.web.site import EXTENSION
from collector.web.throttle import Throttle
from forms.serial import make_serial

pytestmark = pytest.mark.slow

CLOSED = ("", "can-xem-lai/", "phieu-trung/", "diem/", "nguoi-dung/", "anh/trang/1.png", "giao-nhan/nhat-ky")
SCRIPT = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"


def test_without_a_session_every_page_leads_to_the_door(person: Callable[[str], Any], desk: Any) -> None:
    intruder = person("desk")
    for path in CLOSED:
        intruder.open(f"/quan-ly/{path}")
        assert "/quan-ly/dang-nhap" in intruder.page.url, path
    cookie = {"name": "session", "value": "eyJ0b2tlbiI6ImEifQ.aaaa.bbbb", "url": intruder.address}
    intruder.page.context.add_cookies([cookie])
    intruder.open("/quan-ly/")
    assert "/quan-ly/dang-nhap" in intruder.page.url


def test_the_wrong_role_and_another_agency_are_refused_and_a_forged_token_too(
    person: Callable[[str], Any], give_account: Any, desk: Any, store: Store
) -> None:
    desk.post(desk.serials("SNV")[0], q2="4")
    viewer = person("phone")
    viewer.log_in(give_account("Vũ Minh", roles=("viewer",), agency="HL"))
    for path in CLOSED[1:]:
        assert viewer.open(f"/quan-ly/{path}") == 403, path
    viewer.open("/quan-ly/?q=noi+vu")
    assert "Sở Nội vụ" not in viewer.page.locator("main").inner_text()

    clerk = person("desk")
    clerk.log_in(give_account("Trần Văn Nam", roles=("clerk",)))
    clerk.open("/quan-ly/giao-nhan/huy")
    clerk.page.evaluate("document.querySelector('main form [name=csrf_token]').value = 'x'")
    clerk.page.get_by_label("Số phiếu, khoảng số hoặc mã phiếu").fill("SNV-CD-001")
    clerk.page.get_by_label("Lý do").fill("thử")
    with clerk.page.expect_response("**/giao-nhan/huy") as reply:
        clerk.press("Hủy phiếu")
    assert reply.value.status == 400
    with store.read() as conn:
        assert sum(cell.accepted for cell in quota_rows(conn)) == 1, "the sheet still counts"


def test_guessing_serials_finds_nothing_and_is_slowed_down(person: Callable[[str], Any], desk: Any, app: Flask) -> None:
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], unknown=Throttle(5, 0.001))
    intruder = person("phone")
    assert intruder.open("/P/7K3M9TQX2BVA0001") == 404, "a slip of the hand: its check symbol is wrong"
    statuses = [intruder.open(f"/P/{make_serial(1)}") for _ in range(7)]
    assert statuses == [404] * 5 + [429] * 2
    respondent = person("phone")  # of the same address
    assert respondent.open(f"/P/{desk.serials()[0]}") == 200


def test_a_script_in_a_free_text_stays_text_wherever_it_is_shown(
    person: Callable[[str], Any], give_account: Any, desk: Any
) -> None:
    serial = desk.serials()[0]
    respondent = person("phone")
    respondent.open(f"/P/{serial}")
    respondent.page.get_by_label("Góp ý").fill(SCRIPT)
    respondent.press("Gửi phiếu")
    respondent.page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    desk.post(serial, q2="1", q6=SCRIPT + " 2")
    reader = person("desk")
    reader.log_in(give_account())
    reader.open("/quan-ly/phieu-trung/")
    reader.reads("HL-CD-001")
    assert SCRIPT in reader.page.locator("table").inner_text()
    assert reader.page.title() != "taken"
    reader.open(f"/quan-ly/?q={SCRIPT}")
    assert reader.page.title() != "taken"
    assert reader.page.locator("main img").count() == 0
