"""A citizen with a cheap phone: the code on the sheet, an office without a network, a receipt, and who looks later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from collector.store import Store
from collector.store.quota import quota_rows

pytestmark = pytest.mark.slow


def count_accepted(store: Store) -> int:
    with store.read() as conn:
        return sum(cell.accepted for cell in quota_rows(conn))


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_citizen_answers_where_the_network_comes_and_goes_and_leaves_nothing_behind(
    size: str, person: Callable[[str], Any], desk: Any, store: Store
) -> None:
    citizen, serial = person(size), desk.serials()[0]
    page = citizen.page
    citizen.open(f"/P/{serial}-1")  # as the code in the corner of page 1 leads
    citizen.reads("Thành phố Hạ Long")
    page.get_by_label("Có", exact=True).check()
    page.get_by_role("group", name="Thái độ").get_by_label("Mức 4").check()
    page.get_by_label("Góp ý").fill("Cần thêm ghế chờ")
    citizen.reads("Đã lưu trên máy này, chưa gửi.")

    page.context.set_offline(True)
    citizen.press("Gửi phiếu")
    page.get_by_role("heading", name="Chưa gửi").wait_for()
    assert count_accepted(store) == 0
    page.context.set_offline(False)
    page.get_by_role("heading", name="Đã nhận phiếu").wait_for()
    assert count_accepted(store) == 1
    assert page.evaluate("localStorage.length") == 0

    neighbour = person(size)
    neighbour.open(f"/P/{serial}")
    neighbour.page.get_by_role("heading", name="Phiếu này đã được trả lời").wait_for()
    assert "ghế chờ" not in neighbour.page.content()
    assert "Mức 4" not in neighbour.page.content()
    assert desk.post(serial, q1="1", q2="4", q6="Cần thêm ghế chờ").status == "same"
