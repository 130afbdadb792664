"""Whatever people and scanners do in whatever order: the counters are the counts, and a serial has one claim."""

from __future__ import annotations

import contextlib
import datetime
import shutil
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from collector.intake import accept_reading
from collector.ledger.acts import RETURNS, hand_over, take_back
from collector.ledger.holding import Note
from collector.ledger.mistakes import put_right
from collector.ledger.naming import Named
from collector.ledger.reserves import release_reserves
from collector.ledger.voiding import void_sheets
from collector.review.blank_page import LeftBlank, leave_page_blank, list_of_page
from collector.review.deciding import decide_conflict, list_conflicts, list_doubts, settle_doubt, unsettle_last
from collector.review.second_look import look_again, next_drawn, take_back_look
from collector.store import open_store
from collector.store.answers import scoring_rows
from collector.store.campaigns import sync_campaign
from collector.store.copies import read_pages
from collector.store.looks import load_seen
from collector.store.quota import quota_rows
from collector.store.response_answers import agree, is_blank, read_answers
from collector.store.responses import is_replaced
from collector.store.schema import answer, cell, conflict, doubt, drawn_answer, meta, page, response, sheet
from collector.store.steps import list_steps
from forms.errors import InputWrong
from forms.rules import Reading

NOTE = Note("lan", datetime.date(2014, 3, 22), note="theo biên bản")
ACTS = [
    lambda store, campaign, named: hand_over(store, campaign, named, "", NOTE),
    *(partial(lambda store, campaign, named, state: take_back(store, campaign, named, state, NOTE), state=state)
      for state in RETURNS),
    *(partial(lambda store, campaign, named, what: put_right(store, campaign, named, what, NOTE), what=what)
      for what in ("handover", "return", "release")),
    lambda store, campaign, named: release_reserves(store, campaign, named, NOTE),
    lambda store, campaign, named: void_sheets(store, campaign, named, NOTE),
]  # fmt: skip
SHEETS = st.integers(0, 3)
FILES = st.integers(0, 2)
WHICH = st.integers(0, 99)  # of those there are: what is drawn must not hang on the store, whose keys are random
FIRST = st.fixed_dictionaries({"q1": st.sampled_from(["", "0", "1"]), "q2": st.sampled_from(["", "4", "5"])})
SECOND = st.fixed_dictionaries({"q4": st.sampled_from(["", "5"])})
DOUBTFUL = st.sampled_from(["", "", "q1", "q2", "q1 q2"])


