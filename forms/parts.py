"""The parts of a campaign folder as they were read, before anything is known of how they fit together."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from forms.campaign import Agency, Campaign, Collector, Criterion, Quota, Settings
from forms.errors import Problem
from forms.questionnaire import Questionnaire
from forms.source import Source
from forms.tables import Row
from forms.tongue import words_of
from forms.yaml_file import YamlFile


@dataclass
class Parts:
    """What the files of a folder gave, and where each thing stands in them; settings are None where they are wrong.

    aside: problems of `boxes`. No sheet and no point hangs on where paper was put, so that they stop nothing but
    `phieu check`, and what leads to the paper.
    """

    settings_file: YamlFile
    settings: Settings | None = None
    agencies: tuple[Agency, ...] = ()
    collectors: tuple[Collector, ...] = ()
    quotas: tuple[Quota, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    questionnaires: dict[str, Questionnaire] = field(default_factory=dict)
    questionnaire_files: dict[str, Source] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    notices: list[Problem] = field(default_factory=list)
    aside: list[Problem] = field(default_factory=list)
    fonts: tuple[Path, ...] = ()
    words_file: YamlFile | None = None

    def campaign(self, settings: Settings) -> Campaign:
        """The parts as one campaign."""
        tables = self.agencies, self.collectors, self.quotas, self.criteria
        return Campaign(
            settings, *tables, self.questionnaires, self.fonts, words_of(self.words_file), tuple(self.notices)
        )

    def codes(self, name: str) -> set[str] | None:
        """The codes of blocks or groups as written, also where the settings are wrong elsewhere; None if unreadable."""
        names = self.names(name)
        return None if names is None else set(names)

    def names(self, name: str) -> dict[str, str] | None:
        """The names of blocks or groups by their codes, as `codes` has them."""
        entries = self.settings_file.data.get(name) if isinstance(self.settings_file.data, dict) else None
        if not isinstance(entries, list):
            return None
        return {str(entry.get("code")): str(entry.get("name", "")) for entry in entries if isinstance(entry, dict)}
