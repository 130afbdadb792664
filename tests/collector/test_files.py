from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.files import find_abandoned, private_file, unfinished_file, write_stream, write_whole


def test_what_goes_wrong_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.csv", b"old")

    def parts() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_stream(tmp_path / "a.csv", parts())
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.csv", b"old")]


def test_two_writers_of_one_file_do_not_mix(tmp_path: Path) -> None:
    with unfinished_file(tmp_path / "a.pdf") as one, unfinished_file(tmp_path / "a.pdf") as other:
        one.write_bytes(b"one")
        other.write_bytes(b"other")
        assert not (tmp_path / "a.pdf").exists()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.pdf", b"one")]


def test_a_stream_is_written_in_its_order_into_a_new_folder(tmp_path: Path) -> None:
    write_stream(tmp_path / "new" / "a.csv", (str(number).encode() for number in range(10)))
    assert (tmp_path / "new" / "a.csv").read_bytes() == b"0123456789"


def test_a_private_file_is_for_its_owner_alone_from_its_first_byte_on(tmp_path: Path) -> None:
    with private_file(tmp_path / "list.csv") as unfinished:
        before = stat.S_IMODE(unfinished.stat().st_mode)
        unfinished.write_bytes(b"Lan")
    assert (tmp_path / "list.csv").read_bytes() == b"Lan"
    if os.name == "posix":
        assert [before, stat.S_IMODE((tmp_path / "list.csv").stat().st_mode)] == [0o600, 0o600]


def test_what_a_killed_writer_left_is_found_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    wanted = tmp_path / "sao-luu.zip"
    killed = tmp_path / ".sao-luu.zip.0123456789abcdef.part"
    killed.touch(mode=0o600)
    (tmp_path / ".khac.part").touch(mode=0o600)
    (tmp_path / ".ke.pdf.0123456789abcdef.part").touch(mode=0o644)
    with private_file(tmp_path / "khac.zip") as unfinished:
        unfinished.write_bytes(b"half")
        assert unfinished.exists()
        assert find_abandoned(wanted) == ([killed] if os.name == "posix" else [])


def test_a_private_file_has_the_name_of_one_only_once_it_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    lock, seen = fcntl.flock, []

    def look_and_lock(file: Any, how: int) -> None:  # whoever looks at the moment before finds nothing to take away
        seen.append([one.name for one in tmp_path.glob(".*.part")])
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", look_and_lock)
    with private_file(tmp_path / "list.csv") as unfinished:
        monkeypatch.undo()
        assert (seen, find_abandoned(tmp_path / "list.csv")) == ([[]], [])
        unfinished.write_bytes(b"Lan")
    assert [one.name for one in tmp_path.iterdir()] == ["list.csv"]
