"""Giving a letter to an SMTP server, and what its answers mean. Knows no store and no campaign.

RFC 5321: 4yz is for now, 5yz for good. What a server said before it was given the letter is certain; a connection that
breaks after that leaves open whether it took it.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

from collector.settings import keys_folder
from forms.errors import WorkFailed
from forms.letters import MailServer
from forms.words import text

PASSWORD = "PHIEU_MAIL_PASSWORD"
_PASSWORD_FILE = "mail-password"
_CODES = re.compile(rb"^\s*([245]\.\d{1,3}\.\d{1,3})\b")
_GOING, _LATER, _NEVER = 400, 400, 500
_CLOSING = 421

Answer = Literal["sent", "later", "refused", "unsure", "cut", "unwanted"]


@dataclass(frozen=True)
class Result:
    """What became of a letter; `reply`: the server's code and, where it gave one, its enhanced code (RFC 3463)."""

    answer: Answer
    reply: str = ""
    closing: bool = False


def find_password(campaign_id: str) -> str:
    """The server's password: PHIEU_MAIL_PASSWORD, else the file mail-password beside the campaign's keys, else ""."""
    given = os.environ.get(PASSWORD)
    path = keys_folder(campaign_id) / _PASSWORD_FILE
    if given is None and path.is_file():
        given = path.read_text(encoding="utf-8").rstrip("\r\n")
    return given or ""


@contextmanager
def open_mail_server(server: MailServer, password: str, helo: str) -> Iterator[smtplib.SMTP]:
    """A connection over which letters can be given, encrypted and logged in as `server` says; WorkFailed."""
    try:
        smtp = _connect(server, helo)
        try:
            if server.tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, password)
        except BaseException:
            smtp.close()
            raise
    except smtplib.SMTPNotSupportedError as error:
        raise WorkFailed(text("letters.server_cannot", host=server.host, reason=error)) from error
    except smtplib.SMTPAuthenticationError as error:
        raise WorkFailed(text("letters.login_refused", host=server.host, code=error.smtp_code)) from error
    except UnicodeError as error:  # the library's logins are of ASCII
        raise WorkFailed(text("letters.password_signs")) from error
    except ssl.SSLError as error:
        raise WorkFailed(text("letters.tls_failed", host=server.host, reason=error.reason or error)) from error
    except (smtplib.SMTPException, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise WorkFailed(text("letters.unreachable", host=server.host, port=server.port, reason=reason)) from error
    try:
        yield smtp
    finally:
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()


def _connect(server: MailServer, helo: str) -> smtplib.SMTP:
    if server.tls == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, helo, timeout=server.timeout_s, context=context)
    return smtplib.SMTP(server.host, server.port, helo, timeout=server.timeout_s)


def give_letter(smtp: smtplib.SMTP, sender: str, to: str, content: bytes, begin: Callable[[], bool]) -> Result:
    """Give a server one letter; `begin` is called last before it gets the content, and says whether it still may.

    WorkFailed where the server does not take letters of this sender at all: that is no fault of the letter.
    """
    try:
        smtp.ehlo_or_helo_if_needed()
        code, said = smtp.mail(sender)
        if code >= _NEVER:
            raise WorkFailed(text("letters.sender_refused", sender=sender, code=_show(code, said)))
        if code < _GOING:
            code, said = smtp.rcpt(to)
        if code >= _LATER:
            _reset(smtp, code)
            return Result("refused" if code >= _NEVER else "later", _show(code, said), code == _CLOSING)
    except (smtplib.SMTPServerDisconnected, OSError):
        return Result("cut", closing=True)
    if not begin():
        _reset(smtp, 0)
        return Result("unwanted")
    try:
        code, said = smtp.data(content)
    except smtplib.SMTPDataError as error:  # it did not want the content at all
        wrong = error.smtp_error
        code, said = error.smtp_code, wrong if isinstance(wrong, bytes) else wrong.encode()
    except (smtplib.SMTPServerDisconnected, OSError):
        return Result("unsure", closing=True)
    answer: Answer = "sent" if code < _GOING else "later" if code < _NEVER else "refused"
    if answer != "sent":
        _reset(smtp, code)
    return Result(answer, _show(code, said), code == _CLOSING)


def _reset(smtp: smtplib.SMTP, code: int) -> None:
    if code != _CLOSING:
        with suppress(smtplib.SMTPException, OSError):
            smtp.rset()


def _show(code: int, said: bytes) -> str:
    """The codes alone: what a server writes behind them often repeats the address."""
    enhanced = _CODES.match(said)
    return f"{code} {enhanced[1].decode()}" if enhanced else str(code)
