"""From answers to a draw, calls, a report, sheets that do not count, and back again: the score follows."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from sqlalchemy import Engine, event, insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from collector.recheck.comparing import make_report, write_report
from collector.recheck.deciding import apply_proposals, list_made, list_proposals, undo
from collector.recheck.recording import record_calls
from collector.reports.scores import write_answers, write_scores
from collector.store.events import list_events
from collector.store.quota import quota_rows
from collector.store.schema import recheck_decision
from forms.errors import InputWrong
from forms.recheck import RecheckRules, VoidRules
from forms.tables import read_table

NOW = datetime.datetime(2014, 4, 20, 8, 0, tzinfo=datetime.UTC)
RULES = VoidRules(sheet=1, collector=2, agency=3)


@pytest.fixture
def points(store, campaign, tmp_path):
    """The survey points of SNV and its valid sheets, scored now."""

    def read():
        write_scores(store, campaign, tmp_path / "scores")
        rows, _ = read_table(tmp_path / "scores" / "totals.csv", "totals", ("agency",), ("survey_points", "n_valid"))
        return next((row.get("survey_points"), row.get("n_valid")) for row in rows if row.get("agency") == "SNV")

    return read


@pytest.fixture
def record(store, campaign, rechecked):
    def put(*rows):
        return record_calls(store, campaign, rows, [], "lan")

    return put


def test_a_decision_made_while_the_report_is_written_stands_in_none_of_it(store, campaign, record, row):
    record(row(1, answers={"q2": "4", "q4": "4"}), row(2, "forged"))
    (proposal,) = list_proposals(store, VoidRules())
    before = make_report(store, campaign, NOW)
    decided = []

    def decide(_conn, _cursor, statement, *_):
        if not decided and statement.startswith("SELECT"):  # after the first thing that the report reads
            decided.append(proposal.name)
            apply_proposals(store, VoidRules(), decided, "giám đốc", "QĐ 12")

    event.listen(Engine, "after_cursor_execute", decide)
    try:
        meanwhile = make_report(store, campaign, NOW)
    finally:
        event.remove(Engine, "after_cursor_execute", decide)
    assert decided
    assert meanwhile == before
    assert make_report(store, campaign, NOW) != before


@pytest.mark.slow
def test_the_whole_path_from_answers_to_an_undone_decision(store, campaign, record, row, points, rechecked, tmp_path):
    before = points()
    assert before[1] == "12"
    record(row(1, answers={"q2": "4", "q4": "4"}), row(2, "forged"), row(3, answers={"q2": "5"}))
    (proposal,) = list_proposals(store, VoidRules())
    number = rechecked.places[1].number
    assert (proposal.name, proposal.forged, len(proposal.fresh)) == (f"sheet:{number}", 1, 1)
    assert points() == before  # a finding alone changes nothing: a person decides
    (made,) = apply_proposals(store, VoidRules(), [proposal.name], "giám đốc", "QĐ 12")
    after = points()
    assert after[1] == "11"
    assert after[0] != before[0]
    write_answers(store, tmp_path / "out")
    assert rechecked.places[1].unit not in (tmp_path / "out" / "answers.csv").read_text(encoding="utf-8-sig")
    with store.read() as conn:
        cell = next(cell for cell in quota_rows(conn) if cell.agency == "SNV")
    assert (cell.accepted, cell.struck) == (12, 1)  # its place stays taken, for it may come back
    assert list_proposals(store, VoidRules()) == []
    found = write_report(store, campaign, tmp_path / "report")
    assert dataclasses.astuple(found) == (1, 3, 3, 1)
    page = (tmp_path / "report" / "recheck.html").read_text(encoding="utf-8")
    assert number in page
    assert "QĐ 12" in page
    undo(store, made.id, "giám đốc", "QĐ 15")
    assert points() == before
    assert list_made(store)[0].undone is not None
    with store.read() as conn:
        actions = [one.action for one in list_events(conn)]
    assert actions[-2:] == ["recheck.apply", "recheck.undo"]


def test_two_forgeries_let_a_person_strike_a_collectors_sheets_and_three_an_agencys(store, record, row, points):
    record(row(1, "forged"), row(2, "forged"))
    assert {one.name for one in list_proposals(store, RULES) if one.scope != "sheet"} == {"collector:SNV/SNV"}
    record(row(3, "forged"))
    names = {one.name: len(one.fresh) for one in list_proposals(store, RULES)}
    assert names["agency:SNV"] == names["collector:SNV/SNV"] == 12
    apply_proposals(store, RULES, ["agency:SNV"], "giám đốc", "QĐ 12")
    assert points() == ("", "0")


def test_a_sheet_that_two_decisions_strike_counts_once_both_are_undone(store, record, row, points):
    record(row(1, "forged"), row(2, "forged"))
    sheet = next(one.name for one in list_proposals(store, RULES) if one.scope == "sheet")
    first, second = apply_proposals(store, RULES, [sheet, "collector:SNV/SNV"], "giám đốc", "QĐ 12")
    undo(store, second.id, "giám đốc", "QĐ 13")
    assert points()[1] == "11"
    undo(store, first.id, "giám đốc", "QĐ 14")
    assert points()[1] == "12"


def test_what_the_rule_does_not_propose_or_has_no_reason_is_refused(store, record, row):
    record(row(1, "denies"))
    with pytest.raises(InputWrong) as error:
        apply_proposals(store, RULES, ["agency:SNV"], "giám đốc", "")
    assert [problem.where for problem in error.value.problems] == ["--why", "agency:SNV"]
    with pytest.raises(InputWrong):
        undo(store, 7, "giám đốc", "QĐ")


def test_a_decision_is_undone_once_and_an_undoing_never(store, record, row):
    record(row(1, "forged"))
    name = list_proposals(store, RULES)[0].name
    (made,) = apply_proposals(store, RULES, [name], "giám đốc", "QĐ 12")
    undo(store, made.id, "giám đốc", "QĐ 13")
    with pytest.raises(InputWrong):
        undo(store, made.id, "giám đốc", "QĐ 14")
    line = {"scope": "undo", "subject": "x", "who": "a", "why": "b", "at": made.at}
    for undoes in (made.id, list_made(store)[0].undone):
        with pytest.raises((IntegrityError, DBAPIError)), store.write() as conn:
            conn.execute(insert(recheck_decision).values(**line, undoes=undoes))


def test_the_report_is_the_same_twice_and_says_what_it_cannot_prove(store, campaign, record, row, tmp_path):
    record(row(1), row(2, "denies"), row(3, "wrong_number"), row(4, "unreachable", attempts=3), row(5, "refused"))
    names = ("recheck.html", "recheck.csv", "recheck-sheets.csv")
    for folder in ("one", "two"):
        write_report(store, campaign, tmp_path / folder)
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in names)
    rows, _ = read_table(tmp_path / "one" / "recheck.csv", "recheck", ("agency",), ("talked", "forged", "forged_high"))
    assert (rows[0].get("talked"), rows[0].get("forged")) == ("2", "0")
    assert rows[0].get("agency") == "*"
    assert rows[0].get("forged_high") == "0.841886117"  # 1 - sqrt(0.025): none of two


def test_the_rules_are_settings_of_the_campaign():
    rules = RecheckRules.model_validate({"calls": 4, "void": {"sheet": None, "agency": 2}, "questions": {"CD": ["q2"]}})
    assert (rules.calls, rules.void.sheet, rules.void.agency, rules.flagged_calls) == (4, None, 2, 8)
