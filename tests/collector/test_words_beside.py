"""Words beside an option ("other, please specify"), from the phone to the export."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collector.intake import accept_file, accept_reading
from collector.printing.issue import reserve_run
from collector.reports.scores import write_answers
from collector.store import Store, open_store
from collector.store.response_answers import read_answers
from collector.store.responses import list_kept
from collector.store.sheets import find_sheet, list_sheets
from collector.web.answers import fill_form, form_fields
from collector.web.app import create_app
from collector.web.site import EXTENSION
from forms.campaign import Campaign
from forms.questionnaire import Questionnaire
from forms.response import Answer
from ocr.reading import AnswerReading, PageReading

ASKED = {
    "code": "nguoi-dan",
    "title": "Phiếu",
    "sections": [
        {
            "title": "Kênh thông tin",
            "questions": [
                {
                    "code": "q1",
                    "text": "Ông/Bà biết tin qua kênh nào?",
                    "kind": "many",
                    "options": [
                        {"code": "a", "label": "Đài"},
                        {"code": "b", "label": "Kênh khác (ghi rõ)", "specify": True},
                    ],
                },
                {"code": "q2", "text": "Số lần", "kind": "number"},
            ],
        }
    ],
}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def asking(campaign: Campaign) -> Campaign:
    quotas = tuple(quota for quota in campaign.quotas if quota.group == "CD")
    return replace(campaign, quotas=quotas, questionnaires={"nguoi-dan": Questionnaire.model_validate(ASKED)})


@pytest.fixture
def store(tmp_path: Path, asking: Campaign) -> Iterator[Store]:
    (tmp_path / "data").mkdir()
    opened = open_store(tmp_path, asking.settings, f"sqlite:///{tmp_path / 'data' / 'phieu.sqlite'}")
    reserve_run(opened, asking, asking.quotas)
    yield opened
    opened.close()


@pytest.fixture
def web(store: Store, asking: Campaign) -> Iterator[Any]:
    app = create_app(store, asking)
    app.testing = True
    yield app.test_client()
    app.extensions[EXTENSION].evidence.close()


@pytest.fixture
def serials(store: Store) -> list[str]:
    with store.read() as conn:
        return [sheet.serial for sheet in list_sheets(conn, "HL", "CD")]


def answers_of(store: Store, serial: str) -> dict[str, Answer]:
    with store.read() as conn:
        sheet = find_sheet(conn, serial)
        assert sheet is not None
        (one,) = list_kept(conn, sheet.id)
        codes = store.get_codes(conn, 1)
        return {answer.question: answer for answer in read_answers(conn, codes, one.id)}


def page_of(store: Store, serial: str, *chosen: str) -> PageReading:
    with store.read() as conn:
        sheet = find_sheet(conn, serial)
    assert sheet is not None
    read = (
        AnswerReading("q1", None, chosen, "clear" if chosen else "blank", None, 1.0),
        AnswerReading("q2", None, (), "blank", None, 1.0),
    )
    return PageReading("scan.pdf", 1, "read", None, serial, 1, sheet.layout, 0, 1.0, read)


def test_the_form_has_a_place_to_type_beside_the_option(web: Any, serials: list[str]) -> None:
    page = web.get(f"/P/{serials[0]}").text
    assert page.count('name="q1.words"') == 1


def test_words_are_kept_with_the_option_and_exported_apart(
    web: Any, store: Store, serials: list[str], tmp_path: Path
) -> None:
    said = {"q1": ["a", "b"], "q1.words": " Loa phường "}
    first, again = (web.post(f"/P/{serials[0]}", data=said) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert web.post(f"/P/{serials[0]}", data=said | {"q1.words": "Tờ rơi"}).status_code == 409
    web.post(f"/P/{serials[1]}", data=said)
    assert answers_of(store, serials[1])["q1"] == Answer("q1", None, ("a", "b"), "clear", "Loa phường")
    write_answers(store, tmp_path / "out")
    assert "Loa" not in (tmp_path / "out" / "answers.csv").read_text(encoding="utf-8-sig")
    with (tmp_path / "out" / "words.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["serial"], row["question"], row["words"]) for row in rows] == [(serials[1], "q1", "Loa phường")]


def test_words_that_begin_a_formula_are_words_in_a_spreadsheet(
    web: Any, store: Store, serials: list[str], tmp_path: Path
) -> None:
    web.post(f"/P/{serials[0]}", data={"q1": ["a"], "q1.words": "=HYPERLINK(1)"})
    write_answers(store, tmp_path / "out")
    assert ",'=HYPERLINK(1)" in (tmp_path / "out" / "words.csv").read_text(encoding="utf-8-sig")
    assert answers_of(store, serials[0])["q1"].value == "=HYPERLINK(1)"


def test_words_without_their_option_are_kept_and_choose_nothing(web: Any, store: Store, serials: list[str]) -> None:
    assert web.post(f"/P/{serials[0]}", data={"q1.words": "Loa phường"}).status_code == 201
    assert answers_of(store, serials[0])["q1"] == Answer("q1", None, (), "clear", "Loa phường")


def test_too_many_words_come_back_as_they_were_typed(web: Any, serials: list[str]) -> None:
    reply = web.post(f"/P/{serials[0]}", data={"q1": "b", "q1.words": "x" * 2001})
    assert reply.status_code == 422
    assert "x" * 2001 in reply.text


def test_words_that_no_option_asks_for_are_passed_over(campaign: Campaign, drawn: Any) -> None:
    fields = form_fields(drawn["CD"], campaign.get_questionnaire("CD"))
    filled = fill_form(campaign.get_questionnaire("CD"), fields, {"q3.words": ["x"], "": ["y"]})
    assert filled.says_nothing


@pytest.mark.parametrize(("marked", "status"), [(("b",), "duplicate"), (("a",), "conflict")])
def test_paper_whose_words_nobody_typed_says_the_same_as_the_phone_only_with_the_option(
    web: Any, store: Store, asking: Campaign, serials: list[str], marked: tuple[str, ...], status: str
) -> None:
    web.post(f"/P/{serials[0]}", data={"q1": "b", "q1.words": "Loa phường"})
    taken, _ = accept_file(store, hashlib.sha256(b"x").hexdigest(), "scan.pdf", b"x")
    outcome = accept_reading(store, asking, taken.id, page_of(store, serials[0], *marked))
    assert outcome.status == status
