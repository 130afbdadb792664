"""Taking the list of people in: sealed, all or nothing, and over only once the file is gone."""

from __future__ import annotations

import logging
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError, IntegrityError

from collector.people.recipients import import_recipients
from collector.people.sealed import find_keys, unseal_person
from collector.settings import keys_folder
from collector.store import open_store
from collector.store.events import list_events
from collector.store.recipients import count_people, list_people
from collector.store.schema import metadata, recipient, recipient_import, recipient_mark
from forms.errors import InputWrong, WorkFailed

HEAD = "agency,group,name,email,phone,procedure,file_code,result_date\n"
PEOPLE = (
    HEAD
    + "HL,CD,Nguyễn Thị Lan,lan@example.vn,0912345678,Cấp phép xây dựng,HS-0001,18/03/2014\n"
    + "HL,CD,Trần Văn Minh,,0912345679,,HS-0002,\n"
    + "HL,CC,Lê Văn Cường,cuong@example.vn,,,,\n"
)
PRIVATE = ["Lan", "Minh", "Cường", "Nguyễn", "lan@example", "cuong@", "0912345678", "912345679", "HS-000", "xây dựng"]


@pytest.fixture(autouse=True)
def _keys_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def take_in(store, campaign, tmp_path):
    """Import a list from a file in the campaign folder."""

    def take(content, name="recipients.csv"):
        (tmp_path / name).write_text(content, encoding="utf-8")
        return import_recipients(store, campaign, tmp_path / name, "lan")

    return take


def kept(store, campaign):
    with store.read() as conn:
        keys = find_keys(conn, campaign.settings.id)
        return sorted((unseal_person(keys, row) for row in list_people(conn)), key=lambda person: person.name)


def people_kept(store):
    with store.read() as conn:
        return count_people(conn)


def test_a_list_is_kept_as_it_was_and_its_file_is_gone(store, campaign, take_in, tmp_path):
    summary = take_in(PEOPLE)
    assert (summary.people, summary.added, summary.notes) == (3, 3, [])
    assert not (tmp_path / "recipients.csv").exists()
    cuong, lan, minh = kept(store, campaign)
    assert (lan.name, lan.email, lan.phone, lan.procedure) == (
        "Nguyễn Thị Lan", "lan@example.vn", "0912345678", "Cấp phép xây dựng",
    )  # fmt: skip
    assert (lan.file_code, str(lan.result_date), minh.result_date) == ("HS-0001", "2014-03-18", None)
    assert (cuong.agency, cuong.group) == ("HL", "CC")


def everything_stored(store):
    """The database's own files where it has some; every row as text otherwise."""
    data = store.folder / "data"
    files = [path for path in data.rglob("*") if path.is_file()]
    content = b"\0".join(path.read_bytes() for path in files)
    if store.engine.dialect.name == "postgresql":
        with store.read() as conn:
            for table in metadata.tables:
                rows = conn.execute(sql(f'SELECT t::text FROM "{table}" t')).scalars()
                content += "\n".join(rows).encode()
    return content


def test_no_name_reaches_the_database_its_log_or_ours(store, take_in, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    take_in(PEOPLE)
    content = everything_stored(store)
    assert b"lan" in content  # who imported: so the search would find something
    said = caplog.text + "".join(capfd.readouterr())
    for part in PRIVATE:
        assert part.encode() not in content
        assert part.encode("utf-16-le") not in content
        assert part not in said
    with store.read() as conn:
        (event,) = list_events(conn)
    assert (event.who, event.action, event.detail) == ("lan", "recipients.import", "people=3")


def test_the_keys_lie_outside_the_campaign_and_are_for_their_owner_alone(store, campaign, take_in):
    take_in(PEOPLE)
    keys = list(keys_folder(campaign.settings.id).iterdir())
    assert len(keys) == 2
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}
    content = everything_stored(store)
    for path in keys:
        assert path.read_bytes() not in content
        assert path.read_bytes().hex().encode() not in content


def test_importing_again_adds_nobody_and_still_ends_with_the_file_gone(store, take_in, tmp_path):
    take_in(PEOPLE)
    again = take_in(PEOPLE)
    assert (again.people, again.added) == (3, 0)
    assert not (tmp_path / "recipients.csv").exists()
    more = take_in(PEOPLE + "SNV,CD,Phạm Thị Hoa,,0987654321,,,\n")
    assert (more.people, more.added) == (4, 1)
    assert people_kept(store) == 4


