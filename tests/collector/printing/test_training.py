"""Training sheets: printed, read and answered like any sheet, and never kept."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from collector.intake import accept_response
from collector.printing.issue import reserve_run
from collector.printing.training import print_training
from collector.scans.jobs import take_files_in
from collector.store import Store, open_store
from collector.store.answers import export_rows
from collector.store.schema import cell, layout, page, response, sheet
from collector.web.app import create_app
from collector.web.site import EXTENSION
from forms.campaign import Campaign
from forms.folder import load_campaign
from forms.layout import load_layouts
from forms.response import Answer, Response
from forms.serial import make_serial
from ocr.read import read_file

NOW = datetime.datetime(2014, 3, 20, tzinfo=datetime.UTC)
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "quang-ninh-2013"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PHIEU_KEYS", str(tmp_path / "keys"))


@pytest.fixture(scope="module")
def example() -> Campaign:
    whole = load_campaign(EXAMPLE)
    return dataclasses.replace(whole, quotas=tuple(quota for quota in whole.quotas if quota.agency == "SXD"))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, example: Campaign) -> Path:
    """A folder with the store and the sheets of `trained`, to be copied."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "data").mkdir()
    opened = open_store(folder, example.settings, f"sqlite:///{folder / 'data' / 'phieu.sqlite'}")
    reserve_run(opened, example, example.quotas)
    print_training(opened, example, folder / "out", 2)
    opened.close()
    return folder


@pytest.fixture
def trained(tmp_path: Path, example: Campaign, printed: Path) -> Iterator[Store]:
    """A store with one cell's sheets, and two training sheets of every questionnaire on disk."""
    shutil.copytree(printed, tmp_path, dirs_exist_ok=True)
    opened = open_store(tmp_path, example.settings, f"sqlite:///{tmp_path / 'data' / 'phieu.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def practice(trained: Store) -> str:
    """A serial of a training layout."""
    with trained.read() as conn:
        number = conn.scalars(select(layout.c.number).where(layout.c.training)).first()
    assert number is not None
    return make_serial(number)


def count(store: Store, table: Any) -> int:
    with store.read() as conn:
        return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def scan(printed: Path, scanned: Path, crossed: bool) -> Path:
    """The first sheet of a PDF as a scanner gives it, its first box crossed."""
    pages = [page.render(scale=150 / 72, grayscale=True).to_numpy() for page in pypdfium2.PdfDocument(str(printed))][:2]
    arrays = [np.array(one).reshape(one.shape[:2]) for one in pages]
    if crossed:
        book = load_layouts((printed.parents[1] / "layout.json").read_text(encoding="utf-8"))
        box = next(one for one in book.layouts.values() if one.questionnaire == printed.stem).pages[0].boxes[0]
        top, left, side = (round(value * 150 / 25.4) for value in (box.y, box.x, box.w))
        for ends in (((left, top), (left + side, top + side)), ((left + side, top), (left, top + side))):
            cv2.line(arrays[0], *ends, 40, 3, cv2.LINE_AA)
    first, *rest = (Image.fromarray(one) for one in arrays)
    first.save(scanned, save_all=True, append_images=rest)
    return scanned


@pytest.mark.slow
def test_every_questionnaire_gets_its_sheets_and_no_row(trained: Store, example: Campaign, tmp_path: Path) -> None:
    files = sorted((tmp_path / "out" / "tap-huan").glob("*.pdf"))
    assert [file.stem for file in files] == ["cong-chuc", "doanh-nghiep", "nguoi-dan"]
    assert [len(pypdfium2.PdfDocument(str(file))) for file in files] == [4, 4, 4]
    before = count(trained, sheet)
    print_training(trained, example, tmp_path / "out", 1)
    assert count(trained, sheet) == before


def test_a_watermark_lies_on_every_page_and_disturbs_no_box(trained: Store, tmp_path: Path) -> None:
    printed = tmp_path / "out" / "tap-huan" / "cong-chuc.pdf"
    scanned = scan(printed, tmp_path / "scan.tif", crossed=True)
    book = load_layouts((tmp_path / "out" / "layout.json").read_text(encoding="utf-8"))
    first, second = read_file(scanned, book)
    assert (first.status, second.status) == ("read", "read")
    assert book.layouts[first.layout or ""].training
    answers = [*first.answers, *second.answers]
    assert [answer.state for answer in answers] == ["clear"] + ["blank"] * (len(answers) - 1)
    for one in pypdfium2.PdfDocument(str(printed)):
        assert "PHIẾU TẬP HUẤN" in one.get_textpage().get_text_range()


def test_a_scanned_training_sheet_is_counted_as_one_and_nothing_of_it_kept(
    trained: Store, example: Campaign, tmp_path: Path
) -> None:
    scanned = scan(tmp_path / "out" / "tap-huan" / "nguoi-dan.pdf", tmp_path / "scan.tif", crossed=True)
    summary = take_files_in(trained, example, [scanned], 1)
    assert dict(summary.pages) == {"training": 2}
    assert "phiếu tập huấn 2" in summary.account()
    assert summary.notes == []
    assert count(trained, response) == 0
    with trained.read() as conn:
        assert conn.execute(select(page.c.status, page.c.sheet)).all() == [("training", None)] * 2
        assert list(export_rows(conn)) == []


def test_the_phone_shows_the_form_under_a_banner_and_keeps_nothing(
    trained: Store, example: Campaign, practice: str
) -> None:
    app = create_app(trained, example)
    app.testing = True
    web = app.test_client()
    shown = web.get(f"/P/{practice}-1")
    assert shown.status_code == 200
    assert "PHIẾU TẬP HUẤN" in shown.text
    sent = web.post(f"/P/{practice}", data={"q2": "5"})
    assert sent.status_code == 200
    assert "không lưu lại gì" in sent.text
    assert count(trained, response) == 0
    app.extensions[EXTENSION].evidence.close()


def test_no_door_takes_an_answer_of_a_training_sheet(trained: Store, example: Campaign, practice: str) -> None:
    outcome = accept_response(trained, example, Response(practice, "typed", (Answer("q2", None, ("5",)),)), NOW)
    assert (outcome.status, outcome.reason) == ("refused", "unknown")


@pytest.mark.parametrize("training", [False, True])
def test_the_database_refuses_a_sheet_of_a_training_layout(trained: Store, practice: str, training: bool) -> None:
    with trained.read() as conn:
        row = {
            "serial": practice,
            "cell": conn.scalars(select(cell.c.id)).first(),
            "ordinal": 9999,
            "number": "SXD-CC-9999",
            "layout": conn.scalars(select(layout.c.id).where(layout.c.training)).first(),
            "training": training,
            "is_reserve": False,
            "state": "printed",
        }
    with trained.write() as conn, pytest.raises(IntegrityError, match=r"training|FOREIGN KEY"):
        conn.execute(insert(sheet).values(row))
