"""A large table is taken in part by part: others write meanwhile, whoever is killed goes on, and it counts as one."""

from __future__ import annotations

import dataclasses
import datetime
import json
import pickle
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from collector.cli.answer_import import say_open_import
from collector.editions.freezing import freeze_campaign
from collector.imports import staging
from collector.imports.answers import import_answers
from collector.imports.staging import put_away_cut_off
from collector.intake import accept_response_on
from collector.intake_many import accept_many_on, prepare_responses
from collector.ledger.holding import Note
from collector.ledger.naming import Named
from collector.ledger.voiding import void_sheets
from collector.store import Store, open_store
from collector.store.answers import export_rows, scoring_rows
from collector.store.arrivals import count_arrivals
from collector.store.as_above import as_above_rows
from collector.store.campaigns import sync_campaign
from collector.store.events import list_events
from collector.store.journeys import journey_rows
from collector.store.layouts import get_snapshot
from collector.store.open_imports import count_staged, find_begun_import, find_open_import
from collector.store.quota import quota_rows
from collector.store.recheck_decisions import list_counted
from collector.store.schema import answer, import_row, response, sheet, sheet_step, staged_sheet
from collector.store.sheets import list_sheets, reserve_sheets
from collector.store.trail import list_left_out
from forms.campaign import Campaign, Quota
from forms.errors import InputWrong, WorkFailed
from forms.layout import Layout
from forms.response import Answer, Response

NOW = datetime.datetime(2014, 4, 1, 8, 0, tzinfo=datetime.UTC)
ROOT = Path(__file__).parents[3]

# Says "part" after every part, or with -2 "staged" after every one that is staged, and waits for a line; with a number,
# kills itself at that one of the moments between which the database changes.
IMPORT = """
import datetime, os, pickle, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from collector.imports.answers import import_answers
from collector.cli.answer_import import say_open_import
from collector.imports import staging
from collector.store import open_imports, open_store

folder, url, pickled, table, size, left = sys.argv[1:]
open_imports._ANSWERS_AT_ONCE, staging._ROWS_AT_ONCE, left = int(size), int(size), int(left)
wanted = {-1: "part", -2: "staged"}.get(left)
campaign = pickle.loads(Path(pickled).read_bytes())
store = open_store(Path(folder), campaign.settings, url)
def moment(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
    event.listen(Engine, name, moment)
def telling(word):
    def report(done, total):
        if word == wanted:
            print(word, flush=True)
            sys.stdin.readline()
    return report
now = datetime.datetime(2014, 4, 1, 8, 0, tzinfo=datetime.UTC)
words = {"report": telling("part"), "staging": telling("staged")}
import_answers(store, campaign, Path(table), "lan", now, **words)
"""


