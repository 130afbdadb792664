"""How the people of sheets are reached: sealed, linked groups only, shown to nobody but whoever calls them."""

from __future__ import annotations

import stat

import pytest
from python_calamine import CalamineWorkbook

from collector.people.erasure import change_key, erase_day, erase_recipients
from collector.people.recipients import import_recipients
from collector.recheck.contacts import import_contacts, list_callers
from collector.recheck.drawing import draw_rechecks
from collector.recheck.files import write_callers
from collector.recheck.recording import list_question_codes, record_calls
from collector.recheck.result_form import write_form
from collector.store.events import list_events
from collector.store.recheck_contacts import list_contacts
from forms.errors import InputWrong, NotFound
from forms.grids import read_grids
from forms.recheck_tables import read_results

SEED = "XSMB 18/03/2014: 48291"  # the one that the fixture commits
LIST = "agency,group,name,phone,procedure,file_code\nSNV,CD,Nguyễn Thị Lan,0912345678,Cấp phép xây dựng,HS-0001\n"


@pytest.fixture
def take(store, campaign, tmp_path):
    """Import contacts from a file of these words."""

    def put(content):
        (tmp_path / "stubs.csv").write_text(content, encoding="utf-8")
        return import_contacts(store, campaign, tmp_path / "stubs.csv", "lan")

    return put


def test_the_file_is_gone_and_nothing_of_it_stands_open_in_the_store(take, store, tmp_path):
    assert take("Số phiếu,Điện thoại,Họ tên\nSNV-CD-001,0912 345 678,Nguyễn Thị Lan\n") == 1
    assert not (tmp_path / "stubs.csv").exists()
    with store.read() as conn:
        (kept,) = list_contacts(conn)
        log = str(list_events(conn))
    assert kept.source == "stub"
    for word in ("Lan", "0912345678"):
        assert word not in repr(kept) + log
        assert word.encode() not in kept.sealed


def test_every_problem_is_told_with_its_row_and_repeats_nothing_private(take, store):
    with pytest.raises(InputWrong) as error:
        take(
            "sheet,phone,file_code\nSNV-CD-001,0987654321,\nSNV-CD-001,0987654322,\nSNV-CD-002,12,\n"
            "XXX-CD-001,0987654321,\nHL-CC-001,0987654321,\nSNV-CD-003,,HS-9999\nSNV-CD-004,,\n,0987654321,\n"
        )
    rows = [problem.where for problem in error.value.problems]
    assert sorted(rows) == [f"stubs.csv:{row}" for row in (3, 4, 5, 6, 7, 8, 9)]
    assert "98765" not in str(error.value)
    with store.read() as conn:
        assert list_contacts(conn) == []


def test_a_file_code_finds_the_person_of_the_list(take, store, campaign, answered, tmp_path):
    (tmp_path / "recipients.csv").write_text(LIST, encoding="utf-8")
    import_recipients(store, campaign, None, "lan")
    take("sheet,file_code\nSNV-CD-002,hs-0001\n")
    draw_rechecks(store, campaign, SEED, "thanh tra")
    (caller,) = list_callers(store, campaign, [], "minh")
    assert (caller.sheet, caller.name, caller.phone, caller.procedure) == (
        "SNV-CD-002",
        "Nguyễn Thị Lan",
        "0912345678",
        "Cấp phép xây dựng",
    )


def test_the_list_holds_no_answer_and_the_form_no_name(store, campaign, rechecked, tmp_path):
    callers = list_callers(store, campaign, ["SNV"], "minh")
    assert [caller.call for caller in callers] == [f"SNV-{place:02d}" for place in range(1, 7)]
    for ending in ("csv", "xlsx"):
        out, form = tmp_path / f"calls.{ending}", tmp_path / f"form.{ending}"
        write_callers(callers, out)
        write_form(campaign, callers, form)
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        heads, *rows = (cells for _, cells in read_grids(out)[0])
        assert len(rows) == 6
        assert all("Người" in " ".join(row) for row in rows)
        assert not {"q2", "q4"} & set(heads)
        heads, *rows = (cells for _, cells in read_grids(form)[0])
        assert {"q2", "q4"} <= set(heads)
        assert "Người" not in str(rows)
        assert "0912" not in str(rows)
    with store.read() as conn:
        assert [event.who for event in list_events(conn) if event.action == "recheck.calls"] == ["minh"]


def test_the_form_tells_the_caller_what_to_ask_and_is_read_as_it_was_written(store, campaign, rechecked, tmp_path):
    callers = list_callers(store, campaign, ["SNV"], "minh")
    write_form(campaign, callers, tmp_path / "form.xlsx")
    with CalamineWorkbook.from_path(tmp_path / "form.xlsx") as book:
        asked = book.get_sheet_by_index(1).to_python()
    assert asked[1][:2] == ["q2", "Thái độ"]
    assert "Mức 5" in asked[1][2]
    rows, problems = read_results(tmp_path / "form.xlsx", list_question_codes(campaign))
    assert rows == []
    assert len(problems) == 1  # nothing is filled in yet


def test_the_next_list_holds_the_reserve_that_was_opened(store, campaign, rechecked, row):
    record_calls(store, campaign, [row(1), row(2, "wrong_number")], [], "minh")
    callers = list_callers(store, campaign, [], "minh")
    assert [(caller.call, caller.is_reserve) for caller in callers] == [
        *((f"SNV-{place:02d}", False) for place in range(3, 7)),
        ("SNV-07", True),
    ]


def test_contacts_are_sealed_anew_and_erased_with_the_list(store, campaign, rechecked, tmp_path):
    assert erase_day(store, campaign.settings) is not None
    before = list_callers(store, campaign, [], "minh")
    assert change_key(store, campaign.settings, "lan") == 12
    assert list_callers(store, campaign, [], "minh") == before
    assert erase_recipients(store, campaign.settings, "lan", [("HL", "CD")], early="thử") == 0
    assert erase_recipients(store, campaign.settings, "lan", early="thử") == 12
    assert erase_day(store, campaign.settings) is None
    assert not list((tmp_path / "keys" / campaign.settings.id).glob("contacts*"))
    with pytest.raises(NotFound, match="SNV-01"):
        list_callers(store, campaign, [], "minh")


def test_a_contact_given_again_takes_the_place_of_the_old_one(take, store, campaign, rechecked):
    number = rechecked.places[0].number
    take(f"sheet,phone,name\n{number},0988888888,Tên Mới\n")
    assert list_callers(store, campaign, [], "minh")[0].phone == "0988888888"
