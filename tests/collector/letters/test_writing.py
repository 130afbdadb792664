"""A letter parses back to what was meant, in Vietnamese, and says the same in plain text and in HTML."""

from __future__ import annotations

import datetime
import email
import re
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.letters.writing import ONE_CLICK, Addressee, write_letter
from forms.letters import LetterRules, letter_html, split_address
from tests.collector.letters.conftest import ADDRESS, SENDER, with_settings

NOW = datetime.datetime(2014, 3, 20, 1, 0, tzinfo=datetime.UTC)
LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
    "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆGHIÌỈĨÍỊKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVXYỲỶỸÝỴ"
)
WORDS = st.lists(st.text(LETTERS + "0123456789,.:;()“”–-?!'\"&", min_size=1, max_size=14), min_size=1, max_size=40)


@pytest.fixture(scope="module")
def campaign_of(campaign):
    """The campaign with letters of its own."""

    def make(**words):
        return with_settings(campaign, public_address=ADDRESS, letters=LetterRules(sender=SENDER, **words))

    return make


def letter_of(campaign, number=0, group="CC", name="Đặng Thị Hường"):
    to = Addressee("HL", group, "0123456789ABCDEF", "T" * 20, name, "huong@vi-du.vn")
    rules = campaign.settings.letters
    return write_letter(campaign, rules, to, number, "<1@vi-du.gov.vn>", NOW)


def parse(content):
    return email.message_from_bytes(content, policy=policy.default)


@given(WORDS)
def test_a_subject_parses_back_in_every_way_that_clients_parse(campaign_of, words):
    subject = " ".join(words)
    content = letter_of(campaign_of(subject=subject.replace("{", "").replace("}", "")))
    assert parse(content)["Subject"] == subject
    old = email.message_from_bytes(content, policy=policy.compat32)
    assert str(make_header(decode_header(old["Subject"]))) == subject
    head = content.split(b"\r\n\r\n")[0]
    assert all(byte < 128 for byte in head)
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))


@given(st.lists(st.text(LETTERS + ",.", min_size=1, max_size=9), min_size=1, max_size=9))
def test_names_parse_back(campaign_of, words):
    name = " ".join(words)
    old = email.message_from_bytes(letter_of(campaign_of(), name=name), policy=policy.compat32)
    for head, shown, address in (
        ("To", name, "huong@vi-du.vn"),
        ("From", "Sở Nội vụ, tỉnh Ví Dụ", "khaosat@vi-du.gov.vn"),
    ):
        written, bare = parseaddr("".join(old[head].splitlines()))
        assert (str(make_header(decode_header(written))), bare) == (shown, address)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self.links, self.tags, self.inside = [], [], set(), None

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "a":
            self.inside = dict(attrs)["href"]

    def handle_endtag(self, tag):
        self.inside = None if tag == "a" else self.inside

    def handle_data(self, data):
        if self.inside:
            self.links.append((self.inside, data))
        if "title" not in self.tags or data.strip():
            self.words.append(data)


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(("group", "promise"), [("CC", "bị xóa"), ("CD", "phúc tra")])
def test_both_parts_say_the_same_and_a_link_is_what_it_shows(campaign_of, number, group, promise):
    found = parse(letter_of(campaign_of(), number, group))
    plain, html = (found.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert promise in plain
    assert "Đặng Thị Hường" in plain
    reader = _Reader()
    reader.feed(html.partition("<body")[2].partition(">")[2])
    assert "".join(plain.split()) == "".join("".join(reader.words).split())
    assert [link for link, _ in reader.links] == re.findall(r"https?://\S+", plain)
    assert all(link == shown for link, shown in reader.links)
    assert reader.tags <= {"p", "br", "a"}  # no picture, nothing that would be fetched
    assert not re.search(r"src=|url\(|<link|<img", html)


def test_a_letter_can_be_stopped_with_one_click_and_nothing_tells_more_than_it_must(campaign_of):
    found = parse(letter_of(campaign_of(reply_to="Văn phòng <vp@vi-du.gov.vn>")))
    assert found["List-Unsubscribe"] == f"<{ADDRESS}/T/{'T' * 20}>"
    assert found["List-Unsubscribe-Post"] == ONE_CLICK
    assert found["Message-ID"] == "<1@vi-du.gov.vn>"
    assert found["Reply-To"].addresses[0].addr_spec == "vp@vi-du.gov.vn"
    assert found["Auto-Submitted"] == "auto-generated"
    assert "+0700" in found["Date"]
    told = "Auto-Submitted Content-Type Date From List-Unsubscribe List-Unsubscribe-Post MIME-Version Message-ID"
    assert sorted(found.keys()) == [*told.split(), "Reply-To", "Subject", "To"]


def test_a_campaign_writes_in_its_own_words_and_the_promise_stays(campaign_of):
    own = campaign_of(subject="Phiếu của {name}", body="Chào {name}: {link} hoặc {stop} ({last_day})")
    found = parse(letter_of(own))
    assert found["Subject"] == "Phiếu của Đặng Thị Hường"
    words = found.get_body(("plain",)).get_content()
    assert words.startswith("Chào Đặng Thị Hường: https://khaosat.vi-du.gov.vn/P/0123456789ABCDEF hoặc")
    assert "bị xóa" in words


def test_names_cannot_write_html():
    html = letter_html("x", 'Kính gửi <b onclick="x">&</b> https://a.vn/P/1?a=1&b="2')
    assert "<b " not in html
    assert "onclick=&quot;" in html
    assert 'href="https://a.vn/P/1?a=1&amp;b=&quot;2"' in html


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("a@b.vn", "", "a@b.vn"),
        ("Sở Nội vụ <a@b.vn>", "Sở Nội vụ", "a@b.vn"),
        ('"Sở Nội vụ, tỉnh X" <a@b.vn>', "Sở Nội vụ, tỉnh X", "a@b.vn"),
        ("Sở Nội vụ, tỉnh X <a@b.vn>", "Sở Nội vụ, tỉnh X", "a@b.vn"),
    ],
)
def test_a_sender_is_read_as_offices_write_it(written, name, address):
    assert split_address(written) == (name, address)
