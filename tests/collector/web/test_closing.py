"""`closed` in campaign.yaml, while the site runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from collector.web.closing import ServedCampaign
from forms.campaign import Campaign

WRITTEN = """
id: thu-nghiem-2014
name: Đợt thử nghiệm
assessed_year: 2013
issuer: {body: SỞ NỘI VỤ}
blocks: [{code: SN, name: Sở}]
groups: [{code: CD, name: Người dân, questionnaire: nguoi-dan, privacy: linked}]
closed: "%s"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "campaign.yaml"


def test_closing_and_opening_again_needs_no_restart(web: FlaskClient, desk: Any, file: Path) -> None:
    sheet = f"/P/{desk.serials()[0]}"
    statuses = [web.get(sheet).status_code]
    for closed in ("false", "true", "no"):
        file.write_text(WRITTEN % closed, "utf-8")
        statuses.append(web.get(sheet).status_code)
    assert statuses == [200, 200, 410, 200]


def test_nothing_but_closed_is_taken_from_the_file(campaign: Campaign, file: Path) -> None:
    file.write_text(WRITTEN % "true", "utf-8")
    served = ServedCampaign(campaign, file).get()
    assert served.settings == campaign.settings.model_copy(update={"closed": True})
    assert served.agencies == campaign.agencies


@pytest.mark.parametrize("content", ["", "closed: [", WRITTEN % "maybe", "closed: false"])
def test_a_wrong_file_changes_nothing_and_is_named_once(
    campaign: Campaign, file: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text(WRITTEN % "true", "utf-8")
    served = ServedCampaign(campaign, file)
    assert served.get().settings.closed
    file.write_text(content, "utf-8")
    assert [served.get().settings.closed for _ in range(3)] == [True] * 3
    assert len(caplog.records) == 1
    assert "campaign.yaml" in caplog.text
    file.write_text(WRITTEN % "no", "utf-8")  # of another size than before: clocks of files tick in milliseconds
    assert not served.get().settings.closed


def test_a_file_that_is_gone_changes_nothing(campaign: Campaign, file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.write_text(WRITTEN % "true", "utf-8")
    served = ServedCampaign(campaign, file)
    served.get()
    file.unlink()
    assert [served.get().settings.closed for _ in range(2)] == [True] * 2
    assert len(caplog.records) == 1
