"""Next year's survey made from this one: a folder beside it, with the same questions, agencies, criteria and quotas.

Years and dates move on; nothing that was answered, appraised or published comes along, nor anything under data/.
"""

from __future__ import annotations

import datetime
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.prepare.shelf import SETTINGS
from collector.prepare.staged import check_fresh
from collector.spread import Crashed, spread_apart
from collector.store import Store, open_store
from collector.store.accounts import Account, add_account, list_accounts
from collector.store.campaigns import sync_campaign
from collector.store.events import record_event
from forms.campaign import Campaign, Settings
from forms.errors import InputWrong, Problem, WorkFailed
from forms.source import Path as Place
from forms.source import texts
from forms.table_forms import AGENCIES, COLLECTORS, CRITERIA, QUOTAS
from forms.tables import find_tables
from forms.words import text
from forms.yaml_edit import set_values
from forms.yaml_file import read_yaml

COPIED_TABLES = (AGENCIES, COLLECTORS, QUOTAS, CRITERIA)
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_YEARS = range(2000, 2101)


@dataclass(frozen=True)
class NextCampaign:
    """What next year's survey is to be; `id` also names its folder, beside this one."""

    id: str
    name: str
    year: int
    document: str = ""
    everybody: bool = False  # all accounts come along, not only that of whoever asks


def suggest_next(settings: Settings) -> NextCampaign:
    """The next one, with the year changed wherever the name says it."""
    year = settings.assessed_year
    name = replace_year(settings.name, year, year + 1)
    named = replace_year(settings.id, year, year + 1)
    return NextCampaign(named if named != settings.id else f"{settings.id[:35]}-{year + 1}", name, year + 1)


def replace_year(written: str, old: int, new: int) -> str:
    """A text with another year in it; numbers that only contain it stay."""
    return re.sub(rf"(?<!\d){old}(?!\d)", str(new), written)


def make_next(store: Store, campaign: Campaign, wish: NextCampaign, who: Account) -> Path:
    """Make the folder and its store with the accounts; gives the folder. InputWrong with every reason why not.

    The folder appears under its name only once it is whole and has passed the whole check.
    """
    folder = store.folder.resolve().parent / wish.id
    problems = list(check_wish(store.folder, campaign.settings, wish))
    if problems:
        raise InputWrong(problems)
    fresh = Path(tempfile.mkdtemp(prefix=f".{wish.id}-", dir=folder.parent))
    try:
        _copy(store.folder, fresh)
        _move_on(fresh, campaign.settings, wish)
        (found,) = spread_apart(check_fresh, [fresh], 1)
        if isinstance(found, Crashed):
            raise WorkFailed(text("cli.process_died"))
        if isinstance(found, tuple):
            raise InputWrong(found)
        _enter(fresh, found, _take_along(store, who, wish.everybody), who.shown_name, campaign.settings.id)
        fresh.chmod(0o755)
        fresh.rename(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    with store.write() as conn:
        record_event(conn, who.shown_name, "prepare.next", wish.id)
    return folder


def check_wish(folder: Path, settings: Settings, wish: NextCampaign) -> Iterator[Problem]:
    """What is wrong with a wish at first sight; the whole check of the new folder comes with making it."""
    if not _ID.fullmatch(wish.id) or wish.id == settings.id:
        yield Problem(text("prepare.next_id"), text("prepare.next_id_wrong"), text("prepare.next_id_fix"))
    elif (folder.resolve().parent / wish.id).exists():
        yield Problem(wish.id, text("prepare.next_taken"), text("prepare.next_taken_fix"))
    if not wish.name.strip():
        yield Problem(text("prepare.next_name"), text("prepare.next_empty"), text("prepare.next_empty_fix"))
    if wish.year not in _YEARS or wish.year == settings.assessed_year:
        yield Problem(text("prepare.next_year"), text("prepare.next_year_wrong"), text("prepare.next_year_fix"))


def _copy(folder: Path, fresh: Path) -> None:
    files = [path for form in COPIED_TABLES for path in find_tables(folder, form.name)]
    files += [path for path in (folder / SETTINGS, folder / "words.km.yaml") if path.is_file()]
    for path in files:
        shutil.copyfile(path, fresh / path.name)
    (fresh / "questionnaires").mkdir()
    for path in sorted((folder / "questionnaires").glob("*")):
        if path.is_file() and not path.name.startswith((".", "~")):
            shutil.copyfile(path, fresh / "questionnaires" / path.name)
    if (folder / "fonts").is_dir():
        shutil.copytree(folder / "fonts", fresh / "fonts")


def _move_on(fresh: Path, before: Settings, wish: NextCampaign) -> None:
    """The new id, name and year, dates as many years later, and the year in the words of YAML questionnaires."""
    values: dict[Place, str | None] = {
        ("id",): wish.id,
        ("name",): wish.name,
        ("assessed_year",): str(wish.year),
        ("database",): "sqlite",  # a server's database belongs to one survey
        ("closed",): "false",
        ("issuer", "document"): wish.document,
    }
    values |= _later_days(before, wish.year - before.assessed_year)
    _edit(fresh / SETTINGS, values)
    for path in (fresh / "questionnaires").glob("*.y*ml"):
        said = texts(read_yaml(path.read_bytes(), path.name))
        worded = {
            place: moved
            for place, words in said
            if place and place[-1] in ("title", "intro", "text")
            if (moved := replace_year(words, before.assessed_year, wish.year)) != words
        }
        _edit(path, worded)


def _later_days(before: Settings, years: int) -> dict[Place, str | None]:
    days: dict[Place, datetime.date | None] = {
        ("issuer", "date"): before.issuer.date,
        ("recipients", "erase_after"): before.recipients.erase_after,
    }
    for place, phase in enumerate(before.phases):
        days |= {("phases", place, "from"): phase.first, ("phases", place, "to"): phase.last}
    return {place: _later(day, years).isoformat() for place, day in days.items() if day is not None}


def _later(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _edit(path: Path, values: Mapping[Place, str | None]) -> None:
    if values:
        path.write_text(set_values(path.read_bytes().decode("utf-8-sig"), values), encoding="utf-8", newline="")


def _take_along(store: Store, who: Account, everybody: bool) -> list[Account]:
    with store.read() as conn:
        known = list_accounts(conn)
    return [one for one in known if one.id == who.id or (everybody and not one.disabled)]


def _enter(folder: Path, campaign: Campaign, accounts: Sequence[Account], who: str, before: str) -> None:
    """The store of a new folder, its accounts with the passwords that they have; second factors are set up anew."""
    store = open_store(folder, campaign.settings, f"sqlite:///{folder / 'data' / 'phieu.sqlite'}")
    try:
        with store.write() as conn:
            sync_campaign(conn, campaign)
            for one in accounts:
                more: dict[str, Any] = {"agency": one.agency or None, "workplace": one.workplace or None}
                more |= {"must_change": one.must_change, "wants_totp": one.wants_totp}
                add_account(conn, one.name, one.shown_name, one.roles, one.password_hash, **more)
            record_event(conn, who, "prepare.begin", campaign.settings.id, before)
    finally:
        store.close()
