"""A campaign whose folder, database, originals, people and keys are all there, and where to put a second one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from collector.backup.making import Backup, make_backup
from collector.store import Store
from forms.campaign import Campaign
from tests.collector.conftest import CITIZENS, NOW, OFFICIALS
from tests.collector.letters.conftest import (  # noqa: F401 fixtures
    MailRoom,
    _keys_of_their_own,
    drawn_people,
    invite,
    office,
    room,
    server,
    writing,
)

SECRET = "mat-khau-cua-may-chu"


def write_folder(folder: Path, campaign: Campaign) -> None:
    """The small campaign as files; YAML reads JSON too."""
    settings: dict[str, Any] = {
        "id": campaign.settings.id,
        "name": campaign.settings.name,
        "assessed_year": 2013,
        "issuer": {"body": "SỞ NỘI VỤ"},
        "blocks": [{"code": one.code, "name": one.name} for one in campaign.settings.blocks],
        "groups": [
            {"code": one.code, "name": one.name, "questionnaire": one.questionnaire, "privacy": one.privacy}
            for one in campaign.settings.groups
        ],
    }
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items()]
    address = f"database: postgresql://phieu:{SECRET}@may-chu/phieu"
    (folder / "campaign.yaml").write_text("\n".join([*lines, address, ""]), encoding="utf-8")
    tables = {
        "agencies": ["code,name,block", *(f"{one.code},{one.name},{one.block}" for one in campaign.agencies)],
        "quotas": [
            "agency,group,target,reserve",
            *(f"{one.agency},{one.group},{one.target},{one.reserve}" for one in campaign.quotas),
        ],
        "criteria": ["code,name,max_points,source", "TC1,Một cửa,2,survey"],
    }
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    (folder / "questionnaires").mkdir()
    for asked in (CITIZENS, OFFICIALS):
        content = json.dumps(asked, ensure_ascii=False)
        (folder / "questionnaires" / f"{asked['code']}.yaml").write_text(content, encoding="utf-8")


@pytest.fixture
def kept(store, campaign, room, invite, desk, monkeypatch) -> Store:  # noqa: F811
    """The store of the small campaign in its folder: people invited, sheets answered by phone and by scan."""
    monkeypatch.delenv("PHIEU_DATABASE", raising=False)
    write_folder(store.folder, campaign)
    invite()
    serials = [one.serial for one in room.invitations() if one.group == "CC"]
    desk.post(serials[0], m1_SNV="5", m1_STC="4")
    desk.scan(desk.serials("HL", "CD")[0], 1, q1="1", q2="5")
    desk.void(desk.serials("HL", "CD")[1])
    return store


@pytest.fixture
def back_up(kept, campaign, tmp_path) -> Callable[..., Backup]:
    """Makes a backup of that campaign."""

    def make(name: str = "sao-luu.zip", **more: Any) -> Backup:
        return make_backup(kept, campaign, tmp_path / "backups" / name, "lan", now=NOW, **more)

    return make
