"""Draws from the store: the same for everybody, kept for good, and again only with a reason."""

from __future__ import annotations

import csv
import hashlib
import stat
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from collector.people.drawing import SizeRule, draw_people, drawn_cells, list_drawn, list_sizes
from collector.people.drawn_files import write_draws, write_frame, write_list
from collector.people.recipients import import_recipients
from collector.store.draws import list_draws
from collector.store.events import list_events
from collector.store.schema import recipient_draw, recipient_drawn
from forms.errors import InputWrong, NotFound

HEAD = "agency,group,name,email,phone\n"
CITIZENS = [f"SNV,CD,Người Thứ {n},,09{n:08d}\n" for n in range(60)]
OFFICIALS = [f"HL,CC,Công Chức {n},cc{n}@example.vn,\n" for n in range(6)]
SEED = "XSMB 18/03/2014: 48291"


@pytest.fixture(autouse=True)
def _keys_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def take_in(store, campaign, tmp_path):
    def take(rows):
        (tmp_path / "recipients.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
        import_recipients(store, campaign, None, "lan")

    return take


@pytest.fixture
def draw(store, campaign, take_in):
    """Draw in a store with 60 citizens of SNV (20 + 5) and 6 officials of HL (4 + 0)."""
    take_in(CITIZENS + OFFICIALS)

    def drawn(seed=SEED, rule=None, again=""):
        return draw_people(store, campaign, campaign.quotas, seed, rule or SizeRule(), "lan", again)

    return drawn


def names(store, campaign, cell=("SNV", "CD")):
    ((_, people),) = list_drawn(store, campaign, [cell], "lan")
    return [person.name for person in people]


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_each_cell_gets_its_target_and_its_reserves(draw):
    drawings = draw()
    assert [(d.draw.agency, d.draw.group, d.draw.frame, d.draw.size, d.draw.reserve) for d in drawings] == [
        ("SNV", "CD", 60, 20, 5),
        ("HL", "CC", 6, 4, 0),
    ]
    assert all(len(set(d.draw.people)) == d.draw.size + d.draw.reserve for d in drawings)


def test_the_list_holds_the_drawn_then_the_reserves_each_in_order(store, campaign, draw):
    draw()
    ((_, people),) = list_drawn(store, campaign, [("SNV", "CD")], "lan")
    assert [(person.order, person.is_reserve) for person in people] == [
        *((n, False) for n in range(1, 21)),
        *((n, True) for n in range(1, 6)),
    ]
    assert {person.name for person in people} <= {row.split(",")[2] for row in CITIZENS}
    assert all(person.phone.startswith("09") for person in people)


def test_an_auditor_draws_the_same_from_the_frame_and_the_seed_alone(store, draw, tmp_path):
    write_frame(store, tmp_path / "frame.csv")
    draw()
    write_draws(store, tmp_path / "draws.csv")
    frame, drawn = table(tmp_path / "frame.csv"), table(tmp_path / "draws.csv")
    for agency, group, size in (("SNV", "CD", 25), ("HL", "CC", 4)):
        ids = [row["id"] for row in frame if (row["agency"], row["group"]) == (agency, group)]
        ids.sort(key=lambda one: hashlib.sha256(f"{SEED}|{agency}|{group}|{one}".encode()).hexdigest())
        found = [row for row in drawn if row["agency"] == agency]
        assert [row["id"] for row in found] == ids[:size]
        digest = hashlib.sha256("".join(f"{one}\n" for one in sorted(ids)).encode()).hexdigest()
        assert {row["frame_sha256"] for row in found} == {digest}
    assert "Người" not in (tmp_path / "frame.csv").read_text(encoding="utf-8-sig")
    assert "Người" not in (tmp_path / "draws.csv").read_text(encoding="utf-8-sig")


def test_the_order_of_the_rows_in_the_file_makes_no_difference(store, campaign, take_in):
    """The same people come in from another file in another order, in two parts: the same people are drawn."""
    take_in(CITIZENS[30:][::-1])
    take_in(CITIZENS[:30] + CITIZENS[40:50])
    (drawing,) = draw_people(store, campaign, campaign.quotas, SEED, SizeRule(), "lan")
    with store.read() as conn:
        (kept,) = list_draws(conn)
    assert kept.people == drawing.draw.people
    first = names(store, campaign)
    take_in(CITIZENS)
    (again,) = draw_people(store, campaign, campaign.quotas, SEED, SizeRule(), "lan")
    assert not again.is_new
    assert names(store, campaign) == first


def test_the_same_draw_again_changes_nothing(store, draw):
    assert [drawing.is_new for drawing in draw()] == [True, True]
    assert [drawing.is_new for drawing in draw(f"  {SEED} ")] == [False, False]
    with store.read() as conn:
        assert len(list_draws(conn)) == 2


@pytest.mark.parametrize(("seed", "rule"), [("another", None), (SEED, SizeRule(size=21)), (SEED, SizeRule(reserve=6))])
def test_another_draw_is_refused_without_a_reason(store, draw, seed, rule):
    draw()
    with store.read() as conn:
        before = list_draws(conn)
    with pytest.raises(InputWrong):
        draw(seed, rule)
    with store.read() as conn:
        assert list_draws(conn) == before


def test_a_draw_again_is_kept_beside_the_first_with_its_reason(store, campaign, draw):
    draw()
    first = names(store, campaign)
    draw("another", again="danh sách cũ thiếu một phòng")
    with store.read() as conn:
        draws = [one for one in list_draws(conn) if one.agency == "SNV"]
        details = [event.detail for event in list_events(conn) if event.action == "recipients.draw"]
    assert [(one.round, one.seed, one.why) for one in draws] == [
        (1, SEED, None),
        (2, "another", "danh sách cũ thiếu một phòng"),
    ]
    assert details.count("round=2; danh sách cũ thiếu một phòng") == 2
    assert names(store, campaign) != first


def test_who_came_after_the_draw_is_not_in_it_and_a_draw_again_says_why(take_in, draw):
    draw()
    take_in(["SNV,CD,Người Đến Sau,,0987654321\n"])
    with pytest.raises(InputWrong):
        draw()
    assert [drawing.draw.frame for drawing in draw(again="bổ sung")] == [61, 6]


def test_one_refused_cell_refuses_all(store, campaign, take_in):
    take_in(CITIZENS)
    draw_people(store, campaign, campaign.quotas, SEED, SizeRule(), "lan")
    take_in(OFFICIALS)
    with pytest.raises(InputWrong):
        draw_people(store, campaign, campaign.quotas, "another", SizeRule(), "lan")
    assert drawn_cells(store, campaign.quotas) == [("SNV", "CD")]


@pytest.mark.parametrize("seed", ["", "   "])
def test_a_draw_needs_a_seed(draw, seed):
    with pytest.raises(InputWrong, match="--seed"):
        draw(seed)


def test_a_draw_needs_people(store, campaign):
    with pytest.raises(InputWrong):
        draw_people(store, campaign, campaign.quotas, SEED, SizeRule(), "lan")
    with pytest.raises(NotFound):
        list_drawn(store, campaign, [("SNV", "CD")], "lan")


def test_sizes_follow_the_formula_the_rule_and_the_people_there_are(store, campaign, draw):
    sizes = {(size.agency, size.group): size for size in list_sizes(store, campaign.quotas)}
    assert (sizes["SNV", "CD"].people, sizes["SNV", "CD"].sipas, sizes["SNV", "CD"].drawn) == (60, 53, 0)
    assert (sizes["HL", "CD"].people, sizes["HL", "CD"].sipas) == (0, 0)
    quota = next(quota for quota in campaign.quotas if quota.agency == "SNV")
    assert SizeRule().of(quota, 60) == (20, 5)
    assert SizeRule().of(quota, 22) == (20, 2)
    assert SizeRule().of(quota, 7) == (7, 0)
    assert SizeRule(margin=Decimal("0.05")).of(quota, 1000) == (286, 5)
    assert SizeRule(size=30, reserve=0).of(quota, 60) == (30, 0)


def test_lists_are_written_for_their_owner_alone_and_noted(store, campaign, draw, tmp_path):
    draw()
    ((drawn, people),) = list_drawn(store, campaign, [("SNV", "CD")], "lan")
    for ending in (".csv", ".xlsx", ".pdf"):
        path = tmp_path / f"list{ending}"
        write_list(store, campaign, drawn, people, path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = table(tmp_path / "list.csv")
    assert [row["name"] for row in rows] == [person.name for person in people]
    assert [row["reserve"] for row in rows] == ["0"] * 20 + ["1"] * 5
    with CalamineWorkbook.from_path(str(tmp_path / "list.xlsx")) as workbook:
        assert [line[2] for line in workbook.get_sheet_by_index(0).to_python()[1:]] == [row["name"] for row in rows]
    with store.read() as conn:
        event = list_events(conn)[-1]
    assert (event.action, event.subject) == ("recipients.list", "SNV/CD")
    with pytest.raises(InputWrong):
        write_list(store, campaign, drawn, people, tmp_path / "list.doc")


def test_what_somebody_wrote_is_no_formula_in_a_spreadsheet(store, campaign, take_in, tmp_path):
    take_in(["SNV,CD,Lan,+84@example.vn,\n"])
    draw_people(store, campaign, campaign.quotas, SEED, SizeRule(), "lan")
    ((drawn, people),) = list_drawn(store, campaign, [("SNV", "CD")], "lan")
    write_list(store, campaign, drawn, people, tmp_path / "list.csv")
    assert table(tmp_path / "list.csv")[0]["email"] == "'+84@example.vn"


def refused(store, statement, error=IntegrityError):
    with pytest.raises(error), store.write() as conn:
        conn.execute(statement)


def test_the_database_keeps_draws_as_they_were_made(store, draw):
    draw()
    for log in (recipient_draw, recipient_drawn):
        refused(store, delete(log), DBAPIError)
        refused(store, update(log).values(id=99), DBAPIError)
    with store.read() as conn:
        line = dict(conn.execute(select(recipient_draw).limit(1)).one()._mapping) | {"id": 99}
        place = dict(conn.execute(select(recipient_drawn).limit(1)).one()._mapping) | {"id": 999}
    refused(store, insert(recipient_draw).values(line))
    refused(store, insert(recipient_draw).values(line | {"round": 2}))
    refused(store, insert(recipient_draw).values(line | {"round": 2, "why": "lại", "size": 61}))
    refused(store, insert(recipient_drawn).values(place | {"place": 99}))
    refused(store, insert(recipient_drawn).values(place | {"recipient": 1}))
