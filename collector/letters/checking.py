"""Before the first letter: whether the settings fit together and the server takes us; what only people can look at.

No name server is asked: SPF, DKIM and DMARC are judged by who receives. A letter to oneself shows what they judged.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from collector.letters.inviting import find_address_faults
from collector.letters.mail_server import find_password, give_letter, open_mail_server
from collector.letters.sending import get_server
from collector.letters.writing import Addressee, write_letter
from forms.campaign import Campaign
from forms.errors import InputWrong, WorkFailed
from forms.letters import LetterRules
from forms.serial import make_serial
from forms.words import text

_SAMPLE = 0


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: `good`, or what to do; None: nobody but a person can tell."""

    good: bool | None
    line: str


def check_sending(campaign: Campaign, send_to: str = "", now: datetime.datetime | None = None) -> list[Finding]:
    """Everything that can be known before the first letter; with `send_to` a sample letter goes there."""
    findings = list(_check_settings(campaign))
    rules = campaign.settings.letters
    if rules is not None and campaign.settings.mail is not None:
        findings += _check_server(campaign, rules, send_to, now)
        findings += _name_records(rules)
    return findings


def _check_settings(campaign: Campaign) -> Iterator[Finding]:
    settings = campaign.settings
    faults = find_address_faults(settings.public_address)
    yield from (Finding(False, text(f"letters.{fault}")) for fault in faults)
    if not faults:
        yield Finding(True, text("letters.address_good", address=settings.public_address))
    for key, there in (("no_rules", settings.letters), ("no_server", settings.mail)):
        if there is None:
            yield Finding(False, text(f"letters.{key}"))
    if settings.letters is not None and settings.mail is not None:
        domain, user = settings.letters.address.rpartition("@")[2], settings.mail.user.casefold()
        same = "@" not in user or user.rpartition("@")[2] == domain
        key = "domain_same" if same else "domain_other"
        yield Finding(same, text(f"letters.{key}", domain=domain))


def _check_server(
    campaign: Campaign, rules: LetterRules, send_to: str, now: datetime.datetime | None
) -> Iterator[Finding]:
    server, helo = get_server(campaign), rules.address.rpartition("@")[2]
    try:
        with open_mail_server(server, find_password(campaign.settings.id), helo) as smtp:
            fields = {"host": server.host, "port": server.port}
            yield Finding(server.tls != "none", text(f"letters.connected_{server.tls}", **fields))
            yield Finding(bool(server.user) or None, text("letters.logged_in" if server.user else "letters.no_login"))
            if send_to:
                message = write_sample(campaign, rules, send_to, now or datetime.datetime.now(datetime.UTC))
                result = give_letter(smtp, rules.address, send_to, message, lambda: True)
                sent = result.answer == "sent"
                key = "sample_sent" if sent else "sample_refused"
                yield Finding(sent, text(f"letters.{key}", reply=result.reply))
    except WorkFailed as error:
        yield Finding(False, error.args[0])
    except InputWrong as error:
        yield from (Finding(False, str(problem)) for problem in error.problems)


def write_sample(campaign: Campaign, rules: LetterRules, send_to: str, now: datetime.datetime) -> bytes:
    """The letter as people get it, with a sheet and a token that open nothing."""
    agency, group = campaign.agencies[0].code, campaign.settings.groups[0].code
    to = Addressee(agency, group, make_serial(0), "0" * 20, text("letters.sample_name", "vi"), send_to)
    domain = rules.address.rpartition("@")[2]
    return write_letter(campaign, rules, to, _SAMPLE, f"<{secrets.token_hex(16)}@{domain}>", now)


def _name_records(rules: LetterRules) -> Iterator[Finding]:
    domain = rules.address.rpartition("@")[2]
    for record in ("spf", "dkim", "dmarc", "look"):
        yield Finding(None, text(f"letters.record_{record}", domain=domain))
