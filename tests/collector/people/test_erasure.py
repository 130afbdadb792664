"""The end of the list of people: due on its day, gone from the disk, and its key with it."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from collector import settings
from collector.people.drawing import SizeRule, draw_people
from collector.people.erasure import change_key, destroy_old_keys, erase_day, erase_recipients, find_due
from collector.people.recipients import import_recipients
from collector.people.sealed import find_keys, unseal_person
from collector.settings import keys_folder
from collector.store.draws import list_draws
from collector.store.events import list_events
from collector.store.recipients import count_people, find_key_names, find_marks, list_people
from forms.campaign import RecipientRules
from forms.errors import InputWrong, WorkFailed

LIST = "agency,group,name,phone\n" + "".join(f"HL,CD,Nguyễn Thị {n},09{n:08d}\n" for n in range(5))
OTHER = "SNV,CD,Trần Văn Minh,0987654321\n"
DAY = datetime.date(2030, 6, 30)


def noon(day):
    return datetime.datetime.combine(day, datetime.time(12), datetime.UTC)


AFTER = noon(DAY + datetime.timedelta(days=1))


@pytest.fixture(autouse=True)
def _keys_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def dated(campaign):
    settings = campaign.settings.model_copy(update={"recipients": RecipientRules(erase_after=DAY)})
    return replace(campaign, settings=settings)


@pytest.fixture
def listed(store, dated, tmp_path):
    """A store with five people of one cell and one of another."""
    (tmp_path / "recipients.csv").write_text(LIST + OTHER, encoding="utf-8")
    import_recipients(store, dated, None, "lan")
    return store


def people(store):
    with store.read() as conn:
        return count_people(conn)


def test_the_list_is_due_the_day_after_its_date(listed, dated):
    assert erase_day(listed, dated.settings) == DAY
    assert find_due(listed, dated.settings, noon(DAY)) is None
    assert "30/6/2030" in find_due(listed, dated.settings, AFTER)


def test_without_a_date_it_is_a_year(listed, campaign):
    day = erase_day(listed, campaign.settings)
    assert abs((day - datetime.date.today()).days - 365) <= 1


def test_nothing_is_due_where_nobody_is_kept(store, dated):
    assert erase_day(store, dated.settings) is None
    assert find_due(store, dated.settings, AFTER) is None
    assert erase_recipients(store, dated.settings, "lan", now=AFTER) == 0


def test_nobody_is_erased_before_the_day_without_a_reason(listed, dated):
    with pytest.raises(InputWrong, match="30/6/2030"):
        erase_recipients(listed, dated.settings, "lan", now=noon(DAY))
    assert people(listed) == 6
    assert erase_recipients(listed, dated.settings, "lan", early="nhập nhầm", now=noon(DAY)) == 6
    with listed.read() as conn:
        assert list_events(conn)[-1].detail == "people=6; nhập nhầm"


def test_erasing_destroys_rows_marks_and_keys(listed, dated):
    assert erase_recipients(listed, dated.settings, "lan", now=AFTER) == 6
    with listed.read() as conn:
        assert (list_people(conn), find_marks(conn), find_key_names(conn)) == ([], {}, None)
    assert list(keys_folder(dated.settings.id).iterdir()) == []


def is_on_disk(store, sealed):
    """Whether the beginning of a sealed row lies in a file of SQLite; on PostgreSQL whether the table has a page."""
    if store.engine.dialect.name == "postgresql":
        with store.read() as conn:
            return conn.scalar(sql("SELECT pg_relation_size('recipient')")) > 0
    files = [path for path in (store.folder / "data").iterdir() if path.is_file()]
    return any(sealed[:16] in path.read_bytes() for path in files)


def test_what_was_sealed_is_gone_from_the_files_of_the_database(listed, dated):
    with listed.read() as conn:
        sealed = [row.sealed for row in list_people(conn)]
    assert all(is_on_disk(listed, row) for row in sealed)
    erase_recipients(listed, dated.settings, "lan", now=AFTER)
    assert not any(is_on_disk(listed, row) for row in sealed)


def test_one_cell_is_erased_alone_and_the_keys_stay(listed, dated):
    assert erase_recipients(listed, dated.settings, "lan", [("HL", "CD")], now=AFTER) == 5
    with listed.read() as conn:
        (row,) = list_people(conn)
        assert unseal_person(find_keys(conn, dated.settings.id), row).name == "Trần Văn Minh"


def test_people_can_be_erased_though_their_key_is_lost(listed, dated):
    for path in keys_folder(dated.settings.id).iterdir():
        path.unlink()
    assert erase_recipients(listed, dated.settings, "lan", now=AFTER) == 6


def test_a_draw_outlives_the_people_and_names_nobody(listed, dated):
    draw_people(listed, dated, dated.quotas, "hạt giống", SizeRule(), "lan")
    with listed.read() as conn:
        before = list_draws(conn)
    erase_recipients(listed, dated.settings, "lan", now=AFTER)
    with listed.read() as conn:
        assert list_draws(conn) == before


def test_a_new_key_opens_everything_and_the_old_one_is_destroyed(listed, dated):
    with listed.read() as conn:
        old = find_keys(conn, dated.settings.id)
        before = {row.id: unseal_person(old, row) for row in list_people(conn)}
        marks = find_marks(conn)
    assert change_key(listed, dated.settings, "lan") == 6
    with listed.read() as conn:
        new = find_keys(conn, dated.settings.id)
        rows = list_people(conn)
        assert {row.id: unseal_person(new, row) for row in rows} == before
        assert find_marks(conn) == marks
    assert new.seal_name != old.seal_name
    with pytest.raises(WorkFailed):
        unseal_person(old, rows[0])
    assert {path.name for path in keys_folder(dated.settings.id).iterdir()} == {
        f"contacts-{new.seal_name}",
        f"contacts-{new.mark_name}",
    }


class CutOff(BaseException):
    """A process that ends in the middle of its work."""


def cut_off(*_, **__):
    raise CutOff


def test_a_change_of_the_key_that_was_cut_off_is_finished_by_the_next_who_comes(listed, dated, monkeypatch):
    with listed.read() as conn:
        old = find_key_names(conn)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", cut_off)
        patch.setattr(settings, "_write_key", lambda path, key: path.write_bytes(key))  # which unlinks too
        with pytest.raises(CutOff):
            change_key(listed, dated.settings, "lan")
    with listed.read() as conn:
        new = find_key_names(conn)
        assert unseal_person(find_keys(conn, dated.settings.id), list_people(conn)[0]).name
    assert new != old
    destroy_old_keys(listed, dated.settings)
    assert {path.name for path in keys_folder(dated.settings.id).iterdir()} == {f"contacts-{name}" for name in new}


def test_the_second_name_of_a_key_whose_writer_was_cut_off_goes_with_it(listed, dated):
    folder = keys_folder(dated.settings.id)
    for path in list(folder.iterdir()):
        (folder / f".{path.name}.0123456789abcdef").hardlink_to(path)
    erase_recipients(listed, dated.settings, "lan", now=AFTER)
    assert list(folder.iterdir()) == []
