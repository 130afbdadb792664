"""Sending what is in the queue: no faster than allowed, each letter once, and every doubt said aloud.

The attempt is in the database before the server gets the content. Whoever is killed between the two leaves a letter
`sending`; the next run calls it `unsure` and sends it again only when a person says so.
"""

from __future__ import annotations

import datetime
import smtplib
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from collector.files import hold_file
from collector.letters.inviting import get_rules
from collector.letters.mail_server import Result, find_password, give_letter, open_mail_server
from collector.letters.writing import Addressee, write_letter
from collector.people.sealed import find_keys, unseal_person
from collector.settings import DATA
from collector.store import Store
from collector.store.events import record_event
from collector.store.invitations import list_invitations
from collector.store.letters import (
    Letter,
    begin_sending,
    count_tried,
    drop_needless,
    end_sending,
    list_due,
    list_letters,
    name_unsure,
    next_due,
    queue_unsure,
)
from collector.store.recipients import list_people
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem, WorkFailed
from forms.letters import LetterRules, MailServer
from forms.words import text

LOCK = "letters.lock"
# After the first try that a server put off, the second, ...; after the last one a letter has failed.
BACK_OFF = tuple(datetime.timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))
_REFUSED_IN_A_ROW = 10  # then it is not the people
_CUTS_IN_A_ROW = 3


@dataclass(frozen=True)
class SendSummary:
    """What a run came to. `unsure`: letters of which nobody knows whether a server took them, earlier runs' included.

    `again`: when the first that was put off may be tried, UTC without a zone; `capped`: the day's cap was reached.
    """

    sent: int
    later: int
    failed: int
    unsure: int
    again: datetime.datetime | None
    capped: bool


@dataclass
class _Run:
    store: Store
    campaign: Campaign
    rules: LetterRules
    server: MailServer
    addressees: dict[int, Addressee]
    now: Callable[[], datetime.datetime]


def get_server(campaign: Campaign) -> MailServer:
    """The campaign's `mail:`; InputWrong where it has none."""
    if campaign.settings.mail is None:
        raise InputWrong([Problem("campaign.yaml", text("letters.no_server"), text("letters.no_server_fix"))])
    return campaign.settings.mail


def hold_queue(folder: Path) -> AbstractContextManager[None]:
    """Have the queue to oneself; WorkFailed where another run sends."""
    return hold_file(folder / DATA / LOCK, WorkFailed(text("letters.busy")))


def send_letters(
    store: Store,
    campaign: Campaign,
    who: str,
    limit: int | None = None,
    again_unsure: bool = False,
    report: Callable[[int, int], None] = lambda *_: None,
    pause: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
) -> SendSummary:
    """Send what is due, until nothing is, `limit` is reached or the day's cap; `again_unsure`: the doubtful ones too.

    `pause` waits between two letters; whatever it raises ends the run there, with all on record.

    WorkFailed where the server is not to be had, refuses the sender, or refuses everybody; what was sent stays so.
    """
    rules, server = get_rules(campaign), get_server(campaign)
    with hold_queue(store.folder):
        with store.write() as conn:
            name_unsure(conn)
            if again_unsure and (count := queue_unsure(conn)):
                record_event(conn, who, "invite.again", "", f"letters={count}")
            drop_needless(conn)
            due, left = list_due(conn, now()), server.per_day - count_tried(conn, now())
        chosen = due[: max(0, left if limit is None else min(limit, left))]
        run = _Run(store, campaign, rules, server, _find_addressees(store, campaign), now)
        counts: Counter[str] = Counter()
        try:
            _send_all(run, chosen, counts, report, pause)
        finally:
            with store.write() as conn:
                if counts:
                    told = "; ".join(f"{name}={counts[name]}" for name in sorted(counts))
                    record_event(conn, who, "invite.send", "", told)
        return _sum_up(store, counts, left < min(len(due), limit or len(due)))


def _sum_up(store: Store, counts: Counter[str], capped: bool) -> SendSummary:
    with store.read() as conn:
        unsure = sum(one.state == "unsure" for one in list_letters(conn))
        return SendSummary(counts["sent"], counts["later"], counts["failed"], unsure, next_due(conn), capped)


def _find_addressees(store: Store, campaign: Campaign) -> dict[int, Addressee]:
    """Who can be written to: invitation -> the person; without those whose sheet is void or no longer theirs."""
    with store.read() as conn:
        keys = find_keys(conn, campaign.settings.id)
        if keys is None:
            return {}
        people = {row.id: row for row in list_people(conn)}
        found = {}
        for one in list_invitations(conn):
            if one.serial and one.reach == "mail" and not one.void:
                person = unseal_person(keys, people[one.recipient])
                found[one.id] = Addressee(one.agency, one.group, one.serial, one.token, person.name, person.email)
        return found


def _send_all(
    run: _Run,
    letters: list[Letter],
    counts: Counter[str],
    report: Callable[[int, int], None],
    pause: Callable[[float], None],
) -> None:
    refused = cuts = 0
    with ExitStack() as stack:
        smtp: smtplib.SMTP | None = None
        for place, one in enumerate(letters):
            if place:
                pause(60 / run.server.per_minute)
            if smtp is None:
                password = find_password(run.campaign.settings.id)
                helo = run.rules.address.rpartition("@")[2]
                smtp = stack.enter_context(open_mail_server(run.server, password, helo))
            result = _send(run, smtp, one)
            if result.closing:
                stack.pop_all().close()
                smtp = None
            counts[_keep(run, one, result)] += 1
            refused = refused + 1 if result.answer == "refused" else 0
            cuts = cuts + 1 if result.answer == "cut" else 0
            if refused >= _REFUSED_IN_A_ROW:
                raise WorkFailed(text("letters.all_refused", count=refused, reply=result.reply))
            if cuts >= _CUTS_IN_A_ROW:
                raise WorkFailed(text("letters.all_cut", host=run.server.host))
            report(place + 1, len(letters))


def _send(run: _Run, smtp: smtplib.SMTP, one: Letter) -> Result:
    to = run.addressees.get(one.invitation)
    if to is None:
        return Result("unwanted")
    message = write_letter(run.campaign, run.rules, to, one.number, one.message_id, run.now())

    def begin() -> bool:
        with run.store.write() as conn:
            return begin_sending(conn, one.id, run.now())

    return give_letter(smtp, run.rules.address, to.email, message, begin)


def _keep(run: _Run, one: Letter, result: Result) -> str:
    """Write down what a letter came to; what it counts as."""
    with run.store.write() as conn:
        if result.answer == "unwanted":
            drop_needless(conn)
            return "unwanted"
        if result.answer == "cut":
            return "cut"
        if result.answer == "unsure":
            name_unsure(conn)
            return "unsure"
        if result.answer in ("later", "refused"):
            begin_sending(conn, one.id, run.now())  # where the server spoke before it got the content
        last = one.tries >= len(BACK_OFF)
        if result.answer == "later" and not last:
            end_sending(conn, one, "queued", result.reply, run.now() + BACK_OFF[one.tries])
            return "later"
        end_sending(conn, one, "sent" if result.answer == "sent" else "failed", result.reply)
        return "sent" if result.answer == "sent" else "failed"
