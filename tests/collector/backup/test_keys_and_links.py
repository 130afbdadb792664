"""Who has a backup has no names; who has it and a later store cannot join people to answers; keys are asked after."""

from __future__ import annotations

import sqlite3
import stat
import zipfile

import pytest
from sqlalchemy import select

from collector.backup.making import DATABASE, LINKS
from collector.backup.restoring import restore_backup
from collector.letters.background import find_sender, start_sending
from collector.opening import open_campaign
from collector.people.contact_keys import remove_contact_keys
from collector.people.erasure import erase_recipients
from collector.people.sealed import find_keys, unseal_person
from collector.settings import keys_folder, load_key
from collector.store.invitations import list_invitations
from collector.store.recipients import find_key_names, list_people
from collector.store.schema import invitation, invitation_sheet
from forms.errors import InputWrong, WorkFailed
from tests.collector.conftest import NOW

PRIVATE = ("Nguyễn Thị Thứ 1", "cd1@vi-du.vn", "0900000001", "Lê Không Thư")


def unpacked(path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read_names(store, campaign) -> list[str]:
    with store.read() as conn:
        keys = find_keys(conn, campaign.settings.id)
        assert keys is not None
        return [unseal_person(keys, row).name for row in list_people(conn)]


def links_of(store) -> list[tuple[int, int]]:
    with store.read() as conn:
        query = select(invitation_sheet).join(invitation, invitation.c.id == invitation_sheet.c.invitation)
        return sorted((row.invitation, row.sheet) for row in conn.execute(query.where(~invitation.c.linked)))


@pytest.fixture
def lost_keys(campaign, tmp_path, monkeypatch):
    """Another machine, which has no keys."""

    def go() -> None:
        monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "other-keys"))

    return go


def test_a_backup_without_keys_has_no_name_and_no_key(back_up, campaign):
    keys = [path.read_bytes() for path in keys_folder(campaign.settings.id).iterdir()]
    assert len(keys) >= 2
    content = b"".join(unpacked(back_up().archive.path).values())
    for part in PRIVATE:
        assert part.encode() not in content
    for key in keys:
        assert key not in content
        assert key.hex().encode() not in content


def test_no_link_of_an_unlinked_person_lies_open_in_a_backup(kept, back_up, tmp_path):
    links = links_of(kept)
    assert len(links) == 3  # one of four has answered: that link is gone for good
    files = unpacked(back_up().archive.path)
    (tmp_path / "db").write_bytes(files[DATABASE])
    with sqlite3.connect(tmp_path / "db") as conn:
        found = conn.execute("SELECT s.invitation FROM invitation_sheet s JOIN invitation i ON i.id = s.invitation"
                             " WHERE NOT i.linked").fetchall()  # fmt: skip
        assert found == []
    for (
        one,
        _,
    ) in links:  # a random key of 63 bits, as SQLite writes it: in the invitation and its letter, no third time
        assert files[DATABASE].count(one.to_bytes(8)) <= _places_of(tmp_path / "db", one)


def _places_of(path, key: int) -> int:
    """How often a key stands in living rows and indexes: the invitation, and its letter with two indexes."""
    with sqlite3.connect(path) as conn:
        (letters,) = conn.execute("SELECT count(*) FROM letter WHERE invitation = ?", (key,)).fetchone()
    return 3 + 3 * letters


def test_links_come_back_with_their_key_and_who_has_answered_stays_known(kept, back_up, tmp_path):
    with kept.read() as conn:
        before = list_invitations(conn)
    restore_backup(back_up().archive.path, tmp_path / "moi", "minh")
    again = open_campaign(tmp_path / "moi")[1]
    assert links_of(again) == links_of(kept)
    with again.read() as conn:
        assert list_invitations(conn) == before
    again.close()


def test_once_the_list_is_erased_no_backup_leads_from_a_person_to_a_sheet(kept, back_up, writing, tmp_path):
    path = back_up().archive.path
    erase_recipients(kept, writing.settings, "lan", early="hết đợt")
    with pytest.raises(WorkFailed, match="contacts-"):
        restore_backup(path, tmp_path / "moi", "minh")
    assert not (tmp_path / "moi").exists()
    restored = restore_backup(path, tmp_path / "moi", "minh", without_links=True)
    assert len(restored.lost) == 2
    again = open_campaign(tmp_path / "moi")[1]
    assert links_of(again) == []
    with pytest.raises(WorkFailed):
        read_names(again, writing)
    assert b"links" not in b"".join(path.name.encode() for path in (tmp_path / "moi" / "data").iterdir())
    again.close()


