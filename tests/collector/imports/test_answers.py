"""Answers typed elsewhere: all or nothing, the same again changes nothing, the same door as the phone."""

from __future__ import annotations

import datetime
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import Engine, event, func, insert, make_url, select, update
from sqlalchemy.exc import DBAPIError, OperationalError

from aggregation.fieldwork import Fieldwork, check_section
from collector.editions.freezing import check_freezable
from collector.imports.answers import ImportSummary, import_answers
from collector.ledger.acts import hand_over, take_back
from collector.ledger.holding import Note
from collector.ledger.mistakes import put_right
from collector.ledger.naming import Named
from collector.reports.fieldwork import make_fieldwork
from collector.reports.scores import make_journeys, write_answers, write_scores
from collector.store import Store, open_store
from collector.store.answers import export_rows
from collector.store.events import list_events
from collector.store.quota import quota_rows
from collector.store.schema import answer, answer_import, import_row, option, response, sheet, staged_sheet
from forms.campaign import Campaign
from forms.errors import InputWrong

NOW = datetime.datetime(2014, 4, 1, 8, 0, tzinfo=datetime.UTC)


def take(desk: Any, path: Path, **how: bool) -> ImportSummary:
    return import_answers(desk.store, desk.campaign, path, "lan", NOW, **how)


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def problems(desk: Any, path: Path) -> list[str]:
    with pytest.raises(InputWrong) as wrong:
        take(desk, path)
    return [str(problem) for problem in wrong.value.problems]


def kept(desk: Any) -> int:
    with desk.store.read() as conn:
        return int(conn.scalar(select(func.count()).select_from(response)) or 0)


def exported(desk: Any) -> list[tuple[str, ...]]:
    with desk.store.read() as conn:
        return [tuple(row) for row in export_rows(conn)]


def test_a_wide_table_answers_the_sheets_that_it_names_by_serial_or_number(desk: Any, tmp_path: Path) -> None:
    first = desk.serials()[0]
    path = table(
        tmp_path / "nhap.csv",
        "serial;agency;group;q1;q2;q3;q5;q6",
        f"{first};HL;CD;1;Mức 4;a,c;3;rất nhanh",
        "HL-CD-002;HL;CD;Không;;b;;",
    )
    done = take(desk, path)
    assert (done.sheets, done.accepted, done.placed) == (2, 2, 0)
    said = {(row[0] == first, *row[3:]) for row in exported(desk)}
    for answer_ in (
        ("import", "q1", "", "1", "clear"),
        ("import", "q2", "", "4", "clear"),
        ("import", "q3", "", "a", "clear"),
        ("import", "q3", "", "c", "clear"),
        ("import", "q4", "", "", "blank"),
        ("import", "q5", "", "3", "clear"),
    ):
        assert (True, *answer_) in said
    assert (False, "import", "q2", "", "", "skipped") in said


def test_the_check_tells_imported_answers_apart_from_paper_that_was_handed_out(desk: Any, tmp_path: Path) -> None:
    desk.post(desk.serials()[0], q1="1", q2="4")
    take(desk, table(tmp_path / "nhap.csv", "agency;group;q1;q2", "HL;CD;1;5", "HL;CD;1;4"))
    with desk.store.read() as conn:
        quotas = quota_rows(conn)
    names = ("imported", "never_out", "unissued", "by_phone", "returned_paper")
    assert [sum(getattr(row, name) for row in quotas) for name in names] == [2, 2, 3, 1, 0]
    work = make_fieldwork(desk.campaign, quotas, make_journeys(()), Fieldwork())
    named = {agency.code: agency.name for agency in desk.campaign.agencies}
    said = "\n".join(map(str, check_section(work, named, "vi").parts))
    assert "phát ra 1, thu về 0 phiếu giấy và 1 phiếu trên điện thoại" in said
    assert "Ngoài ra có 2 phiếu nhập từ tệp, trong đó 2 phiếu không ghi nhận phát ra." in said


