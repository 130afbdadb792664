"""Answers and results as files to take away, written beside the server into the campaign's data."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collector.beside.work import Report, Work
from collector.files import private_file
from collector.settings import DATA
from collector.store import Store, open_store
from collector.store.events import record_event
from forms.campaign import Campaign
from forms.folder import load_campaign

# What can be made -> its files that are taken away, by what they are. Answers are of single sheets; results are not.
ANSWERS: dict[str, dict[str, str]] = {
    "csv": {"csv": "answers-csv.zip"},
    "xlsx": {"xlsx": "answers.xlsx"},
    "sav": {"sav": "answers-sav.zip"},
    "dta": {"dta": "answers-dta.zip"},
}
RESULTS: dict[str, dict[str, str]] = {
    "results": {"report": "report.pdf", "scores": "scores.xlsx", "tables": "results.zip"}
}
_SHELF = "exports"


@dataclass(frozen=True)
class MadeFile:
    """A file that lies there to be taken away, and what it is; `at` is aware, UTC."""

    what: str
    name: str
    size_bytes: int
    at: datetime


def list_made(folder: Path, names: Mapping[str, str]) -> list[MadeFile]:
    """Those of some files that were made, in this order."""
    made = []
    for what, name in names.items():
        path = get_shelf(folder) / name
        if path.is_file():
            stat = path.stat()
            made.append(MadeFile(what, name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC)))
    return made


def get_shelf(folder: Path) -> Path:
    """Where the files lie, inside the campaign's data and outside all that the web server gives out by itself."""
    return folder.resolve() / DATA / _SHELF


def do(folder: Path, work: Work, report: Report) -> dict[str, Any]:
    """Make what `asked["format"]` names; gives how many rows, or sheets with results, it has."""
    campaign = load_campaign(folder)
    store, wanted, shelf = open_store(folder, campaign.settings), str(work.asked["format"]), get_shelf(folder)
    shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=shelf) as making:
        rows = _write(store, campaign, Path(making), wanted, report)
        for name in (ANSWERS | RESULTS)[wanted].values():
            with private_file(shelf / name) as path:
                _fill(path, Path(making), name)
    with store.write() as conn:
        record_event(conn, work.who, "export.make", " ".join((ANSWERS | RESULTS)[wanted].values()), f"rows={rows}")
    store.close()
    return {"rows": rows}


def _write(store: Store, campaign: Campaign, out: Path, wanted: str, report: Report) -> int:
    if wanted == "csv":
        from collector.reports.scores import write_answers

        return write_answers(store, out)
    if wanted == "xlsx":
        from collector.reports.book_export import write_answer_book

        return write_answer_book(store, campaign, out / "answers.xlsx")
    if wanted == "results":
        from collector.reports.results import write_results

        return write_results(store, campaign, out, progress=report).scores.valid_sheets
    from collector.reports.stat_export import write_stat_files

    return write_stat_files(store, campaign, out, "sav" if wanted == "sav" else "dta")[1]


def _fill(path: Path, made: Path, name: str) -> None:
    if not name.endswith(".zip"):
        path.write_bytes((made / name).read_bytes())
        return
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for one in sorted(made.rglob("*")):
            if one.is_file():
                parts.write(one, one.relative_to(made).as_posix())
