"""The site of a whole campaign folder in which nothing is printed: a province's files, cut down to two agencies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.example import examples_folder
from collector.opening import open_campaign
from collector.store import Store
from forms.campaign import Campaign
from forms.folder import load_campaign

AGENCIES = """code,name,block
SXD,Sở Xây dựng,SN
HL,Thành phố Hạ Long,HU
"""
QUOTAS = """agency,group,target,reserve,collector
SXD,CC,2,0,
SXD,DN,2,0,HHDN
HL,CC,2,0,
HL,CD,3,1,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A campaign folder with real questionnaires and criteria, two agencies and four cells."""
    made = tmp_path / "khao-sat-2013"
    shutil.copytree(examples_folder() / "quang-ninh-2013", made)
    (made / "agencies.csv").write_text(AGENCIES, encoding="utf-8")
    (made / "quotas.csv").write_text(QUOTAS, encoding="utf-8")
    settings = made / "campaign.yaml"
    written = settings.read_text(encoding="utf-8")
    kept = [line for line in written.splitlines() if not line.startswith(("accounts:", "  runs: SNV"))]
    settings.write_text("\n".join(kept) + "\n", encoding="utf-8")  # home affairs is not among the two
    return made


@pytest.fixture
def campaign(folder: Path) -> Campaign:
    """What the folder holds."""
    return load_campaign(folder)


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    """Its own store."""
    _, opened = open_campaign(folder)
    yield opened
    opened.close()
