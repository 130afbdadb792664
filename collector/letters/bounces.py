"""Letters that came back: delivery reports (RFC 3464) in a file, a mailbox (mbox) or a Maildir. Changes no mailbox.

A report names the letter by its Message-ID, where it holds the letter or its headers; else by the address, which only
who has the keys can find. "failed" is for good; "delayed" only says that the server goes on trying.
"""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from pathlib import Path

from collector.people.sealed import find_keys, unseal_person
from collector.store import Store
from collector.store.events import record_event
from collector.store.invitations import list_invitations
from collector.store.letters import Letter, list_letters, note_bounce
from collector.store.recipients import list_people
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.words import text

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_PARSER = BytesParser(policy=policy.default)


@dataclass(frozen=True)
class Report:
    """What a delivery report says of one address; `message_id` is "" where it does not hold the letter."""

    action: str
    status: str
    address: str
    message_id: str


@dataclass(frozen=True)
class BounceSummary:
    """Messages read; letters that came back, new and known; reports of a delay; reports of no letter of ours."""

    messages: int
    bounced: int
    known: int
    delayed: int
    foreign: int


def take_bounces(store: Store, campaign: Campaign, paths: list[Path], who: str) -> BounceSummary:
    """Note which letters came back, by the reports in files and folders; the same again changes nothing."""
    messages = [message for path in paths for message in read_messages(path)]
    reports = [report for message in messages for report in find_reports(message)]
    with store.write() as conn:
        letters = {one.message_id: one for one in list_letters(conn)}
        by_address = _last_letters(store, campaign, letters) if any(not one.message_id for one in reports) else {}
        counts = {"bounced": 0, "known": 0, "delayed": 0, "foreign": 0}
        for report in reports:
            one = letters.get(report.message_id) or by_address.get(report.address)
            if one is None or (report.message_id and report.message_id not in letters):
                counts["foreign"] += 1
            elif report.action == "delayed":
                counts["delayed"] += 1
            elif report.action == "failed":
                counts["bounced" if note_bounce(conn, one.id, report.status) else "known"] += 1
        if counts["bounced"]:
            record_event(conn, who, "invite.bounces", "", f"letters={counts['bounced']}")
    return BounceSummary(len(messages), **counts)


def _last_letters(store: Store, campaign: Campaign, letters: dict[str, Letter]) -> dict[str, Letter]:
    """Address -> the last letter that went there."""
    with store.read() as conn:
        keys = find_keys(conn, campaign.settings.id)
        if keys is None:
            return {}
        people = {row.id: row for row in list_people(conn)}
        address_of = {one.id: unseal_person(keys, people[one.recipient]).email for one in list_invitations(conn)}
    found: dict[str, Letter] = {}
    for one in sorted(letters.values(), key=lambda one: one.number):
        if one.state in ("sent", "bounced", "unsure") and one.invitation in address_of:
            found[address_of[one.invitation]] = one
    return found


def read_messages(path: Path) -> Iterator[EmailMessage]:
    """The messages of a Maildir, of a folder of .eml files, of an mbox, or the one of a file. InputWrong."""
    if path.is_dir():
        if (path / "cur").is_dir():
            files = sorted(entry for name in ("cur", "new") for entry in (path / name).glob("*") if entry.is_file())
        else:
            files = sorted(path.glob("*.eml"))
        yield from (_parse(file.read_bytes()) for file in files)
    elif path.is_file():
        content = path.read_bytes()
        if not content.startswith(b"From "):
            yield _parse(content)
            return
        box = mailbox.mbox(path, create=False)
        try:
            yield from (_parse(box.get_bytes(key)) for key in box.keys())  # noqa: SIM118 a mailbox is no dict
        finally:
            box.close()
    else:
        raise InputWrong([Problem(str(path), text("recipients.file_absent"), text("recipients.file_absent_fix"))])


def _parse(content: bytes) -> EmailMessage:
    message = _PARSER.parsebytes(content)
    assert isinstance(message, EmailMessage)  # what its policy makes
    return message


def find_reports(message: EmailMessage) -> list[Report]:
    """What a message reports about addresses; nothing where it is no delivery report."""
    if message.get_content_type() != "multipart/report":
        return []
    reports = []
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            found = _returned_id(message)
            reports += [_read_block(block, found) for block in _blocks(part) if block["Action"]]
    return reports


def _blocks(part: Message) -> list[Message]:
    held = part.get_payload()
    return [block for block in held if isinstance(block, Message)] if isinstance(held, list) else []


def _read_block(block: Message, message_id: str) -> Report:
    words = str(block["Action"]).split()
    status = _STATUS.search(str(block["Status"] or ""))
    address = str(block["Original-Recipient"] or block["Final-Recipient"] or "").rpartition(";")[2]
    return Report(
        words[0].casefold() if words else "", status[0] if status else "", address.strip(" <>").casefold(), message_id
    )


def _returned_id(message: EmailMessage) -> str:
    """The Message-ID of the letter that the report returns, whole or its headers alone."""
    for part in message.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            match = _MESSAGE_ID.search(part.as_bytes())
            if match:
                return match[1].decode("ascii", "replace")
    return ""
