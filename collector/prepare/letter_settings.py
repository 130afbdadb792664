"""Who writes the letters, when they remind and through which server, as fields of a form: values of campaign.yaml.

The mailbox's password is none of them: it lies with the keys (collector.letters.mail_server). Everything else in the
file stays as it is (forms.yaml_edit).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from collector.folder_swap import Swap
from collector.prepare.labels import name_fields
from collector.prepare.replacing import ONE_AT_A_TIME, take_swap
from collector.prepare.shelf import SETTINGS
from collector.store import Store
from forms.campaign import Campaign, Settings
from forms.days import show_written, write_day
from forms.errors import InputWrong, Problem
from forms.letters import MOST_REMINDERS, MailServer
from forms.source import Path
from forms.words import text
from forms.yaml_edit import Value, add_mapping, set_values

LONGEST = 300
ENCRYPTIONS = ("starttls", "tls", "none")
_NEEDED = {"letters": "from", "mail": "host"}  # without it there is no such mapping
_KINDS: dict[str, Literal["text", "number", "choice"]] = {
    "from": "text",
    "reply_to": "text",
    "host": "text",
    "port": "number",
    "tls": "choice",
    "user": "text",
    "per_minute": "number",
    "per_day": "number",
}


@dataclass(frozen=True)
class LetterField:
    """One value of `letters:` or `mail:`; `value` is what holds now, or what would."""

    part: str
    key: str
    value: str
    kind: Literal["text", "number", "choice", "date"]

    @property
    def name(self) -> str:
        """The name under which a browser sends it."""
        return f"{self.part}.{self.key}"

    @property
    def shown(self) -> str:
        """The value as people read and write it."""
        return show_written(self.value) if self.kind == "date" else self.value


def list_letter_fields(settings: Settings) -> Iterator[LetterField]:
    """The fields in the order of the form."""
    rules, mail = settings.letters, settings.mail
    written = {"from": rules.sender, "reply_to": rules.reply_to} if rules else {"from": "", "reply_to": ""}
    for key, value in written.items():
        yield LetterField("letters", key, value, _KINDS[key])
    days = rules.reminders if rules else ()
    for place in range(MOST_REMINDERS):
        day = days[place].isoformat() if place < len(days) else ""
        yield LetterField("letters", f"reminder_{place + 1}", day, "date")
    server = mail or MailServer.model_construct(host="")
    for key in ("host", "port", "tls", "user", "per_minute", "per_day"):
        yield LetterField("mail", key, str(getattr(server, key)), _KINDS[key])


def change_letters(store: Store, settings: Settings, typed: Mapping[str, str], who: str) -> Campaign | None:
    """Put what was typed into campaign.yaml, checked with the whole folder; None where nothing differs. InputWrong."""
    fields = {field.name: field for field in list_letter_fields(settings)}
    given = {name: " ".join(typed.get(name, one.value).split())[:LONGEST] for name, one in fields.items()}
    given |= {name: write_day(given[name]) for name, one in fields.items() if one.kind == "date"}
    if given == {name: one.value for name, one in fields.items()}:
        return None
    with ONE_AT_A_TIME:
        content = (store.folder / SETTINGS).read_bytes().decode("utf-8-sig")
        try:
            edited = _write(content, settings, given)
        except KeyError as error:
            raise InputWrong([Problem(SETTINGS, text("prepare.by_hand"), text("prepare.by_hand_fix"))]) from error
        try:
            return take_swap(store, settings, Swap({SETTINGS: edited.encode()}), who)
        except InputWrong as wrong:
            raise InputWrong(name_fields(wrong.problems, edited.encode(), _labels(settings))) from None


def _labels(settings: Settings) -> dict[Path, str]:
    keys: dict[Path, str] = {(one.part, one.key): one.key for one in list_letter_fields(settings) if one.kind != "date"}
    keys |= {("letters", "reminders", place): f"reminder_{place + 1}" for place in range(MOST_REMINDERS)}
    return {path: text(f"invite.field_{key}") for path, key in keys.items()}


def _write(content: str, settings: Settings, given: Mapping[str, str]) -> str:
    for part, kept in (("letters", settings.letters), ("mail", settings.mail)):
        needed = given[f"{part}.{_NEEDED[part]}"]
        if kept is None and not needed and not _changes(part, settings, given):
            continue  # a port alone is no server: the check of the folder says what it lacks
        content = add_mapping(content, part, _NEEDED[part], needed)
        content = set_values(content, _changes(part, settings, given))
    return content


def _changes(part: str, settings: Settings, given: Mapping[str, str]) -> dict[Path, Value]:
    """What of a mapping differs; the needed one always, for a mapping just added holds it already."""
    changes: dict[Path, Value] = {}
    for field in list_letter_fields(settings):
        if field.part == part and field.kind != "date" and given[field.name] != field.value:
            changes[part, field.key] = given[field.name]
    days = [given[field.name] for field in list_letter_fields(settings) if field.part == part and field.kind == "date"]
    before = tuple(day.isoformat() for day in settings.letters.reminders) if settings.letters else ()
    if days and (fresh := tuple(filter(None, days))) != before:
        changes[part, "reminders"] = fresh
    return changes
