"""Where the demo keeps what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DemoFolders:
    """Where the demo keeps what, below one folder."""

    out: Path

    @property
    def campaign(self) -> Path:
        """The campaign folder."""
        return self.out / "campaign"

    @property
    def printed(self) -> Path:
        """The printed PDFs."""
        return self.out / "printed"

    @property
    def scans(self) -> Path:
        """The pretend scanner's files."""
        return self.out / "scans"

    @property
    def results(self) -> Path:
        """Scores and report."""
        return self.out / "results"
