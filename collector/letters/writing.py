"""A letter as it goes over the wire: headers, plain text and HTML, for one person. Sends nothing, keeps nothing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from collector.store.clock import VIET_NAM
from forms.campaign import Campaign
from forms.days import show_day
from forms.letters import LetterRules, letter_html, letter_words, split_address

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
) -> EmailMessage:
    """The letter of a number to a person; `now` is aware."""
    settings, group = campaign.settings, campaign.get_group(to.group)
    due = settings.find_due_day()
    stop = stop_link(campaign, to.token)
    fields = {"name": to.name, "agency": campaign.get_agency(to.agency).name, "campaign": settings.name}
    fields |= {"link": form_link(campaign, to.serial), "stop": stop, "issuer": settings.issuer.body}
    fields |= {"last_day": show_day(due) if due else ""}
    subject, written = letter_words(rules, number, group.privacy == "linked", fields)
    message = EmailMessage(SMTP)
    message["From"] = _address(rules.sender)
    message["To"] = Address(to.name, addr_spec=to.email)
    if rules.reply_to:
        message["Reply-To"] = _address(rules.reply_to)
    message["Subject"] = subject
    message["Date"] = format_datetime(now.astimezone(VIET_NAM))
    message["Message-ID"] = message_id
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = ONE_CLICK
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written)
    message.add_alternative(letter_html(subject, written), subtype="html")
    return message


def _address(written: str) -> Address:
    name, address = split_address(written)
    return Address(name, addr_spec=address)
