"""Editions and petitions, as they are typed, and what the database itself refuses of them."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from aggregation.index_page import show_changes
from collector.cli import main
from collector.editions.index import compute_index, write_index
from collector.editions.making import changes_since
from collector.store import open_store
from collector.store.editions import find_edition, list_editions, list_petitions
from collector.store.schema import answer_import, edition, edition_total, petition, petition_decision
from forms.errors import InputWrong
from forms.folder import load_campaign
from forms.index_points import load_index


def phieu(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def make(folder: Path, name: str | None = None) -> Result:
    chosen = ["--edition", name] if name else []
    return phieu("index", folder, "--out", folder.parent / "out", *chosen, "--who", "An")


def test_no_edition_is_made_while_an_import_is_not_finished(folder: Path) -> None:
    campaign = load_campaign(folder)
    store = open_store(folder, campaign.settings)
    counts = '{"sheets": 2, "same": 0, "empty": 0}'
    opened = {"name": "nhap.csv", "sha256": "0" * 64, "new_serials": False, "who": "An", "counts": counts}
    with store.write() as conn:
        when = datetime.datetime(2025, 1, 1)
        conn.execute(insert(answer_import).values(**opened, at=when, is_open=True, is_whole=True))
    refused = make(folder, "du-kien")
    assert (refused.exit_code, "nhap.csv: tệp này đang nhận dở" in refused.stderr) == (2, True)
    assert make(folder).exit_code == 0
    with store.write() as conn:
        conn.execute(update(answer_import).values(is_open=False))
    store.close()
    assert make(folder, "du-kien").exit_code == 0


def ask(folder: Path, agency: str, criterion: str, letter: str) -> Result:
    return phieu("petitions", folder, "add", "--agency", agency, "--criterion", criterion, "--letter", letter)


def decide(folder: Path, number: int, decision: str, points: str = "") -> Result:
    said = ["--reply", "45/HĐTĐ", "--why", "đủ tài liệu kiểm chứng", "--who", "Bình"]
    chosen = ["--points", points] if points else []
    return phieu("petitions", folder, "decide", number, "--decision", decision, *chosen, *said)


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder.parent / "out" / name).read_text(encoding="utf-8-sig"))))


def test_a_granted_petition_changes_points_total_and_ranks_and_leaves_a_trail(folder: Path) -> None:
    appraised = folder / "appraised.csv"
    appraised.write_text(appraised.read_text("utf-8").replace("STC,B1.1,1,1,,", "STC,B1.1,1,1,minh họa,"), "utf-8")
    assert make(folder, "du-kien").exit_code == 0
    assert ask(folder, "STC", "B2", "12/STC-VP").exit_code == 0
    done = decide(folder, 1, "partly", "1,75")
    assert (done.exit_code, "1,5 → 1,75" in done.stdout) == (0, True)
    made = make(folder, "sau-kien-nghi")
    assert made.exit_code == 0, made.output
    changes = [tuple(row.values()) for row in rows_of(folder, "changes.csv")]
    assert changes == [
        ("SYT", "rank", "2", "3", "", "", ""),
        ("STC", "total", "8.30", "8.55", "", "", "minh họa: before, after"),  # as what else it is made of
        ("STC", "B2", "1.5", "1.75", "12/STC-VP", "đủ tài liệu kiểm chứng", ""),
    ]
    notes = {row["note"] for row in rows_of(folder, "fields.csv") if (row["agency"], row["criterion"]) == ("STC", "B2")}
    assert notes == {"kiến nghị 12/STC-VP: 1,5 → 1,75"}
    html = (folder.parent / "out" / "index.html").read_text(encoding="utf-8")
    assert "Bản sau kiến nghị." in html
    assert "B2 Kiểm tra" in html
    listed = list(csv.DictReader(io.StringIO(phieu("petitions", folder, "list").stdout)))
    assert [(row["decision"], row["before"], row["after"], row["who"]) for row in listed] == [
        ("partly", "1.5", "1.75", "Bình")
    ]


def test_an_edition_says_what_was_made_up_in_it_whatever_the_tables_say_later(folder: Path) -> None:
    appraised = folder / "appraised.csv"
    true = appraised.read_text("utf-8")
    appraised.write_text(true.replace("STC,B1.1,1,1,,", "STC,B1.1,1,1,minh họa,"), "utf-8")
    assert make(folder, "du-kien").exit_code == 0
    appraised.write_text(true, "utf-8")
    assert make(folder, "chinh-thuc").exit_code == 0
    store = open_store(folder, load_campaign(folder).settings)
    with store.read() as conn:
        first, last = find_edition(conn, "du-kien"), find_edition(conn, "chinh-thuc")
    assert first is not None
    assert last is not None
    assert first.made_up == {("STC", "B1.1", "appraised")}
    assert {one.agency for one in first.totals if one.made_up} == {"STC"}
    assert (first.has_made_up, last.has_made_up) == (True, False)
    appraised.write_text(true.replace("STC,B1.1,1,1,,", "STC,B1.1,1,0.5,,"), "utf-8")
    campaign, points = load_index(folder)
    index, _ = compute_index(store, campaign, points)
    changes = changes_since(store, index, "sau-kien-nghi", ())
    assert changes is not None
    assert {(one.agency, one.what, one.made_up) for one in changes} >= {
        ("STC", "B1.1", ("before",)),
        ("STC", "total", ("before",)),
    }
    shown = show_changes(changes, campaign, "vi")
    assert ("1 (mh)", "0,5") in [line[2:4] for line in shown], "what was made up then is marked where it stands now"
    with pytest.raises(DBAPIError), store.write() as conn:  # neither is it unsaid
        conn.execute(update(edition_total).values(made_up=False))


def test_a_refused_petition_changes_nothing_and_bonus_may_be_granted_where_there_was_none(folder: Path) -> None:
    make(folder, "du-kien")
    ask(folder, "SYT", "PENALTY", "1/SYT")
    ask(folder, "STC", "BONUS", "2/STC")
    assert decide(folder, 1, "refused").exit_code == 0
    assert decide(folder, 2, "granted", "0,1").exit_code == 0
    make(folder, "chinh-thuc")
    assert [tuple(row.values())[:4] for row in rows_of(folder, "changes.csv")] == [
        ("SYT", "rank", "2", "3"),
        ("STC", "total", "8.30", "8.40"),
        ("STC", "BONUS", "", "0.1"),
    ]


def test_an_edition_is_made_once_in_its_order_and_with_every_petition_decided(folder: Path) -> None:
    assert make(folder, "du-kien").exit_code == 0
    assert make(folder, "du-kien").exit_code == 0  # the same again
    ask(folder, "STC", "B2", "12/STC-VP")
    open_still = make(folder, "sau-kien-nghi")
    assert (open_still.exit_code, "chưa quyết định: 1" in open_still.stderr) == (2, True)
    decide(folder, 1, "granted", "2")
    other = make(folder, "du-kien")
    assert (other.exit_code, "dự kiến đã có" in other.stderr) == (2, True)
    assert make(folder, "chinh-thuc").exit_code == 0
    assert make(folder, "sau-kien-nghi").exit_code == 2
    assert ask(folder, "SXD", "B2", "1/SXD").exit_code == 2
    assert make(folder).exit_code == 0  # a computation that is no edition always may


def test_an_edition_is_refused_where_a_petition_came_while_it_was_computed(folder: Path) -> None:
    campaign, points = load_index(folder)
    store = open_store(folder, campaign.settings)

    def report(done: int, _: int) -> None:
        if done == 2:
            assert ask(folder, "STC", "B2", "12/STC-VP").exit_code == 0

    with pytest.raises(InputWrong, match="có kiến nghị vừa được ghi hoặc quyết định"):
        write_index(store, campaign, points, None, "du-kien", "An", report=report)
    with store.read() as conn:
        assert list_editions(conn) == []
    assert not list((folder / "data" / "editions" / "du-kien").iterdir())
    store.close()


def test_what_cannot_be_asked_or_decided_is_told(folder: Path) -> None:
    assert ask(folder, "NO", "B2", "1").exit_code == 2
    assert ask(folder, "SXD", "D", "1").exit_code == 2  # a criterion of districts
    assert ask(folder, "SXD", "B2", "1").exit_code == 0
    assert ask(folder, "SXD", "B2", "1").exit_code == 2
    assert decide(folder, 1, "granted").exit_code == 2
    assert decide(folder, 1, "refused", "1").exit_code == 2
    assert decide(folder, 1, "granted", "2,5").exit_code == 2
    assert decide(folder, 1, "granted", "2,0").exit_code == 2  # what it has
    assert decide(folder, 9, "refused").exit_code == 1
    assert decide(folder, 1, "refused").exit_code == 0
    assert decide(folder, 1, "refused").exit_code == 2


def test_a_table_that_changed_behind_a_decision_stops_the_index(folder: Path) -> None:
    ask(folder, "STC", "B2", "1")
    decide(folder, 1, "granted", "2")
    table = folder / "appraised.csv"
    table.write_text(table.read_text("utf-8").replace("STC,B2,2,1.5", "STC,B2,2,1.6"), encoding="utf-8")
    done = make(folder)
    assert (done.exit_code, done.stderr.startswith("appraised.csv:11: ")) == (2, True)


def test_the_database_refuses_what_would_rewrite_the_trail(folder: Path) -> None:
    make(folder, "du-kien")
    ask(folder, "STC", "B2", "1")
    store = open_store(folder, load_campaign(folder).settings)
    said = {"reply": "r", "why": "w", "who": "An", "before": "1.5", "at": None}
    with store.read() as conn:
        at = list_petitions(conn)[0].at
        row = conn.execute(edition.select()).one()._mapping
    moment = row["at"]
    assert at is None
    for wrong in (
        insert(petition_decision).values(**said | {"at": moment}, petition=1, decision="granted", after=None),
        insert(petition_decision).values(**said | {"at": moment}, petition=1, decision="refused", after="2"),
        insert(petition_decision).values(**said | {"at": moment}, petition=1, decision="granted", after="1.5"),
        insert(petition_decision).values(**said | {"at": moment, "why": ""}, petition=1, decision="refused"),
        insert(edition).values(place=1, digest="", at=moment, who="An"),
        insert(edition).values(place=2, digest="", at=moment, who="An"),  # a petition is open
        insert(edition).values(place=4, digest="", at=moment, who="An"),
        update(petition).values(letter="2"),
        delete(petition),
        update(edition).values(who="Ai đó"),
        delete(edition),
    ):
        with pytest.raises((IntegrityError, DBAPIError)), store.write() as conn:
            conn.execute(wrong)
    decide(folder, 1, "refused")
    make(folder, "chinh-thuc")
    with pytest.raises(IntegrityError), store.write() as conn:
        conn.execute(
            insert(petition).values(agency=1, criterion="B", letter="3", day=moment, asks="", at=moment, who="A")
        )
    store.close()


def test_petitions_about_the_same_points_hold_in_the_order_in_which_they_were_decided(folder: Path) -> None:
    ask(folder, "STC", "B2", "1")
    ask(folder, "STC", "B2", "2")
    assert decide(folder, 2, "partly", "1,75").exit_code == 0
    assert decide(folder, 1, "granted", "2").exit_code == 0
    done = make(folder)
    assert done.exit_code == 0, done.stderr
    rows = rows_of(folder, "fields.csv")
    assert [row["points"] for row in rows if (row["agency"], row["criterion"]) == ("STC", "B2")] == ["2"]


def test_points_granted_where_none_were_known_count_once(folder: Path) -> None:
    settings, table = folder / "campaign.yaml", folder / "appraised.csv"
    settings.write_text(settings.read_text("utf-8").replace("index: {", "index: {missing: leave_out, "), "utf-8")
    whole = table.read_text("utf-8")
    table.write_text(whole.replace("STC,B2,2,1.5", "STC,B2,2,"), encoding="utf-8")
    ask(folder, "STC", "B2", "1")
    assert decide(folder, 1, "granted", "1,5").exit_code == 0
    assert make(folder).exit_code == 0
    granted = {row["agency"]: row["total"] for row in rows_of(folder, "index.csv")}["STC"]
    assert granted == "8.30"  # what the same points in the table come to
    table.write_text(whole, encoding="utf-8")
    done = make(folder)
    assert (done.exit_code, done.stderr.startswith("appraised.csv:11: ")) == (2, True)


def test_what_the_runner_of_the_survey_asks_waits_for_a_second_signature_at_the_command_line_too(folder: Path) -> None:
    with (folder / "campaign.yaml").open("a", encoding="utf-8") as settings:
        settings.write("accounts: {runs: STC}\n")
    ask(folder, "STC", "B2", "12/STC-VP")
    done = decide(folder, 1, "granted", "2")
    assert (done.exit_code, "Việc số 1 chờ chữ ký thứ hai" in done.stdout) == (0, True)
    assert "granted" not in phieu("petitions", folder, "list").stdout
    assert decide(folder, 1, "granted", "1,75").exit_code == 2, "another decision waits"
