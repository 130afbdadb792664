"""Names of scan files: those that could name a person are not kept where a group is unlinked, those of boxes are."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import io
from typing import Any

import pytest

from collector.intake import accept_file
from collector.scans.uploads import hand_in
from collector.store.campaigns import sync_campaign
from collector.store.file_names import says_nothing
from collector.store.scans import list_files
from collector.store.uploads import list_uploads

NOW = datetime.datetime(2014, 3, 20, 20, 30, tzinfo=datetime.UTC)
CODES = {"sxd", "cc", "hl"}


@pytest.mark.parametrize(
    "name",
    [
        *("scan.pdf", "scan0001.pdf", "IMG_2034.JPG", "PXL_20240320_101530.jpg", "20240320101530.jpg", "001.tif"),
        *(
            "hộp 3 xấp 12.pdf",
            "Hop3-Xap12.pdf",
            "tờ 1.pdf",
            "SXD-CC 01.pdf",
            "a.png",
            "tep-0123456789.jpg",
            "ảnh 5.png",
            "quầy 1.png",
        ),
    ],
)
def test_names_of_machines_boxes_and_agencies_stay(name: str) -> None:
    assert says_nothing(name, CODES)


@pytest.mark.parametrize(
    "name",
    [
        *("Nguyễn Văn An.jpg", "nguyen van an.jpg", "An.jpg", "phiếu của anh Hùng.pdf", "Trang.jpg", "to Lan.pdf"),
        *(
            "0912345678.jpg",
            "84912345678.png",
            "022099001234.jpg",
            "SXD Bình 3.pdf",
            "scan Minh 01.pdf",
            "Ngọc_IMG_3.jpg",
        ),
    ],
)
def test_names_that_could_be_a_persons_do_not(name: str) -> None:
    assert not says_nothing(name, CODES)


def test_where_a_group_is_unlinked_the_store_keeps_another_name_on_both_ways_in(desk: Any) -> None:
    content = b"\xff\xd8\xff\xe0 a photograph"
    digits = hashlib.sha256(content).hexdigest()
    upload = hand_in(desk.store, io.BytesIO(content), "Nguyễn Văn An.JPG", "Hoa", NOW)
    file, _ = accept_file(desk.store, digits, "Nguyễn Văn An.JPG", content, NOW)
    assert upload.name == file.name == f"tep-{digits[:10]}.jpg"
    assert hand_in(desk.store, io.BytesIO(b"MZ"), "Trần Nam.jpg", "Hoa", NOW).name == "Trần Nam.jpg", "refused, by name"
    other, _ = accept_file(desk.store, hashlib.sha256(b"x").hexdigest(), "xấp 12.pdf", b"x", NOW)
    assert other.name == "xấp 12.pdf"


def test_where_every_group_is_linked_names_stay(desk: Any) -> None:
    groups = tuple(one.model_copy(update={"privacy": "linked"}) for one in desk.campaign.settings.groups)
    settings = desk.campaign.settings.model_copy(update={"groups": groups})
    with desk.store.write() as conn:
        sync_campaign(conn, dataclasses.replace(desk.campaign, settings=settings))
    accept_file(desk.store, hashlib.sha256(b"x").hexdigest(), "Nguyễn Văn An.jpg", b"x", NOW)
    with desk.store.read() as conn:
        assert [file.name for file in list_files(conn)] == ["Nguyễn Văn An.jpg"]
        assert list_uploads(conn, 5) == []
