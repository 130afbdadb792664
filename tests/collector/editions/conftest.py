"""The folder of example 3 of docs/scoring.md, to compute and to spoil."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "scoring.md"
SETTINGS = """\
id: vi-du-3
name: Ví dụ 3
assessed_year: 2025
issuer: {body: SỞ NỘI VỤ}
blocks: [{code: SN, name: Sở}, {code: HU, name: Huyện}]
groups: [{code: CD, name: Người dân, questionnaire: nguoi-dan, privacy: linked}]
scoring:
  bands: [{name: Tốt, from: 80}, {name: Khá, from: 70}, {name: Yếu, from: 0}]
index: {bonus_at_most: 0.3}
"""
ASKED = """\
code: nguoi-dan
title: Phiếu
scales:
  muc: [{code: "1", label: Tốt, percent: 100}, {code: "0", label: Kém, percent: 0}]
sections:
  - title: Thủ tục
    questions:
      - {code: q1, text: Thủ tục, kind: one, scale: muc, criterion: TC1}
      - {code: q2, text: Thái độ, kind: one, scale: muc, criterion: TC2}
"""
AGENCIES = {"SXD": "SN", "SYT": "SN", "STC": "SN", "HLO": "HU", "CPH": "HU"}


def files_of_the_page() -> dict[str, str]:
    """The files of example 3, by name, as they stand in docs/scoring.md."""
    return dict(re.findall(r"^Example 3, ([a-z]+\.csv):\n\n```csv\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S))


@pytest.fixture
def page_files() -> dict[str, str]:
    """The files of example 3, by name."""
    return files_of_the_page()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of example 3."""
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    folder = tmp_path / "vi-du"
    (folder / "questionnaires").mkdir(parents=True)
    (folder / "campaign.yaml").write_text(SETTINGS, encoding="utf-8")
    (folder / "questionnaires" / "nguoi-dan.yaml").write_text(ASKED, encoding="utf-8")
    agencies = "".join(f"{code},Cơ quan {code},{block}\n" for code, block in AGENCIES.items())
    (folder / "agencies.csv").write_text("code,name,block\n" + agencies, encoding="utf-8")
    quotas = "".join(f"{code},CD,5\n" for code in AGENCIES)
    (folder / "quotas.csv").write_text("agency,group,target\n" + quotas, encoding="utf-8")
    for name, content in files_of_the_page().items():
        if name != "index.csv":
            (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture
def change(folder: Path) -> Callable[[str, str, str], None]:
    """A function: file, old, new -> the file holds the new words in place of the old, which stood there."""

    def replace(name: str, old: str, new: str) -> None:
        content = (folder / name).read_text(encoding="utf-8")
        assert old in content
        (folder / name).write_text(content.replace(old, new), encoding="utf-8")

    return replace
