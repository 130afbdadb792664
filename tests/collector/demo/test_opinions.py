from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collector.belonging import claim_keys
from collector.demo.opinions import form_fields, make_opinion, serial_bits
from collector.demo.run import make_campaign, run_demo
from collector.store import open_store
from collector.store.clock import day_of
from forms.campaign import Campaign
from forms.errors import InputWrong
from forms.folder import load_campaign

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "quang-ninh-2013"


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    return load_campaign(EXAMPLE)


def test_the_same_sheet_has_the_same_opinion_every_time_and_a_photocopy_another(campaign: Campaign) -> None:
    asked = campaign.questionnaires["nguoi-dan"]
    assert make_opinion(asked, "HLO", "A" * 16) == make_opinion(asked, "HLO", "A" * 16)
    assert make_opinion(asked, "HLO", "A" * 16) != make_opinion(asked, "HLO", "A" * 16, copy=1)
    assert serial_bits("HLO", "CD", 1) == serial_bits("HLO", "CD", 1) != serial_bits("HLO", "CD", 2)


def test_opinions_use_every_level_and_skip_as_the_questionnaire_says(campaign: Campaign) -> None:
    asked = campaign.questionnaires["nguoi-dan"]
    opinions = [make_opinion(asked, "HLO", f"{number:016d}") for number in range(300)]
    assert {opinion["q10", None] for opinion in opinions} == {(code,) for code in "543210"}
    for opinion in opinions:
        assert (opinion["q2", None] == ()) == (opinion["q1", None] == ("0",))


def test_the_phone_sends_what_the_paper_would_say(campaign: Campaign) -> None:
    asked = campaign.questionnaires["nguoi-dan"]
    opinion = make_opinion(asked, "HLO", "B" * 16)
    fields = [field for field in form_fields(opinion, asked, "B" * 16) if field[0] != "q18"]
    assert fields == [(code, option) for (code, _), options in opinion.items() for option in options]


def test_a_demo_never_replaces_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputWrong):
        run_demo(tmp_path, 1, lambda _: None, lambda _: None)  # type: ignore[arg-type,return-value]
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_demo_is_a_campaign_of_its_own_and_else_the_example(tmp_path: Path, campaign: Campaign) -> None:
    demo = make_campaign(tmp_path / "k")
    assert demo.settings.id != campaign.settings.id
    assert "MINH HỌA" in demo.settings.name
    same = {name: getattr(campaign.settings, name) for name in ("id", "name", "phases")}
    assert demo.settings.find_due_day() == day_of()
    assert demo.settings.model_copy(update=same) == campaign.settings
    assert demo.quotas == campaign.quotas


def test_two_demos_in_two_folders_have_keys_of_their_own_and_one_made_again_keeps_its_own(tmp_path: Path) -> None:
    ids = []
    for name in ("mot", "hai", "mot"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
        demo = make_campaign(tmp_path / name)
        store = open_store(tmp_path / name, demo.settings)
        claim_keys(store, demo.settings)
        store.close()
        ids.append(demo.settings.id)
    assert ids[0] == ids[2] != ids[1]
