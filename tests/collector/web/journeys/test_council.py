"""After the scores: a letter decided and signed, editions held against each other and frozen, a recheck drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from collector.editions.frozen import load_frozen
from collector.store import Store
from collector.store.campaigns import sync_campaign
from forms.campaign import Campaign

pytestmark = pytest.mark.slow


@pytest.fixture
def app(make_folder: Callable[..., Campaign], app_of: Callable[[Campaign], Flask], store: Store) -> Flask:
    """A survey that Sở Nội vụ runs, with points of the council; it is rated itself."""
    campaign = make_folder(accounts={"runs": "SNV"})
    with store.write() as conn:
        sync_campaign(conn, campaign)
    return app_of(campaign)


def test_a_petition_goes_from_its_letter_to_the_official_edition(
    person: Callable[[str], Any], give_account: Any, tmp_path: Any
) -> None:
    hoa = person("desk")
    hoa.log_in(give_account("Lê Thị Hoa"))
    hoa.choose("Các bản Chỉ số")
    hoa.press("Lập bản dự kiến")
    hoa.reads("Đã lập bản dự kiến.")
    hoa.choose("Kiến nghị")
    hoa.choose("Ghi nhận kiến nghị")
    hoa.page.get_by_label("Cơ quan kiến nghị").select_option(label="Sở Nội vụ")
    hoa.page.get_by_label("Tiêu chí").select_option(label="B1 Thể chế")
    hoa.page.get_by_label("Số văn bản").fill("8/SNV-CCHC")
    hoa.page.get_by_label("Nội dung kiến nghị").fill("Đã có quy chế")
    hoa.press("Ghi nhận")
    hoa.reads("Đã ghi nhận kiến nghị số 1.")
    hoa.page.get_by_label("Chấp nhận một phần").check()
    hoa.page.get_by_label("Điểm mới").fill("2,25")
    hoa.page.get_by_label("Văn bản trả lời").fill("45/HĐTĐ")
    hoa.page.get_by_label("Lý do").fill("đủ tài liệu kiểm chứng")
    hoa.press("Ghi quyết định")
    hoa.reads("Việc số 1 chờ chữ ký thứ hai")

    nam = person("phone")
    nam.log_in(give_account("Trần Văn Nam", "STC", roles=("verifier",)))
    nam.choose("Chờ chữ ký thứ hai")
    nam.reads("Quyết định kiến nghị số 1")
    nam.press("Ký và thực hiện")
    nam.reads("Đã ký và thực hiện")

    hoa.choose("Các bản Chỉ số")
    hoa.press("Lập bản chính thức")
    hoa.reads("Đã lập bản chính thức.")
    hoa.page.get_by_role("link", name="Xem bản này").last.click()
    hoa.choose("So với bản dự kiến")
    hoa.reads("8/SNV-CCHC")
    hoa.reads("2,25")
    hoa.choose("Các bản Chỉ số")
    hoa.press("Đóng băng bây giờ")
    hoa.reads("Đã đóng băng.")
    with hoa.page.expect_download() as taken:
        hoa.page.get_by_role("link", name="Tải về").first.click()
    taken.value.save_as(tmp_path / "taken.zip")
    assert load_frozen(tmp_path / "taken.zip").digest in hoa.page.locator("main").inner_text()


def test_a_recheck_is_committed_drawn_and_called_without_a_command_line(
    person: Callable[[str], Any], give_account: Any, desk: Any, tmp_path: Any
) -> None:
    hoa = person("desk")
    hoa.log_in(give_account("Lê Thị Hoa"))
    hoa.choose("Phúc tra")
    hoa.choose("Chuẩn bị và rút")
    hoa.press("Cam kết")
    hoa.reads("chỉ hiện lần này")
    seed = hoa.page.locator(".secret").first.inner_text()
    hoa.choose("Đã chép và niêm phong")
    for serial in desk.serials("SNV")[:8]:
        desk.post(serial, q1="1", q2="5", q4="5")
    rows = "".join(f"SNV-CD-{place:03d},09120{place:05d},Người Thứ {place}\n" for place in range(1, 9))
    (tmp_path / "cuong.csv").write_text(f"sheet,phone,name\n{rows}", encoding="utf-8")
    hoa.page.get_by_label("Nhập điện thoại trên cuống phiếu").set_input_files(tmp_path / "cuong.csv")
    hoa.press("Nhập")
    hoa.reads("Đã nhập cách liên lạc của 8 phiếu")
    hoa.page.get_by_label("Chuỗi rút", exact=True).fill(seed)
    hoa.press("Rút")
    hoa.reads("1 mới rút; 6 cuộc gọi đang mở")

    mai = person("phone")
    mai.log_in(give_account("Vũ Thị Mai", roles=("rechecker",)))
    mai.choose("Phúc tra")
    mai.choose("Gọi cuộc tiếp theo: SNV-01")
    mai.reads("Số máy chỉ dùng để gọi cuộc này")


def test_whoever_answers_the_telephone_looks_a_receipt_up_by_keys_alone(
    person: Callable[[str], Any], give_account: Any, desk: Any
) -> None:
    respondent = person("phone")
    respondent.open(f"/P/{desk.serials('SNV')[0]}")
    respondent.page.get_by_role("group", name="Thái độ").get_by_label("Mức 4").check()
    respondent.press("Gửi phiếu")
    respondent.page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    receipt = respondent.page.locator(".code").inner_text()
    clerk = person("desk")
    clerk.log_in(give_account("Trần Văn Nam", roles=("clerk",)))
    clerk.choose("Tra biên nhận")
    clerk.page.get_by_role("heading", name="Tra biên nhận").wait_for()
    expect(clerk.page.locator("#receipt")).to_be_focused()
    clerk.page.keyboard.type(receipt.lower())
    clerk.keys("Enter")
    clerk.reads("Biên nhận thật. Phiếu SNV-CD-001 đã nhận và được tính.")
