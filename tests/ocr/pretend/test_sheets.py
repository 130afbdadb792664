"""Whole pretend sheets and the files they are wrapped in."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from forms.layout import Layout
from ocr.blank import draw_blank
from ocr.pictures import Gray, decode_jpeg
from ocr.pretend.scanner import encode_jpeg
from ocr.pretend.settings import MarkingSettings, PretendSettings, ScannerSettings, describe
from ocr.pretend.sheets import PretendScan, make_sheet, make_sheet_from_pdf, pick_mishap, sheet_random, show_through
from ocr.pretend.stack import render_pages, write_pdf, write_tiff

SETTINGS = PretendSettings(bad_page_share=0.0)


@pytest.fixture(scope="module")
def sheet(layout: Layout, blanks: list[Gray]) -> list[PretendScan]:
    return make_sheet(blanks, layout, 42, 3, SETTINGS)


def test_the_same_seed_gives_the_same_bytes(layout: Layout, blanks: list[Gray], sheet: list[PretendScan]) -> None:
    before = [page.copy() for page in blanks]
    make_sheet(blanks, layout, 42, 2, SETTINGS)
    assert make_sheet(blanks, layout, 42, 3, SETTINGS) == sheet
    assert all(np.array_equal(page, was) for page, was in zip(blanks, before, strict=True))


def test_another_index_and_another_seed_give_other_sheets(
    layout: Layout, blanks: list[Gray], sheet: list[PretendScan]
) -> None:
    contents = {make_sheet(blanks, layout, seed, index, SETTINGS)[0].content for seed, index in ((42, 4), (43, 3))}
    assert len(contents | {sheet[0].content}) == 3


def test_another_scanner_leaves_every_mark_where_it_was(
    layout: Layout, blanks: list[Gray], sheet: list[PretendScan]
) -> None:
    tidy = replace(SETTINGS, scanner=ScannerSettings(skew_sd_deg=0.0, rotations={180: 1.0}))
    other = make_sheet(blanks, layout, 42, 3, tidy)
    assert [scan.answers for scan in other] == [scan.answers for scan in sheet]
    assert {scan.rotation for scan in other} == {180}


def test_thin_paper_shows_the_other_side_mirrored_and_weak() -> None:
    front, back = np.full((600, 400), 255, np.uint8), np.full((600, 400), 255, np.uint8)
    back[100:200, 50:100] = 0
    shown, behind = show_through([front, back], 0.1, 8.0)
    assert shown[150, 400 - 75] == round(255 * 0.9)
    assert shown[150, 75] == 255
    assert np.array_equal(behind, back)


def test_another_resolution_asks_the_same_of_the_hand(layout: Layout, sheet: list[PretendScan]) -> None:
    coarse = replace(SETTINGS, scanner=ScannerSettings(dpi=100))
    other = make_sheet([draw_blank(page, 100) for page in layout.pages], layout, 42, 3, coarse)
    assert [scan.answers for scan in other] == [scan.answers for scan in sheet]
    assert sorted(decode_jpeg(other[0].content)[0].shape) == [827, 1169]


def test_the_pages_of_a_sheet_have_one_pen(layout: Layout, blanks: list[Gray]) -> None:
    only = {
        "felt_tip": replace(MarkingSettings().pens["felt_tip"], share=0.5),
        "faint_pencil": replace(MarkingSettings().pens["faint_pencil"], share=0.5),
    }
    plain = ScannerSettings(dark_lid_share=0.0, light=0.0, paper=(250, 250), black=(5, 5), blur_px=(0.5, 0.5))
    marking = MarkingSettings(only, {"fill": 1.0}, other_habit=0.0, blank=0.0, empty_page=0.0, text_written=0.0)
    settings = PretendSettings(marking, plain, 0.0)
    pens = set()
    for index in range(8):
        scans = make_sheet(blanks, layout, 5, index, settings)
        # Print alone makes 1.2 % of the page dark; filled by felt tip it comes to 1.8 % and more
        first, second = (float((decode_jpeg(scan.content)[0] < 60).mean()) > 0.015 for scan in scans)
        assert first == second
        pens.add(first)
    assert len(pens) == 2


def test_the_transform_leads_from_the_sheet_to_the_picture(sheet: list[PretendScan]) -> None:
    for scan in sheet:
        pixels, _ = decode_jpeg(scan.content)
        x, y = (np.array(scan.transform) @ [105, 148.5, 1])[:2]
        assert abs(x - pixels.shape[1] / 2) < 50
        assert abs(y - pixels.shape[0] / 2) < 50


def test_bad_pages_come_as_often_as_set_and_are_named(layout: Layout, blanks: list[Gray]) -> None:
    settings = replace(SETTINGS, bad_page_share=0.25)
    rng = sheet_random(1, 1).mishaps
    happened = Counter(pick_mishap(rng, settings) for _ in range(4000))
    assert 850 < 4000 - happened[None] < 1150
    assert set(happened) == {None, *settings.bad_pages}
    scans = make_sheet(blanks, layout, 9, 1, replace(SETTINGS, bad_page_share=1.0, bad_pages={"foreign": 1.0}))
    assert [(scan.page, scan.spoiled) for scan in scans] == [(1, None), (None, "foreign"), (2, None), (None, "foreign")]
    assert [bool(scan.answers) for scan in scans] == [True, False, True, False]
    scans = make_sheet(blanks, layout, 9, 1, replace(SETTINGS, bad_page_share=1.0, bad_pages={"cut_off": 1.0}))
    assert [(scan.page, scan.spoiled, bool(scan.answers)) for scan in scans] == [
        (1, "cut_off", True),
        (2, "cut_off", True),
    ]


def test_a_one_bit_sheet_is_a_group_4_tiff(layout: Layout, blanks: list[Gray]) -> None:
    settings = replace(SETTINGS, scanner=ScannerSettings(one_bit=True))
    content = make_sheet(blanks, layout, 1, 1, settings)[0].content
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.mode, picture.info["compression"]) == ("TIFF", "1", "group4")
    assert len(content) < 200_000


def test_a_pdf_holds_every_jpeg_untouched(sheet: list[PretendScan], tmp_path: Path) -> None:
    jpegs = [scan.content for scan in sheet] * 2
    write_pdf(jpegs, tmp_path / "stack.pdf", 200)
    with pdfium.PdfDocument(tmp_path / "stack.pdf") as document:
        assert len(document) == len(jpegs)
        for page, jpeg in zip(document, jpegs, strict=True):
            (image,) = page.get_objects()
            assert bytes(image.get_data()) == jpeg
            height, width = decode_jpeg(jpeg)[0].shape
            assert page.get_size() == pytest.approx((width * 0.36, height * 0.36), abs=0.01)


def test_the_same_jpegs_give_the_same_pdf(sheet: list[PretendScan], tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        write_pdf([scan.content for scan in sheet], tmp_path / name, 200)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    write_pdf([sheet[0].content], tmp_path / "three.pdf", 200)
    ids = [(tmp_path / name).read_bytes().rpartition(b"/ID")[2] for name in ("one.pdf", "three.pdf")]
    assert ids[0] != ids[1]


@pytest.mark.parametrize("one_bit", [True, False])
def test_a_tiff_holds_every_page(sheet: list[PretendScan], tmp_path: Path, one_bit: bool) -> None:
    pages = [decode_jpeg(scan.content)[0] for scan in sheet]
    if one_bit:
        pages = [np.where(page > 140, 255, 0).astype(np.uint8) for page in pages]
    write_tiff(pages, tmp_path / "stack.tif", 200)
    with Image.open(tmp_path / "stack.tif") as picture:
        assert getattr(picture, "n_frames", 1) == len(pages)
        for number, page in enumerate(pages):
            picture.seek(number)
            assert picture.info["dpi"] == (200, 200)
            difference = np.abs(np.array(picture.convert("L")).astype(int) - page)
            assert difference.mean() < (1e-9 if one_bit else 4)


def test_a_printed_pdf_is_filled_page_by_page(layout: Layout, blanks: list[Gray], tmp_path: Path) -> None:
    path = tmp_path / "printed.pdf"
    write_pdf([encode_jpeg(blanks[number], 90, 200) for number in (0, 0, 1, 0, 1)], path, 200)
    rendered = render_pages(path, 3, 2, 200)
    for page, blank in zip(rendered, (blanks[1], blanks[0]), strict=True):
        assert np.abs(page.astype(int) - blank).mean() < 0.5
    assert make_sheet_from_pdf(path, 3, layout, 42, 3, SETTINGS) == make_sheet(rendered, layout, 42, 3, SETTINGS)


def test_the_settings_are_published_as_json() -> None:
    published = json.loads(json.dumps(describe(PretendSettings())))
    assert published["pretend"] is True
    assert published["marking"]["habits"]["tick"] == 0.38
    assert published["scanner"]["jpeg_quality"] == [60, 90]
    assert set(published["bad_pages"]) == set(PretendSettings().bad_pages)
