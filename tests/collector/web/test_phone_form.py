"""The public form as it is shown: one form that works alone, its words, languages and size."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from collector.printing.issue import reserve_run
from collector.store import Store, open_store
from collector.store.sheets import list_sheets
from collector.web.app import create_app
from forms.campaign import Campaign
from forms.folder import load_campaign
from forms.words import catalogue

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def serial(desk: Any) -> str:
    return str(desk.serials()[0])


def test_the_form_is_one_form_with_one_button_and_works_alone(
    web: FlaskClient, serial: str, parse: Callable[[str], Any]
) -> None:
    page = parse(web.get(f"/P/{serial}-1").text)
    assert len(page.all("form")) == len(page.all("button")) == 1
    assert page.all("form", method="post", action=f"/P/{serial}")
    assert page.all("html", lang="vi")
    fields = [has for tag, has in page.elements if tag in ("input", "textarea")]
    names = [has["name"] for has in fields if has.get("type") != "hidden"]
    assert sorted(set(names)) == ["q1", "q2", "q3", "q4", "q5", "q6"]
    assert len(page.all("input", type="radio", name="q2")) == 6
    assert len(page.all("input", type="checkbox", name="q3")) == 3
    assert page.all("input", name="q5", inputmode="numeric", maxlength="2")
    assert page.all("textarea", name="q6", maxlength="2000")


def test_the_form_makes_no_second_request_and_sets_no_cookie(
    web: FlaskClient, serial: str, parse: Callable[[str], Any]
) -> None:
    reply = web.get(f"/P/{serial}")
    page = parse(reply.text)
    assert not [has for tag, has in page.elements if tag in ("img", "iframe", "object") or "src" in has]
    assert [has["href"] for has in page.all("link")] == ["data:,"]
    assert "url(" not in reply.text
    assert "@import" not in reply.text
    assert "Set-Cookie" not in reply.headers
    assert reply.headers["Cache-Control"] == "no-store"


def test_every_question_is_a_group_with_its_words(web: FlaskClient, serial: str, parse: Callable[[str], Any]) -> None:
    page = parse(web.get(f"/P/{serial}").text)
    assert len(page.all("fieldset")) == len(page.all("legend")) == 6
    described = {code for has in page.all("fieldset") for code in (has.get("aria-describedby") or "").split()}
    ids = {has["id"] for _, has in page.elements if "id" in has}
    assert described
    assert described <= ids


def test_a_matrix_asks_for_every_agency_by_name(
    web: FlaskClient, store: Store, desk: Any, parse: Callable[[str], Any]
) -> None:
    serial = desk.serials(group="CC")[0]
    reply = web.get(f"/P/{serial}")
    page = parse(reply.text)
    assert len(page.all("input", name="m1:SNV")) == len(page.all("input", name="m1:STC")) == 5
    assert "Sở (2 cơ quan, đơn vị)" in page.words
    assert "Sở Tài chính" in page.words
    assert len(page.all("fieldset", **{"class": "card"})) == 2
    assert [has["name"] for has in page.all("input", type="checkbox")] == ["-same:STC"]
    assert web.post(f"/P/{serial}", data={"m1:STC": "5"}).status_code == 201
    assert desk.post(serial, m1_STC="5").status == "same"


def test_a_reply_is_compressed_for_whoever_accepts_it(web: FlaskClient, serial: str) -> None:
    plain = web.get(f"/P/{serial}")
    small = web.get(f"/P/{serial}", headers={"Accept-Encoding": "gzip, deflate, br"})
    refused = web.get(f"/P/{serial}", headers={"Accept-Encoding": "gzip;q=0"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in refused.headers
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2
    assert b"HL-CD-001" in gzip.decompress(small.data)
    assert "Accept-Encoding" in small.headers["Vary"]


@pytest.mark.slow
@pytest.mark.parametrize("example", sorted(path.parent.name for path in EXAMPLES.glob("*/campaign.yaml")))
def test_the_longest_form_of_every_example_keeps_within_a_first_round_trip(example: str, tmp_path: Path) -> None:
    campaign = load_campaign(EXAMPLES / example)
    cells = {(quota.group, campaign.get_agency(quota.agency).block): quota for quota in campaign.quotas}
    few = [replace(quota, target=3, reserve=0) for quota in cells.values()]
    store = open_store(tmp_path, campaign.settings, f"sqlite:///{tmp_path / 'example.sqlite'}")
    reserve_run(store, replace(campaign, quotas=tuple(few)), few)
    with store.read() as conn:
        sheets = list_sheets(conn)
    web = create_app(store, campaign).test_client()
    replies = [web.get(f"/P/{one.serial}", headers={"Accept-Encoding": "gzip"}) for one in sheets]
    assert {one.group for one in sheets} == {group.code for group in campaign.settings.groups}
    assert max(len(reply.data) + len(str(reply.headers)) for reply in replies) < 14_000
    store.close()


def test_english_is_offered_only_where_the_campaign_lists_it(
    web: FlaskClient, app_of: Callable[[Campaign], Flask], campaign: Campaign, serial: str
) -> None:
    english = {"Accept-Language": "en"}
    assert 'html lang="vi"' in web.get(f"/P/{serial}?lang=en", headers=english).text
    both = replace(campaign, settings=campaign.settings.model_copy(update={"languages": ("vi", "en")}))
    other = app_of(both).test_client()
    assert 'html lang="vi"' in other.get(f"/P/{serial}").text
    assert 'html lang="en"' in other.get(f"/P/{serial}", headers=english).text
    page = other.get(f"/P/{serial}?lang=en").text
    assert 'html lang="en"' in page
    assert f'action="/P/{serial}?lang=en"' in page
    assert '<span lang="vi">Thái độ</span>' in page
    assert 'html lang="vi"' in other.get(f"/P/{serial}?lang=vi", headers=english).text


def test_a_language_that_the_campaign_supplies_is_offered_and_used(
    app_of: Callable[[Campaign], Flask], campaign: Campaign, serial: str
) -> None:
    word = "ល្អណាស់"
    settings = campaign.settings.model_copy(update={"languages": ("vi", "km")})
    fields = {"phone.sheet": " {number} {serial}", "phone.how": " {count}", "phone.question": " {number}"}
    fields |= {"phone.text": " {limit}", "sheet.skip": " {options} {to}", "phone.later": " {seconds}"}
    keys = [key for key in catalogue() if key.startswith(("sheet.", "promise.", "phone."))]
    words = tuple((key, word + fields.get(key, "")) for key in keys)
    speaking = replace(campaign, settings=settings, words=words)
    page = app_of(speaking).test_client().get(f"/P/{serial}?lang=km")
    assert page.status_code == 200
    assert '<html lang="km">' in page.text
    assert f"<button>{word}</button>" in page.text
    silent = app_of(replace(speaking, words=())).test_client().get(f"/P/{serial}?lang=km")
    assert word not in silent.text


def test_a_matrix_and_the_way_to_other_languages_are_there_in_a_supplied_language(
    app_of: Callable[[Campaign], Flask], campaign: Campaign, desk: Any
) -> None:
    word = "ល្អណាស់"
    settings = campaign.settings.model_copy(update={"languages": ("vi", "km"), "public_address": "https://vi-du.vn"})
    keys = [key for key in catalogue() if key.startswith(("sheet.", "promise.", "phone.", "matrix."))]
    speaking = replace(campaign, settings=settings, words=tuple((key, word) for key in keys))
    page = app_of(speaking).test_client().get(f"/P/{desk.serials('HL', 'CC')[0]}?lang=km")
    assert page.status_code == 200
    assert "Tiếng Việt" in page.text, "its readers know it by this name"
    assert "ភាសាខ្មែរ" in page.text
