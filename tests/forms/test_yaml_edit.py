"""Values of a YAML file replaced in place."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.example import examples_folder
from forms.yaml_edit import add_mapping, set_values
from forms.yaml_file import read_yaml

FILE = """# đầu tệp
id: cu   # mã
issuer: {body: "SỞ NỘI VỤ", date: 2014-03-18}  # cơ quan
name: >-
  dài
  hai dòng
empty:
phases:
  - {code: a, from: 2014-02-01}
  - code: b
    from: 2014-03-01  # tháng ba
"""


def test_only_the_values_change_and_every_comment_stays() -> None:
    values = {("id",): "moi", ("issuer", "date"): "2015-03-18", ("phases", 1, "from"): "2015-03-01", ("empty",): "x"}
    changed = set_values(FILE, values)
    expected = FILE.replace("cu ", "moi ").replace("2014-03-18", "2015-03-18").replace("2014-03-01", "2015-03-01")
    assert changed == expected.replace("empty:", "empty: x")


def test_a_key_that_is_lacking_is_added_and_a_folded_text_is_replaced() -> None:
    changed = set_values(FILE, {("issuer", "document"): "15/KH-SNV", ("name",): "Ngắn: #1", ("public_address",): None})
    read = read_yaml(changed.encode(), "campaign.yaml")
    assert read.problems == []
    assert read.data["issuer"] == {"document": "15/KH-SNV", "body": "SỞ NỘI VỤ", "date": "2014-03-18"}
    assert (read.data["name"], read.data["public_address"], read.data["empty"]) == ("Ngắn: #1", None, None)
    assert "# tháng ba" in changed


def test_what_holds_nothing_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        set_values(FILE, {("recipients", "erase_after"): "2015-01-01"})


def test_a_mapping_that_is_lacking_is_added_once_with_all_that_comes_into_it() -> None:
    sender = "Sở Nội vụ, tỉnh Ví Dụ <khaosat@vi-du.gov.vn>"
    changed = add_mapping(FILE, "letters", "from", sender)
    assert add_mapping(changed, "letters", "from", "khác") == changed
    read = read_yaml(set_values(changed, {("letters", "reply_to"): "", ("id",): "moi"}).encode(), "campaign.yaml")
    assert read.problems == []
    assert read.data["letters"] == {"reply_to": "", "from": sender}
    assert (read.data["id"], changed.splitlines()[0]) == ("moi", "# đầu tệp")
    with pytest.raises(KeyError):
        add_mapping("# trống\n", "letters", "from", sender)


@pytest.mark.parametrize("days", ["[2014-03-25]", "\n    - 2014-03-25\n    - 2014-03-28", "", "[]"])
def test_a_list_takes_the_place_of_a_list_however_it_was_written(days: str) -> None:
    file = f"letters:\n  from: a@b.vn\n  reminders: {days}\n  body: x # lời\nid: cu\n"
    for fresh in ((), ("2015-03-25",), ("2015-03-25", "2015-03-28")):
        changed = set_values(file, {("letters", "reminders"): fresh})
        read = read_yaml(changed.encode(), "campaign.yaml")
        assert read.problems == []
        assert (read.data["letters"]["reminders"], read.data["id"]) == (list(fresh), "cu")
        assert "x # lời" in changed


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\u2028\u2029\x85"), max_size=40)
)
def test_any_text_is_read_back_as_it_was(value: str) -> None:
    value = unicodedata.normalize("NFC", value)
    read = read_yaml(set_values(FILE, {("issuer", "body"): value}).encode(), "campaign.yaml")
    assert read.data["issuer"]["body"] == value
    assert read.data["phases"][1]["from"] == "2014-03-01"


@pytest.mark.parametrize("path", sorted(examples_folder().glob("*/campaign.yaml")), ids=lambda path: path.parent.name)
def test_the_examples_keep_every_other_line(path: Path) -> None:
    before = path.read_text(encoding="utf-8")
    after = set_values(before, {("assessed_year",): "2099", ("issuer", "document"): "1/KH"})
    changed = [line for line in after.splitlines() if line not in before.splitlines()]
    assert 1 <= len(changed) <= 2
