"""What a backup is made of comes back, on either kind of database, and the log's chain goes on."""

from __future__ import annotations

import stat
import threading
import zipfile

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from collector.backup.archive import open_archive
from collector.backup.making import DATABASE, make_backup
from collector.backup.restoring import check_backup, restore_backup
from collector.event_log import check_log
from collector.files import hold_file
from collector.opening import open_campaign
from collector.review.blank_page import LeftBlank, leave_page_blank
from collector.review.deciding import list_doubts
from collector.scans.uploads import hand_in
from collector.store.chain import find_head
from collector.store.events import list_events
from collector.store.invitations import list_invitations
from collector.store.schema import metadata, scan_file, sheet
from forms.errors import WorkFailed
from tests.collector.backup.conftest import SECRET
from tests.collector.conftest import NOW

_CHANGED = {"event", "account_session"}  # restoring is an act of the log, and ends sessions


def rows_of(store) -> dict[str, list[tuple[object, ...]]]:
    with store.read() as conn:
        tables = {table.name: table for table in metadata.sorted_tables if table.name not in _CHANGED}
        return {
            name: [tuple(row) for row in conn.execute(select(table).order_by(*table.primary_key.columns))]
            for name, table in tables.items()
        }


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def elsewhere(request, monkeypatch):
    """Where the second database is to lie."""
    if request.param == "postgresql":
        monkeypatch.setenv("PHIEU_DATABASE", request.getfixturevalue("postgres_url"))
    return request.param


def restore(done, folder):
    restored = restore_backup(done.archive.path, folder, "minh", now=NOW)
    return restored, open_campaign(folder)[1]


def test_every_row_and_every_original_come_back_on_either_database(back_up, kept, desk, elsewhere, tmp_path):
    desk.scan(desk.serials("HL", "CD")[2], 1, doubtful="q1 q2", why="struck_page", q1="1", q2="5")
    desk.scan(desk.serials("HL", "CD")[2], 2, q4="5")
    with kept.read() as conn:
        struck = [one.id for one in list_doubts(conn)]
    assert leave_page_blank(kept, struck[0], struck, "lan") == LeftBlank(2, 0)  # lines that name each other
    before = rows_of(kept)
    restored, again = restore(back_up(), tmp_path / "moi")
    assert again.engine.dialect.name == elsewhere
    assert rows_of(again) == before
    assert sum(map(len, before.values())) > 150
    originals = {path.name: path.read_bytes() for path in (kept.folder / "data" / "scans").iterdir()}
    assert originals
    assert {path.name: path.read_bytes() for path in (again.folder / "data" / "scans").iterdir()} == originals
    assert (restored.lost, restored.other) == ((), ())
    assert [path.name for path in (again.folder / "data").glob("*.sealed")] == []
    again.close()


def test_the_log_holds_after_restoring_and_tells_of_it(back_up, kept, elsewhere, tmp_path):
    restored, again = restore(back_up(), tmp_path / "moi")
    head = find_head(restored.archive.manifest["log_head"])
    reached, broken = check_log(again, head)
    assert broken is None
    assert reached.count == head.count + 1
    with again.read() as conn:
        last = list_events(conn)[-1]
    assert (last.who, last.action, last.subject) == ("minh", "backup.restore", restored.archive.digest)
    with kept.read() as conn:
        made = list_events(conn)[-1]
    assert (made.action, made.subject) == ("backup.make", restored.archive.digest)
    again.close()


def test_what_the_database_refuses_it_refuses_after_restoring_and_new_keys_go_on(back_up, elsewhere, tmp_path, desk_at):
    _, again = restore(back_up(), tmp_path / "moi")
    with pytest.raises(DBAPIError), again.write() as conn:
        conn.execute(sheet.delete())
    with pytest.raises(DBAPIError), again.write() as conn:
        conn.execute(sheet.update().values(state="lost", step=99))
    desk = desk_at(again)
    with again.read() as conn:
        known = conn.scalar(select(func.max(scan_file.c.id)))
    next(desk.files)  # the first name was taken before the backup
    assert desk.file() > known
    desk.void(desk.serials("HL", "CD")[2])
    again.close()


