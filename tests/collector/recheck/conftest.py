"""A store with answered sheets of a linked group whose people left a telephone on the stub."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from collector.recheck.contacts import import_contacts
from collector.recheck.drawing import commit, draw_rechecks
from forms.recheck_tables import CallRow

SEED = "XSMB 18/03/2014: 48291"


@pytest.fixture(autouse=True)
def _keys_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))


@pytest.fixture
def committed(store):
    """A seed committed before the first answer."""
    return commit(store, SEED, "", "thanh tra")


@pytest.fixture
def answered(desk, committed) -> list[str]:
    """The numbers of twelve sheets of SNV answered by phone: the levels 5 4 3 2 1 in turn."""
    for place, serial in enumerate(desk.serials("SNV")[:12]):
        desk.post(serial, q1="1", q2=str(5 - place % 5), q4=str(5 - place % 5))
    return [f"SNV-CD-{ordinal:03d}" for ordinal in range(1, 13)]


@pytest.fixture
def stubs(store, campaign, tmp_path) -> Callable[..., int]:
    """Import stubs: a telephone for each sheet's number."""

    def take(numbers, head="sheet,phone,name\n"):
        path = tmp_path / "stubs.csv"
        rows = (f"{number},09120{place:05d},Người {place}\n" for place, number in enumerate(numbers))
        path.write_text(head + "".join(rows), encoding="utf-8")
        return import_contacts(store, campaign, path, "lan")

    return take


@pytest.fixture
def rechecked(store, campaign, answered, stubs):
    """The draw of SNV: six of twelve."""
    stubs(answered)
    return draw_rechecks(store, campaign, SEED, "thanh tra")[0].draw


@pytest.fixture
def row() -> Callable[..., CallRow]:
    """A result; by default somebody who says that the sheet is theirs."""

    def make(place, outcome="confirmed", attempts=1, note="", answers=None, **facts):
        told = {"confirmed": {"took_part": True, "filled_self": True}}.get(outcome, {})
        told = {"took_part": False} if outcome in ("denies", "forged") else told
        note = note or ("không hề đến cơ quan" if outcome == "forged" else "")
        day = datetime.date(2014, 4, 2)
        where, call = f"kq.csv:{place + 1}", f"SNV-{place:02d}"
        given = {"note": note, "answers": answers or {}}
        return CallRow(where, call, outcome, attempts, "Minh", day, **(told | facts), **given)

    return make
