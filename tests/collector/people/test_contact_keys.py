"""What is sealed opens with its key, in its place, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.people.contact_keys import (
    ContactKeys,
    change_seal,
    get_contact_keys,
    make_contact_keys,
    remove_contact_keys,
)
from forms.errors import WorkFailed

LAN = {"name": "Nguyễn Thị Lan", "phone": "0912345678"}
PLACE = ("HL", "CD", 12345)


@pytest.fixture(autouse=True)
def _keys_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def keys():
    return make_contact_keys("dot-2014")


def test_what_is_sealed_opens_again_with_the_keys_from_the_disk(keys):
    sealed = keys.seal(LAN, *PLACE)
    assert get_contact_keys("dot-2014", keys.seal_name, keys.mark_name).unseal(sealed, *PLACE) == LAN


@pytest.mark.parametrize("place", [("HL", "CC", 12345), ("SNV", "CD", 12345), ("HL", "CD", 12346)])
def test_a_row_that_was_moved_does_not_open(keys, place):
    with pytest.raises(WorkFailed):
        keys.unseal(keys.seal(LAN, *PLACE), *place)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_row_that_was_changed_does_not_open(where, how):
    keys = ContactKeys("dot-2014", "a", "b", bytes(32), bytes(32))
    sealed = bytearray(keys.seal(LAN, *PLACE))
    sealed[where % len(sealed)] ^= how
    with pytest.raises(WorkFailed):
        keys.unseal(bytes(sealed), *PLACE)


@pytest.mark.parametrize("sealed", [b"", b"x", b"x" * 12, b"x" * 40])
def test_what_was_never_sealed_does_not_open(keys, sealed):
    with pytest.raises(WorkFailed):
        keys.unseal(sealed, *PLACE)


def test_the_same_person_sealed_twice_looks_different_and_lengths_tell_little(keys):
    first, second = keys.seal(LAN, *PLACE), keys.seal(LAN, *PLACE)
    assert first != second
    assert len(first) == len(keys.seal(LAN | {"name": "An"}, *PLACE))


def test_marks_are_the_same_for_the_same_and_depend_on_the_key(keys):
    other = make_contact_keys("dot-2014")
    assert keys.mark("mark", "phone", "0912345678") == keys.mark("mark", "phone", "0912345678")
    assert keys.mark("mark", "phone", "0912345678") != keys.mark("mark", "file_code", "0912345678")
    assert keys.mark("mark", "phone", "0912345678") != other.mark("mark", "phone", "0912345678")
    assert keys.mark("row", "ab", "c") != keys.mark("row", "a", "bc")
    assert 0 <= keys.person_id("HL", "CD", "phone", "0912345678") < 2**63


def test_a_new_key_seals_otherwise_and_marks_alike(keys):
    new = change_seal(keys)
    assert new.seal_name != keys.seal_name
    assert new.mark("mark", "a") == keys.mark("mark", "a")
    with pytest.raises(WorkFailed):
        new.unseal(keys.seal(LAN, *PLACE), *PLACE)


def test_keys_that_were_destroyed_are_lost(keys):
    remove_contact_keys("dot-2014", keys.seal_name, keys.mark_name)
    with pytest.raises(WorkFailed, match=keys.seal_name):
        get_contact_keys("dot-2014", keys.seal_name, keys.mark_name)


def test_no_repr_shows_a_key(keys):
    assert "_seal" not in repr(keys)
    assert keys._seal.hex() not in repr(keys)
