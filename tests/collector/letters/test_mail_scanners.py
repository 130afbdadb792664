"""What mail scanners do to a letter's links spends no link and opts nobody out; what people do, does."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from collector.letters.bounces import find_reports
from collector.web.app import create_app
from collector.web.site import EXTENSION


@pytest.fixture
def web(room):
    app = create_app(room.store, room.campaign)
    app.testing = True
    yield app.test_client()
    app.extensions[EXTENSION].evidence.close()


@pytest.fixture
def database() -> str:
    """SQLite alone; databases are the store's to test."""
    return "sqlite"


@pytest.fixture
def letters(room, invite, office):
    """Everybody's letter."""
    invite()
    room.send()
    return [message for _, message in office.taken]


def links_of(message):
    """Every address in a letter, of both parts and of the headers."""
    parts = [message.get_body((kind,)).get_content() for kind in ("plain", "html")]
    found = re.findall(r"https://[^\s<>\"]+", " ".join([*parts, message["List-Unsubscribe"]]))
    return sorted({link.removeprefix("https://khaosat.vi-du.gov.vn") for link in found})


class _Forms(HTMLParser):
    """What a scanner that fills in nothing would post: hidden fields, and fields that hold something already."""

    def __init__(self):
        super().__init__()
        self.held = {}

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        ticks = values.get("type") in ("checkbox", "radio")
        if tag == "input" and values.get("name") and (not ticks or "checked" in values):
            self.held[values["name"]] = values.get("value", "")


def scan(web: FlaskClient, link: str) -> None:
    """HEAD, GET twice, an empty post, and the page's form as it stands."""
    assert web.head(link).status_code == 200
    page = web.get(link)
    assert page.status_code == web.get(link).status_code == 200
    assert web.post(link, data={}).status_code == 422
    forms = _Forms()
    forms.feed(page.text)
    assert web.post(link, data=forms.held).status_code == 422


def test_a_scanner_spends_no_link_and_opts_nobody_out(room, letters, web, desk):
    for message in letters:
        links = links_of(message)
        assert [link[:3] for link in links] == ["/P/", "/T/"]
        for link in links:
            scan(web, link)
    people = room.invitations()
    assert not any(one.answered or one.opted_out_day for one in people)
    assert all(one.serial for one in people)
    for one in people:
        said = {"m1_SNV": "1"} if one.group == "CC" else {"q1": "1"}
        assert desk.post(one.serial, **said).status in ("accepted", "over_quota")


def test_a_person_opts_out_with_a_tick_and_can_still_answer(room, letters, web, desk):
    form, stop = links_of(letters[0])
    assert web.post(stop, data={"stop": "1"}).status_code == 200
    assert "Đã ngừng" in web.get(stop).text
    assert [one.opted_out_day is not None for one in room.invitations()].count(True) == 1
    assert web.get(form).status_code == 200
    assert web.post(stop, data={"stop": "1"}).status_code == 200


def test_a_mail_program_opts_out_with_one_click(room, letters, web):
    _, stop = links_of(letters[0])
    assert web.post(stop, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [one.opted_out_day is not None for one in room.invitations()].count(True) == 1


@pytest.mark.parametrize("token", ["T" * 20, "khong", "0" * 400, "%00"])
def test_an_address_of_no_letter_tells_nothing(letters, web, token):
    assert web.get(f"/T/{token}").status_code == 404
    assert web.post(f"/T/{token}", data={"stop": "1"}).status_code == 404


def test_the_form_of_an_unlinked_link_says_what_its_code_is_for(room, letters, web, desk):
    invited = {one.group: one.serial for one in room.invitations()}
    assert "gửi riêng cho Ông/Bà" in web.get(f"/P/{invited['CC']}").text
    assert "gửi riêng cho Ông/Bà" not in web.get(f"/P/{invited['CD']}").text
    assert "gửi riêng cho Ông/Bà" not in web.get(f"/P/{desk.serials('SNV')[0]}").text


def test_a_stop_page_names_nobody(letters, web):
    page = web.get(links_of(letters[0])[1]).text
    assert letters[0]["To"].addresses[0].display_name not in page
    assert letters[0]["To"].addresses[0].addr_spec not in page


def test_a_letter_is_no_report_of_itself(letters):
    assert find_reports(letters[0]) == []
