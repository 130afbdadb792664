"""How sheets came in, as the store knows it, and the signs of quality that scoring makes of it."""

from __future__ import annotations

import csv
import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aggregation.fieldwork import Fieldwork
from collector.intake import accept_response
from collector.reports.fieldwork import make_fieldwork
from collector.reports.scores import make_journeys, name_flagged, write_scores
from collector.store.journeys import JourneyRow, journey_rows
from collector.store.quota import quota_rows
from forms.campaign import Phase
from forms.errors import InputWrong
from forms.response import Answer, Response
from forms.words import text

DAY = datetime.date(2025, 11, 20)


def journeys(desk: Any) -> dict[int, JourneyRow]:
    with desk.store.read() as conn:
        return {row.sheet: row for row in journey_rows(conn)}


def test_a_sheets_place_in_the_stack_is_its_first_page_and_a_phones_is_none(desk: Any) -> None:
    paper, phone = desk.serials()[:2]
    file = desk.file()
    desk.scan(paper, 2, file)
    desk.scan(paper, 1, file, q1="1")
    desk.post(phone, q1="1")
    scanned, posted = sorted(journeys(desk).values(), key=lambda row: row.file is None)
    assert (scanned.file, scanned.image) == (file, 1)
    assert (posted.file, posted.image) == (None, None)
    assert (posted.agency, posted.group, posted.handed_day) == ("HL", "CD", None)
    table = make_journeys([scanned, posted])
    assert table["file"].tolist() == [file, -1]
    assert table["received_day"].tolist() == [float(row.received_day.toordinal()) for row in (scanned, posted)]
    assert table["handed_day"].isna().all()


def test_the_share_of_answers_given_as_above_is_known_of_phones_alone(desk: Any) -> None:
    first, second, third = desk.serials("HL", "CC")[:3]
    said = tuple(Answer("m1", row, ("4",)) for row in ("SNV", "STC"))
    marked = Response(first, "phone", said, as_above=frozenset({("m1", "STC")}))
    accept_response(desk.store, desk.campaign, marked, datetime.datetime(2014, 4, 1, tzinfo=datetime.UTC))
    desk.post(second, m1_SNV="2")
    desk.post(third, "import", m1_SNV="3")
    with desk.store.read() as conn:
        shares = sorted((row.as_above for row in journey_rows(conn)), key=str)
    assert shares == [0.0, 0.5, None]
    assert make_journeys(journeys(desk).values())["as_above"].isna().sum() == 1


def test_a_reserve_that_took_nobodys_place_is_told_apart(desk: Any) -> None:
    reserves = desk.serials()[-1:]
    for serial in (*desk.serials()[:1], *reserves):
        desk.post(serial, q1="1")
    found = journeys(desk)
    assert sorted(row.unreleased for row in found.values()) == [False, True]


def test_scoring_writes_the_signs_and_every_other_table(desk: Any, tmp_path: Path) -> None:
    for serial in desk.serials():
        desk.post(serial, q1="1", q2="4")
    write_scores(desk.store, desk.campaign, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    wanted = {"scores", "totals", "estimates", "questions", "grades", "groups", "quality"}
    assert names >= {f"{name}.csv" for name in wanted} | {"report.html", "report.pdf"}
    with (tmp_path / "out" / "quality.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["sign"] for row in rows} >= {"before_handover", "unreleased"}
    assert "sheet" not in rows[0]
    assert {row["flagged"] for row in rows} <= {"yes", ""}
    assert "Dấu hiệu cần kiểm tra" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_last_years_estimates_give_the_change_and_another_file_is_refused(desk: Any, tmp_path: Path) -> None:
    for serial in desk.serials()[:4]:
        desk.post(serial, q1="1", q2="4")
    out = tmp_path / "out"
    write_scores(desk.store, desk.campaign, out)
    assert not (out / "change.csv").exists()
    write_scores(desk.store, desk.campaign, out, before=out / "estimates.csv")
    with (out / "change.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["agency"], row["change"]) for row in rows] == [("HL", "0")]
    for wrong in ("totals.csv", "report.html", "none.csv"):
        with pytest.raises(InputWrong, match=r"estimates\.csv"):
            write_scores(desk.store, desk.campaign, out, before=out / wrong)


def test_last_years_agencies_may_have_any_code(desk: Any, tmp_path: Path) -> None:
    desk.post(desk.serials()[0], q1="1", q2="4")
    out = tmp_path / "out"
    write_scores(desk.store, desk.campaign, out)
    kept = (out / "estimates.csv").read_text(encoding="utf-8-sig")
    head, *rows = kept.splitlines()
    both = [row.replace("HL,", f"{code},", 1) for code in ("NA", "NULL") for row in rows]
    before = tmp_path / "estimates.csv"
    before.write_text("\n".join([head, *rows, *both]), encoding="utf-8")
    write_scores(desk.store, desk.campaign, out, before=before)
    assert (out / "change.csv").exists()


def test_agencies_are_named_for_more_calls_by_signs_that_chance_does_not_explain(desk: Any) -> None:
    numbered, *_, reserve = desk.serials()
    desk.post(numbered, q1="1", q2="4")
    assert name_flagged(desk.store, desk.campaign) == {}
    desk.post(reserve, q1="1", q2="3")  # that nobody released
    assert name_flagged(desk.store, desk.campaign) == {"HL": text("report.sign_unreleased")}


def test_pages_are_written_for_the_agencies_asked_for_and_an_unknown_one_is_refused(desk: Any, tmp_path: Path) -> None:
    for serial in desk.serials()[:4]:
        desk.post(serial, q1="1", q2="4")
    code = desk.campaign.agencies[0].code
    done: list[tuple[int, int]] = []
    summary = write_scores(
        desk.store, desk.campaign, tmp_path / "one", pages=[code], progress=lambda *step: done.append(step)
    )
    assert sorted(path.name for path in (tmp_path / "one" / "agencies").iterdir()) == [f"{code}.html", f"{code}.pdf"]
    assert (summary.pages, done) == (1, [(1, 1)])
    write_scores(desk.store, desk.campaign, tmp_path / "none", pages=())
    assert not (tmp_path / "none" / "agencies").exists()
    assert write_scores(desk.store, desk.campaign, tmp_path / "all").pages == len(desk.campaign.agencies)
    with pytest.raises(InputWrong, match="XX"):
        write_scores(desk.store, desk.campaign, tmp_path / "wrong", pages=["XX"])
    assert not (tmp_path / "wrong").exists()


def test_the_check_counts_days_and_sheets_as_they_are_on_record(desk: Any) -> None:
    for serial in desk.serials()[:4]:
        desk.post(serial, q1="1", q2="4")
    with desk.store.read() as conn:
        quotas, found = quota_rows(conn), make_journeys(journey_rows(conn))
    work = make_fieldwork(desk.campaign, quotas, found, Fieldwork(reader=("nói",)))
    assert [work.sum(name) for name in ("by_phone", "accepted", "over_quota")] == [4, 3, 1]
    assert work.sum("short") == sum(row.target for row in quotas) - 3
    assert work.reader == ("nói",)
    days = {row.first for row in work.rows if row.accepted} | {row.last for row in work.rows if row.accepted}
    assert len(days) == 1
    phase = Phase.model_validate({"code": "collect", "name": "Thu", "from": "2001-01-01", "to": "2001-01-02"})
    settings = desk.campaign.settings.model_copy(update={"phases": (phase,)})
    assert make_fieldwork(replace(desk.campaign, settings=settings), quotas, found, work).sum("outside") == 3
