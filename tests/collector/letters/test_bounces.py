"""Delivery reports are found in files and folders, and hit the letter that came back."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage

import pytest

from collector.letters.bounces import take_bounces
from collector.store.letters import list_to_remind
from forms.errors import InputWrong


def report(address, letter=None, action="failed", status="5.1.1", headers_only=False):
    """A report as mail servers write it: words, fields, and the letter or its headers."""
    fields = f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n"
    parts = ["\nThis is the mail system.\n"]
    parts.append(f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.vi-du.vn\n\n{fields}")
    if letter is not None and headers_only:
        headers = "".join(f"{name}: {value}\n" for name, value in letter.items() if name.endswith("ID"))
        parts.append(f"Content-Type: text/rfc822-headers\n\n{headers}")
    elif letter is not None:
        parts.append(f"Content-Type: message/rfc822\n\n{letter.as_bytes().decode()}")
    head = "From: MAILER-DAEMON@vi-du.vn\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
    head += 'Content-Type: multipart/report; report-type=delivery-status; boundary="=ranh"\n\n'
    return (head + "".join(f"--=ranh\n{part}\n" for part in parts) + "--=ranh--\n").encode()


@pytest.fixture
def sent(room, invite, office):
    """Letters of two groups, sent."""
    invite()
    room.send()
    return office


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_report_hits_its_letter_by_the_message_id(room, sent, tmp_path, headers_only):
    letter = sent.letter_to("cd1@vi-du.vn")
    path = tmp_path / "tra.eml"
    path.write_bytes(report("other@elsewhere.vn", letter, headers_only=headers_only))
    done = take_bounces(room.store, room.campaign, [path], "lan")
    assert (done.messages, done.bounced) == (1, 1)
    back = [one for one in room.letters() if one.state == "bounced"]
    assert [(one.message_id, one.reply) for one in back] == [(letter["Message-ID"], "5.1.1")]
    assert take_bounces(room.store, room.campaign, [path], "lan").known == 1


def test_without_the_letter_the_address_tells(room, sent, tmp_path):
    path = tmp_path / "tra.eml"
    path.write_bytes(report("CD2@vi-du.vn"))
    assert take_bounces(room.store, room.campaign, [path], "lan").bounced == 1


def test_delays_strangers_and_other_mail_change_nothing(room, sent, tmp_path):
    folder = tmp_path / "thu"
    folder.mkdir()
    (folder / "1.eml").write_bytes(report("cd1@vi-du.vn", sent.letter_to("cd1@vi-du.vn"), "delayed", "4.4.1"))
    (folder / "2.eml").write_bytes(report("ai-do@vi-du.vn"))
    stranger = EmailMessage()
    stranger["Message-ID"] = "<khac@vi-du.vn>"
    stranger.set_content("x")
    (folder / "3.eml").write_bytes(report("cd1@vi-du.vn", stranger))
    answer = EmailMessage()
    answer["Subject"] = "Vắng mặt"
    answer.set_content("Tôi đi công tác")
    (folder / "4.eml").write_bytes(bytes(answer))
    (folder / "5.eml").write_bytes(b"\xff\xfe not a letter at all")
    done = take_bounces(room.store, room.campaign, [folder], "lan")
    assert (done.messages, done.bounced, done.delayed, done.foreign) == (5, 0, 1, 2)
    assert room.states() == ["sent"] * 9


@pytest.mark.parametrize("kind", [mailbox.mbox, mailbox.Maildir])
def test_mailboxes_are_read_and_left_as_they_are(room, sent, tmp_path, kind):
    path = tmp_path / "hop-thu"
    box = kind(path, create=True)
    for address in ("cd1@vi-du.vn", "cd2@vi-du.vn"):
        box.add(report(address, sent.letter_to(address)))
    box.close()
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file() and "hop-thu" in str(file)}
    assert take_bounces(room.store, room.campaign, [path], "lan").bounced == 2
    assert {file: file.read_bytes() for file in before} == before


def test_a_mailbox_that_is_not_there_is_said(room, sent, tmp_path):
    with pytest.raises(InputWrong):
        take_bounces(room.store, room.campaign, [tmp_path / "khong-co"], "lan")


def test_who_cannot_be_reached_is_not_reminded(room, sent, tmp_path):
    path = tmp_path / "tra.eml"
    path.write_bytes(report("cd1@vi-du.vn", sent.letter_to("cd1@vi-du.vn")))
    take_bounces(room.store, room.campaign, [path], "lan")
    with room.store.read() as conn:
        assert len(list_to_remind(conn, 1)) == 8
