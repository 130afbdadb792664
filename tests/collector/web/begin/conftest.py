"""The site of a whole campaign folder in which nothing is printed: a province's files, cut down to two agencies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.opening import open_campaign
from collector.store import Store
from forms.campaign import Campaign
from forms.folder import load_campaign
from tests.collector.web.two_agencies import copy_two_agencies

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
    copy_two_agencies(made, QUOTAS)
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
