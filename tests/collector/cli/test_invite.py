"""`phieu invite`, typed as a person types it, with a real SMTP server."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiosmtpd.handlers import Message
from click.testing import CliRunner, Result

from collector.cli import main
from collector.example import copy_example
from tests.collector.letters.serving import start_mail_server

PEOPLE = "agency,group,name,email,phone\n" + "".join(
    [f"SXD,DN,Người Thứ {n},dn{n}@vi-du.vn,09{n:08d}\n" for n in range(3)] + ["SXD,DN,Người Không Thư,,0912345678\n"]
)


class Inbox(Message):
    """Keeps what the server takes."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[str] = []

    def handle_message(self, message) -> None:
        self.taken.append(message["X-RcptTo"])


@pytest.fixture
def inbox():
    inbox = Inbox()
    controller = start_mail_server(inbox)
    inbox.port = controller.port
    yield inbox
    controller.stop()


@pytest.fixture
def folder(tmp_path, monkeypatch, inbox) -> Path:
    """An example's folder with four people drawn for printed sheets of one cell."""
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))
    copy_example("quang-ninh-2013", tmp_path / "k")
    settings = tmp_path / "k" / "campaign.yaml"
    with settings.open("a", encoding="utf-8") as file:
        file.write(f"mail: {{host: 127.0.0.1, port: {inbox.port}, tls: none, per_minute: 6000}}\n")
        file.write("letters:\n  from: Sở Nội vụ, tỉnh Ví Dụ <khaosat@vi-du.gov.vn>\n  reminders: [2099-01-01]\n")
    (tmp_path / "k" / "recipients.csv").write_text(PEOPLE, encoding="utf-8")
    phieu("recipients", tmp_path / "k", "import")
    phieu("recipients", tmp_path / "k", "draw", "--seed", "XSMB 48291")
    return tmp_path / "k"


def phieu(*words: object, status: int = 0) -> Result:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == status, done.output
    return done


@pytest.mark.slow
def test_the_whole_way_of_an_invitation(folder, inbox, tmp_path):
    assert "SXD-DN" in phieu("invite", folder, "prepare", status=2).stderr  # nothing is printed yet
    phieu("print", folder, "--out", tmp_path / "in", "--agency", "SXD", "--group", "DN")
    assert "4" in phieu("invite", folder, "prepare").stdout
    phieu("invite", folder, "prepare")
    assert "2" in phieu("invite", folder, "send", "--limit", 2).stdout
    assert "1" in phieu("invite", folder, "send").stdout
    assert sorted(inbox.taken) == [f"dn{n}@vi-du.vn" for n in range(3)]
    phieu("invite", folder, "remind", status=2)
    row = next(line for line in phieu("invite", folder, "status").stdout.splitlines() if "SXD DN" in line)
    assert row.split()[2:] == ["4", "1", "0", "3", "0", "0", "0", "0", "0", "0", "0"]
    phieu("invite", folder, "opt-out", "dn1@vi-du.vn")
    phieu("invite", folder, "opt-out", "ai-do@vi-du.vn", status=1)
    slips = phieu("invite", folder, "slips")
    assert Path(slips.stdout.strip()).read_bytes().startswith(b"%PDF")
    assert "DỮ LIỆU CÁ NHÂN" in slips.stderr
    merged = phieu("invite", folder, "merge", "--format", "csv", "--out", tmp_path / "zalo")
    assert "Người Không Thư" in Path(merged.stdout.strip()).read_text(encoding="utf-8-sig")
    (tmp_path / "la.eml").write_text("Subject: la\n\nla\n", encoding="utf-8")
    phieu("invite", folder, "bounces", tmp_path / "la.eml")
    assert "+" in phieu("invite", folder, "check", status=1).stdout  # the server takes letters without encryption
    phieu("recipients", folder, "erase", "--early", "thử")
    assert list((folder / "data" / "personal-data").iterdir()) == []


def test_wrong_settings_are_told_at_their_lines(folder):
    settings = folder / "campaign.yaml"
    written = settings.read_text(encoding="utf-8").partition("mail: ")[0]
    settings.write_text(
        written
        + "mail: {host: mx.vi-du.vn, user: a, tls: none, password: bi-mat}\n"
        + "letters:\n  from: Sở Nội vụ\n  reminders: [2014-03-25, 2014-03-24]\n  subject: 'Phiếu {ten}'\n"
        + "  body: 'Chào {name}'\n",
        encoding="utf-8",
    )
    lines = phieu("check", folder, status=2).stderr.splitlines()
    told = "\n".join(lines)
    assert "bi-mat" not in told.replace("password", "")
    assert [word in told for word in ("{ten}", "{link}", "{stop}", "password", "starttls")] == [True] * 5
    assert len(lines) == 7
    assert all(line.startswith("campaign.yaml:") for line in lines)
