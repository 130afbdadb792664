"""Every screen of the console in a real Chromium: axe finds nothing, and nothing is wider than the screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from collector.second_look import look_again, next_drawn
from collector.store import Store
from forms.rules import Reading

pytestmark = pytest.mark.slow

SCREENS = (
    "",
    "?q=ha+long",
    "giao-nhan/",
    "giao-nhan/giao",
    "giao-nhan/thu-ve",
    "giao-nhan/du-phong",
    "giao-nhan/huy",
    "giao-nhan/dinh-chinh",
    "giao-nhan/con-thieu",
    "giao-nhan/nhat-ky",
    "can-xem-lai/",
    "kiem-tra-may-doc/",
    "kiem-tra-may-doc/ket-qua",
    "phieu-trung/",
    "khong-doc-duoc/",
    "nhap-tay/",
    "nhap-tay/1",
    "lo-quet/",
    "thu-moi/",
    "diem/",
    "diem/dau-hieu",
    "diem/SNV/",
    "diem/SNV/TC1?group=CD&question=q4",
    "diem/SNV/rut?seed=1&n=3",
    "nguoi-dung/",
    "nguoi-dung/them",
    "nguoi-dung/tai-khoan/nguoi-1",
    "tai-khoan/mat-khau",
    "tai-khoan/xac-thuc",
)


@pytest.fixture
def busy(desk: Any, store: Store) -> Any:
    """A round under way: doubts, drawn answers, a conflict, scores."""
    settings = desk.campaign.settings.model_copy(update={"reading": Reading(second_look=1)})
    desk.campaign = dataclasses.replace(desk.campaign, settings=settings)
    for place, said in enumerate("554432"):
        desk.scan(desk.serials("SNV")[place], 1, q1="1", q2=said)
        desk.scan(desk.serials("SNV")[place], 2, q4=said)
    desk.scan(desk.serials()[0], 1, doubtful="q2 q3", q2="4")
    desk.scan(desk.serials()[0], 2)
    desk.post(desk.serials()[0], q2="1", q4="5")
    with store.read() as conn:
        drawn = next_drawn(conn)
    assert drawn is not None
    look_again(store, drawn.id, None, "Trần Văn Nam")
    return desk


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_no_screen_of_the_console_has_a_fault_that_axe_knows(
    size: str, busy: Any, person: Callable[[str], Any], give_account: Any
) -> None:
    somebody, wrong = person(size), {}
    somebody.open("/quan-ly/dang-nhap")
    assert somebody.find_faults() == ""
    somebody.log_in(give_account())
    for path in SCREENS:
        assert somebody.open(f"/quan-ly/{path}") == 200, path
        wrong[path] = somebody.find_faults()
    somebody.open("/quan-ly/lo-quet/")
    somebody.page.get_by_role("link", name="Lô quét ngày").first.click()
    somebody.reads("Lô quét ngày")
    wrong["a day's scans"] = somebody.find_faults()
    assert somebody.open("/quan-ly/khong-co") == 404
    wrong["not found"] = somebody.find_faults()
    assert {path: told for path, told in wrong.items() if told} == {}
