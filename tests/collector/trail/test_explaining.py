"""The account that an agency gets of its score: right figures, marks that nobody can trace, nothing else."""

from __future__ import annotations

import datetime
import hashlib
import io
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from collector.intake import accept_file, accept_reading
from collector.store.editions import Petition, add_petition
from collector.trail.explaining import explain_points
from forms.errors import InputWrong, NotFound

NOW = datetime.datetime(2014, 3, 20, 20, 30, tzinfo=datetime.UTC)
PX_PER_MM = 8
SAID = "5544332211"


@cache
def scanned(option: str, page: int, place: int) -> bytes:
    """A page with a dark square in the box of an option, and words written beside the boxes; no two pages alike."""
    paper = Image.new("L", (210 * PX_PER_MM, 297 * PX_PER_MM), 255 - 3 * page - place)
    x, y = 100.0 + 10 * "543210".index(option), 70.0 if page == 1 else 60.0
    draw = ImageDraw.Draw(paper)
    draw.rectangle([round(v * PX_PER_MM) for v in (x + 1, y + 1, x + 2 + place / 4, y + 3)], fill=0)
    draw.rectangle([round(v * PX_PER_MM) for v in (96.0, y, 98.5, y + 4)], fill=0)
    file = io.BytesIO()
    paper.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def heard(desk: Any) -> Any:
    """Ten citizens of SNV on paper, one by phone, two of whom left the second question blank; a void sheet."""
    serials = desk.serials("SNV")
    for place, (serial, said) in enumerate(zip(serials, SAID, strict=False)):
        for page, answers in ((1, {"q1": "1", "q2": said}), (2, {"q4": said} if place > 1 else {})):
            content = scanned(said, page, place)
            file, _ = accept_file(desk.store, hashlib.sha256(content).hexdigest(), f"{place}-{page}.png", content, NOW)
            accept_reading(desk.store, desk.campaign, file.id, replace(desk.reading(serial, page, **answers), image=1))
    desk.post(serials[10], q1="1", q2="2", q4="1")
    desk.void(serials[11], "phiếu rách")
    return desk


def words_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as paper:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in paper)


def pictures_of(path: Path) -> list[Image.Image]:
    with pypdfium2.PdfDocument(path) as paper:
        return [
            found.get_bitmap().to_pil().convert("L")
            for page in paper
            for found in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
        ]


def test_two_pages_hold_the_score_its_arithmetic_and_the_counts(heard: Any, tmp_path: Path) -> None:
    done = explain_points(heard.store, heard.campaign, "SNV", "TC1", tmp_path / "a.pdf", now=NOW)
    words = words_of(tmp_path / "a.pdf")
    assert done.pages == 2
    assert "q2: (2 × 100 + 2 × 75 + 2 × 50 + 3 × 25 + 2 × 0) : 11 = 47,73 %" in words
    assert "q4: (2 × 75 + 2 × 50 + 2 × 25 + 3 × 0) : 9 = 33,33 %" in words
    assert "chung: (47,73 + 33,33) : 2 = 40,53 %" in words
    assert "Điểm tiêu chí = (1 × 40,53) % × 2 = 0,8106 điểm" in words
    assert "Phiếu bị hủy: 1." in words


def test_neither_number_nor_serial_nor_file_stands_in_it(heard: Any, tmp_path: Path) -> None:
    explain_points(heard.store, heard.campaign, "SNV", "TC1", tmp_path / "a.pdf", now=NOW)
    words = words_of(tmp_path / "a.pdf")
    named = [*heard.serials("SNV"), "SNV-CD-", ".png", "03:30", "phiếu rách"]
    assert [one for one in named if one in words] == []


