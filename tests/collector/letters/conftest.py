"""People invited to sheets of a linked and of an unlinked group, and a real SMTP server that takes their letters."""

from __future__ import annotations

import asyncio
import datetime
import email
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collector.letters.inviting import prepare_invitations
from collector.letters.sending import SendSummary, send_letters
from collector.people.drawing import SizeRule, draw_people
from collector.people.recipients import import_recipients
from collector.store import Store
from collector.store.invitations import Invitation, list_invitations
from collector.store.letters import Letter, list_letters
from forms.campaign import Campaign
from forms.letters import LetterRules, MailServer
from tests.collector.letters.serving import start_mail_server
from tests.waiting import PATIENCE_S

ADDRESS = "https://khaosat.vi-du.gov.vn"
SENDER = "Sở Nội vụ, tỉnh Ví Dụ <khaosat@vi-du.gov.vn>"
PEOPLE = "agency,group,name,email,phone\n" + "".join(
    [f"SNV,CD,Nguyễn Thị Thứ {n},cd{n}@vi-du.vn,09{n:08d}\n" for n in range(6)]
    + [f"HL,CC,Đặng Văn Thứ {n},cc{n}@vi-du.vn,\n" for n in range(3)]
    + ["HL,CC,Lê Không Thư,,0912345678\n"]
)


@pytest.fixture(autouse=True)
def _keys_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    monkeypatch.delenv("PHIEU_MAIL_PASSWORD", raising=False)


@dataclass
class PostOffice:
    """A real server: keeps what it takes; `say` answers for an address, by step (MAIL, RCPT, DATA), "cut" hangs up."""

    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    say: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    reached_data: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)
    holds: bool = False

    def _answer(self, step: str, address: str, server: Any) -> str | None:
        said = self.say.get((step, address)) or self.say.get((step, "*"))
        if not said:
            return None
        answer = said.pop(0) if len(said) > 1 or said[0] == "cut" else said[0]
        if answer == "cut":
            server.transport.abort()
        return answer

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802, ARG002 the server names it
        answer = self._answer("MAIL", address, server)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802, ARG002
        self.asked.append(address)
        answer = self._answer("RCPT", address, server)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802, ARG002
        answer = self._answer("DATA", envelope.rcpt_tos[0], server)
        if answer is None:
            message = email.message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.taken.append((list(envelope.rcpt_tos), message))
        if self.holds:
            self.reached_data.set()
            await asyncio.get_running_loop().run_in_executor(None, self.go_on.wait, 20)
        return answer or "250 2.0.0 OK"

    @property
    def addresses(self) -> list[str]:
        """Who got a letter, in order."""
        return [to for addresses, _ in self.taken for to in addresses]

    def letter_to(self, address: str) -> EmailMessage:
        """The last letter to an address."""
        return next(message for to, message in reversed(self.taken) if to == [address])


@pytest.fixture
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture
def server(office) -> Iterator[MailServer]:
    """The server without TLS and login, as `mail:` names it."""
    controller = start_mail_server(office)
    yield MailServer(host="127.0.0.1", port=controller.port, tls="none", timeout_s=PATIENCE_S)
    controller.stop()


@pytest.fixture
def certificate(tmp_path, monkeypatch) -> tuple[Path, Path]:
    """A certificate for localhost and its key, trusted by this process alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    made = made.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    paths = tmp_path / "tls.pem", tmp_path / "tls.key"
    paths[0].write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    encoding = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(*encoding))
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    return paths


@pytest.fixture
def guarded_server(office, certificate) -> Iterator[MailServer]:
    """A server that wants STARTTLS and a login."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def log_in(server, session, envelope, mechanism, auth_data):
        good = (auth_data.login, auth_data.password) == (b"khaosat@vi-du.gov.vn", b"mat khau")
        return AuthResult(success=good, handled=good)

    options = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": log_in}
    controller = start_mail_server(office, **options)
    yield MailServer(host="localhost", port=controller.port, user="khaosat@vi-du.gov.vn", timeout_s=PATIENCE_S)
    controller.stop()


@pytest.fixture
def writing(campaign, server) -> Campaign:
    """The small campaign with an address, letters and the server."""
    settings = campaign.settings.model_copy(
        update={"public_address": ADDRESS, "letters": LetterRules(sender=SENDER), "mail": server}
    )
    return replace(campaign, settings=settings)


def with_settings(campaign: Campaign, **changed: object) -> Campaign:
    """The campaign with other settings."""
    return replace(campaign, settings=campaign.settings.model_copy(update=changed))


@dataclass
class MailRoom:
    """Somebody who invites and sends, at a time that does not run by itself."""

    store: Store
    campaign: Campaign
    now: datetime.datetime = datetime.datetime(2014, 3, 20, 1, 0, tzinfo=datetime.UTC)
    pauses: list[float] = field(default_factory=list)

    def send(self, **more: Any) -> SendSummary:
        return send_letters(self.store, self.campaign, "lan", pause=self.pauses.append, now=lambda: self.now, **more)

    def invitations(self) -> list[Invitation]:
        with self.store.read() as conn:
            return list_invitations(conn)

    def letters(self, number: int | None = None) -> list[Letter]:
        with self.store.read() as conn:
            return [one for one in list_letters(conn) if number in (None, one.number)]

    def states(self) -> list[str]:
        return sorted(one.state for one in self.letters())


@pytest.fixture
def drawn_people(store, writing, tmp_path) -> None:
    """Ten people imported and all of them drawn."""
    path = tmp_path / "recipients.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    import_recipients(store, writing, path, "lan")
    draw_people(store, writing, writing.quotas, "XSMB 18/03/2014: 48291", SizeRule(reserve=0), "lan")


@pytest.fixture
def room(store, writing, drawn_people) -> MailRoom:
    """A mail room where nobody is invited yet."""
    return MailRoom(store, writing)


@pytest.fixture
def invite(room) -> Callable[..., list[Any]]:
    """Invite the people of some groups."""

    def go(*groups: str, **more: Any) -> list[Any]:
        quotas = [quota for quota in room.campaign.quotas if not groups or quota.group in groups]
        return prepare_invitations(room.store, room.campaign, quotas, "lan", **more)

    return go
