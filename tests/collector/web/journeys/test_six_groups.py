"""A province of two tiers has six respondent groups and long names: its overview fits every screen all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.store import Store, open_store
from collector.store.campaigns import sync_campaign
from forms.campaign import Campaign
from forms.folder import load_campaign

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[4] / "examples" / "hai-cap-2025"


@pytest.fixture
def campaign() -> Campaign:
    """Departments and 54 communes, citizens, firms, leaders and deputies."""
    return load_campaign(EXAMPLE)


@pytest.fixture
def store(tmp_path: Path, campaign: Campaign) -> Iterator[Store]:
    """Its store, nothing printed."""
    opened = open_store(tmp_path, campaign.settings)
    with opened.write() as conn:
        sync_campaign(conn, campaign)
    yield opened
    opened.close()


def test_the_overview_of_six_groups_is_no_wider_than_the_screen(
    person: Callable[[str], Any], give_account: Any
) -> None:
    officer = person("phone")
    officer.log_in(give_account("Lê Thị Hoa"))
    wider = {}
    for width_px in (320, 360, 768, 1024, 1280):
        officer.page.set_viewport_size({"width": width_px, "height": 740})
        officer.open("/quan-ly/")
        officer.reads("UBND phường Bãi Cháy")
        root = "document.documentElement"
        wider[width_px] = officer.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    assert wider == dict.fromkeys(wider, 0)
