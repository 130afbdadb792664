"""The recheck's draw: by a seed committed beforehand, the same for whoever repeats it, once and for good."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from collector.people.recipients import import_recipients
from collector.recheck.drawing import commit, draw_rechecks, list_drawn
from collector.recheck.files import write_draws, write_frame
from collector.store.events import list_events
from collector.store.rechecks import list_units
from collector.store.schema import recheck_contact, recheck_draw, recheck_place
from forms.errors import InputWrong
from forms.recheck import commit_seed
from forms.tables import read_table

SEED = "XSMB 18/03/2014: 48291"  # the one that the fixture commits


def test_a_seed_that_was_not_committed_draws_nothing(store, campaign, answered, stubs):
    stubs(answered)
    with pytest.raises(InputWrong, match=commit_seed(SEED)):
        draw_rechecks(store, campaign, "XSMB 19/03/2014: 11111", "lan")
    assert list_drawn(store) == []


def test_nothing_is_drawn_without_a_commitment(store, campaign, desk):
    with pytest.raises(InputWrong, match="commit"):
        draw_rechecks(store, campaign, SEED, "lan")


def test_a_commitment_after_the_first_answer_gives_its_reason(store, desk):
    desk.post(desk.serials()[0], q1="1")
    with pytest.raises(InputWrong, match="--why"):
        commit(store, SEED, "", "lan")
    late = commit(store, SEED, "", "lan", "quên")
    assert (late.answers, late.why) == (1, "quên")


def test_a_short_seed_and_a_second_commitment_are_refused(store):
    with pytest.raises(InputWrong, match="16"):
        commit(store, "12345", "", "lan")
    commit(store, "", commit_seed(SEED), "thanh tra")
    with pytest.raises(InputWrong, match="--why"):
        commit(store, "another seed, long enough", "", "lan")
    assert commit(store, "another seed, long enough", "", "lan", "mất chuỗi").round == 2


def test_the_seed_itself_is_in_no_log_before_the_draw(store, committed):
    with store.read() as conn:
        assert SEED not in str(list_events(conn))
    assert committed.commitment == hashlib.sha256(SEED.encode()).hexdigest()


def test_an_auditor_draws_the_same_from_the_export(store, rechecked, tmp_path):
    write_frame(store, tmp_path / "frame.csv")
    write_draws(store, tmp_path / "draws.csv")
    frame, _ = read_table(tmp_path / "frame.csv", "frame", ("agency", "group", "unit"), ())
    ours, _ = read_table(tmp_path / "draws.csv", "draws", ("agency", "place", "unit", "open", "seed"), ())
    seed = ours[0].get("seed")
    by_hand = sorted(
        (row.get("unit") for row in frame),
        key=lambda unit: hashlib.sha256(f"{seed}|SNV|{unit}".encode()).hexdigest(),
    )
    assert [row.get("unit") for row in ours] == by_hand
    assert [row.get("open") for row in ours] == ["1"] * 6 + ["0"] * 6
    assert len(set(by_hand)) == 12 == rechecked.frame


def test_more_are_called_where_quality_flagged_an_agency(store, campaign, answered, stubs):
    stubs(answered)
    (one,) = draw_rechecks(store, campaign, SEED, "lan", flagged={"SNV": "nhiều phiếu giống hệt"})
    assert (one.draw.size, one.open, one.draw.flagged) == (8, 8, "nhiều phiếu giống hệt")


def test_drawing_again_changes_nothing(store, campaign, rechecked, desk, stubs):
    desk.post(desk.serials("SNV")[12], q1="1")
    stubs(["SNV-CD-013"])
    (again,) = draw_rechecks(store, campaign, SEED, "lan")
    assert again.draw == rechecked
    assert not again.is_new


def test_unknown_agencies_are_all_told(store, campaign, answered, stubs):
    stubs(answered)
    with pytest.raises(InputWrong) as error:
        draw_rechecks(store, campaign, SEED, "lan", ["XYZ"], {"ABC": "?"})
    assert [problem.where for problem in error.value.problems] == ["XYZ", "ABC"]


def test_where_no_sheet_has_a_contact_people_of_the_list_are_called(store, campaign, committed, desk, tmp_path):
    people = "agency,group,name,phone\n" + "".join(f"HL,CC,Người {n},091234567{n}\n" for n in range(4))
    (tmp_path / "recipients.csv").write_text(people, encoding="utf-8")
    import_recipients(store, campaign, None, "lan")
    (one,) = draw_rechecks(store, campaign, SEED, "lan")
    assert one.draw.agency == "HL"
    assert one.draw.size == one.draw.frame == 4
    assert all(place.sheet is None and place.recipient for place in one.draw.places)


def test_a_sheet_without_an_answer_is_not_in_the_frame(store, answered, stubs):
    stubs([*answered, "SNV-CD-013"])
    with store.read() as conn:
        assert len(list_units(conn)["SNV"]) == 12


def test_the_database_draws_no_sheet_of_an_unlinked_group(store, desk, rechecked):
    with store.read() as conn:
        place = conn.execute(recheck_place.select()).first()
        draw = conn.execute(recheck_draw.select()).first()
        cell, key = conn.exec_driver_sql("SELECT cell, id FROM sheet WHERE number = 'HL-CC-001'").one()
    values = {"recheck_draw": draw.id, "place": 99, "unit": "x", "cell": cell, "sheet": key}
    with pytest.raises(IntegrityError, match="unlinked"), store.write() as conn:
        conn.execute(insert(recheck_place).values(values))
    contact = {"sheet": key, "at": draw.at, "source": "stub", "key": "k", "sealed": b""}
    with pytest.raises(IntegrityError, match="unlinked"), store.write() as conn:
        conn.execute(insert(recheck_contact).values(contact))
    again = {"recheck_draw": draw.id, "place": 99, "unit": "x", "cell": place.cell, "sheet": place.sheet}
    with pytest.raises(IntegrityError), store.write() as conn:
        conn.execute(insert(recheck_place).values(again))