@pytest.fixture
def machine(campaign, print_sheets, desk_at):
    draws_all = campaign.settings.model_copy(update={"reading": Reading(second_look=1)})
    drawing = replace(campaign, settings=draws_all)

    class SheetsAtWork(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.folder = Path(tempfile.mkdtemp())
            (self.folder / "data").mkdir()
            self.store = open_store(self.folder, campaign.settings, f"sqlite:///{self.folder}/data/phieu.sqlite")
            print_sheets(self.store)
            self.desk = desk_at(self.store)
            self.serials = self.desk.serials()
            self.files = [self.desk.file() for _ in range(3)]
            self.readings = []

        def teardown(self):
            self.store.close()
            shutil.rmtree(self.folder)

        @rule(sheet=SHEETS, first=FIRST, second=SECOND, channel=st.sampled_from(["phone", "phone", "typed", "import"]))
        def post(self, sheet, first, second, channel):
            self.desk.post(self.serials[sheet], channel, **first, **second)

        @rule(sheet=SHEETS, file=FILES, said=FIRST, doubtful=DOUBTFUL)
        def scan_first_page(self, sheet, file, said, doubtful):
            self.take_in(self.files[file], self.desk.reading(self.serials[sheet], 1, doubtful, **said))

        @rule(sheet=SHEETS, file=FILES, said=SECOND)
        def scan_second_page(self, sheet, file, said):
            self.take_in(self.files[file], self.desk.reading(self.serials[sheet], 2, **said))

        @rule(which=WHICH)
        def scan_an_image_again(self, which):
            if self.readings:
                file, reading, outcome = self.readings[which % len(self.readings)]
                again = accept_reading(self.store, drawing, file, reading)
                assert (again.page, again.serial) == (outcome.page, outcome.serial)

        def take_in(self, file, reading):
            self.readings.append((file, reading, accept_reading(self.store, drawing, file, reading)))

        @rule(which=WHICH, said=st.integers(0, 2), who=st.sampled_from(["lan", "minh"]))
        def settle(self, which, said, who):
            with self.store.read() as conn:
                doubts = list_doubts(conn)
            if doubts:
                found = doubts[which % len(doubts)]
                chosen = {"q1": ((), ("0",), ("1",)), "q3": ((), ("a",), ("b", "c"))}.get(
                    found.question, ((), ("4",), ("5",))
                )[said]
                settle_doubt(self.store, found.id, chosen, who)

        @rule(which=WHICH, who=st.sampled_from(["lan", "minh"]))
        def leave_a_page_blank(self, which, who):
            with self.store.read() as conn:
                doubts = list_doubts(conn)
                found = doubts[which % len(doubts)].id if doubts else None
                seen = [] if found is None else list_of_page(conn, found)
            if found is not None:
                assert leave_page_blank(self.store, found, seen, who) == LeftBlank(len(seen), 0)

        @rule(who=st.sampled_from(["lan", "minh"]))
        def take_back(self, who):
            unsettle_last(self.store, who)

        @rule(which=WHICH, seen=st.sampled_from(["read", (), "several", None]))
        def look_at_an_answer(self, which, seen):
            with self.store.read() as conn:
                drawn, found = {}, next_drawn(conn)
                while found is not None and found.id not in drawn:
                    drawn[found.id] = found
                    found = next_drawn(conn, found.id)
                waiting = sorted(drawn.values(), key=lambda one: (one.number, one.question, one.page))
                if not waiting:
                    return
                key = waiting[which % len(waiting)].id
                read = load_seen(conn.scalar(select(drawn_answer.c.read).where(drawn_answer.c.id == key)))
            with contextlib.suppress(InputWrong):  # "several" where several may be
                assert look_again(self.store, key, read if seen == "read" else seen, "minh")

        @rule()
        def take_a_look_back(self):
            take_back_look(self.store, "minh")

        @rule(which=WHICH, keep=st.sampled_from(["first", "second", "neither"]))
        def decide(self, which, keep):
            with self.store.read() as conn:
                conflicts = list_conflicts(conn)
            if conflicts:
                refused = contextlib.nullcontext() if keep == "neither" else contextlib.suppress(InputWrong)
                with refused:
                    decide_conflict(self.store, conflicts[which % len(conflicts)].id, keep, "minh", "xác nhận")

        @rule(sheet=SHEETS, act=st.sampled_from(ACTS))
        def record(self, sheet, act):
            with contextlib.suppress(InputWrong):
                act(self.store, campaign, Named((f"HL-CD-00{sheet + 1}",)))

        @rule(unissued=st.sampled_from(["flag", "hold"]), places=st.integers(0, 4))
        def change_the_rules(self, unissued, places):
            scoring = campaign.settings.scoring.model_copy(update={"unissued": unissued})
            quotas = (replace(campaign.quotas[0], target=places, reserve=4 - places), *campaign.quotas[1:])
            settings = campaign.settings.model_copy(update={"scoring": scoring})
            with contextlib.suppress(InputWrong), self.store.write() as conn:
                sync_campaign(conn, replace(campaign, settings=settings, quotas=quotas))

        @invariant()
        def nobody_waits_beside_a_free_place(self):
            with self.store.read() as conn:
                waits = select(cell.c.id).join_from(response, sheet).join(cell)
                waits = waits.where(response.c.state == "over_quota", cell.c.accepted < cell.c.target)
                assert conn.scalars(waits.where(~is_replaced(sheet.c.id))).all() == []

        @invariant()
        def the_account_of_sheets_adds_up(self):
            with self.store.read() as conn:
                for row in quota_rows(conn):
                    out = row.returned_paper + row.by_phone + row.imported + row.refused
                    out += row.spoiled + row.lost + row.outstanding
                    assert row.printed == row.unused + row.handed_out == row.target + row.reserve - row.void
                    assert row.handed_out == out

        @invariant()
        def a_sheet_is_what_its_log_says_and_nothing_counts_where_nothing_may(self):
            with self.store.read() as conn:
                replaced = set(conn.scalars(select(sheet.c.replaces)))
                hold = conn.scalar(select(meta.c.value).where(meta.c.key == "unissued")) == "hold"
                for one in conn.execute(select(sheet)).all():
                    steps = list_steps(conn, one.id)
                    assert [step.before for step in steps] == ["printed", *(step.after for step in steps)][: len(steps)]
                    assert one.state == (steps[-1].after if steps else "printed")
                    assert one.handover == (steps[-1].handover if steps else None)
                    states = set(conn.scalars(select(response.c.state).where(response.c.sheet == one.id)))
                    assert one.state != "void" or not states & {"accepted", "over_quota", "held", "contested"}
                    assert one.id not in replaced or "accepted" not in states
                    waits = hold and one.handover is None
                    assert not states & ({"accepted", "over_quota"} if waits else {"held"})

        @invariant()
        def the_counters_are_the_counts(self):
            with self.store.read() as conn:
                counted = dict(
                    conn.execute(
                        select(sheet.c.cell, func.count())
                        .join_from(response, sheet)
                        .where(response.c.state == "accepted")
                        .group_by(sheet.c.cell)
                    ).all()
                )
                for row in conn.execute(select(cell.c.id, cell.c.accepted)):
                    assert row.accepted == counted.get(row.id, 0)

        @invariant()
        def what_counts_is_whole_and_undisputed(self):
            with self.store.read() as conn:
                disputed = {
                    key
                    for row in conn.execute(select(conflict).where(conflict.c.state == "open"))
                    for key in (row.first, row.second)
                }
                for one in conn.execute(select(response)):
                    places = conn.execute(
                        select(answer.c.question, answer.c.rated).where(answer.c.response == one.id).distinct()
                    ).all()
                    assert len(places) == 6 or not one.complete
                    if one.state in ("accepted", "over_quota", "held"):
                        assert one.claims
                        assert one.complete
                        assert one.id not in disputed
                    if one.state == "contested":
                        assert one.id in disputed

        @invariant()
        def every_doubtful_answer_is_an_open_doubt(self):
            with self.store.read() as conn:
                open_ones = select(doubt.c.response, doubt.c.question, doubt.c.rated).where(doubt.c.state == "open")
                doubtful = select(answer.c.response, answer.c.question, answer.c.rated)
                doubtful = doubtful.where(answer.c.state == "doubtful").distinct()
                assert sorted(conn.execute(open_ones).all()) == sorted(conn.execute(doubtful).all())

        @invariant()
        def a_duplicate_says_what_its_page_says_and_a_blank_sheet_takes_no_place(self):
            with self.store.read() as conn:
                for one in conn.execute(select(response, sheet.c.layout).join_from(response, sheet)).all():
                    codes = self.store.get_codes(conn, one.layout)
                    fought = select(conflict.c.id).where((conflict.c.first == one.id) | (conflict.c.second == one.id))
                    if one.state in ("accepted", "over_quota") and conn.scalar(fought) is None:
                        assert not is_blank(read_answers(conn, codes, one.id))
                    if one.state in ("accepted", "over_quota", "contested"):
                        copies = select(page).where(page.c.sheet == one.sheet, page.c.copy == one.copy)
                        for again in conn.execute(copies.where(page.c.duplicate_of.is_not(None))).all():
                            said = [read_pages(conn, codes, [key]) for key in (again.id, again.duplicate_of)]
                            assert agree(*([found.answer for found in answers] for answers in said))

        @invariant()
        def every_page_is_accounted_for(self):
            with self.store.read() as conn:
                assert conn.scalar(select(func.count()).select_from(page)) == len(self.readings)
                waiting = conn.scalar(select(func.count()).where(page.c.status == "waiting", page.c.copy.is_(None)))
                assert waiting == 0

        @invariant()
        def scores_see_each_sheet_once_and_the_views_agree(self):
            with self.store.read() as conn:
                rows = {row.agency: row for row in quota_rows(conn) if row.group == "CD"}
                sheets = {row.sheet for row in scoring_rows(conn)}
                per_question = [(row.sheet, row.question) for row in scoring_rows(conn) if row.question != "q3"]
            assert len(sheets) == rows["HL"].accepted + rows["SNV"].accepted
            assert len(per_question) == len(set(per_question))
            assert rows["HL"].accepted + rows["HL"].over_quota <= len(self.serials)

    return SheetsAtWork


@pytest.mark.slow
def test_whatever_happens_the_store_stays_true(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=12, stateful_step_count=25, suppress_health_check=list(HealthCheck)),
    )
