"""Tables in and out in a real browser, by the processes beside the server; and a form whose session ended meanwhile."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from collector.beside.upload import find_upload
from collector.store import Store
from collector.store.clock import store_time
from collector.store.quota import quota_rows
from collector.store.recipients import count_people
from collector.store.schema import account_session
from collector.store.sheets import list_sheets

PASSWORD = "mot cau de nho 2014"

pytestmark = pytest.mark.slow


def test_a_manager_takes_a_list_and_a_table_in_and_takes_the_answers_away(
    person: Callable[[str], Any], give_account: Any, store: Store, make_folder: Any, tmp_path: Path
) -> None:
    make_folder()
    manager = person("desk")
    manager.log_in(give_account("Lê Thị Hoa"))

    people = tmp_path / "cán bộ.csv"
    people.write_text("agency,group,name,email,phone\nSNV,CD,Nguyễn Thị Lan,,sai số\n", encoding="utf-8")
    manager.choose("Danh sách người được mời")
    manager.page.set_input_files("#table", people)
    manager.press("Xem sẽ thay đổi gì")
    manager.reads("cán bộ.csv:2")
    assert manager.find_faults() == ""
    people.write_text("agency,group,name,email,phone\nSNV,CD,Nguyễn Thị Lan,,0987001678\n", encoding="utf-8")
    manager.page.set_input_files("#table", people)
    manager.press("Xem sẽ thay đổi gì")
    manager.press("Nhập 1 người")
    manager.reads("Đã nhập 1 người mới")
    assert "Lan" not in manager.page.content()
    assert find_upload(store.folder, "people") is None
    with store.read() as conn:
        assert count_people(conn) == 1

    answers = tmp_path / "nhập tay.csv"
    rows = "".join(f"SNV-CD-{place:03d},SNV,CD,1,5,4\n" for place in range(1, 6))
    answers.write_text(f"serial,agency,group,q1,q2,q4\n{rows}", encoding="utf-8")
    manager.choose("Nhận bảng câu trả lời")
    manager.page.set_input_files("#table", answers)
    manager.press("Thử bảng này")
    manager.reads("5 phiếu được nhận")
    assert manager.find_faults() == ""
    manager.press("Nhận 5 phiếu này")
    manager.reads("Đã nhận nhập tay.csv: 5 phiếu.")
    with store.read() as conn:
        assert sum(row.accepted for row in quota_rows(conn)) == 5

    manager.choose("Tải dữ liệu")
    manager.page.get_by_role("row", name="Câu trả lời, bảng CSV").get_by_role("button").click()
    manager.reads("Đã lập xong: Câu trả lời, bảng CSV")
    assert manager.find_faults() == ""
    with manager.page.expect_download() as taken:
        manager.page.get_by_role("link", name="Tải bảng CSV (tệp nén)").click()
    assert taken.value.suggested_filename == "answers-csv.zip"


def test_on_a_phone_the_same_pages_fit(
    person: Callable[[str], Any], give_account: Any, store: Store, make_folder: Any
) -> None:
    make_folder()
    manager = person("phone")
    manager.log_in(give_account("Lê Thị Hoa"))
    for path in ("danh-sach-nguoi", "nhan-bang", "tai-du-lieu"):
        manager.open(f"/quan-ly/{path}/")
        assert manager.find_faults() == "", path


def test_a_sheet_that_was_typed_while_the_session_ended_comes_back_as_it_was_typed(
    person: Callable[[str], Any], give_account: Any, store: Store
) -> None:
    account, verifier = give_account("Phạm Thu Hà", roles=("verifier",)), person("desk")
    verifier.log_in(account)
    with store.read() as conn:
        sheet = list_sheets(conn, "SNV", "CD")[0]
    verifier.open(f"/quan-ly/nhap-tay/{sheet.id}")
    verifier.keys("1", "4")
    verifier.page.locator("#q6").fill("Chờ lâu ở quầy số 3")
    with store.write() as conn:
        long_ago = store_time() - datetime.timedelta(days=1)
        conn.execute(update(account_session).values(begun_at=long_ago, seen_at=long_ago))
    verifier.page.locator("#typing button").click()
    verifier.reads("còn giữ trong một giờ")
    verifier.page.fill("#name", account.name)
    verifier.page.fill("#password", PASSWORD)
    verifier.page.click("main button")
    verifier.reads("Đây là nội dung Ông/Bà đã gõ")
    assert verifier.page.locator("#q6").input_value() == "Chờ lâu ở quầy số 3"
    assert verifier.page.locator("#typing input:checked").count() == 2
    verifier.page.locator("#typing button").click()
    verifier.reads(sheet.number)
    with store.read() as conn:
        assert sum(row.accepted for row in quota_rows(conn)) == 1
