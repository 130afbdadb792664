"""A letter as it goes over the wire: headers, plain text and HTML, for one person. Sends nothing, keeps nothing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from collector.store.clock import VIET_NAM
from forms.campaign import Campaign
from forms.days import show_day
from forms.letters import LetterRules, letter_html, letter_words, split_address

_LINE = 76  # the longest line of an encoded header
ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058, section 3.1


@dataclass(frozen=True)
class Addressee:
    """To whom a letter goes, about which cell, with which sheet and which token to opt out."""

    agency: str
    group: str
    serial: str = field(repr=False)
    token: str = field(repr=False)
    name: str = field(repr=False)
    email: str = field(repr=False)


def form_link(campaign: Campaign, serial: str) -> str:
    """The address of a sheet's form."""
    return f"{(campaign.settings.public_address or '').rstrip('/')}/P/{serial}"


def stop_link(campaign: Campaign, token: str) -> str:
    """The address where a person opts out of letters."""
    return f"{(campaign.settings.public_address or '').rstrip('/')}/T/{token}"


def write_letter(
    campaign: Campaign, rules: LetterRules, to: Addressee, number: int, message_id: str, now: datetime.datetime
) -> bytes:
    """The letter of a number to a person, as it goes over the wire; `now` is aware."""
    settings, group = campaign.settings, campaign.get_group(to.group)
    due = settings.find_due_day()
    stop = stop_link(campaign, to.token)
    fields = {"name": to.name, "agency": campaign.get_agency(to.agency).name, "campaign": settings.name}
    fields |= {"link": form_link(campaign, to.serial), "stop": stop, "issuer": settings.issuer.body}
    fields |= {"last_day": show_day(due) if due else ""}
    subject, written = letter_words(rules, number, group.privacy == "linked", fields)
    heads = {"From": _mailbox(*split_address(rules.sender)), "To": _mailbox(to.name, to.email)}
    if rules.reply_to:
        heads["Reply-To"] = _mailbox(*split_address(rules.reply_to))
    heads |= {"Subject": _encoded(subject, len("Subject: ")), "Date": format_datetime(now.astimezone(VIET_NAM))}
    heads |= {"Message-ID": message_id, "List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": ONE_CLICK}
    heads |= {"Auto-Submitted": "auto-generated"}
    body = EmailMessage(SMTP)
    body.set_content(written)
    body.add_alternative(letter_html(subject, written), subtype="html")
    return "".join(f"{name}: {value}\r\n" for name, value in heads.items()).encode("ascii") + bytes(body)


def _mailbox(name: str, address: str) -> str:
    return f"{_encoded(name, len('Reply-To: '))}\r\n <{address}>" if name else f"<{address}>"


def _encoded(words: str, before: int) -> str:
    """RFC 2047, always encoded and folded; `before`: how much of the first line is taken.

    The library's newer headers lose and add spaces where such words are folded, so its older encoder writes these.
    """
    return Header(words, "utf-8", maxlinelen=_LINE - before).encode(linesep="\r\n")
