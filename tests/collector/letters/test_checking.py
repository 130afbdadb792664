"""What `phieu invite DIR check` finds before the first letter."""

from __future__ import annotations

from collector.letters.checking import check_sending
from tests.collector.letters.conftest import with_settings


def bad(findings):
    return [finding.line for finding in findings if finding.good is False]


def test_a_good_server_is_found_good_and_a_sample_is_sent(writing, guarded_server, office, monkeypatch):
    monkeypatch.setenv("PHIEU_MAIL_PASSWORD", "mat khau")
    findings = check_sending(with_settings(writing, mail=guarded_server), "toi@vi-du.vn")
    assert bad(findings) == []
    assert any("STARTTLS" in finding.line for finding in findings if finding.good)
    assert office.letter_to("toi@vi-du.vn")["Subject"].startswith("Mời Ông/Bà")
    told = [finding.line for finding in findings if finding.good is None]
    assert [any(name in line for line in told) for name in ("SPF", "DKIM", "DMARC")] == [True] * 3


def test_everything_that_is_wrong_is_said_at_once(writing, guarded_server):
    other = guarded_server.model_copy(update={"user": "ai-do@noi-khac.vn"})
    lines = bad(check_sending(with_settings(writing, mail=other, public_address="http://khaosat.vi-du.gov.vn")))
    assert len(lines) == 3
    assert [word in "".join(lines) for word in ("https", "vi-du.gov.vn", "535")] == [True] * 3


def test_a_campaign_without_settings_is_told_what_to_add(campaign):
    assert len(bad(check_sending(campaign))) == 3


def test_a_password_lies_beside_the_keys_where_no_variable_holds_it(writing, guarded_server, tmp_path):
    folder = tmp_path / "keys" / writing.settings.id
    folder.mkdir(parents=True)
    (folder / "mail-password").write_text("mat khau\n", encoding="utf-8")
    assert bad(check_sending(with_settings(writing, mail=guarded_server))) == []
