"""Addresses and typed codes: each sheet has its form, and nothing else has one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from forms.serial import make_serial, show_serial


@pytest.fixture
def serial(desk: Any) -> str:
    return str(desk.serials()[0])


def test_a_sheet_has_one_form_however_its_code_is_written(web: FlaskClient, serial: str) -> None:
    dashed, lower = show_serial(serial), serial.lower()
    written = (serial, f"{serial}-1", f"{serial}-12", dashed, f"{dashed}-2", f"{dashed.lower()}-1", lower, f"{serial}/")
    for path in [f"/{letter}/{code}" for letter in "Pp" for code in written]:
        reply = web.get(path, follow_redirects=True)
        assert reply.status_code == 200, path
        assert "HL-CD-001" in reply.text
        assert "Thành phố Hạ Long" in reply.text


def test_what_is_no_sheet_of_ours_is_not_found(web: FlaskClient, serial: str) -> None:
    wrong = serial[:-1] + ("0" if serial[-1] != "0" else "1")
    tails = ("-0", "-123", "-A", "--1")
    for written in ("X", wrong, serial[:-1], make_serial(0, 12345), *(serial + tail for tail in tails)):
        for method in ("GET", "HEAD", "POST"):
            assert web.open(f"/P/{written}", method=method).status_code == 404, (method, written)


def test_mistyped_serials_are_not_guesses(web: FlaskClient) -> None:
    assert {web.get(f"/P/MISTYPED{number:03d}").status_code for number in range(100)} == {404}


def test_a_typed_code_leads_to_its_sheet(web: FlaskClient, serial: str) -> None:
    reply = web.get(f"/?ma=%20{show_serial(serial).lower()}")
    assert reply.status_code == 303
    assert reply.headers["Location"] == f"/P/{serial}"


@pytest.mark.parametrize("typed", ["//evil.example", "https://evil.example/P/0", "../../quan-ly", "7K3M"])
def test_anything_else_typed_leads_nowhere(web: FlaskClient, typed: str) -> None:
    reply = web.get("/", query_string={"ma": typed})
    assert reply.status_code == 422
    assert "Location" not in reply.headers


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda code: code[:-3], "mới gõ 13 ký tự"),
        (lambda code: code + "AA", "đã gõ 18 ký tự"),
        (lambda code: "U" + code[1:], "không có ký tự “U”"),
        (lambda code: code[:-1] + "é&", "không có ký tự “É&amp;”"),
        (lambda code: ("0" if code[0] != "0" else "2") + code[1:], "có ký tự gõ nhầm"),
        (lambda _: make_serial(0, 777), "Không có phiếu nào mang mã này"),
    ],
)
def test_what_is_wrong_with_a_code_is_told_kindly_and_what_was_typed_stays(
    web: FlaskClient, serial: str, parse: Callable[[str], Any], wrong: Callable[[str], str], said: str
) -> None:
    code = wrong(serial)
    replies = [web.get("/", query_string={"ma": code}, follow_redirects=True), web.get(f"/P/{code}")]
    assert {reply.status_code for reply in replies} <= {404, 422}
    for reply in replies:
        assert said in reply.text
        assert parse(reply.text).all("input", name="ma", value=code)


@pytest.mark.parametrize("typed", ["", "  ", " - "])
def test_a_field_that_is_sent_empty_is_told_so(web: FlaskClient, typed: str) -> None:
    reply = web.get("/", query_string={"ma": typed})
    assert reply.status_code == 422
    assert "Chưa gõ mã. Xin gõ 16 ký tự" in reply.text
    assert "Chưa gõ mã" not in web.get("/").text


def test_a_code_may_be_typed_as_people_do(web: FlaskClient, serial: str) -> None:
    loose = serial.lower().replace("0", "o").replace("1", "l")
    typed = [loose, f" {show_serial(loose)} -2", f"https://khaosat.example/p/{serial}-1", f"khaosat.example/P/{serial}"]
    for code in typed:
        reply = web.get("/", query_string={"ma": code})
        assert (reply.status_code, reply.headers.get("Location")) == (303, f"/P/{serial}"), code
    assert [web.get(path).status_code for path in ("/P", "/p", "/P/")] == [200, 200, 200]


def test_a_code_page_can_be_opened_empty(web: FlaskClient, parse: Callable[[str], Any]) -> None:
    reply = web.get("/")
    assert reply.status_code == 200
    assert parse(reply.text).all("input", name="ma", value="")


def test_an_address_that_is_not_there_says_so(web: FlaskClient) -> None:
    reply = web.get("/khong-co")
    assert reply.status_code == 404
    assert "Không có trang này" in reply.text
    assert '<a href="/">Trả lời phiếu khảo sát</a>' in reply.text  # nobody is left without a way on
    of_staff = web.get("/quan-ly/khong-co")
    assert of_staff.status_code == 404
    assert '<a href="/quan-ly/">Tổng quan</a>' in of_staff.text
    assert "mã in trên phiếu" not in of_staff.text
