"""A province's folder cut down to two agencies: real questionnaires and criteria, and little to print."""

from __future__ import annotations

import shutil
from pathlib import Path

from collector.example import examples_folder

_AGENCIES = "code,name,block\nSXD,Sở Xây dựng,SN\nHL,Thành phố Hạ Long,HU\n"


def copy_two_agencies(folder: Path, quotas: str) -> None:
    """The example of 2013 with these quotas; home affairs, which runs it there, is not among the two."""
    shutil.copytree(examples_folder() / "quang-ninh-2013", folder)
    (folder / "agencies.csv").write_text(_AGENCIES, encoding="utf-8")
    (folder / "quotas.csv").write_text(quotas, encoding="utf-8")
    settings = folder / "campaign.yaml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(("accounts:", "  runs: SNV"))]
    settings.write_text("\n".join(kept) + "\n", encoding="utf-8")
