from __future__ import annotations

import dataclasses
from itertools import combinations
from pathlib import Path

from forms.geometry import PAGE_H_MM, PAGE_W_MM
from forms.pack.content import Office, Pack
from forms.pack.labels import LABELS_A_PAGE, count_return_labels, label_rects, write_labels


def test_labels_lie_on_the_page_and_apart() -> None:
    rects = label_rects()
    assert len(rects) == LABELS_A_PAGE
    for rect in rects:
        assert rect.x >= 4.0
        assert rect.x + rect.w <= PAGE_W_MM - 4.0
        assert rect.y >= 14.0
        assert rect.y + rect.h <= PAGE_H_MM - 14.0
    for one, other in combinations(rects, 2):
        assert abs(one.x - other.x) >= one.w or abs(one.y - other.y) >= one.h - 1e-9


def test_every_envelope_gets_the_same_label_that_tells_nobody_apart(
    office: Office, pack: Pack, words, tmp_path: Path
) -> None:
    write_labels(tmp_path / "labels.pdf", office, pack)
    parcels, *returns = words(tmp_path / "labels.pdf")
    assert len(returns) * LABELS_A_PAGE == count_return_labels(pack) >= pack.sheets
    label = (
        f"Kính gửi: {office.body} {office.superior} {office.address} PHIẾU KHẢO SÁT – KHÔNG MỞ Không ghi tên người gửi"
    )
    for page in returns:
        assert page.count(label) == LABELS_A_PAGE
        left = page.replace(label, "").split(" – giấy nhãn")
        assert left[0] == f"Nhãn phong bì – {pack.name}"
        assert left[1].count("HLO") == 0
    assert "HLO-CD-121 – HLO-CD-132 (12)" in parcels
    assert parcels.count("150 phiếu khảo sát, 12 phiếu dự phòng") == 2


def test_without_an_address_the_label_names_the_issuer_alone(office: Office, pack: Pack, words, tmp_path: Path) -> None:
    write_labels(tmp_path / "labels.pdf", dataclasses.replace(office, address="", superior=""), pack)
    assert f"Kính gửi: {office.body} PHIẾU KHẢO SÁT – KHÔNG MỞ" in words(tmp_path / "labels.pdf")[-1]
