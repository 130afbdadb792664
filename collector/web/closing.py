"""The campaign as it is served: as loaded or taken from the console; `closed` follows campaign.yaml without a restart.

Knows no Flask and no store. Whoever closes a survey wants it closed now, not when somebody next restarts a server.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from pathlib import Path

from forms.campaign import Campaign, Settings
from forms.models import load_model
from forms.words import text
from forms.yaml_file import read_yaml

_log = logging.getLogger(__name__)
_Stamp = tuple[int, int, int]


class ServedCampaign:
    """A campaign and the file that says whether it is closed; safe to share between threads."""

    def __init__(self, campaign: Campaign, file: Path) -> None:
        self._campaign, self._file = campaign, file
        self._seen: _Stamp | None = None
        self._lock = threading.Lock()

    def get(self) -> Campaign:
        """The campaign as the file says now; as it last said where the file is wrong or gone."""
        with self._lock:
            stamp = self._stamp()
            if stamp != self._seen:
                self._seen = stamp  # once a change: a wrong file is named in the log a single time
                self._follow()
            return self._campaign

    def take(self, campaign: Campaign) -> None:
        """Serve this campaign from now on: its folder was changed and checked from the console."""
        with self._lock:
            self._campaign = campaign

    def _stamp(self) -> _Stamp | None:
        try:
            stat = self._file.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

    def _follow(self) -> None:
        try:
            file = read_yaml(self._file.read_bytes(), self._file.name)
        except OSError as error:
            _log.warning(text("serve.campaign_wrong", problems=error.strerror or self._file.name))
            return
        settings = load_model(Settings, file)
        if settings is None or file.problems:
            _log.warning(text("serve.campaign_wrong", problems="; ".join(map(str, file.problems))))
        elif settings.closed != self._campaign.settings.closed:
            followed = self._campaign.settings.model_copy(update={"closed": settings.closed})
            self._campaign = replace(self._campaign, settings=followed)
