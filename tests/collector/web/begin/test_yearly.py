"""The settings that change every year, changed on the screen."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from collector.prepare.yearly import list_fields
from collector.printing.issue import reserve_run
from collector.store import Store
from forms.campaign import Campaign
from forms.folder import load_campaign

BASE = "/quan-ly/chuan-bi/thong-tin"


def test_what_is_typed_stands_in_the_file_and_every_other_line_stays(
    staff: Any, folder: Path, campaign: Campaign
) -> None:
    before = (folder / "campaign.yaml").read_text(encoding="utf-8").splitlines()
    shown = staff.get(BASE).text
    assert all(f'name="{field.name}"' in shown for field in list_fields(campaign.settings))
    assert 'value="20/3/2014"' in shown  # a browser's own field for days would write 03/20/2014
    assert 'type="date"' not in shown
    typed = {
        "issuer.document": "27/KH-SNV",
        "phases.2.to": "05/4/2014",
        "name": "Điều tra: đợt 1",
        "public_address": "",
    }
    assert staff.post(BASE, typed).status_code == 303
    after = (folder / "campaign.yaml").read_text(encoding="utf-8").splitlines()
    changed = [line for line, old in zip(after, before, strict=True) if line != old]
    assert changed == [
        'name: "Điều tra: đợt 1"',
        "  document: 27/KH-SNV",
        "public_address: null   # địa chỉ minh họa; bỏ dòng này nếu chỉ dùng phiếu giấy",
        "  - {code: collect, name: Phát và thu phiếu, from: 2014-03-20, to: 2014-04-05}",
    ]
    settings = load_campaign(folder).settings
    assert (settings.issuer.document, settings.public_address) == ("27/KH-SNV", None)
    assert "Điều tra: đợt 1" in staff.get("/quan-ly/").text  # served at once


def test_what_is_wrong_is_told_by_its_field_and_comes_back_as_typed(staff: Any, folder: Path) -> None:
    before = (folder / "campaign.yaml").read_bytes()
    reply = staff.post(BASE, {"assessed_year": "hai nghìn", "phases.0.from": "2014-13-01", "issuer.body": ""})
    assert reply.status_code == 422
    faults = html.unescape(re.sub(r"<[^>]+>", "", reply.text))
    assert "“Năm đánh giá” ghi “hai nghìn”, phải là số nguyên" in faults
    assert "“Cơ quan ban hành” để trống" in faults
    assert "Từ ngày (Các cơ quan tự chấm điểm)" in faults
    of_the_file = r"campaign\.yaml:\d|assessed_year|issuer\.body|phases\."
    assert not re.search(of_the_file, faults)
    assert 'value="hai nghìn"' in reply.text
    assert (folder / "campaign.yaml").read_bytes() == before
    assert "Không có gì thay đổi" in staff.get(staff.post(BASE, {}).location).text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("phases.0.from", "31/02/2014", "“31/02/2014” không phải một ngày có thật"),
        ("issuer.date", "ngày mai", "“ngày mai” không phải một ngày có thật"),
        ("phases.1.to", "", "chưa có ngày"),
    ],
)
def test_a_day_that_is_none_is_told_by_its_field_as_days_are_typed_here(
    field: str, typed: str, said: str, staff: Any, folder: Path
) -> None:
    before = (folder / "campaign.yaml").read_bytes()
    reply = staff.post(BASE, {field: typed, "name": "Đợt khác", "assessed_year": "hai nghìn"})
    assert reply.status_code == 422
    faults = html.unescape(re.sub(r"<[^>]+>", "", reply.text))
    assert said in faults
    assert "ghi ngày/tháng/năm, ví dụ 18/3/2014" in faults
    assert "2014-03-18" not in reply.text
    assert "2014-02-31" not in reply.text
    assert "“Năm đánh giá” ghi “hai nghìn”" in faults, "what else is wrong is told in the same answer"
    kept = re.search(rf'name="{re.escape(field)}"[^>]*value="([^"]*)"', reply.text)
    assert kept
    assert html.unescape(kept[1]) == typed
    assert 'value="Đợt khác"' in reply.text
    assert (folder / "campaign.yaml").read_bytes() == before


def test_a_phase_that_ends_before_it_begins_is_told_by_its_name(staff: Any) -> None:
    reply = staff.post(BASE, {"phases.2.from": "30/4/2014", "phases.2.to": "1/4/2014"})
    assert reply.status_code == 422
    faults = html.unescape(re.sub(r"<[^>]+>", "", reply.text))
    assert "Tên giai đoạn (Phát và thu phiếu): giai đoạn “Phát và thu phiếu” kết thúc trước khi bắt đầu" in faults
    assert "sửa ngày bắt đầu, ngày kết thúc của “Phát và thu phiếu”" in faults


def test_the_head_of_printed_sheets_stays_and_the_plan_may_change(
    staff: Any, folder: Path, store: Store, campaign: Campaign
) -> None:
    reserve_run(store, campaign, campaign.quotas)
    reply = staff.post(BASE, {"issuer.body": "VĂN PHÒNG UBND"})
    assert reply.status_code == 422
    assert "đã in" in reply.text
    assert staff.post(BASE, {"phases.2.to": "2014-04-07"}).status_code == 303
    assert load_campaign(folder).settings.phases[2].last.isoformat() == "2014-04-07"


def test_milestones_of_the_plan_are_set_and_taken_back_on_the_screen(staff: Any, folder: Path) -> None:
    assert "Đặt mốc khác cho kế hoạch" in staff.get("/quan-ly/").text
    assert staff.post(BASE, {"phases.0.reach": "10", "phases.2.reach": "100 %"}).status_code == 303
    assert [phase.reach for phase in load_campaign(folder).settings.phases][:3] == [10, None, 100]
    page = staff.get("/quan-ly/").text
    assert "so với các mốc của kế hoạch" in html.unescape(page)
    assert "campaign.yaml" not in page
    assert staff.post(BASE, {"phases.0.reach": "", "phases.2.reach": ""}).status_code == 303
    assert {phase.reach for phase in load_campaign(folder).settings.phases} == {None}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"phases.2.reach": "101"}, "“Mốc (% chỉ tiêu) (Phát và thu phiếu)” ghi 101, không được quá 100"),
        ({"phases.2.reach": "nửa"}, "ghi “nửa”, phải là số nguyên"),
        ({"phases.0.reach": "60", "phases.2.reach": "50"}, "“Phát và thu phiếu” đòi ít phiếu hơn giai đoạn trước nó"),
    ],
)
def test_a_milestone_that_cannot_be_is_told_by_its_field(
    typed: dict[str, str], said: str, staff: Any, folder: Path
) -> None:
    before = (folder / "campaign.yaml").read_bytes()
    reply = staff.post(BASE, typed)
    assert reply.status_code == 422
    faults = html.unescape(re.sub(r"<[^>]+>", "", reply.text))
    assert said in faults
    assert "reach" not in faults
    assert (folder / "campaign.yaml").read_bytes() == before


def test_whom_to_write_to_about_a_hole_is_set_on_the_screen_and_stands_in_security_txt(
    staff: Any, folder: Path
) -> None:
    address = "/.well-known/security.txt"
    assert staff.get(address).status_code == 404
    assert staff.post(BASE, {"security_contact": "antoan@quangninh.gov.vn"}).status_code == 303
    assert "Contact: mailto:antoan@quangninh.gov.vn\r\n" in staff.get(address).text
    assert 'value="antoan@quangninh.gov.vn"' in staff.get(BASE).text
    assert (
        "Không có gì thay đổi"
        in staff.get(staff.post(BASE, {"security_contact": "antoan@quangninh.gov.vn"}).location).text
    )
    wrong = staff.post(BASE, {"security_contact": "phòng an toàn"})
    assert (wrong.status_code, "ghi địa chỉ thư điện tử" in html.unescape(wrong.text)) == (422, True)
    assert staff.post(BASE, {"security_contact": ""}).status_code == 303
    assert load_campaign(folder).settings.security_contact is None
