"""Slips and mail-merge files for people whom no letter reaches. Personal data: mode 0600, gone when people are erased.

In an unlinked group a slip bears no name and slips lie in no order of the list. A mail-merge file joins names and links
whatever the group: it is for sending, not for keeping.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from aggregation.csv_files import csv_bytes, plain_text
from collector.files import private_file
from collector.letters.inviting import get_rules
from collector.letters.writing import form_link
from collector.people.sealed import find_keys, unseal_person
from collector.store import Store
from collector.store.events import record_event
from collector.store.invitations import list_invitations
from collector.store.letters import list_letters
from collector.store.recipients import Cell, list_people
from forms.campaign import Campaign
from forms.days import show_day
from forms.errors import InputWrong, NotFound, Problem
from forms.fonts import find_office_typeface, setting_in
from forms.pack.slips import Slip, SlipHead, write_slips
from forms.words import text
from forms.workbook import write_workbook

MERGE_KINDS = (".xlsx", ".csv")
_COLUMNS = ("name", "phone", "link", "message")
_DIALLED = re.compile(r"\+?[\d .()-]+")
_UNSEEN = "\u2060"  # word joiner


@dataclass(frozen=True)
class ByHand:
    """Somebody to be reached without a letter."""

    serial: str = field(repr=False)
    name: str = field(repr=False)
    phone: str = field(repr=False)


def find_by_hand(
    store: Store, campaign: Campaign, cells: Collection[Cell], who: str, everybody: bool = False
) -> dict[Cell, list[ByHand]]:
    """Who has not answered and has no letter that arrived, by cell, in a random order; `everybody`: with a letter too.

    Whoever asks is noted in the log. NotFound where it is nobody.
    """
    get_rules(campaign)
    found: dict[Cell, list[ByHand]] = {}
    with store.write() as conn:
        keys = find_keys(conn, campaign.settings.id)
        people = {row.id: row for row in list_people(conn, cells)}
        under_way = {one.invitation for one in list_letters(conn) if one.state not in ("failed", "bounced")}
        for one in list_invitations(conn, cells) if keys else []:
            if not one.serial or one.answered or one.void or (one.id in under_way and not everybody):
                continue
            assert keys is not None
            person = unseal_person(keys, people[one.recipient])
            found.setdefault((one.agency, one.group), []).append(ByHand(one.serial, person.name, person.phone))
        for named, listed in found.items():
            record_event(conn, who, "invite.by-hand", "/".join(named), f"people={len(listed)}")
            secrets.SystemRandom().shuffle(listed)
    if not found:
        raise NotFound(text("slips.nobody"))
    return found


def write_slip_files(campaign: Campaign, people: Mapping[Cell, Sequence[ByHand]], out: Path) -> list[Path]:
    """A PDF a cell; gives the paths."""
    settings = campaign.settings
    due = settings.find_due_day()
    head = SlipHead(settings.issuer.body, settings.name, settings.public_address or "", show_day(due) if due else "")
    paths = []
    with setting_in(find_office_typeface(settings.typeface, campaign.fonts)):
        for named, listed in people.items():
            linked = campaign.get_group(named[1]).privacy == "linked"
            slips = [Slip(one.serial, one.name if linked else "") for one in listed]
            paths.append(out / f"{'-'.join(named)}.slips.pdf")
            with private_file(paths[-1]) as unfinished:
                write_slips(unfinished, head, slips)
    return paths


def write_merge_files(campaign: Campaign, people: Mapping[Cell, Sequence[ByHand]], out: Path, kind: str) -> list[Path]:
    """A table a cell: name, telephone, link, and a message to paste; `kind` is ".xlsx" or ".csv". InputWrong."""
    if kind not in MERGE_KINDS:
        raise InputWrong([Problem(kind, text("recipients.list_kind"), text("recipients.list_kind_fix"))])
    paths = []
    for named, listed in people.items():
        rows = [_merge_row(campaign, one) for one in listed]
        paths.append(out / f"{'-'.join(named)}.links{kind}")
        with private_file(paths[-1]) as unfinished:
            if kind == ".csv":
                unfinished.write_bytes(csv_bytes(_COLUMNS, [tuple(map(_merge_text, row)) for row in rows]))
            else:
                unfinished.write_bytes(write_workbook(partial(_fill, rows=rows)))
    return paths


def _merge_text(written: str) -> str:
    """What a mail merge prints as it stands, and no spreadsheet works out.

    A telephone number is no formula, whatever its sign. Before anything else that begins like one stands a sign that
    is not seen in print, where tables for people have an apostrophe: Word would print that.
    """
    return written if _DIALLED.fullmatch(written) or plain_text(written) == written else f"{_UNSEEN}{written}"


def _merge_row(campaign: Campaign, one: ByHand) -> tuple[str, ...]:
    link = form_link(campaign, one.serial)
    message = text("slips.message", "vi", issuer=campaign.settings.issuer.body, name=one.name, link=link)
    return one.name, one.phone, link, message


def _fill(workbook: Any, styles: Mapping[str, Any], rows: Sequence[Sequence[str]]) -> None:
    sheet = workbook.add_worksheet()
    for column, name in enumerate(_COLUMNS):
        sheet.write_string(0, column, text(f"slips.column_{name}", "vi"), styles["head"])
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            sheet.write_string(line, column, value, styles["text"])
    sheet.freeze_panes(1, 0)
    sheet.autofit()
