"""Which files of a folder are handed in: what people put there, and nothing that a system did."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.scans.folder import list_files


def put(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-1.7")
    return path


def test_files_below_a_folder_are_listed_in_order_of_name(tmp_path: Path) -> None:
    wanted = [put(tmp_path, name) for name in ("Xã A/quet 1.pdf", "Xã A/sau/quet 2.pdf", "quet.pdf")]
    assert list_files([tmp_path]) == (sorted(wanted), [])


@pytest.mark.parametrize(
    "name",
    [
        *("Thumbs.db", "desktop.ini", "con/Desktop.ini", ".DS_Store", "._quet.pdf"),
        *("$RECYCLE.BIN/S-1-5/$R1.pdf", ".Trash-1000/files/bo.pdf", ".Trashes/501/bo.pdf", "#recycle/bo.pdf"),
        *("@eaDir/quet.pdf/SYNOFILE_THUMB_M.jpg", "__MACOSX/._quet.pdf", "System Volume Information/IndexerVolumeGuid"),
    ],
)
def test_what_systems_keep_beside_them_and_what_was_thrown_away_is_not(tmp_path: Path, name: str) -> None:
    wanted = put(tmp_path, "quet.pdf")
    other = put(tmp_path, name)
    assert list_files([tmp_path]) == ([wanted], [])
    assert list_files([other]) == ([other], [])  # named by a person it is what they mean
