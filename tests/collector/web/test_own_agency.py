"""Nobody decides about the agency where they work: every post of the console that does anything to a sheet, tried."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from collector.intake import accept_reading
from collector.ledger.acts import hand_over
from collector.ledger.holding import Note
from collector.ledger.naming import Named
from collector.recheck.deciding import apply_proposals, list_made
from collector.recheck.recording import record_call
from collector.review.deciding import list_conflicts, list_doubts, settle_doubt
from collector.store import Store
from collector.store.clock import day_of
from collector.store.events import list_events
from collector.store.recheck_decisions import list_decisions
from collector.store.schema import doubt_reading, drawn_answer, second_look, settlement, typed_entry
from collector.store.sheets import list_sheets
from collector.store.signing import ask_signature
from collector.web.permits import PERMITS
from forms.campaign import Campaign
from forms.recheck import VoidRules
from forms.rules import Reading
from ocr.reading import PageReading

# Posts that decide about no sheet, each with why.
DECIDES_NOT = {
    "access.leave": "a session",
    "own.change": "one's own password",
    "own.enrol": "one's own second factor",
    "users.add": "accounts",
    "users.change": "accounts",
    "users.disable": "accounts",
    "users.enable": "accounts",
    "users.reset": "accounts",
    "prepare.take": "the folder",
    "prepare.keep_yearly": "the folder",
    "prepare.begin": "printing",
    "prepare.make": "another folder",
    "prepare.open_it": "another folder",
    "sheets.look": "tells what a code is, and records nothing",
    "sheets.read_picture": "tells what codes are in a picture, and records nothing",
    "uploads.send": "hands pictures in, whatever they are of",
    "imports.send": "only tried; tests/collector/web/test_imports.py holds the same rule",
    "imports.take": "a whole table; tests/collector/web/test_imports.py holds the same rule",
    "imports.finish": "what somebody took in already",
    "imports.drop": "a table that was not taken in",
    "people.send": "a list, only looked at",
    "people.take": "whom to ask, before anything is answered",
    "people.drop": "a list that was not taken in",
    "inviting.draw": "whom to ask, by a published seed",
    "inviting.invite": "letters to all who were drawn",
    "inviting.write": "writes files; tests/collector/web/test_inviting.py tells who gets none",
    "inviting.drop": "files that were written",
    "letters.remind": "everybody whose day has come",
    "letters.start": "the sending of all letters",
    "letters.stop": "the sending of all letters",
    "letters.keep": "the folder",
    "letters.check": "tries the mail server",
    "letters.bounces": "which letters came back",
    "letters.opt_out": "who gets no more letters",
    "letters.again": "letters whose sending was cut off",
    "prepare.practise": "printing",
    "receipts.check": "tells whether a receipt is true, and records nothing",
    "rechecks.commit_seed": "a seed, before anything is drawn",
    "rechecks.take_contacts": "whom to call",
    "rechecks.draw": "all agencies, by the seed; test_draw_table.py tells of rows about one's own lists",
    "petitions.take": "a letter as it came",
    "petitions.decide": "points; tests/collector/web/test_petitions.py holds the same rule",
    "editions.make": "all agencies at once",
    "editions.freeze": "all agencies at once",
    "exports.make": "writes files; tests/collector/web/test_exports.py tells who gets none",
    "exports.make_results": "writes files of all agencies at once",
    "doubts.undo": "what this very session decided, which the same rule let it",
    "looks.undo": "what this very session saw, which the same rule let it",
    "again.undo": "what this very session read, which the same rule let it",
}
Ask = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class World:
    """What waits for somebody about SNV: keys and numbers."""

    doubt: int
    conflict: int
    drawn: int
    sheet: int
    serial: str
    act: int
    proposal: str
    struck: int
    decided: int
    struck_page: int


POSTS: Mapping[str, Callable[[World], Ask]] = {
    "doubts.settle": lambda it: (f"can-xem-lai/{it.doubt}", {"state": "open", "chosen": "5"}),
    "doubts.blank_page": lambda it: (
        f"can-xem-lai/{it.struck_page}/ca-trang",
        {"looked": "1", "answer": "blank", "seen": it.struck_page},
    ),
    "again.read": lambda it: (f"nguoi-doc-thu-hai/{it.decided}", {"seen": "5"}),
    "looks.look": lambda it: (f"kiem-tra-may-doc/{it.drawn}", {"seen": "1"}),
    "conflicts.decide": lambda it: (f"phieu-trung/{it.conflict}", {"keep": "first", "why": "gọi lại"}),
    "signatures.decide": lambda it: (f"chu-ky/{it.act}", {"answer": "sign"}),
    "typed.find": lambda it: ("nhap-tay/", {"sheet": it.serial}),
    "typed.keep": lambda it: (f"nhap-tay/{it.sheet}", {"q1": "1", "q2": "5"}),
    "sheets.record": lambda _: ("giao-nhan/huy", {"names": "SNV-CD-020", "note": "rách"}),
    "sheets.record correct": lambda _: (
        "giao-nhan/dinh-chinh",
        {"names": "SNV-CD-019", "what": "handover", "note": "ghi nhầm"},
    ),
    "sheets.record release": lambda _: ("giao-nhan/du-phong", {"names": "SNV-CD-019"}),
    "rechecks.record": lambda _: (
        "phuc-tra/goi/SNV-02",
        {"outcome": "refused", "attempts": "1"},
    ),
    "rechecks.attempt": lambda _: ("phuc-tra/goi/SNV-02/chua-gap", {}),
    "rechecks.apply": lambda it: ("phuc-tra/xu-ly", {"name": it.proposal, "why": "QĐ 12"}),
    "rechecks.take_back": lambda it: (f"phuc-tra/xu-ly/{it.struck}/rut-lai", {"why": "QĐ 13"}),
}


@pytest.fixture
def desk(desk: Any) -> Any:
    """A desk whose campaign draws every sure answer for a second look."""
    settings = desk.campaign.settings.model_copy(update={"reading": Reading(second_look=1, second_reader=1)})
    return dataclasses.replace(desk, campaign=dataclasses.replace(desk.campaign, settings=settings))


@pytest.fixture
def app(app_of: Callable[[Campaign], Flask], desk: Any) -> Flask:
    """The site of that campaign."""
    return app_of(desk.campaign)


@pytest.fixture
def world(desk: Any, store: Store, campaign: Campaign, calls: list[str]) -> World:
    """Sheets about SNV: a doubt, a conflict, a drawn answer, a page nobody could read, calls, a strike, an act."""
    doubted, twice, unread = desk.serials("SNV")[13:16]
    desk.scan(doubted, 1, doubtful="q2", q1="1", q2="4")
    desk.scan(doubted, 2)
    desk.post(twice, q1="1")
    desk.post(twice, q1="0")
    accept_reading(store, campaign, desk.file(), PageReading("scan.pdf", 7, "unreadable", "no_markers", unread, 1))
    hand_over(store, campaign, Named(("SNV-CD-019",)), "", Note("lan", day_of()))
    facts = {"took_part": "no", "caller": "mai", "day": "20/3/2014", "attempts": "1", "outcome": "forged"}
    for name in ("SNV-01", "SNV-03"):
        record_call(store, campaign, name, {**facts, "call": name, "note": "không đến"}, "mai", "")
    first, second = list_names(store)
    apply_proposals(store, VoidRules(), [first], "lan", "QĐ 11")
    desk.scan(desk.serials("SNV")[16], 1, doubtful="q2", q1="1", q2="4")
    desk.scan(desk.serials("SNV")[16], 2)
    with store.read() as conn:
        settled = list_doubts(conn)[-1]
    settle_doubt(store, settled.id, ("4",), "lan")
    desk.scan(desk.serials("SNV")[12], 1, doubtful="q2", why="struck_page", q1="1", q2="4")
    desk.scan(desk.serials("SNV")[12], 2)
    with store.write() as conn:
        sheet = next(one for one in list_sheets(conn, "SNV", "CD") if one.serial == unread)
        asked = {"numbers": ["SNV-CD-018"], "day": day_of().isoformat(), "letter": "", "note": "rách"}
        act = ask_signature(conn, "void", "SNV", "SNV-CD-018", asked, "lan", "rách")
        struck_page, doubt = (one.id for one in list_doubts(conn))
        return World(
            doubt=doubt,
            struck_page=struck_page,
            conflict=list_conflicts(conn)[0].id,
            drawn=conn.scalars(select(drawn_answer.c.id)).all()[0],
            sheet=sheet.id,
            serial=unread,
            act=act,
            proposal=second,
            struck=list_decisions(conn)[0].id,
            decided=settled.id,
        )


def list_names(store: Store) -> list[str]:
    from collector.recheck.deciding import list_proposals

    return sorted(one.name for one in list_proposals(store, VoidRules()))


def decided(store: Store) -> list[Any]:
    """All that people decided so far."""
    with store.read() as conn:
        tables = [conn.execute(select(table)).all() for table in (settlement, second_look, typed_entry, doubt_reading)]
        acts = [line.action for line in list_events(conn) if not line.action.startswith("log")]
        return [*tables, acts, len(list_made(store)), [one.state for one in list_conflicts(conn, only_open=False)]]


def test_every_post_of_the_console_is_tried_here_or_said_to_decide_about_no_sheet(app: Flask) -> None:
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    tried = {name.split()[0] for name in POSTS}
    assert posts & set(PERMITS) == tried | set(DECIDES_NOT)
    assert not tried & set(DECIDES_NOT)


@pytest.mark.parametrize("name", POSTS)
def test_whoever_works_at_the_agency_of_a_sheet_is_refused(
    app: Flask, log_in: Callable[..., Any], store: Store, world: World, name: str
) -> None:
    role = "rechecker" if name in ("rechecks.record", "rechecks.attempt") else "manager"
    own = log_in(app, "Phạm Văn Bình", "SNV", roles=(role,))
    path, fields = POSTS[name](world)
    before = decided(store)
    assert own.post(f"/quan-ly/{path}", fields).status_code in (403, 422)
    assert decided(store) == before
    other = log_in(app, "Trần Văn Nam", "HL", roles=(role,))
    reply = other.post(f"/quan-ly/{path}", fields)
    assert reply.status_code == 303, "the very same is open to somebody from elsewhere"
