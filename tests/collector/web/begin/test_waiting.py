"""What takes a while says so at once in a real browser, and fills itself in, with scripts and without."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.collector.web.serving import open_page

PASSWORD = "mot cau de nho 2014"

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("scripts", [True, False])
def test_a_preview_says_that_it_is_drawn_and_then_shows_it(
    browser: Browser, address: str, give_account: Any, scripts: bool
) -> None:
    page = open_page(browser, 1280, 720, java_script_enabled=scripts)
    page.goto(f"{address}/quan-ly")
    page.fill("#name", give_account("Trần Văn In", roles=("clerk",)).name)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/quan-ly/")
    page.goto(f"{address}/quan-ly/chuan-bi/xem-truoc?group=DN", wait_until="commit")
    page.get_by_text("Đang vẽ Phiếu thường (Doanh nghiệp)").wait_for()
    page.get_by_role("link", name="Mở tệp PDF").wait_for()
    assert page.locator("#waiting").count() == 0
    assert page.locator(".pages img").count() == 2
    page.context.close()
