"""A frozen edition scored again, elsewhere and otherwise, gives the same bytes; a changed one is refused."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from collector.editions.freezing import check_frozen, freeze_campaign
from collector.editions.frozen import Frozen, load_frozen, score_frozen
from collector.example import copy_example
from collector.intake import accept_response
from collector.printing.issue import choose_quotas, reserve_run
from collector.reports.scores import write_scores
from collector.store import Store, open_store
from collector.store.events import list_events
from collector.store.recheck_decisions import add_decision
from collector.store.sheets import list_sheets
from forms.campaign import Quota
from forms.errors import InputWrong
from forms.folder import load_campaign
from forms.response import Answer, Response

NOW = datetime.datetime(2014, 4, 20, 20, 30, tzinfo=datetime.UTC)
FIGURES = {"scores.csv", "totals.csv", "estimates.csv", "questions.csv", "grades.csv", "groups.csv"}


def _bits(quota: Quota, ordinal: int) -> int:
    return sum(quota.agency.encode()) * 1000 + ordinal


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """The Quảng Ninh example with answers of five officials of two agencies."""
    copy_example("quang-ninh-2013", tmp_path / "k")
    with answered_store(tmp_path / "k", url, ("SXD", "543"), ("SYT", "52")) as opened:
        yield opened


@contextmanager
def answered_store(folder: Path, url: str, *officials: tuple[str, str]) -> Iterator[Store]:
    """A store of a folder's campaign: agencies, and the level that each of their officials answers everywhere."""
    campaign = load_campaign(folder)
    opened = open_store(folder, campaign.settings, url)
    reserve_run(opened, campaign, choose_quotas(campaign, [agency for agency, _ in officials], ["CC"]), _bits)
    for agency, said in officials:
        with opened.read() as conn:
            serials = [sheet.serial for sheet in list_sheets(conn, agency, "CC")]
        for serial, level in zip(serials, said, strict=False):
            asked = campaign.get_questionnaire("CC").questions()
            answers = tuple(Answer(one.code, None, (level,)) for one in asked)
            accept_response(opened, campaign, Response(serial, "phone", answers), NOW)
    yield opened
    opened.close()


@pytest.mark.slow
def test_a_frozen_edition_holds_the_bytes_of_scoring_and_gives_them_again(store: Store, tmp_path: Path) -> None:
    campaign = load_campaign(store.folder)
    made = freeze_campaign(store, campaign, tmp_path / "a.zip", "Lê Hoa", False, NOW)
    write_scores(store, campaign, tmp_path / "scores", NOW)
    written = {path.name: path.read_bytes() for path in (tmp_path / "scores").glob("*.csv")}
    assert made.part("results/") == {name: written[name] for name in FIGURES}
    assert b"SXD" in written["totals.csv"]
    again = freeze_campaign(store, campaign, tmp_path / "b.zip", "Trần Nam", False, NOW)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with store.read() as conn:
        logged = [(one.who, one.subject) for one in list_events(conn) if one.action == "freeze"]
    assert logged == [("Lê Hoa", made.digest), ("Trần Nam", again.digest)]
    assert check_frozen(store, tmp_path / "a.zip")[1]


@pytest.mark.slow
def test_no_serial_number_or_password_stands_in_it(store: Store, tmp_path: Path) -> None:
    settings = store.folder / "campaign.yaml"
    settings.write_text(
        re.sub("(?m)^database:.*", "database: postgresql://sa:bimat@may/phieu", settings.read_text("utf-8"))
    )
    assert "bimat" in settings.read_text("utf-8")
    campaign = load_campaign(store.folder)
    made = freeze_campaign(store, campaign, tmp_path / "a.zip", "Lê Hoa", False, NOW)
    assert {"reports/report.html", "reports/report.pdf"} <= set(made.files)
    whole = b"".join(content for name, content in made.files.items() if not name.endswith(".pdf")).decode()
    with store.read() as conn:
        named = [name for sheet in list_sheets(conn) for name in (sheet.serial, sheet.number)]
    assert len(named) > 5
    assert [name for name in [*named, "bimat"] if name in whole] == []