def test_a_list_with_one_wrong_row_is_not_kept_at_all_and_stays(store, take_in, tmp_path):
    with pytest.raises(InputWrong) as wrong:
        take_in(PEOPLE + "HL,CD,Phạm Thị Hoa,,123,,,\nSTC,CD,Đỗ Văn Hùng,,0987654321,,,\n")
    assert [problem.where for problem in wrong.value.problems] == ["recipients.csv:5", "recipients.csv:6"]
    assert people_kept(store) == 0
    assert (tmp_path / "recipients.csv").exists()
    assert not (tmp_path / "keys" / "thu-nghiem-2014").exists()


def test_somebody_imported_before_with_other_words_is_a_problem_of_that_row(store, take_in):
    take_in(PEOPLE)
    changed = HEAD + "HL,CD,Nguyễn Thị Lan,,0912345678,,HS-0009,\nSNV,CD,Phạm Thị Hoa,,0987654321,,,\n"
    with pytest.raises(InputWrong) as wrong:
        take_in(changed)
    (problem,) = wrong.value.problems
    assert problem.where == "recipients.csv:2"
    assert [part for part in PRIVATE if part in str(problem)] == []
    assert people_kept(store) == 3


def test_further_rows_of_people_are_left_out_where_that_is_asked_for(store, campaign, take_in, tmp_path):
    take_in(PEOPLE)
    path = tmp_path / "more.csv"
    more = "HL,CD,Lan,,0912345678,,HS-0009,\nHL,CD,Phạm Thị Hoa,,0987654321,,,\nHL,CD,Hoa,,0987654321,,,\n"
    path.write_text(PEOPLE + more, encoding="utf-8")
    summary = import_recipients(store, campaign, path, "lan", once=True)
    assert (summary.people, summary.added, summary.left_out) == (4, 1, 2)
    assert not path.exists()
    assert [person.name for person in kept(store, campaign)].count("Nguyễn Thị Lan") == 1
    assert people_kept(store) == 4


def test_somebody_imported_before_into_another_cell_is_a_note(take_in):
    take_in(PEOPLE)
    (note,) = take_in(HEAD + "SNV,CD,Nguyễn Thị Lan,,+84 912 345 678,,,\n").notes
    assert note.where == "recipients.csv:2"
    assert [part for part in PRIVATE if part in str(note)] == []


def test_a_file_that_cannot_be_removed_ends_the_import_in_failure_and_keeps_the_people(
    store, campaign, take_in, tmp_path, monkeypatch
):
    folder = tmp_path / "shut"
    folder.mkdir()

    remove = Path.unlink

    def refuse(path, missing_ok=False):
        if path.name == "recipients.csv":
            raise PermissionError(13, "Permission denied", str(path))
        remove(path, missing_ok)

    # As root no folder refuses anybody: the system's call itself says no.
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(WorkFailed, match=r"recipients\.csv") as failed:
            take_in(PEOPLE, "shut/recipients.csv")
    assert [part for part in PRIVATE if part in str(failed.value)] == []
    assert people_kept(store) == 3
    again = import_recipients(store, campaign, folder / "recipients.csv", "lan")
    assert again.added == 0
    assert not (folder / "recipients.csv").exists()


def test_a_file_that_changes_meanwhile_stays(store, campaign, tmp_path):
    path = tmp_path / "recipients.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    more = PEOPLE + "SNV,CD,Phạm Thị Hoa,,0987654321,,,\n"

    def write_on(done, total):
        path.write_text(more, encoding="utf-8")

    with pytest.raises(WorkFailed, match=r"recipients\.csv"):
        import_recipients(store, campaign, path, "lan", write_on)
    assert path.read_text(encoding="utf-8") == more
    assert import_recipients(store, campaign, path, "lan").added == 1


def test_a_file_stays_whose_people_do_not_come_back_from_the_database(campaign, tmp_path, monkeypatch):
    monkeypatch.delenv("PHIEU_DATABASE", raising=False)
    store = open_store(tmp_path, campaign.settings)
    with store.write() as conn:
        conn.exec_driver_sql(
            "CREATE TRIGGER worn_out AFTER INSERT ON recipient WHEN NEW.agency > 0 "
            "BEGIN UPDATE recipient SET sealed = zeroblob(92) WHERE id = NEW.id; END"
        )
    (tmp_path / "recipients.csv").write_text(PEOPLE, encoding="utf-8")
    with pytest.raises(WorkFailed):
        import_recipients(store, campaign, None, "lan")
    assert (tmp_path / "recipients.csv").exists()
    store.close()