def test_an_imported_sheet_is_no_paper_until_its_paper_comes(desk: Any, tmp_path: Path) -> None:
    first, second, third = desk.serials()[:3]
    note = Note("lan", datetime.date(2014, 3, 20), letter="01/BB")
    hand_over(desk.store, desk.campaign, Named((first,)), "", note)
    desk.post(first, q1="0")
    rows = f"{first},HL,CD,1", f"{second},HL,CD,1", f"{third},HL,CD,1"
    desk.post(third, q1="1")
    take(desk, table(tmp_path / "a.csv", "serial,agency,group,q1", *rows))
    assert states(desk, first, second) == ["imported", "imported"], "other answers in a table outweigh the phone"
    assert states(desk, third) == ["answered_phone"], "the same answers tell nothing new"
    desk.post(second, "phone", q1="1")
    assert states(desk, second) == ["imported"]
    with desk.store.read() as conn:
        own = next(row for row in quota_rows(conn) if row.imported)
    assert (own.handed_out, own.imported, own.never_out, own.by_phone, own.returned_paper) == (3, 2, 1, 1, 0)
    take_back(desk.store, desk.campaign, Named((first,)), "returned", note)
    assert states(desk, first) == ["returned"]
    put_right(desk.store, desk.campaign, Named((first,)), "return", replace(note, note="ghi nhầm"))
    assert states(desk, first) == ["imported"], "what a record says more is taken back, not what came in"
    desk.scan(second, 1, q1="1")
    assert states(desk, second) == ["returned"]


def states(desk: Any, *serials: str) -> list[str]:
    with desk.store.read() as conn:
        return [conn.scalar(select(sheet.c.state).where(sheet.c.serial == serial)) for serial in serials]


def test_the_same_table_again_changes_nothing(desk: Any, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "agency,group,q1,q2", "HL,CD,1,5", "HL,CD,1,5", "HL,CD,1,4")
    assert take(desk, path).placed == 3
    with desk.store.read() as conn:
        before = exported(desk), len(list_events(conn)), kept(desk)
    again = take(desk, table(tmp_path / "ten-khac.csv", *path.read_text().splitlines()))
    assert (again.sheets, again.same, again.placed) == (3, 3, 0)
    with desk.store.read() as conn:
        assert (exported(desk), len(list_events(conn)), kept(desk)) == before
        assert conn.scalar(select(func.count()).select_from(import_row)) == 3


def test_rows_without_a_serial_take_the_last_sheets_that_nobody_handed_out(desk: Any, tmp_path: Path) -> None:
    take(desk, table(tmp_path / "a.csv", "agency,group,q1", "SNV,CD,1", "SNV,CD,0"))
    with desk.store.read() as conn:
        numbers = conn.scalars(select(sheet.c.number).join(response, response.c.sheet == sheet.c.id)).all()
    assert sorted(numbers) == ["SNV-CD-019", "SNV-CD-020"]  # 20 originals, five reserves behind them


def test_rows_beyond_the_target_are_kept_over_quota_and_beyond_the_sheets_refused(desk: Any, tmp_path: Path) -> None:
    done = take(desk, table(tmp_path / "a.csv", "agency,group,q1,q5", *(f"HL,CD,1,{n}" for n in range(4))))
    assert (done.accepted, done.over_quota) == (3, 1)
    (problem,) = problems(desk, table(tmp_path / "b.csv", "agency,group,q1,q5", "HL,CD,1,77"))
    assert problem.startswith("b.csv:2: 1 dòng của HL CD không có mã phiếu")


def test_an_id_of_the_table_keeps_a_corrected_row_on_its_sheet(desk: Any, tmp_path: Path) -> None:
    assert take(desk, table(tmp_path / "a.csv", "id,agency,group,q1", "7,HL,CD,1")).accepted == 1
    assert take(desk, table(tmp_path / "a.csv", "id,agency,group,q1", "7,HL,CD,0")).conflict == 1
    with desk.store.read() as conn:
        (row,) = [row for row in quota_rows(conn) if (row.agency, row.group) == ("HL", "CD")]
    assert (row.accepted, row.conflicts) == (0, 1)


def test_a_sheet_that_the_phone_answered_otherwise_is_a_conflict(desk: Any, tmp_path: Path) -> None:
    serial = desk.serials()[0]
    desk.post(serial, q1="1", q2="5")
    done = take(desk, table(tmp_path / "a.csv", "serial,agency,group,q1,q2", f"{serial},HL,CD,1,4"))
    assert (done.accepted, done.conflict) == (0, 1)


def test_the_paper_of_a_sheet_typed_the_same_is_no_conflict(desk: Any, tmp_path: Path) -> None:
    serial = desk.serials()[0]
    take(desk, table(tmp_path / "a.csv", "serial,agency,group,q1,q2,q3,q4", f"{serial},HL,CD,1,4,a,5"))
    desk.scan(serial, 1, q1="1", q2="4", q3="a")
    assert desk.scan(serial, 2, q4="5").status == "duplicate"


