"""Slips can be scanned and name nobody of an unlinked group; files are private and end with the people."""

from __future__ import annotations

import csv
import stat
import unicodedata

import pypdfium2
import pytest
import zxingcpp

from collector.letters.by_hand import ByHand, find_by_hand, write_merge_files, write_slip_files
from collector.people.erasure import erase_recipients, personal_folder
from forms.code import find_code
from forms.errors import NotFound

CELLS = [("SNV", "CD"), ("HL", "CC")]


@pytest.fixture
def people(room, invite):
    """Everybody who has not answered, by cell."""
    invite()
    return find_by_hand(room.store, room.campaign, CELLS, "lan", everybody=True)


def test_who_has_no_letter_or_got_it_back_is_reached_by_hand(room, invite, office):
    invite()
    office.say["RCPT", "cd1@vi-du.vn"] = ["550 5.1.1 nobody"]
    room.send()
    found = find_by_hand(room.store, room.campaign, CELLS, "lan")
    assert {named: len(listed) for named, listed in found.items()} == {("SNV", "CD"): 1, ("HL", "CC"): 1}
    assert found["HL", "CC"][0].name == "Lê Không Thư"


def test_nobody_is_said(room, store):
    with pytest.raises(NotFound):
        find_by_hand(store, room.campaign, CELLS, "lan")


def test_slips_are_scanned_and_bear_names_of_a_linked_group_alone(room, people):
    paths = write_slip_files(room.campaign, people, personal_folder(room.store))
    assert [path.name for path in paths] == ["-".join(named) + ".slips.pdf" for named in people]
    for named, path in zip(people, paths, strict=True):
        page = pypdfium2.PdfDocument(path)[0]
        codes = [find_code(found.text) for found in zxingcpp.read_barcodes(page.render(scale=2).to_pil())]
        assert {code.serial for code in codes} == {one.serial for one in people[named]}
        assert {code.address for code in codes} == {"HTTPS://KHAOSAT.VI-DU.GOV.VN"}
        words = "".join(page.get_textpage().get_text_bounded().split())
        shown = ["".join(one.name.split()) in words for one in people[named]]
        assert set(shown) == {named[1] == "CD"}
        assert "Hạ Long" not in words
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", [".csv", ".xlsx"])
def test_a_mail_merge_file_holds_each_person_with_their_link(room, people, kind):
    paths = write_merge_files(room.campaign, people, personal_folder(room.store), kind)
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    if kind == ".csv":
        for named, path in zip(people, paths, strict=True):
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            wanted = {(one.name, f"https://khaosat.vi-du.gov.vn/P/{one.serial}") for one in people[named]}
            assert {(row["name"], row["link"]) for row in rows} == wanted
            assert all(row["link"] in row["message"] for row in rows)


def test_a_merge_prints_numbers_and_names_as_they_are_and_works_nothing_out(room, tmp_path):
    telephone, formula = "+84 912 345 678", "=HYPERLINK(A1)"
    people = {CELLS[0]: [ByHand("0" * 16, "Nguyễn Văn A", telephone), ByHand("1" * 16, formula, "+A1+cmd|'/c'!A0")]}
    (path,) = write_merge_files(room.campaign, people, tmp_path, ".csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["name"], first["phone"]) == ("Nguyễn Văn A", telephone)
    for written, given in ((second["name"], formula), (second["phone"], "+A1+cmd|'/c'!A0")):
        assert written != given
        assert not written.startswith(("=", "+", "-", "@", "'"))
        assert [sign for sign in written if unicodedata.category(sign) != "Cf"] == list(given)


def test_erasing_the_people_removes_their_files(room, people):
    folder = personal_folder(room.store)
    paths = write_slip_files(room.campaign, people, folder)
    erase_recipients(room.store, room.campaign.settings, "lan", [CELLS[0]], early="thử")
    assert [path.exists() for path in paths] == [named != CELLS[0] for named in people]
    erase_recipients(room.store, room.campaign.settings, "lan", early="thử")
    assert list(folder.iterdir()) == []
