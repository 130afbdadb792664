from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from forms.campaign import Campaign
from forms.folder import load_campaign

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "quang-ninh-2013"


@pytest.fixture(scope="session")
def example() -> Campaign:
    return load_campaign(EXAMPLE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example to spoil."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "campaign"))