def test_every_problem_comes_at_once_with_its_row_and_nothing_is_kept(desk: Any, tmp_path: Path) -> None:
    first, second, *_ = desk.serials()
    desk.void(second)
    path = table(
        tmp_path / "a.csv",
        "serial,agency,group,q1,q2,q5,m1/SNV",
        f"{first},HL,CD,1,9,12,",
        "0000-0000-0000-0001,HL,CD,1,5,,",
        f"{second},HL,CD,1,5,,",
        f"{desk.serials('SNV')[0]},HL,CD,1,5,,",
        f"{first},HL,CD,1,5,,",
        ",XX,CD,1,5,,",
        ",HL,CD,1,5,mười,",
        ",HL,CD,1,5,,4",
    )
    found = problems(desk, path)
    wheres = sorted(problem.split(": ")[0] for problem in found)
    assert wheres == [f"a.csv:{row}" for row in range(2, 10)]
    assert kept(desk) == 0
    with desk.store.read() as conn:
        assert not [event for event in list_events(conn) if event.action == "import"]


def test_options_of_a_row_without_a_cell_are_judged_with_all_the_rest(desk: Any, tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.csv",
        "serial,agency,group,q1,q2,q5,m1/SNV",
        ",XX,CD,1,9,12,",  # the group tells the questionnaire
        ",HL,,7,5,,",  # no group: no questionnaire has a 7
        ",HL,YY,1,5,,3",  # both groups' answers: each would be right for one of them
        "0000-0000-0000-0001,HL,CD,1,5,mười,",
    )
    found = problems(desk, path)
    lines = [problem.split(": ")[0] for problem in found]
    assert sorted(lines) == ["a.csv:2", "a.csv:2", "a.csv:3", "a.csv:3", "a.csv:4", "a.csv:5", "a.csv:5"]
    assert any("a.csv:2" in one and "q2" in one and "các phương án: 5, 4, 3, 2, 1, 0" in one for one in found)
    assert any("a.csv:3" in one and "q1" in one and "các phương án: 1, 0" in one for one in found)
    assert any("a.csv:5" in one and "q5" in one for one in found)


def test_an_option_that_only_a_printed_questionnaire_has_is_no_mistake_of_a_row_without_a_cell(
    desk: Any, tmp_path: Path
) -> None:
    asked = desk.campaign.questionnaires["nguoi-dan"]
    fewer = {**asked.scales, "hai-long": asked.scales["hai-long"][:2]}
    edited = {**desk.campaign.questionnaires, "nguoi-dan": asked.model_copy(update={"scales": fewer})}
    desk = replace(desk, campaign=replace(desk.campaign, questionnaires=edited))
    (problem,) = problems(desk, table(tmp_path / "a.csv", "agency,group,q2", "XX,CD,1"))
    assert problem.startswith("a.csv:2: ")
    assert "XX" in problem


def test_options_of_a_long_table_are_judged_where_the_agency_is_unknown(desk: Any, tmp_path: Path) -> None:
    rows = "serial,agency,group,question,row,option", "A1,XX,CD,q1,,9", "A1,XX,CD,q2,,5"
    with pytest.raises(InputWrong) as wrong:
        take(desk, table(tmp_path / "a.csv", *rows), new_serials=True)
    assert [one.where for one in wrong.value.problems] == ["a.csv:2", "a.csv:2"]


def test_a_workbook_tells_the_cell_of_a_mistake(desk: Any, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "nhap.xlsx")
    page = book.add_worksheet()
    page.write_row(0, 0, ["Phiếu nhập tay, tháng 3"])
    page.write_row(1, 0, ["STT", "Cơ quan", "Đối tượng", "q1", "q2"])
    page.write_row(2, 0, [1, "HL", "CD", 1, 5])
    page.write_row(3, 0, [2, "HL", "CD", 1, 8])
    book.close()
    (problem,) = problems(desk, tmp_path / "nhap.xlsx")
    assert problem == "nhap.xlsx, ô E4: câu q2 không có phương án 8 → các phương án: 5, 4, 3, 2, 1, 0"


def test_a_cell_that_holds_an_error_is_no_blank_answer(desk: Any, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "nhap.xlsx")
    page = book.add_worksheet("Nhập tay & tra")
    book.add_worksheet("Khác").write_formula(1, 3, "=1/0", None, "#DIV/0!")
    page.write_row(0, 0, ["Cơ quan", "Đối tượng", "q1", "q2"])
    page.write_row(1, 0, ["HL", "CD", 1, 5])
    page.write_row(2, 0, ["HL", "CD", 1])
    page.write_formula(2, 3, "=VLOOKUP(9,A1:B2,2)", None, "#N/A")
    book.close()
    (problem,) = problems(desk, tmp_path / "nhap.xlsx")
    assert problem == "nhap.xlsx, ô D3: câu q2 không có phương án #N/A → các phương án: 5, 4, 3, 2, 1, 0"


