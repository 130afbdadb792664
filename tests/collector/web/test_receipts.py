"""The hotline's page: a receipt is true or not, of which sheet and when; never an answer, never whose sheet it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from collector.store import Store
from collector.store.events import list_events
from collector.web.site import EXTENSION

PAGE = "/quan-ly/bien-nhan/"


@pytest.fixture
def send(app: Flask, desk: Any) -> Callable[..., str]:
    """Answers a sheet by phone and gives the receipt as the phone shows it."""

    def answer(serial: str, **said: str) -> str:
        receipt: str = app.extensions[EXTENSION].seals.sign_receipt(serial, desk.post(serial, **said).receipt)
        return receipt

    return answer


@pytest.fixture
def clerk(app: Flask, log_in: Callable[..., Any]) -> Any:
    return log_in(app, "Trần Văn Nam", roles=("clerk",))


def test_a_clerk_learns_that_a_receipt_is_true_of_which_sheet_and_when_and_no_answer(
    clerk: Any, desk: Any, send: Callable[..., str], store: Store
) -> None:
    receipt = send(desk.serials("SNV")[0], q1="1", q2="5", q6="Ý kiến riêng")
    page = clerk.post(PAGE, {"receipt": f" {receipt.lower().replace('-', ' ')} "}).text
    assert "Biên nhận thật. Phiếu SNV-CD-001 đã nhận và được tính." in page
    assert "Phiếu về Sở Nội vụ. Nhận lúc 21/3/2014 03:30" in page
    assert "Ý kiến riêng" not in page
    assert "Mức 5" not in page
    with store.read() as conn:
        assert [line for line in list_events(conn) if "SNV-CD-001" in f"{line.subject} {line.detail}"] == []


def test_an_invented_or_mistyped_receipt_is_said_to_be_none_in_words_of_a_screen(
    clerk: Any, desk: Any, send: Callable[..., str]
) -> None:
    receipt = send(desk.serials("SNV")[0], q2="5")
    for written in ("7K3M9-TQX2B-VAF8N", receipt[:-1], "<script>"):
        page = clerk.post(PAGE, {"receipt": written}).text
        assert "Không phải biên nhận" in page
        assert "--sheet" not in page
        assert "SNV-CD-001" not in page
        assert "<script>" not in page
    assert "Biên nhận thật" not in clerk.post(PAGE, {"receipt": ""}).text


def test_of_an_unlinked_group_neither_the_number_nor_the_hour_is_told(
    clerk: Any, desk: Any, send: Callable[..., str]
) -> None:
    receipt = send(desk.serials("HL", "CC")[1], m1_SNV="5")
    page = clerk.post(PAGE, {"receipt": receipt}).text
    assert "Phiếu HL-CC đã nhận và được tính." in page
    assert "HL-CC-002" not in page
    assert "Nhận ngày 21/3/2014" in page
    assert "03:30" not in page


def test_whoever_works_at_the_agency_learns_only_that_it_is_true(
    app: Flask, log_in: Callable[..., Any], desk: Any, send: Callable[..., str]
) -> None:
    receipt = send(desk.serials("SNV")[0], q2="5")
    page = log_in(app, "Phạm Mai", "SNV").post(PAGE, {"receipt": receipt}).text
    assert "để người khác trả lời người gọi" in page
    assert "SNV-CD-001" not in page
