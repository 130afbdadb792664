"""The log as people read it: its lines in words, found by the number of a sheet, and as a table to take away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from aggregation.csv_files import csv_bytes
from collector.store import Store
from collector.store.chain import Broken, Event, Head, check_chain
from collector.store.events import Filter, count_events, find_events, read_events
from collector.store.question_numbers import number_questions
from forms.words import text

ACTS = {
    "login": "log.login",
    "login.failed": "log.login_failed",
    "logout": "log.logout",
    "account.add": "log.account_add",
    "account.change": "log.account_change",
    "account.disable": "log.account_disable",
    "account.enable": "log.account_enable",
    "account.reset": "log.account_reset",
    "account.password": "log.account_password",
    "account.enrol": "log.account_enrol",
    "account.locked": "log.account_locked",
    "account.way_in": "log.account_way_in",
    "sheets.handover": "log.sheets_handover",
    "sheets.return": "log.sheets_return",
    "sheets.void": "log.sheets_void",
    "sheets.correction": "log.sheets_correction",
    "sheets.release": "log.sheets_release",
    "sheets.reprint": "log.sheets_reprint",
    "sheets.extension": "log.sheets_extension",
    "doubt.settle": "log.doubt_settle",
    "doubt.undo": "log.doubt_undo",
    "conflict.decide": "log.conflict_decide",
    "sign.ask": "log.sign_ask",
    "sign.give": "log.sign_give",
    "sign.refuse": "log.sign_refuse",
    "sign.rule": "log.sign_rule",
    "petition.take": "log.petition_take",
    "petition.decide": "log.petition_decide",
    "edition.keep": "log.edition_keep",
    "freeze": "log.freeze",
    "export.make": "log.export_make",
    "export.take": "log.export_take",
    "backup.make": "log.backup_make",
    "backup.restore": "log.backup_restore",
    "import": "log.import",
    "import.put_away": "log.import_put_away",
    "recipients.import": "log.recipients_import",
    "recipients.draw": "log.recipients_draw",
    "recipients.list": "log.recipients_list",
    "recipients.erase": "log.recipients_erase",
    "recipients.key": "log.recipients_key",
    "recheck.commit": "log.recheck_commit",
    "recheck.draw": "log.recheck_draw",
    "recheck.replaced": "log.recheck_replaced",
    "recheck.contacts": "log.recheck_contacts",
    "recheck.calls": "log.recheck_calls",
    "recheck.record": "log.recheck_record",
    "recheck.widen": "log.recheck_widen",
    "recheck.apply": "log.recheck_apply",
    "recheck.undo": "log.recheck_undo",
    "invite.prepare": "log.invite_prepare",
    "invite.send": "log.invite_send",
    "invite.again": "log.invite_again",
    "invite.start": "log.invite_start",
    "invite.stop": "log.invite_stop",
    "invite.remind": "log.invite_remind",
    "invite.bounces": "log.invite_bounces",
    "invite.opt-out": "log.invite_opt_out",
    "invite.by-hand": "log.invite_by_hand",
    "invite.take": "log.invite_take",
    "prepare.replace": "log.prepare_replace",
    "prepare.next": "log.prepare_next",
    "prepare.begin": "log.prepare_begin",
    "print.start": "log.print_start",
    "print.end": "log.print_end",
    "recheck.contact": "log.recheck_contact",
    "recheck.attempt": "log.recheck_attempt",
}
_FIELDS = {
    "sheets": "log.sheets",
    "rows": "log.rows",
    "people": "log.people",
    "letters": "log.letters",
    "mail": "log.mail",
    "party": "log.party",
    "letter": "log.letter",
    "state": "log.state",
    "what": "log.what",
    "until": "log.until",
    "case": "log.case",
    "question": "log.question",
    "row": "log.row",
    "keep": "log.keep",
    "decision": "log.decision",
    "round": "log.round",
    "frame": "log.frame",
    "size": "log.size",
    "answers": "log.answers",
    "accepted": "log.accepted",
    "same": "log.same",
    "conflict": "log.conflict",
    "over_quota": "log.over_quota",
    "held": "log.held",
    "empty": "log.empty",
    "placed": "log.placed",
    "doubtful": "log.doubtful",
    "doubts": "log.doubts",
    "conflicts": "log.conflicts",
    "provisional": "log.provisional",
    "closed": "log.closed",
    "code": "log.code",
    "number": "log.count",
    "act": "log.kind",
    "by": "log.by",
    "sent": "log.sent",
    "later": "log.later",
    "failed": "log.failed",
    "unsure": "log.unsure",
    "training": "log.training",
    "keys": "log.keys",
}
_VALUES = {
    "first": "log.value_first",
    "second": "log.value_second",
    "neither": "log.value_neither",
    "none": "log.value_none",
    "in": "log.value_in",
    "apart": "log.value_apart",
    "True": "log.value_yes",
    "doubt": "sign.kind_doubt",
    "conflict": "sign.kind_conflict",
    "void": "sign.kind_void",
    "strike": "sign.kind_strike",
    "restore": "sign.kind_restore",
    "correction": "sign.kind_correction",
    "petition": "sign.kind_petition",
    "totp": "log.value_totp",
    "password": "log.value_password",
    "code": "log.value_code",
    "granted": "log.value_granted",
    "partly": "log.value_partly",
    "refused": "log.value_refused",
    "confirmed": "recheck.press_confirmed",
    "denies": "recheck.press_denies",
    "forged": "recheck.press_forged",
    "wrong_number": "recheck.press_wrong_number",
    "unreachable": "recheck.press_unreachable",
    "manager": "account.role_manager",
    "clerk": "account.role_clerk",
    "verifier": "account.role_verifier",
    "rechecker": "account.role_rechecker",
    "viewer": "account.role_viewer",
    "observer": "account.role_observer",
    "auditor": "account.role_auditor",
    "returned": "sheets.state_returned",
    "unused": "sheets.state_unused",
    "spoiled": "sheets.state_spoiled",
    "lost": "sheets.state_lost",
    "handover": "sheets.kind_handover",
    "return": "sheets.kind_return",
    "release": "sheets.kind_release",
}

COLUMNS = ("id", "at", "who", "action", "subject", "detail", "prev", "hash")
_NUMBER = re.compile(r"([A-Z0-9_-]+)-(\d{1,6})")
_SHOWN = re.compile(r"([A-Z0-9_-]+)-(\d{1,6})(?:\.\.\1-(\d{1,6}))?")
_HASH = re.compile(r"[0-9a-f]{64}")
_STRUCK = re.compile(r"(sheet|collector|agency):(.+)")
Printed = Mapping[str, Mapping[str, int]]
_UNKNOWN: Printed = {}
_FIELD = re.compile(r"([a-z_0-9]+)=(.*)", re.DOTALL)


def find_lines(
    conn: Connection, wanted: Filter, number: str, limit: int | None = None, offset: int = 0
) -> tuple[list[Event], int]:
    """A page of lines, the newest first, and how many there are; `number`: those alone that name this sheet, or ""."""
    if not number:
        return find_events(conn, wanted, limit, offset), count_events(conn, wanted)
    within = Filter(wanted.first_day, wanted.last_day, wanted.who, wanted.action, number.rpartition("-")[0])
    lines = [line for line in find_events(conn, within) if names_sheet(f"{line.subject} {line.detail}", number)]
    return lines[offset:][:limit], len(lines)


def find_number(typed: str) -> str:
    """The number of a sheet as typed, in the spelling of the log; "" where it is none."""
    upper = typed.strip().upper()
    return upper if _NUMBER.fullmatch(upper) else ""


def names_sheet(shown: str, number: str) -> bool:
    """Whether a number stands in a text, by itself or within a range such as HL-CD-003..HL-CD-007."""
    prefix, _, ordinal = number.rpartition("-")
    found = (one for one in _SHOWN.finditer(shown) if one[1] == prefix)
    return any(int(one[2]) <= int(ordinal) <= int(one[3] or one[2]) for one in found)


def check_log(store: Store, written: Head | None = None) -> tuple[Head, Broken | None]:
    """Follow the whole chain: the head that was reached, and the first line that does not hold."""
    with store.read() as conn:
        return check_chain(read_events(conn), written)


def say_broken(broken: Broken, lang: str | None = None) -> str:
    """The first line that does not hold, and why, in words."""
    return text(f"log.broken_{broken.fault}", lang, line=broken.id)


def say_act(action: str, lang: str | None = None) -> str:
    """What was done, in words; its code where a later version of this program wrote it."""
    return text(ACTS[action], lang) if action in ACTS else action


def say_subject(line: Event, lang: str | None = None) -> str:
    """What it was done to; the beginning of a hash, which nobody reads whole."""
    struck = _STRUCK.fullmatch(line.subject)
    if struck is not None:
        return text(f"recheck.scope_{struck[1]}", lang, subject=struck[2])
    if line.action == "edition.keep":
        name = text(f"petitions.edition_{line.subject.replace('-', '_')}", lang)
        return text("petitions.edition_title", lang, name=name)
    if line.action == "recipients.import":
        return text("log.subject_list", lang, number=line.subject)
    return f"{line.subject[:16]}…" if _HASH.fullmatch(line.subject) else line.subject


def say_detail(line: Event, lang: str | None = None, printed: Printed = _UNKNOWN) -> str:
    """The rest of a line in words: fields with their names, and what somebody wrote as a reason.

    `printed`: as find_numbers gives it; a question without a number is told by its code.
    """
    if line.action.startswith(("account.", "login")):
        return ", ".join(_say_value(word, lang) for word in line.detail.split())
    return "; ".join(_say_part(part, lang, printed.get(line.subject, {})) for part in _split(line.detail) if part)


def find_numbers(conn: Connection, lines: Iterable[Event]) -> Printed:
    """By sheet or cell that these lines name a question of: the numbers that stood before its questions on paper."""
    return number_questions(conn, {line.subject for line in lines if "question=" in line.detail})


def _split(detail: str) -> list[str]:
    if not detail.startswith("{"):
        return detail.split("; ")
    try:
        said: dict[str, object] = json.loads(detail)
    except ValueError:
        return [detail]
    return [f"{name}={value}" for name, value in _flatten(said) if value not in (None, "", 0, False)]


def _flatten(said: dict[str, object]) -> Iterable[tuple[str, object]]:
    for name, value in said.items():
        yield from _flatten(value) if isinstance(value, dict) else [(name, value)]


def _say_part(part: str, lang: str | None, printed: Mapping[str, int]) -> str:
    field = _FIELD.fullmatch(part)
    if field is not None and field[1] == "question" and field[2] in printed:
        return text("log.question_number", lang, number=printed[field[2]])
    if field is None or field[1] not in _FIELDS:
        return _say_value(part, lang)
    return f"{text(_FIELDS[field[1]], lang)}: {_say_value(field[2], lang)}"


def _say_value(value: str, lang: str | None) -> str:
    return text(_VALUES[value], lang) if value in _VALUES else value


def lines_csv(lines: Iterable[Event]) -> bytes:
    """Lines as a table, with all that a verifier of one's own needs; `at` as it stands in the canonical form."""
    return csv_bytes(COLUMNS, (_row(line) for line in lines))


def _row(line: Event) -> tuple[object, ...]:
    at = f"{line.at:%Y-%m-%dT%H:%M:%S}Z"
    return (line.id, at, line.who, line.action, line.subject, line.detail, line.prev, line.hash)
