"""The paper behind a conflict: the picture of every row that differs, and where the sheet lies."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from PIL import Image, ImageDraw

from collector.intake import accept_file, accept_reading
from collector.review.deciding import list_conflicts
from collector.store import Store
from forms.campaign import Campaign

LIST = "/quan-ly/phieu-trung/"


@pytest.fixture
def conflict(desk: Any, store: Store, campaign: Campaign) -> int:
    """One sheet about Ha Long, by phone and on paper, whose first page shows q2 = 4 and q3 = a."""
    serial = desk.serials()[0]
    desk.post(serial, q1="1", q2="5", q6="Tốt")
    reading = desk.reading(serial, 1, q1="1", q2="4", q3="a")
    page, file = Image.new("L", (210 * 8, 297 * 8), 255), io.BytesIO()
    ImageDraw.Draw(page).rectangle((880, 560, 914, 594), fill=0)
    page.save(file, "PNG")
    taken, _ = accept_file(store, hashlib.sha256(file.getvalue()).hexdigest(), "hop-3.png", file.getvalue())
    accept_reading(store, campaign, taken.id, replace(reading, file="hop-3.png", image=1))
    desk.scan(serial, 2)
    with store.read() as conn:
        [found] = list_conflicts(conn)
    return found.id


def test_each_row_that_differs_has_its_picture_where_there_is_paper_and_says_where_it_lies(
    staff: Any, conflict: int, parse: Callable[[str], Any]
) -> None:
    page = parse(staff.get(LIST).text)
    pictures = [str(has["src"]) for has in page.all("img", loading="lazy")]
    assert {path.split("/trung/")[1] for path in pictures} == {
        f"{conflict}/second/{question}.png" for question in ("q2", "q3", "q6")
    }
    words = " ".join(page.words.split())
    assert "Trang 1: tờ thứ 1 trong hop-3.png, hình 1" in words
    reply = staff.get(f"/quan-ly/anh/trung/{conflict}/second/q2.png")
    assert (reply.status_code, reply.mimetype) == (200, "image/png")
    assert Image.open(io.BytesIO(reply.data)).width > 600


@pytest.mark.parametrize("path", ["first/q2.png", "second/q9.png", "third/q2.png", "second/q2.png?row=HL"])
def test_there_is_no_picture_of_what_is_not_on_paper(staff: Any, conflict: int, path: str) -> None:
    assert staff.get(f"/quan-ly/anh/trung/{conflict}/{path}").status_code == 404


def test_a_decided_conflict_shows_no_picture_any_more(staff: Any, conflict: int) -> None:
    staff.post(f"{LIST}{conflict}", {"keep": "first", "why": "Đã gọi hỏi lại"})
    assert staff.get(f"/quan-ly/anh/trung/{conflict}/second/q2.png").status_code == 404


def test_nobody_sees_the_paper_about_their_own_workplace(
    app: Flask, log_in: Callable[..., Any], conflict: int, parse: Callable[[str], Any]
) -> None:
    official = log_in(app, "Phạm Văn Bình", "HL")
    page = parse(official.get(LIST).text)
    assert not page.all("img")
    assert "hop-3.png" not in page.words
    assert official.get(f"/quan-ly/anh/trung/{conflict}/second/q2.png").status_code == 403


def test_both_sides_on_paper_each_show_their_own(
    staff: Any, desk: Any, store: Store, parse: Callable[[str], Any]
) -> None:
    serial = desk.serials("SNV")[0]
    for level in "51":
        desk.scan(serial, 1, q2=level)
        desk.scan(serial, 2)
    page = parse(staff.get(f"{LIST}?agency=SNV").text)
    sides = {str(has["src"]).split("/")[-2] for has in page.all("img", loading="lazy")}
    assert sides == {"first", "second"}
    assert " ".join(page.words.split()).count("Trang 1: ") == 2