@pytest.mark.slow
def test_an_edition_that_was_changed_is_refused_by_the_name_of_the_file(store: Store, tmp_path: Path) -> None:
    freeze_campaign(store, load_campaign(store.folder), tmp_path / "a.zip", "Lê Hoa", False, NOW)
    with zipfile.ZipFile(tmp_path / "a.zip") as old, zipfile.ZipFile(tmp_path / "b.zip", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b",5,", b",4,", 1) if name == "answers.csv" else content)
    with pytest.raises(InputWrong, match=r"answers\.csv"):
        load_frozen(tmp_path / "b.zip")
    assert set(score_frozen(load_frozen(tmp_path / "a.zip"))) == FIGURES


@pytest.mark.slow
def test_the_same_answers_give_the_same_file_from_either_database(postgres_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "k"
    copy_example("quang-ninh-2013", folder)
    campaign = load_campaign(folder)
    with answered_store(folder, f"sqlite:///{tmp_path / 'a.db'}", ("SXD", "543"), ("SYT", "52")) as store:
        freeze_campaign(store, campaign, tmp_path / "a.zip", "Lê Hoa", False, NOW)
    with answered_store(folder, postgres_url, ("SYT", "25"), ("SXD", "354")) as store:
        freeze_campaign(store, campaign, tmp_path / "b.zip", "Lê Hoa", False, NOW)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.slow
def test_a_sheet_that_a_recheck_struck_is_not_in_it(store: Store, tmp_path: Path) -> None:
    campaign = load_campaign(store.folder)
    before = freeze_campaign(store, campaign, tmp_path / "a.zip", "Lê Hoa", False, NOW)
    with store.write() as conn:
        struck = list_sheets(conn, "SYT", "CC")[0]
        add_decision(conn, "sheet", struck.number, [struck.id], "Trần Nam", "không có người trả lời", NOW)
    after = freeze_campaign(store, campaign, tmp_path / "b.zip", "Lê Hoa", False, NOW)
    assert [_sheets(before), _sheets(after)] == [5, 4]
    assert before.part("results/")["totals.csv"] != after.part("results/")["totals.csv"]


@pytest.mark.slow
def test_what_comes_in_while_an_edition_is_frozen_stands_in_none_of_its_files(store: Store, tmp_path: Path) -> None:
    campaign = load_campaign(store.folder)
    freeze_campaign(store, campaign, tmp_path / "a.zip", "Lê Hoa", False, NOW)
    with store.read() as conn:
        late = list_sheets(conn, "SXD", "CC")[3].serial
    asked = campaign.get_questionnaire("CC").questions()
    settings, became = store.folder / "campaign.yaml", []

    def report(done: int, _: int) -> None:
        if done == 1:  # the answers are written down, results and papers are still to be made
            said = Response(late, "phone", tuple(Answer(one.code, None, ("1",)) for one in asked))
            became.append(accept_response(store, campaign, said, NOW).status)
            settings.write_text(settings.read_text("utf-8").replace("name: Điều tra", "name: Đổi tên"), "utf-8")

    freeze_campaign(store, campaign, tmp_path / "b.zip", "Lê Hoa", False, NOW, report)
    assert became == ["accepted"]
    assert load_campaign(store.folder).settings.name != campaign.settings.name
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def _sheets(frozen: Frozen) -> int:
    lines = frozen.files["answers.csv"].decode("utf-8-sig").splitlines()[1:]
    return len({line.split(",")[0] for line in lines})


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_whoever_stops_a_freeze_leaves_neither_file_nor_line_and_hears_how_far_it_is(
    step: int, store: Store, tmp_path: Path
) -> None:
    heard: list[int] = []

    def report(done: int, _: int) -> None:
        heard.append(done)
        if done == step:
            raise KeyboardInterrupt

    (tmp_path / "out").mkdir()
    with pytest.raises(KeyboardInterrupt):
        freeze_campaign(store, load_campaign(store.folder), tmp_path / "out" / "a.zip", "Lê Hoa", False, NOW, report)
    assert heard == list(range(step + 1))
    assert not list((tmp_path / "out").iterdir())
    with store.read() as conn:
        assert not [one for one in list_events(conn) if one.action == "freeze"]