def test_where_the_key_is_lost_the_rest_is_backed_up_and_no_link_lies_open(kept, back_up, lost_keys, tmp_path):
    lost_keys()
    path = back_up().archive.path
    assert LINKS not in unpacked(path)
    with pytest.raises(WorkFailed):
        restore_backup(path, tmp_path / "moi", "minh")
    restore_backup(path, tmp_path / "moi", "minh", without_links=True)
    again = open_campaign(tmp_path / "moi")[1]
    assert links_of(again) == []
    again.close()


def test_keys_of_a_file_of_their_own_come_back_and_open_the_list(kept, back_up, lost_keys, writing, tmp_path):
    keys_file = tmp_path / "usb" / "khoa.zip"
    load_key(writing.settings.id, "receipts")
    done = back_up(keys_out=keys_file)
    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o600
    assert LINKS in unpacked(done.archive.path)
    assert not any(name.startswith("keys/") for name in unpacked(done.archive.path))
    assert [name for name in unpacked(keys_file) if name.startswith("keys/receipts")]
    lost_keys()
    restored = restore_backup(done.archive.path, tmp_path / "moi", "minh", keys_file)
    assert (restored.lost, restored.other) == ((), ())
    again = open_campaign(tmp_path / "moi")[1]
    assert len(read_names(again, writing)) == 10
    assert len(links_of(again)) == 3
    again.close()


def test_keys_in_the_backup_itself_come_back_too_and_lie_outside_the_folder(back_up, lost_keys, writing, tmp_path):
    done = back_up(with_keys=True)
    lost_keys()
    restored = restore_backup(done.archive.path, tmp_path / "moi", "minh")
    assert restored.lost == ()
    assert len(list(keys_folder(writing.settings.id).iterdir())) >= 2
    assert not [path for path in (tmp_path / "moi").rglob("*") if "contacts-" in path.name]


def test_letters_do_not_leave_by_themselves_from_a_restored_store(kept, back_up, room, tmp_path):
    start_sending(kept, room.campaign, "lan")
    restored = restore_backup(back_up().archive.path, tmp_path / "moi", "minh")
    assert restored.waiting == 9
    again = open_campaign(tmp_path / "moi")[1]
    with again.read() as conn:
        assert find_sender(conn) == ""
    again.close()


def test_a_key_that_is_missing_and_one_that_is_another_are_told_by_name(back_up, kept, writing, lost_keys, tmp_path):
    erase_recipients(kept, writing.settings, "lan", early="hết đợt")
    for name in ("receipts", "web"):
        load_key(writing.settings.id, name)
    path = back_up().archive.path
    lost_keys()
    load_key(writing.settings.id, "web")
    restored = restore_backup(path, tmp_path / "moi", "minh", now=NOW)
    assert (restored.lost, restored.other) == (("receipts",), ("web",))


def test_keys_that_would_replace_others_are_refused_before_anything_is_written(back_up, writing, lost_keys, tmp_path):
    load_key(writing.settings.id, "receipts")
    path = back_up(with_keys=True).archive.path
    lost_keys()
    mine = load_key(writing.settings.id, "receipts")
    with pytest.raises(InputWrong, match="receipts"):
        restore_backup(path, tmp_path / "moi", "minh")
    assert load_key(writing.settings.id, "receipts") == mine
    assert [one.name for one in keys_folder(writing.settings.id).iterdir()] == ["receipts"]
    assert not (tmp_path / "moi").exists()


def test_another_campaigns_keys_are_refused(back_up, kept, writing, tmp_path):
    path = back_up(keys_out=tmp_path / "khoa.zip").archive.path
    with kept.read() as conn:
        names = find_key_names(conn)
    remove_contact_keys(writing.settings.id, *names)
    with pytest.raises(InputWrong):
        restore_backup(path, tmp_path / "moi", "minh", path)  # a backup is no file of keys