def test_pictures_hold_boxes_alone_on_white_and_one_phone_answer_holds_others_back(heard: Any, tmp_path: Path) -> None:
    done = explain_points(heard.store, heard.campaign, "SNV", "TC1", tmp_path / "a.pdf", now=NOW)
    pictures = pictures_of(tmp_path / "a.pdf")
    assert [done.cut, done.shown, len(pictures)] == [20, 12, 12], "four of each question are held back"
    for picture in pictures:
        assert max(picture.size) < 6 * 40
        assert picture.getextrema()[1] == 255
        assert sorted(picture.tobytes())[len(picture.tobytes()) // 2] == 255, "the paper's tone is gone"
        dark = sum(value < 60 for value in picture.tobytes())
        assert dark < 600, "what was written beside the boxes is not on it"


def test_the_same_answers_give_the_same_bytes(heard: Any, tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        explain_points(heard.store, heard.campaign, "SNV", "TC1", tmp_path / name, now=NOW)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_few_answers_leave_the_total_alone(desk: Any, tmp_path: Path) -> None:
    for serial, said in zip(desk.serials("HL"), "54", strict=False):
        desk.scan(serial, 1, q1="1", q2=said)
        desk.scan(serial, 2, q4=said)
    done = explain_points(desk.store, desk.campaign, "HL", "TC1", tmp_path / "a.pdf", now=NOW)
    words = words_of(tmp_path / "a.pdf")
    assert [done.pages, done.shown] == [1, 0]
    assert "chỉ nêu điểm chung" in words
    assert "100" not in words
    assert "Mức 5" not in words


def test_an_agency_with_too_few_sheets_is_told_that_it_has_no_rank(desk: Any, tmp_path: Path) -> None:
    for serial in desk.serials("SNV")[:2]:
        desk.post(serial, q1="1", q2="2", q4="1")
    explain_points(desk.store, desk.campaign, "SNV", None, tmp_path / "a.pdf", now=NOW)
    words = words_of(tmp_path / "a.pdf")
    assert "Chưa đủ 5 phiếu hợp lệ nên không xếp hạng, xếp loại" in words
    assert "Hạng" not in words
    assert "<NA>" not in words


def test_a_petition_is_named_and_another_ones_is_refused(heard: Any, tmp_path: Path) -> None:
    day = datetime.date(2014, 4, 2)
    with heard.store.write() as conn:
        number = add_petition(conn, Petition(0, "SNV", "TC1", "12/SNV-VP", day, "xin xem lại thái độ"), NOW)
    explain_points(heard.store, heard.campaign, "SNV", "TC1", tmp_path / "a.pdf", number, NOW)
    assert "kiến nghị số 1, văn bản 12/SNV-VP ngày 02/4/2014" in words_of(tmp_path / "a.pdf")
    with pytest.raises(InputWrong, match="SNV về TC1"):
        explain_points(heard.store, heard.campaign, "HL", "TC1", tmp_path / "b.pdf", number, NOW)
    with pytest.raises(NotFound):
        explain_points(heard.store, heard.campaign, "SNV", "TC1", tmp_path / "b.pdf", number + 1, NOW)
    assert not (tmp_path / "b.pdf").exists()


def test_where_a_cell_is_hidden_points_have_no_more_decimals_than_are_published(heard: Any, tmp_path: Path) -> None:
    campaign = with_officials_scored(heard.campaign)
    for serial in heard.serials("HL", "CC")[:3]:
        heard.post(serial, m1_SNV="4", m1_STC="5")
    explain_points(heard.store, campaign, "SNV", "TC1", tmp_path / "a.pdf", now=NOW)
    words = words_of(tmp_path / "a.pdf")
    assert "(0,5 × • + 0,5 × •) % × 2 = 1,16 điểm" in words, "three officials are hidden, the citizens beside them"
    assert "1,1553" not in words
    assert "Mức 5" not in words
    assert "q2:" not in words


def test_what_a_hidden_group_skipped_is_not_counted(heard: Any, tmp_path: Path) -> None:
    heard.post(heard.serials("SNV")[12], q1="0", q4="3")
    explain_points(heard.store, heard.campaign, "SNV", "TC1", tmp_path / "a.pdf", now=NOW)
    assert "Câu bỏ qua theo hướng dẫn trên phiếu: 1" in words_of(tmp_path / "a.pdf")
    for serial in heard.serials("HL", "CC")[:3]:
        heard.post(serial, m1_SNV="4", m1_STC="5")
    explain_points(heard.store, with_officials_scored(heard.campaign), "SNV", "TC1", tmp_path / "b.pdf", now=NOW)
    assert "Câu bỏ qua" not in words_of(tmp_path / "b.pdf"), "who skips a question said why before it"


def with_officials_scored(campaign: Any) -> Any:
    """The campaign, its matrix question carrying the criterion as well."""
    officials = campaign.questionnaires["cong-chuc"]
    section = officials.sections[0]
    asked = section.questions[0].model_copy(update={"criterion": "TC1"})
    changed = officials.model_copy(update={"sections": (section.model_copy(update={"questions": (asked,)}),)})
    return replace(campaign, questionnaires={**campaign.questionnaires, "cong-chuc": changed})
