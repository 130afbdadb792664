"""Letters of invitation: who sends them, through which server, in which words. Knows no person and sends nothing.

The words are the catalogue's unless campaign.yaml has its own. Fields stand in braces: {name}, {agency}, {link},
{stop}, {last_day}, {issuer}, {campaign}; nothing else may. The HTML part says exactly what the plain one says: no
picture, no tracking, and every link shows the very address that it leads to.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from html import escape
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import Field

from forms.contacts import find_email
from forms.errors import Problem
from forms.questionnaire import Frozen, Text
from forms.source import Source
from forms.words import text

MOST_REMINDERS = 3
FIELDS = ("name", "agency", "link", "stop", "last_day", "issuer", "campaign")
_URL = re.compile(r"https?://[^\s<>]+")
_NAMED = re.compile(r'"?(?P<name>[^"<>]*?)"?\s*<(?P<address>[^<>]+)>')
_OWN_WORDS = ("subject", "body", "reminder_subject", "reminder_body")


class MailServer(Frozen):
    """The SMTP server that letters go through (`mail:`); its password never stands in campaign.yaml.

    `per_minute` and `per_day` bound how many letters leave; ask whoever runs the server what it allows.
    """

    host: Text
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    per_minute: Annotated[int, Field(ge=1, le=6000)] = 20
    per_day: Annotated[int, Field(ge=1, le=1_000_000)] = 500
    timeout_s: Annotated[int, Field(ge=1, le=600)] = 60


class LetterRules(Frozen):
    """Who writes (`letters:`), on which days those who have not answered are reminded, the campaign's own words."""

    sender: Annotated[Text, Field(alias="from")]
    reply_to: str = ""
    reminders: Annotated[tuple[datetime.date, ...], Field(max_length=MOST_REMINDERS)] = ()
    subject: str = ""
    body: str = ""
    reminder_subject: str = ""
    reminder_body: str = ""

    @property
    def address(self) -> str:
        """The sender's bare address."""
        return split_address(self.sender)[1].casefold()


def split_address(written: str) -> tuple[str, str]:
    """Name and address of `Name <address>`; a name may hold commas, as offices write it. "" and all of it otherwise."""
    match = _NAMED.fullmatch(written.strip())
    return (match["name"].strip(), match["address"].strip()) if match else ("", written.strip())


def check_letters(letters: LetterRules | None, mail: MailServer | None, file: Source) -> Iterator[Problem]:
    """Every problem of `letters:` and `mail:`, each at its line."""
    if mail is not None and mail.user and mail.tls == "none" and mail.host not in ("localhost", "127.0.0.1", "::1"):
        yield _problem(file, ("mail", "tls"), "tls_needed")
    if letters is None:
        return
    for field, written in (("from", letters.sender), ("reply_to", letters.reply_to)):
        if written and find_email(split_address(written)[1]) is None:
            yield _problem(file, ("letters", field), "address_wrong")
    if list(letters.reminders) != sorted(set(letters.reminders)):
        yield _problem(file, ("letters", "reminders"), "days_unordered")
    for name in _OWN_WORDS:
        yield from _check_words(name, getattr(letters, name), file)


def _check_words(name: str, written: str, file: Source) -> Iterator[Problem]:
    where = ("letters", name)
    try:
        found = [field for _, field, _, _ in Formatter().parse(written) if field is not None]
    except ValueError:
        yield _problem(file, where, "braces_wrong")
        return
    for field in sorted(set(found) - set(FIELDS)):
        yield _problem(file, where, "field_unknown", field=field, known=", ".join(FIELDS))
    if name.endswith("body") and written:
        for field in ("link", "stop"):
            if field not in found:
                yield _problem(file, where, "field_missing", field=field)
    if name.endswith("subject") and ("\n" in written.strip() or "link" in found):
        yield _problem(file, where, "subject_wrong")


def _problem(file: Source, path: tuple[str | int, ...], key: str, **fields: object) -> Problem:
    return Problem(file.where(path), text(f"letters.{key}", **fields), text(f"letters.{key}_fix", **fields))


def letter_words(
    rules: LetterRules, number: int, linked: bool, fields: Mapping[str, object], lang: str = "vi"
) -> tuple[str, str]:
    """Subject and plain text of the invitation (`number` 0) or of a reminder (1 and on).

    What is promised about the answer follows from the group's privacy and is added to the campaign's own words too.
    """
    kind = "reminder" if number else "invitation"
    subject = (rules.reminder_subject if number else rules.subject) or text(f"letters.{kind}_subject", lang)
    body = (rules.reminder_body if number else rules.body) or text(f"letters.{kind}_body", lang)
    promise = text("letters.promise_linked" if linked else "letters.promise_unlinked", lang)
    last_day = fields.get("last_day")
    filled: dict[str, Any] = {**fields, "last_day": last_day or text("letters.no_last_day", lang)}
    written = f"{body.strip().format(**filled)}\n\n{promise}\n"
    return " ".join(subject.format(**filled).split()), written


def letter_html(subject: str, written: str, lang: str = "vi") -> str:
    """The plain text as a small page: paragraphs, and links that show their own address."""
    paragraphs = (_paragraph(part) for part in re.split(r"\n{2,}", written.strip()))
    style = "font:16px/1.5 Arial,sans-serif;color:#1a1a1a;max-width:36em;margin:1em;overflow-wrap:anywhere"
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head = f'<!doctype html><html lang="{lang}"><head>{meta}<title>{escape(subject)}</title></head>'
    return f'{head}<body style="{style}">{"".join(paragraphs)}</body></html>\n'


def _paragraph(part: str) -> str:
    lines = []
    for line in part.split("\n"):
        pieces, start = [], 0
        for match in _URL.finditer(line):
            url = escape(match[0])
            pieces += [escape(line[start : match.start()]), f'<a href="{url}">{url}</a>']
            start = match.end()
        lines.append("".join([*pieces, escape(line[start:])]))
    return f"<p>{'<br>'.join(lines)}</p>"
