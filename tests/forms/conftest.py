from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from forms.campaign import Campaign
from forms.folder import load_campaign
from forms.questionnaire import Questionnaire

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "quang-ninh-2013"


@pytest.fixture(scope="session")
def example() -> Campaign:
    return load_campaign(EXAMPLE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example to spoil."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "campaign"))


MATRIX = {
    "code": "lanh-dao",
    "title": "Phiếu khảo sát ý kiến lãnh đạo về các cơ quan, đơn vị",
    "intro": "Xin Ông/Bà cho biết ý kiến về các cơ quan, đơn vị dưới đây.",
    "rates": "block:HU",
    "scales": {
        "muc": [
            {"code": code, "label": label, "percent": percent}
            for code, label, percent in (
                ("5", "Rất tốt", 100),
                ("4", "Tốt", 75),
                ("3", "Trung bình", 50),
                ("2", "Chưa tốt", 25),
                ("1", "Kém", 0),
            )
        ]
    },
    "sections": [
        {
            "title": "Đánh giá các cơ quan, đơn vị",
            "questions": [
                {"code": f"m{number}", "text": text, "kind": "one", "scale": "muc"}
                for number, text in enumerate(
                    (
                        "Chất lượng tham mưu, đề xuất",
                        "Sự phối hợp trong giải quyết công việc",
                        "Thời gian trả lời văn bản xin ý kiến",
                        "Tinh thần trách nhiệm, thái độ của công chức",
                        "Việc chấp hành kỷ luật, kỷ cương hành chính",
                        "Ứng dụng công nghệ thông tin trong điều hành",
                    ),
                    1,
                )
            ],
        },
        {
            "title": "Ý kiến khác",
            "questions": [{"code": "gop-y", "text": "Góp ý chung của Ông/Bà", "kind": "text", "lines": 2}],
        },
    ],
}


@pytest.fixture(scope="session")
def matrix() -> Questionnaire:
    """Six questions on five levels about every agency of the block HU, and one free text."""
    return Questionnaire.model_validate(MATRIX)