@contextmanager
def importing(
    store: Store, campaign: Campaign, path: Path, size: int, left: int = -1
) -> Iterator[subprocess.Popen[str]]:
    """Another process that imports a table, `size` answers a part, with a pipe to and from it."""
    pickled = path.with_suffix(".pickle")
    pickled.write_bytes(pickle.dumps(campaign))
    given = [str(each) for each in (store.folder, store.url, pickled, path, size, left)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
    worker = subprocess.Popen([sys.executable, "-c", IMPORT, *given], **pipes)
    try:
        yield worker
    finally:
        worker.kill()
        worker.communicate()


def go_on(worker: subprocess.Popen[str]) -> None:
    """Let it do another part."""
    assert worker.stdin is not None
    worker.stdin.write("\n")
    worker.stdin.flush()


def said(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    return worker.stdout.readline().strip()


def answers_of(store: Store) -> list[tuple[Any, ...]]:
    with store.read() as conn:
        return [tuple(row)[1:] for row in scoring_rows(conn)]


def imports_logged(store: Store) -> list[dict[str, Any]]:
    with store.read() as conn:
        return [json.loads(one.detail) for one in list_events(conn) if one.action == "import"]


def write_table(path: Path, rows: int, cell: str = "SNV,CD") -> Path:
    lines = [f"{number},{cell},1,{number % 6},{number % 5}" for number in range(rows)]
    path.write_text("\n".join(["id,agency,group,q1,q2,q4", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.slow
def test_others_write_between_the_parts_of_an_import_of_thousands_of_rows(
    url: str,
    tmp_path: Path,
    campaign: Campaign,
    drawn: Mapping[str, Layout],
    desk_at: Callable[[Store], Any],
    print_sheets: Callable[[Store], None],
) -> None:
    store = open_store(tmp_path, campaign.settings, url)
    print_sheets(store)
    large = dataclasses.replace(campaign, quotas=(Quota("SNV", "CD", 3000, 0), *campaign.quotas[::2]))
    desk = dataclasses.replace(desk_at(store), campaign=large)
    path = write_table(tmp_path / "nhap.csv", 3000)
    with store.write() as conn:
        sync_campaign(conn, large)
        layout, _ = get_snapshot(conn, list_sheets(conn, "SNV", "CD")[0].layout)
        reserve_sheets(conn, large, large.quotas[0], layout)
    with importing(store, large, path, 3000) as worker:
        for serial in desk.serials("HL")[:3]:
            assert said(worker) == "part"
            assert desk.post(serial, q1="1", q2="5").status == "accepted"
            with store.read() as conn:
                assert count_staged(conn) > 0
            go_on(worker)
        while said(worker) == "part":
            go_on(worker)
    assert len({row[1:3] for row in answers_of(store)}) > 2
    with store.read() as conn:
        assert {row.agency: row.accepted for row in quota_rows(conn) if row.group == "CD"} == {"SNV": 3000, "HL": 3}
    store.close()


@pytest.mark.slow
def test_an_import_that_was_killed_counts_nowhere_and_goes_on_when_it_is_run_again(desk: Any, tmp_path: Path) -> None:
    serial = desk.serials("HL")[0]
    desk.post(serial, q1="1", q2="5")
    before = answers_of(desk.store)
    path = write_table(tmp_path / "nhap.csv", 12)
    with importing(desk.store, desk.campaign, path, 9) as worker:  # three sheets a part
        for _ in range(2):
            assert said(worker) == "part"
            go_on(worker)
        assert said(worker) == "part"
        worker.kill()
        worker.wait()
    assert answers_of(desk.store) == before
    with desk.store.read() as conn:
        assert count_staged(conn) == 3
        assert {row[0] for row in export_rows(conn)} == {serial}
        assert not list(as_above_rows(conn))
        assert [row.agency for row in journey_rows(conn)] == ["HL"]
        assert [(one.agency, one.number) for one in count_arrivals(conn)] == [("HL", 1)]
        assert [one.agency for one in list_counted(conn)] == ["HL"]
        quotas = {row.agency: row for row in quota_rows(conn) if row.group == "CD"}
        assert (quotas["SNV"].accepted, quotas["SNV"].coming_in, quotas["HL"].accepted) == (0, 9, 1)
        assert Counter(one.state for one in list_left_out(conn, "SNV", ())) == {"coming_in": 9}
    assert not imports_logged(desk.store)
    assert desk.post(desk.serials("HL")[1], q1="0").status == "accepted"
    with pytest.raises(InputWrong, match=r"nhap\.csv"):
        freeze_campaign(desk.store, desk.campaign, tmp_path / "e.zip", "lan", True, NOW)
    with pytest.raises(InputWrong, match=r"nhap\.csv"):
        import_answers(desk.store, desk.campaign, path, "lan", NOW, dry_run=True)
    done = import_answers(desk.store, desk.campaign, path, "hoa", NOW)
    assert (done.sheets, done.accepted, done.placed) == (12, 12, 12)
    (line,) = imports_logged(desk.store)
    assert line["accepted"] == 12
    assert import_answers(desk.store, desk.campaign, path, "hoa", NOW).same == 12
    with desk.store.read() as conn:
        assert find_open_import(conn) is None
        assert conn.execute(select(staged_sheet)).first() is None
        assert sum(row.accepted for row in quota_rows(conn)) == 14


def test_the_next_import_of_any_table_finishes_one_that_was_cut_off(
    desk: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_table(tmp_path / "nhap.csv", 4)

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_answers(desk.store, desk.campaign, path, "lan", NOW, report=stop)
    assert not answers_of(desk.store)
    say_open_import(desk.store)
    assert capsys.readouterr().err.startswith("nhap.csv: tệp này đang nhận dở: 4 trên 4 phiếu đã vào")
    other = write_table(tmp_path / "khac.csv", 2, "HL,CD")
    heard = []
    done = import_answers(
        desk.store, desk.campaign, other, "hoa", NOW, resumed=lambda name, what: heard.append((name, what.accepted))
    )
    assert (heard, done.accepted) == ([("nhap.csv", 4)], 2)
    say_open_import(desk.store)
    assert not capsys.readouterr().err
    with desk.store.read() as conn:
        who = [(one.who, one.subject) for one in list_events(conn) if one.action == "import"]
    assert who == [("lan", "nhap.csv"), ("hoa", "khac.csv")]


def test_a_phone_gets_its_receipt_while_a_large_table_is_being_staged(
    desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "_ROWS_AT_ONCE", 4)
    serials, happened = iter(desk.serials("HL")[:3]), []

    def answer_one(done: int, total: int) -> None:
        with desk.store.read() as conn:
            begun = find_begun_import(conn)
            assert begun is not None
            assert (begun.is_whole, count_staged(conn), find_open_import(conn)) == (False, done, None)
        happened.append((done, total, desk.post(next(serials), q1="1", q2="5").status))

    path = write_table(tmp_path / "nhap.csv", 12)
    done = import_answers(desk.store, desk.campaign, path, "lan", NOW, staging=answer_one)
    assert happened == [(4, 12, "accepted"), (8, 12, "accepted"), (12, 12, "accepted")]
    assert done.accepted == 12


def test_a_row_whose_free_sheet_is_answered_while_others_are_staged_takes_another_one(
    desk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "_ROWS_AT_ONCE", 4)
    planned, answered = desk.serials("SNV")[8:20], []

    def take_one(*_: int) -> None:
        with desk.store.read() as conn:
            staged = set(conn.scalars(select(staged_sheet.c.serial)))
        if not answered:
            answered.append(next(serial for serial in planned if serial not in staged))
            assert desk.post(answered[0], q1="0").status == "accepted"

    path = write_table(tmp_path / "nhap.csv", 12)
    done = import_answers(desk.store, desk.campaign, path, "lan", NOW, staging=take_one)
    assert (done.accepted, done.conflict, done.placed) == (12, 0, 12)
    with desk.store.read() as conn:
        claims = select(sheet.c.serial, response.c.channel).join_from(response, sheet).where(response.c.claims)
        channels = dict(conn.execute(claims).all())
        assert conn.scalar(select(func.count()).select_from(import_row)) == 12
    assert (channels.pop(answered[0]), Counter(channels.values())) == ("phone", {"import": 12})


@pytest.mark.slow
@pytest.mark.parametrize("parts", [1, 3])
def test_an_import_killed_while_it_is_staged_is_put_away_and_leaves_nothing(
    parts: int, desk: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.post(desk.serials("HL")[0], q1="1", q2="5")
    before, path = answers_of(desk.store), write_table(tmp_path / "nhap.csv", 12)
    with importing(desk.store, desk.campaign, path, 4, -2) as worker:
        for _ in range(parts - 1):
            assert said(worker) == "staged"
            go_on(worker)
        assert said(worker) == "staged"
        with pytest.raises(WorkFailed, match="một bảng khác"):  # two that look for free sheets would find the same
            import_answers(desk.store, desk.campaign, path, "hoa", NOW)
        put_away_cut_off(desk.store)  # somebody is at it
        with desk.store.read() as conn:
            assert count_staged(conn) == 4 * parts
        worker.kill()
        worker.wait()
    say_open_import(desk.store)
    assert not capsys.readouterr().err, "nothing was decided"
    assert answers_of(desk.store) == before
    with desk.store.read() as conn:
        assert conn.execute(select(import_row)).first() is None
        assert sum(row.coming_in + row.imported for row in quota_rows(conn)) == 0
    if parts == 3:
        put_away_cut_off(desk.store)
        with desk.store.read() as conn:
            assert (find_begun_import(conn), count_staged(conn)) == (None, 0)
            (line,) = [one for one in list_events(conn) if one.action == "import.put_away"]
            assert (line.who, line.subject) == ("lan", "nhap.csv")
    other = write_table(tmp_path / "khac.csv", 2, "HL,CD")
    assert import_answers(desk.store, desk.campaign, other, "hoa", NOW).accepted == 2
    for again in ("accepted", "same"):
        assert getattr(import_answers(desk.store, desk.campaign, path, "lan", NOW), again) == 12
    assert [line["accepted"] for line in imports_logged(desk.store)] == [2, 12]
    with desk.store.read() as conn:
        assert sum(row.accepted for row in quota_rows(conn)) == 15


def test_a_table_that_ends_in_an_error_while_it_is_staged_is_put_away_at_once(desk: Any, tmp_path: Path) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    path = write_table(tmp_path / "nhap.csv", 4)
    with pytest.raises(KeyboardInterrupt):
        import_answers(desk.store, desk.campaign, path, "lan", NOW, staging=stop)
    with desk.store.read() as conn:
        assert (find_begun_import(conn), count_staged(conn)) == (None, 0)


@pytest.mark.slow
def test_two_processes_at_one_import_take_every_sheet_once(desk: Any, tmp_path: Path) -> None:
    path = write_table(tmp_path / "nhap.csv", 12)
    with importing(desk.store, desk.campaign, path, 9) as worker:
        assert said(worker) == "part"
        done = import_answers(desk.store, desk.campaign, path, "hoa", NOW)
        go_on(worker)
        assert worker.wait(60) == 0
    assert done.accepted == 12
    assert [line["accepted"] for line in imports_logged(desk.store)] == [12]


@pytest.mark.slow
def test_a_sheet_made_void_while_it_waited_is_told_and_does_not_count(desk: Any, tmp_path: Path) -> None:
    path = write_table(tmp_path / "nhap.csv", 4)
    with importing(desk.store, desk.campaign, path, 3) as worker:
        assert said(worker) == "part"
        worker.kill()
        worker.wait()
    with desk.store.read() as conn:
        waiting = list(conn.scalars(select(staged_sheet.c.serial).where(staged_sheet.c.answers.is_not(None))))
    void_sheets(desk.store, desk.campaign, Named((waiting[0],)), Note("lan", NOW.date(), note="in hỏng"))
    done = import_answers(desk.store, desk.campaign, path, "lan", NOW)
    assert (done.accepted, done.void) == (3, 1)


@pytest.mark.slow
def test_an_import_killed_at_any_moment_ends_in_what_one_without_a_pause_ends_in(
    campaign: Campaign, printed_sqlite: Path, desk_at: Callable[[Store], Any], tmp_path: Path
) -> None:
    rng = random.Random(20140401)
    ends, whole = [], 0
    for name in ("without", "killed"):
        (tmp_path / name).mkdir()
        copy = shutil.copy(printed_sqlite, tmp_path / name / "phieu.sqlite")
        store = open_store(tmp_path / name, campaign.settings, f"sqlite:///{copy}")
        desk = desk_at(store)
        desk.post(desk.serials("HL")[0], q1="1", q2="5")
        path = write_table(tmp_path / name / "nhap.csv", 20)
        before, kills = answers_of(store), 0
        while name == "killed" and len(answers_of(store)) == len(before):
            with importing(store, campaign, path, 9, rng.randrange(1, 350)) as worker:
                kills += worker.wait(60) != 0
            assert len(answers_of(store)) in (len(before), whole)
        assert import_answers(store, campaign, path, "lan", NOW).sheets == 20
        assert kills > 1 or name == "without"
        whole = len(answers_of(store))
        with store.read() as conn:
            accepted = [(row.agency, row.group, row.accepted) for row in quota_rows(conn)]
        ends.append((answers_of(store), accepted, imports_logged(store)[0]["accepted"]))
        assert len(imports_logged(store)) == 1
        store.close()
    assert ends[0] == ends[1]


def state_of(store: Store) -> list[Any]:
    """All that a door leaves behind, but for keys drawn at random."""
    with store.read() as conn:
        responses = select(
            sheet.c.id,
            *(response.c[name] for name in ("channel", "copy", "claims", "state", "digest", "linked", "received_at")),
            response.c.received_day,
        ).join_from(response, sheet)
        answers = select(response.c.sheet, answer.c.question, answer.c.rated, answer.c.option, answer.c.state)
        steps = select(*(sheet_step.c[name] for name in ("sheet", "step", "before", "after", "day", "channel")))
        sheets = select(sheet.c.id, sheet.c.state, sheet.c.received_day, sheet.c.step)
        rows = [responses, answers.join_from(answer, response), steps, sheets]
        return [sorted(map(tuple, conn.execute(query)), key=repr) for query in rows] + [quota_rows(conn)]


@pytest.mark.parametrize("unissued", ["flag", "hold"])
def test_many_at_once_leave_behind_what_one_by_one_leaves(
    unissued: str, campaign: Campaign, printed_sqlite: Path, desk_at: Callable[[Store], Any], tmp_path: Path
) -> None:
    scoring = campaign.settings.scoring.model_copy(update={"unissued": unissued})
    campaign = dataclasses.replace(campaign, settings=campaign.settings.model_copy(update={"scoring": scoring}))
    left = []
    for name in ("many", "one"):
        (tmp_path / name).mkdir()
        copy = shutil.copy(printed_sqlite, tmp_path / name / "phieu.sqlite")
        store = open_store(tmp_path / name, campaign.settings, f"sqlite:///{copy}")
        desk = dataclasses.replace(desk_at(store), campaign=campaign)
        with store.write() as conn:
            sync_campaign(conn, campaign)
        home, matrix = desk.serials("HL"), desk.serials("HL", "CC")
        desk.post(home[0], q1="1", q2="5")
        desk.scan(home[1], 1, q1="1", q2="4")
        desk.void(desk.serials("SNV")[0])
        typed = (
            (home, (Answer("q1", None, ("1",)), Answer("q5", None, (), "clear", "07"))),
            (matrix, (Answer("m1", "SNV", ("4",)),)),
            (desk.serials("SNV"), (Answer("q1", None, ("0",)), Answer("q2", None, ("3",)))),
        )
        given = [Response(serial, "import", answers) for serials, answers in typed for serial in serials]
        if name == "many":
            with store.read() as conn:
                ready = prepare_responses(conn, store, given)
            with store.write() as conn:
                outcomes = [one.outcome for one in accept_many_on(conn, store, campaign, ready, NOW)]
        else:
            plain = (home[0], home[1], desk.serials("SNV")[0])
            order = sorted(given, key=lambda one: one.serial in plain)
            with store.write() as conn:
                got = {one.serial: accept_response_on(conn, store, campaign, one, NOW) for one in order}
            outcomes = [got[one.serial] for one in given]
        left.append(([(one.status, one.reason) for one in outcomes], state_of(store)))
        store.close()
    assert left[0] == left[1]
    statuses = {status for status, _ in left[0][0]}
    expected = {"held"} if unissued == "hold" else {"accepted", "over_quota"}
    assert statuses == {*expected, "conflict", "refused"}
