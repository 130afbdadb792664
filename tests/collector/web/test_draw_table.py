"""People of hand-out lists who were replaced, handed in on the screen with the draw of the recheck."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from collector.people.drawing import SizeRule, draw_people
from collector.people.recipients import import_recipients
from collector.recheck.drawing import commit, list_drawn
from collector.store import Store
from collector.store.draws import last_draws
from collector.store.events import list_events

PLAN = "/quan-ly/phuc-tra/chuan-bi"
SEED = "chuỗi rút thăm 20140318"
HEAD = "Cơ quan,Đối tượng,STT người bị thay,STT người thay"


@pytest.fixture
def people(store: Store, desk: Any, tmp_path: Path) -> tuple[int, ...]:
    """Three people drawn at SNV and three reserves, nobody invited: only the printed list knows who took part."""
    path = tmp_path / "nguoi.csv"
    rows = "".join(f"SNV,CD,Người Thứ {place},09120{place:05d}\n" for place in range(12))
    path.write_text(f"agency,group,name,phone\n{rows}", encoding="utf-8")
    import_recipients(store, desk.campaign, path, "lan")
    draw_people(store, desk.campaign, desk.campaign.quotas, "XSMB 11111", SizeRule(size=3, reserve=3), "lan", "nhỏ")
    commit(store, SEED, "", "lan")
    with store.read() as conn:
        return last_draws(conn)["SNV", "CD"].people


def send(staff: Any, *rows: str) -> Any:
    table = "\n".join((HEAD, *rows)).encode()
    return staff.post(f"{PLAN}/rut", {"seed": SEED, "replaced": (io.BytesIO(table), "Người thay.CSV")})


def test_whoever_took_a_place_on_the_signed_list_is_called_and_the_log_says_how_many(
    staff: Any, store: Store, people: tuple[int, ...]
) -> None:
    assert 'name="replaced"' in staff.get(PLAN).text
    assert send(staff, "SNV,CD,1,2", "SNV,CD,3,").status_code == 303
    [drawn] = list_drawn(store)
    assert {place.recipient for place in drawn.draw.places} == {people[1], people[4]}
    with store.read() as conn:
        noted = [(one.who, one.subject, one.detail) for one in list_events(conn) if one.action == "recheck.replaced"]
    assert noted == [("Lê Thị Hoa", "SNV", "people=2")]


def test_a_wrong_table_draws_nobody_and_every_row_is_named(staff: Any, store: Store, people: tuple[int, ...]) -> None:
    reply = send(staff, "XX,CD,1,", "SNV,CD,9,1")
    assert reply.status_code == 422
    assert "replaced.csv:2" in reply.text
    assert "replaced.csv:3" in reply.text
    other = staff.post(f"{PLAN}/rut", {"seed": SEED, "replaced": (io.BytesIO(b"x"), "thay.pdf")})
    assert (other.status_code, "chọn một tệp .csv hoặc .xlsx" in other.text) == (422, True)
    assert list_drawn(store) == []


def test_nobody_takes_people_of_their_own_agencys_lists_out_of_the_draw(
    app: Flask, log_in: Callable[..., Any], store: Store, people: tuple[int, ...]
) -> None:
    reply = send(log_in(app, "Phạm Văn Bình", "SNV"), "SNV,CD,1,2")
    assert (reply.status_code, "nơi Ông/Bà làm việc" in reply.text) == (422, True)
    assert list_drawn(store) == []
    assert send(log_in(app, "Đỗ Thị Lan", "HL"), "SNV,CD,1,2").status_code == 303