def test_matrix_columns_name_the_rated_agency(desk: Any, tmp_path: Path) -> None:
    done = take(desk, table(tmp_path / "a.csv", "agency,group,m1/SNV,m1/STC", "HL,CC,5,2", "HL,CC,,3"))
    assert done.accepted == 2
    rows = {row[5:7] for row in exported(desk)}
    assert rows == {("SNV", "5"), ("STC", "2"), ("SNV", ""), ("STC", "3")}


def test_a_dry_run_tells_what_would_become_of_it_and_keeps_nothing(desk: Any, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "agency,group,q1", "HL,CD,1", "HL,CD,")
    tried = take(desk, path, dry_run=True)
    assert (tried.accepted, tried.empty, tried.placed, kept(desk)) == (1, 1, 1, 0)
    assert take(desk, path).accepted == 1


def is_open_to_others(store: Store) -> bool:
    """Whether somebody else may write at this moment, into any table."""
    try:
        if store.engine.dialect.name == "sqlite":
            with closing(sqlite3.connect(make_url(store.url).database or "", timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")
            return True
        with store.engine.connect() as conn:
            conn.exec_driver_sql("LOCK TABLE cell, sheet, response, answer IN EXCLUSIVE MODE NOWAIT")
        return True
    except (sqlite3.OperationalError, OperationalError):
        return False


def test_nobody_waits_while_a_table_is_tried(desk: Any, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "agency,group,q1", "HL,CD,1", "HL,CD,0")
    seen = []

    def look(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "INSERT INTO answer " in statement:
            seen.append(is_open_to_others(desk.store))

    event.listen(Engine, "after_cursor_execute", look)
    try:
        tried = take(desk, path, dry_run=True)
    finally:
        event.remove(Engine, "after_cursor_execute", look)
    assert (tried.accepted, tried.placed, seen) == (2, 2, [True])
    assert [one.name for one in (desk.store.folder / "data" / "trying").iterdir()] == ["lock"]
    assert not kept(desk)


def test_an_interrupted_import_counts_nowhere_and_goes_on(desk: Any, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "agency,group,q1", "HL,CD,1", "HL,CD,0")

    def stop(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_answers(desk.store, desk.campaign, path, "lan", NOW, report=stop)
    assert not exported(desk)
    assert take(desk, path).accepted == 2


def test_who_imported_what_is_in_the_log(desk: Any, tmp_path: Path) -> None:
    take(desk, table(tmp_path / "a.csv", "agency,group,q1", "HL,CD,1"))
    with desk.store.read() as conn:
        (line,) = [event for event in list_events(conn) if event.action == "import"]
    assert (line.who, line.subject) == ("lan", "a.csv")
    told = json.loads(line.detail)
    assert (told["accepted"], len(told["sha256"])) == (1, 64)


def fill_by_every_way(desk: Any) -> None:
    """Phone, paper with a doubt, a settled blank page, a matrix, skipped questions, a text, a number."""
    first, second, third, _ = desk.serials()
    desk.post(first, q1="1", q2="5", q3="ab", q4="2", q5="12", q6="nhanh")
    desk.post(second, q1="0", q2="5", q4="3")
    desk.scan(third, 1, q1="1", q2="4", q3="c", doubtful="q2")
    desk.scan(third, 2, q4="1", q5="07", q6="x")
    for place, serial in enumerate(desk.serials("HL", "CC")[:3]):
        desk.post(serial, m1_SNV=str(5 - place), m1_STC="3")
    for place, serial in enumerate(desk.serials("SNV")[:12]):
        desk.post(serial, q1="1", q2=str(place % 6), q4=str(5 - place % 4))


def test_an_export_taken_into_a_fresh_folder_gives_the_same_scores_byte_by_byte(
    campaign: Campaign, desk_at: Callable[[Store], Any], tmp_path: Path, printed_sqlite: Path
) -> None:
    desks = []
    for name in ("first", "fresh"):  # the same sheets twice
        (tmp_path / name).mkdir()
        copy = shutil.copy(printed_sqlite, tmp_path / name / "phieu.sqlite")
        desks.append(desk_at(open_store(tmp_path / name, campaign.settings, f"sqlite:///{copy}")))
    desk, fresh = desks
    fill_by_every_way(desk)
    write_answers(desk.store, tmp_path / "out")
    done = take(fresh, tmp_path / "out" / "answers.csv")
    assert (done.sheets, done.accepted, done.doubtful) == (18, 18, 1)
    write_scores(desk.store, desk.campaign, tmp_path / "out", NOW)
    write_scores(fresh.store, desk.campaign, tmp_path / "again", NOW)
    for name in ("scores.csv", "totals.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()
    theirs, ours = exported(desk), exported(fresh)
    assert [(*row[:3], *row[4:]) for row in theirs] == [(*row[:3], *row[4:]) for row in ours]
    assert {row[3] for row in ours} == {"import"}


def test_two_marks_that_nobody_decided_about_come_in_doubtful_and_no_third_is_added(desk: Any, tmp_path: Path) -> None:
    serial = desk.serials()[0]
    rows = [f"{serial},HL,CD,{question},{code},{state}" for question, code, state in (
        ("q1", "1", "clear"), ("q2", "5", "doubtful"), ("q2", "4", "doubtful"),
    )]  # fmt: skip
    done = take(desk, table(tmp_path / "typed.csv", "serial,agency,group,question,option,state", *rows))
    assert (done.accepted, done.doubtful) == (1, 1)
    marks = [row[6:] for row in exported(desk) if row[4] == "q2"]
    assert sorted(marks) == [("4", "doubtful"), ("5", "doubtful")]
    with desk.store.read() as conn:
        assert check_freezable(conn, desk.campaign, True) == {"doubts": 1, "conflicts": 0}
        given = dict(conn.execute(select(answer).where(answer.c.state == "doubtful").limit(1)).one()._mapping)
        third = conn.scalar(select(option.c.id).where(option.c.question == given["question"], option.c.code == "3"))
    with pytest.raises(DBAPIError, match="what a table said"), desk.store.write() as conn:
        conn.execute(insert(answer).values(given | {"option": third}))


def test_serials_of_another_printing_only_tell_rows_apart(
    desk: Any, desk_at: Callable[[Store], Any], print_sheets: Callable[[Store], None], tmp_path: Path
) -> None:
    fresh = desk_at(open_store(tmp_path / "fresh", desk.campaign.settings))
    print_sheets(fresh.store)
    fill_by_every_way(desk)
    write_answers(desk.store, tmp_path / "out")
    answers = tmp_path / "out" / "answers.csv"
    assert "--new-serials" in problems(fresh, answers)[0]
    done = take(fresh, answers, new_serials=True)
    assert (done.accepted, done.placed) == (18, 18)
    assert take(fresh, answers, new_serials=True).same == 18
    write_scores(desk.store, desk.campaign, tmp_path / "out", NOW)
    write_scores(fresh.store, desk.campaign, tmp_path / "again", NOW)
    for name in ("scores.csv", "totals.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_nobody_imports_what_is_about_their_workplace_from_the_command_line_either(
    desk: Any, works_at: Callable[[str, str | None], None], tmp_path: Path
) -> None:
    works_at("lan", "HL")
    rows = "serial,agency,group,q1", "HL-CD-001,HL,CD,1", "SNV-CD-001,SNV,CD,1"
    (told,) = problems(desk, table(tmp_path / "nhap.csv", *rows))
    assert told.startswith("nhap.csv:2: ")
    take(desk, table(tmp_path / "khac.csv", rows[0], rows[2]))
    assert kept(desk) == 1


def test_a_sheet_that_rates_their_workplace_is_told_too_where_that_row_was_left_empty(
    desk: Any, works_at: Callable[[str, str | None], None], tmp_path: Path
) -> None:
    works_at("lan", "STC")
    (told,) = problems(desk, table(tmp_path / "nhap.csv", "agency,group,m1/SNV", "HL,CC,5"))
    assert told.startswith("nhap.csv:2: ")
    assert kept(desk) == 0


def test_the_database_stages_no_sheet_about_the_workplace_of_who_imports(
    desk: Any, works_at: Callable[[str, str | None], None]
) -> None:
    works_at("Bình", "HL")
    with desk.store.write() as conn:
        values = {
            "name": "a.csv",
            "sha256": "0" * 64,
            "new_serials": False,
            "who": "Bình",
            "at": datetime.datetime(2014, 4, 1),
        }
        conn.execute(insert(answer_import).values(id=1, **values, counts="{}", is_open=True, is_whole=False))
    for serial, is_own in ((desk.serials("HL")[0], True), (desk.serials("SNV")[0], False)):
        line = insert(staged_sheet).values(serial=serial, answer_import=1, answers="[]", size=1)
        if is_own:
            with pytest.raises(DBAPIError, match="where they work"), desk.store.write() as conn:
                conn.execute(line)
            with pytest.raises(DBAPIError, match="stays what it is"), desk.store.write() as conn:
                conn.execute(update(answer_import).values(who="Mai"))
        else:
            with desk.store.write() as conn:
                conn.execute(line)
