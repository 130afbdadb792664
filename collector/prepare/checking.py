"""The check of a campaign folder with files in place of others, in a process of its own, before anything is written.

The same check as `phieu check`; once sheets are printed, also that the same sheets would be printed again.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, select

from collector.folder_swap import Swap, prepare_folder
from collector.prepare.staged import CheckTask, Printed, check_staged
from collector.spread import Crashed, spread_apart
from collector.store import Store
from collector.store.layouts import find_printed_family
from collector.store.schema import agency, cell, layout, respondent_group, sheet
from forms.campaign import Campaign, Settings
from forms.errors import InputWrong, WorkFailed
from forms.table_forms import RECIPIENTS
from forms.words import text

_ENDINGS = (".yaml", ".yml", ".csv", ".xlsx")


def find_printed(conn: Connection) -> Printed:
    """What was printed so far; empty before the first print run."""
    codes = layout.c.code, respondent_group.c.code.label("group"), agency.c.code.label("agency"), agency.c.name
    query = select(*codes).distinct().join_from(sheet, layout, layout.c.id == sheet.c.layout)
    query = query.join(cell, cell.c.id == sheet.c.cell).join(agency, agency.c.id == cell.c.agency)
    rows = conn.execute(query.join(respondent_group, respondent_group.c.id == cell.c.respondent_group)).all()
    groups: dict[str, set[str]] = {}
    for row in rows:
        groups.setdefault(row.group, set()).add(row.code)
    layouts = {group: frozenset(codes) for group, codes in groups.items()}
    return Printed(layouts, {row.agency: row.name for row in rows}, find_printed_family(conn) if rows else None)


def check_swap(store: Store, settings: Settings, swap: Swap) -> Campaign:
    """The campaign that the folder would hold; InputWrong with every problem, by FILE and cell. Changes nothing."""
    with store.read() as conn:
        printed = find_printed(conn)
    staged = Path(tempfile.mkdtemp(prefix="check-", dir=prepare_folder(store.folder)))
    try:
        _stage(store.folder, staged, swap)
        task = CheckTask(staged, printed, settings.id, settings.database)
        (found,) = spread_apart(check_staged, [task], 1)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    if isinstance(found, Crashed):
        raise WorkFailed(text("cli.process_died"))
    if isinstance(found, tuple):
        raise InputWrong(found)
    fonts = store.folder / "fonts"
    return replace(found, fonts=(fonts,) if fonts.is_dir() else ())


def _stage(folder: Path, staged: Path, swap: Swap) -> None:
    for path in (*folder.glob("*"), *folder.glob("questionnaires/*")):
        name = path.relative_to(folder).as_posix()
        is_ours = path.is_file() and path.suffix.lower() in _ENDINGS and path.stem.lower() != RECIPIENTS.name
        if is_ours and name not in swap.put and name not in swap.remove:
            (staged / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(path, staged / name)
    if (folder / "fonts").is_dir():
        (staged / "fonts").symlink_to((folder / "fonts").resolve())
    for name, content in swap.put.items():
        (staged / name).parent.mkdir(exist_ok=True)
        (staged / name).write_bytes(content)
