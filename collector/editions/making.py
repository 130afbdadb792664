"""An edition of the index: made once, in its order, kept for good; and what differs from the one before."""

from __future__ import annotations

import datetime
import hashlib
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection

from aggregation.index_changes import Change, Figures, find_changes, index_figures, index_points
from aggregation.index_marks import WHOLE, points_made_up, total_made_up
from aggregation.index_values import Index
from collector.files import write_whole
from collector.imports.parts import find_under_way
from collector.settings import DATA
from collector.store import Store
from collector.store.campaigns import sync_campaign
from collector.store.editions import (
    EDITIONS,
    Edition,
    Petition,
    Totals,
    add_edition,
    find_edition,
    list_editions,
    list_petitions,
)
from collector.store.events import record_event
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.words import text

_NAMES = {
    "du-kien": "petitions.edition_du_kien",
    "sau-kien-nghi": "petitions.edition_sau_kien_nghi",
    "chinh-thuc": "petitions.edition_chinh_thuc",
}


def describe_edition(index: Index, code: str, tables: Mapping[str, bytes]) -> Edition:
    """The index as an edition; its digest is that of the tables it is published as."""
    totals = tuple(
        Totals(each.agency.code, block.code, each.published, each.rank, each.grade, total_made_up(each))
        for block in index.blocks
        for each in block.agencies
    )
    digest = hashlib.sha256(b"".join(tables[name] for name in sorted(tables))).hexdigest()
    return Edition(code, digest, totals, index_points(index), points_made_up(index))


def edition_folder(folder: Path, code: str, digest: str) -> Path:
    """Where the files of an edition lie, beside the store that knows its digest."""
    return folder / DATA / "editions" / code / digest


def keep_with_files(
    store: Store,
    campaign: Campaign,
    made: Edition,
    files: Mapping[str, bytes],
    petitions: Sequence[Petition],
    who: str,
    now: datetime.datetime | None = None,
) -> None:
    """keep_edition, with its files in edition_folder; files of the same edition that are there already stay.

    They are whole before the store knows of the edition, so that whoever is killed leaves none without its files;
    those of an edition that nobody kept are shown nowhere, and go once there is one.
    """
    place = edition_folder(store.folder, made.code, made.digest)
    if not place.exists():
        fresh = place.with_name(f".{made.digest}.{secrets.token_hex(8)}")
        for name, content in files.items():
            write_whole(fresh / name, content)
        try:
            fresh.rename(place)
        except OSError:
            if not place.exists():  # where it does, somebody who makes the same came first
                raise
    try:
        keep_edition(store, campaign, made, petitions, who, now)
    finally:
        with store.read() as conn:
            kept = next((one.digest for one in list_editions(conn) if one.code == made.code), None)
        for other in place.parent.iterdir():
            if other.name != kept and (kept is not None or other == place):
                shutil.rmtree(other, ignore_errors=True)


def keep_edition(
    store: Store,
    campaign: Campaign,
    made: Edition,
    petitions: Sequence[Petition],
    who: str,
    now: datetime.datetime | None = None,
) -> None:
    """Keep an edition; the same one again changes nothing. InputWrong where it cannot be made, with the reason.

    `petitions`: as they were when it was computed; where one was written or decided since, it is computed anew.
    """
    name = edition_name(made.code)
    with store.write() as conn:
        sync_campaign(conn, campaign)
        there = find_edition(conn, made.code)
        if there is not None:
            if there.digest != made.digest:
                raise _wrong(made.code, "edition_made", name=name)
            return
        check_edition(conn, made.code, petitions)
        if list_petitions(conn) != list(petitions):
            raise _wrong(made.code, "edition_overtaken", name=name)
        add_edition(conn, made, who, now)
        record_event(conn, who, "edition.keep", made.code, made.digest, now)


def check_edition(conn: Connection, code: str, petitions: Sequence[Petition]) -> None:
    """InputWrong where an edition that is not made yet may not be made now, whatever its figures."""
    if under_way := find_under_way(conn):
        raise InputWrong([under_way])
    if any(find_edition(conn, later) for later in EDITIONS[EDITIONS.index(code) + 1 :]):
        raise _wrong(code, "edition_late", name=edition_name(code))
    undecided = ", ".join(str(one.number) for one in petitions if not one.decision)
    if undecided and code != EDITIONS[0]:
        raise _wrong(code, "edition_open", numbers=undecided)


def changes_since(
    store: Store, index: Index, code: str | None, petitions: Sequence[Petition]
) -> tuple[Change, ...] | None:
    """What differs from the latest edition before this one, or from the latest at all; None where there is none."""
    earlier = EDITIONS if code is None else EDITIONS[: EDITIONS.index(code)]
    with store.read() as conn:
        before = next((found for one in reversed(earlier) if (found := find_edition(conn, one))), None)
    if before is None:
        return None
    return find_changes(_figures(before), index_figures(index), _reasons(petitions))


def changes_between(store: Store, first: str, second: str) -> tuple[Change, ...] | None:
    """What differs between two editions, with the petitions that were decided before the second; None without both."""
    with store.read() as conn:
        before, after = find_edition(conn, first), find_edition(conn, second)
        made, petitions = {one.code: one.at for one in list_editions(conn)}, list_petitions(conn)
    if before is None or after is None:
        return None
    decided = [one for one in petitions if one.at is not None and one.at <= made[second]]
    return find_changes(_figures(before), _figures(after), _reasons(decided))


def _figures(made: Edition) -> Figures:
    totals = {one.agency: (one.total, one.rank, one.grade) for one in made.totals}
    points = {(agency, criterion) for agency, criterion, _ in made.made_up}
    whole = {(one.agency, what) for one in made.totals if one.made_up for what in WHOLE}
    return Figures(totals, made.points, frozenset(points | whole))


def _reasons(petitions: Sequence[Petition]) -> dict[tuple[str, str], tuple[str, str]]:
    """(agency, criterion) -> letter and why of the last decision about its points."""
    decided = sorted((one for one in petitions if one.after is not None), key=lambda one: one.turn)
    return {(one.agency, one.criterion): (one.letter, one.why) for one in decided}


def edition_name(code: str, lang: str | None = None) -> str:
    """What people call an edition, in a language; the terminal's unless given."""
    return text(_NAMES[code], lang)


def _wrong(where: str, key: str, /, **fields: object) -> InputWrong:
    return InputWrong([Problem(where, text(f"problem.{key}", **fields), text(f"problem.{key}_fix", **fields))])