def test_a_backup_is_one_moment_while_answers_come_in(kept, campaign, desk, tmp_path):
    serials = desk.serials("SNV", "CD")
    free = [one for one in serials if one not in _held(kept)]
    done = threading.Event()

    def answer() -> None:
        for serial in free:
            desk.post(serial, q1="1", q2="5", q4="4")
        done.set()

    worker = threading.Thread(target=answer)
    worker.start()
    made = [make_backup(kept, campaign, tmp_path / f"{number}.zip", "lan") for number in range(3)]
    worker.join()
    assert done.is_set()
    for number, one in enumerate(made):
        restored, again = restore(one, tmp_path / f"moi-{number}")
        found = rows_of(again)
        assert len(found["response"]) == restored.archive.manifest["counts"]["responses"]
        answered = {row[0] for row in found["answer"]}
        assert answered <= {row[0] for row in found["response"]}
        again.close()


def _held(store) -> set[str]:
    with store.read() as conn:
        return {one.serial for one in list_invitations(conn)}


def test_files_that_wait_to_be_read_come_along_even_when_they_were_read_meanwhile(kept, back_up, tmp_path):
    content = b"%PDF-1.4 quet"
    with (tmp_path / "a.pdf").open("wb") as file:
        file.write(content)
    with (tmp_path / "a.pdf").open("rb") as file:
        waiting = hand_in(kept, file, "a.pdf", "lan", NOW)
    assert waiting.is_under_way
    _, again = restore(back_up(), tmp_path / "moi")
    assert [path.read_bytes() for path in (again.folder / "data" / "inbox").iterdir()] == [content]
    again.close()


def test_a_backup_is_for_its_owner_alone_and_holds_no_password_of_a_database(back_up, kept):
    done = back_up()
    assert stat.S_IMODE(done.archive.path.stat().st_mode) == 0o600
    with zipfile.ZipFile(done.archive.path) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert SECRET in (kept.folder / "campaign.yaml").read_text("utf-8")
    assert SECRET.encode() not in content


def test_only_files_of_a_campaign_are_taken_never_lists_of_people(kept, back_up):
    for name in ("recipients.csv", "danh-sach.csv", "ket-qua.pdf"):
        (kept.folder / name).write_text("Nguyễn Thị Thứ 1")
    (kept.folder / "data" / "personal-data").mkdir()
    (kept.folder / "data" / "personal-data" / "SNV-CD.links.csv").write_text("Nguyễn Thị Thứ 1")
    (kept.folder / "words.km.yaml").write_text("{}")
    with open_archive(back_up().archive.path, "backup") as (found, _):
        inside = {name for name in found.files if not name.startswith("scans/")}
    assert inside == {
        DATABASE,
        "links.sealed",
        "campaign/campaign.yaml",
        "campaign/words.km.yaml",
        *(f"campaign/{name}.csv" for name in ("agencies", "quotas", "criteria")),
        *(f"campaign/questionnaires/{name}.yaml" for name in ("nguoi-dan", "cong-chuc")),
    }


def test_an_original_that_is_gone_is_told_and_the_rest_is_backed_up(kept, back_up):
    gone = next((kept.folder / "data" / "scans").iterdir())
    gone.unlink()
    done = back_up()
    assert done.missing == (gone.name,)
    assert check_backup(done.archive.path).manifest["missing"] == [gone.name]


def test_two_backups_of_a_campaign_at_once_are_refused_and_what_a_killed_one_left_goes(kept, back_up):
    place = kept.folder / "data" / "backup"
    (place / "making-killed").mkdir(parents=True)
    (place / "making-killed" / DATABASE).write_text("half")
    with hold_file(place / "lock", WorkFailed("busy")), pytest.raises(WorkFailed):
        back_up()
    back_up()
    assert [path.name for path in place.iterdir()] == ["lock"]


def test_the_half_file_of_a_backup_that_was_killed_goes_with_the_next_one(kept, back_up):
    first = back_up().archive.path
    half = first.with_name(f".{first.name}.0123456789abcdef.part")
    half.touch(mode=0o600)
    assert back_up().removed == (half,)
    assert not half.exists()