def test_two_who_import_the_same_list_at_once_add_everybody_once(store, campaign, tmp_path):
    paths = [tmp_path / f"list{n}.csv" for n in range(4)]
    for path in paths:
        path.write_text(PEOPLE, encoding="utf-8")
    with ThreadPoolExecutor(4) as pool:
        added = [done.added for done in pool.map(lambda path: import_recipients(store, campaign, path, "lan"), paths)]
    assert sorted(added) == [0, 0, 0, 3]
    assert people_kept(store) == 3


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_file_of_two_names_is_refused(store, campaign, take_in, tmp_path):
    (tmp_path / "kept.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "kept.csv")
    (tmp_path / "single.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "soft.csv").symlink_to(tmp_path / "single.csv")
    for name in ("hard.csv", "soft.csv"):
        with pytest.raises(InputWrong, match=name):
            import_recipients(store, campaign, tmp_path / name, "lan")
    assert people_kept(store) == 0


def test_the_folders_own_list_is_taken_where_no_file_is_named(store, campaign, tmp_path):
    with pytest.raises(InputWrong, match=r"recipients\.csv"):
        import_recipients(store, campaign, None, "lan")
    (tmp_path / "recipients.csv").write_text(PEOPLE, encoding="utf-8")
    assert import_recipients(store, campaign, None, "lan").added == 3
    for name in ("recipients.csv", "recipients.xlsx"):
        (tmp_path / name).write_text(PEOPLE, encoding="utf-8")
    with pytest.raises(InputWrong, match=r"recipients\.xlsx"):
        import_recipients(store, campaign, None, "lan")


def test_a_lost_key_is_said_and_nothing_is_sealed_under_a_new_one(store, campaign, take_in, tmp_path):
    take_in(PEOPLE)
    for path in keys_folder(campaign.settings.id).iterdir():
        path.rename(tmp_path / path.name)
    with pytest.raises(WorkFailed, match="contacts-"):
        take_in(HEAD + "SNV,CD,Phạm Thị Hoa,,0987654321,,,\n")
    assert people_kept(store) == 3
    assert list(keys_folder(campaign.settings.id).iterdir()) == []
    assert (tmp_path / "recipients.csv").exists()


def test_people_stand_apart_from_sheets_and_answers():
    """No column leads from a person to a sheet or a response but over the one table that an answer clears."""
    people = {name for name in metadata.tables if name.startswith("recipient")}
    joins = {"invitation": {"recipient", "cell"}, "invitation_sheet": {"invitation", "sheet"}}
    for table in metadata.tables.values():
        targets = {key.column.table.name for key in table.foreign_keys}
        if table.name in people:
            assert targets <= people | {"agency", "respondent_group"}
        else:
            assert not targets & people or targets == joins[table.name]
        assert "invitation_sheet" not in targets


def test_ids_tell_nothing_of_the_order_of_the_file(store, take_in):
    rows = "".join(f"SNV,CD,Người {n},,09{n:08d},,,\n" for n in range(20))
    take_in(HEAD + rows)
    with store.read() as conn:
        ids = [row.id for row in conn.execute(select(recipient).order_by(sql("1")))]
        stored = [row.id for row in conn.execute(sql("SELECT id FROM recipient"))]
    assert ids == sorted(ids) == sorted(stored)


def refused(store, statement, error=IntegrityError):
    with pytest.raises(error), store.write() as conn:
        conn.execute(statement)


def test_the_database_refuses_one_mark_twice_in_a_cell_and_a_mark_of_another_cell(store, take_in):
    take_in(PEOPLE)
    with store.read() as conn:
        marks = [dict(row._mapping) for row in conn.execute(select(recipient_mark))]
    lan, minh = (
        next(mark for mark in marks if mark["kind"] == "phone" and mark["recipient"] == person)
        for person in sorted({mark["recipient"] for mark in marks if mark["kind"] == "phone"})
    )
    of_minh = (recipient_mark.c.recipient == minh["recipient"]) & (recipient_mark.c.kind == "phone")
    refused(store, update(recipient_mark).where(of_minh).values(mark=lan["mark"]))
    refused(store, update(recipient_mark).where(of_minh).values(agency=2))
    refused(store, insert(recipient_mark).values(lan | {"kind": "shoe size"}))


def test_what_was_imported_when_is_append_only(store, take_in):
    take_in(PEOPLE)
    refused(store, update(recipient_import).values(people=0), DBAPIError)
    refused(store, delete(recipient_import), DBAPIError)
